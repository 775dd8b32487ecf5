//! What a reviewer may see of a `.spin.yml`: accounts, groups, states and public keys.

pub(crate) mod secret;
pub mod show;

use crate::key;
use crate::spin::config::layout::Field;
use crate::spin::config::user::{docker_user, users};
use crate::spin::config::written_keys::items;
use crate::yaml::{self, Data, Document, NodeId, Tag, Visible};
use std::collections::HashSet;

/// How much of a file may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redaction {
    /// All.
    Shown,
    /// All but passwords, tokens and `!vault` values: for a plain file and a log that is kept.
    Logged,
    /// Only who can log in and with which key: for an encrypted file.
    Sealed,
}

/// The text as it may be shown; `None` if all of it may be.
#[must_use]
pub fn redacted(document: &Document<'_>, redaction: Redaction) -> Option<String> {
    let no_mark = |_: &str| String::new();
    match redaction {
        Redaction::Shown => None,
        Redaction::Sealed => Some(yaml::mask(document, &Visible::Only(&visible(document)), &no_mark)),
        Redaction::Logged => {
            // An object of JSON that Ansible reads as one text (`__ansible_unsafe`) may hold anything beside it.
            let is_object = |id: NodeId| {
                let node = document.node(id);
                node.tag == Tag::Unsafe && node.data == Data::Text && document.text[node.start..].starts_with('{')
            };
            let is_sealed = |id: &NodeId| document.node(*id).tag == Tag::Vault || is_object(*id);
            let sealed = (0..document.nodes().count()).filter(is_sealed);
            let hidden: HashSet<_> = secret::secrets(document).into_iter().chain(sealed).collect();
            if hidden.is_empty() { None } else { Some(yaml::mask(document, &Visible::AllBut(&hidden), &no_mark)) }
        }
    }
}

/// The scalars that name accounts, groups and states, and those that hold only public keys.
#[must_use]
pub fn visible(document: &Document<'_>) -> HashSet<NodeId> {
    let mut seen = HashSet::new();
    for user in users(document) {
        if document.scalar(user.name_node).is_some() {
            seen.insert(user.name_node);
        }
        let groups = document.get(user.node, "groups");
        seen.extend(
            groups.iter().flat_map(|list| document.items(*list)).filter(|item| document.scalar(**item).is_some()),
        );
        seen.extend(document.get(user.node, "state").filter(|state| document.scalar(*state).is_some()));
        add_keys(document, user.node, &mut seen);
    }
    if let Some(docker) = docker_user(document) {
        seen.extend(document.get(docker, "username").filter(|name| document.scalar(*name).is_some()));
        add_keys(document, docker, &mut seen);
    }
    // A tag means that the text is not what it looks like, such as `!vault`.
    seen.retain(|id| document.node(*id).tag.is_none());
    seen
}

fn add_keys(document: &Document<'_>, holder: NodeId, seen: &mut HashSet<NodeId>) {
    for field in [Field::AuthorizedKeys, Field::AuthorizedSshKeys] {
        let Some(list) = document.get(holder, field.key()) else { continue };
        for (_, item) in items(document, list) {
            seen.extend(item.state.map(|(node, _)| node));
            if is_keys_only(item.text) {
                seen.insert(item.text_node);
            }
        }
    }
}

/// Whether each line is a public key: other text under `public_key` may be a private key.
fn is_keys_only(text: &str) -> bool {
    text.lines().filter(|line| !line.trim().is_empty()).all(|line| !key::materials(line).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_is_one_text_hides_what_else_it_holds() {
        let text = "{\"x\": {\"__ansible_unsafe\": \"v\", \"password\": \"hunter2\"}, \"y\": \"seen\"}";
        let shown = redacted(&Document::parse(text).unwrap(), Redaction::Logged).unwrap();
        assert!(!shown.contains("hunter2") && shown.contains("\"y\": \"seen\""), "{shown}");
    }

    #[test]
    fn names_groups_states_and_keys_are_seen_and_nothing_else() {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL me";
        let text = format!(
            "users:\n- username: alice\n  name: Alice\n  state: present\n  groups: [sudo]\n  password: x\n  \
                authorized_keys:\n  - public_key: {key}\n    state: absent\n    note: n\n  - public_key: |\n      \
                {key}\n      secret\n  - public_key: !vault {key}\ndocker_user:\n  username: deploy\n  home: /opt\n  \
                authorized_ssh_keys: ['{key}', secret]\n"
        );
        let document = Document::parse(&text).unwrap();
        let mut shown: Vec<_> = visible(&document).into_iter().filter_map(|id| document.scalar(id)).collect();
        shown.sort_unstable();
        assert_eq!(shown, ["absent", "alice", "deploy", "present", key, key, "sudo"]);
    }
}
