//! What a change of the file does to access: two texts compared after Spin's own rules.
//!
//! Promises: keys are told apart by their material and accounts by their names; a key that merely left the file is said to
//! stay on the servers, for Spin removes nothing that is not `absent`. Values that are no part of who gets in are named by
//! their path and never shown.

mod keys;
mod other_values;

use crate::check::{self, Context, Scope};
use crate::spin::config::principals::{Principal, principals};
use crate::spin::provision::outcome::{Account, Outcome};
use crate::spin::provision::{predict, validate_inputs};
use crate::yaml::Document;
use crate::yaml::LineIndex;
pub use keys::{KeyChange, KeyDelta};
pub use other_values::{Other, OtherChange};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What changes for one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDelta {
    /// Its name after the change, else before.
    pub name: String,
    /// It is the deploy account.
    pub is_deploy: bool,
    /// Its name before, where it was renamed: the same keys under another name.
    pub renamed_from: Option<String>,
    /// Whether it is there before and after.
    pub presence: Presence,
    /// Groups that it has only after the change.
    pub groups_gained: Vec<String>,
    /// Groups that it had only before.
    pub groups_lost: Vec<String>,
    /// Its keys that changed.
    pub keys: Vec<KeyDelta>,
}

/// Whether an account is there before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// In both.
    Kept,
    /// New.
    Added,
    /// It left the file, and stays on the servers.
    LeftFile,
    /// It is `absent` now: Spin removes it.
    Removed,
}

/// A finding that was not there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFinding {
    /// What kind of thing.
    pub rule: &'static check::Rule,
    /// What is wrong.
    pub message: String,
    /// Line after the change, from 1.
    pub line: usize,
    /// Column after the change, from 1.
    pub column: usize,
}

/// A whole change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// Accounts for which something changes, in the order of the file.
    pub accounts: Vec<AccountDelta>,
    /// Why `spin provision` fails before the change.
    pub ended: Option<String>,
    /// Why it fails after it, with the line.
    pub ends: Option<(String, usize)>,
    /// Findings that were not there before.
    pub findings: Vec<NewFinding>,
    /// How many findings are gone.
    pub findings_gone: usize,
    /// Lines after the change with what only Ansible can tell (templates, values of a vault, addresses) and was not there
    /// before: who gains access by it is unknown.
    pub untold: Vec<usize>,
    /// How many of those are gone.
    pub untold_gone: usize,
    /// Everything else that changed.
    pub others: Vec<Other>,
}

/// What stands for a file that is not there.
const NO_FILE: &str = "{}";

/// One side of a change.
pub(super) struct Side<'d, 't> {
    document: &'d Document<'t>,
    lines: LineIndex<'t>,
    principals: Vec<Principal>,
    access: Outcome,
    /// The principals of each account.
    by_name: HashMap<String, Vec<usize>>,
    /// Where each account stands in `access`.
    made: HashMap<String, usize>,
    deploy: Option<String>,
}

