//! The role `linux_common`: accounts and keys of people (roles/linux_common/tasks/users.yml).

use super::arguments::Argument;
use super::groups;
use super::outcome::{Failure, Reason, Via};
use super::run::Run;
use super::user_module::{Rules, Uid, User, group_words};
use super::validate_inputs;
use crate::spin::config::ansible_value::{self, Value};
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::names::is_account_name;
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::yaml::NodeId;

/// roles/linux_common/tasks/users.yml:12
pub(super) fn create_users(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    let config = run.config;
    for (index, person) in config.people.iter().enumerate() {
        let refused = create_user(run, index, person).map(|refused| refused.of(&person.called()));
        run.faults.extend(refused.clone());
        failure = failure.or(refused);
    }
    failure
}

/// Creates, changes or removes the account of an entry; returns why `ansible.builtin.user` fails.
fn create_user(run: &mut Run<'_, '_, '_>, index: usize, person: &Person<'_>) -> Option<Failure> {
    let document = run.document;
    if let Some(refused) = refused_name(run, person) {
        if let Some(name) = person.account.as_deref().filter(|_| run.goes_on()) {
            run.server.list(name, run.document.node(person.user.name_node).start);
        }
        return Some(refused);
    }
    let name = person.account.as_deref()?;
    let user = person.user.node;
    let field = |key: &str| Argument::of(document, user, key);
    let optional = |key: &str| Argument::unless_null(document, user, key);
    let update = field("update_password");
    let always = update.as_ref().and_then(Argument::text) == Some("always");
    // The module reads its arguments before it looks at `state`.
    if let Some(refused) = refused_arguments(run, update.as_ref(), optional("uid").as_ref()) {
        if run.goes_on() && person.state != State::Absent {
            run.server.list(name, run.at(person.user.name_node));
        }
        return Some(refused);
    }
    if person.state == State::Absent {
        if run.server.remove(name) {
            run.changed.insert(index);
        }
        return None;
    }
    let groups = match groups(run, person) {
        Ok(groups) => groups,
        Err(failure) if !run.goes_on() => return Some(failure),
        Err(failure) => {
            run.faults.push(failure.of(&person.called()));
            None
        }
    };
    let mut wanted = User {
        name,
        at: run.at(document.get(user, "username").unwrap_or(person.user.name_node)),
        comment: field("name"),
        groups,
        primary: None,
        home: optional("homedir"),
        password: field("password"),
        shell: optional("shell"),
        uid: optional("uid").map_or(Uid::Any, Uid::Of),
        always_sets_password: always,
        rules: Rules { uid: "SK225", home: "SK226" },
    };
    let outcome = run.server.user(document, &wanted, groups::rule_of);
    let refused = match outcome {
        Ok(is_changed) => {
            if is_changed {
                run.changed.insert(index);
            }
            return None;
        }
        Err(refused) => refused,
    };
    // What the file intends is an account without the field that is wrong.
    if run.goes_on() {
        let known = wanted.groups.take().into_iter().flatten();
        wanted.groups = Some(known.filter(|(word, _)| run.server.group(word).is_some()).collect());
        (wanted.comment, wanted.home, wanted.shell, wanted.uid) = (None, None, None, Uid::Any);
        if wanted.password.as_ref().and_then(Argument::text).is_some_and(|text| text.contains([':', '\n'])) {
            wanted.password = None;
        }
        let _ = run.server.user(document, &wanted, groups::rule_of);
    }
    Some(refused)
}

/// Why the module does not take its arguments.
fn refused_arguments(
    run: &Run<'_, '_, '_>,
    update: Option<&Argument<'_>>,
    uid: Option<&Argument<'_>>,
) -> Option<Failure> {
    let is_word = |argument: &Argument<'_>| matches!(argument.text(), None | Some("always" | "on_create"));
    let update = update.filter(|update| !is_word(update)).map(|update| Failure::at("SK231", run.at(update.node)));
    let uid = uid.filter(|uid| uid.int() == Some(Err(()))).map(|uid| Failure::at("SK225", run.at(uid.node)));
    update.or(uid)
}

