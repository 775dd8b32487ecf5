//! People and keys in braces and brackets, and keys in quotes.

use super::Writer;
use crate::support::model::{Field, Key, Keys, Person};

impl Writer<'_> {
    pub(super) fn flow_person(&mut self, person: &Person, with_name: bool) -> String {
        let mut parts = Vec::new();
        if with_name {
            parts.push(format!("username: '{}'", person.name));
        }
        parts.extend(person.full_name.map(|name| format!("name: \"{name}\"")));
        if let Some(groups) = &person.groups {
            parts.push(format!("groups: [{}]", groups.join(", ")));
        }
        if person.shell || !with_name {
            parts.push("shell: /bin/sh".to_owned());
        }
        if person.absent {
            parts.push("state: absent".to_owned());
        }
        for (field, keys) in &person.fields {
            parts.push(format!("{}: {}", field.key(), self.flow_keys(*field, keys)));
        }
        format!("{{{}}}", parts.join(", "))
    }

    pub(super) fn flow_keys(&self, field: Field, keys: &Keys) -> String {
        match keys {
            Keys::Nothing => String::new(),
            Keys::Tilde => "~".to_owned(),
            Keys::Empty | Keys::EmptyLines => "[]".to_owned(),
            Keys::One(key) => self.quoted(key),
            Keys::Items(items) => {
                format!("[{}]", items.iter().map(|key| self.flow_key(field, key)).collect::<Vec<_>>().join(", "))
            }
        }
    }

    pub(super) fn flow_key(&self, field: Field, key: &Key) -> String {
        let text = self.quoted(key);
        match (field, key.state) {
            (Field::SshKeys, _) => text,
            (Field::Keys, None) => format!("{{public_key: {text}}}"),
            (Field::Keys, Some(state)) => format!("{{public_key: {text}, state: {state}}}"),
        }
    }

    pub(super) fn quoted(&self, key: &Key) -> String {
        let line = key.line();
        if self.layout.quote == '\'' {
            format!("'{}'", line.replace('\'', "''"))
        } else {
            format!("\"{}\"", line.replace('"', "\\\""))
        }
    }
}
