//! Whether a revocation closes the doors that it is to close, and no others. Pure.
//!
//! On a server that was provisioned before, a key is gone only if the run removes it: so it must be among those that the file
//! takes from each account that may have it, and the run must not fail. Who stays must not be locked out.

use super::access::{Access, Door, Key, Member};
use super::closed_side::Side;
use super::difference::{Difference, differences};
use crate::check::Context;
use crate::check::analysis::Analysis;
use crate::key;
use crate::shell;
use crate::spin::config::key_list::KeyText;
use crate::spin::config::written_keys::unseal_keys;
use crate::spin::plan::revoke::{Revocation, deploy_public_key, each_text};
use crate::yaml::{Document, Refusal, quote};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// The rule of a run that fails because nobody is in sudo.
const NO_SUDO: &str = "SK214";

/// A key of the person at the keyboard: its decoded blob, and where it is.
pub type OwnKeys = BTreeMap<Vec<u8>, String>;

/// A revocation, and what it may do.
pub struct Closing<'c> {
    pub revocation: &'c Revocation,
    /// Those who stay may be locked out.
    pub lock_out: bool,
    pub own: &'c OwnKeys,
    pub context: &'c Context<'c>,
    /// Decrypts an inline `!vault` value, if there is a password for it.
    pub unseal: &'c dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>,
}

/// What a revocation closes.
#[derive(Debug, Clone, Default)]
pub struct Closed {
    /// The accounts that may have one of the keys on a server.
    pub accounts: BTreeSet<String>,
    /// The tunnel has one of the keys, before the change or after it.
    pub has_tunnel: bool,
    /// It still has after the change.
    pub keeps_tunnel: bool,
    /// People who are not in sudo, and whose first key the deploy account has if they once were.
    pub others: BTreeSet<String>,
    /// Lines with keys that are known only to Ansible.
    pub unknown: BTreeSet<usize>,
    /// Lines of `!vault` values with keys that the deploy account loses.
    pub sealed: BTreeSet<usize>,
}

