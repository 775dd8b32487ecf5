//! The people in a `.spin.yml`: `users` and `additional_users`, as a list of mappings or a mapping by name.

use super::ansible_value::{self, Value};
use super::key_list::KeyList;
use super::layout::{DEFAULT_ACCOUNT, DOCKER_USER, Field, SUDO, Section};
use super::names;
use super::state::State;
use crate::yaml::{Data, Document, Kind, NodeId, Path, Refusal, Step, resolves_to_text};
use std::borrow::Cow;

#[derive(Debug, Clone)]
pub struct User {
    pub section: Section,
    /// The name as written; `None` if it is missing or known only to Ansible (an alias, a merged mapping, `!vault`).
    pub name: Option<String>,
    /// The node of the name: the value of `username`, or the key in mapping form; the entry itself if there is no name.
    pub name_node: NodeId,
    /// The mapping that describes the user.
    pub node: NodeId,
    /// Path of that mapping.
    pub path: Path,
    /// The entry is in a mapping by name, which Spin cannot read.
    pub by_name: bool,
    /// How many entries right before it are left out of the document.
    pub left_out: usize,
}

impl User {
    /// The path of the entry: `users[0]`, `users.alice`.
    #[must_use]
    pub fn place(&self) -> String {
        names::in_short(Cow::Owned(crate::yaml::path_text(&self.path))).into_owned()
    }

    /// The groups, if they are a list of strings.
    #[must_use]
    pub fn groups<'d>(&self, document: &'d Document<'_>) -> Vec<&'d str> {
        let list =
            document.get(self.node, "groups").map_or(&[][..], |node| document.items(document.follow_alias(node)));
        list.iter().filter_map(|item| document.scalar(document.follow_alias(*item))).collect()
    }
}

/// All entries of `users` and `additional_users`, in the order of the file.
#[must_use]
pub fn users(document: &Document<'_>) -> Vec<User> {
    let Some(root) = document.root() else { return Vec::new() };
    let mut found = Vec::new();
    for section in Section::ALL {
        let Some(node) = document.get(root, section.key()) else { continue };
        let top = Step::Key(section.key().to_owned());
        let mut expected = 0;
        for (index, item) in document.numbered(node) {
            let written = document.get(item, "username").filter(|name| is_readable(document, *name));
            found.push(User {
                section,
                name: written.and_then(|name| document.scalar(name)).map(str::to_owned),
                name_node: written.unwrap_or(item),
                node: item,
                path: vec![top.clone(), Step::Index(index)],
                by_name: false,
                left_out: index - expected,
            });
            expected = index + 1;
        }
        for (key, value) in document.entries(node) {
            let Some(name) = document.name(*key) else { continue };
            found.push(User {
                section,
                name: Some(name.to_owned()),
                name_node: *key,
                node: *value,
                path: vec![top.clone(), Step::Key(name.to_owned())],
                by_name: true,
                left_out: 0,
            });
        }
    }
    found
}

/// Whether the scalar's text says what Ansible reads: a `!vault` value does not.
fn is_readable(document: &Document<'_>, name: NodeId) -> bool {
    let hidden = matches!(document.node(name).data, Data::Vault | Data::Bytes | Data::Unknown);
    document.scalar(name).is_some() && !hidden
}

/// The only entry with that name, if there is one.
///
/// # Errors
/// Two entries have that name, or Ansible does not read the name as this text.
pub(crate) fn find<'u>(document: &Document<'_>, users: &'u [User], name: &str) -> Result<Option<&'u User>, Refusal> {
    let mut same = users.iter().filter(|user| user.name.as_deref() == Some(name));
    let Some(user) = same.next() else { return Ok(None) };
    let line_of = |user: &User| document.place(user.name_node).0;
    let is_alias_of = |user: &&User| {
        let written = document.get(user.node, "username").filter(|_| user.name.is_none());
        written.is_some_and(|node| document.scalar(document.follow_alias(node)) == Some(name))
    };
    if let Some(second) = same.next().or_else(|| users.iter().find(is_alias_of)) {
        return Err(document.refuse_node(
            second.name_node,
            format!("{name} is listed twice, on lines {} and {}", line_of(user), line_of(second)),
            "merge both into one entry, or remove one of them",
        ));
    }
    let plain = matches!(&document.node(user.name_node).kind, Kind::Scalar { style, .. } if *style == crate::yaml::ScalarStyle::Plain);
    let number = !name.starts_with('0') && name.chars().all(|c| c.is_ascii_digit());
    if plain && !number && !resolves_to_text(name) {
        return Err(document.refuse_node(
            user.name_node,
            format!("without quotes Ansible does not read `{name}` as text (`yes` becomes the account True)"),
            format!("write \"{name}\" here, then run this again"),
        ));
    }
    Ok(Some(user))
}

