//! What a file may say after a request, computed on its data: Spin's rules as the design states them, without any of
//! the code that plans, cuts or proves.

use serde_yaml::{Mapping, Value};
use spin_keys::spin::Field;

/// A key to be added.
#[derive(Debug)]
pub(crate) struct Key {
    /// As it is to be written.
    pub(crate) line: String,
    /// Algorithm and key data, by which it is known.
    pub(crate) words: String,
    /// The key data as decoded.
    pub(crate) material: Vec<u8>,
}

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Wish<'w> {
    pub(crate) user: Option<&'w str>,
    pub(crate) key: &'w Key,
    pub(crate) field: Option<Field>,
    pub(crate) full_name: Option<&'w str>,
    pub(crate) groups: Option<&'w [String]>,
}

/// Where somebody stands.
struct Place {
    section: &'static str,
    at: Value,
    by_name: bool,
}

/// All that the file may say afterwards: more than one where only the letters of a key are found in an item, which may
/// hold that key or not. None where the request has to be refused.
pub(crate) fn acceptable(before: &Value, wish: &Wish<'_>) -> Vec<Value> {
    let mut before = before.clone();
    if before.is_null() {
        before = Value::Mapping(Mapping::new());
    }
    let Some(name) = wish.user else { return deploy(&before, wish) };
    let places = places(&before, name);
    match places.as_slice() {
        [] => new_user(&before, name, wish).into_iter().collect(),
        [place] => {
            let mut holder = item(&before, place).clone();
            // Nothing, or an empty list: it becomes a user.
            if holder.is_null() || holder.as_sequence().is_some_and(Vec::is_empty) {
                holder = Value::Mapping(Mapping::new());
            }
            let Some(field) = field(&holder, wish.field, place.by_name) else { return Vec::new() };
            let with = |holder: Value| {
                let mut after = before.clone();
                *item_mut(&mut after, place) = holder;
                after
            };
            with_key(&holder, field, wish.key).into_iter().map(with).collect()
        }
        _ => Vec::new(),
    }
}

fn places(root: &Value, name: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for section in ["users", "additional_users"] {
        match root.get(section).map(untag) {
            Some(Value::Sequence(items)) => {
                let same = |item: &Value| item.get("username").is_some_and(|text| is_name(text, name));
                let numbers = items.iter().enumerate().filter(|(_, item)| same(item));
                found.extend(numbers.map(|(at, _)| Place { section, at: at.into(), by_name: false }));
            }
            Some(Value::Mapping(entries)) => {
                let names = entries.keys().filter(|key| is_name(key, name));
                found.extend(names.map(|at| Place { section, at: at.clone(), by_name: true }));
            }
            _ => {}
        }
    }
    found
}

fn untag(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => untag(&tagged.value),
        other => other,
    }
}

fn is_name(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => text == name,
        Value::Number(number) => number.to_string() == name,
        _ => false,
    }
}

fn item<'v>(root: &'v Value, place: &Place) -> &'v Value {
    let section = &root[place.section];
    place.at.as_u64().filter(|_| !place.by_name).map_or_else(|| &section[&place.at], |at| &section[at as usize])
}

fn item_mut<'v>(root: &'v mut Value, place: &Place) -> &'v mut Value {
    let section = &mut root[place.section];
    match place.at.as_u64().filter(|_| !place.by_name) {
        Some(at) => &mut section[at as usize],
        None => &mut section[&place.at],
    }
}

fn field(holder: &Value, wanted: Option<Field>, by_name: bool) -> Option<&'static str> {
    let there: Vec<_> =
        ["authorized_keys", "authorized_ssh_keys"].into_iter().filter(|name| holder.get(name).is_some()).collect();
    let wanted = wanted.map(Field::key);
    match (wanted, there.as_slice()) {
        (Some(wanted), []) => Some(wanted),
        (Some(wanted), there) => there.contains(&wanted).then_some(wanted),
        (None, [first, ..]) => Some(first),
        (None, []) => Some(if by_name { "authorized_ssh_keys" } else { "authorized_keys" }),
    }
}

