//! People: the entries of `users` and `additional_users`.

use super::Checker;
use super::rules::{keys, people as rule};
use crate::spin::config::ansible_value::{Value, is_template, is_whole_template};
use crate::spin::config::names::is_account_name;
use crate::spin::config::user::Section;
use crate::spin::config::{Groups, Person, State};
use crate::spin::provision::groups;
use crate::spin::provision::validate_inputs;
use crate::yaml::{Edit, New, NodeId, Quote, Step, quote};
use std::collections::HashMap;

/// The fields of a user that the roles read (roles/linux_common/tasks/users.yml), and the one that has a rule of its own.
const FIELDS: [&str; 11] = [
    "username",
    "name",
    "groups",
    "authorized_keys",
    "authorized_ssh_keys",
    "state",
    "password",
    "shell",
    "homedir",
    "uid",
    "update_password",
];

impl Checker<'_, '_, '_> {
    /// SK2, and the keys of people.
    pub(super) fn people(&mut self) {
        let config = self.config;
        for section in Section::ALL {
            self.section(section);
        }
        let needs_password = validate_inputs::needs_password(self.document);
        for person in &config.people {
            self.person(person, needs_password);
        }
        self.same_names();
        self.other_templates();
        self.somebody_in_sudo();
    }

    fn section(&mut self, section: Section) {
        let document = self.document;
        let entry = document.root().and_then(|root| document.entry(root, section.key()));
        let name = section.key();
        let Some((key, node)) = entry else {
            if section == Section::Users
                && document.root().is_none_or(|root| matches!(Value::of(document, root), Value::Map | Value::Null))
            {
                let start = document.root().map_or(0, |root| document.node(root).start);
                self.add_at(&rule::NO_USERS, start..start, "the file has no `users`");
            }
            return;
        };
        match Value::of(document, node) {
            Value::Null if section == Section::Users => {
                self.add(&rule::NO_USERS, key, "`users` holds nothing");
            }
            Value::Null => {
                self.add(&rule::USERS_NOT_A_LIST, key, "`additional_users` holds nothing")
                    .help("remove the line, or write `additional_users: []`");
            }
            Value::List(items) if items.is_empty() && section == Section::Users && self.config.people.is_empty() => {
                self.add(&rule::NO_USERS, key, "`users` is empty");
            }
            Value::Map => {
                self.add(&rule::USERS_NOT_A_LIST, key, format!("`{name}` is a mapping by name"));
            }
            Value::Text(_) | Value::Bool(_) | Value::Number(_) => {
                self.add(&rule::USERS_NOT_A_LIST, key, format!("`{name}` is no list"));
            }
            Value::List(_) | Value::Unknown => {}
        }
    }

    fn person(&mut self, person: &Person<'_>, needs_password: bool) {
        let document = self.document;
        let node = person.user.node;
        match Value::of(document, node) {
            Value::Map => {}
            Value::Unknown => return,
            _ => {
                self.add(&rule::USER_NOT_A_MAPPING, node, format!("{} is no mapping", person.user.place()));
                return;
            }
        }
        if !person.user.by_name {
            self.name(person);
        }
        let who = person.called();
        for (key, _) in document.entries(node) {
            let field = document.scalar(*key).unwrap_or_default();
            if !FIELDS.contains(&field) {
                self.add(&rule::UNKNOWN_FIELD, *key, format!("{who} has a field `{}`", quote(field)));
            }
        }
        if person.state == State::Wrong {
            self.add(
                &rule::BAD_USER_STATE,
                document.get(node, "state").unwrap_or(node),
                format!("{who} has a `state` that is neither `present` nor `absent`"),
            );
        }
        self.groups(person, &who);
        let has_password = validate_inputs::has_password(document, person);
        if needs_password && person.in_sudo() && !has_password {
            self.add(
                &rule::NO_PASSWORD,
                person.user.name_node,
                format!("{who} is in sudo without a `password`, and `use_passwordless_sudo` is false"),
            );
        }
        if validate_inputs::has_bad_password(document, person) && person.state != State::Absent {
            let key = document.entry(node, "password").map_or(node, |entry| entry.0);
            self.add(&rule::BAD_PASSWORD, key, format!("the `password` of {who} is null or a number"));
        } else if has_password && person.state != State::Absent {
            let key = document.entry(node, "password").map_or(node, |entry| entry.0);
            self.add(&rule::PASSWORD_SET, key, format!("{who} has a `password`"));
        }
        self.key_lists(person, &who);
    }

    fn name(&mut self, person: &Person<'_>) {
        let document = self.document;
        let node = document.get(person.user.node, "username");
        let set = |value: &str| {
            let path = [person.user.path.clone(), vec![Step::Key("username".to_owned())]].concat();
            vec![Edit::Replace { path, with: New::Text { value: value.to_owned(), quote: Quote::Double } }]
        };
        let at = node.unwrap_or(person.user.node);
        let written = document.scalar(at).unwrap_or_default();
        match node.map(|node| Value::of(document, node)) {
            None | Some(Value::Null) => {
                self.add(&rule::NO_USERNAME, at, format!("{} has no `username`", person.user.place()));
            }
            Some(Value::Number(Some(text))) if text == written && text.contains('-') => {
                let message = format!(
                    "without quotes `{}` is a date to YAML, with which ansible-core 2.18 fails",
                    quote(written)
                );
                self.add(&rule::USERNAME_READ_AS_OTHER, at, message).fix(set(written));
            }
            Some(Value::Number(Some(text))) if text == written => {
                self.add(&rule::USERNAME_IS_NUMBER, at, format!("the name `{}` is a number", quote(written)));
            }
            Some(Value::Bool(_) | Value::Number(_)) => {
                let becomes =
                    person.account.as_deref().map_or_else(|| "something else".to_owned(), |name| format!("`{name}`"));
                self.add(
                    &rule::USERNAME_READ_AS_OTHER,
                    at,
                    format!("without quotes `{}` is no text to YAML: the account becomes {becomes}", quote(written)),
                )
                .fix(set(written));
            }
            Some(Value::Text(name)) => self.text_name(name, at),
            Some(Value::Unknown) if is_template(written) => self.template(at, written, "the name"),
            Some(Value::Unknown) => {}
            Some(Value::List(_) | Value::Map) => {
                self.add(&rule::BAD_USERNAME, at, "a `username` is a word");
            }
        }
    }

    pub(super) fn text_name(&mut self, name: &str, at: NodeId) {
        if !is_account_name(name) {
            self.add(&rule::BAD_USERNAME, at, format!("Linux takes no account of the name `{}`", quote(name)));
        } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
            self.add(&rule::USERNAME_IS_NUMBER, at, format!("the name `{name}` is a number"));
        }
    }

    fn groups(&mut self, person: &Person<'_>, who: &str) {
        let document = self.document;
        let node = person.user.node;
        let at = document.entry(node, "groups").map_or(person.user.name_node, |entry| entry.0);
        let path = || [person.user.path.clone(), vec![Step::Key("groups".to_owned())]].concat();
        let list = |items: Vec<New>| New::List { items, flow: true };
        match &person.groups {
            Groups::None if document.entry(node, "groups").is_none() => {
                let entries = vec![("groups".to_owned(), list(Vec::new()))];
                let edit = Edit::Insert { path: person.user.path.clone(), entries, above: None };
                self.add(&rule::NO_GROUPS, at, format!("{who} has no `groups`")).fix(vec![edit]);
            }
            Groups::None => {
                let edit = Edit::Replace { path: path(), with: list(Vec::new()) };
                self.add(&rule::NO_GROUPS, at, format!("{who} has an empty `groups`")).fix(vec![edit]);
            }
            Groups::Text("") => {}
            Groups::Text(text) => {
                let words = text.split([',', ' ']).filter(|word| !word.is_empty());
                let items = words.map(|word| New::Text { value: word.to_owned(), quote: Quote::Single }).collect();
                let edit = Edit::Replace { path: path(), with: list(items) };
                self.add(&rule::GROUPS_NOT_A_LIST, at, format!("{who} has `groups` as a string")).fix(vec![edit]);
            }
            Groups::Other => {
                self.add(&rule::GROUPS_NOT_A_LIST, at, format!("{who} has `groups` that are no list"));
            }
            Groups::List(_) if person.state != State::Absent => self.group_names(person, who),
            Groups::List(_) | Groups::Unknown => {}
        }
    }

    fn group_names(&mut self, person: &Person<'_>, who: &str) {
        let document = self.document;
        let list = document.get(person.user.node, "groups");
        for item in list.iter().flat_map(|list| document.items(*list)) {
            let value = Value::of(document, *item);
            if matches!(value, Value::Null | Value::List(_) | Value::Map) {
                self.add(&rule::GROUPS_NOT_A_LIST, *item, format!("an item of `groups` of {who} is no name"));
            }
            let Some(group) = value.printed() else { continue };
            if group == "docker" {
                self.add(
                    &rule::NO_SUCH_GROUP,
                    *item,
                    format!("{who} is in `docker`, which a new server does not have yet"),
                );
            } else if groups::missing(&group).is_some() {
                self.add(
                    &rule::UNKNOWN_GROUP,
                    *item,
                    format!("{who} is in `{}`, a group that a new server does not have", quote(&group)),
                );
            }
        }
    }

    /// Texts of users that are no names and no keys are evaluated all the same, and a broken one ends the run.
    fn other_templates(&mut self) {
        let document = self.document;
        for node in validate_inputs::unresolved(document) {
            let start = document.node(node).start;
            let is_broken = !is_whole_template(document.scalar(node).unwrap_or_default());
            let is_told = || {
                self.findings
                    .iter()
                    .any(|found| found.span.start == start && found.rule.code == keys::BROKEN_TEMPLATE.code)
            };
            if is_broken && !is_told() {
                self.add(&keys::BROKEN_TEMPLATE, node, "a template begins here and does not end");
            }
        }
    }

    fn same_names(&mut self) {
        let mut first: HashMap<&str, NodeId> = HashMap::new();
        let mut again = Vec::new();
        for person in &self.config.people {
            let Some(account) = person.account.as_deref() else { continue };
            match first.get(account) {
                Some(node) => again.push((person.user.name_node, *node, crate::yaml::quote(account))),
                None => drop(first.insert(account, person.user.name_node)),
            }
        }
        for (node, other, account) in again {
            let line = self.lines.place(self.document.node(other).start).0;
            self.add(&rule::DUPLICATE_USER, node, format!("{account} is listed on line {line} already"));
        }
    }

    fn somebody_in_sudo(&mut self) {
        let document = self.document;
        let knows_all = Section::ALL.iter().all(|section| {
            let value = document.root().and_then(|root| Value::at(document, root, section.key()));
            matches!(value, None | Some(Value::List(_)))
        });
        let people = &self.config.people;
        let may_be = |person: &Person<'_>| {
            person.in_sudo()
                || person.groups == Groups::Unknown
                || Value::of(document, person.user.node) == Value::Unknown
        };
        if !knows_all || people.is_empty() || people.iter().any(may_be) {
            return;
        }
        let entry = document.root().and_then(|root| document.entry(root, "users"));
        if let Some((key, _)) = entry {
            self.add(&rule::NO_SUDO, key, "nobody in `users` is in `sudo`");
        }
    }
}