impl<'d, 't> Side<'d, 't> {
    fn of(document: &'d Document<'t>, now: u64) -> Self {
        let (principals, access) = (principals(document), predict(document, now));
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, principal) in principals.iter().enumerate() {
            if let Some(name) = &principal.account {
                by_name.entry(name.clone()).or_default().push(index);
            }
        }
        let made = access.accounts.iter().enumerate().map(|(index, account)| (account.name.clone(), index)).collect();
        let deploy = access.accounts.iter().find(|account| account.is_deploy).map(|account| account.name.clone());
        Self { document, lines: LineIndex::of(document.text), principals, access, by_name, made, deploy }
    }

    /// The entries of an account: a name may stand in several.
    fn entries(&self, name: &str) -> impl Iterator<Item = &Principal> {
        self.by_name.get(name).into_iter().flatten().map(|index| &self.principals[*index])
    }

    fn account(&self, name: &str) -> Option<&Account> {
        self.made.get(name).map(|index| &self.access.accounts[*index])
    }

    /// All names, in the order of the file.
    fn names(&self) -> Vec<&str> {
        let listed = self.principals.iter().filter(|principal| principal.state != "absent");
        let listed = listed.filter_map(|principal| principal.account.as_deref());
        let made = self.access.accounts.iter().map(|account| account.name.as_str());
        let mut seen = HashSet::new();
        listed.chain(made).filter(|name| seen.insert(*name)).collect()
    }

    fn groups(&self, name: &str) -> BTreeSet<&str> {
        let entries = self.entries(name).filter(|principal| principal.state != "absent");
        entries.flat_map(|principal| principal.groups.iter().flatten()).map(String::as_str).collect()
    }

    /// The texts that only Ansible can tell, with their lines.
    fn untold(&self) -> Vec<(&str, usize)> {
        let places = self.access.accounts.iter().flat_map(|account| &account.unknown).chain(&self.access.unresolved);
        let deploy = validate_inputs::unresolved_deploy(self.document).into_iter();
        let deploy = deploy.map(|node| self.document.node(node).start);
        let places: BTreeSet<usize> = places.copied().chain(deploy).collect();
        if places.is_empty() {
            return Vec::new();
        }
        let at = |id: &usize| places.contains(&self.document.node(*id).start);
        let texts = (0..self.document.nodes().count()).filter(at).filter_map(|id| {
            let line = self.lines.place(self.document.node(id).start).0;
            Some((self.document.scalar(id)?, line))
        });
        texts.collect()
    }

    fn deploy(&self) -> Option<&str> {
        self.deploy.as_deref()
    }

    /// Whether `spin provision` fails with this file; without a file there is nothing to fail.
    fn fails(&self) -> bool {
        self.access.end.is_some() && self.document.text != NO_FILE
    }

    fn is_absent(&self, name: &str) -> bool {
        self.entries(name).any(|principal| principal.state == "absent")
    }
}

/// Compares two readings of the file at the time `now`, in seconds since 1970. A side that is not there is a new or a
/// deleted file.
#[must_use]
pub fn delta(before: Option<&Document<'_>>, after: Option<&Document<'_>>, now: u64) -> Delta {
    // An empty file has no accounts, and would be full of findings.
    let empty = Document::read(NO_FILE).ok();
    let Some(nothing) = empty.as_ref() else { return Delta::default() };
    let (old, new) = (Side::of(before.unwrap_or(nothing), now), Side::of(after.unwrap_or(nothing), now));
    let (findings, findings_gone) = findings(before, after, now);
    let (untold, untold_gone) = untold(&old, &new);
    Delta {
        accounts: accounts(&old, &new),
        ended: before.and(old.access.end.as_ref()).map(|end| end.reason.clone()),
        ends: after.and(new.access.end.as_ref()).map(|end| (end.reason.clone(), new.lines.place(end.at).0)),
        findings,
        findings_gone,
        untold,
        untold_gone,
        others: other_values::others(old.document, new.document),
    }
}

/// The accounts of both sides, those of the new one first.
fn accounts(old: &Side<'_, '_>, new: &Side<'_, '_>) -> Vec<AccountDelta> {
    let (old_names, new_names) = (old.names(), new.names());
    let (had, has): (HashSet<&str>, HashSet<&str>) =
        (old_names.iter().copied().collect(), new_names.iter().copied().collect());
    let gone: Vec<&str> = old_names.iter().copied().filter(|name| !has.contains(name)).collect();
    let come: Vec<&str> = new_names.iter().copied().filter(|name| !had.contains(name)).collect();
    let renamed = renamed(old, new, &gone, &come);
    let former: HashSet<&str> = renamed.values().copied().collect();
    let mut found = Vec::new();
    for name in new_names {
        let from = renamed.get(name).copied();
        let presence = if from.is_some() || had.contains(name) { Presence::Kept } else { Presence::Added };
        found.push(account(old, new, (from.unwrap_or(name), name), presence));
    }
    for name in gone.into_iter().filter(|name| !former.contains(name)) {
        // A run that fails does not come to the deploy account: nothing happens to it.
        if new.fails() && old.deploy() == Some(name) && old.entries(name).next().is_none() {
            continue;
        }
        let presence = if new.is_absent(name) { Presence::Removed } else { Presence::LeftFile };
        found.push(account(old, new, (name, name), presence));
    }
    found.retain(AccountDelta::says_something);
    found
}

