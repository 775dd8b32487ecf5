//! An opened `.spin.yml`: its plain text, its encryption, and what may be shown of it.

use super::foreign::{self, Stored};
use super::inline::Inline;
use super::password::{Named, Search};
use super::seal::{self, Plain, Seal};
use super::text::{Mode, Text};
use crate::error::Error;
use crate::files::Target;
use crate::report::FileName;
use crate::spin::config::written_keys::unseal_keys;
use crate::spin::redact::Redaction;
use crate::ui::Ui;
use crate::vault::{self, Marker, Vault};
use crate::yaml::Document;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Where bytes are stored.
pub(super) enum Content {
    /// In a file on the disk that may be replaced.
    Target(Box<Target>),
    Bytes(Zeroizing<Vec<u8>>),
}

/// A file as read, possibly encrypted.
pub struct RawFile {
    /// As given on the command line.
    pub shown: PathBuf,
    /// The file itself, if a link leads to it.
    pub(super) leads_to: Option<PathBuf>,
    /// Relative to the root of its repository, else the file name.
    pub in_repository: String,
    pub(super) content: Content,
    /// The folders to search for `.vault-password`, the nearest first.
    pub(super) password_folders: Vec<PathBuf>,
}

impl RawFile {
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Target(target) => target.snapshot().bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// Its name, and where that leads if it is a link.
    #[must_use]
    pub fn named(&self) -> String {
        let shown = self.shown.display();
        self.leads_to.as_ref().map_or_else(|| shown.to_string(), |to| format!("{shown}, a link to {}", to.display()))
    }

    /// Says where a link leads.
    pub fn note_link(&self, ui: &Ui) {
        if self.leads_to.is_some() {
            ui.note(&format!("reading {}", self.named()));
        }
    }

    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        vault::is_encrypted(self.bytes())
    }

    /// The vault that it is as a whole: nothing of it is plain text.
    #[must_use]
    pub fn vault(&self) -> Option<Vault<'_>> {
        Vault::parse(self.bytes()).ok()
    }

    /// The file on the disk that may be replaced; `None` for one that is only read.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match &self.content {
            Content::Target(target) => Some(target),
            Content::Bytes(_) => None,
        }
    }
}

/// An opened file.
pub struct SpinFile {
    pub raw: RawFile,
    /// `None` if the file is not encrypted.
    plain: Option<Plain>,
    seal: Option<Seal>,
    /// `--vault-password-file`
    option: Option<PathBuf>,
    may_run: bool,
    pub redaction: Redaction,
    inline: Inline,
}

impl SpinFile {
    /// Opens a file, with its password if it is encrypted.
    ///
    /// # Errors
    /// No password was found, none is right, the file is damaged, or Ansible and Spin do not accept its header.
    pub(super) fn open(raw: RawFile, named: Named<'_>, ask_for: Option<&str>, ui: &Ui) -> Result<Self, Error> {
        let opened = opened(&raw, named, ask_for, ui)?;
        let (seal, plain) = opened.map_or((None, None), |(seal, plain)| (Some(seal), Some(plain)));
        let (option, may_run) = (named.option.map(Path::to_owned), named.may_run);
        let mut file =
            Self { raw, plain, seal, option, may_run, redaction: Redaction::Sealed, inline: Inline::default() };
        file.redaction = file.report_redaction();
        Ok(file)
    }

    /// Whether a password that can be found without asking opens a file.
    pub(super) fn can_open(raw: &RawFile, named: Named<'_>, ui: &Ui) -> bool {
        matches!(opened(raw, named, None, ui), Ok(Some(_)))
    }

