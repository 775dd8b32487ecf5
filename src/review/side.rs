//! One side of a change: its accounts by name.

use super::index::{Index, Intended, Lines, first_of_each, known};
use crate::check::analysis::Analysis;
use crate::key;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::spin::provision::outcome::{Account, Installed, NotInstalled};
use crate::spin::provision::{system, validate_inputs};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// One side of a change; empty if the file does not exist.
pub(super) struct Side<'s, 'd, 't> {
    pub(super) analysis: Option<&'s Analysis<'d, 't>>,
    by_name: HashMap<&'s str, Named<'s, 'd>>,
    /// All names, in the order of the file.
    pub(super) names: Vec<&'s str>,
    /// Whether sudo asks for no password.
    pub(super) is_passwordless: bool,
    deploy: Option<&'s str>,
    index: Index<'s>,
}

/// What a side knows of a name.
#[derive(Default)]
pub(super) struct Named<'s, 'd> {
    /// The entries with this name.
    pub(super) entries: Vec<&'s Person<'d>>,
    /// The account that the file intends.
    pub(super) made: Option<&'s Account>,
    /// The account on a server that was provisioned before.
    pub(super) again: Option<&'s Account>,
    /// What a failing run leaves of the account on a new server.
    pub(super) left: Option<&'s Account>,
    /// It is one of `names`.
    is_listed: bool,
}

impl<'s, 'd> Named<'s, 'd> {
    /// The texts of the account's own keys with their items, in the field that Spin reads and in the one that it does not.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&'s Entry<'d>, &'d str)> {
        let lists = self.entries.iter().flat_map(|person| [&person.keys, &person.unread]);
        lists.flatten().flat_map(texts)
    }

    /// All lines of the account, on either kind of server, with the account they are of.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&'s Account, &'s Installed)> {
        let again = self.again.filter(|again| self.made.is_none_or(|made| made != *again));
        let accounts = self.made.into_iter().chain(again);
        accounts.flat_map(|account| account.keys.iter().map(move |key| (account, key)))
    }
}