fn account(old: &Side<'_, '_>, new: &Side<'_, '_>, (before, after): (&str, &str), presence: Presence) -> AccountDelta {
    let (had, has) = (old.groups(before), new.groups(after));
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
        one.difference(other).map(|group| (*group).to_owned()).collect::<Vec<_>>()
    };
    AccountDelta {
        name: after.to_owned(),
        is_deploy: new.deploy() == Some(after) || (presence != Presence::Kept && old.deploy() == Some(before)),
        renamed_from: (before != after).then(|| before.to_owned()),
        presence,
        groups_gained: only(&has, &had),
        groups_lost: only(&had, &has),
        keys: keys::keys(old, new, (before, after), presence),
    }
}

impl AccountDelta {
    fn says_something(&self) -> bool {
        self.presence != Presence::Kept
            || self.renamed_from.is_some()
            || !(self.groups_gained.is_empty() && self.groups_lost.is_empty() && self.keys.is_empty())
    }

    /// Whether it has a key now that it had not.
    #[must_use]
    pub fn gains(&self) -> bool {
        self.keys.iter().any(|key| matches!(key.change, KeyChange::Gained))
    }

    /// Whether it is in sudo now and was not.
    #[must_use]
    pub fn gains_sudo(&self) -> bool {
        self.groups_gained.iter().any(|group| group == "sudo")
    }

    /// Whether a key, a group or the account itself is lost.
    #[must_use]
    pub fn loses(&self) -> bool {
        let lost = |key: &KeyDelta| matches!(key.change, KeyChange::Lost | KeyChange::Stays);
        self.presence == Presence::Removed
            || self.presence == Presence::LeftFile
            || !self.groups_lost.is_empty()
            || self.keys.iter().any(lost)
    }
}

/// New names of accounts whose own keys all stood under another name before, which is gone; and that of the deploy account.
fn renamed<'n>(
    old: &'n Side<'_, '_>,
    new: &'n Side<'_, '_>,
    gone: &[&'n str],
    come: &[&'n str],
) -> HashMap<&'n str, &'n str> {
    let mut found = HashMap::new();
    if let (Some(from), Some(to)) = (old.deploy(), new.deploy())
        && gone.contains(&from)
        && come.contains(&to)
    {
        found.insert(to, from);
    }
    let mut by_keys: HashMap<BTreeSet<&str>, &str> = HashMap::new();
    for from in gone.iter().copied().filter(|from| !new.is_absent(from)) {
        by_keys.entry(keys::own(old, from)).or_insert(from);
    }
    for to in come.iter().copied() {
        let own = keys::own(new, to);
        if let Some(from) = by_keys.get(&own).filter(|_| !own.is_empty()) {
            found.entry(to).or_insert(*from);
        }
    }
    found
}

/// What only Ansible can tell: the lines that only the new side has, and how many only the old one has.
fn untold(old: &Side<'_, '_>, new: &Side<'_, '_>) -> (Vec<usize>, usize) {
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (text, _) in old.untold() {
        *known.entry(text).or_default() += 1;
    }
    let mut lines = Vec::new();
    for (text, line) in new.untold() {
        match known.get_mut(text) {
            Some(count) if *count > 0 => *count -= 1,
            _ => lines.push(line),
        }
    }
    lines.sort_unstable();
    lines.dedup();
    (lines, known.values().sum())
}

/// The findings that only the new side has, and how many only the old one has.
fn findings(before: Option<&Document<'_>>, after: Option<&Document<'_>>, now: u64) -> (Vec<NewFinding>, usize) {
    let context = Context { now, warn_days: 30, scope: Scope::All };
    let of = |document: Option<&Document<'_>>| document.map(|it| check::check(it, &context)).unwrap_or_default();
    let mut known: HashMap<(&str, String), usize> = HashMap::new();
    for finding in of(before) {
        *known.entry((finding.rule.code, without_lines(&finding.message))).or_default() += 1;
    }
    let lines = LineIndex::of(after.map_or("", |document| document.text));
    let mut found = Vec::new();
    for finding in of(after) {
        match known.get_mut(&(finding.rule.code, without_lines(&finding.message))) {
            Some(count) if *count > 0 => *count -= 1,
            _ => {
                let (line, column) = lines.place(finding.span.start);
                found.push(NewFinding { rule: finding.rule, message: finding.message, line, column });
            }
        }
    }
    (found, known.values().sum())
}

/// A message without the numbers of lines in it, which move.
fn without_lines(message: &str) -> String {
    let mut words: Vec<&str> = message.split(' ').collect();
    for index in 1..words.len() {
        if matches!(words[index - 1], "line" | "lines") {
            words[index] = "";
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests;
