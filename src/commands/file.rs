//! The `.spin.yml` of a run: how it is named, what seals it, and what of it may be shown.

use super::key;
use super::sealed::{self, Plain, Seal, Search};
use super::shell;
use super::text::{Secrecy, Source};
use crate::cli::{EditOptions, FileOptions, Format};
use crate::error::Error;
use crate::files::{self, Target};
use crate::ui::Ui;
use crate::vault;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// How a run opens its file.
pub(super) struct Opening<'a> {
    /// `--vault-password-file`
    pub(super) password_file: Option<&'a Path>,
    /// `--show-secrets`
    pub(super) show_secrets: bool,
    /// What is shown of it goes to a terminal, and nowhere else.
    pub(super) is_seen: bool,
    /// A label of the vault is said aloud.
    pub(super) names_label: bool,
}

impl<'a> Opening<'a> {
    /// To change it.
    pub(super) fn to_edit(options: &'a EditOptions, ui: &Ui) -> Self {
        Self {
            password_file: options.vault_password_file.as_deref(),
            show_secrets: options.show_secrets,
            // With JSON the diff before the question goes to standard error.
            is_seen: ui.out_is_terminal() && (options.format == Format::Text || ui.err_is_terminal()),
            names_label: true,
        }
    }

    /// To mend it: the diff is shown like that of any change.
    pub(super) fn to_mend(options: &'a FileOptions, ui: &Ui) -> Self {
        let is_seen = ui.out_is_terminal() && ui.err_is_terminal();
        Self { is_seen, names_label: false, ..Self::to_look(options) }
    }

    /// To look at it; secrets are for no report.
    pub(super) fn to_look(options: &'a FileOptions) -> Self {
        let password_file = options.vault_password_file.as_deref();
        Self { password_file, show_secrets: false, is_seen: false, names_label: false }
    }
}

/// What a run knows of its file.
pub(super) struct SpinFile<'a> {
    /// For messages: as given, or relative to the working folder.
    pub(super) shown: PathBuf,
    /// For the diff: relative to the git root, else the bare file name.
    pub(super) diff_name: String,
    /// What of it may be seen.
    pub(super) secrecy: Secrecy,
    seal: Option<Seal>,
    search: Search<'a>,
}

