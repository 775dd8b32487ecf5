//! What of a `.spin.yml` may be seen by whoever reviews it: who there is, in which groups and states, with which keys.

pub(crate) mod secret;

use crate::key;
use crate::spin::config::key_list::items;
use crate::spin::config::layout::Field;
use crate::spin::config::user::{docker_user, users};
use crate::yaml::{Document, NodeId};
use std::collections::HashSet;

/// The scalars that name accounts, groups and states, and those that hold public keys and nothing else.
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
    // A tag says that the text is not what it seems to be: `!vault`, a password in disguise.
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

/// Whether each line is a public key: text under `public_key` that is something else may be a private one.
fn is_keys_only(text: &str) -> bool {
    // What stands for a key that is yet to be made.
    text == super::NEW_KEY
        || text.lines().filter(|line| !line.trim().is_empty()).all(|line| !key::materials(line).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_groups_states_and_keys_are_seen_and_nothing_else() {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL me";
        let text = format!(
            "users:\n- username: alice\n  name: Alice\n  state: present\n  groups: [sudo]\n  password: x\n  authorized_keys:\n  - public_key: {key}\n    state: absent\n    note: n\n  - public_key: |\n      {key}\n      secret\n  - public_key: !vault {key}\ndocker_user:\n  username: deploy\n  home: /opt\n  authorized_ssh_keys: ['{key}', secret]\n"
        );
        let document = Document::parse(&text).unwrap();
        let mut shown: Vec<_> = visible(&document).into_iter().filter_map(|id| document.scalar(id)).collect();
        shown.sort_unstable();
        assert_eq!(shown, ["absent", "alice", "deploy", "present", key, key, "sudo"]);
    }
}
