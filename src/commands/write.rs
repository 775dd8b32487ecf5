//! The writing end of every command that changes the file; for a new key the pair comes first, and what to say where
//! only one of the two was made.

use super::add::Add;
use super::file::SpinFile;
use super::key::Key;
use super::shell;
use super::text::{Proved, Source};
use crate::error::{Error, ErrorKind};
use crate::files::{self, LockState, ReplaceError, Target};
use crate::spin::Who;
use crate::ui::{self, Ui};
use clap::ValueEnum as _;
use std::path::Path;
use zeroize::Zeroizing;

/// What a command does at the writing end, besides writing the file.
pub(super) trait Change {
    /// The change to the file as it is now; no edits where there is nothing left to do.
    ///
    /// # Errors
    /// What cannot be planned or proved.
    fn again(&mut self, source: Source<'_>) -> Result<Proved, Error>;

    /// Shows another change than the one that was agreed to, and asks about it.
    ///
    /// # Errors
    /// The answer was no.
    fn ask_again(&mut self, proved: &Proved) -> Result<(), Error>;

    /// Right before the file is written, each time that is tried.
    ///
    /// # Errors
    /// What then keeps the file from being written.
    fn before(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Locks, reads again, and writes. The same change to a file that was changed meanwhile is written; another one is asked
/// about again, unless `yes`. None where somebody else has made the change meanwhile.
///
/// # Errors
/// What cannot be read, proved, agreed to or written.
pub(super) fn write(
    change: &mut dyn Change,
    file: &SpinFile<'_>,
    target: &Target,
    mut proved: Proved,
    yes: bool,
    ui: &Ui,
) -> Result<Option<Proved>, Error> {
    let mut seen = None;
    loop {
        let locked = lock(target, ui)?;
        let now = locked.reread()?;
        if !now.same_bytes(seen.as_ref().unwrap_or(target.snapshot())) {
            let plain = file.reopen(now.bytes())?;
            let again = change.again(file.source(&plain, None)?)?;
            if again.edits.is_empty() {
                return Ok(None);
            }
            let same = again.edits == proved.edits && again.changes == proved.changes;
            (proved, seen) = (again, Some(now));
            if !same && !yes {
                drop(locked);
                ui.note("the file was changed meanwhile; the change is now:");
                change.ask_again(&proved)?;
                continue;
            }
        }
        let expected = seen.as_ref().unwrap_or(target.snapshot());
        let bytes = file.sealed(&proved.bytes)?;
        change.before()?;
        match locked.replace(&bytes, expected) {
            Ok(()) => return Ok(Some(proved)),
            Err(ReplaceError::Changed) => {}
            Err(ReplaceError::Failed(error)) => return Err(error),
        }
    }
}

fn lock<'t>(target: &'t Target, ui: &Ui) -> Result<files::Locked<'t>, Error> {
    let locked = target.lock(&mut || ui.note("waiting for another spin-keys to finish in this folder"))?;
    if locked.state() == LockState::Unsupported {
        ui.note("this file system cannot lock a folder: going on with the check before the write alone");
    }
    Ok(locked)
}

/// A key that is being put in, with the private half of a new pair until that is written.
struct Adding<'w, 'a> {
    add: &'w Add<'a>,
    file: &'w SpinFile<'a>,
    key: &'w Key,
    private: Option<Zeroizing<String>>,
}

impl Change for Adding<'_, '_> {
    fn again(&mut self, source: Source<'_>) -> Result<Proved, Error> {
        self.add.check_holders(&source.document, self.key)?;
        self.add.prove(self.file, source, self.key)
    }

    fn ask_again(&mut self, proved: &Proved) -> Result<(), Error> {
        self.add.show(proved, self.key)?;
        self.add.ask(&self.file.shown, proved)
    }

    /// The pair comes before the file, once.
    fn before(&mut self) -> Result<(), Error> {
        if let (Key::New(new), Some(text)) = (self.key, self.private.as_ref()) {
            new.write(text, self.add.ui)?;
            self.private = None;
        }
        Ok(())
    }
}

impl<'a> Add<'a> {
    /// Writes the pair, if it is new, and then the file; none where somebody else has made the change meanwhile.
    pub(super) fn write(
        &self,
        file: &SpinFile<'a>,
        target: &Target,
        proved: Proved,
        key: &Key,
        private: Option<Zeroizing<String>>,
    ) -> Result<Option<Proved>, Error> {
        let pair_was_due = private.is_some();
        let mut adding = Adding { add: self, file, key, private };
        let done = write(&mut adding, file, target, proved, self.edit.yes, self.ui);
        done.map_err(|error| match key {
            Key::New(new) if pair_was_due && adding.private.is_none() => self.after_pair(error, &new.path),
            _ => error,
        })
    }

    /// The pair is there and the file is not: says how to finish.
    fn after_pair(&self, error: Error, pair: &Path) -> Error {
        let error = match error.kind {
            ErrorKind::Failed => error.with_kind(ErrorKind::PartlyDone),
            ErrorKind::Declined => Error { message: "the file stays as it is".to_owned(), ..error },
            ErrorKind::Interrupted => Error { message: "interrupted: the file stays as it is".to_owned(), ..error },
            ErrorKind::PartlyDone => error,
        };
        let command = self.command_with(pair);
        error.hint(format!("the new key pair stays at {}; to finish: {command}", pair.display()))
    }

    /// The command that puts the key at `path` in as this run would have.
    fn command_with(&self, path: &Path) -> String {
        let mut words = vec!["spin-keys".to_owned()];
        let mut push = |texts: &[&str]| words.extend(texts.iter().map(|text| shell::word(text).into_owned()));
        match self.who {
            Who::Deploy => push(&["add-deploy"]),
            Who::User { name, full_name, groups, create } => {
                push(&["add-user", name]);
                if let Some(groups) = groups {
                    push(&["--groups", &groups.join(",")]);
                }
                if let Some(full_name) = full_name {
                    push(&["--full-name", full_name]);
                }
                if create {
                    push(&["--create"]);
                }
            }
        }
        push(&["--key", &path.display().to_string()]);
        if let Some(file) = &self.edit.file {
            push(&["--file", &file.display().to_string()]);
        }
        if let Some(field) = self.edit.field.and_then(|field| field.to_possible_value()) {
            push(&["--field", field.get_name()]);
        }
        if let Some(password) = &self.edit.vault_password_file {
            push(&["--vault-password-file", &password.display().to_string()]);
        }
        words.join(" ")
    }
}

/// A pair without its `.pub` gets it.
pub(super) fn write_missing_public(key: &Key, ui: &Ui) -> Result<(), Error> {
    if let Key::Loaded { line, lacks_public: Some(path), .. } = key {
        files::write_public(path, &line.to_line())?;
        ui.note(&format!("wrote the missing {}", files::public_path(path).display()));
    }
    Ok(())
}

/// A failing standard output, when the file is written.
pub(super) fn after_writing(error: &std::io::Error) -> anyhow::Result<()> {
    if ui::is_broken_pipe(error) {
        return Ok(());
    }
    let error = Error::io("report on", Path::new("standard output"), error).note("the file was written");
    Err(error.with_kind(ErrorKind::PartlyDone).into())
}
