//! How every command changes a file: plan, prove, show, ask, lock, read again, write. If the file was changed in the
//! meantime, everything from the plan on is made again.

use super::patch::{How, Patch, Source, Steps, Unpatched};
use crate::check::finding::Finding;
use crate::error::{Error, ErrorKind};
use crate::files::{ReplaceError, Target};
use crate::input::SpinFile;
use crate::input::project::{self, ProjectChecks};
use crate::input::shape::refuse_foreign_diff;
use crate::input::text::{Mode, refused, unproved};
use crate::key::KeyLine;
use crate::prompt;
use crate::report::page::{Page, Tone};
use crate::report::{consequences, diff};
use crate::ui::{self, Ui};
use crate::yaml::Document;
use std::path::Path;

/// The part of a change that differs between commands.
pub trait Change {
    /// Plans the change of a text.
    ///
    /// # Errors
    /// The change cannot be planned.
    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error>;

    /// The requested key, and its account (`None` for deploy).
    fn asked(&self) -> Option<(Option<&str>, &KeyLine)> {
        None
    }

    /// The key to add, if this run only previews it and never creates it.
    fn not_yet_there(&self) -> Option<&KeyLine> {
        None
    }

    /// Asks what has to be known before the change is shown. Not asked with `--yes`, nor where nothing is written.
    ///
    /// # Errors
    /// The answer was no, and nothing is written.
    fn ask_first(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Prints messages before the diff.
    fn introduce(&self, _ui: &Ui) {}

    /// Prints messages after the diff, before the question.
    fn announce(&self, _ui: &Ui) {}

    /// Runs after the answer, before the file is locked.
    ///
    /// # Errors
    /// The file is then not written.
    fn agreed(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Runs right before each attempt to write the file.
    ///
    /// # Errors
    /// The file is then not written.
    fn before_writing(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Adds to an error what is left to do, if something was already done.
    fn finish_hint(&self, error: Error) -> Error {
        error
    }
}

/// Whether to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Never: `--dry-run`, `--check`.
    Shown,
    /// If the user agrees.
    Agreed,
    /// Without a question: `--yes`.
    Written,
}

pub struct Run<'r> {
    pub file: &'r SpinFile,
    pub ui: &'r Ui,
    pub until: Until,
    /// The diff goes to standard output; else to standard error, with the question.
    pub diff_on_stdout: bool,
    /// The errors in the file are printed with the change.
    pub says_warnings: bool,
    /// The time, in seconds since 1970.
    pub now: u64,
}

pub enum Done {
    /// There is nothing to change.
    Nothing(Patch),
    /// The change was shown.
    Shown(Patch),
    /// The change was written.
    Written(Patch),
    /// Another process has made the change in the meantime.
    ByOthers(Patch),
}

impl Done {
    #[must_use]
    pub fn patch(&self) -> &Patch {
        match self {
            Self::Nothing(patch) | Self::Shown(patch) | Self::Written(patch) | Self::ByOthers(patch) => patch,
        }
    }
}

impl Run<'_> {
    /// Carries out a change.
    ///
    /// # Errors
    /// The file cannot be read, planned, proved or written, or the answer was no.
    pub fn carry_out(&self, change: &mut dyn Change) -> Result<Done, Error> {
        refuse_foreign_diff(self.file.shown(), self.file.bytes())?;
        let patch = self.patch(change, self.file.bytes(), true)?;
        if !patch.is_change() {
            return Ok(Done::Nothing(patch));
        }
        if self.until == Until::Shown {
            self.show(change, &patch)?;
            return Ok(Done::Shown(patch));
        }
        let target = self.file.raw.target().ok_or_else(|| Error::new("standard input cannot be changed"))?;
        target.check_writable()?;
        if self.until == Until::Agreed {
            change.ask_first()?;
        }
        self.show_and_ask(change, &patch)?;
        change.agreed()?;
        match self.write(change, target, patch) {
            Ok(Some(patch)) => Ok(Done::Written(patch)),
            Ok(None) => {
                let now = Target::open(self.file.shown())?;
                let plain = self.file.reopen(now.snapshot().bytes())?;
                Ok(Done::ByOthers(self.patch(change, &plain, false)?))
            }
            Err(error) => Err(change.finish_hint(error)),
        }
    }

    fn patch(&self, change: &mut dyn Change, plain: &[u8], is_first: bool) -> Result<Patch, Error> {
        let path = self.file.shown();
        let text = self.file.decode(plain)?;
        let document = self.file.document(text, Mode::Strict, Some(self.ui).filter(|_| is_first))?;
        if is_first && self.says_warnings {
            let of_project = project::findings(self.file, &document, ProjectChecks::Git);
            of_project.iter().for_each(|finding| self.ui.warn_of(&warning(finding)));
        }
        let steps = change.plan(&document)?;
        let name = &self.file.raw.in_repository;
        let source = Source { name, has_bom: text.has_bom, text: text.text, document };
        let how = How {
            redaction: self.file.redaction,
            now: self.now,
            unseal: &|text| self.file.unseal(text),
            asked: change.asked(),
            not_yet_there: change.not_yet_there(),
        };
        Patch::of(source, steps, &how).map_err(|error| match error {
            Unpatched::Refused(refusal) => refused(path, &refusal),
            Unpatched::Unproved(error) => unproved(path, &error),
        })
    }

