//! What ends a run before it changes a server: Ansible's reading of the file, and the role's own checks
//! (roles/linux_common/tasks/validate-inputs.yml).

use crate::spin::config::Config;
use crate::spin::config::ansible_value::{Value, is_template, is_whole_template};
use crate::spin::config::layout::Section;
use crate::spin::config::template::may_hold_templates;
use crate::spin::config::user::{Groups, Person};
use crate::spin::provision::outcome::Failure;
use crate::spin::provision::sshd_settings::PORT;
use crate::yaml::{Data, Document, Kind, NodeId};
use std::collections::HashSet;

/// The first node with a tag that Ansible cannot load.
pub(crate) fn unknown_tag(document: &Document<'_>) -> Option<NodeId> {
    document.unknown_tags().first().copied()
}

/// Where the tag of a node starts.
pub(crate) fn tag_start(document: &Document<'_>, node: NodeId) -> usize {
    let start = document.node(node).start;
    let before = document.text[..start].trim_end();
    before.rfind('!').filter(|at| !before[*at..].contains(char::is_whitespace)).unwrap_or(start)
}

/// Whether sudo needs a password: `not use_passwordless_sudo | default(true)`.
pub(crate) fn needs_password(document: &Document<'_>) -> bool {
    match document.root().and_then(|root| Value::at(document, root, "use_passwordless_sudo")) {
        Some(Value::Bool(wanted)) => !wanted,
        Some(Value::Number(text)) => text.is_some_and(|text| text.parse() == Ok(0.0)),
        Some(Value::List(items)) => items.is_empty(),
        // `{}` is false; nobody writes any other mapping.
        Some(Value::Map) => true,
        Some(Value::Text(text)) => text.is_empty(),
        Some(Value::Null) => true,
        _ => false,
    }
}

/// Whether sudo asks nobody for a password (roles/linux_common/tasks/security.yml:20): `use_passwordless_sudo |
/// default(false)`.
pub(crate) fn is_passwordless(document: &Document<'_>) -> bool {
    let wanted = document.root().and_then(|root| Value::at(document, root, "use_passwordless_sudo"));
    wanted.is_some() && !needs_password(document)
}

/// Whether a user has a valid password.
pub(crate) fn has_password(document: &Document<'_>, person: &Person<'_>) -> bool {
    let password = Value::at(document, person.user.node, "password");
    !matches!(password, None | Some(Value::Null | Value::Text("") | Value::Number(_) | Value::Bool(_)))
}

/// Whether somebody can know the password: it is a hash, or known only to Ansible.
pub(crate) fn is_known_password(document: &Document<'_>, person: &Person<'_>) -> bool {
    match Value::at(document, person.user.node, "password") {
        Some(Value::Text(text)) => is_hash(text),
        password => password == Some(Value::Unknown),
    }
}

/// Whether the role fails on the password of a new account: null and numbers have no length.
pub(crate) fn has_bad_password(document: &Document<'_>, person: &Person<'_>) -> bool {
    let password = Value::at(document, person.user.node, "password");
    matches!(password, Some(Value::Null | Value::Number(_) | Value::Bool(_)))
}

/// Why a run fails before it starts.
pub(crate) fn failure(document: &Document<'_>, config: &Config<'_>) -> Option<Failure> {
    let at = |node: NodeId| document.node(node).start;
    if let Some(second) = document.second_document() {
        return Some(Failure::at("SK101", second));
    }
    let top = document.root().map_or(Value::Null, |root| Value::of(document, root));
    let Some(root) = document.root().filter(|_| top == Value::Map) else {
        let start = document.root().map_or(0, at);
        return Some(Failure::at(if top == Value::Null { "SK201" } else { "SK104" }, start));
    };
    if let Some(node) = unknown_tag(document) {
        return Some(Failure::at("SK105", tag_start(document, node)));
    }
    for section in Section::ALL {
        let entry = document.entry(root, section.key());
        let is_set = entry.is_some_and(|(_, node)| document.node(node).data == Data::Set);
        match entry.map(|(key, node)| (key, Value::of(document, node))) {
            Some((key, _)) if is_set => return Some(Failure::at("SK202", at(key))),
            Some((_, Value::List(_) | Value::Unknown)) => {}
            None if section == Section::Additional => {}
            None => return Some(Failure::at("SK201", at(root))),
            Some((key, Value::Null)) if section == Section::Users => return Some(Failure::at("SK201", at(key))),
            Some((key, _)) => return Some(Failure::at("SK202", at(key))),
        }
        let is_broken = |id: &NodeId| !is_whole_template(document.scalar(*id).unwrap_or_default());
        if let Some(node) = entry.and_then(|(_, node)| templates(document, node).into_iter().find(is_broken)) {
            return Some(Failure::at("SK424", at(node)));
        }
    }
    let knows_all =
        Section::ALL.iter().all(|section| !matches!(Value::at(document, root, section.key()), Some(Value::Unknown)));
    if knows_all && config.people.is_empty() {
        let key = document.entry(root, Section::Users.key()).map_or(root, |entry| entry.0);
        return Some(Failure::at("SK201", at(key)));
    }
    sudo(document, config, knows_all)
}

