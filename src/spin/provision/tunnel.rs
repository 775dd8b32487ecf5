//! The third door: the keys that `spin configure gha` and `spin deploy` hand to the tunnel (the container
//! `serversideup/docker-ssh`, by which people reach databases).
//!
//! playbooks/prepare_ci_environment.yml, "Set AUTHORIZED_KEYS file with sudo users' SSH keys": `users |
//! selectattr('groups', 'contains', 'sudo') | map(attribute='authorized_keys') | flatten | map(attribute='public_key')
//! | join('\n')`. It looks at no `state`, at nobody in `additional_users`, and not at `docker_user`.

use super::outcome::{Failure, RuleCode, Tunnel, TunnelKey};
use crate::spin::config::Config;
use crate::spin::config::ansible_value::{self, Value};
use crate::spin::config::layout::{Field, Section};
use crate::spin::config::user::{Groups, Person};
use crate::yaml::{Data, Document, NodeId};

/// What the file `AUTHORIZED_KEYS` holds.
pub(super) fn tunnel(document: &Document<'_>, config: &Config<'_>) -> Tunnel {
    let mut tunnel = Tunnel::default();
    if let Err(failure) = read_users(document, &mut tunnel) {
        return Tunnel { failure: Some(failure), ..tunnel };
    }
    for person in config.people.iter().filter(|person| person.user.section == Section::Users) {
        Reading { document, person, tunnel: &mut tunnel }.all();
    }
    if tunnel.failure.is_some() {
        tunnel.intended = Some(std::mem::take(&mut tunnel.keys));
    }
    tunnel
}

fn read_users(document: &Document<'_>, tunnel: &mut Tunnel) -> Result<(), Failure> {
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
    Ok(())
}

/// Reads the entry of a person. After the first failure it goes on, for what the file intends.
struct Reading<'r, 'd, 't> {
    document: &'d Document<'t>,
    person: &'r Person<'d>,
    tunnel: &'r mut Tunnel,
}

impl Reading<'_, '_, '_> {
    fn all(&mut self) {
        let (document, person) = (self.document, self.person);
        let name_at = self.at(person.user.name_node);
        match (Value::of(document, person.user.node), &person.groups) {
            (Value::Unknown, _) | (Value::Map, Groups::Unknown) => return self.unknown(name_at),
            (Value::Map, Groups::None) => return self.fail("SK210", name_at),
            (Value::Map, Groups::Other) => return self.fail("SK211", name_at),
            (Value::Map, _) if !person.in_sudo() => return,
            (Value::Map, _) => {}
            _ => return self.fail("SK203", self.at(person.user.node)),
        }
        match document.get(person.user.node, Field::AuthorizedKeys.key()) {
            Some(list) => self.item(list, true),
            None => self.fail("SK215", name_at),
        }
    }

    /// An item of a list of keys; `flatten` takes it out of lists in lists, and skips null.
    fn item(&mut self, node: NodeId, is_whole: bool) {
        let at = self.at(node);
        match Value::of(self.document, node) {
            Value::Null | Value::Text("None" | "null") => {}
            Value::Unknown => self.unknown(at),
            Value::List(items) if self.document.node(node).data == Data::List => {
                items.iter().for_each(|inner| self.item(*inner, false));
            }
            Value::Map => self.public_key(node),
            _ => self.fail(if is_whole { "SK216" } else { "SK217" }, at),
        }
    }

    fn public_key(&mut self, item: NodeId) {
        let Some(key) = self.document.get(item, "public_key") else {
            return self.fail("SK217", self.at(item));
        };
        let at = self.at(key);
        let text = match Value::of(self.document, key) {
            Value::Null => Some("None".into()),
            _ => ansible_value::text(self.document, key),
        };
        match text {
            None => self.unknown(at),
            Some(text) => {
                let lines = text.split('\n').filter(|line| !line.trim().is_empty());
                let of = self.person.called();
                self.tunnel.keys.extend(lines.map(|line| TunnelKey { line: line.to_owned(), at, of: of.clone() }));
            }
        }
    }

    fn fail(&mut self, rule: RuleCode, at: usize) {
        let who = self.person.called();
        self.tunnel.failure.get_or_insert_with(|| Failure::at(rule, at).of(&who));
    }

    fn unknown(&mut self, at: usize) {
        if self.tunnel.failure.is_none() {
            self.tunnel.unknown.push(at);
        }
    }

    fn at(&self, node: NodeId) -> usize {
        self.document.node(node).start
    }
}