/// The value of `docker_user`.
pub(crate) fn docker_user(document: &Document<'_>) -> Option<NodeId> {
    document.root().and_then(|root| document.get(root, DOCKER_USER))
}

/// The name of the deploy account.
#[must_use]
pub fn deploy_account(document: &Document<'_>) -> String {
    let name = docker_user(document).and_then(|node| document.get(node, "username"));
    let name = name
        .map(|node| document.follow_alias(node))
        .filter(|node| !document.is_null(*node))
        .and_then(|node| document.scalar(node));
    name.unwrap_or(DEFAULT_ACCOUNT).to_owned()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Groups<'d> {
    /// Missing, or null.
    None,
    /// A string, which Spin reads letter by letter.
    Text(&'d str),
    /// A list: the groups that are known.
    List(Vec<Cow<'d, str>>),
    /// A number or a boolean.
    Other,
    /// Known only to Ansible.
    Unknown,
}

/// A person.
#[derive(Debug, Clone)]
pub(crate) struct Person<'d> {
    /// The entry, with the name as written.
    pub(crate) user: User,
    /// The name of the account that Spin creates; `None` if it is missing or known only to Ansible.
    pub(crate) account: Option<Cow<'d, str>>,
    pub(crate) groups: Groups<'d>,
    pub(crate) state: State,
    /// `authorized_keys`, which Spin reads.
    pub(crate) keys: Option<KeyList<'d>>,
    /// `authorized_ssh_keys`, which Spin does not read.
    pub(crate) unread: Option<KeyList<'d>>,
}

impl<'d> Person<'d> {
    pub(super) fn of(document: &'d Document<'_>, user: User) -> Self {
        let node = user.node;
        let account = match (user.by_name, Value::at(document, node, "username")) {
            (true, _) => user.name.clone().map(Cow::Owned),
            // A list becomes a name such as `['bob']`.
            (false, Some(Value::List(_) | Value::Map)) => {
                document.get(node, "username").and_then(|name| ansible_value::text(document, name))
            }
            (false, value) => value.and_then(|value| value.printed()),
        };
        Self {
            account: account.map(names::in_short),
            groups: Groups::of(document, node),
            state: Value::at(document, node, "state").map_or(State::Present, |value| State::of(&value)),
            keys: KeyList::of(document, node, Field::AuthorizedKeys),
            unread: KeyList::of(document, node, Field::AuthorizedSshKeys),
            user,
        }
    }

    /// The name for messages: the name as written, or the path of the entry.
    pub(crate) fn called(&self) -> String {
        let name = self.user.name.as_deref().or(self.account.as_deref()).filter(|name| !name.is_empty());
        name.map_or_else(|| self.user.place(), crate::yaml::quote)
    }

    /// Whether Spin counts the user as in sudo: `'sudo' in item.groups`.
    pub(crate) fn in_sudo(&self) -> bool {
        match &self.groups {
            Groups::List(groups) => groups.iter().any(|group| group == SUDO),
            Groups::Text(text) => text.contains(SUDO),
            _ => false,
        }
    }

    /// Whether Spin installs their item 0 for the deploy account.
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
            // A mapping is joined and searched like a list of its keys.
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
    /// Names are joined, split at commas and trimmed; an item that is neither a text nor a number is a group that does
    /// not exist.
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

/// The name of an item of `groups` that is null, a list or a mapping.
pub(crate) const NO_NAME: &str = "(no name)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_behind_a_tag_is_not_what_its_text_says() {
        let names = |text: &str| {
            let document = Document::parse(text).unwrap();
            users(&document).into_iter().map(|user| user.name.unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(names("!!str users:\n  !!str alice: {}\n"), ["alice"]);
        assert_eq!(names("! additional_users:\n- username: !unsafe alice\n- username: ! \"bob\"\n"), ["alice", "bob"]);
        assert_eq!(names("!foo users:\n  - username: alice\n"), [""; 0]);
        assert_eq!(names("users:\n  !foo alice: {}\n  !<!unsafe> bob: {}\n"), ["bob"]);
        assert!(Document::parse("!vault users:\n  - username: alice\n").is_err());
    }
}
