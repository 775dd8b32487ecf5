//! The entries of people: what goes becomes `absent`, behind a key that stays.

use super::named::key_lines;
use super::revocation::texts;
use super::revoking::Revoking;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{Entry, KeyList};
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::spin::config::written_keys::quote_of;
use crate::spin::plan::moved::{field_path, item_path, moved};
use crate::yaml::{Along, Document, Edit, Kind, New, Quote, Refusal, Step, quote};

const ABSENT: &str = "absent";
/// What to do first about a list that Spin does not read.
const FIX: &str = "run `spin-keys check --fix` (or correct it by hand), then run this again";

impl<'r, 'd> Revoking<'r, 'd, '_> {
    /// The entries that lose something.
    fn concerned(&self) -> impl Iterator<Item = &'r Person<'d>> {
        let is_named = |person: &Person<'_>| person.account.as_ref().is_some_and(|it| self.is_person(it));
        let has = |list: &Option<KeyList<'_>>| {
            list.iter().flat_map(|list| &list.entries).any(|entry| self.revocation.holds(entry))
        };
        self.config.people.iter().filter(move |person| is_named(person) || has(&person.keys) || has(&person.unread))
    }

    pub(super) fn is_person(&self, account: &str) -> bool {
        self.revocation.people.contains(account)
    }

    /// A list of which Spin reads nothing becomes one that it reads, if all its keys go.
    pub(super) fn forms(&self) -> Result<Vec<Edit>, Refusal> {
        let mut edits = Vec::new();
        for person in self.concerned() {
            self.refuse_unread_entry(person)?;
            let Some(unread) = person.unread.as_ref().filter(|_| person.keys.is_none()) else { continue };
            if !unread.entries.iter().any(|entry| self.revocation.holds(entry)) {
                continue;
            }
            if unread.entries.iter().all(|entry| self.revocation.holds_all(entry)) {
                edits.extend(moved(self.document, &person.user.path, unread, Field::AuthorizedKeys));
            }
            if edits.is_empty() {
                return Err(self.document.refuse_node(
                    unread.key_node,
                    format!(
                        "Spin never reads `authorized_ssh_keys` of {}, so nothing in it can be revoked",
                        person.called()
                    ),
                    FIX,
                ));
            }
        }
        Ok(edits)
    }

    pub(super) fn refuse_unread_entry(&self, person: &Person<'_>) -> Result<(), Refusal> {
        let refuse = |node, message, hint: &str| Err(self.document.refuse_node(node, message, hint));
        let (name, section) = (person.called(), person.user.section.key());
        if person.user.by_name {
            let message = format!(
                "`{section}` is a mapping by name, on which `spin provision` fails at once: nothing would be taken from {name}"
            );
            return refuse(
                person.user.name_node,
                message,
                "write it as a list (`- username: ...`), then run this again",
            );
        }
        let groups = self.document.get(person.user.node, "groups");
        if let (Groups::Unknown, Some(node)) = (&person.groups, groups) {
            let message =
                format!("the groups of {name} are known only to Ansible, and may give a key to the deploy account");
            return refuse(node, message, "write them in full, then run this again");
        }
        let state = self.document.get(person.user.node, "state");
        match (&person.state, state) {
            (State::Absent, Some(node)) => refuse(
                node,
                format!(
                    "{name} has `state: absent`: the run ends there if {name} has any process, and takes no key from anybody"
                ),
                "delete that line, then run this again: the account then stays without keys and groups",
            ),
            (State::Wrong | State::Unknown, Some(node)) => {
                let message = format!("the `state` of {name} is neither `present` nor `absent`");
                refuse(node, message, "delete that line, or write `present`, then run this again")
            }
            _ => Ok(()),
        }
    }

    /// The items with keys that go become `absent`; they leave a list that Spin does not read.
    pub(super) fn absent(&self) -> Result<Vec<Edit>, Refusal> {
        let mut edits = Vec::new();
        for person in self.concerned() {
            for entry in person.keys.iter().flat_map(|list| &list.entries).filter(|it| self.revocation.holds(it)) {
                self.refuse_text(person, entry)?;
                self.refuse_others_in(entry)?;
                if entry.state != State::Absent {
                    edits.push(self.marked(person, entry));
                }
            }
            for entry in person.unread.iter().flat_map(|list| &list.entries).filter(|it| self.revocation.holds(it)) {
                self.refuse_others_in(entry)?;
                let is_text = person.unread.as_ref().is_some_and(|list| !matches!(list.value, Value::List(_)));
                let path = match is_text {
                    true => field_path(&person.user.path, Field::AuthorizedSshKeys),
                    false => item_path(&person.user.path, Field::AuthorizedSshKeys, entry.index),
                };
                edits.push(Edit::Remove { path, comments: Along::All });
            }
        }
        Ok(edits)
    }

    /// Refuses a field that is one text: no item can be marked in it, and the run fails there.
    fn refuse_text(&self, person: &Person<'_>, entry: &Entry<'_>) -> Result<(), Refusal> {
        if person.keys.as_ref().is_none_or(|list| matches!(list.value, Value::List(_))) {
            return Ok(());
        }
        Err(self.document.refuse_node(
            entry.text_node,
            "`authorized_keys` is a single value here, not a list, so no key in it can be marked as `absent`",
            "write it as a list with an item `- public_key: \"ssh-...\"`, then run this again",
        ))
    }

    pub(super) fn refuse_others_in(&self, entry: &Entry<'_>) -> Result<(), Refusal> {
        if self.revocation.holds_all(entry) {
            return Ok(());
        }
        Err(self.document.refuse_node(
            entry.text_node,
            "this item holds several keys, of which some stay",
            "write each key as an item of its own, then run this again",
        ))
    }

    pub(super) fn marked(&self, person: &Person<'_>, entry: &Entry<'_>) -> Edit {
        let path = item_path(&person.user.path, Field::AuthorizedKeys, entry.index);
        let state = New::Text { value: ABSENT.to_owned(), quote: Quote::Plain };
        if !entry.is_mapping {
            let list = self.document.get(person.user.node, Field::AuthorizedKeys.key());
            let quote = list.map_or(Quote::Double, |list| quote_of(self.document, list));
            let text = texts(entry).flat_map(key_lines).collect::<Vec<_>>().join("\n");
            let fields = [("public_key", New::Text { value: text, quote }), ("state", state)];
            let with = New::Map(fields.map(|(key, value)| (key.to_owned(), value)).into());
            return Edit::Replace { path, with };
        }
        if entry.state_node.is_some() {
            let path = [path, vec![Step::Key("state".to_owned())]].concat();
            return Edit::Set { path, value: ABSENT.to_owned() };
        }
        Edit::Insert { path, entries: vec![("state".to_owned(), state)], above: None }
    }

    /// The groups of people who go become `[]`, which takes every group away.
    pub(super) fn without_groups(&self) -> Result<Vec<Edit>, Refusal> {
        let mut edits = Vec::new();
        for person in self.concerned().filter(|it| it.account.as_deref().is_some_and(|name| self.is_person(name))) {
            let path = [person.user.path.clone(), vec![Step::Key("groups".to_owned())]].concat();
            let none = New::List { items: Vec::new(), flow: true };
            match (&person.groups, self.document.get(person.user.node, "groups")) {
                (Groups::List(_), Some(node)) if is_empty(self.document, node) => {}
                (_, None) => {
                    let entries = vec![("groups".to_owned(), none)];
                    edits.push(Edit::Insert { path: person.user.path.clone(), entries, above: None });
                }
                (_, Some(node)) if is_block(self.document, node) => {
                    let item = |index| Edit::Remove {
                        path: [path.clone(), vec![Step::Index(index)]].concat(),
                        comments: Along::All,
                    };
                    edits.extend((0..self.document.items(node).len()).map(item));
                }
                (_, Some(_)) => edits.push(Edit::Replace { path, with: none }),
            }
        }
        Ok(edits)
    }

    /// The entries of the deploy account among the people, in list form.
    pub(super) fn entries_of(&self, account: &str) -> impl Iterator<Item = &'r Person<'d>> {
        self.config.people.iter().filter(move |it| it.account.as_deref() == Some(account) && !it.user.by_name)
    }

    pub(super) fn list_path(person: &Person<'_>) -> crate::yaml::Path {
        field_path(&person.user.path, Field::AuthorizedKeys)
    }

    pub(super) fn refuse_absent_account(&self, person: &Person<'_>) -> Result<(), Refusal> {
        let state = self.document.get(person.user.node, "state");
        match state.filter(|_| person.state != State::Present) {
            Some(node) => Err(self.document.refuse_node(
                node,
                format!("the entry {} is of the deploy account, and has a `state`", quote(&person.called())),
                "delete that line: with `absent`, Spin makes the account anew with all its keys; then run this again",
            )),
            None => Ok(()),
        }
    }
}

fn is_empty(document: &Document<'_>, list: crate::yaml::NodeId) -> bool {
    document.items(list).is_empty() && document.entries(list).is_empty()
}

/// A list with an item a line.
fn is_block(document: &Document<'_>, list: crate::yaml::NodeId) -> bool {
    matches!(document.node(list).kind, Kind::Sequence { flow: false, .. })
}
