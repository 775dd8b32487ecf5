//! What the file must say afterwards, computed on the model alone.

use crate::model::{Case, Docker, Field, Key, Keys, Person, Request, Section, Users};
use serde_yaml::{Mapping, Value};

/// The data of the file after the request; none where it has to be refused.
pub(crate) fn expected(case: &Case) -> Option<Value> {
    let kept = kept_text(case);
    let mut case = case.clone();
    let mut added = Added::default();
    match case.request.clone() {
        Request::User { name, line, key } => add_user(&mut case, &mut added, name, &line, key)?,
        Request::Deploy { line, key } => add_deploy(&mut case, &mut added, &line, key)?,
    }
    Some(data(&case, &added, &kept))
}

/// What the model has no place for: lines with comments of their own.
#[derive(Default)]
struct Added {
    /// The line of the key that was added, for its position in `Keys`.
    line: Option<String>,
    user: Option<Value>,
}

/// The number that stands for the added line in the model.
const NEW: usize = usize::MAX;

fn insert(keys: &mut Keys, key: usize, line: &str, added: &mut Added) {
    if let Keys::One(one) = keys {
        if one.key == key {
            return;
        }
        *keys = Keys::Items(vec![one.clone()]);
    }
    if let Keys::Items(items) = keys {
        if let Some(item) = items.iter_mut().find(|item| item.key == key) {
            if item.state == Some("absent") {
                item.state = Some("present");
            }
            return;
        }
    } else {
        *keys = Keys::Items(Vec::new());
    }
    if let Keys::Items(items) = keys {
        items.push(Key { key: NEW, comment: "", state: None });
        added.line = Some(line.to_owned());
    }
}

fn add_user(case: &mut Case, added: &mut Added, name: &'static str, line: &str, key: usize) -> Option<()> {
    let (people, by_name): (Vec<&mut Person>, bool) = match &mut case.users {
        Users::List(people) => (people.iter_mut().collect(), false),
        Users::ByName(people) => (people.iter_mut().collect(), true),
        _ => (Vec::new(), false),
    };
    let all = people
        .into_iter()
        .map(|person| (person, by_name))
        .chain(case.additional.iter_mut().map(|person| (person, false)));
    for (person, by_name) in all {
        if person.name != name {
            continue;
        }
        if person.absent {
            return None;
        }
        let wanted =
            if person.fields.iter().any(|(field, _)| *field == Field::Keys) || (person.fields.is_empty() && !by_name) {
                Field::Keys
            } else {
                Field::SshKeys
            };
        if !person.fields.iter().any(|(field, _)| *field == wanted) {
            person.fields.push((wanted, Keys::Nothing));
        }
        let (_, keys) = person.fields.iter_mut().find(|(field, _)| *field == wanted)?;
        insert(keys, key, line, added);
        return Some(());
    }
    let text = |text: &str| Value::String(text.to_owned());
    let mut user = Mapping::new();
    if !by_name {
        user.insert(text("username"), text(name));
    }
    user.insert(text("groups"), Value::Sequence(vec![text("sudo")]));
    if by_name {
        user.insert(text("authorized_ssh_keys"), Value::Sequence(vec![text(line)]));
    } else {
        let item = Mapping::from_iter([(text("public_key"), text(line))]);
        user.insert(text("authorized_keys"), Value::Sequence(vec![Value::Mapping(item)]));
    }
    added.user = Some(Value::Mapping(user));
    Some(())
}

