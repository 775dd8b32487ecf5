//! One side of a revocation: who gets in on a server that was provisioned before. Pure.

use super::access::{Access, Door, Key};
use crate::check::analysis::Analysis;
use crate::key;
use crate::spin::config::key_list::KeyText;
use crate::spin::config::layout::SUDO;
use crate::spin::provision::outcome::Account;
use std::collections::{BTreeMap, BTreeSet};

/// One side of the change.
pub(super) struct Side<'s, 'd, 't> {
    pub(super) analysis: &'s Analysis<'d, 't>,
    pub(super) access: Access,
}

impl Side<'_, '_, '_> {
    fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.analysis.outcome.on_provisioned().iter().map(|account| &**account).filter(|account| !account.is_deploy)
    }

    /// The lines with keys of accounts that are known only to Ansible.
    pub(super) fn unknown(&self, of: impl Fn(&Account) -> bool) -> BTreeSet<usize> {
        let accounts = self.analysis.outcome.intended().iter().filter(|account| of(account));
        accounts.flat_map(|account| account.unknown_keys()).map(|at| self.analysis.line(*at)).collect()
    }

    /// Whether somebody in sudo can log in.
    pub(super) fn has_sudo(&self) -> bool {
        let now = self.analysis.now;
        // A forced command is no way to provision.
        let is_free = |line: &str| {
            let options = key::describe(line).and_then(|key| key.options);
            options.is_none_or(|options| !options.to_ascii_lowercase().contains("command="))
        };
        let is_usable =
            |account: &&Account| account.keys.iter().any(|key| account.opens(key, now) && is_free(&key.line));
        let mut sudoers = self.accounts().filter(|account| account.groups.iter().any(|group| group == SUDO));
        sudoers.any(|account| is_usable(&account))
    }

    /// The keys that open the account of each person.
    pub(super) fn logins(&self) -> BTreeMap<String, BTreeSet<Key>> {
        let mut found: BTreeMap<String, BTreeSet<Key>> = BTreeMap::new();
        for (door, key) in &self.access.open {
            match door {
                Door::Account(name) if self.access.deploy.as_ref() != Some(name) => {
                    found.entry(name.clone()).or_default().insert(key.clone());
                }
                _ => {}
            }
        }
        found
    }

    /// The first keys of the sudo users, which Spin gives to the deploy account.
    pub(super) fn firsts(&self) -> BTreeSet<Vec<u8>> {
        let people = self.analysis.config.people.iter().filter(|person| person.feeds_deploy());
        let firsts = people.filter_map(|person| person.keys.as_ref()?.entries.first().map(|entry| entry.text));
        let texts = firsts.filter_map(|text| match text {
            KeyText::Text(text) => Some(text),
            _ => None,
        });
        texts.flat_map(key::materials).collect()
    }
}
