//! `add-user --format json` and `add-deploy --format json`.

use super::review::JsonReview;
use super::shapes::{JsonFinding, Key, text};
use crate::report::values::Change;
use serde::Serialize;

/// A change of a file, whether it was written or not.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ChangedFile {
    path: String,
    encrypted: bool,
    /// There is something to change.
    changed: bool,
    written: bool,
    diff: String,
    key: JsonAdded,
    /// What the change does to access.
    review: JsonReview,
    /// Errors that were in the file before.
    warnings: Vec<JsonFinding>,
}

/// The key that is added; `fingerprint` and `comment` are null while it does not exist yet.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonAdded {
    #[serde(flatten)]
    key: Key,
    /// Where the key comes from, or where it will be created.
    source: String,
    new: bool,
}

pub(crate) fn change(change: &Change<'_>) -> String {
    let shown = &change.file.shown;
    text(ChangedFile {
        path: shown.display().to_string(),
        encrypted: change.file.is_encrypted,
        changed: change.is_changed,
        written: change.is_written,
        diff: change.diff.to_owned(),
        key: JsonAdded {
            key: Key::of(change.key.key.as_ref()),
            source: change.key.source.clone(),
            new: change.key.is_new,
        },
        review: JsonReview::of(change.review, shown),
        warnings: change.warnings.iter().map(|finding| JsonFinding::of(finding, shown)).collect(),
    })
}
