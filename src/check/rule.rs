//! What `check` can find: a rule each, with its code, its words and where it comes from.
//!
//! Codes are stable: one that is given up is never given to another rule. The table of them in `docs/findings.md` is
//! made from here.

use super::rules;
use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// A risk, or something that is silently passed over.
    Warning,
    /// Spin fails, or somebody is locked out, or a risk that is too large.
    Error,
}

impl Severity {
    /// As it is written in options and reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `SK` and three digits.
    pub code: &'static str,
    /// Its name in words, joined by dashes.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, without a place.
    pub title: &'static str,
    /// What Spin does with it: one sentence without a final full stop.
    pub effect: &'static str,
    /// What to do: one sentence without a final full stop.
    pub help: &'static str,
    /// `check --fix` can mend it.
    pub fixable: bool,
    /// Where this is decided: a file and line of the collection `serversideup.spin` v2.3.4, of OpenSSH, of Ansible.
    pub source: &'static str,
    /// Why it is so, and how to judge the case at hand.
    pub why: &'static str,
}

/// All rules, by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    rules::all()
}

/// The rule of a code, in any case.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.eq_ignore_ascii_case(code))
}
