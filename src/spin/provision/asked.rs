//! What each entry of a person asks of Ansible's modules. It depends on the file alone, and is read once for all runs.

use super::arguments::{Argument, path, usual_home};
use super::outcome::Failure;
use super::user_module::{Rules, Text, Uid, User, Words, group_words};
use crate::key::{self, ModuleResult};
use crate::spin::config::Config;
use crate::spin::config::ansible_value::{self, Value};
use crate::spin::config::key_list::KeyText;
use crate::spin::config::names::is_account_name;
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::yaml::{Document, NodeId};
use std::borrow::Cow;
use std::rc::Rc;

pub(super) struct Asked<'d> {
    /// Why the entry creates no account.
    pub(super) refused_name: Option<Box<Failure>>,
    /// Why the module does not take its arguments.
    pub(super) refused_arguments: Option<Box<Failure>>,
    /// Why the groups cannot be joined.
    pub(super) refused_groups: Option<Box<Failure>>,
    /// The account; `None` without a known name.
    pub(super) user: Option<User<'d>>,
    /// `with_subelements` leaves the entry out (ansible-core `plugins/lookup/subelements.py`).
    pub(super) is_skipped: bool,
    /// What the module makes of each of the person's keys.
    pub(super) written: Vec<ModuleResult>,
}

impl<'d> Asked<'d> {
    /// What all entries ask for, in order.
    pub(super) fn all(document: &'d Document<'_>, config: &Config<'d>) -> Vec<Self> {
        config.people.iter().map(|person| Self::of(document, person)).collect()
    }

    fn of(document: &'d Document<'_>, person: &Person<'d>) -> Self {
        let node = person.user.node;
        let names = ["homedir", "name", "password", "shell", "skipped", "uid", "update_password", "username"];
        let [home, name, password, shell, skipped, uid, update, username] = document.get_each(node, names);
        let field = |value: Option<NodeId>| value.map(|value| Argument::at(document, value));
        let optional = |value: Option<NodeId>| field(value.filter(|value| !document.is_null(*value)));
        let (update, uid) = (field(update), optional(uid));
        let always_sets_password = update.as_ref().and_then(Argument::text) == Some("always");
        let refused_arguments = refused_arguments(document, update.as_ref(), uid.as_ref());
        let (groups, refused_groups) = match groups(document, person) {
            Ok(groups) => (groups, None),
            Err(failure) => (None, Some(Box::new(failure))),
        };
        let text = |argument: Argument<'_>, make: fn(&str) -> Rc<str>| Text {
            text: argument.text().map(make),
            at: at(document, argument.node),
        };
        let user = person.account.as_deref().map(|account| User {
            name: account.into(),
            at: at(document, username.unwrap_or(person.user.name_node)),
            comment: field(name).map(|name| text(name, |name| name.into())),
            groups,
            primary: None,
            usual_home: usual_home(account),
            home: optional(home),
            password: field(password),
            shell: optional(shell).map(|shell| text(shell, |shell| path(shell).into())),
            uid: uid.map_or(Uid::Any, Uid::Of),
            always_sets_password,
            rules: Rules { uid: "SK225", home: "SK226" },
        });
        let written = person.keys.iter().flat_map(|list| &list.entries).map(|entry| match entry.text {
            KeyText::Text(text) => key::ansible_writes(text),
            _ => ModuleResult::Lines(Vec::new()),
        });
        Self {
            refused_name: refused_name(document, person, username).map(Box::new),
            refused_arguments: refused_arguments.map(Box::new),
            refused_groups,
            user,
            is_skipped: skipped.is_some_and(|skipped| Value::of(document, skipped) != Value::Bool(false)),
            written: written.collect(),
        }
    }
}

fn at(document: &Document<'_>, node: NodeId) -> usize {
    document.node(node).start
}

/// Why the module does not take its arguments.
fn refused_arguments(
    document: &Document<'_>,
    update: Option<&Argument<'_>>,
    uid: Option<&Argument<'_>>,
) -> Option<Failure> {
    let is_word = |argument: &Argument<'_>| matches!(argument.text(), None | Some("always" | "on_create"));
    let update = update.filter(|update| !is_word(update)).map(|update| Failure::at("SK231", at(document, update.node)));
    let uid = uid.filter(|uid| uid.int() == Some(Err(()))).map(|uid| Failure::at("SK225", at(document, uid.node)));
    update.or(uid)
}

/// Why an entry creates no account: it is none, or has no name or state that the module takes.
fn refused_name(document: &Document<'_>, person: &Person<'_>, username: Option<NodeId>) -> Option<Failure> {
    let user = person.user.node;
    let name_at = at(document, username.unwrap_or(user));
    if !matches!(Value::of(document, user), Value::Map | Value::Unknown) {
        return Some(Failure::at("SK203", at(document, user)));
    }
    if person.state == State::Wrong {
        return Some(Failure::at("SK220", at(document, document.get(user, "state").unwrap_or(user))));
    }
    match (username.map(|name| Value::of(document, name)), person.account.as_deref()) {
        (Some(Value::Unknown), _) => None,
        (_, Some(name)) if is_account_name(name) => None,
        // There is no such account to be removed.
        (Some(Value::Null), None) | (_, Some(_)) if person.state == State::Absent => None,
        (Some(Value::Number(None)), None) => None,
        (_, Some(_)) => Some(Failure::at("SK207", name_at)),
        (_, None) => Some(Failure::at("SK204", name_at)),
    }
}

/// The words of `item.groups | join(',')`, each with its item; `None` if they are known only to Ansible.
fn groups(document: &Document<'_>, person: &Person<'_>) -> Result<Option<Words>, Failure> {
    let Some((key, list)) = document.entry(person.user.node, "groups") else {
        // ansible-core 2.21 omits what is not there.
        return Ok(None);
    };
    match &person.groups {
        Groups::None => Ok(None),
        Groups::Unknown => Ok(None),
        Groups::Text("") => Ok(Some(Vec::new())),
        Groups::Text(_) | Groups::Other => Err(Failure::at("SK211", at(document, key))),
        Groups::List(_) => {
            let keys = document.entries(list).iter().map(|(key, _)| *key);
            let items = document.items(list).iter().copied().chain(keys);
            let word = |item: NodeId| match Value::of(document, item) {
                Value::Unknown => None,
                Value::Null | Value::List(_) | Value::Map => Some(Err(Failure::at("SK211", at(document, item)))),
                _ => Some(Ok((ansible_value::text(document, item)?, item))),
            };
            let words: Result<Vec<(Cow<'_, str>, NodeId)>, Failure> = items.filter_map(word).collect();
            words.map(|words| Some(group_words(&words)))
        }
    }
}
