//! SK2: key lists of people and of the deploy account, whether Spin reads them, and their form.

use super::deploy::{DEPLOY_FIELD_NEVER_READ, DEPLOY_KEY_NOT_A_STRING, DEPLOY_KEYS_NOT_A_LIST};
use super::key_form::EMPTY_KEY;
use super::list_fixes::{opens_more, with_field};
use super::states::other_field;
use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::plan::moved::{field_path, item_path, moved, rewritten};
use crate::spin::plan::request::key_item;
use crate::yaml::{Edit, Path, Quote};

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
            `docker_user.authorized_ssh_keys` takes plain strings. --fix adds `public_key:`, and the user can then log \
            in with the key. For a user of `users` in sudo, the tunnel accepts it, too, and the first item can log in \
            as deploy.",
    }
    FIELD_NEVER_READ = "SK218" "field-never-read" Error + fix, {
        title: "`authorized_ssh_keys` of a user is never read by Spin",
        effect: "Spin installs no key under it",
        help: "rename it to `authorized_keys`, with items `- public_key: \"ssh-...\"`",
        source: "roles/linux_common/tasks/users.yml:41, roles/docker_user/tasks/main.yml:38",
        why: "Spin's own documentation names this field for users, but no role reads it there: it belongs to \
            `docker_user`. For a user outside sudo Spin reports nothing, and the account has no key. --fix renames it, \
            and the user can then log in with the keys that are present. For a user of `users` in sudo, the first of \
            them can log in as deploy, and the tunnel accepts all keys of the list, absent ones included.",
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
                moved(self.document, &person.user.path, unread, Field::AuthorizedKeys)
            } else {
                Vec::new()
            };
            let message = format!("{who} has `authorized_ssh_keys`, which Spin never reads for a user");
            let added = self.add(&FIELD_NEVER_READ, unread.key_node, message).fix(fix);
            added.help(opens_more(FIELD_NEVER_READ.help, person, None));
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
                    self.without_text(entry, path(), person, who);
                }
                KeyText::Text(text) if !entry.is_mapping => {
                    let edit = Edit::Replace {
                        path: path(),
                        with: rewritten(self.document, Field::AuthorizedKeys, text, entry.text_node),
                    };
                    let message = format!("{who} has a key without `public_key:`");
                    let added = self.add(&KEY_NOT_A_MAPPING, entry.item, message).fix(vec![edit]);
                    added.help(opens_more(KEY_NOT_A_MAPPING.help, person, Some(entry.index)));
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
    fn without_text(&mut self, entry: &Entry<'_>, path: Path, person: &Person<'_>, who: &str) {
        if let Some(line) = entry.colon_line(self.document) {
            let edit = Edit::Replace { path, with: key_item(Field::AuthorizedKeys, &line, Quote::Double) };
            self.colon(entry, vec![edit], |help| opens_more(help, person, Some(entry.index)));
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
            let fix = match keys {
                None => moved(self.document, path, unread, Field::AuthorizedSshKeys),
                Some(_) => Vec::new(),
            };
            let field = unread.entries.iter().find_map(|entry| other_field(self.document, entry.item));
            let message = "`docker_user` has `authorized_keys`, which Spin never reads there";
            let added = self.add(&DEPLOY_FIELD_NEVER_READ, unread.key_node, message).fix(fix);
            if let Some(field) = field {
                added.help(with_field(DEPLOY_FIELD_NEVER_READ.help, field));
            }
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
                    let field = other_field(self.document, entry.item);
                    let with = rewritten(self.document, Field::AuthorizedSshKeys, text, entry.text_node);
                    let edit = Some(Edit::Replace { path: path(), with });
                    let fix = edit.filter(|_| entry.state == State::Present && field.is_none());
                    let message = "a key in `docker_user.authorized_ssh_keys` is a mapping";
                    let added = self.add(&DEPLOY_KEY_NOT_A_STRING, entry.item, message).fix(fix.into_iter().collect());
                    if let Some(field) = field {
                        added.help(with_field(DEPLOY_KEY_NOT_A_STRING.help, field));
                    }
                }
                _ if entry.is_mapping => match entry.colon_line(self.document) {
                    Some(line) => self.colon(
                        entry,
                        vec![Edit::Replace {
                            path: path(),
                            with: key_item(Field::AuthorizedSshKeys, &line, Quote::Double),
                        }],
                        str::to_owned,
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
