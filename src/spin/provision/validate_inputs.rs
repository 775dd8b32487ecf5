//! What ends a run before anything is done on a server: Ansible's reading of the file, and the role's own checks
//! (roles/linux_common/tasks/validate-inputs.yml).

use crate::spin::config::ansible_value::{Value, is_template, is_whole_template};
use crate::spin::config::user::Section;
use crate::spin::config::{Config, Groups, Person};
use crate::spin::provision::outcome::Failure;
use crate::yaml::{Document, Kind, NodeId};
use std::collections::HashSet;

/// Tags that Ansible's loader knows besides those of YAML itself.
const TAGS: [&str; 3] = ["!vault", "!vault-encrypted", "!unsafe"];

/// The first node with a tag that Ansible cannot load.
pub(crate) fn unknown_tag(document: &Document<'_>) -> Option<NodeId> {
    let is_unknown = |tag: &str| {
        !tag.starts_with("!!") && tag != "!" && !tag.starts_with("!<tag:yaml.org,2002:") && !TAGS.contains(&tag)
    };
    document.nodes().position(|node| node.tag.as_deref().is_some_and(is_unknown))
}

/// Whether sudo needs a password: `not use_passwordless_sudo | default(true)`.
pub(crate) fn needs_password(document: &Document<'_>) -> bool {
    match document.root().and_then(|root| Value::at(document, root, "use_passwordless_sudo")) {
        Some(Value::Bool(wanted)) => !wanted,
        Some(Value::Number(text)) => text.is_some_and(|text| text.parse() == Ok(0.0)),
        Some(Value::List(items)) => items.is_empty(),
        // `{}` is no; nobody writes another one.
        Some(Value::Map) => true,
        Some(Value::Text(text)) => text.is_empty(),
        Some(Value::Null) => true,
        _ => false,
    }
}

/// Whether a person has a password that is one.
pub(crate) fn has_password(document: &Document<'_>, person: &Person<'_>) -> bool {
    let password = Value::at(document, person.user.node, "password");
    !matches!(password, None | Some(Value::Null | Value::Text("") | Value::Number(_) | Value::Bool(_)))
}

/// Whether the role stumbles over the password of a new account: null and numbers have no length.
pub(crate) fn has_bad_password(document: &Document<'_>, person: &Person<'_>) -> bool {
    let password = Value::at(document, person.user.node, "password");
    matches!(password, Some(Value::Null | Value::Number(_) | Value::Bool(_)))
}

/// Where and why a run ends before it begins.
pub(crate) fn end(document: &Document<'_>, config: &Config<'_>) -> Option<Failure> {
    let at = |node: NodeId| document.node(node).start;
    let end = |at: usize, reason: &str| Some(Failure { at, reason: reason.to_owned() });
    if let Some(second) = document.second_document() {
        return end(second, "Ansible reads no file with two documents");
    }
    let Some(root) = document.root().filter(|root| Value::of(document, *root) == Value::Map) else {
        return end(0, "Ansible reads variables from a mapping only");
    };
    if let Some(node) = unknown_tag(document) {
        return end(at(node), "Ansible does not know this tag");
    }
    for section in Section::ALL {
        let entry = document.entry(root, section.key());
        match entry.map(|(key, node)| (key, Value::of(document, node))) {
            Some((_, Value::List(_) | Value::Unknown)) => {}
            None if section == Section::Additional => {}
            None => return end(at(root), "the file has no `users`"),
            Some((key, Value::Null)) => return end(at(key), &format!("`{}` holds nothing", section.key())),
            Some((key, _)) => return end(at(key), &format!("`{}` is no list", section.key())),
        }
        let is_broken = |id: &NodeId| !is_whole_template(document.scalar(*id).unwrap_or_default());
        if let Some(node) = entry.and_then(|(_, node)| templates(document, node).into_iter().find(is_broken)) {
            return end(at(node), "a template begins here and does not end");
        }
    }
    let knows_all =
        Section::ALL.iter().all(|section| !matches!(Value::at(document, root, section.key()), Some(Value::Unknown)));
    if knows_all && config.people.is_empty() {
        return end(at(root), "there are no users");
    }
    sudo(document, config, knows_all)
}

/// The checks of sudo and passwords.
fn sudo(document: &Document<'_>, config: &Config<'_>, knows_all: bool) -> Option<Failure> {
    let end =
        |person: &Person<'_>, reason: String| Some(Failure { at: document.node(person.user.name_node).start, reason });
    if needs_password(document)
        && let Some(person) = config.people.iter().find(|person| person.in_sudo() && !has_password(document, person))
    {
        return end(person, format!("{} is in sudo without a password, and sudo asks for one", person.called()));
    }
    let is_refused = |person: &&Person<'_>| {
        document.entry(person.user.node, "groups").is_some() && matches!(person.groups, Groups::None | Groups::Other)
    };
    if let Some(person) = config.people.iter().find(is_refused) {
        return end(person, format!("`groups` of {} are no list", person.called()));
    }
    let may_be = |person: &Person<'_>| {
        person.in_sudo() || person.groups == Groups::Unknown || Value::of(document, person.user.node) == Value::Unknown
    };
    if knows_all && !config.people.iter().any(may_be) {
        let first = config.people.first()?;
        return end(first, "nobody is in sudo".to_owned());
    }
    None
}

/// The texts below a node that Ansible evaluates, in the order of the file; those that an alias brings too.
fn templates(document: &Document<'_>, node: NodeId) -> Vec<NodeId> {
    let (mut found, mut seen, mut waiting) = (Vec::new(), HashSet::new(), vec![node]);
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &document.node(id).kind {
            Kind::Scalar { value, .. } if is_template(value) && document.node(id).tag.as_deref() != Some("!unsafe") => {
                found.push(id);
            }
            Kind::Sequence { items, .. } => waiting.extend(items.iter().rev()),
            Kind::Mapping { entries, .. } => waiting.extend(entries.iter().rev().map(|(_, value)| *value)),
            _ => {}
        }
    }
    found
}

/// Where a run depends on what only Ansible can tell: texts among the users that it evaluates, of which one that cannot be
/// resolved ends the run before it begins.
pub(crate) fn unresolved(document: &Document<'_>) -> Vec<NodeId> {
    let sections = document
        .root()
        .into_iter()
        .flat_map(|root| Section::ALL.into_iter().filter_map(move |section| document.get(root, section.key())));
    sections.flat_map(|node| templates(document, node)).collect()
}

/// The same of the deploy account, which a run comes to last.
pub(crate) fn unresolved_deploy(document: &Document<'_>) -> Vec<NodeId> {
    let keys = ["docker_user", "deploy_public_key"];
    let nodes = document.root().into_iter().flat_map(|root| keys.map(|key| document.get(root, key)));
    nodes.flatten().flat_map(|node| templates(document, node)).collect()
}