/// Why an entry creates no account: it is none, or has no name or state that the module takes.
fn refused_name(run: &Run<'_, '_, '_>, person: &Person<'_>) -> Option<Failure> {
    let document = run.document;
    let user = person.user.node;
    let name_at = run.at(document.get(user, "username").unwrap_or(user));
    if !matches!(Value::of(document, user), Value::Map | Value::Unknown) {
        return Some(Failure::at("SK203", run.at(user)));
    }
    if person.state == State::Wrong {
        return Some(Failure::at("SK220", run.at(document.get(user, "state").unwrap_or(user))));
    }
    match (Value::at(document, user, "username"), person.account.as_deref()) {
        (Some(Value::Unknown), _) => None,
        (_, Some(name)) if is_account_name(name) => None,
        // There is no such account to be removed.
        (Some(Value::Null), None) | (_, Some(_)) if person.state == State::Absent => None,
        (Some(Value::Number(None)), None) => None,
        (_, Some(_)) => Some(Failure::at("SK207", name_at)),
        (_, None) => Some(Failure::at("SK204", name_at)),
    }
}

/// The words of `item.groups | join(',')`, each with its item; `None` if they are known only to Ansible.
fn groups(run: &Run<'_, '_, '_>, person: &Person<'_>) -> Result<Option<Vec<(String, NodeId)>>, Failure> {
    let document = run.document;
    let Some((key, list)) = document.entry(person.user.node, "groups") else {
        // ansible-core 2.21 omits what is not there.
        return Ok(None);
    };
    match &person.groups {
        Groups::None => Ok(None),
        Groups::Unknown => Ok(None),
        Groups::Text("") => Ok(Some(Vec::new())),
        Groups::Text(_) | Groups::Other => Err(Failure::at("SK211", run.at(key))),
        Groups::List(_) => {
            let keys = document.entries(list).iter().map(|(key, _)| *key);
            let items = document.items(list).iter().copied().chain(keys);
            let word = |item: NodeId| match Value::of(document, item) {
                Value::Unknown => None,
                Value::Null | Value::List(_) | Value::Map => Some(Err(Failure::at("SK211", run.at(item)))),
                _ => Some(Ok((ansible_value::text(document, item)?.into_owned(), item))),
            };
            let words: Result<Vec<(String, NodeId)>, Failure> = items.filter_map(word).collect();
            words.map(|words| Some(group_words(words.into_iter())))
        }
    }
}

/// roles/linux_common/tasks/users.yml:26: of the accounts that the task before changed.
pub(super) fn expire_passwords(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    let config = run.config;
    for (index, person) in config.people.iter().enumerate() {
        if !run.changed.contains(&index) {
            continue;
        }
        let rule = match (validate_inputs::has_bad_password(run.document, person), &person.state) {
            (true, _) => "SK224",
            // chage finds no account.
            (false, State::Absent) if validate_inputs::has_password(run.document, person) => "SK503",
            _ => {
                if let Some(made) = person.account.as_deref().and_then(|name| run.server.account(name)) {
                    made.expired_at = made.password_at.or(made.expired_at);
                }
                continue;
            }
        };
        let key = run.document.entry(person.user.node, "password").map_or(person.user.name_node, |entry| entry.0);
        let failed = Some(Failure::at(rule, run.at(key)).of(&person.called()));
        run.faults.extend(failed.clone());
        failure = failure.or(failed);
    }
    failure
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
        if is_skipped(run, person) {
            for entry in &list.entries {
                run.tried.insert(run.document.node(entry.text_node).start, Some(Reason::Skipped));
            }
            continue;
        }
        let account = person.account.as_deref();
        if list.value == Value::Unknown {
            run.unknown(account, run.at(list.key_node));
        }
        for entry in list.entries.iter().filter(|_| !is_odd(list)) {
            let failed = own_key(run, person, account, entry).map(|failed| failed.of(&person.called()));
            run.faults.extend(failed.clone());
            failure = failure.or(failed);
        }
    }
    failure
}

/// Whether `with_subelements` leaves the entry out (ansible-core `plugins/lookup/subelements.py`).
fn is_skipped(run: &Run<'_, '_, '_>, person: &Person<'_>) -> bool {
    let skipped = Value::at(run.document, person.user.node, "skipped");
    skipped.is_some_and(|skipped| skipped != Value::Bool(false))
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
    if account.is_some_and(|name| run.server.account(name).is_none()) {
        let removing = removing_entry(run, account).unwrap_or(entry.item);
        return run.fail(at, Failure::at("SK208", run.at(removing)));
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
fn removing_entry(run: &Run<'_, '_, '_>, account: Option<&str>) -> Option<NodeId> {
    let mut people = run.config.people.iter().rev();
    let removing = people.find(|person| person.account.as_deref() == account && person.state == State::Absent);
    removing.map(|person| person.user.name_node)
}
