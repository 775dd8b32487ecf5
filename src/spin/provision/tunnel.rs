//! The third door: the keys that `spin configure gha` and `spin deploy` hand to the tunnel (the container
//! `serversideup/docker-ssh`, by which people reach databases).
//!
//! playbooks/prepare_ci_environment.yml, "Set AUTHORIZED_KEYS file with sudo users' SSH keys": `users |
//! selectattr('groups', 'contains', 'sudo') | map(attribute='authorized_keys') | flatten | map(attribute='public_key')
//! | join('\n')`. It looks at no `state`, at nobody in `additional_users`, and not at `docker_user`.

use super::outcome::{Failure, Tunnel, TunnelKey};
use crate::spin::config::Config;
use crate::spin::config::ansible_value::{self, Value};
use crate::spin::config::layout::{Field, Section};
use crate::spin::config::user::{Groups, Person};
use crate::yaml::{Document, NodeId};

/// What the file `AUTHORIZED_KEYS` holds.
pub(super) fn tunnel(document: &Document<'_>, config: &Config<'_>) -> Tunnel {
    let mut tunnel = Tunnel::default();
    tunnel.failure = fill(document, config, &mut tunnel).err();
    if tunnel.failure.is_some() {
        tunnel.keys.clear();
    }
    tunnel
}

fn fill(document: &Document<'_>, config: &Config<'_>, tunnel: &mut Tunnel) -> Result<(), Failure> {
    let at = |node: NodeId| document.node(node).start;
    let entry = document.root().and_then(|root| document.entry(root, Section::Users.key()));
    let Some((key, users)) = entry else { return Err(Failure::at("SK201", 0)) };
    match Value::of(document, users) {
        Value::Unknown => tunnel.unknown.push(at(users)),
        // Jinja's filters take what is false for an empty list.
        Value::List(_) | Value::Text("") | Value::Null | Value::Bool(false) => {}
        Value::Map if document.entries(users).is_empty() => {}
        Value::Number(number) if number.as_deref() == Some("0") => {}
        _ => return Err(Failure::at("SK202", at(key))),
    }
    for person in config.people.iter().filter(|person| person.user.section == Section::Users) {
        of_person(document, person, tunnel).map_err(|failure| failure.of(&person.called()))?;
    }
    Ok(())
}

fn of_person(document: &Document<'_>, person: &Person<'_>, tunnel: &mut Tunnel) -> Result<(), Failure> {
    let at = |node: NodeId| document.node(node).start;
    let name_at = at(person.user.name_node);
    match (Value::of(document, person.user.node), &person.groups) {
        (Value::Unknown, _) | (Value::Map, Groups::Unknown) => {
            tunnel.unknown.push(name_at);
            return Ok(());
        }
        (Value::Map, Groups::None) => return Err(Failure::at("SK210", name_at)),
        (Value::Map, Groups::Other) => return Err(Failure::at("SK211", name_at)),
        (Value::Map, _) if !person.in_sudo() => return Ok(()),
        (Value::Map, _) => {}
        _ => return Err(Failure::at("SK203", at(person.user.node))),
    }
    match document.get(person.user.node, Field::AuthorizedKeys.key()) {
        Some(list) => item(document, person, list, true, tunnel),
        None => Err(Failure::at("SK215", name_at)),
    }
}

/// An item of a list of keys; `flatten` takes it out of lists in lists, and skips null.
fn item(
    document: &Document<'_>,
    person: &Person<'_>,
    node: NodeId,
    is_whole: bool,
    tunnel: &mut Tunnel,
) -> Result<(), Failure> {
    let at = document.node(node).start;
    match Value::of(document, node) {
        Value::Null | Value::Text("None" | "null") => Ok(()),
        Value::Unknown => {
            tunnel.unknown.push(at);
            Ok(())
        }
        Value::List(items) if document.node(node).data == crate::yaml::Data::List => {
            items.iter().try_for_each(|inner| item(document, person, *inner, false, tunnel))
        }
        Value::Map => public_key(document, person, node, tunnel),
        _ => Err(Failure::at(if is_whole { "SK216" } else { "SK217" }, at)),
    }
}

fn public_key(document: &Document<'_>, person: &Person<'_>, item: NodeId, tunnel: &mut Tunnel) -> Result<(), Failure> {
    let Some(key) = document.get(item, "public_key") else {
        return Err(Failure::at("SK217", document.node(item).start));
    };
    let at = document.node(key).start;
    let text = match Value::of(document, key) {
        Value::Null => Some("None".into()),
        _ => ansible_value::text(document, key),
    };
    match text {
        None => tunnel.unknown.push(at),
        Some(text) => {
            let lines = text.split('\n').filter(|line| !line.trim().is_empty());
            let of = person.called();
            tunnel.keys.extend(lines.map(|line| TunnelKey { line: line.to_owned(), at, of: of.clone() }));
        }
    }
    Ok(())
}
