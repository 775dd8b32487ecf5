//! Shared by `add-user` and `add-deploy`: the key, the change and the output.

use super::edit_args::EditArgs;
use super::key_args::KeyArgs;
use super::now;
use crate::change::add_key::AddKey;
use crate::change::patch::Patch;
use crate::change::run::{Done, Run, Until, after_writing};
use crate::error::Error;
use crate::input::SpinFile;
use crate::input::discover::{ci_folder, home};
use crate::key_source::{Key, KeyOwner, choose, write_missing_public};
use crate::report::{AddedKey, Change, Report, render};
use crate::signals;
use crate::spin::Who;
use crate::ui::{self, Ui};

pub(super) struct Wish<'w> {
    pub(super) who: Who<'w>,
    /// The arguments on the command line, without those for the key and the file.
    pub(super) again: Vec<String>,
    pub(super) key: &'w KeyArgs,
    pub(super) edit: &'w EditArgs,
}

pub(super) fn run(wish: Wish<'_>, ui: &Ui) -> anyhow::Result<u8> {
    let (edit, until) = (wish.edit, wish.edit.until());
    edit.check(ui)?;
    if until != Until::Shown {
        signals::install()?;
    }
    let mut file = edit.opener(ui).open_target(edit.file.as_deref())?;
    file.show(edit.show_secrets, edit.is_seen(ui));
    let owner = KeyOwner {
        user: wish.who.user(),
        ci_folder: file.folder().and_then(ci_folder),
        home: home(),
        dry: until == Until::Shown,
    };
    let key = choose(&wish.key.source(), &wish.key.options(), &owner, ui)?;
    key.caution(&owner, ui);
    if edit.format.is_proposal() {
        key.require("there is nothing to review")?;
    }
    let again = [wish.again, edit.words(), wish.key.words()].concat();
    let now = now();
    let mut change = AddKey::new(wish.who, wish.key.field, &key, file.shown(), again, ui, now);
    let diff_on_stdout = edit.format.is_text();
    let run = Run { file: &file, ui, until, diff_on_stdout, says_warnings: true, now };
    let done = run.carry_out(&mut change)?;
    let said = Said { file: &file, key: &key, user: wish.who.user(), edit, ui };
    match done {
        Done::Shown(patch) => {
            said.report(&patch, false)?;
            Ok(u8::from(edit.check))
        }
        Done::Written(patch) => said.written(&patch),
        Done::Nothing(patch) | Done::ByOthers(patch) => {
            run.notes_and_warnings(&patch);
            said.nothing(&patch)
        }
    }
}

/// Prints the result.
struct Said<'s> {
    file: &'s SpinFile,
    key: &'s Key,
    user: Option<&'s str>,
    edit: &'s EditArgs,
    ui: &'s Ui,
}

impl Said<'_> {
    /// Prints the report, unless the diff is all the output.
    fn report(&self, patch: &Patch, is_written: bool) -> std::io::Result<()> {
        if self.edit.format.is_text() {
            return Ok(());
        }
        let change = Change {
            file: self.file.name(),
            is_changed: patch.is_change(),
            is_written,
            diff: &patch.diff,
            key: AddedKey::of(self.key.described(), self.key.source(), matches!(self.key, Key::New(_))),
            review: &patch.review,
            warnings: &patch.warnings,
        };
        self.ui.page(&render(&Report::Change(&change), self.edit.format))
    }

    fn nothing(&self, patch: &Patch) -> anyhow::Result<u8> {
        self.report(patch, false)?;
        if self.edit.until() != Until::Shown {
            write_missing_public(self.key, self.ui)?;
        }
        let has_options = self.key.known().is_some_and(|key| key.options().is_some());
        self.ui.summary(&patch.nothing(self.file.shown(), has_options));
        Ok(u8::from(self.edit.check && !patch.without_effect.is_empty()))
    }

    fn written(&self, patch: &Patch) -> anyhow::Result<u8> {
        if let Err(error) = write_missing_public(self.key, self.ui) {
            self.ui.warn_of(&error);
        }
        let next = if patch.review.failure.is_none() { "; run `spin provision` to update the servers" } else { "" };
        self.ui.note(&format!("wrote {}{next}", self.file.raw.named()));
        if let Key::New(new) = self.key {
            self.ui.note(&new.next_step(self.user));
        }
        match self.report(patch, true) {
            Err(error) if !ui::is_broken_pipe(&error) => {
                let path = std::path::Path::new("standard output");
                Err(after_writing(Error::io("report on", path, &error)).into())
            }
            _ => Ok(0),
        }
    }
}
