//! What a change does to access and the file does not show, each with its place: a verdict is a proof only without it.

use super::accounted;
use super::differences::Differences;
use super::other_values::text;
use super::why_unknown::{Unknown, WhyUnknown};
use crate::check::analysis::Analysis;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What the new side does not show, in the order of the file, and the number of values known only to Ansible that are
/// gone.
pub(super) fn new_and_gone(
    before: Option<&Analysis<'_, '_>>,
    after: Option<&Analysis<'_, '_>>,
    differences: &Differences,
) -> (Vec<Unknown>, usize) {
    let (places, gone) = only_ansible(before, after);
    let known: HashSet<usize> = places.iter().map(|place| place.0).collect();
    let of = |place| Unknown { path: None, place: Some(place), why: WhyUnknown::OnlyAnsible };
    let mut found: Vec<Unknown> = places.into_iter().map(of).collect();
    if let Some(after) = after {
        let is_new = |unknown: &Unknown| {
            !matches!(unknown.why, WhyUnknown::Template | WhyUnknown::Vaulted)
                || unknown.place.is_none_or(|(line, _)| !known.contains(&line))
        };
        found.extend(accounted::unknown(before, after, differences).into_iter().filter(is_new));
        if let Some(path) = &differences.cut {
            found.push(Unknown { path: Some(text(path)), place: None, why: WhyUnknown::TooMuch });
        }
    }
    found.sort_by_key(|unknown| unknown.place.unwrap_or((usize::MAX, 0)));
    (found, gone)
}

/// The places that only the new side has (line and column, from 1), and the number of those that only the old side has.
fn only_ansible(before: Option<&Analysis<'_, '_>>, after: Option<&Analysis<'_, '_>>) -> (Vec<(usize, usize)>, usize) {
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for (who, text, _) in before.iter().flat_map(|side| texts(side)) {
        *known.entry((who, text)).or_default() += 1;
    }
    let mut places = Vec::new();
    for (who, text, place) in after.iter().flat_map(|side| texts(side)) {
        match known.get_mut(&(who, text)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => places.push(place),
        }
    }
    places.sort_unstable();
    places.dedup_by_key(|place| place.0);
    let gone: HashSet<&str> = known.into_iter().filter(|(_, count)| *count > 0).map(|((_, text), _)| text).collect();
    (places, gone.len())
}

/// The texts, with the account that each may open, and their places.
fn texts<'s>(side: &'s Analysis<'_, '_>) -> Vec<(&'s str, &'s str, (usize, usize))> {
    let outcome = &side.outcome;
    let mut marked: BTreeSet<(&str, usize)> = BTreeSet::new();
    for account in outcome.accounts.iter().chain(outcome.intended()).chain(outcome.on_provisioned()) {
        let who = if account.is_deploy { "the deploy account" } else { account.name.as_str() };
        marked.extend(account.unknown.iter().map(|at| (who, *at)));
    }
    marked.extend(outcome.tunnel.unknown.iter().map(|at| ("the tunnel", *at)));
    let others = outcome.unresolved.iter().chain(&outcome.unresolved_deploy);
    marked.extend(others.map(|at| ("", *at)));
    if marked.is_empty() {
        return Vec::new();
    }
    let places: BTreeSet<usize> = marked.iter().map(|(_, at)| *at).collect();
    let mut by_place: HashMap<usize, &str> = HashMap::new();
    for (id, node) in side.document.nodes().enumerate().filter(|(_, node)| places.contains(&node.start)) {
        if let Some(text) = side.document.scalar(id) {
            by_place.entry(node.start).or_insert(text);
        }
    }
    let found = marked.into_iter().filter_map(|(who, at)| Some((who, *by_place.get(&at)?, side.lines.place(at))));
    found.collect()
}
