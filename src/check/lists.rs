//! Key lists: whether Spin reads the field, and whether what stands in it has the form that Spin wants.

use super::Checker;
use super::rules::{deploy, people as rule};
use crate::spin::config::ansible_value::Value;
use crate::spin::config::layout::Field;
use crate::spin::config::{Entry, KeyList, KeyText, Person, State};
use crate::spin::plan::request::key_item;
use crate::yaml::{Edit, New, Path, Quote, Step};

impl Checker<'_, '_, '_> {
    /// The two fields of a person.
    pub(super) fn key_lists(&mut self, person: &Person<'_>, who: &str) {
        if let Some(unread) = &person.unread {
            let fix = if person.keys.is_none() {
                moved(&person.user.path, unread, Field::AuthorizedKeys)
            } else {
                Vec::new()
            };
            self.add(
                &rule::FIELD_NEVER_READ,
                unread.key_node,
                format!("{who} has `authorized_ssh_keys`, which Spin never reads for a user"),
            )
            .fix(fix);
            self.key_texts(&unread.entries, &field_path(&person.user.path, Field::AuthorizedSshKeys), who);
        }
        let is_person = person.state != State::Absent && !person.user.by_name;
        let Some(keys) = &person.keys else {
            if person.feeds_deploy() {
                let added = self.add(
                    &rule::SUDO_WITHOUT_KEY,
                    person.user.name_node,
                    format!("{who} is in sudo without `authorized_keys`"),
                );
                if person.unread.is_some() {
                    added.help(
                        "rename `authorized_ssh_keys` to `authorized_keys`, with items `- public_key: \"ssh-...\"`",
                    );
                }
            } else if is_person && person.unread.is_none() && !self.is_deploy_entry(person) {
                self.add(&rule::NO_KEY_AT_ALL, person.user.name_node, format!("{who} has no key"));
            }
            return;
        };
        match &keys.value {
            Value::List(items) if items.is_empty() && person.feeds_deploy() => {
                self.add(
                    &rule::SUDO_WITHOUT_KEY,
                    keys.key_node,
                    format!("{who} is in sudo and their `authorized_keys` is empty"),
                );
            }
            Value::List(items) if items.is_empty() && is_person && !self.is_deploy_entry(person) => {
                self.add(&rule::NO_KEY_AT_ALL, keys.key_node, format!("{who} has no key"));
            }
            Value::List(_) => self.user_items(person, keys, who),
            Value::Unknown => {}
            Value::Null => {
                self.add(&rule::KEYS_NOT_A_LIST, keys.key_node, format!("{who} has an empty `authorized_keys`"))
                    .help("give them a key: spin-keys add-user NAME; or write `authorized_keys: []`");
            }
            _ => {
                self.add(
                    &rule::KEYS_NOT_A_LIST,
                    keys.key_node,
                    format!("{who} has `authorized_keys` that are no list"),
                );
                self.key_texts(&keys.entries, &field_path(&person.user.path, Field::AuthorizedKeys), who);
            }
        }
    }

    /// An entry for the deploy account takes keys away from it; it needs none of its own.
    pub(super) fn is_deploy_entry(&self, person: &Person<'_>) -> bool {
        person.account.is_some() && person.account == self.config.deploy_account
    }

    fn user_items(&mut self, person: &Person<'_>, keys: &KeyList<'_>, who: &str) {
        for entry in &keys.entries {
            let path = || item_path(&person.user.path, Field::AuthorizedKeys, entry.index);
            match entry.text {
                KeyText::Unknown if !entry.is_mapping => {}
                _ if entry.is_mapping && entry.text == KeyText::Missing => self.without_text(entry, path(), who),
                KeyText::Text(text) if !entry.is_mapping => {
                    let edit =
                        Edit::Replace { path: path(), with: key_item(Field::AuthorizedKeys, text, Quote::Double) };
                    self.add(&rule::KEY_NOT_A_MAPPING, entry.item, format!("{who} has a key without `public_key:`"))
                        .fix(vec![edit]);
                }
                _ if !entry.is_mapping => {
                    self.add(
                        &rule::KEY_NOT_A_MAPPING,
                        entry.item,
                        format!("{who} has an item in `authorized_keys` that is no key"),
                    );
                }
                _ => {}
            }
        }
        self.key_texts(&keys.entries, &field_path(&person.user.path, Field::AuthorizedKeys), who);
    }

    /// A mapping without `public_key`: a key that YAML reads as a mapping, or a slip.
    fn without_text(&mut self, entry: &Entry<'_>, path: Path, who: &str) {
        if let Some(line) = self.key_read_as_mapping(entry) {
            let edit = Edit::Replace { path, with: key_item(Field::AuthorizedKeys, &line, Quote::Double) };
            self.colon(entry, vec![edit]);
            return;
        }
        let document = self.document;
        let at = document.entry(entry.item, "public_key").map_or(entry.item, |found| found.0);
        self.add(
            &rule::KEY_NOT_A_MAPPING,
            at,
            format!("{who} has an item in `authorized_keys` without a `public_key`"),
        );
    }

    /// `docker_user.authorized_ssh_keys` and the field that Spin does not read there.
    pub(super) fn deploy_lists(&mut self, path: &Path, keys: Option<&KeyList<'_>>, unread: Option<&KeyList<'_>>) {
        let who = "docker_user";
        if let Some(unread) = unread {
            let fix = if keys.is_none() { moved(path, unread, Field::AuthorizedSshKeys) } else { Vec::new() };
            self.add(
                &deploy::DEPLOY_FIELD_NEVER_READ,
                unread.key_node,
                "`docker_user` has `authorized_keys`, which Spin never reads there",
            )
            .fix(fix);
            self.key_texts(&unread.entries, &field_path(path, Field::AuthorizedKeys), who);
        }
        let Some(keys) = keys else { return };
        match &keys.value {
            Value::List(_) | Value::Text(_) => {}
            Value::Null | Value::Unknown => return,
            _ => {
                self.add(
                    &deploy::DEPLOY_KEYS_NOT_A_LIST,
                    keys.key_node,
                    "`docker_user.authorized_ssh_keys` holds neither a list nor a key",
                );
                return;
            }
        }
        for entry in &keys.entries {
            let path = || item_path(path, Field::AuthorizedSshKeys, entry.index);
            match entry.text {
                KeyText::Text(text) if entry.is_mapping => {
                    let fix = if entry.state == State::Present {
                        vec![Edit::Replace {
                            path: path(),
                            with: key_item(Field::AuthorizedSshKeys, text, Quote::Double),
                        }]
                    } else {
                        Vec::new()
                    };
                    self.add(
                        &deploy::DEPLOY_KEY_NOT_A_STRING,
                        entry.item,
                        "a key in `docker_user.authorized_ssh_keys` is a mapping",
                    )
                    .fix(fix);
                }
                _ if entry.is_mapping => match self.key_read_as_mapping(entry) {
                    Some(line) => self.colon(
                        entry,
                        vec![Edit::Replace {
                            path: path(),
                            with: key_item(Field::AuthorizedSshKeys, &line, Quote::Double),
                        }],
                    ),
                    None => drop(self.add(
                        &deploy::DEPLOY_KEY_NOT_A_STRING,
                        entry.item,
                        "an item of `docker_user.authorized_ssh_keys` is a mapping",
                    )),
                },
                KeyText::Missing | KeyText::Other => {
                    self.add(
                        &deploy::DEPLOY_KEY_NOT_A_STRING,
                        entry.item,
                        "an item of `docker_user.authorized_ssh_keys` is no string",
                    );
                }
                _ => {}
            }
        }
        self.key_texts(&keys.entries, &field_path(path, Field::AuthorizedSshKeys), who);
    }
}

