//! What is taken away: people and keys, and which items of a list have them.

use super::named::{key_lines, lines};
use crate::key;
use crate::spin::config::Config;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use std::collections::{BTreeMap, BTreeSet};

/// The decoded blobs of keys, each with its line.
pub type Keys = BTreeMap<Vec<u8>, String>;

/// The same by the decoded blob and the text of it: Ansible removes a key by its text, and one key can have several (an RSA key
/// with needless leading zeros).
pub type Given = BTreeMap<(Vec<u8>, String), String>;

/// What to take away.
#[derive(Debug, Clone, Default)]
pub struct Revocation {
    /// Accounts that lose all their keys and groups.
    pub people: BTreeSet<String>,
    /// Keys that go wherever they are.
    pub keys: Keys,
    /// Keys that the deploy account loses, which need not be in the file.
    pub deploy: Keys,
}

impl Revocation {
    /// Adds somebody with all keys of all their entries.
    pub fn add_person(&mut self, config: &Config<'_>, account: &str) {
        self.people.insert(account.to_owned());
        for person in config.people.iter().filter(|person| person.account.as_deref() == Some(account)) {
            for line in [&person.keys, &person.unread].into_iter().flatten().flat_map(lines) {
                self.keys.extend(key::materials(line).into_iter().map(|material| (material, line.to_owned())));
            }
        }
    }

    /// Everybody in sudo in `users` who would keep no key: without a first key that works the run fails, and an absent
    /// one opens deploy, so they can only go as a whole.
    #[must_use]
    pub fn left_without_key(&self, config: &Config<'_>, now: u64) -> Vec<String> {
        let loses_all = |person: &&Person<'_>| {
            let list = person.keys.as_ref().filter(|_| person.feeds_deploy() && person.state == State::Present);
            list.is_some_and(|list| {
                let mut going = list.entries.iter().filter(|entry| self.holds(entry)).peekable();
                // An item that keeps a key is refused.
                going.peek().is_some()
                    && going.all(|entry| self.holds_all(entry))
                    && self.staying(list, now).next().is_none()
            })
        };
        let names = config.people.iter().filter(loses_all).filter_map(|person| person.account.as_deref());
        names.filter(|name| !self.people.contains(*name)).map(str::to_owned).collect()
    }

    /// The keys that the deploy account must lose: those it may have been given by the file.
    #[must_use]
    pub fn of_deploy(&self, config: &Config<'_>, deploy_public_key: Option<&str>) -> Given {
        let people = config.people.iter().filter(|person| person.feeds_deploy());
        let lists = people.filter_map(|person| person.keys.as_ref());
        let lists = lists.chain(config.deploy.iter().filter_map(|deploy| deploy.keys.as_ref()));
        let lines = lists.flat_map(lines).chain(deploy_public_key.into_iter().flat_map(key_lines));
        let mut given: Given = self.deploy.values().flat_map(|line| each_text(line)).collect();
        for (text, line) in lines.flat_map(each_text) {
            let known = self.deploy.get(&text.0).or_else(|| self.keys.get(&text.0));
            let Some(known) = known else { continue };
            // The line that was named, if it is the same text.
            let is_known = each_text(known).any(|(it, _)| it == text);
            given.entry(text).or_insert(if is_known { known.clone() } else { line });
        }
        given
    }

    /// Whether an item has a key that goes.
    pub(super) fn holds(&self, entry: &Entry<'_>) -> bool {
        texts(entry).flat_map(key::materials).any(|material| self.keys.contains_key(&material))
    }

    /// Whether all keys of an item go; not of one without a key.
    pub(super) fn holds_all(&self, entry: &Entry<'_>) -> bool {
        let mut lines = texts(entry).flat_map(key_lines).peekable();
        let goes = |line: &str| {
            let materials = key::materials(line);
            !materials.is_empty() && materials.iter().all(|material| self.keys.contains_key(material))
        };
        lines.peek().is_some() && lines.all(goes)
    }

    /// The present items of a list that go on letting somebody in.
    pub(super) fn staying<'l, 'd>(&self, list: &'l KeyList<'d>, now: u64) -> impl Iterator<Item = &'l Entry<'d>> {
        let mut last: BTreeMap<Vec<u8>, &State> = BTreeMap::new();
        for entry in &list.entries {
            last.extend(texts(entry).flat_map(key::materials).map(|material| (material, &entry.state)));
        }
        let works = move |line: &str| {
            let is_present = |material: &Vec<u8>| last.get(material) == Some(&&State::Present);
            key::materials(line).iter().all(is_present) && key::login(line, now).lets_in()
        };
        let goes: BTreeSet<usize> = list.entries.iter().filter(|it| self.holds(it)).map(|it| it.index).collect();
        let stays = move |entry: &&Entry<'_>| {
            entry.is_mapping
                && entry.state == State::Present
                && !goes.contains(&entry.index)
                && texts(entry).flat_map(key_lines).next().is_some()
                && texts(entry).flat_map(key_lines).all(&works)
        };
        list.entries.iter().filter(stays)
    }
}

/// The keys of a line, by blob and text.
pub(crate) fn each_text(line: &str) -> impl Iterator<Item = ((Vec<u8>, String), String)> {
    let words = key::data_words(line).map(str::to_owned);
    key::materials(line).into_iter().zip(words).map(|text| (text, line.to_owned()))
}

pub(super) fn texts<'d>(entry: &Entry<'d>) -> impl Iterator<Item = &'d str> + use<'d> {
    match entry.text {
        KeyText::Text(text) => Some(text),
        _ => None,
    }
    .into_iter()
}