    /// The path as given on the command line.
    #[must_use]
    pub fn shown(&self) -> &Path {
        &self.raw.shown
    }

    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.raw.target().and_then(|target| target.real_path().parent())
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.plain.as_deref().map_or_else(|| self.raw.bytes(), Vec::as_slice)
    }

    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.seal.is_some()
    }

    /// The label of format 1.2, which the spin command does not recognize.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.seal.as_ref().and_then(Seal::label)
    }

    /// Makes the six digits that `show` prints after each mask, so that a diff shows that a value changed and not which it
    /// is. They depend on the vault password and the salt of the repository; `None` if the file is not encrypted, whose masks have
    /// none.
    pub(crate) fn marker(&self, salt: impl FnOnce() -> Vec<u8>) -> Option<Marker> {
        self.seal.as_ref().map(|seal| seal.marker(&salt()))
    }

    /// Its names for a report.
    #[must_use]
    pub fn name(&self) -> FileName {
        FileName {
            shown: self.raw.shown.clone(),
            in_repository: self.raw.in_repository.clone(),
            is_encrypted: self.is_encrypted(),
        }
    }

    /// What a report may show: never secrets.
    #[must_use]
    pub fn report_redaction(&self) -> Redaction {
        if self.is_encrypted() { Redaction::Sealed } else { Redaction::Logged }
    }

    /// What may be shown on a terminal only.
    pub fn show(&mut self, show_secrets: bool, is_seen: bool) {
        self.redaction = match (&self.seal, show_secrets && is_seen, is_seen) {
            (_, true, _) | (None, _, true) => Redaction::Shown,
            (Some(_), ..) => Redaction::Sealed,
            (None, ..) => Redaction::Logged,
        };
    }

    /// The plain bytes of the current file.
    ///
    /// # Errors
    /// The file was encrypted, decrypted or given a different password in the meantime.
    pub fn reopen<'b>(&self, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>, Error> {
        match &self.seal {
            Some(seal) => {
                foreign::refuse(self.shown(), bytes, Stored::AsIs)?;
                seal.reopen(self.shown(), bytes).map(|plain| Cow::Owned(plain.to_vec()))
            }
            None if vault::is_encrypted(bytes) => {
                let message = format!("{} was encrypted in the meantime", self.shown().display());
                Err(Error::new(message).hint("run this again"))
            }
            None => Ok(Cow::Borrowed(bytes)),
        }
    }

    /// Decodes plain bytes of this file.
    ///
    /// # Errors
    /// They are something else than a `.spin.yml`, and those of [`Text::decode`].
    pub fn decode<'b>(&self, plain: &'b [u8]) -> Result<Text<'b>, Error> {
        self.refuse_foreign(plain)?;
        Text::decode(self.shown(), plain)
    }

    /// Refuses plain bytes of this file that are something else than a `.spin.yml`.
    pub(super) fn refuse_foreign(&self, plain: &[u8]) -> Result<(), Error> {
        let stored = if self.is_encrypted() { Stored::InVault } else { Stored::AsIs };
        foreign::refuse(self.shown(), plain, stored)
    }

    /// Parses the text. Keys that are `!vault` values are decrypted if there is a password for them; with `ui`, a
    /// warning names the others.
    ///
    /// # Errors
    /// Those of [`Text::document`].
    pub fn document<'b>(&self, text: Text<'b>, mode: Mode, ui: Option<&Ui>) -> Result<Document<'b>, Error> {
        let mut document = text.document(self.shown(), mode)?;
        let unread = unseal_keys(&mut document, &|text| self.unseal(text));
        let Some(line) = unread.first() else { return Ok(document) };
        let failure = self.inline.failure();
        if let Some((error, false)) = &failure
            && self.option.is_some()
        {
            return Err(error.clone());
        }
        if let Some(ui) = ui {
            ui.warn_of(&unopened(*line, unread.len(), failure.filter(|(_, is_read)| *is_read).map(|(error, _)| error)));
        }
        Ok(document)
    }

    /// Decrypts an inline `!vault` value, if a password can be found without asking.
    pub(crate) fn unseal(&self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let folders = &self.raw.password_folders;
        let named = Named { option: self.option.as_deref(), may_run: self.may_run };
        self.inline.open(text, self.seal.as_ref(), &Search { named, folders, ask_for: None })
    }

    /// The bytes to write to the disk for this plain text.
    ///
    /// # Errors
    /// Those of `Seal::seal`.
    pub fn sealed<'p>(&self, plain: &'p [u8]) -> Result<Cow<'p, [u8]>, Error> {
        match &self.seal {
            Some(seal) => seal.seal(self.shown(), plain).map(Cow::Owned),
            None => Ok(Cow::Borrowed(plain)),
        }
    }
}

/// The seal and the plain text of a file; `None` if it is not encrypted.
fn opened(raw: &RawFile, named: Named<'_>, ask_for: Option<&str>, ui: &Ui) -> Result<Option<(Seal, Plain)>, Error> {
    let path = &raw.shown;
    if !vault::detect(raw.bytes()).map_err(|error| seal::refused(path, &error))? {
        return Ok(None);
    }
    foreign::refuse(path, raw.bytes(), Stored::AsIs)?;
    let vault = vault::Vault::parse(raw.bytes()).map_err(|error| seal::refused(path, &error))?;
    let search = Search { named, folders: &raw.password_folders, ask_for };
    Seal::open(path, &vault, &search, ui).map(Some)
}

/// A warning about keys that are `!vault` values: a password was found that does not fit, or none was.
fn unopened(line: usize, count: usize, wrong: Option<Error>) -> Error {
    let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
    let key = |what: &str| format!("line {line}: this key is a `!vault` value {what}, and cannot be compared{more}");
    match wrong {
        Some(error) => Error { message: format!("{}: {}", key("that was not opened"), error.message), ..error },
        None => Error::new(key("without a password")).hint("name its password with --vault-password-file"),
    }
}