    /// Locks, reads again, and writes. If the file was changed in the meantime, the same change is written, and a
    /// different one is shown and asked about again. `None` if another process has made the change.
    fn write(&self, change: &mut dyn Change, target: &Target, mut patch: Patch) -> Result<Option<Patch>, Error> {
        let mut seen = None;
        loop {
            let locked = target.lock(&mut |message| self.ui.note(message))?;
            let now = locked.reread()?;
            if !now.same_bytes(seen.as_ref().unwrap_or(target.snapshot())) {
                let plain = self.file.reopen(now.bytes())?;
                let again = self.patch(change, &plain, false)?;
                if !again.is_change() {
                    return Ok(None);
                }
                let same = again.rounds == patch.rounds && again.review.says_the_same(&patch.review);
                (patch, seen) = (again, Some(now));
                if !same && self.until == Until::Agreed {
                    drop(locked);
                    self.ui.note("the file was changed in the meantime; the change is now:");
                    self.show_and_ask(change, &patch)?;
                    continue;
                }
            }
            let expected = seen.as_ref().unwrap_or(target.snapshot());
            let bytes = self.file.sealed(&patch.bytes)?;
            change.before_writing()?;
            match locked.replace(&bytes, expected) {
                Ok(()) => return Ok(Some(patch)),
                Err(ReplaceError::Changed) => {}
                Err(ReplaceError::Failed(error)) => return Err(error),
            }
        }
    }

    /// Shows the change before it is written. With --yes it is no error if the reader stops early.
    fn show(&self, change: &dyn Change, patch: &Patch) -> Result<(), Error> {
        change.introduce(self.ui);
        let shown = if self.diff_on_stdout { self.ui.page(&diff::page(&patch.diff)) } else { Ok(()) };
        self.notes_and_warnings(patch);
        self.ui.aside(&consequences(&patch.review, true));
        change.announce(self.ui);
        if self.until == Until::Shown && change.not_yet_there().is_none() {
            if self.file.is_encrypted() {
                self.ui.note("the file is encrypted: this diff shows its plain text, and cannot be applied as a patch");
            } else if patch.is_masked {
                self.ui.note("secrets are masked, so this diff cannot be applied as a patch");
            }
        }
        match shown {
            Err(error) if ui::is_broken_pipe(&error) && self.until != Until::Agreed => Ok(()),
            Err(error) if ui::is_broken_pipe(&error) => {
                Err(Error::new("standard output was closed before the whole diff was shown")
                    .hint("pass --dry-run to see the diff only, or --yes to write without a question"))
            }
            Err(error) => Err(Error::io("show the diff on", Path::new("standard output"), &error)),
            Ok(()) => Ok(()),
        }
    }

    fn show_and_ask(&self, change: &dyn Change, patch: &Patch) -> Result<(), Error> {
        self.show(change, patch)?;
        if self.until == Until::Written {
            return Ok(());
        }
        if !self.diff_on_stdout {
            self.ui.context(&patch.diff);
        }
        if prompt::confirm(&format!("Write this to {}?", self.file.raw.named()))? {
            return Ok(());
        }
        Err(Error::new("nothing was written").with_kind(ErrorKind::Declined))
    }

    /// Prints notes and warnings about the file and the key.
    pub fn notes_and_warnings(&self, patch: &Patch) {
        for note in &patch.notes {
            self.ui.note(note);
        }
        for finding in patch.warnings.iter().filter(|_| self.says_warnings) {
            self.ui.warn_of(&warning(finding));
        }
        let mut page = Page::default();
        for row in &patch.without_effect {
            page.line(Tone::Failed, &crate::report::sentence(row, patch.review.failure.as_ref()));
        }
        self.ui.aside(&page);
    }
}

#[must_use]
pub fn warning(finding: &Finding) -> Error {
    let place = match (&finding.path, finding.line) {
        (Some(path), _) => format!("{}: ", path.display()),
        (None, line) => format!("line {line}: "),
    };
    let message = format!("{place}{}: {} [{}]", finding.message, finding.rule.effect, finding.rule.code);
    Error::new(message).hint(finding.help())
}

/// Marks an error as one that happened after the file was written.
#[must_use]
pub fn after_writing(error: Error) -> Error {
    error.note("the file was written").with_kind(ErrorKind::PartlyDone)
}
