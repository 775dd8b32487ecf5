//! SK2: key lists of people and of the deploy account, whether Spin reads them, and their form.

use super::deploy::{DEPLOY_FIELD_NEVER_READ, DEPLOY_KEY_NOT_A_STRING, DEPLOY_KEYS_NOT_A_LIST};
use super::key_form::EMPTY_KEY;
use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::plan::request::key_item;
use crate::yaml::{Edit, New, Path, Quote, Step};

rules! { KEY_LISTS:
    SUDO_WITHOUT_KEY = "SK215" "sudo-without-key" Error, {
        title: "a user in sudo has no key that Spin reads",
        effect: "the run fails when it gives the first key of each sudo user to the deploy account",
        help: "add a key: spin-keys add-user NAME",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "`item.authorized_keys.0.public_key` is read for every entry of `users` in sudo, and without an item 0 \
              the run ends there. By then the users can log in; the deploy account lacks the keys of the users further \
              down.",
    }
    KEYS_NOT_A_LIST = "SK216" "keys-not-a-list" Error, {
        title: "`authorized_keys` is not a list",
        effect: "the run fails when it installs the users' keys, and installs nobody's keys",
        help: "write a list: `- public_key: \"ssh-...\"`; or omit the field if there is no key",
        source: "roles/linux_common/tasks/users.yml:39 (with_subelements)",
        why: "The role loops over `authorized_keys` of all users at once. If one is null, a string or a mapping, the \
            loop ends before the first key. `[]` or a missing field is fine for users outside sudo.",
    }
    KEY_NOT_A_MAPPING = "SK217" "key-not-a-mapping" Error + fix, {
        title: "a key in `authorized_keys` lacks `public_key:`",
        effect: "the run fails at this key: the item has no `public_key`",
        help: "write the item as `- public_key: \"ssh-...\"`",
        source: "roles/linux_common/tasks/users.yml:37",
        why: "Items of `authorized_keys` are mappings with `public_key` and, to remove a key, `state`. Only \
            `docker_user.authorized_ssh_keys` takes plain strings.",
    }
    FIELD_NEVER_READ = "SK218" "field-never-read" Error + fix, {
        title: "`authorized_ssh_keys` of a user is never read by Spin",
        effect: "Spin installs no key under it",
        help: "rename it to `authorized_keys`, with items `- public_key: \"ssh-...\"`",
        source: "roles/linux_common/tasks/users.yml:41, roles/docker_user/tasks/main.yml:38",
        why: "Spin's own documentation names this field for users, but no role reads it there: it belongs to \
            `docker_user`. For a user outside sudo Spin reports nothing, and the account has no key.",
    }
    NO_KEY_AT_ALL = "SK223" "user-without-key" Note, {
        title: "a user has no key",
        effect: "Spin creates the account, and nobody can log in to it with a key",
        help: "add a key: spin-keys add-user NAME; or ignore this for an account that only owns files",
        source: "roles/linux_common/tasks/users.yml:42 (skip_missing)",
        why: "Spin servers do not accept passwords over SSH. An account without a key can only be reached through \
            sudo.",
    }
}

