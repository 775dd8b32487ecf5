//! What changes for each account.

use super::keys;
use super::pair::{Pair, Presence};
use super::row::{Row, RowKind};
use super::side::{Named, Side};
use crate::spin::config::key_list::Entry;
use crate::spin::config::layout::SUDO;
use crate::spin::config::state::State;
use crate::spin::provision::outcome::Account;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The rows of the accounts of both sides, those of the new one first.
pub(super) fn rows(old: &Side<'_, '_, '_>, new: &Side<'_, '_, '_>) -> Vec<Row> {
    let gone: Vec<&str> = old.names.iter().copied().filter(|name| !new.lists_name(name)).collect();
    let come: Vec<&str> = new.names.iter().copied().filter(|name| !old.lists_name(name)).collect();
    let renamed = renamed(old, new, &gone, &come);
    let former: HashSet<&str> = renamed.values().copied().collect();
    let mut found = Vec::new();
    for after in new.names.iter().copied() {
        let from = renamed.get(after).copied();
        let presence = if from.is_some() || old.lists_name(after) { Presence::Kept } else { Presence::Added };
        found.extend(of_account(old, new, &Pair { before: from.unwrap_or(after), after, presence }));
    }
    for name in gone.into_iter().filter(|name| !former.contains(name)) {
        let presence = if new.is_absent(name) { Presence::Removed } else { Presence::LeftFile };
        found.extend(of_account(old, new, &Pair { before: name, after: name, presence }));
    }
    found
}

fn of_account(old: &Side<'_, '_, '_>, new: &Side<'_, '_, '_>, pair: &Pair<'_>) -> Vec<Row> {
    let loses_password = new.is_passwordless && !old.is_passwordless;
    // True for most accounts in most changes.
    if pair.presence == Presence::Kept
        && pair.before == pair.after
        && !loses_password
        && is_as_it_was(old, new, pair.after)
    {
        return Vec::new();
    }
    let (had, has) = (old.groups(pair.before), new.groups(pair.after));
    let mut kinds = Vec::new();
    match pair.presence {
        Presence::Kept => {}
        Presence::Added => kinds.push(RowKind::AccountAdded),
        Presence::LeftFile if old.is_empty(pair.before) => kinds.push(RowKind::EmptyAccountLeftFile),
        Presence::LeftFile => kinds.push(RowKind::AccountLeftFile),
        Presence::Removed => kinds.push(RowKind::AccountRemoved),
    }
    if pair.before != pair.after {
        kinds.push(RowKind::AccountRenamed { from: pair.before.to_owned() });
    }
    kinds.extend(has.difference(&had).map(|group| RowKind::GroupGained { group: (*group).to_owned() }));
    if loses_password && had.contains(SUDO) && has.contains(SUDO) {
        kinds.push(RowKind::SudoWithoutPassword);
    }
    if pair.presence == Presence::Kept {
        kinds.extend(had.difference(&has).map(|group| RowKind::GroupLost { group: (*group).to_owned() }));
    }
    let is_deploy =
        new.deploy() == Some(pair.after) || (pair.presence != Presence::Kept && old.deploy() == Some(pair.before));
    let row = |kind, key| Row { account: pair.after.to_owned(), is_deploy, kind, key };
    let mut rows: Vec<Row> = kinds.into_iter().map(|kind| row(kind, None)).collect();
    rows.extend(keys::changes(old, new, pair).into_iter().map(|(kind, key)| row(kind, Some(key))));
    rows
}

/// Whether an account has no difference that a row would report.
fn is_as_it_was(old: &Side<'_, '_, '_>, new: &Side<'_, '_, '_>, name: &str) -> bool {
    let (Some(was), Some(is)) = (old.named(name), new.named(name)) else { return false };
    let is_deploy = |account: Option<&Account>| account.is_some_and(|account| account.is_deploy);
    let (had, has) = (&was.entries, &is.entries);
    is_same(was.made, is.made)
        && are_same_servers(old, new, (was, is))
        && had.len() == has.len()
        && had.iter().zip(has).all(|(was, is)| was.groups == is.groups && was.state == is.state)
        && was.listed().map(stated).eq(is.listed().map(stated))
        && !is_deploy(was.made)
        && !is_deploy(is.made)
}

/// The text of a key, and whether it shall be there.
fn stated<'e, 'd>((entry, text): (&'e Entry<'d>, &'d str)) -> (&'e State, &'d str) {
    (&entry.state, text)
}

/// Whether an account is the same on every server on which it can differ from what the file intends.
fn are_same_servers(
    old: &Side<'_, '_, '_>,
    new: &Side<'_, '_, '_>,
    (was, is): (&Named<'_, '_>, &Named<'_, '_>),
) -> bool {
    match (old.fails(), new.fails()) {
        (false, _) => old.is_alike_everywhere() && new.is_alike_everywhere(),
        (true, false) => false,
        // Two lines with one key can differ from each other in what they may do.
        (true, true) => {
            let mut lines = was.lines().map(|(_, key)| &key.line);
            let first = lines.next();
            lines.all(|line| Some(line) == first) && is_same(was.left, is.left) && is_same(was.again, is.again)
        }
    }
}

fn is_same(was: Option<&Account>, is: Option<&Account>) -> bool {
    match (was, is) {
        (None, None) => true,
        (Some(was), Some(is)) => {
            was.closed.is_some() == is.closed.is_some()
                && was.groups == is.groups
                && was.keys.len() == is.keys.len()
                && was.keys.iter().zip(&is.keys).all(|(was, is)| was.line == is.line)
        }
        _ => false,
    }
}

/// The new names of renamed accounts: all of their own keys were under another name before, which is gone. Includes the
/// deploy account.
fn renamed<'n>(
    old: &Side<'_, '_, '_>,
    new: &Side<'_, '_, '_>,
    gone: &[&'n str],
    come: &[&'n str],
) -> HashMap<&'n str, &'n str> {
    let mut found = HashMap::new();
    let is = |deploy: Option<&str>, name: &str| deploy == Some(name);
    let from = gone.iter().find(|name| is(old.deploy(), name));
    let to = come.iter().find(|name| is(new.deploy(), name));
    if let (Some(from), Some(to)) = (from, to) {
        found.insert(*to, *from);
    }
    let mut by_keys: HashMap<BTreeSet<Vec<u8>>, &str> = HashMap::new();
    for from in gone.iter().copied().filter(|from| !new.is_absent(from)) {
        by_keys.entry(old.materials(from)).or_insert(from);
    }
    for to in come.iter().copied().filter(|_| !by_keys.is_empty()) {
        let own = new.materials(to);
        if let Some(from) = by_keys.get(&own).filter(|_| !own.is_empty()) {
            found.entry(to).or_insert(*from);
        }
    }
    found
}
