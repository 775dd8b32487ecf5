//! The role `linux_common`: accounts and keys of people (roles/linux_common/tasks/users.yml).

use super::groups;
use super::outcome::{Failure, Via};
use super::run::Run;
use super::validate_inputs;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::names::is_account_name;
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::yaml::NodeId;

/// roles/linux_common/tasks/users.yml:12
pub(super) fn create_users(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    for person in &run.config.people {
        let refused = refused_user(run, person).map(|refused| refused.of(&person.called()));
        if refused.is_none() || run.goes_on() {
            let Some(name) = person.account.as_deref() else { continue };
            match person.state {
                State::Absent => run.server.remove(name),
                _ => run.server.add(name, false),
            }
        }
        failure = failure.or(refused);
    }
    failure
}

/// Why `ansible.builtin.user` fails for an entry.
fn refused_user(run: &Run<'_, '_, '_>, person: &Person<'_>) -> Option<Failure> {
    let document = run.document;
    let user = person.user.node;
    let at_key = |key: &str| run.at(document.entry(user, key).map_or(person.user.name_node, |entry| entry.0));
    let name_at = run.at(document.get(user, "username").unwrap_or(user));
    if !matches!(Value::of(document, user), Value::Map | Value::Unknown) {
        return Some(Failure::at("SK203", run.at(user)));
    }
    if person.state == State::Wrong {
        return Some(Failure::at("SK220", run.at(document.get(user, "state").unwrap_or(user))));
    }
    match (Value::at(document, user, "username"), person.account.as_deref()) {
        (Some(Value::Unknown), _) => return None,
        (_, Some(name)) if is_account_name(name) => {}
        (Some(Value::Number(None)), None) => return None,
        (_, Some(_)) | (Some(Value::List(_) | Value::Map), None) => return Some(Failure::at("SK207", name_at)),
        (_, None) => return Some(Failure::at("SK204", name_at)),
    }
    if person.state == State::Absent {
        return None;
    }
    match &person.groups {
        Groups::Text("") => None,
        Groups::Text(_) => Some(Failure::at("SK211", at_key("groups"))),
        Groups::List(_) => missing_group(run, user),
        _ => None,
    }
}

/// The first item of `groups` with a group that does not exist on a new server.
fn missing_group(run: &Run<'_, '_, '_>, user: NodeId) -> Option<Failure> {
    let list = run.document.get(user, "groups")?;
    let keys = run.document.entries(list).iter().map(|(key, _)| *key);
    let mut items = run.document.items(list).iter().copied().chain(keys);
    items.find_map(|item| {
        let value = Value::of(run.document, item);
        let rule = match value.printed() {
            Some(names) => groups::rule_of(groups::missing(&names)?),
            None if value == Value::Unknown => return None,
            None => "SK211",
        };
        Some(Failure::at(rule, run.at(item)))
    })
}

/// roles/linux_common/tasks/users.yml:26
pub(super) fn expire_passwords(run: &Run<'_, '_, '_>) -> Option<Failure> {
    let mut there = run.config.people.iter().filter(|person| person.state != State::Absent);
    let person = there.find(|person| validate_inputs::has_bad_password(run.document, person))?;
    let key = run.document.entry(person.user.node, "password").map_or(person.user.name_node, |entry| entry.0);
    Some(Failure::at("SK224", run.at(key)).of(&person.called()))
}

/// roles/linux_common/tasks/users.yml:34
pub(super) fn install_keys(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let people = run.config.people.iter();
    let lists: Vec<(&Person<'_>, &KeyList<'_>)> =
        people.filter_map(|person| Some((person, person.keys.as_ref()?))).collect();
    let is_odd = |list: &KeyList<'_>| !matches!(list.value, Value::List(_) | Value::Unknown);
    let odd = lists.iter().find(|(_, list)| is_odd(list));
    let mut failure = odd.map(|(person, list)| Failure::at("SK216", run.at(list.key_node)).of(&person.called()));
    if failure.is_some() && !run.goes_on() {
        return failure;
    }
    for (person, list) in lists.into_iter().filter(|(person, _)| person.state != State::Absent) {
        let account = person.account.as_deref();
        if list.value == Value::Unknown {
            run.unknown(account, run.at(list.key_node));
        }
        for entry in list.entries.iter().filter(|_| !is_odd(list)) {
            let failed = own_key(run, person, account, entry).map(|failed| failed.of(&person.called()));
            failure = failure.or(failed);
        }
    }
    failure
}

fn own_key(
    run: &mut Run<'_, '_, '_>,
    person: &Person<'_>,
    account: Option<&str>,
    entry: &Entry<'_>,
) -> Option<Failure> {
    let at = run.at(entry.text_node);
    if account.is_none() {
        run.unknown(None, at);
        return None;
    }
    let public_key = run.document.entry(entry.item, "public_key");
    if !entry.is_mapping && entry.text != KeyText::Unknown {
        return run.fail(at, Failure::at("SK217", run.at(entry.item)));
    }
    if public_key.is_none() && entry.is_mapping {
        let rule = if entry.colon_line(run.document).is_some() { "SK420" } else { "SK217" };
        return run.fail(at, Failure::at(rule, run.at(entry.item)));
    }
    if entry.state == State::Wrong {
        return run.fail(at, Failure::at("SK501", run.at(entry.state_node.unwrap_or(entry.item))));
    }
    if account.is_some_and(|name| !run.server.has(name)) {
        return run.fail(at, Failure::at("SK208", run.at(removing_entry(run, account))));
    }
    match entry.text {
        KeyText::Text(text) if entry.state == State::Absent => run.take_away(account, text, at),
        KeyText::Text(text) if entry.state == State::Present => run.give(account, text, at, &Via::Own),
        KeyText::Other => run.fail(at, Failure::at("SK410", at)),
        KeyText::Missing => None,
        KeyText::Text(_) | KeyText::Unknown => {
            run.unknown(account, at);
            None
        }
    }
    .map(|failure| failure.of(&person.called()))
}

/// The entry that removed an account that an earlier entry created.
fn removing_entry(run: &Run<'_, '_, '_>, account: Option<&str>) -> NodeId {
    let mut people = run.config.people.iter().rev();
    let removing = people.find(|person| person.account.as_deref() == account && person.state == State::Absent);
    removing.map_or(0, |person| person.user.name_node)
}
