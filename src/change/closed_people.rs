//! Whether people who go are gone: nothing that only Ansible knows, and no other entry, lets them in. Pure.

use super::access::Member;
use super::closed::Closing;
use super::closed_side::Side;
use crate::key;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{Entry, KeyText};
use crate::spin::config::layout::Section;
use crate::spin::config::user::Person;
use crate::spin::plan::revoke::deploy_public_key;
use crate::spin::provision::outcome::Account;
use crate::spin::provision::validate_inputs;
use crate::yaml::{Refusal, Tag, quote};
use std::collections::BTreeSet;

impl Closing<'_> {
    /// Refuses keys of people who go that are behind a template or an address, and a file that hides whom a run handles.
    pub(super) fn refuse_unknown(&self, before: &Side<'_, '_, '_>, after: &Side<'_, '_, '_>) -> Result<(), Refusal> {
        let document = after.analysis.document;
        if !validate_inputs::replaced(document).is_empty() {
            return Err(Refusal::whole_file(
                "the file replaces variables of Spin's roles (SK802), so it is not known whom a run handles",
                "remove them (spin-keys check names them), then run this again",
            ));
        }
        let is_unknown = |section: &Section| {
            let value = document.root().and_then(|root| Value::at(document, root, section.key()));
            matches!(value, Some(Value::Unknown | Value::Text(_)))
        };
        if let Some(section) = Section::ALL.into_iter().find(is_unknown) {
            return Err(Refusal::whole_file(
                format!("`{}` is known only to Ansible, and may hold what is to be revoked", section.key()),
                "write it in full, then run this again",
            ));
        }
        let is_going = |account: &Account| self.revocation.people.contains(&account.name);
        if after.unknown(is_going).is_empty() {
            return Ok(());
        }
        Err(Refusal {
            message:
                "the keys here are known only to Ansible (a template or an address), so not all keys would be revoked"
                    .to_owned(),
            line: before.unknown(is_going).first().copied().unwrap_or_default(),
            column: 1,
            hint: "write the keys here in full, then run this again".to_owned(),
        })
    }

    /// Refuses to call somebody revoked who keeps a key or a group: by an alias, a merge key, or another entry.
    pub(super) fn refuse_half(&self, after: &Side<'_, '_, '_>) -> Result<(), Refusal> {
        for name in &self.revocation.people {
            let open = after.access.open.iter().find(|(door, _)| door.account() == Some(name));
            let has_groups = after.access.accounts.get(name) != Some(&Member::Of(Some(BTreeSet::new())));
            let kept = match open {
                Some((_, key)) => key::fingerprint(&key.material),
                None if has_groups => "groups".to_owned(),
                None => continue,
            };
            return Err(Refusal::whole_file(
                format!("{} would keep {kept}, which an alias, a merge key or a template gives", quote(name)),
                format!("write the entries of {name} in full, without `*` and `<<`, then run this again"),
            ));
        }
        Ok(())
    }

    /// Whether the deploy account loses a key of somebody who goes.
    pub(super) fn is_taken_from_deploy(&self, side: &Side<'_, '_, '_>) -> bool {
        let mut removed = side.access.removed.iter();
        let is_it = |(name, material): &(String, Vec<u8>)| {
            side.access.deploy.as_ref() == Some(name) && self.revocation.keys.contains_key(material)
        };
        !self.revocation.people.is_empty() && removed.any(is_it)
    }

    /// People with a key that goes who are not in sudo.
    pub(super) fn out_of_sudo(&self, before: &Side<'_, '_, '_>) -> BTreeSet<String> {
        let config = &before.analysis.config;
        let may_have_been = |person: &&Person<'_>| {
            person.user.section == Section::Users && !person.in_sudo() && person.account != config.deploy_account
        };
        let goes = |entry: &Entry<'_>| match entry.text {
            KeyText::Text(text) => key::materials(text).iter().any(|it| self.revocation.keys.contains_key(it)),
            _ => false,
        };
        let has = |person: &&Person<'_>| person.keys.iter().flat_map(|list| &list.entries).any(goes);
        let found = config.people.iter().filter(may_have_been).filter(has);
        found.filter_map(|person| person.account.as_deref().map(str::to_owned)).collect()
    }

    /// The lines of encrypted values with keys that a revocation entry takes from the deploy account.
    pub(super) fn sealed(&self, before: &Side<'_, '_, '_>) -> BTreeSet<usize> {
        let (document, config) = (before.analysis.document, &before.analysis.config);
        let given = self.revocation.of_deploy(config, deploy_public_key(document));
        let entries = config.people.iter().flat_map(|person| &person.keys).flat_map(|list| &list.entries);
        let is_taken = |entry: &&Entry<'_>| match entry.text {
            KeyText::Text(text) => key::materials(text).iter().any(|it| given.keys().any(|(given, _)| given == it)),
            _ => false,
        };
        let sealed = entries.filter(|entry| document.node(entry.text_node).tag == Tag::Vault).filter(is_taken);
        sealed.map(|entry| document.place(entry.text_node).0).collect()
    }
}
