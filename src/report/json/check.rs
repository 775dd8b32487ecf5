//! `check --format json`.

use super::review::JsonReview;
use super::shapes::{JsonFinding, text};
use crate::check::rule::Severity;
use crate::report::room;
use crate::report::values::Check;
use serde::Serialize;

/// What is wrong with a file.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CheckedFile {
    path: String,
    encrypted: bool,
    findings: Vec<JsonFinding>,
    /// How many findings are not listed, because there are too many.
    truncated: usize,
    counts: JsonCounts,
    /// With `--fix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonCounts {
    error: usize,
    warning: usize,
    note: usize,
    /// Suppressed by a comment in the file.
    suppressed: usize,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonFix {
    fixed: Vec<JsonFinding>,
    written: bool,
    diff: String,
    /// What the change does to access.
    review: JsonReview,
}

pub(crate) fn check(check: &Check) -> String {
    let shown = &check.file.shown;
    let counts = &check.counts;
    text(CheckedFile {
        path: shown.display().to_string(),
        encrypted: check.file.is_encrypted,
        findings: check.findings.iter().map(|(finding, _)| JsonFinding::of(finding, shown)).collect(),
        truncated: counts.left_out(),
        counts: JsonCounts {
            error: counts.of_severity(Severity::Error),
            warning: counts.of_severity(Severity::Warning),
            note: counts.of_severity(Severity::Note),
            suppressed: check.suppressed,
        },
        fix: check.fix.as_ref().map(|fix| JsonFix {
            fixed: room::only(&fix.fixed, &room::shown(fix.fixed.iter()))
                .map(|finding| JsonFinding::of(finding, shown))
                .collect(),
            written: fix.is_written,
            diff: fix.diff.clone(),
            review: JsonReview::of(&fix.review, shown),
        }),
    })
}
