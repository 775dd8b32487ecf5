//! The input of the rules besides the text, and which findings to report.

use super::finding::Finding;
use super::rule::{Rule, Severity};
use std::collections::HashSet;

#[derive(Debug, Clone)]
pub struct Context<'c> {
    /// The time, in seconds since 1970.
    pub now: u64,
    /// How many days before its `expiry-time` to warn about a key.
    pub warn_days: u32,
    /// Texts of keys that an edit leaves unchanged: the rules for the text of a key skip them, on both sides of a review.
    pub judged: Option<&'c HashSet<&'c str>>,
    /// Rules that are not reported.
    pub ignore: &'c [&'static Rule],
    /// Less severe findings are not reported.
    pub severity: Severity,
}

impl Context<'_> {
    /// All findings, with the defaults of `check`.
    #[must_use]
    pub fn at(now: u64) -> Self {
        Self { now, warn_days: 30, judged: None, ignore: &[], severity: Severity::Note }
    }

    /// Whether to report a finding.
    #[must_use]
    pub fn wants(&self, finding: &Finding) -> bool {
        finding.severity >= self.severity && !self.ignores(finding.rule)
    }

    pub(super) fn ignores(&self, rule: &Rule) -> bool {
        self.ignore.iter().any(|ignored| ignored.code == rule.code)
    }
}