impl<'s, 'd, 't> Side<'s, 'd, 't> {
    pub(super) fn of(analysis: Option<&'s Analysis<'d, 't>>) -> Self {
        let people = analysis.map_or(&[][..], |analysis| analysis.config.people.as_slice());
        let mut by_name: HashMap<&str, Named<'_, '_>> = HashMap::with_capacity(people.len());
        let mut names = Vec::with_capacity(people.len());
        let mut list = |named: &mut Named<'_, '_>, name: &'s str| {
            if !std::mem::replace(&mut named.is_listed, true) {
                names.push(name);
            }
        };
        for person in people {
            let Some(name) = person.account.as_deref() else { continue };
            let named = by_name.entry(name).or_default();
            named.entries.push(person);
            if person.state != State::Absent {
                list(named, name);
            }
        }
        let accounts = analysis.map_or(&[][..], |analysis| analysis.outcome.intended());
        for account in accounts {
            let named = by_name.entry(&account.name).or_default();
            named.made = Some(account);
            list(named, &account.name);
        }
        for account in analysis.map_or(&[][..], |analysis| analysis.outcome.on_provisioned()) {
            by_name.entry(&account.name).or_default().again = Some(account);
        }
        let ended = analysis.filter(|analysis| analysis.outcome.failure.is_some());
        for account in ended.iter().flat_map(|analysis| &analysis.outcome.accounts) {
            by_name.entry(&account.name).or_default().left = Some(account);
        }
        let is_passwordless = analysis.is_some_and(|analysis| validate_inputs::is_passwordless(analysis.document));
        let deploy = accounts.iter().find(|account| account.is_deploy).map(|account| account.name.as_str());
        Self { analysis, by_name, names, is_passwordless, deploy, index: Index::default() }
    }

    pub(super) fn named(&self, name: &str) -> Option<&Named<'s, 'd>> {
        self.by_name.get(name)
    }

    /// Whether it is one of the names.
    pub(super) fn lists_name(&self, name: &str) -> bool {
        self.named(name).is_some_and(|named| named.is_listed)
    }

    /// The entries of an account; a name can have several.
    fn entries(&self, name: &str) -> &[&'s Person<'d>] {
        self.named(name).map_or(&[], |named| named.entries.as_slice())
    }

    pub(super) fn account(&self, name: &str) -> Option<&'s Account> {
        self.named(name)?.made
    }

    pub(super) fn deploy(&self) -> Option<&'s str> {
        self.deploy
    }

    /// The groups that an account has on either kind of server, and those in the file that no server has. Not the ones
    /// that each deploy account has.
    pub(super) fn groups(&self, name: &str) -> BTreeSet<&'s str> {
        let made = self.named(name).into_iter().flat_map(|named| [named.made, named.again]).flatten();
        let made = made.flat_map(|account| account.groups.iter().map(move |group| (account.is_deploy, group.as_str())));
        let made = made.filter(|(is_deploy, group)| !is_deploy || !["deploy", "docker"].contains(group));
        let entries = self.entries(name).iter().filter(|person| person.state != State::Absent);
        let written = entries.flat_map(|person| match &person.groups {
            Groups::List(groups) => {
                groups.iter().filter(|group| !system::has_group(group)).map(AsRef::as_ref).collect()
            }
            Groups::Text(text) => vec![*text],
            _ => Vec::new(),
        });
        let is_one = |group: &&str| !group.contains(',') && group.trim() == *group;
        made.map(|(_, group)| group).chain(written.filter(is_one)).collect()
    }

    /// All lines of an account, on either kind of server, with the account they are of.
    pub(super) fn lines(&self, name: &str) -> impl Iterator<Item = (&'s Account, &'s Installed)> {
        self.named(name).into_iter().flat_map(Named::lines)
    }

    /// Whether a new server and one that was provisioned before end alike.
    pub(super) fn is_alike_everywhere(&self) -> bool {
        self.analysis.is_none_or(|analysis| analysis.outcome.provisioned.is_none())
    }

    /// Whether `spin provision` fails with this file on a server that was provisioned before: the one that has keys to lose.
    pub(super) fn fails_again(&self) -> bool {
        self.analysis.is_some_and(|analysis| analysis.outcome.failure_on_provisioned().is_some())
    }

    /// Whether `spin provision` fails with this file on a new server.
    pub(super) fn fails(&self) -> bool {
        self.analysis.is_some_and(|analysis| analysis.outcome.failure.is_some())
    }

    /// Whether an account has no groups, and all its keys are absent.
    pub(super) fn is_empty(&self, name: &str) -> bool {
        let is_empty = |person: &Person<'_>| {
            let keys = person.keys.iter().flat_map(|list| &list.entries);
            matches!(&person.groups, Groups::List(groups) if groups.is_empty())
                && keys.into_iter().all(|entry| entry.state == State::Absent)
        };
        let is_installed = |account: Option<&Account>| account.is_some_and(|account| !account.keys.is_empty());
        self.named(name).is_some_and(|named| {
            let is_listed = !named.entries.is_empty() && named.entries.iter().all(|person| is_empty(person));
            is_listed && !is_installed(named.made) && !is_installed(named.again)
        })
    }

    pub(super) fn is_absent(&self, name: &str) -> bool {
        self.entries(name).iter().any(|person| person.state == State::Absent)
    }

    /// The texts of an account's own keys with their items.
    pub(super) fn listed(&self, name: &str) -> impl Iterator<Item = (&'s Entry<'d>, &'d str)> {
        self.named(name).into_iter().flat_map(Named::listed)
    }

    /// The keys of all lists of an account.
    pub(super) fn materials(&self, name: &str) -> BTreeSet<Vec<u8>> {
        self.listed(name).flat_map(|(_, text)| key::materials(text)).collect()
    }
}

