//! What a run says: the diff or JSON on standard output, the summary and warnings on standard error.

use super::key::Key;
use super::text::Proved;
use crate::check::Warning;
use crate::cli::Format;
use crate::diff::{self, Line};
use crate::error::Error;
use crate::key::KeyLine;
use crate::spin::Change;
use crate::ui::{self, Ui, escape};
use serde::Serialize;
use std::io;
use std::path::Path;

/// `--format json`. Its fields are documented in the README and stay.
#[derive(Serialize)]
struct Json<'a> {
    file: String,
    changed: bool,
    written: bool,
    changes: &'a [Change],
    diff: &'a str,
    key: JsonKey,
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct JsonKey {
    kind: String,
    fingerprint: Option<String>,
    comment: Option<String>,
    source: String,
    new: bool,
}

impl JsonKey {
    fn of(key: &Key) -> Self {
        let known = key.known();
        let (source, new) = match key {
            Key::Loaded { from, .. } => (from.clone(), false),
            Key::New(new) => (new.path.display().to_string(), true),
        };
        Self {
            kind: known.map_or_else(|| "ed25519".to_owned(), KeyLine::kind),
            fingerprint: known.map(KeyLine::fingerprint),
            comment: known.map(|line| line.comment().to_owned()),
            source,
            new,
        }
    }
}

/// Prints the one JSON object of a run.
///
/// # Errors
/// Those of standard output.
pub(super) fn json(ui: &Ui, path: &Path, proved: &Proved, key: &Key, written: bool) -> io::Result<()> {
    let changed = !proved.edits.is_empty();
    let key = JsonKey::of(key);
    let report = Json {
        file: path.display().to_string(),
        changed,
        written,
        changes: &proved.changes,
        diff: &proved.diff,
        key,
        warnings: &proved.warnings,
    };
    ui.data(&(serde_json::to_string_pretty(&report)? + "\n"))
}

/// Shows the change before it is made: the diff (unless JSON comes later), the warnings, the summary.
///
/// # Errors
/// Those of standard output.
pub(super) fn change(ui: &Ui, format: Format, proved: &Proved, key: &Key) -> io::Result<()> {
    let shown = if format == Format::Text { colored(ui, &proved.diff) } else { Ok(()) };
    notes_and_warnings(ui, proved);
    ui.summary(&summary(&proved.changes, key));
    shown
}

/// Says what is noteworthy about the file and the key.
pub(super) fn notes_and_warnings(ui: &Ui, proved: &Proved) {
    for note in &proved.notes {
        ui.note(note);
    }
    for warning in &proved.warnings {
        let message = format!("line {}: {} [{}]", warning.line, warning.message, warning.code);
        ui.warn_of(&Error::new(message).hint(&warning.hint));
    }
}

/// Shows a diff.
///
/// # Errors
/// Those of standard output.
pub(super) fn colored(ui: &Ui, text: &str) -> io::Result<()> {
    for line in diff::lines(text) {
        let (style, line) = match line {
            Line::Header(line) => (ui::HEADING, line),
            Line::Hunk(line) => (ui::HUNK, line),
            Line::Removed(line) => (ui::REMOVED, line),
            Line::Added(line) => (ui::ADDED, line),
            Line::Same(line) | Line::Note(line) => (ui::PLAIN, line),
        };
        ui.data_styled(style, &format!("{line}\n"))?;
    }
    Ok(())
}

/// One line that says what changes for whom.
fn summary(changes: &[Change], key: &Key) -> String {
    let which = match key.known() {
        Some(line) if line.comment().is_empty() => format!("{} ({})", line.fingerprint(), line.kind()),
        Some(line) => format!("{} ({}, {})", line.fingerprint(), line.kind(), escape(line.comment())),
        None => "a new ed25519 key".to_owned(),
    };
    let parts: Vec<String> = changes.iter().map(|change| words(change, &which)).collect();
    parts.join("; ")
}

fn words(change: &Change, which: &str) -> String {
    match change {
        Change::UserAdded { account, groups } if groups.is_empty() => format!("new user {account}, no groups"),
        Change::UserAdded { account, groups } => format!("new user {account}, groups: {}", groups.join(", ")),
        Change::DeployUserNamed { account } => format!("docker_user gets the username {account}"),
        Change::KeyAdded { account, read_by_spin: true, .. } => format!("{account} can log in with {which}"),
        Change::KeyMadePresent { account, read_by_spin: true, .. } => {
            format!("{account} can log in again with {which}")
        }
        Change::KeyAdded { account, path, .. } | Change::KeyMadePresent { account, path, .. } => {
            format!("{which} stands in {path}, where Spin does not read it: it does not let {account} in")
        }
        Change::DeployOpened { account, by } => {
            format!("it also opens the account {account} (first key of {by}, who is in sudo)")
        }
    }
}
