//! How two files differ in who gets in. Pure.

use super::access::{Access, Door, Key, Member};
use crate::key;
use crate::yaml::quote;
use std::collections::{BTreeMap, BTreeSet};

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
    /// How many keys of an account are known only to Ansible.
    Unknown(String),
    /// Whether the password of an account is known only to Ansible.
    Password(String),
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
            Self::Password(account) => Self::Password(name(account)),
            Self::Deploy => Self::Deploy,
        }
    }

    /// The account and the key of which it tells.
    pub(super) fn parts(&self) -> (Option<&str>, Option<&[u8]>) {
        match self {
            Self::LetsIn(door, key) | Self::ShutsOut(door, key) => (door.account(), Some(&key.material)),
            Self::Keeps(account, material) | Self::Removes(account, material) => (Some(account), Some(material)),
            Self::Account(account) | Self::Unknown(account) | Self::Password(account) => (Some(account), None),
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
            Self::Unknown(account) => {
                format!("change keys of the account {} that are known only to Ansible", quote(account))
            }
            Self::Password(account) => {
                format!("change the password of the account {}, which is known only to Ansible", quote(account))
            }
        }
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
    let passwords = &before.passwords ^ &after.passwords;
    found.extend(passwords.into_iter().map(Difference::Password));
    if before.deploy != after.deploy {
        found.insert(Difference::Deploy);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Context;
    use crate::yaml::Document;

    fn access(text: &str) -> Access {
        Access::of_document(&Document::read(text).unwrap(), &Context::at(0))
    }

    #[test]
    fn each_door_and_what_is_removed_makes_a_difference() {
        let key = crate::key::KeyLine::parse(KEY).unwrap();
        let print = key.fingerprint();
        let file = |groups: &str, item: &str| {
            let user =
                format!("- username: bob\n  groups: {groups}\n  authorized_keys:\n  - public_key: {KEY}\n{item}");
            access(&format!("users:\n- username: eve\n  groups: [sudo]\n  authorized_keys: []\n{user}"))
        };
        let words = |before: &Access, after: &Access| {
            differences(before, after).iter().map(|it| it.words().replace(&print, "K")).collect::<Vec<_>>()
        };
        let (plain, sudo, absent) = (file("[]", ""), file("[sudo]", ""), file("[]", "    state: absent\n"));
        let more = ["let K log in as deploy", "let K use the tunnel", "change the groups of the account bob"];
        assert_eq!(words(&plain, &sudo), more);
        assert_eq!(words(&sudo, &plain)[..2], more.map(|it| format!("no longer {it}"))[..2]);
        let removed = ["no longer let K log in as bob", "remove K from the account bob"];
        assert_eq!(words(&plain, &absent), removed);
        assert_eq!(words(&absent, &plain), ["let K log in as bob", "no longer remove K from the account bob"]);
        // An absent key opens deploy and the tunnel all the same.
        assert_eq!(words(&sudo, &file("[sudo]", "    state: absent\n")), removed);
        assert_eq!(words(&plain, &file("[]", "    note: x\n")), [""; 0]);
    }

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL a@b";
}