impl Checker<'_, '_, '_> {
    /// The two fields of a person.
    pub(crate) fn key_lists(&mut self, person: &Person<'_>, who: &str) {
        if let Some(unread) = &person.unread {
            let fix = if person.keys.is_none() {
                moved(&person.user.path, unread, Field::AuthorizedKeys)
            } else {
                Vec::new()
            };
            self.add(
                &FIELD_NEVER_READ,
                unread.key_node,
                format!("{who} has `authorized_ssh_keys`, which Spin never reads for a user"),
            )
            .fix(fix);
            self.key_texts(&unread.entries, &|| field_path(&person.user.path, Field::AuthorizedSshKeys), who);
        }
        let is_person = person.state != State::Absent && !person.user.by_name;
        let Some(keys) = &person.keys else {
            if person.feeds_deploy() {
                let added = self.add(
                    &SUDO_WITHOUT_KEY,
                    person.user.name_node,
                    format!("{who} is in sudo without `authorized_keys`"),
                );
                if person.unread.is_some() {
                    added.help(
                        "rename `authorized_ssh_keys` to `authorized_keys`, with items `- public_key: \"ssh-...\"`",
                    );
                }
            } else if is_person && person.unread.is_none() && !self.is_deploy_entry(person) {
                self.add(&NO_KEY_AT_ALL, person.user.name_node, format!("{who} has no key"));
            }
            return;
        };
        match &keys.value {
            Value::List(items) if items.is_empty() && person.feeds_deploy() => {
                self.add(
                    &SUDO_WITHOUT_KEY,
                    keys.key_node,
                    format!("{who} is in sudo and their `authorized_keys` is empty"),
                );
            }
            Value::List(items) if items.is_empty() && is_person && !self.is_deploy_entry(person) => {
                self.add(&NO_KEY_AT_ALL, keys.key_node, format!("{who} has no key"));
            }
            Value::List(_) => self.user_items(person, keys, who),
            Value::Unknown => {}
            Value::Null => {
                self.add(&KEYS_NOT_A_LIST, keys.key_node, format!("{who} has an empty `authorized_keys`"))
                    .help("add a key: spin-keys add-user NAME; or write `authorized_keys: []`");
            }
            _ => {
                self.add(&KEYS_NOT_A_LIST, keys.key_node, format!("{who} has an `authorized_keys` that is not a list"));
                self.key_texts(&keys.entries, &|| field_path(&person.user.path, Field::AuthorizedKeys), who);
            }
        }
    }

    /// An entry for the deploy account removes keys from it; it needs none of its own.
    pub(crate) fn is_deploy_entry(&self, person: &Person<'_>) -> bool {
        person.account.is_some() && person.account == self.config.deploy_account
    }

    fn user_items(&mut self, person: &Person<'_>, keys: &KeyList<'_>, who: &str) {
        for entry in &keys.entries {
            let path = || item_path(&person.user.path, Field::AuthorizedKeys, entry.index);
            match entry.text {
                KeyText::Unknown if !entry.is_mapping => {}
                _ if entry.is_mapping && self.document.entry(entry.item, "public_key").is_none() => {
                    self.without_text(entry, path(), who);
                }
                KeyText::Text(text) if !entry.is_mapping => {
                    let edit =
                        Edit::Replace { path: path(), with: key_item(Field::AuthorizedKeys, text, Quote::Double) };
                    self.add(&KEY_NOT_A_MAPPING, entry.item, format!("{who} has a key without `public_key:`"))
                        .fix(vec![edit]);
                }
                _ if !entry.is_mapping => {
                    self.add(
                        &KEY_NOT_A_MAPPING,
                        entry.item,
                        format!("{who} has an item in `authorized_keys` that is not a key"),
                    );
                }
                _ => {}
            }
        }
        self.key_texts(&keys.entries, &|| field_path(&person.user.path, Field::AuthorizedKeys), who);
    }

    /// A mapping without `public_key`: a key that YAML reads as a mapping, or a typo.
    fn without_text(&mut self, entry: &Entry<'_>, path: Path, who: &str) {
        if let Some(line) = entry.colon_line(self.document) {
            let edit = Edit::Replace { path, with: key_item(Field::AuthorizedKeys, &line, Quote::Double) };
            self.colon(entry, vec![edit]);
            return;
        }
        self.add(
            &KEY_NOT_A_MAPPING,
            entry.item,
            format!("{who} has an item in `authorized_keys` without a `public_key`"),
        );
    }

    /// `docker_user.authorized_ssh_keys` and the field that Spin does not read there.
    pub(crate) fn deploy_lists(&mut self, path: &Path, keys: Option<&KeyList<'_>>, unread: Option<&KeyList<'_>>) {
        let who = "docker_user";
        if let Some(unread) = unread {
            let fix = if keys.is_none() { moved(path, unread, Field::AuthorizedSshKeys) } else { Vec::new() };
            self.add(
                &DEPLOY_FIELD_NEVER_READ,
                unread.key_node,
                "`docker_user` has `authorized_keys`, which Spin never reads there",
            )
            .fix(fix);
            self.key_texts(&unread.entries, &|| field_path(path, Field::AuthorizedKeys), who);
        }
        let Some(keys) = keys else { return };
        match &keys.value {
            Value::List(_) | Value::Text(_) => {}
            Value::Null | Value::Unknown => return,
            _ => {
                self.add(
                    &DEPLOY_KEYS_NOT_A_LIST,
                    keys.key_node,
                    "`docker_user.authorized_ssh_keys` is neither a list nor a key",
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
                        &DEPLOY_KEY_NOT_A_STRING,
                        entry.item,
                        "a key in `docker_user.authorized_ssh_keys` is a mapping",
                    )
                    .fix(fix);
                }
                _ if entry.is_mapping => match entry.colon_line(self.document) {
                    Some(line) => self.colon(
                        entry,
                        vec![Edit::Replace {
                            path: path(),
                            with: key_item(Field::AuthorizedSshKeys, &line, Quote::Double),
                        }],
                    ),
                    None => drop(self.add(
                        &DEPLOY_KEY_NOT_A_STRING,
                        entry.item,
                        "an item of `docker_user.authorized_ssh_keys` is a mapping",
                    )),
                },
                // The module installs nothing for a null.
                KeyText::Missing => {
                    self.add(&EMPTY_KEY, entry.item, "docker_user: the item contains no key");
                }
                KeyText::Other => {
                    self.add(
                        &DEPLOY_KEY_NOT_A_STRING,
                        entry.item,
                        "an item of `docker_user.authorized_ssh_keys` is not a string",
                    );
                }
                _ => {}
            }
        }
        self.key_texts(&keys.entries, &|| field_path(path, Field::AuthorizedSshKeys), who);
    }
}

/// The edits that move a list to the field that Spin reads: the field is renamed, and each item is rewritten in that
/// field's form.
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