impl Closing<'_> {
    /// Refuses a change that leaves a door open, opens one that was not meant, or locks out somebody who stays.
    ///
    /// # Errors
    /// What it would do, and what to do instead.
    pub fn judge(&self, before: &Document<'_>, after: &Document<'_>) -> Result<Closed, Refusal> {
        let read = [before, after].map(|document| {
            let mut read = document.differs_as_read().then(|| document.as_read())?;
            unseal_keys(&mut read, self.unseal);
            Some(read)
        });
        let [before, after] = [read[0].as_ref().unwrap_or(before), read[1].as_ref().unwrap_or(after)];
        let [before, after] = [before, after].map(|document| Analysis::of_base(document, self.context));
        let [before, after] = [&before, &after].map(|analysis| Side { analysis, access: Access::of(analysis) });
        self.refuse_failure(&before, &after)?;
        self.refuse_open(&before, &after)?;
        self.refuse_unknown(&before, &after)?;
        self.refuse_half(&after)?;
        self.refuse_lock_out(&before, &after)?;
        self.refuse_more(&before, &after)?;
        let is_same = before.analysis.document.text == after.analysis.document.text;
        let names = self.must_lose(&before).into_iter().map(|(account, _)| account);
        let [had, has] = [&before, &after].map(|side| {
            let mut tunnel = side.access.open.iter().filter(|(door, _)| *door == Door::Tunnel);
            tunnel.any(|(_, key)| self.revocation.keys.contains_key(&key.material))
        });
        Ok(Closed {
            accounts: names.chain(self.revocation.people.iter().cloned()).collect(),
            // Who was revoked before may have been in it.
            has_tunnel: had || has || (is_same && self.is_taken_from_deploy(&before)),
            keeps_tunnel: has,
            others: self.out_of_sudo(&before),
            unknown: after.unknown(|_| true),
            sealed: self.sealed(&before),
        })
    }

    /// A run that fails takes nothing away.
    fn refuse_failure(&self, before: &Side<'_, '_, '_>, after: &Side<'_, '_, '_>) -> Result<(), Refusal> {
        let findings = &after.analysis.findings;
        let Some(failure) = findings.provisioned.as_ref().unwrap_or(&findings.failure) else { return Ok(()) };
        let (message, code) = (&failure.message, failure.rule.code);
        if code == NO_SUDO && before.has_sudo() {
            return Err(no_sudo_left());
        }
        Err(Refusal {
            message: format!("`spin provision` fails with this file, and then revokes nothing: {message} [{code}]"),
            line: failure.line,
            column: failure.column,
            hint: format!("correct that first (spin-keys check --fix, spin-keys explain {code}), then run this again"),
        })
    }

    fn refuse_open(&self, before: &Side<'_, '_, '_>, after: &Side<'_, '_, '_>) -> Result<(), Refusal> {
        for (account, (material, text)) in self.must_lose(before) {
            let is_open = after
                .access
                .open
                .iter()
                .any(|(door, key)| door.account() == Some(&account) && key.material == material);
            let is_removed = after.access.removed.contains(&(account.clone(), material.clone()))
                && after.access.removed_texts.contains(&(account.clone(), text));
            if is_open || !is_removed {
                let print = key::fingerprint(&material);
                return Err(Refusal::whole_file(
                    format!("{print} would go on opening the account {}", quote(&account)),
                    "spin-keys cannot take it away in this file: `spin-keys list` shows why the account has it",
                ));
            }
        }
        let still = after
            .access
            .open
            .iter()
            .find(|(door, key)| door.account().is_some() && self.revocation.keys.contains_key(&key.material));
        match still {
            Some((door, key)) => Err(Refusal::whole_file(
                format!(
                    "{} would go on opening the account {}",
                    key::fingerprint(&key.material),
                    quote(door.account().unwrap_or_default())
                ),
                "`spin-keys list` shows why the account has it",
            )),
            None => Ok(()),
        }
    }

    /// The accounts that may have a key on a server, each with the blob and the text of the key.
    fn must_lose(&self, before: &Side<'_, '_, '_>) -> BTreeSet<(String, (Vec<u8>, String))> {
        let config = &before.analysis.config;
        let mut found = BTreeSet::new();
        for person in &config.people {
            let Some(account) = person.account.as_deref() else { continue };
            for entry in person.keys.iter().flat_map(|list| &list.entries) {
                let KeyText::Text(text) = entry.text else { continue };
                let all = key::key_lines(text).flat_map(|(_, line)| each_text(line));
                let goes = all.filter(|((material, _), _)| self.revocation.keys.contains_key(material));
                found.extend(goes.map(|(text, _)| (account.to_owned(), text)));
            }
        }
        if let Some(deploy) = config.deploy_account.as_deref() {
            let given = self.revocation.of_deploy(config, deploy_public_key(before.analysis.document));
            found.extend(given.into_keys().map(|text| (deploy.to_owned(), text)));
        }
        found
    }

    fn refuse_lock_out(&self, before: &Side<'_, '_, '_>, after: &Side<'_, '_, '_>) -> Result<(), Refusal> {
        if before.has_sudo() && !after.has_sudo() {
            return Err(no_sudo_left());
        }
        if self.lock_out {
            return Ok(());
        }
        let mut after = after.logins();
        for (name, keys) in before.logins() {
            let is_own = |key: &&Key| self.own.contains_key(&key.material);
            let left = after.remove(&name).unwrap_or_default();
            let is_meant = self.revocation.people.contains(&name);
            if left.is_empty() && !keys.is_empty() && !is_meant {
                return Err(Refusal::whole_file(
                    format!("{} would keep no key, and could not log in any more", quote(&name)),
                    format!(
                        "if {} is to go: spin-keys revoke {}; else add another key first, or pass --lock-out",
                        quote(&name),
                        shell::word(&name)
                    ),
                ));
            }
            let mine = keys.iter().filter(is_own).find(|key| !left.contains(*key));
            if let Some((mine, file)) = mine.and_then(|key| Some((key, self.own.get(&key.material)?)))
                && !left.iter().any(|key| is_own(&key))
            {
                return Err(Refusal::whole_file(
                    format!(
                        "{} is your own ({file}), and no other key of {} is",
                        key::fingerprint(&mine.material),
                        quote(&name)
                    ),
                    "if you connect with it, the run that removes it dies half-way: let somebody else do this, or pass --lock-out",
                ));
            }
        }
        Ok(())
    }

    fn refuse_more(&self, before: &Side<'_, '_, '_>, after: &Side<'_, '_, '_>) -> Result<(), Refusal> {
        // The keys that are the first of a sudo user now, and were not.
        let promoted = &after.firsts() - &before.firsts();
        let deploy = before.access.deploy.as_deref();
        let goes = |material: &Vec<u8>| {
            self.revocation.keys.contains_key(material) || self.revocation.deploy.contains_key(material)
        };
        let no_groups = |name: &str| after.access.accounts.get(name) == Some(&Member::Of(Some(BTreeSet::new())));
        let is_meant = |difference: &Difference| match difference {
            Difference::ShutsOut(_, key) => goes(&key.material),
            Difference::Removes(_, material) => goes(material),
            // Spin gives the first key of a sudo user to the deploy account: another one is that now.
            Difference::LetsIn(Door::Account(account), key) => {
                deploy == Some(account) && promoted.contains(&key.material)
            }
            // The revocation entry: the groups of the deploy account are set by `docker_user` after it.
            Difference::Account(name) => {
                no_groups(name) && (self.revocation.people.contains(name) || deploy == Some(name))
            }
            _ => false,
        };
        match differences(&before.access, &after.access).into_iter().find(|difference| !is_meant(difference)) {
            Some(difference) => Err(Refusal::whole_file(
                format!("the change would also {}", difference.words()),
                "spin-keys cannot revoke this key in this file without more: make the change by hand, then run `spin-keys review`",
            )),
            None => Ok(()),
        }
    }
}

fn no_sudo_left() -> Refusal {
    Refusal::whole_file(
        "nobody in sudo would be left who can log in, and then nobody could provision the servers",
        "add another sudo user first: spin-keys add-user NAME",
    )
}
