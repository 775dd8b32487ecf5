//! What came of adding a key, for the commands that do.

use super::edit_args::EditArgs;
use crate::change::patch::Patch;
use crate::change::run::{Until, after_writing};
use crate::error::Error;
use crate::input::SpinFile;
use crate::key_source::{Key, write_missing_public};
use crate::report::{AddedKey, Change, Report, render};
use crate::ui::{self, Ui};

/// Prints what came of adding a key.
pub(super) struct Said<'s> {
    pub(super) file: &'s SpinFile,
    pub(super) key: &'s Key,
    pub(super) user: Option<&'s str>,
    pub(super) edit: &'s EditArgs,
    pub(super) ui: &'s Ui,
}

impl Said<'_> {
    /// Prints the report, unless the diff is all the output.
    pub(super) fn report(&self, patch: &Patch, is_written: bool) -> std::io::Result<()> {
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

    pub(super) fn nothing(&self, patch: &Patch) -> anyhow::Result<u8> {
        self.report(patch, false)?;
        if self.edit.until() != Until::Shown {
            write_missing_public(self.key, self.ui)?;
        }
        let has_options = self.key.known().is_some_and(|key| key.options().is_some());
        self.ui.summary(&patch.nothing(self.file.shown(), has_options));
        Ok(u8::from(self.edit.check && !patch.without_effect.is_empty()))
    }

    pub(super) fn written(&self, patch: &Patch) -> anyhow::Result<u8> {
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