/// The checks of sudo and passwords.
fn sudo(document: &Document<'_>, config: &Config<'_>, knows_all: bool) -> Option<Failure> {
    let at = |node: NodeId| document.node(node).start;
    let without_password = |person: &&Person<'_>| person.in_sudo() && !has_password(document, person);
    if needs_password(document)
        && let Some(person) = config.people.iter().find(without_password)
    {
        return Some(Failure::at("SK221", at(person.user.name_node)).of(&person.called()));
    }
    let is_refused = |person: &Person<'_>| match person.groups {
        Groups::None => Some("SK210"),
        Groups::Other => Some("SK211"),
        _ => None,
    };
    let refused = config.people.iter().find_map(|person| {
        let (key, _) = document.entry(person.user.node, "groups")?;
        Some(Failure::at(is_refused(person)?, at(key)).of(&person.called()))
    });
    if refused.is_some() {
        return refused;
    }
    if knows_all && !config.people.iter().any(|person| may_be_in_sudo(document, person)) {
        let users = document.root().and_then(|root| document.entry(root, Section::Users.key()));
        return Some(Failure::at("SK214", users.map_or(0, |(key, _)| at(key))));
    }
    None
}

/// Whether a user is in sudo, if the file says so.
pub(crate) fn may_be_in_sudo(document: &Document<'_>, person: &Person<'_>) -> bool {
    person.in_sudo() || person.groups == Groups::Unknown || Value::of(document, person.user.node) == Value::Unknown
}

/// The texts below a node that Ansible evaluates, in the order of the file, including those that an alias brings.
fn templates(document: &Document<'_>, node: NodeId) -> Vec<NodeId> {
    if !may_hold_templates(document) {
        return Vec::new();
    }
    let (mut found, mut seen, mut waiting) = (Vec::new(), HashSet::new(), vec![node]);
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &document.node(id).kind {
            Kind::Scalar { value, .. } if is_template(value) && !document.node(id).is_unsafe => {
                found.push(id);
            }
            Kind::Sequence { items, .. } => waiting.extend(items.iter().rev()),
            Kind::Mapping { entries, .. } => waiting.extend(entries.iter().rev().map(|(_, value)| *value)),
            _ => {}
        }
    }
    found
}

/// Variables besides users that the first tasks evaluate (roles/linux_common/tasks/validate-inputs.yml, security.yml).
const EVALUATED: [&str; 3] = ["server_contact", "use_passwordless_sudo", PORT];

/// Where a run depends on something known only to Ansible: texts of users that it evaluates, and settings. If one cannot
/// be resolved, the run fails before it installs a key.
pub(crate) fn unresolved(document: &Document<'_>) -> Vec<NodeId> {
    let names = Section::ALL.into_iter().map(Section::key).chain(EVALUATED);
    let nodes =
        document.root().into_iter().flat_map(|root| names.clone().filter_map(move |name| document.get(root, name)));
    nodes.flat_map(|node| templates(document, node)).collect()
}

/// Variables that the roles set themselves, and loop over: a file that sets one replaces who is handled, because extra
/// variables beat all others (roles/linux_common/tasks/users.yml:4, :9, :25; `item` of every loop).
const OF_THE_ROLES: [&str; 3] = ["created_users", "flattend_users", "item"];

/// Where the file replaces what the roles handle.
pub(crate) fn replaced(document: &Document<'_>) -> Vec<NodeId> {
    let nodes = document.root().into_iter().flat_map(|root| OF_THE_ROLES.map(|key| document.entry(root, key)));
    nodes.flatten().map(|(key, _)| key).collect()
}

/// The same for the deploy account, which a run reaches last.
pub(crate) fn unresolved_deploy(document: &Document<'_>) -> Vec<NodeId> {
    let keys = ["docker_user", "deploy_public_key"];
    let nodes = document.root().into_iter().flat_map(|root| keys.map(|key| document.get(root, key)));
    nodes.flatten().flat_map(|node| templates(document, node)).collect()
}

/// Whether a text can be the hash of a password that somebody knows: not locked, of a form of crypt(5), and whole.
pub(crate) fn is_hash(text: &str) -> bool {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte));
    let Some(rest) = text.strip_prefix('$') else { return text.len() == 13 && is_plain(text) };
    let Some((id, rest)) = rest.split_once('$') else { return false };
    let hash = rest.rsplit('$').next().unwrap_or_default();
    let length = match id {
        "1" => 22,
        "2a" | "2b" | "2y" => 53,
        "6" => 86,
        "5" | "y" | "gy" | "7" => 43,
        "sha1" => 28,
        _ => return false,
    };
    hash.len() == length && is_plain(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_told_from_locks_and_plain_text() {
        let of = |start: &str, length: usize| format!("{start}{}", "a".repeat(length));
        let hashes =
            [of("$6$abc$", 86), of("$y$j9T$salt$", 43), of("$5$rounds=5000$salt$", 43), of("", 13), of("$2b$12$", 53)];
        for hash in hashes {
            assert!(is_hash(&hash), "{hash}");
        }
        for other in ["!", "*", "!$6$abc$x", "$6$abc$x", "secret", "$6$", "x", "!!", "ab1234567890./"] {
            assert!(!is_hash(other), "{other}");
        }
    }
}
