//! Adding a key: writes the new pair, then the file.

use super::patch::Steps;
use super::run::Change;
use crate::error::{Error, ErrorKind};
use crate::input::text::refused;
use crate::key::KeyLine;
use crate::key_source::{Key, check_holders};
use crate::shell;
use crate::spin::{self, Field, NewKey, Request, Who};
use crate::ui::Ui;
use crate::yaml::Document;
use std::path::Path;
use zeroize::Zeroizing;

/// A key to add, with the private half of a new pair until it is written.
pub struct AddKey<'a> {
    pub who: Who<'a>,
    pub field: Option<Field>,
    pub key: &'a Key,
    /// The file, for messages.
    pub path: &'a Path,
    /// The arguments that repeat the command with another key.
    pub again: Vec<String>,
    pub ui: &'a Ui,
    /// The time, in seconds since 1970.
    pub now: u64,
    private: Option<Zeroizing<String>>,
    is_pair_written: bool,
}

impl<'a> AddKey<'a> {
    #[must_use]
    pub fn new(
        who: Who<'a>,
        field: Option<Field>,
        key: &'a Key,
        path: &'a Path,
        again: Vec<String>,
        ui: &'a Ui,
        now: u64,
    ) -> Self {
        Self { who, field, key, path, again, ui, now, private: None, is_pair_written: false }
    }
}

impl Change for AddKey<'_> {
    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error> {
        check_holders(self.key, self.who.user(), document)?;
        let line = self.key.line();
        let key = NewKey { line: &line, material: self.key.known().map(KeyLine::material), now: self.now };
        let request = Request { who: self.who, key, field: self.field };
        spin::plan(document, &request).map(Steps::from).map_err(|refusal| refused(self.path, &refusal))
    }

    fn asked(&self) -> Option<(Option<&str>, &KeyLine)> {
        Some((self.who.user(), self.key.known()?))
    }

    fn not_yet_there(&self) -> Option<&KeyLine> {
        match self.key {
            Key::New(new) if new.is_preview() => Some(new.public()),
            _ => None,
        }
    }

    fn announce(&self, ui: &Ui) {
        if let Key::New(new) = self.key {
            if new.is_preview() {
                ui.note(&format!(
                    "the key {} does not exist yet, so this diff cannot be applied as a patch",
                    new.path.display()
                ));
            } else {
                ui.note(&format!("a new key pair will be created at {}", new.path.display()));
            }
        }
    }

    fn agreed(&mut self) -> Result<(), Error> {
        if let Key::New(new) = self.key {
            self.private = Some(new.private_file(self.ui)?);
        }
        Ok(())
    }

    /// The pair is written before the file, and only once.
    fn before_writing(&mut self) -> Result<(), Error> {
        if let (Key::New(new), Some(text)) = (self.key, self.private.as_ref()) {
            new.write(text, self.ui)?;
            self.private = None;
            self.is_pair_written = true;
        }
        Ok(())
    }

    /// The pair was written and the file was not: says how to finish.
    fn finish_hint(&self, error: Error) -> Error {
        let Key::New(new) = self.key else { return error };
        if !self.is_pair_written {
            return error;
        }
        let error = match error.kind {
            ErrorKind::Failed => error.with_kind(ErrorKind::PartlyDone),
            ErrorKind::Declined => Error { message: "the file is unchanged".to_owned(), ..error },
            ErrorKind::Interrupted => Error { message: "interrupted: the file is unchanged".to_owned(), ..error },
            ErrorKind::PartlyDone => error,
        };
        let path = new.path.display().to_string();
        let (mut command, own) = (vec!["spin-keys".to_owned()], ["--key".to_owned(), path.clone()]);
        let at =
            self.again.iter().position(|word| word == "--file" || word == "--field" || word == "--vault-password-file");
        let (head, tail) = self.again.split_at(at.unwrap_or(self.again.len()));
        command.extend(head.iter().chain(&own).chain(tail).map(|word| shell::word(word).into_owned()));
        error.hint(format!("the new key pair was written to {path}; to finish: {}", command.join(" ")))
    }
}
