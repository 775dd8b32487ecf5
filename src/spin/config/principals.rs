//! The principals in the file and their keys, as written: the upper half of `list`.

use crate::key::{self, Described, KeyLine};
use crate::spin::config::Config;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::state::State;
use crate::spin::config::user::Groups;
use crate::yaml::{Document, NodeId, path_text};

/// A principal in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The name of the account; `None` if it is missing or known only to Ansible.
    pub account: Option<String>,
    /// `users`, `additional_users` or `docker_user`.
    pub section: &'static str,
    /// The path of the entry, such as `users[0]`.
    pub path: String,
    /// Its byte offset in the file.
    pub at: usize,
    /// The known groups; `None` if they are missing or unknown, and for `docker_user`.
    pub groups: Option<Vec<String>>,
    /// `present`, `absent`, `invalid` or `unknown`.
    pub state: &'static str,
    /// It takes keys from the deploy account and gives none: an entry of that account without groups whose keys are all absent.
    pub is_revocation: bool,
    /// All keys, including those in fields that Spin never reads.
    pub keys: Vec<Listed>,
}

/// A key line in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The path of the item, such as `users[0].authorized_keys[1]`.
    pub path: String,
    /// Its byte offset in the file.
    pub at: usize,
    /// `None` if no key can be read.
    pub key: Option<Described>,
    /// `present`, `absent`, `invalid` or `unknown`.
    pub state: &'static str,
    /// What is wrong with the key, in words.
    pub problem: Option<String>,
    /// Spin reads the field it is in.
    pub is_read: bool,
}

/// All principals, in the order of the file.
#[must_use]
pub fn principals(document: &Document<'_>, config: &Config<'_>) -> Vec<Principal> {
    let mut found: Vec<Principal> = Vec::new();
    for person in &config.people {
        let path = person.user.place();
        let lists = [(&person.keys, "authorized_keys"), (&person.unread, "authorized_ssh_keys")];
        found.push(Principal {
            account: person.account.as_deref().map(str::to_owned),
            section: person.user.section.key(),
            at: document.node(person.user.name_node).start,
            groups: match &person.groups {
                Groups::List(groups) => Some(groups.iter().map(|group| group.clone().into_owned()).collect()),
                Groups::Text(text) => Some(vec![(*text).to_owned()]),
                _ => None,
            },
            state: word(&person.state),
            is_revocation: config.is_revocation(person),
            keys: keys(document, &path, &lists),
            path,
        });
    }
    if let Some(deploy) = &config.deploy {
        let path = path_text(&[crate::yaml::Step::Key("docker_user".to_owned())]);
        let lists = [(&deploy.keys, "authorized_ssh_keys"), (&deploy.unread, "authorized_keys")];
        found.push(Principal {
            account: config.deploy_account.as_deref().map(str::to_owned),
            section: "docker_user",
            at: document.node(deploy.key_node).start,
            groups: None,
            state: "present",
            is_revocation: false,
            keys: keys(document, &path, &lists),
            path,
        });
    }
    found
}

fn word(state: &State) -> &'static str {
    match state {
        State::Present => "present",
        State::Absent => "absent",
        State::Wrong => "invalid",
        State::Unknown => "unknown",
    }
}

fn keys(document: &Document<'_>, holder: &str, lists: &[(&Option<KeyList<'_>>, &str)]) -> Vec<Listed> {
    let mut found = Vec::new();
    let lists = lists.iter().enumerate().filter_map(|(place, (list, field))| Some((place, list.as_ref()?, field)));
    for (place, list, field) in lists {
        let before = found.len();
        if list.value == Value::Unknown {
            found.push(unknown(format!("{holder}.{field}"), document, list.key_node));
        }
        for entry in &list.entries {
            let path = format!("{holder}.{field}[{}]", entry.index);
            entry_keys(document, entry, &path, &mut found);
        }
        // Spin does not read the second field.
        for listed in found[before..].iter_mut().filter(|_| place == 1) {
            listed.is_read = false;
            listed.problem.get_or_insert_with(|| format!("Spin never reads `{field}` here"));
        }
    }
    found
}

fn entry_keys(document: &Document<'_>, entry: &Entry<'_>, path: &str, found: &mut Vec<Listed>) {
    let at = document.node(entry.text_node).start;
    let listed =
        |key, problem| Listed { path: path.to_owned(), at, key, state: word(&entry.state), problem, is_read: true };
    match entry.text {
        KeyText::Unknown => found.push(unknown(path.to_owned(), document, entry.text_node)),
        KeyText::Missing | KeyText::Other => found.push(listed(None, Some("the item contains no key".to_owned()))),
        KeyText::Text(text) => {
            let before = found.len();
            for (_, line) in key::key_lines(text) {
                found.push(match KeyLine::parse(line) {
                    Ok(sound) => listed(Some(sound.described()), None),
                    Err(error) => listed(key::describe(line), Some(error.to_string())),
                });
            }
            if found.len() == before {
                found.push(listed(None, Some("the item contains no key".to_owned())));
            }
        }
    }
}

fn unknown(path: String, document: &Document<'_>, node: NodeId) -> Listed {
    let problem = Some("known only to Ansible (a template or a vaulted value)".to_owned());
    Listed { path, at: document.node(node).start, key: None, state: "unknown", problem, is_read: true }
}
