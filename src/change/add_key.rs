//! Adding a key: writes the new pair, then the file.

use super::patch::Steps;
use super::run::Change;
use crate::error::{Error, ErrorKind};
use crate::input::text::refused;
use crate::key::{KeyLine, LastDay};
use crate::key_source::{Key, check_holders};
use crate::prompt;
use crate::shell;
use crate::spin::{self, Field, NewKey, Request, Who};
use crate::ui::Ui;
use crate::yaml::Document;
use std::path::Path;
use zeroize::Zeroizing;

/// What was asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub who: Who<'a>,
    pub field: Option<Field>,
    pub key: &'a Key,
    /// The last day of the key, if it has one.
    pub expires: Option<LastDay>,
}

/// A key to add, with the private half of a new pair until it is written.
pub struct AddKey<'a> {
    wanted: Wanted<'a>,
    /// The file, for messages.
    path: &'a Path,
    /// The arguments that repeat the command with another key.
    again: Vec<String>,
    ui: &'a Ui,
    /// The time, in seconds since 1970.
    now: u64,
    private: Option<Zeroizing<String>>,
    is_pair_written: bool,
    /// Who runs this, if the default pair of theirs would become the key of somebody else.
    keeper: Option<String>,
}

impl<'a> AddKey<'a> {
    #[must_use]
    pub fn new(wanted: Wanted<'a>, path: &'a Path, again: Vec<String>, ui: &'a Ui, now: u64) -> Self {
        Self { wanted, path, again, ui, now, private: None, is_pair_written: false, keeper: None }
    }

    /// The key is that of the default pair of somebody else than whom it is for.
    #[must_use]
    pub fn kept_by(self, keeper: Option<String>) -> Self {
        Self { keeper, ..self }
    }
}

impl Change for AddKey<'_> {
    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error> {
        let line = self.wanted.key.line();
        let material = self.wanted.key.known().map(KeyLine::material);
        let key = NewKey { line: &line, material, expires: self.wanted.expires, now: self.now };
        let request = Request { who: self.wanted.who, key, field: self.wanted.field };
        let plan = spin::plan(document, &request).map_err(|refusal| refused(self.path, &refusal))?;
        // A mistyped name is reported first.
        check_holders(self.wanted.key, self.wanted.who.user(), document)?;
        Ok(plan.into())
    }

    fn asked(&self) -> Option<(Option<&str>, &KeyLine)> {
        Some((self.wanted.who.user(), self.wanted.key.known()?))
    }

    fn not_yet_there(&self) -> Option<&KeyLine> {
        match self.wanted.key {
            Key::New(new) if new.is_preview() => Some(new.public()),
            _ => None,
        }
    }

    /// Whose key it is, if somebody can be asked.
    fn ask_first(&mut self) -> Result<(), Error> {
        let (Some(keeper), Some(name)) = (&self.keeper, self.wanted.who.user()) else { return Ok(()) };
        if !prompt::is_possible() {
            return Ok(());
        }
        let source = self.wanted.key.source();
        let question = match self.wanted.key {
            Key::New(_) => format!("You are logged in as {keeper}. Create {source} here, as the key of {name}?"),
            Key::Loaded(_) => {
                format!("You are logged in as {keeper}, and {source} is your default key. Is it the key of {name}?")
            }
        };
        if prompt::confirm(&question)? {
            self.keeper = None;
            return Ok(());
        }
        let hint = format!("pass the public key that {name} has sent: --key PATH");
        Err(Error::new("nothing was written").with_kind(ErrorKind::Declined).hint(hint))
    }

    fn announce(&self, ui: &Ui) {
        if let (Some(keeper), Some(name)) = (&self.keeper, self.wanted.who.user()) {
            let source = self.wanted.key.source();
            ui.note(&format!(
                "you are logged in as {keeper}, and {name} gets your default key, {source}; for another key: --key PATH"
            ));
        }
        if let Key::New(new) = self.wanted.key {
            if new.is_preview() {
                ui.note(&format!(
                    "the key {} does not exist yet, so this diff cannot be applied as a patch",
                    new.path.display()
                ));
            } else {
                ui.note(&format!("a new key pair will be created at {}", new.path.display()));
            }
        }
        if let Some(day) = self.wanted.expires {
            ui.note(&format!(
                "{day} is the last day on which the key can log in, in the time zone of each server; sshd enforces that \
                 by itself, without another `spin provision`"
            ));
        }
    }

    fn agreed(&mut self) -> Result<(), Error> {
        if let Key::New(new) = self.wanted.key {
            self.private = Some(new.private_file(self.ui)?);
        }
        Ok(())
    }

    /// The pair is written before the file, and only once.
    fn before_writing(&mut self) -> Result<(), Error> {
        if let (Key::New(new), Some(text)) = (self.wanted.key, self.private.as_ref()) {
            new.write(text, self.ui)?;
            self.private = None;
            self.is_pair_written = true;
        }
        Ok(())
    }

    /// The pair was written and the file was not: says how to finish.
    fn finish_hint(&self, error: Error) -> Error {
        let Key::New(new) = self.wanted.key else { return error };
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
        let is_option =
            |word: &String| ["--file", "--field", "--vault-password-file", "--expires"].contains(&word.as_str());
        let at = self.again.iter().position(is_option);
        let (head, tail) = self.again.split_at(at.unwrap_or(self.again.len()));
        command.extend(head.iter().chain(&own).chain(tail).map(|word| shell::word(word).into_owned()));
        error.hint(format!("the new key pair was written to {path}; to finish: {}", command.join(" ")))
    }
}
