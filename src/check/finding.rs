//! A finding: something that is wrong, with its place.

use super::rule::{Rule, Severity};
use crate::key::Described;
use crate::yaml::Edit;
use std::ops::Range;
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static Rule,
    /// The rule's severity, or an error if this ends the run of `spin provision`.
    pub severity: Severity,
    /// The file it is in, if that is not the `.spin.yml` itself.
    pub path: Option<PathBuf>,
    /// Bytes of the text; empty if it is about a whole file.
    pub span: Range<usize>,
    /// From 1; 0 if it is about a whole file.
    pub line: usize,
    /// In characters, from 1; 0 if it is about a whole file.
    pub column: usize,
    /// The account whose entry it is in.
    pub account: Option<String>,
    /// The key it is about.
    pub key: Option<Described>,
    /// What is wrong, with names, without a final full stop.
    pub message: String,
    /// What to do, if the rule's help does not fit.
    pub own_help: Option<String>,
    /// The edits that fix it; empty if there is no single right fix.
    pub fix: Vec<Edit>,
    /// The line may be a secret, and must not be shown.
    pub is_secret: bool,
}

impl Finding {
    /// What to do, without a final full stop.
    #[must_use]
    pub fn help(&self) -> &str {
        self.own_help.as_deref().unwrap_or(self.rule.help)
    }

    #[must_use]
    pub fn is_fixable(&self) -> bool {
        !self.fix.is_empty()
    }
}
