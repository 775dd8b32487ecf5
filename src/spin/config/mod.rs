//! All accounts and keys in a file, as Spin's roles read them.

pub(crate) mod ansible_value;
pub(crate) mod key_list;
pub(crate) mod layout;
pub(crate) mod names;
pub(crate) mod principals;
pub(crate) mod state;
pub(crate) mod template;
pub(crate) mod user;
pub mod variables;
pub(crate) mod written_keys;

use crate::yaml::{Document, NodeId};
use ansible_value::Value;
use key_list::KeyList;
use layout::{DEFAULT_ACCOUNT, DOCKER_USER, Field};
use state::State;
use std::borrow::Cow;
use user::{Groups, Person, docker_user, users};

/// `docker_user`, if it is a mapping.
#[derive(Debug, Clone)]
pub(crate) struct Deploy<'d> {
    /// The key in the file.
    pub(crate) key_node: NodeId,
    pub(crate) node: NodeId,
    /// `username`, as Ansible reads it; `None` if it is missing.
    pub(crate) username: Option<Value<'d>>,
    /// `authorized_ssh_keys`, which Spin reads.
    pub(crate) keys: Option<KeyList<'d>>,
    /// `authorized_keys`, which Spin does not read.
    pub(crate) unread: Option<KeyList<'d>>,
}

#[derive(Debug)]
pub struct Config<'d> {
    /// The entries of `users`, then those of `additional_users`.
    pub(crate) people: Vec<Person<'d>>,
    /// `docker_user`; `None` if the role's default applies.
    pub(crate) deploy: Option<Deploy<'d>>,
    /// The name of the deploy account; `None` if there is no such account, or its name is known only to Ansible.
    pub(crate) deploy_account: Option<Cow<'d, str>>,
}

impl<'d> Config<'d> {
    /// Reads a document.
    #[must_use]
    pub fn of(document: &'d Document<'_>) -> Self {
        let people = users(document).into_iter().map(|user| Person::of(document, user)).collect();
        let key_node = document.root().and_then(|root| document.entry(root, DOCKER_USER)).map(|entry| entry.0);
        let deploy = docker_user(document).zip(key_node).map(|(node, key_node)| Deploy {
            key_node,
            node,
            username: Value::at(document, node, "username"),
            keys: KeyList::of(document, node, Field::AuthorizedSshKeys),
            unread: KeyList::of(document, node, Field::AuthorizedKeys),
        });
        let deploy_account = match &deploy {
            None => Some(Cow::Borrowed(DEFAULT_ACCOUNT)),
            Some(deploy) => deploy.username.as_ref().and_then(Value::printed).map(names::in_short),
        };
        Self { people, deploy, deploy_account }
    }

    /// Whether an entry only takes keys from the deploy account: it has that name, no groups, and only absent keys.
    pub(crate) fn is_revocation(&self, person: &Person<'_>) -> bool {
        let keys = person.keys.iter().flat_map(|list| &list.entries);
        person.account.is_some()
            && person.account == self.deploy_account
            && matches!(&person.groups, Groups::List(groups) if groups.is_empty())
            && person.keys.as_ref().is_some_and(|list| !list.entries.is_empty())
            && keys.into_iter().all(|entry| entry.state == State::Absent)
    }
}