impl<'a> SpinFile<'a> {
    /// Opens the file: its plain text, and all that is to be known to write it again.
    ///
    /// # Errors
    /// An encrypted file that cannot be opened; `--show-secrets` without a terminal.
    pub(super) fn open<'t>(
        shown: PathBuf,
        target: &'t Target,
        opening: &Opening<'a>,
        folder: &'a Path,
        ui: &Ui,
    ) -> Result<(Self, Plain<'t>), Error> {
        if opening.show_secrets && !ui.out_is_terminal() {
            return Err(Error::new("--show-secrets is for a terminal, and standard output is none")
                .hint("leave it away: a log or a file keeps what it gets"));
        }
        let search = Search { option: opening.password_file, folder, may_prompt: true };
        let (plain, seal) = sealed::unseal(&shown, target.snapshot().bytes(), &search, ui)?;
        if let Some(label) = seal.as_ref().and_then(Seal::label).filter(|_| opening.names_label) {
            let (reads, file) = ("Ansible reads it, the spin command takes the file for a plain one", shown.display());
            let warning = Error::new(format!("the vault has the label {label} (format 1.2): {reads}"));
            let again = format!("ansible-vault rekey {}", shell::word(&file.to_string()));
            ui.warn_of(&warning.hint(format!("encrypt it again without a label: {again}")));
        }
        let secrecy = match (&seal, opening.show_secrets && opening.is_seen, opening.is_seen) {
            (_, true, _) | (None, _, true) => Secrecy::Shown,
            (Some(_), ..) => Secrecy::Sealed,
            (None, ..) => Secrecy::Logged,
        };
        let diff_name = diff_name(target.real_path());
        Ok((Self { shown, diff_name, secrecy, seal, search }, plain))
    }

    /// The plain text of what the file is now.
    ///
    /// # Errors
    /// It was encrypted, decrypted or given another password meanwhile.
    pub(super) fn reopen<'b>(&self, bytes: &'b [u8]) -> Result<Plain<'b>, Error> {
        match &self.seal {
            Some(seal) => seal.reopen(&self.shown, bytes),
            None if vault::is_encrypted(bytes) => {
                Err(Error::new(format!("{} was encrypted meanwhile", self.shown.display())).hint("run this again"))
            }
            None => Ok(Plain::AsItIs(bytes)),
        }
    }

    /// The text as YAML; keys that are `!vault` values are read where a password for them is there. With `ui`, those that
    /// cannot be are named.
    ///
    /// # Errors
    /// Those of [`Source::read`].
    pub(super) fn source<'b>(&self, plain: &'b [u8], ui: Option<&Ui>) -> Result<Source<'b>, Error> {
        self.unsealed(Source::read(&self.shown, plain)?, ui)
    }

    /// [`SpinFile::source`] for those who only look: what edits refuse is read as Ansible does.
    ///
    /// # Errors
    /// Those of [`Source::look`].
    pub(super) fn look<'b>(&self, plain: &'b [u8], ui: Option<&Ui>) -> Result<Source<'b>, Error> {
        self.unsealed(Source::look(&self.shown, plain)?, ui)
    }

    fn unsealed<'b>(&self, mut source: Source<'b>, ui: Option<&Ui>) -> Result<Source<'b>, Error> {
        let unread = source.unseal_keys(|text| sealed::unseal_value(text, self.seal.as_ref(), &self.search));
        if let (Some(ui), Some(line)) = (ui, unread.first()) {
            let more = if unread.len() > 1 { format!(" (and {} more)", unread.len() - 1) } else { String::new() };
            let why = "this key is a `!vault` value for which there is no password: it cannot be compared";
            let warning = Error::new(format!("line {line}: {why}{more}"));
            ui.warn_of(&warning.hint("name its password with --vault-password-file"));
        }
        Ok(source)
    }

    /// The bytes that go to the disk for this plain text.
    ///
    /// # Errors
    /// Those of [`Seal::seal`].
    pub(super) fn sealed<'p>(&self, plain: &'p [u8]) -> Result<Cow<'p, [u8]>, Error> {
        match &self.seal {
            Some(seal) => seal.seal(&self.shown, plain).map(Cow::Owned),
            None => Ok(Cow::Borrowed(plain)),
        }
    }

    /// What of the file a report may show: no secrets, wherever it goes.
    pub(super) fn report_secrecy(&self) -> Secrecy {
        if self.is_sealed() { Secrecy::Sealed } else { Secrecy::Logged }
    }

    /// The label of format 1.2.
    pub(super) fn label(&self) -> Option<&str> {
        self.seal.as_ref().and_then(Seal::label)
    }

    /// Whether the file is encrypted.
    pub(super) fn is_sealed(&self) -> bool {
        self.seal.is_some()
    }
}

/// The file that is meant: as named, else the nearest one, relative to the working folder where it lies below it.
///
/// # Errors
/// None is there.
pub(super) fn spin_file(named: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let here = files::retried(std::env::current_dir)
        .map_err(|error| Error::io("find", Path::new("the working folder"), &error))?;
    let found = files::find_spin_file(&here, key::home().as_deref())?;
    Ok(found.strip_prefix(&here).map(Path::to_owned).unwrap_or(found))
}

fn diff_name(real: &Path) -> String {
    let root = real.parent().and_then(files::git_root).and_then(|root| root.canonicalize().ok());
    let relative = root.as_deref().and_then(|root| real.strip_prefix(root).ok());
    let name = relative.or_else(|| real.file_name().map(Path::new)).unwrap_or(real);
    name.display().to_string()
}
