//! What is known only to Ansible: templates, vaulted values, URLs.

use crate::check::analysis::Analysis;
use std::collections::{BTreeSet, HashMap};

/// The places that only the new side has (line and column, from 1), and the number of those that only the old side has.
pub(super) fn new_and_gone(
    before: Option<&Analysis<'_, '_>>,
    after: Option<&Analysis<'_, '_>>,
) -> (Vec<(usize, usize)>, usize) {
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (text, _) in before.iter().flat_map(|side| texts(side)) {
        *known.entry(text).or_default() += 1;
    }
    let mut places = Vec::new();
    for (text, place) in after.iter().flat_map(|side| texts(side)) {
        match known.get_mut(text) {
            Some(count) if *count > 0 => *count -= 1,
            _ => places.push(place),
        }
    }
    places.sort_unstable();
    places.dedup_by_key(|place| place.0);
    (places, known.values().sum())
}

/// The texts, with their places.
fn texts<'s>(side: &'s Analysis<'_, '_>) -> Vec<(&'s str, (usize, usize))> {
    let outcome = &side.outcome;
    let marked = outcome.accounts.iter().flat_map(|account| &account.unknown).chain(&outcome.tunnel.unknown);
    let places: BTreeSet<usize> =
        marked.chain(&outcome.unresolved).chain(&outcome.unresolved_deploy).copied().collect();
    if places.is_empty() {
        return Vec::new();
    }
    let at = |id: &usize| places.contains(&side.document.node(*id).start);
    let ids = (0..side.document.nodes().count()).filter(at);
    ids.filter_map(|id| Some((side.document.scalar(id)?, side.lines.place(side.document.node(id).start)))).collect()
}
