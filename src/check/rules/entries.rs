//! SK5: what only shows in several entries: who is locked out, keys that come back, keys of several principals.

use super::states::{KEY_ON_SEVERAL, LOCKED_OUT, REVOCATION_UNDONE};
use crate::check::checker::Checker;
use crate::key;
use crate::spin::config::key_list::KeyText;
use crate::spin::config::layout::{DEPLOY_PUBLIC_KEY, DOCKER_USER};
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::spin::provision::outcome::Via;
use crate::yaml::{Document, NodeId};
use std::collections::{BTreeMap, HashMap};

struct Held<'h, 'd> {
    /// `None` for the deploy account.
    person: Option<&'h Person<'d>>,
    text: &'h str,
    node: NodeId,
}

impl Held<'_, '_> {
    fn who(&self) -> String {
        self.person.map_or_else(|| DOCKER_USER.to_owned(), Person::called)
    }
}

impl Checker<'_, '_, '_> {
    /// Accounts of which the file names keys, and none whose last word is not `absent`. Later entries of an account count.
    pub(crate) fn locked_out(&mut self) {
        let config = self.config;
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut accounts: Vec<Vec<&Person<'_>>> = Vec::new();
        for person in config.people.iter().filter(|person| !self.is_deploy_entry(person)) {
            let Some(name) = person.account.as_deref() else { continue };
            let number = *numbers.entry(name).or_insert(accounts.len());
            if number == accounts.len() {
                accounts.push(Vec::new());
            }
            accounts[number].push(person);
        }
        for entries in accounts {
            // The entry that has the last word.
            let mut lists = entries.iter().rev().filter_map(|person| Some((*person, person.keys.as_ref()?)));
            let last = lists.find(|(_, list)| !list.entries.is_empty());
            let is_gone = entries.last().is_some_and(|last| last.state == State::Absent);
            let Some((person, list)) = last.filter(|_| !is_gone && all_absent(&entries) && !is_leaving(&entries))
            else {
                continue;
            };
            self.account = Some(person.called());
            self.add(&LOCKED_OUT, list.key_node, format!("all keys of {} are `absent`", person.called()));
        }
        self.account = None;
    }

    /// The same key under several principals.
    pub(crate) fn several(&mut self) {
        let config = self.config;
        let people =
            config.people.iter().filter(|person| person.state != State::Absent && !self.is_deploy_entry(person));
        let lists = people.flat_map(|person| {
            [&person.keys, &person.unread].into_iter().flatten().map(move |list| (Some(person), list))
        });
        let deploy = config.deploy.iter().flat_map(|deploy| [&deploy.keys, &deploy.unread].into_iter().flatten());
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut holders: Vec<Vec<Held<'_, '_>>> = Vec::new();
        for (person, list) in lists.chain(deploy.map(|list| (None, list))) {
            for entry in list.entries.iter().filter(|entry| entry.state != State::Absent) {
                let KeyText::Text(text) = entry.text else { continue };
                for word in key::data_words(text) {
                    let number = *numbers.entry(word).or_insert(holders.len());
                    if number == holders.len() {
                        holders.push(Vec::new());
                    }
                    holders[number].push(Held { person, text, node: entry.text_node });
                }
            }
        }
        for held in holders.into_iter().filter(|held| held.len() > 1) {
            self.shared(&held);
        }
    }

    /// A key under several principals; each is named once.
    fn shared(&mut self, held: &[Held<'_, '_>]) {
        // Data that cannot be decoded is not a key.
        let [first, rest @ ..] = held else { return };
        if key::materials(first.text).is_empty() {
            return;
        }
        let mut named = vec![first.who()];
        for other in rest {
            let who = other.who();
            if named.contains(&who) {
                continue;
            }
            let line = self.lines.place(self.document.node(first.node).start).0;
            let message = format!("{who} has the same key as {} on line {line}", named[0]);
            self.add(&KEY_ON_SEVERAL, other.node, message);
            named.push(who);
        }
    }

    /// Keys that an entry for the deploy account removes and that are installed again.
    pub(crate) fn undone(&mut self) {
        let config = self.config;
        let entries: Vec<&Person<'_>> = config.people.iter().filter(|person| self.is_deploy_entry(person)).collect();
        if entries.is_empty() {
            return;
        }
        let mut given: HashMap<Vec<u8>, String> = HashMap::new();
        for installed in self.outcome.intended().iter().filter(|it| it.is_deploy).flat_map(|account| &account.keys) {
            let by = match &installed.via {
                // A later item of the same account: SK508.
                Via::Own => continue,
                Via::DockerUser => DOCKER_USER.to_owned(),
                Via::FirstKey { of } => format!("{of}, who is in sudo and has it as the first key,"),
                Via::DeployPublicKey => format!("`{DEPLOY_PUBLIC_KEY}`"),
            };
            given.extend(key::materials(&installed.line).into_iter().map(|material| (material, by.clone())));
        }
        for person in entries {
            for entry in person.keys.iter().flat_map(|list| &list.entries).filter(|entry| entry.state == State::Absent)
            {
                let KeyText::Text(text) = entry.text else { continue };
                if let Some(by) = key::materials(text).iter().find_map(|material| given.get(material)) {
                    let message = format!("{by} installs this key for the deploy account again");
                    self.add(&REVOCATION_UNDONE, entry.text_node, message);
                }
            }
        }
    }
}

/// Whether a second entry of an account does nothing but remove keys: all of its keys are absent, and its other fields are
/// those of the first, which the account would lose otherwise.
pub(crate) fn only_removes(document: &Document<'_>, first: &Person<'_>, second: &Person<'_>) -> bool {
    let entries = second.keys.as_ref().map_or(&[][..], |list| &list.entries);
    let is_absent = !entries.is_empty() && entries.iter().all(|entry| entry.state == State::Absent);
    let fields = |person: &Person<'_>| {
        let fields = document.entries(person.user.node).iter();
        let fields = fields.filter_map(|(key, value)| Some((document.scalar(*key)?, document.scalar(*value))));
        let fields = fields.filter(|(name, _)| !["name", "groups", "authorized_keys"].contains(name));
        fields.map(|(name, value)| (name.to_owned(), value.map(str::to_owned))).collect::<BTreeMap<_, _>>()
    };
    is_absent && first.groups == second.groups && first.state == second.state && fields(first) == fields(second)
}

/// Whether every key of an account is absent in the end.
fn all_absent(entries: &[&Person<'_>]) -> bool {
    let lists = || entries.iter().flat_map(|person| &person.keys);
    // Most files mark no key as absent.
    if !lists().flat_map(|list| &list.entries).any(|entry| entry.state == State::Absent) {
        return false;
    }
    let mut last: HashMap<Vec<u8>, &State> = HashMap::new();
    let present = entries.iter().filter(|person| person.state != State::Absent);
    for entry in present.flat_map(|person| &person.keys).flat_map(|list| &list.entries) {
        let KeyText::Text(text) = entry.text else { return false };
        let materials = key::materials(text);
        if materials.is_empty() && entry.state != State::Absent {
            return false;
        }
        last.extend(materials.into_iter().map(|material| (material, &entry.state)));
    }
    last.values().all(|state| **state == State::Absent)
}

/// Whether the entries take all access from somebody: no groups, and no key that is not absent.
fn is_leaving(entries: &[&Person<'_>]) -> bool {
    let mut items = entries.iter().flat_map(|person| &person.keys).flat_map(|list| &list.entries);
    let has_no_groups = entries.iter().all(|person| person.groups == Groups::List(Vec::new()));
    has_no_groups && items.all(|entry| entry.state == State::Absent)
}
