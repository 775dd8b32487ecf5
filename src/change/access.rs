//! Who gets in where by a file. Pure.
//!
//! It compares what the files *intend*: the accounts as they would be if nothing made the run fail. A fix is often what
//! makes a failing run work, and then everybody in the file gets in. They are the people whom the file names; what a fix
//! must not do is to change whom it names.
//!
//! A server that was provisioned before has every key that was ever installed there and not removed. What a file decides
//! there is what it removes, so keys whose last word is `absent` are compared, too, and groups that are left as they are.

use crate::check::Context;
use crate::check::analysis::Analysis;
use crate::key::{self, Described};
use crate::spin::config::Config;
use crate::spin::config::key_list::KeyText;
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::yaml::Document;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Where a key lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// The account of a person, or the deploy account.
    Account(String),
    /// The container whose keys `spin configure gha` and `spin deploy` write to `AUTHORIZED_KEYS`.
    Tunnel,
}

/// A key with its options. What people call it does not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub material: Vec<u8>,
    pub options: Option<String>,
}

/// What an account's groups become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Member {
    /// They stay as they are on the server.
    Of(Option<BTreeSet<String>>),
    /// The account is removed.
    Gone,
}

/// Who gets in by a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The keys that let somebody in.
    pub open: BTreeSet<(Door, Key)>,
    /// The keys that a run removes from an account.
    pub removed: BTreeSet<(String, Vec<u8>)>,
    /// The texts (base64) of those keys: Ansible removes only the line with this text.
    pub removed_texts: BTreeSet<(String, String)>,
    pub accounts: BTreeMap<String, Member>,
    /// The deploy account.
    pub deploy: Option<String>,
    /// How many keys of each account are known only to Ansible.
    pub unknown: BTreeMap<String, usize>,
    /// The accounts whose password is known only to Ansible. With one that is locked, no key logs in.
    pub passwords: BTreeSet<String>,
}

impl Access {
    /// Who gets in by a document as Ansible reads it.
    #[must_use]
    pub fn of_document(document: &Document<'_>, context: &Context<'_>) -> Self {
        if document.differs_as_read() {
            return Self::of(&Analysis::of_base(&document.as_read(), context));
        }
        Self::of(&Analysis::of_base(document, context))
    }

    /// The one place that knows where an analysis says who gets in.
    #[must_use]
    pub fn of(analysis: &Analysis<'_, '_>) -> Self {
        let mut access = Self::default();
        let again = analysis.outcome.provisioned.iter().flat_map(|provisioned| &provisioned.accounts);
        for account in again {
            for installed in account.keys.iter().filter(|key| account.opens(key, analysis.now)) {
                let door = Door::Account(account.name.clone());
                access.open.extend(keys(&installed.line).map(|key| (door.clone(), key)));
            }
        }
        for account in analysis.outcome.intended() {
            for installed in account.keys.iter().filter(|key| account.opens(key, analysis.now)) {
                let door = Door::Account(account.name.clone());
                access.open.extend(keys(&installed.line).map(|key| (door.clone(), key)));
            }
            if !account.unknown_keys().is_empty() {
                access.unknown.insert(account.name.clone(), account.unknown_keys().len());
            }
            access.passwords.extend(account.has_unknown_password.then(|| account.name.clone()));
            access.accounts.insert(account.name.clone(), Member::Of(None));
            access.deploy = access.deploy.take().or_else(|| account.is_deploy.then(|| account.name.clone()));
        }
        let tunnel = analysis.outcome.tunnel.intended().iter();
        let lines = tunnel.flat_map(|key| key::key_lines(&key.line)).map(|(_, line)| line);
        let lines = lines.filter(|line| key::login(line, analysis.now).lets_in());
        access.open.extend(lines.flat_map(keys).map(|key| (Door::Tunnel, key)));
        access.people(&analysis.config);
        access
    }

    /// What the entries say of their accounts: later ones win.
    fn people(&mut self, config: &Config<'_>) {
        let mut last: BTreeMap<(String, Vec<u8>), &State> = BTreeMap::new();
        let mut last_texts: BTreeMap<(String, String), &State> = BTreeMap::new();
        for person in &config.people {
            let Some(account) = person.account.as_deref() else { continue };
            if person.state == State::Absent {
                self.accounts.insert(account.to_owned(), Member::Gone);
                continue;
            }
            let known = self.accounts.entry(account.to_owned()).or_insert(Member::Gone);
            match (groups(person), &known) {
                (None, Member::Of(_)) => {}
                (groups, _) => *known = Member::Of(groups),
            }
            for entry in person.keys.iter().flat_map(|list| &list.entries).filter(|entry| entry.is_mapping) {
                let KeyText::Text(text) = entry.text else { continue };
                last.extend(
                    key::materials(text).into_iter().map(|material| ((account.to_owned(), material), &entry.state)),
                );
                let words = key::data_words(text).map(|word| ((account.to_owned(), word.to_owned()), &entry.state));
                last_texts.extend(words);
            }
        }
        let open: HashSet<(&str, &[u8])> =
            self.open.iter().filter_map(|(door, key)| Some((door.account()?, &*key.material))).collect();
        let is_removed =
            |(account, material): &(String, Vec<u8>)| !open.contains(&(account.as_str(), material.as_slice()));
        let absent = last.into_iter().filter(|(_, state)| **state == State::Absent).map(|(key, _)| key);
        self.removed = absent.filter(is_removed).collect();
        let absent = last_texts.into_iter().filter(|(_, state)| **state == State::Absent).map(|(text, _)| text);
        self.removed_texts = absent.collect();
    }

