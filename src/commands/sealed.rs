//! A file as it lies on the disk and the plain text in it: encrypted files are opened, edited and sealed again.
//!
//! The plain text lives in memory that is wiped, and goes to no file and no other process.

use super::threads;
use crate::error::Error;
use crate::password::{self, Password};
use crate::ui::Ui;
use crate::vault::{self, Header, Marker, SALT_BYTES, Vault, VaultError};
use ssh_key::rand_core::{OsRng, RngCore as _};
use std::ops::Deref;
use std::path::Path;
use zeroize::Zeroizing;

/// The plain bytes of a file.
pub(super) enum Plain<'b> {
    /// The file is not encrypted.
    AsItIs(&'b [u8]),
    /// It is.
    Opened(Zeroizing<Vec<u8>>),
}

impl Deref for Plain<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::AsItIs(bytes) => bytes,
            Self::Opened(bytes) => bytes,
        }
    }
}

/// What an encrypted file is sealed with again.
pub(super) struct Seal {
    password: Password,
    /// Label of format 1.2; none for 1.1.
    label: Option<String>,
}

impl Seal {
    /// Finds the password of an encrypted file and opens it.
    ///
    /// # Errors
    /// No password, none that fits, a damaged file.
    pub(super) fn open<'b>(
        path: &Path,
        vault: &Vault<'_>,
        search: &Search<'_>,
        ui: &Ui,
    ) -> Result<(Self, Plain<'b>), Error> {
        threads::start()?;
        let mut opened = None;
        let mut damage = None;
        let mut fits = |password: &[u8]| match vault.open(password) {
            Ok(plain) => {
                opened = Some(plain.plain);
                true
            }
            // The password is right, the text behind it is not: no other password will do better.
            Err(error @ VaultError::Padding) => {
                damage = Some(error);
                true
            }
            Err(_) => false,
        };
        let password = password::find(search.option, search.folder, search.may_prompt, &mut fits)?;
        if let Some(note) = password.note() {
            ui.note(&note);
        }
        let Some(plain) = opened else {
            return Err(refused(path, &damage.unwrap_or(VaultError::DoesNotFit)));
        };
        let label = vault.label().map(str::to_owned);
        Ok((Self { password, label }, Plain::Opened(plain)))
    }

    /// Opens the same file once more, as it is now.
    ///
    /// # Errors
    /// It is no longer encrypted, or not with this password.
    pub(super) fn reopen<'b>(&self, path: &Path, bytes: &[u8]) -> Result<Plain<'b>, Error> {
        let vault = Vault::parse(bytes).map_err(|error| refused(path, &error))?;
        let opened = vault.open(self.password.bytes()).map_err(|error| refused(path, &error))?;
        Ok(Plain::Opened(opened.plain))
    }

    /// Encrypts the new plain text as the file was encrypted, with a salt of its own.
    ///
    /// # Errors
    /// A label that cannot be written again.
    pub(super) fn seal(&self, path: &Path, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut salt = [0; SALT_BYTES];
        OsRng.fill_bytes(&mut salt);
        let header =
            self.label.as_deref().map_or(Ok(Header::V1_1), Header::labelled).map_err(|error| refused(path, &error))?;
        Ok(vault::seal(plain, self.password.bytes(), &salt, header).into_bytes())
    }

    /// Marks for masked values.
    pub(super) fn marker(&self) -> Marker {
        Marker::new(self.password.bytes())
    }

    /// The label of format 1.2, which Spin's command does not recognise.
    pub(super) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
}

/// Where a password is looked for.
pub(super) struct Search<'s> {
    /// `--vault-password-file`
    pub(super) option: Option<&'s Path>,
    /// The folder of the file.
    pub(super) folder: &'s Path,
    /// A person may be asked.
    pub(super) may_prompt: bool,
}

/// The plain text of a file, and the seal where it was encrypted.
///
/// # Errors
/// What [`Seal::open`] refuses, and a header that Ansible and Spin do not take for one.
pub(super) fn unseal<'b>(
    path: &Path,
    bytes: &'b [u8],
    search: &Search<'_>,
    ui: &Ui,
) -> Result<(Plain<'b>, Option<Seal>), Error> {
    if !vault::detect(bytes).map_err(|error| refused(path, &error))? {
        return Ok((Plain::AsItIs(bytes), None));
    }
    let vault = Vault::parse(bytes).map_err(|error| refused(path, &error))?;
    let (seal, plain) = Seal::open(path, &vault, search, ui)?;
    Ok((plain, Some(seal)))
}

/// The text of an inline `!vault` value, if a password for it is there; nobody is asked.
pub(super) fn unseal_value(text: &str, seal: Option<&Seal>, search: &Search<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let vault = Vault::parse(text.as_bytes()).ok()?;
    threads::start().ok()?;
    if let Some(opened) = seal.and_then(|seal| vault.open(seal.password.bytes()).ok()) {
        return Some(opened.plain);
    }
    let mut opened = None;
    let mut fits = |password: &[u8]| {
        opened = vault.open(password).ok().map(|opened| opened.plain);
        opened.is_some()
    };
    password::find(search.option, search.folder, false, &mut fits).ok()?;
    opened
}

/// A [`VaultError`] as a message.
pub(super) fn refused(path: &Path, error: &VaultError) -> Error {
    let message = Error::new(error.to_string()).hint(error.hint());
    match error.place() {
        Some((line, column)) => message.at(path, line, column),
        None => Error { message: format!("{}: {error}", path.display()), ..message },
    }
}
