//! Everybody a file names and every key it holds, as Spin's roles read them: what `check` judges and `list` shows.

pub(crate) mod ansible_value;
pub(crate) mod key_list;
pub(crate) mod layout;
pub(crate) mod names;
pub(crate) mod principals;
pub(crate) mod user;

use crate::spin::config::ansible_value::Value;
use crate::spin::config::layout::Field;
use crate::spin::config::user::{Section, User, docker_user, users};
use crate::yaml::{Document, NodeId};
use std::borrow::Cow;

/// `state` of a user or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Not there, or `present`.
    Present,
    /// `absent`
    Absent,
    /// Something that Ansible refuses.
    Wrong,
    /// Only Ansible can tell.
    Unknown,
}

/// `groups` of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Groups<'d> {
    /// Not there, or null.
    None,
    /// A string, which Spin takes letter by letter.
    Text(&'d str),
    /// A list: the groups that can be told.
    List(Vec<Cow<'d, str>>),
    /// A number or a boolean.
    Other,
    /// Only Ansible can tell.
    Unknown,
}

/// What stands where a key should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyText<'d> {
    /// A text.
    Text(&'d str),
    /// Null, or a mapping without `public_key`.
    Missing,
    /// A number, a list, a mapping.
    Other,
    /// Only Ansible can tell.
    Unknown,
}

/// One item of a key list.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'d> {
    /// The position in its list.
    pub(crate) index: usize,
    /// The item.
    pub(crate) item: NodeId,
    /// The key.
    pub(crate) text: KeyText<'d>,
    /// Where its text stands; the item where there is none.
    pub(crate) text_node: NodeId,
    /// The item is a mapping, as `authorized_keys` wants it.
    pub(crate) is_mapping: bool,
    /// Its `state`.
    pub(crate) state: State,
    /// Where that stands.
    pub(crate) state_node: Option<NodeId>,
}

/// The keys under one field.
#[derive(Debug, Clone)]
pub(crate) struct KeyList<'d> {
    /// The field's name in the file.
    pub(crate) key_node: NodeId,
    /// What stands under it, as Ansible has it.
    pub(crate) value: Value<'d>,
    /// Its items; a lone string counts as one.
    pub(crate) entries: Vec<Entry<'d>>,
}

impl<'d> KeyList<'d> {
    fn of(document: &'d Document<'_>, holder: NodeId, field: Field) -> Option<Self> {
        let (key_node, node) = document.entry(holder, field.key())?;
        let value = Value::of(document, node);
        let mut entries = Vec::new();
        match value {
            Value::Text(_) => entries.push(Entry::of(document, 0, node)),
            _ => {
                for (index, item) in document.items(node).iter().enumerate() {
                    match document.items(*item) {
                        // `with_items`, which walks over this field, flattens lists in the list.
                        inner if field == Field::AuthorizedSshKeys && !inner.is_empty() => {
                            entries.extend(inner.iter().map(|item| Entry::of(document, index, *item)));
                        }
                        _ => entries.push(Entry::of(document, index, *item)),
                    }
                }
            }
        }
        Some(Self { key_node, value, entries })
    }
}

impl<'d> Entry<'d> {
    fn of(document: &'d Document<'_>, index: usize, item: NodeId) -> Self {
        let value = Value::of(document, item);
        let is_mapping = value == Value::Map;
        let text_node = if is_mapping { document.get(item, "public_key") } else { Some(item) };
        let text = match text_node.map(|node| Value::of(document, node)) {
            None | Some(Value::Null) => KeyText::Missing,
            Some(Value::Text(text)) => KeyText::Text(text),
            Some(Value::Unknown) => KeyText::Unknown,
            Some(_) => KeyText::Other,
        };
        let state_node = document.get(item, "state");
        let state = state_node.map_or(State::Present, |node| State::of(&Value::of(document, node)));
        Self { index, item, text, text_node: text_node.unwrap_or(item), is_mapping, state, state_node }
    }
}

impl State {
    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Text("present") => Self::Present,
            Value::Text("absent") => Self::Absent,
            Value::Unknown => Self::Unknown,
            _ => Self::Wrong,
        }
    }
}

/// A person.
#[derive(Debug, Clone)]
pub(crate) struct Person<'d> {
    /// Where the entry stands, and its name as written.
    pub(crate) user: User,
    /// The name of the account that Spin creates; none where there is none or only Ansible can tell.
    pub(crate) account: Option<Cow<'d, str>>,
    /// The groups.
    pub(crate) groups: Groups<'d>,
    /// Whether the account shall be there.
    pub(crate) state: State,
    /// `authorized_keys`, which Spin reads.
    pub(crate) keys: Option<KeyList<'d>>,
    /// `authorized_ssh_keys`, which it does not.
    pub(crate) unread: Option<KeyList<'d>>,
}

