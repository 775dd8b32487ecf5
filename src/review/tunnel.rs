//! What changes at the third door: the keys of the tunnel.

use super::row::{Row, RowKey, RowKind};
use super::unchanged::unchanged;
use crate::check::analysis::Analysis;
use crate::key;
use crate::spin::provision::outcome::{Tunnel, TunnelKey, Via};
use std::collections::{HashMap, HashSet};

/// The keys that the tunnel gains, also those that may do more than before, then those that it loses. Where the playbook ends, it keeps the keys it has.
pub(super) fn rows(before: Option<&Analysis<'_, '_>>, after: Option<&Analysis<'_, '_>>) -> Vec<Row> {
    let unchanged = unchanged(lines(before), lines(after));
    let (had, has) = (keys(before, &unchanged), keys(after, &unchanged));
    let row = |key: &Opening<'_>, kind, place| Row {
        account: key.key.of.clone(),
        is_deploy: false,
        kind,
        key: Some(RowKey { key: key::describe(&key.key.line).unwrap_or_default(), via: Via::Own, place }),
    };
    // One key can be listed by several people, with other options each.
    let mut known: HashMap<&[u8], Vec<Option<String>>> = HashMap::new();
    for key in &had {
        known.entry(key.material.as_slice()).or_default().push(options(key));
    }
    let kept: HashSet<&[u8]> = has.iter().map(|key| key.material.as_slice()).collect();
    let mut seen = HashSet::new();
    let is_new = |key: &&Opening<'_>| {
        let (was, is) = (known.get(key.material.as_slice()), options(key));
        !was.is_some_and(|was| was.iter().any(|was| key::only_restrict(was.as_deref(), is.as_deref())))
    };
    let gained = has.iter().filter(|key| is_new(key) && seen.insert(key.material.as_slice()));
    let place = |at: usize| after.map(|analysis| analysis.lines.place(at));
    let mut rows: Vec<Row> = gained.map(|key| row(key, RowKind::TunnelGained, place(key.key.at))).collect();
    let ends = |side: Option<&Analysis<'_, '_>>| side.is_some_and(|side| side.outcome.tunnel.failure.is_some());
    if !ends(before) && !ends(after) {
        let mut seen = HashSet::new();
        let gone = had.iter().filter(|key| !kept.contains(key.material.as_slice()));
        let gone = gone.filter(|key| seen.insert(key.material.as_slice()));
        rows.extend(gone.map(|key| row(key, RowKind::TunnelLost, None)));
    }
    rows
}

struct Opening<'s> {
    key: &'s TunnelKey,
    material: Vec<u8>,
}

fn options(key: &Opening<'_>) -> Option<String> {
    key::describe(&key.key.line)?.options
}

fn lines<'s>(side: Option<&'s Analysis<'_, '_>>) -> impl Iterator<Item = &'s str> + Clone {
    side.into_iter().flat_map(|side| &side.outcome.tunnel.keys).map(|key| key.line.as_str())
}

/// The keys that can log in, but for those on lines that need not be judged.
fn keys<'s>(side: Option<&'s Analysis<'_, '_>>, unchanged: &HashSet<&str>) -> Vec<Opening<'s>> {
    let Some(side) = side else { return Vec::new() };
    let Tunnel { keys, .. } = &side.outcome.tunnel;
    let opening = |key: &'s TunnelKey| {
        let material = key::materials(&key.line).into_iter().next()?;
        key::login(&key.line, side.now).lets_in().then_some(Opening { key, material })
    };
    keys.iter().filter(|key| !unchanged.contains(key.line.as_str())).filter_map(opening).collect()
}
