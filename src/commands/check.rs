//! `check`: read, judge, report; with `--fix` plan, prove, show, ask and write first.

mod around;
mod fix;
pub(super) mod github;
mod report;
mod snippet;

use super::file::{Opening, SpinFile, spin_file};
use super::text::{self, Source};
use super::write::after_writing;
use crate::check::{self, Context, Finding, Rule, Scope, Severity};
use crate::cli;
use crate::error::{Error, ErrorKind};
use crate::files::Target;
use crate::signals;
use crate::ui::Ui;
use crate::yaml::LineIndex;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// `check`
pub(super) fn check(args: &cli::Check, ui: &Ui) -> anyhow::Result<u8> {
    let path = spin_file(args.file.file.as_deref())?;
    if args.fix && !args.dry_run {
        signals::install()?;
    }
    let target = Target::open(&path)?;
    let folder = target.real_path().parent().unwrap_or(Path::new("/")).to_owned();
    let opening = if args.fix { Opening::to_mend(&args.file, ui) } else { Opening::to_look(&args.file) };
    let (file, plain) = SpinFile::open(path, &target, &opening, &folder, ui)?;
    let run =
        Run { args, file: &file, ui, context: Context { now: now(), warn_days: args.warn_days, scope: Scope::All } };
    let mut report = run.judge(&plain, target.real_path(), Some(ui))?;
    if args.fix {
        let mended = run.mend(&target, &plain)?;
        if let Some(bytes) = &mended.after {
            let again = run.judge(bytes, target.real_path(), None);
            report = again.map_err(|error| if mended.written { written(error) } else { error })?;
        }
        report::refused(ui, &mended.refused, &report);
        report.mended = Some(mended);
    }
    match report::print(&run, &report) {
        Err(error) if report.mended.as_ref().is_some_and(|mended| mended.written) => after_writing(&error)?,
        printed => printed?,
    }
    Ok(u8::from(report.found.iter().any(|found| args.fail_on.fails(found.rule.severity))))
}

/// An error that comes after the file was written.
fn written(error: Error) -> Error {
    error.note("the file was written").with_kind(ErrorKind::PartlyDone)
}

/// The time, in seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// One run.
struct Run<'r> {
    args: &'r cli::Check,
    file: &'r SpinFile<'r>,
    ui: &'r Ui,
    context: Context,
}

/// A finding as it is reported.
struct Found {
    rule: &'static Rule,
    path: PathBuf,
    /// From 1; 0 where the file as a whole is meant.
    line: usize,
    /// In characters, from 1.
    column: usize,
    message: String,
    help: String,
    /// The line with its caret; empty where there is none.
    snippet: String,
    /// What it was made of; none for what lies around the file.
    finding: Option<Finding>,
}

impl Found {
    fn is_fixable(&self) -> bool {
        self.finding.as_ref().is_some_and(|finding| !finding.fix.is_empty())
    }
}

/// All findings of a run.
struct Report {
    found: Vec<Found>,
    /// How many were left out by a comment in the file.
    silenced: usize,
    /// What `--fix` did.
    mended: Option<fix::Mended>,
}

impl Run<'_> {
    /// Judges a text of the file and what is around it.
    fn judge(&self, plain: &[u8], real: &Path, ui: Option<&Ui>) -> Result<Report, Error> {
        let source = self.file.look(plain, ui)?;
        let document = &source.document;
        let lines = LineIndex::of(source.text);
        let silenced = check::suppressions(document, &lines);
        let masked = text::masked(document, self.file.report_secrecy());
        let masked = masked.as_deref().map(LineIndex::of);
        let mut report = Report { found: Vec::new(), silenced: 0, mended: None };
        for finding in check::check(document, &self.context) {
            let (line, column) = lines.place(finding.span.start);
            if !self.wants(finding.rule) {
                continue;
            }
            if silenced.covers(line, finding.rule.code) {
                report.silenced += 1;
                continue;
            }
            let help = finding.help.clone().unwrap_or_else(|| finding.rule.help.to_owned());
            report.found.push(Found {
                rule: finding.rule,
                path: self.file.shown.clone(),
                line,
                column,
                message: finding.message.clone(),
                help,
                snippet: if finding.is_secret {
                    snippet::hidden(line)
                } else {
                    snippet::of(&lines, masked.as_ref(), line, &finding.span)
                },
                finding: Some(finding),
            });
        }
        report.found.extend(self.around(&source, real).into_iter().filter(|found| self.wants(found.rule)));
        Ok(report)
    }

    fn around(&self, source: &Source<'_>, real: &Path) -> Vec<Found> {
        let asides = around::findings(self.file, &source.document, real);
        let found = asides.into_iter().map(|aside| Found {
            rule: aside.rule,
            path: aside.path,
            line: 0,
            column: 0,
            message: aside.message,
            help: aside.rule.help.to_owned(),
            snippet: String::new(),
            finding: None,
        });
        found.collect()
    }

    fn wants(&self, rule: &Rule) -> bool {
        rule.severity >= Severity::from(self.args.severity)
            && !self.args.ignore.iter().any(|other| other.code == rule.code)
    }
}
