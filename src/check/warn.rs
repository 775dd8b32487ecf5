//! What `check` would call an error in the layout of a file, said beside every edit of it: of each kind the first.

use crate::check::{self, Context, Scope, Severity};
use crate::yaml::Document;
use crate::yaml::LineIndex;
use serde::Serialize;

/// Something in the file that keeps a key, or everybody, out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Code of the finding, for `spin-keys explain`.
    pub code: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What Spin does with it.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// What Spin will not read, or fail on, in this file; of each kind the first, with the number of others.
#[must_use]
pub fn warnings(document: &Document<'_>) -> Vec<Warning> {
    let lines = LineIndex::of(document.text);
    let mut found: Vec<(check::Finding, usize)> = Vec::new();
    let context = Context { now: 0, warn_days: 0, scope: Scope::Layout };
    for finding in check::check(document, &context) {
        if finding.rule.severity < Severity::Error {
            continue;
        }
        match found.iter_mut().find(|(first, _)| first.rule == finding.rule) {
            Some((_, more)) => *more += 1,
            None => found.push((finding, 0)),
        }
    }
    let warning = |(finding, more): (check::Finding, usize)| {
        let (line, column) = lines.place(finding.span.start);
        let more = if more == 0 { String::new() } else { format!(" (and {more} more like it)") };
        Warning {
            code: finding.rule.code,
            line,
            column,
            message: format!("{}{more}: {}", finding.message, finding.rule.effect),
            hint: finding.help.unwrap_or_else(|| finding.rule.help.to_owned()),
        }
    };
    found.into_iter().map(warning).collect()
}
