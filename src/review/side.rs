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
    /// The entries of each account.
    by_name: HashMap<&'s str, Vec<&'s Person<'d>>>,
    /// The accounts that the file intends.
    made: HashMap<&'s str, &'s Account>,
    /// The accounts on a server that was provisioned before.
    again: HashMap<&'s str, &'s Account>,
    /// What a failing run leaves on a new server; empty if it does not fail.
    left: HashMap<&'s str, &'s Account>,
    /// The accounts that the file intends, in order.
    accounts: &'s [Rc<Account>],
    /// Whether sudo asks for no password.
    pub(super) is_passwordless: bool,
    deploy: Option<&'s str>,
    index: Index<'s>,
}

impl<'s, 'd, 't> Side<'s, 'd, 't> {
    pub(super) fn of(analysis: Option<&'s Analysis<'d, 't>>) -> Self {
        let mut by_name: HashMap<&str, Vec<&Person<'_>>> = HashMap::new();
        for person in analysis.iter().flat_map(|analysis| &analysis.config.people) {
            if let Some(name) = person.account.as_deref() {
                by_name.entry(name).or_default().push(person);
            }
        }
        let accounts = analysis.map_or(&[][..], |analysis| analysis.outcome.intended());
        let made = accounts.iter().map(|account| (account.name.as_str(), &**account)).collect();
        let ended = analysis.filter(|analysis| analysis.outcome.failure.is_some());
        let left = ended.iter().flat_map(|analysis| &analysis.outcome.accounts);
        let left = left.map(|account| (account.name.as_str(), &**account)).collect();
        let again = analysis.map_or(&[][..], |analysis| analysis.outcome.on_provisioned());
        let again = again.iter().map(|account| (account.name.as_str(), &**account)).collect();
        let is_passwordless = analysis.is_some_and(|analysis| validate_inputs::is_passwordless(analysis.document));
        let deploy = accounts.iter().find(|account| account.is_deploy).map(|account| account.name.as_str());
        Self { analysis, by_name, made, again, left, accounts, is_passwordless, deploy, index: Index::default() }
    }

    /// The entries of an account; a name can have several.
    pub(super) fn entries(&self, name: &str) -> &[&'s Person<'d>] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn account(&self, name: &str) -> Option<&'s Account> {
        self.made.get(name).copied()
    }

    /// The account on a server that was provisioned before.
    pub(super) fn again(&self, name: &str) -> Option<&'s Account> {
        self.again.get(name).copied()
    }

    /// What a failing run leaves of the account on a new server.
    pub(super) fn left(&self, name: &str) -> Option<&'s Account> {
        self.left.get(name).copied()
    }

    pub(super) fn deploy(&self) -> Option<&'s str> {
        self.deploy
    }

    /// All names, in the order of the file.
    pub(super) fn names(&self) -> Vec<&'s str> {
        let people = self.analysis.iter().flat_map(|analysis| &analysis.config.people);
        let listed = people.filter(|person| person.state != State::Absent);
        let listed = listed.filter_map(|person| person.account.as_deref());
        let made = self.accounts.iter().map(|account| account.name.as_str());
        let mut seen = HashSet::new();
        listed.chain(made).filter(|name| seen.insert(*name)).collect()
    }

    /// The groups that an account has on either kind of server, and those in the file that no server has. Not the ones
    /// that each deploy account has.
    pub(super) fn groups(&self, name: &str) -> BTreeSet<&'s str> {
        let made = [&self.made, &self.again].into_iter().filter_map(|made| made.get(name));
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
        let made = self.made.get(name).copied();
        let again = self.again.get(name).copied().filter(|again| made.is_none_or(|made| made != *again));
        made.into_iter().chain(again).flat_map(|account| account.keys.iter().map(move |key| (account, key)))
    }

    /// Whether a new server and one that was provisioned before end alike.
    pub(super) fn is_alike_everywhere(&self) -> bool {
        self.analysis.is_none_or(|analysis| analysis.outcome.provisioned.is_none())
    }

    /// Whether `spin provision` fails with this file.
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
        let installed = |accounts: &HashMap<&str, &Account>| accounts.get(name).is_some_and(|it| !it.keys.is_empty());
        let entries = self.entries(name);
        let is_listed = !entries.is_empty() && entries.iter().all(|person| is_empty(person));
        is_listed && !installed(&self.made) && !installed(&self.again)
    }

    pub(super) fn is_absent(&self, name: &str) -> bool {
        self.entries(name).iter().any(|person| person.state == State::Absent)
    }

    /// The texts of an account's own keys with their items, in the field that Spin reads and in the one that it does
    /// not.
    pub(super) fn listed(&self, name: &str) -> impl Iterator<Item = (&'s Entry<'d>, &'d str)> {
        let lists = self.entries(name).iter().flat_map(|person| [&person.keys, &person.unread]);
        lists.flatten().flat_map(texts)
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
        let is_closed = |account: Option<&&Account>| account.is_some_and(|account| account.closed.is_some());
        if is_closed(self.made.get(name)) || is_closed(self.again.get(name)) {
            return HashSet::new();
        }
        let entries = self.entries(name).iter().filter(|person| person.state != State::Absent);
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
        known(&self.index.left, name, || Lines::of(self.left.get(name).copied()))
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
