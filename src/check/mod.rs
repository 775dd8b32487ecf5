//! What is wrong with a `.spin.yml`, and what Spin will do about it.
//!
//! Promises: one pass gives all findings of a file, each with its place, in the order of the text. Suppressions,
//! `--ignore` and severities are applied here and nowhere else. A finding depends on the file alone. A message never
//! quotes a private key.

pub mod analysis;
pub mod beyond;
mod checker;
pub mod context;
pub mod fail_on;
pub mod finding;
pub mod rule;
mod rules;
mod suppress;

use crate::spin::config::Config;
use crate::spin::config::state::State;
use crate::spin::config::user::Groups;
use crate::spin::provision::outcome::{Failure, Outcome};
use crate::yaml::{Document, Kind, LineIndex};
use beyond::Beyond;
use checker::Checker;
pub use context::Context;
use finding::Finding;
use rule::Severity;
pub use rules::ci_pair::Pair;
pub use rules::project::{Project, project};
pub use rules::{all, find};
use std::collections::{HashMap, HashSet};
use std::hash::RandomState;
pub use suppress::MARK as SUPPRESSION;
use suppress::suppressions;

/// The findings to report.
#[derive(Debug, Default, Clone)]
pub struct Findings {
    /// In the order of the text.
    pub list: Vec<Finding>,
    /// Those that come after too many of their rule.
    pub beyond: Beyond,
    /// How many findings are suppressed by a comment in the file.
    pub suppressed: usize,
    /// Why the run on a new server ends, whether it is reported or not.
    pub failure: Option<Finding>,
    /// On a server that was provisioned before the run ends otherwise: why it fails there, if it does.
    pub provisioned: Option<Option<Finding>>,
}

/// Everything that is wrong with a file: the one function that calls the rules.
#[must_use]
pub fn findings(
    document: &Document<'_>,
    lines: &LineIndex<'_>,
    config: &Config<'_>,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Findings {
    let mut checker = Checker {
        document,
        lines,
        config,
        outcome,
        context,
        findings: Vec::new(),
        account: None,
        seen: HashSet::new(),
        hasher: RandomState::new(),
        counts: HashMap::new(),
        beyond: Beyond::default(),
        silenced: suppressions(document, lines),
    };
    checker.file();
    checker.people();
    checker.deploy();
    checker.other_templates();
    checker.states();
    checker.tunnel();
    checker.settings();
    checker.steering();
    checker.outcome();
    checker.forget_unread_keys();
    checker.faults();
    let failure = checker.failure();
    let provisioned = checker.provisioned();
    let mut found = checker.findings;
    found.sort_by_key(|finding| (finding.span.start, finding.rule.code));
    let silenced = checker.silenced;
    let mut wanted = Findings { failure, provisioned, beyond: checker.beyond, ..Findings::default() };
    for finding in found.into_iter().filter(|finding| context.wants(finding)) {
        if silenced.covers(finding.line, finding.rule.code) {
            wanted.suppressed += 1;
        } else {
            wanted.list.push(finding);
        }
    }
    wanted
}