fn add_deploy(case: &mut Case, added: &mut Added, line: &str, key: usize) -> Option<()> {
    let nothing = Docker::Mapping { username: true, home: false, keys: None, flow: false };
    if !matches!(case.docker, Docker::Mapping { .. }) {
        case.docker = nothing;
    }
    if let Docker::Mapping { username, keys, .. } = &mut case.docker {
        *username = true;
        insert(keys.get_or_insert(Keys::Nothing), key, line, added);
    }
    Some(())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn keys(field: Field, keys: &Keys, added: &Added) -> Value {
    let line = |key: &Key| if key.key == NEW { text(added.line.as_deref().unwrap()) } else { text(&key.line()) };
    match keys {
        Keys::Nothing | Keys::Tilde => Value::Null,
        Keys::Empty | Keys::EmptyLines => Value::Sequence(Vec::new()),
        Keys::One(key) => line(key),
        Keys::Items(items) if field == Field::SshKeys => Value::Sequence(items.iter().map(line).collect()),
        Keys::Items(items) => {
            let item = |key: &Key| {
                let mut item = Mapping::from_iter([(text("public_key"), line(key))]);
                if let Some(state) = key.state {
                    item.insert(text("state"), text(state));
                }
                Value::Mapping(item)
            };
            Value::Sequence(items.iter().map(item).collect())
        }
    }
}

fn person(person: &Person, with_name: bool, added: &Added) -> Value {
    let mut out = Mapping::new();
    if with_name {
        out.insert(text("username"), text(person.name));
    }
    if let Some(name) = person.full_name {
        out.insert(text("name"), text(name));
    }
    if let Some(groups) = &person.groups {
        out.insert(text("groups"), Value::Sequence(groups.iter().map(|group| text(group)).collect()));
    }
    if person.shell || !with_name {
        out.insert(text("shell"), text("/bin/sh"));
    }
    if person.absent {
        out.insert(text("state"), text("absent"));
    }
    for (field, list) in &person.fields {
        out.insert(text(field.key()), keys(*field, list, added));
    }
    Value::Mapping(out)
}

fn data(case: &Case, added: &Added, kept: &Value) -> Value {
    let mut root = Mapping::new();
    for section in &case.layout.sections {
        let more: &str = match section {
            Section::Users => {
                users(case, added, &mut root);
                continue;
            }
            Section::Additional => {
                if !case.additional.is_empty() {
                    let list = case.additional.iter().map(|one| person(one, true, added)).collect();
                    root.insert(text("additional_users"), Value::Sequence(list));
                }
                continue;
            }
            Section::Docker => {
                docker(case, added, &mut root);
                continue;
            }
            Section::Servers => "servers: [{server_name: one, address: 10.0.0.1}]\nssh_port: \"22\"",
            Section::Text => "motd: \"users:\\n  - not one\\n# not a comment\\n\"",
            Section::KeptText => {
                root.insert(text("kept"), kept.clone());
                continue;
            }
            Section::StrippedText => "note: \"text\\n# not a comment\"",
            Section::Question => "lone: ~",
            Section::Vault => "token: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n3132\\n\"",
            Section::Anchors => "base: {a: 1}\nderived: {<<: {a: 1}, b: [{a: 1}, 2]}",
            Section::Emoji => "name: Zoë 🌎",
        };
        let more: Mapping = serde_yaml::from_str(more).unwrap();
        root.extend(more);
    }
    if root.is_empty() { Value::Null } else { Value::Mapping(root) }
}

/// `|+` keeps the two blank lines of the section, the one behind it, and what comes before the next line with text.
fn kept_text(case: &Case) -> Value {
    let before = crate::render::render(case);
    let read: Value =
        serde_yaml::from_str(before.trim_start_matches('\u{feff}')).unwrap_or_else(|error| panic!("{error}\n{before}"));
    read["kept"].clone()
}

fn users(case: &Case, added: &Added, root: &mut Mapping) {
    let value = match &case.users {
        Users::Missing { .. } if added.user.is_none() => return,
        Users::List(people) => {
            let list = people.iter().map(|one| person(one, true, added));
            Value::Sequence(list.chain(added.user.clone()).collect())
        }
        Users::ByName(people) => {
            let mut all: Mapping = people.iter().map(|one| (text(one.name), person(one, false, added))).collect();
            if let (Some(user), Request::User { name, .. }) = (&added.user, &case.request) {
                all.insert(text(name), user.clone());
            }
            Value::Mapping(all)
        }
        _ if added.user.is_some() => Value::Sequence(added.user.iter().cloned().collect()),
        Users::EmptyList => Value::Sequence(Vec::new()),
        Users::EmptyMapping => Value::Mapping(Mapping::new()),
        _ => Value::Null,
    };
    root.insert(text("users"), value);
}

fn docker(case: &Case, added: &Added, root: &mut Mapping) {
    let value = match &case.docker {
        Docker::Missing { .. } => return,
        Docker::Nothing => Value::Null,
        Docker::Empty => Value::Mapping(Mapping::new()),
        Docker::Mapping { username: false, home: false, keys: None, flow: false } => Value::Null,
        Docker::Mapping { username, home, keys: list, .. } => {
            let mut out = Mapping::new();
            if *username {
                out.insert(text("username"), text("deploy"));
            }
            if *home {
                out.insert(text("home"), text("/opt/deploy"));
            }
            if let Some(list) = list {
                out.insert(text("authorized_ssh_keys"), keys(Field::SshKeys, list, added));
            }
            Value::Mapping(out)
        }
    };
    root.insert(text("docker_user"), value);
}
