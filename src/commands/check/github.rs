//! Findings as annotations of a GitHub workflow.
//!
//! The form and its escapes are those of GitHub's "Workflow commands" (`::error file=,line=,col=,title=::message`).

use super::Found;
use crate::check::Severity;
use crate::commands::file::SpinFile;
use std::path::Path;

/// A line for each finding.
pub(super) fn annotations(found: &[Found], file: &SpinFile<'_>) -> String {
    found.iter().map(|found| of_finding(found, file)).collect()
}

/// The word for a severity.
pub(in crate::commands) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// One annotation; untrusted text is escaped.
pub(in crate::commands) fn annotation(
    level: &str,
    file: &str,
    line: Option<usize>,
    title: &str,
    message: &str,
) -> String {
    let place = line.map(|line| format!(",line={line}")).unwrap_or_default();
    annotation_at(level, file, &place, title, message)
}

fn annotation_at(level: &str, file: &str, place: &str, title: &str, message: &str) -> String {
    format!("::{level} file={}{place},title={title}::{}\n", property(file), data(message))
}

fn of_finding(found: &Found, file: &SpinFile<'_>) -> String {
    // Only the file itself has lines that a reader of the pull request can see, and an encrypted one has others.
    let is_file = found.path == file.shown;
    let name = if is_file { file.diff_name.clone() } else { beside(&found.path, file) };
    let mut place = String::new();
    let mut message = found.message.clone();
    if found.line > 0 && !file.is_sealed() {
        place = format!(",line={},col={}", found.line, found.column);
    } else if found.line > 0 {
        place = ",line=1".to_owned();
        message = format!("line {} of the plain text: {message}", found.line);
    }
    let message = format!("{message}\n{}\n{}", found.rule.effect, found.help);
    annotation_at(level(found.rule.severity), &name, &place, found.rule.code, &message)
}

/// The path of another file from the root of the repository, as that of the file itself is.
fn beside(path: &Path, file: &SpinFile<'_>) -> String {
    let own_folder = file.shown.parent().unwrap_or(Path::new(""));
    let folder = Path::new(&file.diff_name).parent().unwrap_or(Path::new(""));
    path.strip_prefix(own_folder).map_or_else(|_| path.to_owned(), |rest| folder.join(rest)).display().to_string()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
