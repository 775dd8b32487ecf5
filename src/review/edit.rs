//! What an edit does to access, and what was wrong before: the analyses of both texts, compared.

use super::crowd::{FEWEST, thinned};
use super::keys::{options_of, without_effect};
use super::row::Row;
use super::{Review, compare};
use crate::check::Context;
use crate::check::analysis::Analysis;
use crate::check::finding::Finding;
use crate::check::rule::Severity;
use crate::key::KeyLine;
use crate::spin::provision::outcome::{Failure, Outcome};
use crate::yaml::Document;
use std::collections::HashSet;

/// The review and warnings of an edit.
pub struct Seen {
    pub review: Review,
    /// Errors that were there before: the first of each rule.
    pub warnings: Vec<Finding>,
    /// If nothing changes: why the requested key does not work,
    pub without_effect: Vec<Row>,
    /// and the options that it has in the file.
    pub options: Option<String>,
}

impl Seen {
    /// The change from one text to another, both as Ansible reads them. `now`: in seconds since 1970.
    #[must_use]
    pub fn of_change(before: &Document<'_>, after: &Document<'_>, now: u64) -> Self {
        Self::of_few(before, after, now, FEWEST).unwrap_or_else(|| Self::of_all(before, after, now))
    }

    /// A text that is not changed. `asked`: the requested key, and its account (`None` for deploy).
    #[must_use]
    pub fn unchanged(document: &Document<'_>, asked: Option<(Option<&str>, &KeyLine)>, now: u64) -> Self {
        let analysis = analyses(document, document, false, now).1;
        let without_effect = asked.map(|(account, key)| without_effect(&analysis, account, key)).unwrap_or_default();
        let failure = analysis.findings.failure.clone().filter(|_| !without_effect.is_empty());
        let review = Review { rows: without_effect.clone(), failure, ..Review::default() };
        let options = asked.and_then(|(account, key)| options_of(&analysis, account, key));
        Self { review, warnings: warnings(&analysis, &[]), without_effect, options }
    }

    /// The change of a file with many people, by those who are not like others; `None` if it may concern these, too.
    fn of_few(before: &Document<'_>, after: &Document<'_>, now: u64, fewest: usize) -> Option<Self> {
        let thinned = thinned(before, after, fewest)?;
        let (before, after) = analyses(&thinned.before, &thinned.after, true, now);
        let before = before.filter(|before| ends_alike(before, &after))?;
        Some(Self::compared(Some(&before), &after)).filter(|seen| !thinned.is_about_witness(&seen.review))
    }

    fn of_all(before: &Document<'_>, after: &Document<'_>, now: u64) -> Self {
        let (before, after) = analyses(before, after, true, now);
        Self::compared(before.as_ref(), &after)
    }

    fn compared(before: Option<&Analysis<'_, '_>>, after: &Analysis<'_, '_>) -> Self {
        let review = compare(before, Some(after));
        let warnings = warnings(after, &review.findings);
        Self { review, warnings, without_effect: Vec::new(), options: None }
    }
}

/// Both texts, the first if there is a change.
fn analyses<'b, 'a, 'bt, 'at>(
    before: &'b Document<'bt>,
    after: &'a Document<'at>,
    is_change: bool,
    now: u64,
) -> (Option<Analysis<'b, 'bt>>, Analysis<'a, 'at>) {
    let mut judged = key_texts(before, after);
    let context = Context { judged: Some(&judged), ..Context::at(now) };
    let mut after = Analysis::of(after, &context);
    let mut before = is_change.then(|| Analysis::of_base(before, &context));
    // The key at which a run fails is judged on both sides, since another key may fail on the other side.
    let failing = [before.as_ref().and_then(failing_text), failing_text(&after)];
    if failing.into_iter().flatten().filter(|text| judged.remove(text)).count() > 0 {
        let context = Context { judged: Some(&judged), ..Context::at(now) };
        after.judge(&context);
        before.iter_mut().for_each(|before| before.judge(&context));
    }
    (before, after)
}

/// Whether all runs end with both files alike, on a new server and on one that was provisioned before.
fn ends_alike(before: &Analysis<'_, '_>, after: &Analysis<'_, '_>) -> bool {
    let rule = |failure: Option<&Failure>| failure.map(|failure| failure.rule);
    let ends = |Outcome { failure, provisioned, .. }: &Outcome| {
        (rule(failure.as_ref()), provisioned.as_ref().map(|provisioned| rule(provisioned.failure.as_ref())))
    };
    // The playbook of the tunnel ends within the list.
    let is_whole = |outcome: &Outcome| outcome.tunnel.failure.is_none();
    let (before, after) = (&before.outcome, &after.outcome);
    ends(before) == ends(after) && is_whole(before) && is_whole(after)
}

/// The text of the node at which the run fails.
fn failing_text<'d>(analysis: &Analysis<'d, '_>) -> Option<&'d str> {
    let at = analysis.outcome.failure.as_ref()?.at;
    let (id, _) = analysis.document.nodes().enumerate().find(|(_, node)| node.start == at)?;
    analysis.document.reading(id).or_else(|| analysis.document.scalar(id))
}

/// The texts of keys that are on both sides with the same `state`, so that their findings do not change.
fn key_texts<'t>(before: &'t Document<'_>, after: &'t Document<'_>) -> HashSet<&'t str> {
    let (mut was, mut is) = (crate::spin::key_texts(before).peekable(), crate::spin::key_texts(after).peekable());
    let mut same = HashSet::new();
    // Up to the change, both sides have the same in the same order.
    while let Some((text, _)) = was.next_if(|was| is.next_if_eq(was).is_some()) {
        same.insert(text);
    }
    let (was, is): (HashSet<_>, HashSet<_>) = (was.collect(), is.collect());
    same.extend(was.intersection(&is).map(|(text, _)| *text));
    was.symmetric_difference(&is).for_each(|(text, _)| {
        same.remove(text);
    });
    same
}

/// Errors that were there before: the first of each rule.
fn warnings(after: &Analysis<'_, '_>, new: &[Finding]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for finding in after.findings.list.iter().filter(|it| it.severity == Severity::Error && !new.contains(it)) {
        if !found.iter().any(|first| first.rule == finding.rule) {
            found.push(finding.clone());
        }
    }
    found
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
