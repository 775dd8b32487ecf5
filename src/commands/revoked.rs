//! What `revoke` prints at the end.

use super::edit_args::EditArgs;
use crate::change::finish::Finish;
use crate::change::patch::Patch;
use crate::change::revoke::Revoke;
use crate::change::run::{Done, after_writing};
use crate::error::Error;
use crate::input::SpinFile;
use crate::report::left::{self, Left};
use crate::report::{Report, Revoked, render};
use crate::review::row::{Row, RowKind};
use crate::ui::{self, Ui};

pub(super) struct Said<'s> {
    pub(super) file: &'s SpinFile,
    pub(super) edit: &'s EditArgs,
    pub(super) ui: &'s Ui,
}

impl Said<'_> {
    pub(super) fn revoked(&self, done: &Done, revoke: &Revoke<'_>, left: &[Left]) -> anyhow::Result<u8> {
        let named = self.file.raw.named();
        match done {
            Done::Written(_) => self.ui.note(&format!("wrote {named}; the servers do not know of it yet")),
            Done::Nothing(_) => {
                self.ui.summary(&format!("nothing to do: {} is already revoked in {named}", revoke.subject()))
            }
            Done::ByOthers(_) => self.ui.note("another process has made this change in the meantime"),
            Done::Shown(_) => {}
        }
        let report = Revoked {
            people: revoke.revocation.people.iter().cloned().collect(),
            keys: revoke.keys(),
            left,
            ..self.report(done)
        };
        if self.edit.format.is_text() {
            self.ui.aside(&left::page(left));
        }
        self.print(done, &report)
    }

    pub(super) fn finished(&self, done: &Done, finish: &Finish<'_>) -> anyhow::Result<u8> {
        let named = self.file.raw.named();
        match done {
            Done::Written(_) => self.ui.note(&format!("wrote {named}")),
            Done::Nothing(_) if finish.kept.is_empty() => {
                self.ui.summary(&format!("nothing to do: nothing of it is `absent` in {named}"));
            }
            Done::ByOthers(_) => self.ui.note("another process has made this change in the meantime"),
            Done::Nothing(_) | Done::Shown(_) => {}
        }
        let loses_key = |row: &Row| row.kind == RowKind::TunnelLost;
        let left = if done.patch().review.rows.iter().any(loses_key) { vec![Left::Tunnel] } else { Vec::new() };
        let report = Revoked { people: finish.people.clone(), kept: &finish.kept, left: &left, ..self.report(done) };
        if self.edit.format.is_text() {
            self.ui.aside(&left::page(&left));
            self.ui.aside(&left::kept(&finish.kept));
        }
        self.print(done, &report)
    }

    fn report<'r>(&self, done: &'r Done) -> Revoked<'r> {
        let patch: &Patch = done.patch();
        Revoked {
            file: self.file.name(),
            is_changed: patch.is_change(),
            is_written: matches!(done, Done::Written(_)),
            diff: &patch.diff,
            people: Vec::new(),
            keys: Vec::new(),
            review: &patch.review,
            warnings: &patch.warnings,
            left: &[],
            kept: &[],
        }
    }

    /// Prints the report, unless the diff is all the output.
    fn print(&self, done: &Done, report: &Revoked<'_>) -> anyhow::Result<u8> {
        let code = u8::from(self.edit.check && report.is_changed);
        if self.edit.format.is_text() {
            return Ok(code);
        }
        let page = render(&Report::Revoked(report), self.edit.format);
        match self.ui.page(&page) {
            Err(error) if matches!(done, Done::Written(_)) && !ui::is_broken_pipe(&error) => {
                let path = std::path::Path::new("standard output");
                Err(after_writing(Error::io("report on", path, &error)).into())
            }
            Err(error) if !matches!(done, Done::Written(_)) => Err(error.into()),
            _ => Ok(code),
        }
    }
}