/// The mapping with the key in its list: there already, made present, or added as the last.
fn with_key(holder: &Value, field: &str, key: &Key) -> Vec<Value> {
    let items = match holder.get(field) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Mapping(entries)) if entries.is_empty() => Vec::new(),
        Some(Value::Sequence(items)) => items.clone(),
        // A lone text becomes the first item of a list, unless it holds the key.
        Some(Value::String(text)) if field == "authorized_ssh_keys" => {
            let is_there = holds(&Value::String(text.clone()), key);
            let mut after = holder.clone();
            let old = (!text.trim().is_empty()).then(|| Value::String(text.clone()));
            after[field] = Value::Sequence(old.into_iter().chain([Value::String(key.line.clone())]).collect());
            return match is_there {
                Holds::Not => vec![after],
                _ => vec![holder.clone(), after],
            };
        }
        // Any other lone text, or what stands behind a tag: looked at, never changed.
        Some(other) => {
            let is_there = match untag(other) {
                Value::Sequence(items) => items.iter().any(|item| holds(item, key) != Holds::Not),
                text => text.is_string() && holds(text, key) != Holds::Not,
            };
            return if is_there { vec![holder.clone()] } else { Vec::new() };
        }
    };
    let mut out = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let found = holds(item, key);
        if found == Holds::Not {
            continue;
        }
        let mut holder = holder.clone();
        if item.get("state").map(untag).and_then(Value::as_str) == Some("absent") {
            holder[field][at]["state"] = "present".into();
        }
        out.push(holder);
        if found == Holds::Surely {
            return out;
        }
    }
    let mut holder = holder.clone();
    let item = if field == "authorized_keys" {
        map([("public_key", key.line.as_str().into())])
    } else {
        key.line.as_str().into()
    };
    holder[field] = Value::Sequence(items.into_iter().chain([item]).collect());
    out.push(holder);
    out
}

#[derive(PartialEq, Eq)]
enum Holds {
    Not,
    /// The letters are there.
    Perhaps,
    Surely,
}

fn holds(item: &Value, key: &Key) -> Holds {
    let Some(text) = text_of(item) else { return Holds::Not };
    let data = key.words.split(' ').next_back().unwrap_or_default();
    let opens = |line: &str| line.strip_prefix(&key.words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    match text.contains(data) {
        true if text.lines().any(opens) => Holds::Surely,
        true => Holds::Perhaps,
        false => Holds::Not,
    }
}

fn text_of(item: &Value) -> Option<&str> {
    match untag(item) {
        Value::String(text) => Some(text),
        Value::Mapping(entries) => entries.get("public_key").map(untag).and_then(Value::as_str),
        _ => None,
    }
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Mapping(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

fn new_user(before: &Value, name: &str, wish: &Wish<'_>) -> Option<Value> {
    let mut after = before.clone();
    let groups =
        wish.groups.map_or_else(|| vec!["sudo".into()], |groups| groups.iter().map(|it| it.as_str().into()).collect());
    let mut person = map([("groups", Value::Sequence(groups))]);
    if let Some(full_name) = wish.full_name {
        person["name"] = full_name.into();
    }
    let users = before.get("users").map_or(Value::Null, Clone::clone);
    let by_name = matches!(untag(&users), Value::Mapping(entries) if !entries.is_empty());
    let field = wish.field.map_or(if by_name { "authorized_ssh_keys" } else { "authorized_keys" }, Field::key);
    let mut person = with_key(&person, field, wish.key).pop()?;
    if by_name {
        after["users"][name] = person;
        return Some(after);
    }
    person["username"] = name.into();
    match users {
        Value::Sequence(_) => after["users"].as_sequence_mut()?.push(person),
        Value::Null | Value::Mapping(_) => after["users"] = Value::Sequence(vec![person]),
        _ => return None,
    }
    Some(after)
}

fn deploy(before: &Value, wish: &Wish<'_>) -> Vec<Value> {
    if wish.field == Some(Field::AuthorizedKeys) {
        return Vec::new();
    }
    let mut docker = match before.get("docker_user") {
        None | Some(Value::Null) => map([]),
        Some(Value::Sequence(items)) if items.is_empty() => map([]),
        Some(docker @ Value::Mapping(_)) => docker.clone(),
        Some(_) => return Vec::new(),
    };
    match docker.get("username") {
        None => docker["username"] = "deploy".into(),
        Some(Value::Null) => return Vec::new(),
        Some(_) => {}
    }
    let with = |docker: Value| {
        let mut after = before.clone();
        after["docker_user"] = docker;
        after
    };
    with_key(&docker, "authorized_ssh_keys", wish.key).into_iter().map(with).collect()
}