impl Checker<'_, '_, '_> {
    /// Drops what is wrong with the keys of absent users, which Spin does not read unless they open the deploy account
    /// (the first) or the tunnel. A private key in the file remains an error.
    fn forget_unread_keys(&mut self) {
        let absent = self.config.people.iter().filter(|person| person.state == State::Absent);
        let failing = self.outcome.failure.as_ref().map(|failure| failure.at);
        let (mut unread, mut unmarked) = (Vec::new(), Vec::new());
        for person in absent.filter(|person| person.groups != Groups::Unknown) {
            let items = person.keys.iter().flat_map(|list| &list.entries).map(|entry| self.document.node(entry.item));
            let spans = items.map(|item| item.start..item.end.max(item.start + 1));
            if person.feeds_deploy() {
                unmarked.extend(spans.skip(1));
            } else {
                unread.extend(spans);
            }
        }
        let is_in = |spans: &[std::ops::Range<usize>], at: usize| {
            let after = spans.partition_point(|span| span.start <= at);
            spans[..after].last().is_some_and(|span| span.contains(&at))
        };
        unread.sort_by_key(|span| span.start);
        unmarked.sort_by_key(|span| span.start);
        let is_dropped = |finding: &Finding| {
            let code = finding.rule.code;
            let is_of_form = ["SK217", "SK501", "SK508"].contains(&code);
            let is_of_key = (code.starts_with("SK4") && code != "SK401") || is_of_form;
            let at = finding.span.start;
            failing != Some(at) && ((is_of_key && is_in(&unread, at)) || (is_of_form && is_in(&unmarked, at)))
        };
        self.findings.retain(|finding| !is_dropped(finding));
    }

    /// A predicted failure on a new server is an error.
    fn failure(&mut self) -> Option<Finding> {
        let outcome = self.outcome;
        let finding = self.found(outcome.failure.as_ref()?)?;
        finding.severity = Severity::Error;
        Some(finding.clone())
    }

    /// The failure on a server that was provisioned before, where that is another one or none.
    fn provisioned(&mut self) -> Option<Option<Finding>> {
        let outcome = self.outcome;
        let failure = outcome.failure_on_provisioned();
        let rule = |failure: Option<&Failure>| failure.map(|failure| (failure.rule, failure.at));
        if rule(failure) == rule(outcome.failure.as_ref()) {
            return None;
        }
        Some(failure.and_then(|failure| self.found(failure).cloned()))
    }

    /// The finding for a failure: with the rule's title as its message, or one at the same place, which says more.
    fn found(&mut self, failure: &Failure) -> Option<&mut Finding> {
        let rule = find(failure.rule)?;
        // For a key in a block of several lines, point at its own line.
        let end =
            self.document.nodes().find(|node| node.start == failure.at).map_or(failure.at, |node| match node.kind {
                Kind::Scalar { .. } => node.end.max(failure.at),
                _ => failure.at,
            });
        let is_it =
            |finding: &Finding| finding.rule.code == rule.code && (failure.at..=end).contains(&finding.span.start);
        if !self.findings.iter().any(is_it) {
            self.account.clone_from(&failure.who);
            let who = failure.who.as_ref().map(|who| format!("{who}: ")).unwrap_or_default();
            self.keep(rule, failure.at..failure.at, format!("{who}{}", rule.title));
        }
        self.findings.iter_mut().find(|finding| is_it(finding))
    }

    /// Whatever else would make the run fail, if it did not end before. The rules for keys find these on their own.
    fn faults(&mut self) {
        let outcome = self.outcome;
        let faults: Vec<_> = outcome.faults.iter().filter(|fault| !fault.rule.starts_with("SK4")).collect();
        if faults.is_empty() {
            return;
        }
        let numbered = || self.findings.iter().enumerate();
        let by_place = numbered().map(|(index, found)| ((found.rule.code, found.span.start), index));
        let known: HashMap<(&str, usize), usize> = by_place.collect();
        let by_account = numbered().map(|(_, found)| (found.rule.code, found.account.clone()));
        let told: HashSet<(&str, Option<String>)> = by_account.collect();
        for fault in faults {
            if let Some(index) = known.get(&(fault.rule, fault.at)) {
                self.findings[*index].severity = Severity::Error;
                continue;
            }
            // The rule of an entry may point at another place of it.
            let is_told = told.contains(&(fault.rule, fault.who.clone())) || outcome.failure.as_ref() == Some(fault);
            if let Some(rule) = find(fault.rule).filter(|_| !is_told) {
                self.account.clone_from(&fault.who);
                let who = fault.who.as_ref().map(|who| format!("{who}: ")).unwrap_or_default();
                self.add_at(rule, fault.at..fault.at, format!("{who}{}", rule.title)).severe();
            }
        }
        self.account = None;
    }
}
