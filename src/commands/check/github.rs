//! Findings as annotations of a GitHub workflow.
//!
//! The form and its escapes are those of GitHub's "Workflow commands" (`::error file=,line=,col=,title=::message`).

use super::Found;
use crate::commands::file::SpinFile;
use crate::spin::check::Severity;
use std::path::Path;

/// A line for each finding.
pub(super) fn annotations(found: &[Found], file: &SpinFile<'_>) -> String {
    found.iter().map(|found| annotation(found, file)).collect()
}

fn annotation(found: &Found, file: &SpinFile<'_>) -> String {
    let level = match found.rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
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
    format!("::{level} file={}{place},title={}::{}\n", property(&name), found.rule.code, data(&message))
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