/// The edits that move a list to the field that Spin reads: the field is renamed, and each item takes its form.
fn moved(holder: &Path, list: &KeyList<'_>, to: Field) -> Vec<Edit> {
    let from = match to {
        Field::AuthorizedKeys => Field::AuthorizedSshKeys,
        Field::AuthorizedSshKeys => Field::AuthorizedKeys,
    };
    let path = field_path(holder, from);
    let mut edits = vec![Edit::Rename { path: path.clone(), to: to.key().to_owned() }];
    let is_list = matches!(list.value, Value::List(_));
    for entry in &list.entries {
        let wanted = to == Field::AuthorizedKeys;
        let KeyText::Text(text) = entry.text else { return Vec::new() };
        if entry.state != State::Present {
            if wanted && entry.is_mapping {
                continue;
            }
            return Vec::new();
        }
        if !is_list && wanted {
            let items = vec![key_item(to, text, Quote::Double)];
            edits.push(Edit::Replace { path: path.clone(), with: New::List { items, flow: true } });
        } else if is_list && entry.is_mapping != wanted {
            edits.push(Edit::Replace {
                path: item_path(holder, from, entry.index),
                with: key_item(to, text, Quote::Double),
            });
        }
    }
    if is_list || !list.entries.is_empty() { edits } else { Vec::new() }
}

fn field_path(holder: &Path, field: Field) -> Path {
    [holder.clone(), vec![Step::Key(field.key().to_owned())]].concat()
}

fn item_path(holder: &Path, field: Field, index: usize) -> Path {
    [field_path(holder, field), vec![Step::Index(index)]].concat()
}