    /// Whether no key logs in to an account, whatever its password.
    #[must_use]
    pub(super) fn is_closed(&self, account: &str) -> bool {
        !self.unknown.contains_key(account) && !self.open.iter().any(|(door, _)| door.account() == Some(account))
    }

    /// The same with an account under another name, which no other has.
    #[must_use]
    pub(super) fn renamed(self, from: &str, to: &str) -> Self {
        let name = |name: String| if name == from { to.to_owned() } else { name };
        Self {
            open: self.open.into_iter().map(|(door, key)| (door.under(&|it| name(it.to_owned())), key)).collect(),
            removed: self.removed.into_iter().map(|(account, material)| (name(account), material)).collect(),
            removed_texts: self.removed_texts.into_iter().map(|(account, text)| (name(account), text)).collect(),
            accounts: self.accounts.into_iter().map(|(account, member)| (name(account), member)).collect(),
            deploy: self.deploy.map(name),
            unknown: self.unknown.into_iter().map(|(account, count)| (name(account), count)).collect(),
            passwords: self.passwords.into_iter().map(name).collect(),
        }
    }
}

impl Door {
    pub(super) fn account(&self) -> Option<&str> {
        match self {
            Self::Account(account) => Some(account),
            Self::Tunnel => None,
        }
    }

    pub(super) fn under(&self, name: &dyn Fn(&str) -> String) -> Self {
        self.account().map_or(Self::Tunnel, |account| Self::Account(name(account)))
    }
}

/// The keys in a text.
pub(super) fn keys(text: &str) -> impl Iterator<Item = Key> {
    key::key_lines(text).flat_map(|(_, line)| {
        let options = key::describe(line).and_then(|Described { options, .. }| options);
        key::materials(line).into_iter().map(move |material| Key { material, options: options.clone() })
    })
}

/// The groups that an entry sets; `None` if it leaves them as they are (`default(omit)`).
fn groups(person: &Person<'_>) -> Option<BTreeSet<String>> {
    match &person.groups {
        Groups::List(groups) => Some(groups.iter().map(|group| group.clone().into_owned()).collect()),
        // What a text or a number becomes is no group that exists.
        Groups::Text(_) | Groups::Other => Some(BTreeSet::new()),
        Groups::None | Groups::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(text: &str) -> Access {
        Access::of_document(&Document::read(text).unwrap(), &Context::at(0))
    }

    #[test]
    fn groups_that_are_not_written_stay() {
        let of =
            |more: &str| access(&format!("users:\n- username: bob\n  groups: [sudo]\n{more}")).accounts["bob"].clone();
        assert_eq!(of("- username: bob\n"), of(""));
        assert_eq!(of("- username: bob\n  groups: []\n"), Member::Of(Some(BTreeSet::new())));
        assert_eq!(of("- username: bob\n  state: absent\n"), Member::Gone);
    }

    fn tunnel(text: &str) -> usize {
        access(text).open.iter().filter(|(door, _)| *door == Door::Tunnel).count()
    }

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL a@b";

    /// `flatten` of the playbook takes items out of lists in lists, and one mapping for a list of it.
    #[test]
    fn the_tunnel_has_keys_that_no_account_gets() {
        let user = |keys: &str| format!("users:\n- username: bob\n  groups: [sudo]\n  authorized_keys: {keys}\n");
        let key = format!("{{public_key: '{KEY}', state: absent}}");
        for keys in [format!("[{key}]"), format!("[[{key}]]"), key.clone()] {
            assert_eq!(tunnel(&user(&keys)), 1, "{keys}");
        }
        assert_eq!(tunnel(&user(&format!("['{KEY}']"))), 0);
        assert_eq!(tunnel(&user(&format!("[{key}]")).replace("sudo", "adm")), 0);
    }

    #[test]
    fn the_tunnel_is_what_the_file_intends_where_the_playbook_ends() {
        let bob = format!("- username: bob\n  groups: [sudo]\n  authorized_keys: [x, {{public_key: '{KEY}'}}]\n");
        for before in ["- username: eve\n", "- username: eve\n  groups: [sudo]\n", "- x\n"] {
            assert_eq!(tunnel(&format!("users:\n{before}{bob}")), 1, "{before}");
        }
        assert_eq!(
            tunnel(&format!("users: {{bob: {{groups: [sudo], authorized_keys: [{{public_key: '{KEY}'}}]}}}}\n")),
            0
        );
    }
}
