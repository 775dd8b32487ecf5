//! What `check` found, on standard output; how much it is, on standard error.

use super::fix::Mended;
use super::{Found, Report, Run, github};
use crate::check::Severity;
use crate::cli::CheckFormat;
use crate::error::Error;
use crate::ui::{self, Ui};
use serde::Serialize;
use std::io;

/// `--format json`. Its fields are documented in the README and stay.
#[derive(Serialize)]
struct Json<'a> {
    file: String,
    encrypted: bool,
    findings: Vec<JsonFinding<'a>>,
    counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    code: &'static str,
    name: &'static str,
    severity: Severity,
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
    effect: &'static str,
    help: &'a str,
    fixable: bool,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    fixed: Vec<JsonFinding<'a>>,
    written: bool,
    diff: &'a str,
}

#[derive(Serialize)]
struct Counts {
    error: usize,
    warning: usize,
    note: usize,
    ignored: usize,
}

impl Counts {
    fn of(report: &Report) -> Self {
        let count = |severity| report.found.iter().filter(|found| found.rule.severity == severity).count();
        Self {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            note: count(Severity::Note),
            ignored: report.silenced,
        }
    }

    /// `2 errors, 1 warning`, or `nothing`.
    fn words(&self) -> String {
        let kinds = [(self.error, "error"), (self.warning, "warning"), (self.note, "note")];
        let words: Vec<String> = kinds
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
            .collect();
        words.join(", ")
    }
}

/// Prints the findings.
///
/// # Errors
/// Those of standard output.
pub(super) fn print(run: &Run<'_>, report: &Report) -> io::Result<()> {
    let ui = run.ui;
    match run.args.format {
        CheckFormat::Text => report.found.iter().try_for_each(|found| text(ui, found))?,
        CheckFormat::Github => ui.data(&github::annotations(&report.found, run.file))?,
        CheckFormat::Json => json(run, report)?,
    }
    summary(run, report);
    Ok(())
}

/// A finding with its line.
fn text(ui: &Ui, found: &Found) -> io::Result<()> {
    let place = match found.line {
        0 => found.path.display().to_string(),
        line => format!("{}:{line}:{}", found.path.display(), found.column),
    };
    let style = match found.rule.severity {
        Severity::Error => ui::REMOVED,
        Severity::Warning => ui::WARNED,
        Severity::Note => ui::HUNK,
    };
    let fixable = if found.is_fixable() { " [--fix]" } else { "" };
    ui.data_styled(ui::HEADING, &one_line(&format!("{place}: {}", found.rule.severity.word())))?;
    ui.data_styled(style, &format!("[{}]", found.rule.code))?;
    ui.data(&format!(": {}{fixable}\n", one_line(&found.message)))?;
    for line in found.snippet.lines() {
        ui.data(&format!("  {line}\n"))?;
    }
    ui.data(&format!("  effect: {}\n  help: {}\n\n", found.rule.effect, one_line(&found.help)))
}

/// Names from a file hold no line break that could pass for a finding of its own.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn json(run: &Run<'_>, report: &Report) -> io::Result<()> {
    let fix = report.mended.as_ref().map(|mended| JsonFix {
        fixed: mended.done.iter().map(json_finding).collect(),
        written: mended.written,
        diff: &mended.diff,
    });
    let json = Json {
        file: run.file.shown.display().to_string(),
        encrypted: run.file.is_sealed(),
        findings: report.found.iter().map(json_finding).collect(),
        counts: Counts::of(report),
        fix,
    };
    run.ui.data(&(serde_json::to_string_pretty(&json)? + "\n"))
}

fn json_finding(found: &Found) -> JsonFinding<'_> {
    JsonFinding {
        code: found.rule.code,
        name: found.rule.name,
        severity: found.rule.severity,
        file: found.path.display().to_string(),
        line: Some(found.line).filter(|line| *line > 0),
        column: Some(found.column).filter(|column| *column > 0),
        message: &found.message,
        effect: found.rule.effect,
        help: &found.help,
        fixable: found.is_fixable(),
    }
}

fn summary(run: &Run<'_>, report: &Report) {
    let counts = Counts::of(report);
    let name = run.file.shown.display();
    let ignored = match report.silenced {
        0 => String::new(),
        count => format!(" ({count} ignored by a comment in the file)"),
    };
    let words = counts.words();
    let ui = run.ui;
    if words.is_empty() {
        ui.summary(&format!("{name}: nothing found{ignored}"));
        return;
    }
    ui.summary(&format!("{name}: {words}{ignored}"));
    if run.file.is_sealed() && report.found.iter().any(|found| found.line > 0) {
        ui.note("the file is encrypted: lines count in its plain text");
    }
    let fixable = report.found.iter().filter(|found| found.is_fixable()).count();
    if fixable > 0 && report.mended.is_none() {
        ui.note(&format!("{fixable} of them can be mended: spin-keys check --fix"));
    }
    ui.note("more about a finding: spin-keys explain CODE");
}

/// What `--fix` mends.
pub(super) fn mended(ui: &Ui, mended: &Mended, is_dry: bool) {
    let doing = if is_dry { "would mend" } else { "mends" };
    for found in &mended.done {
        ui.summary(&format!("{doing} {} on line {}: {}", found.rule.code, found.line, found.message));
    }
}

/// The findings that are still there because their edits cannot be made.
pub(super) fn refused(ui: &Ui, refused: &[(Found, Error)], report: &Report) {
    let is_there = |found: &&(Found, Error)| {
        report.found.iter().any(|other| other.rule == found.0.rule && other.message == found.0.message)
    };
    for (found, why) in refused.iter().filter(is_there) {
        let message = format!("cannot mend {} on line {}: {}", found.rule.code, found.line, why.message);
        ui.warn_of(&Error { message, ..why.clone() });
    }
}
