//! One pass over a file, to which the rules add their findings.

use super::beyond::{Beyond, MOST_OF_RULE};
use super::context::Context;
use super::finding::Finding;
use super::rule::{Rule, Severity};
use super::suppress::Suppressions;
use crate::key;
use crate::spin::config::Config;
use crate::spin::provision::outcome::Outcome;
use crate::yaml::{Document, Edit, Kind, LineIndex, NodeId};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

pub(crate) struct Checker<'c, 'd, 't> {
    pub(super) document: &'d Document<'t>,
    pub(super) lines: &'c LineIndex<'t>,
    pub(super) config: &'c Config<'d>,
    pub(super) outcome: &'c Outcome,
    pub(super) context: &'c Context<'c>,
    pub(super) findings: Vec<Finding>,
    /// The account whose entry is being checked.
    pub(super) account: Option<String>,
    /// Values that several entries share (by an alias) are checked once: hashes of rule, place and message.
    pub(super) seen: HashSet<u64>,
    pub(super) hasher: RandomState,
    /// How many findings there are for each rule.
    pub(super) counts: HashMap<&'static str, usize>,
    pub(super) beyond: Beyond,
    pub(super) silenced: Suppressions,
}

impl Checker<'_, '_, '_> {
    /// Adds a finding at a node.
    pub(crate) fn add(&mut self, rule: &'static Rule, node: NodeId, message: impl Into<String>) -> Added<'_> {
        let span = self.span(node);
        self.add_at(rule, span, message)
    }

    /// The bytes that point at a node: the start of a collection, the first line of a scalar.
    pub(crate) fn span(&self, node: NodeId) -> Range<usize> {
        let node = self.document.node(node);
        let end = match node.kind {
            Kind::Scalar { .. } => node.end,
            _ => node.start,
        };
        let line_end = self.document.text[node.start..end].find('\n').map_or(end, |at| node.start + at);
        node.start..line_end
    }

    /// Adds a finding at bytes of the text.
    pub(crate) fn add_at(&mut self, rule: &'static Rule, span: Range<usize>, message: impl Into<String>) -> Added<'_> {
        let message = message.into();
        if !self.seen.insert(self.hasher.hash_one((rule.code, span.start, &message))) {
            return Added(None);
        }
        let count = self.counts.entry(rule.code).or_default();
        *count += 1;
        if *count > MOST_OF_RULE {
            let line = self.lines.place(span.start).0;
            if !self.silenced.covers(line, rule.code) && !self.context.ignores(rule) {
                self.beyond.add(rule, &message);
            }
            return Added(None);
        }
        self.keep(rule, span, message);
        Added(self.findings.last_mut())
    }

    /// Adds a finding, however many there are.
    pub(super) fn keep(&mut self, rule: &'static Rule, span: Range<usize>, message: String) {
        let (line, column) = self.lines.place(span.start);
        self.findings.push(Finding {
            rule,
            severity: rule.severity,
            path: None,
            span,
            line,
            column,
            account: self.account.clone(),
            key: None,
            message,
            own_help: None,
            fix: Vec::new(),
            is_secret: false,
        });
    }
}

/// A finding that was just added; `None` if there was one like it already, or too many.
pub(crate) struct Added<'f>(Option<&'f mut Finding>);

impl<'f> Added<'f> {
    fn with(self, change: impl FnOnce(&mut Finding)) -> Self {
        match self.0 {
            Some(finding) => {
                change(finding);
                Added(Some(finding))
            }
            None => self,
        }
    }

    pub(crate) fn fix(self, edits: Vec<Edit>) -> Self {
        self.with(|finding| finding.fix = edits)
    }

    /// Makes it an error.
    pub(crate) fn severe(self) -> Self {
        self.with(|finding| finding.severity = Severity::Error)
    }

    /// Hides its line in reports.
    pub(crate) fn unseen(self) -> Self {
        self.with(|finding| finding.is_secret = true)
    }

    pub(crate) fn key(self, line: &str) -> Self {
        self.with(|finding| finding.key = key::describe(line))
    }

    /// Replaces the rule's help.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        self.with(|finding| finding.own_help = Some(help.into()))
    }
}
