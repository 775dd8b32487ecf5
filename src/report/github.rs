//! Annotations for a GitHub workflow.
//!
//! The syntax and its escapes are those of GitHub's "Workflow commands" (`::error file=,line=,col=,title=::message`).

use super::cut::cut;
use super::text::sentence;
use super::values::{Check, Comparison, FileName};
use super::words::{self, Sign};
use super::words_unknown;
use crate::check::finding::Finding;
use crate::check::rule::Severity;
use crate::escape::escape;
use std::path::Path;

/// One line per finding.
pub(super) fn check(check: &Check) -> String {
    let found = check.findings.iter().map(|(finding, _)| of_finding(finding, &check.file));
    let more = Some(check.counts.more()).filter(|more| !more.is_empty());
    let more = more.map(|more| annotation("error", &check.file.in_repository, "", "check", &more));
    found.chain(more).collect()
}

/// One line per change of access, and one per new finding.
pub(super) fn comparison(comparison: &Comparison) -> String {
    let file = comparison.file.display().to_string();
    let mut out = String::new();
    for finding in &comparison.repository {
        let name = finding.path.as_ref().map_or_else(|| file.clone(), |path| path.display().to_string());
        let message = format!("{}\n{}\n{}", finding.message, finding.rule.effect, finding.help());
        out.push_str(&annotation(level(finding.severity), &name, "", finding.rule.code, &message));
    }
    let Ok(review) = &comparison.review else {
        let level = if comparison.is_changed { "warning" } else { "notice" };
        return out + &annotation(level, &file, "", "review", &comparison.verdict());
    };
    // The lines of an encrypted file are not those of its plain text.
    let at = |line: Option<usize>| format!(",line={}", line.filter(|_| !comparison.encrypted.1).unwrap_or(1));
    let (review, left_out) = &cut(review);
    for row in &review.rows {
        let level = match words::sign(row) {
            Sign::Gain | Sign::Risk => "warning",
            Sign::Loss | Sign::Other => "notice",
        };
        let line = row.key.as_ref().and_then(|key| key.place).map(|(line, _)| line);
        out.push_str(&annotation(level, &file, &at(line), "review", &sentence(row, review.failure.as_ref())));
    }
    if let Some(failure) = &review.failure {
        let message = format!("`spin provision` fails: {}", failure.message);
        out.push_str(&annotation("error", &file, &at(Some(failure.line)), failure.rule.code, &message));
    }
    if let Some(Some(failure)) = &review.provisioned {
        let message = format!("`spin provision` fails on a server that was provisioned before: {}", failure.message);
        out.push_str(&annotation("error", &file, &at(Some(failure.line)), failure.rule.code, &message));
    }
    for unknown in &review.unknown {
        let what = words_unknown::what(unknown, |path| escape(path).into_owned());
        let message = format!("not known: {what}: {}", words_unknown::why(unknown.why));
        out.push_str(&annotation("warning", &file, &at(unknown.place.map(|place| place.0)), "review", &message));
    }
    for finding in review.findings.iter().filter(|finding| Some(*finding) != review.failure.as_ref()) {
        let message = format!("{}\n{}", finding.message, finding.rule.effect);
        let place = at(Some(finding.line));
        out.push_str(&annotation(level(finding.severity), &file, &place, finding.rule.code, &message));
    }
    for more in left_out.words() {
        out.push_str(&annotation("warning", &file, &at(None), "review", &more));
    }
    out
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn of_finding(finding: &Finding, file: &FileName) -> String {
    // A reader of the pull request sees only lines of the file itself, and those of an encrypted file are not the lines
    // of its plain text.
    let name = finding.path.as_ref().map_or_else(|| file.in_repository.clone(), |path| beside(path, file));
    let mut place = String::new();
    let mut message = finding.message.clone();
    if finding.line > 0 && !file.is_encrypted {
        place = format!(",line={},col={}", finding.line, finding.column);
    } else if finding.line > 0 {
        place = ",line=1".to_owned();
        message = format!("line {} of the plain text: {message}", finding.line);
    }
    let message = format!("{message}\n{}\n{}", finding.rule.effect, finding.help());
    annotation(level(finding.severity), &name, &place, finding.rule.code, &message)
}

/// The path of another file, relative to the root of the repository.
fn beside(path: &Path, file: &FileName) -> String {
    let own_folder = file.shown.parent().unwrap_or(Path::new(""));
    let folder = Path::new(&file.in_repository).parent().unwrap_or(Path::new(""));
    path.strip_prefix(own_folder).map_or_else(|_| path.to_owned(), |rest| folder.join(rest)).display().to_string()
}

/// One annotation; untrusted text is escaped.
fn annotation(level: &str, file: &str, place: &str, title: &str, message: &str) -> String {
    format!("::{level} file={}{place},title={title}::{}\n", property(&escape(file)), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
