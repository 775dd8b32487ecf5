//! The writing end of `add-user` and `add-deploy`: the pair, then the file, and what to say where only one was made.

use super::add::Add;
use super::file::SpinFile;
use super::key::Key;
use super::shell;
use super::text::Proved;
use crate::error::{Error, ErrorKind};
use crate::files::{self, LockState, ReplaceError, Snapshot, Target};
use crate::spin::Who;
use crate::ui::{self, Ui};
use clap::ValueEnum as _;
use std::path::Path;
use zeroize::Zeroizing;

impl Add<'_> {
    /// Locks, reads again, writes the pair and then the file. The same change to a file that was changed meanwhile is
    /// written; another one is shown and asked again. None where somebody else has made the change meanwhile.
    pub(super) fn write(
        &self,
        file: &SpinFile<'_>,
        target: &Target,
        proved: Proved,
        key: &Key,
        mut private: Option<Zeroizing<String>>,
    ) -> Result<Option<Proved>, Error> {
        let pair_was_due = private.is_some();
        let done = self.write_settled(file, target, proved, key, &mut private);
        done.map_err(|error| match key {
            Key::New(new) if pair_was_due && private.is_none() => self.after_pair(error, &new.path),
            _ => error,
        })
    }

    fn write_settled(
        &self,
        file: &SpinFile<'_>,
        target: &Target,
        mut proved: Proved,
        key: &Key,
        private: &mut Option<Zeroizing<String>>,
    ) -> Result<Option<Proved>, Error> {
        let mut seen = None;
        loop {
            let locked = self.lock(target)?;
            let now = locked.reread()?;
            if !now.same_bytes(seen.as_ref().unwrap_or(target.snapshot())) {
                let plain = file.reopen(now.bytes())?;
                let source = file.source(&plain, None)?;
                self.check_holders(&source.document, key)?;
                let again = self.prove(file, source, key)?;
                if again.edits.is_empty() {
                    return Ok(None);
                }
                let same = again.edits == proved.edits && again.changes == proved.changes;
                (proved, seen) = (again, Some(now));
                if !same && !self.edit.yes {
                    drop(locked);
                    self.ui.note("the file was changed meanwhile; the change is now:");
                    self.show(&proved, key)?;
                    self.ask(&file.shown, &proved)?;
                    continue;
                }
            }
            let expected = seen.as_ref().unwrap_or(target.snapshot());
            if self.put(&locked, expected, &file.sealed(&proved.bytes)?, key, private)? {
                return Ok(Some(proved));
            }
        }
    }

    fn lock<'t>(&self, target: &'t Target) -> Result<files::Locked<'t>, Error> {
        let locked = target.lock(&mut || self.ui.note("waiting for another spin-keys to finish in this folder"))?;
        if locked.state() == LockState::Unsupported {
            self.ui.note("this file system cannot lock a folder: going on with the check before the write alone");
        }
        Ok(locked)
    }

    /// Writes the pair, once, and the file; false where the file was changed in between.
    fn put(
        &self,
        locked: &files::Locked<'_>,
        expected: &Snapshot,
        bytes: &[u8],
        key: &Key,
        private: &mut Option<Zeroizing<String>>,
    ) -> Result<bool, Error> {
        if let (Key::New(new), Some(text)) = (key, private.as_ref()) {
            new.write(text, self.ui)?;
            *private = None;
        }
        match locked.replace(bytes, expected) {
            Ok(()) => Ok(true),
            Err(ReplaceError::Changed) => Ok(false),
            Err(ReplaceError::Failed(error)) => Err(error),
        }
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
