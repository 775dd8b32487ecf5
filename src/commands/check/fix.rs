//! `--fix`: the edits of all findings that have one right answer, through the same splice, proof, diff, question and
//! write as everything else.

use super::{Found, Run, report};
use crate::check;
use crate::cli::CheckFormat;
use crate::commands::report::colored;
use crate::commands::text::{self, Proved, Source};
use crate::commands::write::{self, Change};
use crate::error::{Error, ErrorKind};
use crate::files::Target;
use crate::prompt;
use crate::spin::Plan;
use crate::ui;
use crate::yaml::{self, Document, Edit};
use std::path::Path;
use zeroize::Zeroizing;

/// What was mended.
#[derive(Default)]
pub(super) struct Mended {
    /// The findings that are gone.
    pub(super) done: Vec<Found>,
    /// Those whose edits cannot be made here, with the reason.
    pub(super) refused: Vec<(Found, Error)>,
    /// The plain text that there is now, or would be; none where nothing changed.
    pub(super) after: Option<Zeroizing<Vec<u8>>>,
    /// The change.
    pub(super) diff: String,
    /// The file was written.
    pub(super) written: bool,
}

impl Run<'_> {
    /// Mends what can be mended; the answer no is an error.
    pub(super) fn mend(&self, target: &Target, plain: &[u8]) -> anyhow::Result<Mended> {
        let source = match self.file.source(plain, None) {
            Ok(source) => source,
            // What edits refuse is no reason to keep quiet about the findings.
            Err(mut error) => {
                error.message.insert_str(0, "--fix has nothing to mend as long as this stands: ");
                self.ui.warn_of(&error);
                return Ok(Mended::default());
            }
        };
        let (proved, mut mended) = self.plan(source)?;
        report::mended(self.ui, &mended, self.args.dry_run);
        let Some(proved) = proved else {
            self.ui.note("--fix has nothing to mend");
            return Ok(mended);
        };
        mended.diff.clone_from(&proved.diff);
        if self.args.dry_run {
            self.show(&proved)?;
            mended.after = Some(proved.bytes);
            return Ok(mended);
        }
        target.check_writable()?;
        self.show_and_ask(&proved)?;
        let mut mending = Mending { run: self, mended };
        let written = write::write(&mut mending, self.file, target, proved, self.args.yes, self.ui)?;
        let mut mended = mending.mended;
        match written {
            Some(proved) => {
                self.ui.note(&format!("wrote {}", self.file.shown.display()));
                mended.diff = proved.diff;
                mended.after = Some(proved.bytes);
                mended.written = true;
            }
            None => {
                self.ui.note("somebody else has mended it meanwhile");
                let target = Target::open(&self.file.shown)?;
                mended.after = Some(Zeroizing::new(self.file.reopen(target.snapshot().bytes())?.to_vec()));
            }
        }
        Ok(mended)
    }

    /// The findings that can be mended in this text, and the proved change that does it.
    fn plan(&self, source: Source<'_>) -> Result<(Option<Proved>, Mended), Error> {
        let found = self.fixable(&source);
        let (mut accepted, refused) = admit(&source.document, found);
        let edits: Vec<Edit> = accepted.iter().flat_map(edits_of).cloned().collect();
        accepted.sort_by_key(|found| (found.line, found.column));
        let mended = Mended { done: accepted, refused, after: None, diff: String::new(), written: false };
        if edits.is_empty() {
            return Ok((None, mended));
        }
        let plan = Plan { edits, changes: Vec::new(), notes: Vec::new() };
        let proved = text::prove_plan(&self.file.shown, &self.file.diff_name, source, plan, self.file.secrecy)?;
        Ok((Some(proved), mended))
    }

    fn fixable(&self, source: &Source<'_>) -> Vec<Found> {
        let lines = crate::yaml::LineIndex::of(source.text);
        let silenced = check::suppressions(&source.document, &lines);
        let findings =
            check::check(&source.document, &self.context).into_iter().filter(|finding| !finding.fix.is_empty());
        let found = findings.filter(|finding| self.wants(finding.rule)).filter_map(|finding| {
            let (line, column) = lines.place(finding.span.start);
            (!silenced.covers(line, finding.rule.code)).then(|| Found {
                rule: finding.rule,
                path: self.file.shown.clone(),
                line,
                column,
                message: finding.message.clone(),
                help: finding.help.clone().unwrap_or_else(|| finding.rule.help.to_owned()),
                snippet: String::new(),
                finding: Some(finding),
            })
        });
        let mut found: Vec<Found> = found.collect();
        // What is taken out need not be mended.
        found.sort_by_key(|found| !edits_of(found).iter().any(|edit| matches!(edit, Edit::Remove { .. })));
        found
    }

    fn show(&self, proved: &Proved) -> Result<(), Error> {
        if self.args.format != CheckFormat::Text {
            return Ok(());
        }
        match colored(self.ui, &proved.diff) {
            Err(error) if ui::is_broken_pipe(&error) && (self.args.yes || self.args.dry_run) => Ok(()),
            Err(error) => Err(Error::io("show the diff on", Path::new("standard output"), &error)),
            Ok(()) => Ok(()),
        }
    }

    fn show_and_ask(&self, proved: &Proved) -> Result<(), Error> {
        self.show(proved)?;
        if self.args.yes {
            return Ok(());
        }
        if self.args.format != CheckFormat::Text {
            self.ui.context(&proved.diff);
        }
        if prompt::confirm(&format!("Write this to {}?", self.file.shown.display()))? {
            return Ok(());
        }
        Err(Error::new("nothing was written").with_kind(ErrorKind::Declined))
    }
}

/// The writing end of `--fix`.
struct Mending<'m, 'r> {
    run: &'m Run<'r>,
    mended: Mended,
}

impl Change for Mending<'_, '_> {
    fn again(&mut self, source: Source<'_>) -> Result<Proved, Error> {
        let text = source.text.to_owned();
        let (proved, mended) = self.run.plan(source)?;
        self.mended = mended;
        Ok(proved.unwrap_or_else(|| Proved::nothing(&text)))
    }

    fn ask_again(&mut self, proved: &Proved) -> Result<(), Error> {
        self.run.show_and_ask(proved)
    }
}

fn edits_of(found: &Found) -> &[Edit] {
    found.finding.as_ref().map_or(&[], |finding| finding.fix.as_slice())
}

/// Sorts the findings into those whose edits can all be made together, and those that cannot, with the reason.
fn admit(document: &Document<'_>, found: Vec<Found>) -> (Vec<Found>, Vec<(Found, Error)>) {
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    let mut waiting = vec![found];
    while let Some(mut group) = waiting.pop() {
        if group.is_empty() {
            continue;
        }
        let edits: Vec<Edit> = accepted.iter().chain(&group).flat_map(edits_of).cloned().collect();
        match yaml::splices(document, &edits) {
            Ok(_) => accepted.append(&mut group),
            Err(refusal) if group.len() == 1 => {
                let why = Error::new(format!("{} ({}:{})", refusal.message, refusal.line, refusal.column));
                refused.extend(group.pop().map(|found| (found, why.hint(refusal.hint))));
            }
            Err(_) => {
                let behind = group.split_off(group.len() / 2);
                waiting.push(behind);
                waiting.push(group);
            }
        }
    }
    (accepted, refused)
}
