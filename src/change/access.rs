//! Who gets in where by a file, and how two files differ in that. Pure.
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
use crate::yaml::{Document, quote};
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
    pub accounts: BTreeMap<String, Member>,
    /// The deploy account.
    pub deploy: Option<String>,
    /// How many keys and templates of each account are known only to Ansible.
    pub unknown: BTreeMap<String, usize>,
}

/// A difference between two files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A key lets somebody in.
    LetsIn(Door, Key),
    /// A key no longer does.
    ShutsOut(Door, Key),
    /// A key that a run removed stays on servers provisioned before.
    Keeps(String, Vec<u8>),
    /// A run removes a key.
    Removes(String, Vec<u8>),
    /// The groups of an account, or whether it is there.
    Account(String),
    /// Which account is the deploy account.
    Deploy,
    /// What is known only to Ansible.
    Unknown(String),
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
        for account in analysis.outcome.intended() {
            for installed in account.keys.iter().filter(|key| key.login(analysis.now).lets_in()) {
                let door = Door::Account(account.name.clone());
                access.open.extend(keys(&installed.line).map(|key| (door.clone(), key)));
            }
            if !account.unknown.is_empty() {
                access.unknown.insert(account.name.clone(), account.unknown.len());
            }
            access.accounts.insert(account.name.clone(), Member::Of(None));
            access.deploy = access.deploy.take().or_else(|| account.is_deploy.then(|| account.name.clone()));
        }
        access.open.extend(tunnel(&analysis.config, analysis.now).map(|key| (Door::Tunnel, key)));
        access.people(&analysis.config);
        access
    }

    /// What the entries say of their accounts: later ones win.
    fn people(&mut self, config: &Config<'_>) {
        let mut last: BTreeMap<(String, Vec<u8>), &State> = BTreeMap::new();
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
            }
        }
        let open: HashSet<(&str, &[u8])> =
            self.open.iter().filter_map(|(door, key)| Some((door.account()?, &*key.material))).collect();
        let is_removed =
            |(account, material): &(String, Vec<u8>)| !open.contains(&(account.as_str(), material.as_slice()));
        let absent = last.into_iter().filter(|(_, state)| **state == State::Absent).map(|(key, _)| key);
        self.removed = absent.filter(is_removed).collect();
    }

    /// The same with an account under another name, which no other has.
    #[must_use]
    pub(super) fn renamed(self, from: &str, to: &str) -> Self {
        let name = |name: String| if name == from { to.to_owned() } else { name };
        Self {
            open: self.open.into_iter().map(|(door, key)| (door.under(&|it| name(it.to_owned())), key)).collect(),
            removed: self.removed.into_iter().map(|(account, material)| (name(account), material)).collect(),
            accounts: self.accounts.into_iter().map(|(account, member)| (name(account), member)).collect(),
            deploy: self.deploy.map(name),
            unknown: self.unknown.into_iter().map(|(account, count)| (name(account), count)).collect(),
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

    fn under(&self, name: &dyn Fn(&str) -> String) -> Self {
        self.account().map_or(Self::Tunnel, |account| Self::Account(name(account)))
    }
}

impl Difference {
    /// The same with other names of the accounts.
    pub(super) fn under(&self, name: &dyn Fn(&str) -> String) -> Self {
        match self {
            Self::LetsIn(door, key) => Self::LetsIn(door.under(name), key.clone()),
            Self::ShutsOut(door, key) => Self::ShutsOut(door.under(name), key.clone()),
            Self::Keeps(account, material) => Self::Keeps(name(account), material.clone()),
            Self::Removes(account, material) => Self::Removes(name(account), material.clone()),
            Self::Account(account) => Self::Account(name(account)),
            Self::Unknown(account) => Self::Unknown(name(account)),
            Self::Deploy => Self::Deploy,
        }
    }

    /// The account and the key of which it tells.
    pub(super) fn parts(&self) -> (Option<&str>, Option<&[u8]>) {
        match self {
            Self::LetsIn(door, key) | Self::ShutsOut(door, key) => (door.account(), Some(&key.material)),
            Self::Keeps(account, material) | Self::Removes(account, material) => (Some(account), Some(material)),
            Self::Account(account) | Self::Unknown(account) => (Some(account), None),
            Self::Deploy => (None, None),
        }
    }

    /// What it does, in words: "it would also ...".
    #[must_use]
    pub fn words(&self) -> String {
        let print = |material: &[u8]| key::fingerprint(material);
        match self {
            Self::LetsIn(Door::Account(account), key) => {
                format!("let {} log in as {}", print(&key.material), quote(account))
            }
            Self::ShutsOut(Door::Account(account), key) => {
                format!("no longer let {} log in as {}", print(&key.material), quote(account))
            }
            Self::LetsIn(Door::Tunnel, key) => format!("let {} use the tunnel", print(&key.material)),
            Self::ShutsOut(Door::Tunnel, key) => format!("no longer let {} use the tunnel", print(&key.material)),
            Self::Keeps(account, material) => {
                format!("no longer remove {} from the account {}", print(material), quote(account))
            }
            Self::Removes(account, material) => {
                format!("remove {} from the account {}", print(material), quote(account))
            }
            Self::Account(account) => format!("change the groups of the account {}", quote(account)),
            Self::Deploy => "change which account is the deploy account".to_owned(),
            Self::Unknown(account) => format!("change what only Ansible knows of the account {}", quote(account)),
        }
    }
}

/// The keys in a text.
pub(super) fn keys(text: &str) -> impl Iterator<Item = Key> {
    key::key_lines(text).flat_map(|(_, line)| {
        let options = key::describe(line).and_then(|Described { options, .. }| options);
        key::materials(line).into_iter().map(move |material| Key { material, options: options.clone() })
    })
}

/// Every key of every user of `users` in sudo, whatever its state and theirs (playbooks/prepare_ci_environment.yml).
fn tunnel(config: &Config<'_>, now: u64) -> impl Iterator<Item = Key> {
    let people = config.people.iter().filter(|person| person.feeds_deploy());
    let entries = people.filter_map(|person| person.keys.as_ref()).flat_map(|list| &list.entries);
    let texts = entries.filter(|entry| entry.is_mapping).filter_map(|entry| match entry.text {
        KeyText::Text(text) => Some(text),
        _ => None,
    });
    let lines = texts.flat_map(key::key_lines).map(|(_, line)| line);
    lines.filter(move |line| key::login(line, now).lets_in()).flat_map(keys)
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

/// Everything in which `after` differs.
#[must_use]
pub fn differences(before: &Access, after: &Access) -> BTreeSet<Difference> {
    let mut found = BTreeSet::new();
    let each =
        |one: &BTreeSet<(Door, Key)>, other: &BTreeSet<(Door, Key)>| one.difference(other).cloned().collect::<Vec<_>>();
    found.extend(each(&after.open, &before.open).into_iter().map(|(door, key)| Difference::LetsIn(door, key)));
    found.extend(each(&before.open, &after.open).into_iter().map(|(door, key)| Difference::ShutsOut(door, key)));
    let gone = before.removed.difference(&after.removed).cloned();
    found.extend(gone.map(|(account, material)| Difference::Keeps(account, material)));
    let come = after.removed.difference(&before.removed).cloned();
    found.extend(come.map(|(account, material)| Difference::Removes(account, material)));
    let names = |map: &BTreeMap<String, Member>| map.keys().cloned().collect::<BTreeSet<_>>();
    let all = &names(&before.accounts) | &names(&after.accounts);
    let differs = |name: &String| before.accounts.get(name) != after.accounts.get(name);
    found.extend(all.iter().filter(|name| differs(name)).cloned().map(Difference::Account));
    let unknown = |name: &String| before.unknown.get(name) != after.unknown.get(name);
    let places = before.unknown.keys().chain(after.unknown.keys());
    found.extend(places.filter(|name| unknown(name)).cloned().map(Difference::Unknown));
    if before.deploy != after.deploy {
        found.insert(Difference::Deploy);
    }
    found
}
