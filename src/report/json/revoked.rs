//! `revoke --format json`.

use super::review::JsonReview;
use super::shapes::{JsonFinding, Key, Place, text};
use crate::report::left::{Left, why_kept};
use crate::report::values::Revoked;
use crate::spin::plan::revoke::Kept;
use serde::Serialize;
use std::path::Path;

/// A revocation, whether it was written or not.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RevokedFile {
    path: String,
    encrypted: bool,
    /// There is something to change.
    changed: bool,
    written: bool,
    diff: String,
    /// The accounts of those who go.
    people: Vec<String>,
    /// The keys that go.
    keys: Vec<Key>,
    /// What the change does to access.
    review: JsonReview,
    /// Errors that were in the file before.
    warnings: Vec<JsonFinding>,
    /// What is left to do, in order.
    left_to_do: Vec<JsonLeft>,
    /// The absent items that `--finish` does not delete.
    kept: Vec<JsonKept>,
}

/// A step.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonLeft {
    /// `new_deploy_pair`, `provision`, `end_sessions`, `finish`, `tunnel` or `rekey`.
    step: &'static str,
    commands: Vec<String>,
    text: &'static str,
}

/// An absent item that stays.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonKept {
    account: String,
    fingerprint: String,
    place: Place,
    why: &'static str,
}

pub(crate) fn revoked(revoked: &Revoked<'_>) -> String {
    let shown = &revoked.file.shown;
    text(RevokedFile {
        path: shown.display().to_string(),
        encrypted: revoked.file.is_encrypted,
        changed: revoked.is_changed,
        written: revoked.is_written,
        diff: revoked.diff.to_owned(),
        people: revoked.people.clone(),
        keys: revoked.keys.iter().map(|key| Key::of(Some(key))).collect(),
        review: JsonReview::of(revoked.review, shown),
        warnings: revoked.warnings.iter().map(|finding| JsonFinding::of(finding, shown)).collect(),
        left_to_do: revoked.left.iter().map(step).collect(),
        kept: revoked.kept.iter().map(|kept| item(kept, shown)).collect(),
    })
}

fn step(left: &Left) -> JsonLeft {
    JsonLeft { step: left.name(), commands: left.commands(), text: left.words() }
}

fn item(kept: &Kept, path: &Path) -> JsonKept {
    JsonKept {
        account: kept.who.clone(),
        fingerprint: kept.fingerprints.join(", "),
        place: Place::new(path, kept.line, 0),
        why: why_kept(kept.why),
    }
}