/// What is looked up for each key of an account.
impl<'s> Side<'s, '_, '_> {
    /// Whether a key is listed under an account with this state, in a field that Spin reads.
    pub(super) fn lists(&self, name: &str, material: &[u8], state: &State) -> bool {
        let listed = known(&self.index.listed, name, || {
            let mut listed: HashMap<Vec<u8>, Vec<&State>> = HashMap::new();
            let lists = self.entries(name).iter().filter_map(|person| person.keys.as_ref());
            for (entry, text) in lists.flat_map(texts) {
                for material in key::materials(text) {
                    let states = listed.entry(material).or_default();
                    if !states.contains(&&entry.state) {
                        states.push(&entry.state);
                    }
                }
            }
            listed
        });
        listed.get(material).is_some_and(|states| states.contains(&state))
    }

    /// Whether a key is listed under an account, and nothing but a failing run keeps it from logging in.
    pub(super) fn lists_working(&self, name: &str, material: &[u8]) -> bool {
        known(&self.index.working, name, || self.working(name)).contains(material)
    }

    fn working(&self, name: &str) -> HashSet<Vec<u8>> {
        let now = self.analysis.map_or(0, |analysis| analysis.now);
        let Some(named) = self.named(name) else { return HashSet::new() };
        if [named.made, named.again].into_iter().flatten().any(|account| account.closed.is_some()) {
            return HashSet::new();
        }
        let entries = named.entries.iter().filter(|person| person.state != State::Absent);
        let texts = entries.filter_map(|person| person.keys.as_ref()).flat_map(texts);
        let present = texts.filter(|(entry, _)| entry.state == State::Present);
        let lines = present.flat_map(|(_, text)| key::key_lines(text)).map(|(_, line)| line);
        lines.filter(|line| key::login(line, now).lets_in()).flat_map(key::materials).collect()
    }

    /// Whether a run installs this line before it ends.
    pub(super) fn installs(&self, name: &str, line: &str) -> bool {
        !self.fails() || self.left_of(name).lines.contains(line)
    }

    /// Whether a run that fails leaves this line on a new server.
    pub(super) fn leaves(&self, name: &str, line: &str) -> bool {
        self.fails() && self.left_of(name).lines.contains(line)
    }

    /// Whether a run ends before it installs a key.
    pub(super) fn ends_before(&self, name: &str, material: &[u8]) -> bool {
        self.fails() && !self.left_of(name).materials.contains(material)
    }

    fn left_of(&self, name: &str) -> Rc<Lines<'s>> {
        known(&self.index.left, name, || Lines::of(self.named(name).and_then(|named| named.left)))
    }

    /// The key in the file at this place that is not installed.
    pub(super) fn not_installed(&self, at: usize) -> Option<&'s NotInstalled> {
        let found = self.index.not_installed.get_or_init(|| {
            let all = self.analysis.iter().flat_map(|analysis| &analysis.outcome.not_installed);
            first_of_each(all.map(|not| (not.at, not)))
        });
        found.get(&at).copied()
    }

    /// The line that comes from this place and that the file intends for an account.
    pub(super) fn intended_from(&self, name: &str, at: usize) -> Option<&'s Installed> {
        self.intended_for(name).by_place.get(&at).copied()
    }

    /// Whether the key will be able to log in as soon as the run no longer fails; such keys are reported as gained.
    pub(super) fn will_let_in(&self, name: &str, line: &str) -> bool {
        self.intended_for(name).letting_in.contains(&key::materials(line))
    }

    fn intended_for(&self, name: &str) -> Rc<Intended<'s>> {
        known(&self.index.intended, name, || {
            let Some((analysis, account)) = self.analysis.zip(self.account(name)) else { return Intended::default() };
            let opening = account.keys.iter().filter(|key| account.opens(key, analysis.now));
            Intended {
                letting_in: opening.map(|key| key::materials(&key.line)).collect(),
                by_place: first_of_each(account.keys.iter().map(|key| (key.at, key))),
            }
        })
    }
}

/// The texts of a list.
pub(super) fn texts<'s, 'd>(list: &'s KeyList<'d>) -> impl Iterator<Item = (&'s Entry<'d>, &'d str)> {
    list.entries.iter().filter_map(|entry| match entry.text {
        KeyText::Text(text) => Some((entry, text)),
        _ => None,
    })
}