impl<'d> Person<'d> {
    fn of(document: &'d Document<'_>, user: User) -> Self {
        let node = user.node;
        let account = match (user.by_name, Value::at(document, node, "username")) {
            (true, _) => user.name.clone().map(Cow::Owned),
            (false, value) => value.and_then(|value| value.printed()),
        };
        Self {
            account,
            groups: Groups::of(document, node),
            state: Value::at(document, node, "state").map_or(State::Present, |value| State::of(&value)),
            keys: KeyList::of(document, node, Field::AuthorizedKeys),
            unread: KeyList::of(document, node, Field::AuthorizedSshKeys),
            user,
        }
    }

    /// As people call it: the name as it is written, or where the entry stands.
    pub(crate) fn called(&self) -> String {
        let name = self.user.name.as_deref().or(self.account.as_deref()).filter(|name| !name.is_empty());
        name.map_or_else(|| self.user.place(), crate::yaml::quote)
    }

    /// Whether Spin counts the user as one of sudo: `'sudo' in item.groups`.
    pub(crate) fn in_sudo(&self) -> bool {
        match &self.groups {
            Groups::List(groups) => groups.iter().any(|group| group == "sudo"),
            Groups::Text(text) => text.contains("sudo"),
            _ => false,
        }
    }

    /// Whether their item 0 goes to the deploy account.
    pub(crate) fn feeds_deploy(&self) -> bool {
        self.in_sudo() && self.user.section == Section::Users && !self.user.by_name
    }
}

impl<'d> Groups<'d> {
    fn of(document: &'d Document<'_>, user: NodeId) -> Self {
        match Value::at(document, user, "groups") {
            None | Some(Value::Null) => Self::None,
            Some(Value::Text(text)) => Self::Text(text),
            Some(Value::List(items)) => Self::list(document, items),
            // Joined and searched like a list: a mapping by its keys.
            Some(Value::Map) => {
                let keys = document.get(user, "groups").map_or(&[][..], |node| document.entries(node));
                Self::List(keys.iter().filter_map(|(key, _)| Value::of(document, *key).printed()).collect())
            }
            Some(Value::Unknown) => Self::Unknown,
            Some(_) => Self::Other,
        }
    }
}

impl<'d> Groups<'d> {
    /// Names are joined, split at commas and trimmed; what is neither a text nor a number is a group that nobody has.
    fn list(document: &'d Document<'_>, items: &[NodeId]) -> Self {
        let values: Vec<Value<'_>> = items.iter().map(|item| Value::of(document, *item)).collect();
        let names: Vec<Cow<'_, str>> = values
            .iter()
            .filter(|value| **value != Value::Unknown)
            .map(|value| value.printed().unwrap_or(Cow::Borrowed(NO_NAME)))
            .collect();
        let may_be_sudo = values.contains(&Value::Unknown) && !names.iter().any(|name| name == "sudo");
        if may_be_sudo { Self::Unknown } else { Self::List(names) }
    }
}

/// What stands for an item of `groups` that is null, a list or a mapping.
pub(crate) const NO_NAME: &str = "(no name)";

/// `docker_user`, as far as it is a mapping.
#[derive(Debug, Clone)]
pub(crate) struct Deploy<'d> {
    /// The key in the file.
    pub(crate) key_node: NodeId,
    /// What stands under it.
    pub(crate) node: NodeId,
    /// `username`, as Ansible has it; none where it is not there.
    pub(crate) username: Option<Value<'d>>,
    /// `authorized_ssh_keys`, which Spin reads.
    pub(crate) keys: Option<KeyList<'d>>,
    /// `authorized_keys`, which it does not.
    pub(crate) unread: Option<KeyList<'d>>,
}

/// Everybody.
#[derive(Debug)]
pub(crate) struct Config<'d> {
    /// The entries of `users`, then those of `additional_users`.
    pub(crate) people: Vec<Person<'d>>,
    /// `docker_user`; none where the role's default counts.
    pub(crate) deploy: Option<Deploy<'d>>,
    /// The name of the deploy account; none where there is none or only Ansible can tell.
    pub(crate) deploy_account: Option<Cow<'d, str>>,
}

impl<'d> Config<'d> {
    /// Reads a document.
    pub(crate) fn of(document: &'d Document<'_>) -> Self {
        let people = users(document).into_iter().map(|user| Person::of(document, user)).collect();
        let key_node = document.root().and_then(|root| document.entry(root, "docker_user")).map(|entry| entry.0);
        let deploy = docker_user(document).zip(key_node).map(|(node, key_node)| Deploy {
            key_node,
            node,
            username: Value::at(document, node, "username"),
            keys: KeyList::of(document, node, Field::AuthorizedSshKeys),
            unread: KeyList::of(document, node, Field::AuthorizedKeys),
        });
        let deploy_account = match &deploy {
            None => Some(Cow::Borrowed(crate::spin::config::user::DEFAULT_ACCOUNT)),
            Some(deploy) => deploy.username.as_ref().and_then(Value::printed),
        };
        Self { people, deploy, deploy_account }
    }
}
