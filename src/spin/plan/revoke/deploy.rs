//! The deploy account: keys leave `docker_user`, and a revocation entry takes them from the servers.

use super::named::key_lines;
use super::revocation::{Given, each_text, texts};
use super::revoking::{Revoking, deploy_public_key};
use crate::key;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::Entry;
use crate::spin::config::layout::{DEPLOY_PUBLIC_KEY, DOCKER_USER, Field, Section};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::config::written_keys::{quote_of, usual_quote};
use crate::spin::plan::moved::{field_path, item_path};
use crate::spin::plan::request::word;
use crate::yaml::{Along, Document, Edit, New, Quote, Refusal, Step, in_order};
use std::collections::BTreeSet;

impl<'r> Revoking<'r, '_, '_> {
    /// Keys that go leave `docker_user` and `deploy_public_key`, or they would be installed again.
    pub(super) fn out_of_deploy(&self) -> Result<Vec<Edit>, Refusal> {
        let mut edits = Vec::new();
        if deploy_public_key(self.document).is_some_and(|text| self.goes_from_deploy(text)) {
            edits.push(Edit::Remove { path: vec![Step::Key(DEPLOY_PUBLIC_KEY.to_owned())], comments: Along::All });
        }
        let holder = vec![Step::Key(DOCKER_USER.to_owned())];
        let Some(deploy) = &self.config.deploy else { return Ok(edits) };
        let lists = [(&deploy.keys, Field::AuthorizedSshKeys), (&deploy.unread, Field::AuthorizedKeys)];
        for (list, field) in lists.into_iter().filter_map(|(list, field)| Some((list.as_ref()?, field))) {
            let goes: Vec<&Entry<'_>> =
                list.entries.iter().filter(|it| texts(it).any(|text| self.goes_from_deploy(text))).collect();
            if goes.is_empty() {
                continue;
            }
            if !matches!(list.value, Value::List(_)) {
                goes.iter().try_for_each(|entry| self.refuse_others(entry))?;
                let with = New::List { items: Vec::new(), flow: true };
                edits.push(Edit::Replace { path: field_path(&holder, field), with });
                continue;
            }
            for entry in goes {
                self.refuse_others(entry)?;
                if list.entries.iter().filter(|other| other.index == entry.index).count() > 1 {
                    return Err(self.document.refuse_node(
                        entry.text_node,
                        "this key stands in a list inside of the list",
                        "write each key as an item of the list itself, then run this again",
                    ));
                }
                edits.push(Edit::Remove { path: item_path(&holder, field, entry.index), comments: Along::All });
            }
        }
        Ok(edits)
    }

    pub(super) fn goes_from_deploy(&self, text: &str) -> bool {
        let revocation = self.revocation;
        let goes = |material| revocation.keys.contains_key(material) || revocation.deploy.contains_key(material);
        key::materials(text).iter().any(goes)
    }

    pub(super) fn refuse_others(&self, entry: &Entry<'_>) -> Result<(), Refusal> {
        let lines = texts(entry).flat_map(key_lines);
        let stays = |line: &str| !self.goes_from_deploy(line);
        if !lines.into_iter().any(stays) {
            return Ok(());
        }
        Err(self.document.refuse_node(
            entry.text_node,
            "this item holds several keys, of which some stay",
            "write each key as an item of its own, then run this again",
        ))
    }

    /// The revocation entry has every key that the deploy account must lose.
    pub(super) fn removed_from_deploy(&self) -> Result<Vec<Edit>, Refusal> {
        let mut needed = self.revocation.of_deploy(self.config, deploy_public_key(self.document));
        if needed.is_empty() {
            return Ok(Vec::new());
        }
        let Some(account) = self.config.deploy_account.as_deref() else {
            return Err(Refusal::whole_file(
                "the name of the deploy account (`username` of docker_user) is known only to Ansible",
                "write it in full, then run this again",
            ));
        };
        let entries: Vec<&Person<'_>> = self.entries_of(account).collect();
        let mut edits = Vec::new();
        for person in &entries {
            self.refuse_absent_account(person)?;
            for entry in person.keys.iter().flat_map(|list| &list.entries) {
                for (text, _) in texts(entry).flat_map(key_lines).flat_map(each_text) {
                    let is_needed = needed.remove(&text).is_some();
                    // Those that go wherever they are become absent with the other entries.
                    let is_marked = entry.state == State::Absent || self.revocation.keys.contains_key(&text.0);
                    if is_needed && !is_marked {
                        self.refuse_others(entry)?;
                        edits.push(self.marked(person, entry));
                    }
                }
            }
        }
        if needed.is_empty() {
            return Ok(edits);
        }
        match entries.first() {
            Some(person) => edits.extend(self.added_to(person, &needed)),
            None => edits.push(self.revocation_entry(account, &needed)?),
        }
        Ok(edits)
    }

    /// A second entry of the account would take its groups away, so an entry that is there gets the items.
    fn added_to(&self, person: &Person<'_>, needed: &Given) -> Vec<Edit> {
        match self.document.get(person.user.node, Field::AuthorizedKeys.key()) {
            Some(list) => {
                let quote = quote_of(self.document, list);
                let items = needed.values().map(|line| in_order(self.document, Some(list), absent_item(line, quote)));
                items.map(|item| Edit::Append { path: Self::list_path(person), item }).collect()
            }
            None => {
                let entries = vec![absent_list(self.document, needed)];
                vec![Edit::Insert { path: person.user.path.clone(), entries, above: None }]
            }
        }
    }

    fn revocation_entry(&self, account: &str, needed: &Given) -> Result<Edit, Refusal> {
        let listed = self.config.people.iter().filter(|person| !person.user.by_name);
        let sections: BTreeSet<&str> = listed.map(|person| person.user.section.key()).collect();
        let section = Section::ALL.into_iter().find(|section| sections.contains(section.key()));
        if let (None, Some(person)) = (section, self.config.people.first()) {
            self.refuse_unread_entry(person)?;
        }
        let Some(section) = section else {
            return Err(Refusal::whole_file(
                "there is nobody in `users`, and without a sudo user `spin provision` fails: nothing would be revoked",
                "add a sudo user first: spin-keys add-user NAME",
            ));
        };
        let none = New::List { items: Vec::new(), flow: true };
        let list = absent_list(self.document, needed);
        let fields = New::Map(vec![("username".to_owned(), word(account)), ("groups".to_owned(), none), list]);
        let people = self.document.root().and_then(|root| self.document.get(root, section.key()));
        let item = in_order(self.document, people, fields);
        Ok(Edit::Append { path: vec![Step::Key(section.key().to_owned())], item })
    }
}

fn absent_list(document: &Document<'_>, keys: &Given) -> (String, New) {
    let quote = usual_quote(document);
    let items = keys.values().map(|line| absent_item(line, quote)).collect();
    (Field::AuthorizedKeys.key().to_owned(), New::List { items, flow: false })
}

fn absent_item(line: &str, quote: Quote) -> New {
    let fields = [("public_key", line.trim().to_owned(), quote), ("state", "absent".to_owned(), Quote::Plain)];
    New::Map(fields.map(|(key, value, quote)| (key.to_owned(), New::Text { value, quote })).into())
}
