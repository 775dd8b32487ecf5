//! What is wrong with a `.spin.yml`, and what Spin will do about it: the rules of `check`.
//!
//! Promises: all findings of a file in one pass, each at its place, in the order of the text; nothing is found that the
//! file alone cannot tell. Never quotes a private key.

mod deploy;
mod file;
mod keys;
mod lists;
mod people;
mod project;
mod rule;
mod rules;
mod states;
mod suppress;
mod warn;

use crate::spin::config::Config;
use crate::yaml::LineIndex;
use crate::yaml::{Document, Edit, Kind, NodeId};
pub use project::{Aside, Pair, Project, project};
pub use rule::{Rule, Severity, all, find};
use std::collections::HashSet;
use std::ops::Range;
pub use suppress::{Suppressions, suppressions};
pub use warn::{Warning, warnings};

/// One thing that is wrong in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub rule: &'static Rule,
    /// Where: bytes of the text.
    pub span: Range<usize>,
    /// What is wrong, with names; no final full stop.
    pub message: String,
    /// What to do, where that is not what the rule says.
    pub help: Option<String>,
    /// The edits that mend it; none where there is no one right answer.
    pub fix: Vec<Edit>,
    /// The line it stands on may itself be a secret, and is for no eyes.
    pub is_secret: bool,
}

/// What the rules know besides the text.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The time, in seconds since 1970.
    pub now: u64,
    /// How many days before its `expiry-time` a key is worth a warning.
    pub warn_days: u32,
    /// How much is judged.
    pub scope: Scope,
}

/// How much of a file is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    All,
    /// Where things stand, and not what the keys themselves are.
    Layout,
}

/// Everything that is wrong with a file, in the order of its text.
///
/// The document may be one that was read leniently ([`Document::read`]).
#[must_use]
pub fn check(document: &Document<'_>, context: &Context) -> Vec<Finding> {
    let config = Config::of(document);
    let lines = LineIndex::of(document.text);
    let mut checker =
        Checker { document, lines: &lines, config: &config, context, findings: Vec::new(), seen: HashSet::new() };
    checker.file();
    checker.people();
    checker.deploy();
    checker.states();
    let mut findings = checker.findings;
    findings.sort_by_key(|finding| (finding.span.start, finding.rule.code));
    findings
}

/// A pass over a file.
pub(super) struct Checker<'c, 'd, 't> {
    document: &'d Document<'t>,
    lines: &'c LineIndex<'t>,
    config: &'c Config<'d>,
    context: &'c Context,
    findings: Vec<Finding>,
    /// Values that several entries share (an alias) are judged once.
    seen: HashSet<(&'static str, usize, String)>,
}

impl Checker<'_, '_, '_> {
    /// Adds a finding at a node.
    fn add(&mut self, rule: &'static Rule, node: NodeId, message: impl Into<String>) -> Added<'_> {
        let span = self.span(node);
        self.add_at(rule, span, message)
    }

    /// What a node is pointed at by: a collection by where it opens, a scalar by its first line.
    fn span(&self, node: NodeId) -> Range<usize> {
        let node = self.document.node(node);
        let end = match node.kind {
            Kind::Scalar { .. } => node.end,
            _ => node.start,
        };
        let line_end = self.document.text[node.start..end].find('\n').map_or(end, |at| node.start + at);
        node.start..line_end
    }

    /// Adds a finding at bytes of the text.
    fn add_at(&mut self, rule: &'static Rule, span: Range<usize>, message: impl Into<String>) -> Added<'_> {
        let message = message.into();
        if !self.seen.insert((rule.code, span.start, message.clone())) {
            return Added(None);
        }
        self.findings.push(Finding { rule, span, message, help: None, fix: Vec::new(), is_secret: false });
        Added(self.findings.last_mut())
    }
}

/// A finding that was just added, or none where it is there already.
pub(super) struct Added<'f>(Option<&'f mut Finding>);

impl Added<'_> {
    /// Gives it edits that mend it.
    fn fix(self, edits: Vec<Edit>) -> Self {
        if let Some(finding) = self.0 {
            finding.fix = edits;
            return Added(Some(finding));
        }
        self
    }

    /// Keeps its line from being shown.
    fn unseen(self) -> Self {
        if let Some(finding) = self.0 {
            finding.is_secret = true;
            return Added(Some(finding));
        }
        self
    }

    /// Gives it advice of its own.
    fn help(self, help: impl Into<String>) {
        if let Some(finding) = self.0 {
            finding.help = Some(help.into());
        }
    }
}
