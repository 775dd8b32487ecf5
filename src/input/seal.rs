//! Decrypts and re-encrypts files.
//!
//! The plain text is kept in memory that is wiped, and never written to a file or passed to another process.

use super::password::{self, Password, Search};
use crate::error::Error;
use crate::threads;
use crate::ui::Ui;
use crate::vault::{self, Header, Marker, SALT_BYTES, Vault, VaultError};
use ssh_key::rand_core::{OsRng, RngCore as _};
use std::path::Path;
use zeroize::Zeroizing;

pub(super) type Plain = Zeroizing<Vec<u8>>;

/// What is needed to encrypt a file again.
pub(super) struct Seal {
    password: Password,
    /// Label of format 1.2; `None` for 1.1.
    label: Option<String>,
}

impl Seal {
    /// Finds the password of an encrypted file and decrypts it.
    ///
    /// # Errors
    /// No password was found, none is right, or the file is damaged.
    pub(super) fn open(path: &Path, vault: &Vault<'_>, search: &Search<'_>, ui: &Ui) -> Result<(Self, Plain), Error> {
        threads::start()?;
        let mut opened = None;
        let mut damage = None;
        let mut fits = |password: &[u8]| match vault.open(password) {
            Ok(plain) => {
                opened = Some(plain);
                true
            }
            // The password is right but the text is not: no other password can help.
            Err(error @ VaultError::Padding) => {
                damage = Some(error);
                true
            }
            Err(_) => false,
        };
        let password = password::find(search, vault.label(), &mut fits)?;
        if let Some(note) = password.note() {
            ui.note(&note);
        }
        let Some(plain) = opened else {
            return Err(refused(path, &damage.unwrap_or(VaultError::DoesNotFit)));
        };
        let label = vault.label().map(str::to_owned);
        Ok((Self { password, label }, plain))
    }

    /// Decrypts the current bytes of the same file.
    ///
    /// # Errors
    /// The file is no longer encrypted, or not with this password.
    pub(super) fn reopen(&self, path: &Path, bytes: &[u8]) -> Result<Plain, Error> {
        let vault = Vault::parse(bytes).map_err(|error| refused(path, &error))?;
        let opened = vault.open(self.password.bytes()).map_err(|error| refused(path, &error))?;
        Ok(opened)
    }

    /// Encrypts the new plain text in the same format with a new salt.
    ///
    /// # Errors
    /// The label cannot be written again.
    pub(super) fn seal(&self, path: &Path, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut salt = [0; SALT_BYTES];
        OsRng.fill_bytes(&mut salt);
        let header =
            self.label.as_deref().map_or(Ok(Header::V1_1), Header::labelled).map_err(|error| refused(path, &error))?;
        Ok(vault::seal(plain, self.password.bytes(), &salt, header).into_bytes())
    }

    /// Makes the six digits that `show` prints after each mask, so that a diff shows that a value changed and not which it
    /// is. They depend on the vault password too: without it nobody can try values against them.
    pub(super) fn marker(&self, salt: &[u8]) -> Marker {
        Marker::new(self.password.bytes(), salt)
    }

    pub(super) fn password(&self) -> &[u8] {
        self.password.bytes()
    }

    /// The label of format 1.2, which the spin command does not recognize.
    pub(super) fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
}

/// A [`VaultError`] as a message.
pub(super) fn refused(path: &Path, error: &VaultError) -> Error {
    let message = Error::new(error.to_string()).hint(error.hint());
    match error.place() {
        Some((line, column)) => message.at(path, line, column),
        None => Error { message: format!("{}: {error}", path.display()), ..message },
    }
}
