//! The role `linux_common`: accounts and keys of people (roles/linux_common/tasks/users.yml).

use super::arguments::Argument;
use super::groups;
use super::outcome::{Failure, Reason, Via};
use super::run::{Receiver, Run};
use super::user_module::Uid;
use super::validate_inputs;
use crate::key::ModuleResult;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::yaml::NodeId;

/// roles/linux_common/tasks/users.yml:12
pub(super) fn create_users(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    let (config, mut left_out) = (run.config, 0);
    for (index, person) in config.people.iter().enumerate() {
        left_out += person.user.left_out;
        run.server.create_left_out(left_out);
        let refused = create_user(run, index, person).map(|refused| refused.of(&person.called()));
        run.faults.extend(refused.clone());
        failure = failure.or(refused);
    }
    failure
}

/// Creates, changes or removes the account of an entry; returns why `ansible.builtin.user` fails.
fn create_user(run: &mut Run<'_, '_, '_>, index: usize, person: &Person<'_>) -> Option<Failure> {
    let document = run.document;
    let asked = run.asked.get(index)?;
    if let Some(refused) = &asked.refused_name {
        if let Some(name) = person.account.as_deref().filter(|_| run.goes_on()) {
            run.server.list(name, run.at(person.user.name_node));
        }
        return Some(Failure::clone(refused));
    }
    let user = asked.user.as_ref()?;
    // The module reads its arguments before it looks at `state`.
    if let Some(refused) = &asked.refused_arguments {
        if run.goes_on() && person.state != State::Absent {
            run.server.list(&user.name, run.at(person.user.name_node));
        }
        return Some(Failure::clone(refused));
    }
    if person.state == State::Absent {
        if run.server.remove(&user.name) {
            run.changed.push(index);
        }
        return None;
    }
    let refused_groups = asked.refused_groups.as_deref().cloned();
    if refused_groups.is_some() && !run.goes_on() {
        return refused_groups;
    }
    let refused = match run.server.user(document, user, groups::rule_of) {
        Ok((place, is_changed)) => {
            run.placed[index] = Some(place);
            if is_changed {
                run.changed.push(index);
            }
            return refused_groups;
        }
        Err(refused) => refused,
    };
    run.faults.extend(refused_groups.map(|refused| refused.of(&person.called())));
    // What the file intends is an account without the field that is wrong.
    if run.goes_on() {
        let mut wanted = user.clone();
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

/// roles/linux_common/tasks/users.yml:26: of the accounts that the task before changed.
pub(super) fn expire_passwords(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    let config = run.config;
    for index in std::mem::take(&mut run.changed) {
        let person = &config.people[index];
        let rule = match (validate_inputs::has_bad_password(run.document, person), &person.state) {
            (true, _) => "SK224",
            // chage finds no account.
            (false, State::Absent) if validate_inputs::has_password(run.document, person) => "SK503",
            _ => {
                if let Receiver::At(place) = run.receiver_of(index, person)
                    && let Some(made) = run.server.account_at(place)
                {
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

/// roles/linux_common/tasks/users.yml:34: `with_subelements` refuses values that are no lists before it installs a key.
pub(super) fn refuse_key_lists(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut lists = run.config.people.iter().filter_map(|person| Some((person, person.keys.as_ref()?)));
    let (person, list) = lists.find(|(_, list)| is_odd(list))?;
    Some(Failure::at("SK216", run.at(list.key_node)).of(&person.called()))
}

fn is_odd(list: &KeyList<'_>) -> bool {
    !matches!(list.value, Value::List(_) | Value::Unknown)
}

/// The same task: installs the keys.
pub(super) fn install_keys(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    let people = run.config.people.iter().zip(run.asked).enumerate();
    let lists = people.filter_map(|(index, (person, asked))| Some((index, person, asked, person.keys.as_ref()?)));
    for (index, person, asked, list) in lists.filter(|(_, person, ..)| person.state != State::Absent) {
        if asked.is_skipped {
            for entry in &list.entries {
                run.tried.push((run.document.node(entry.text_node).start, Some(Reason::Skipped)));
            }
            continue;
        }
        let account = run.receiver_of(index, person);
        if list.value == Value::Unknown {
            run.unknown(account, run.at(list.key_node));
        }
        for (entry, written) in list.entries.iter().zip(&asked.written).filter(|_| !is_odd(list)) {
            let failed = own_key(run, person, account, entry, written).map(|failed| failed.of(&person.called()));
            run.faults.extend(failed.clone());
            failure = failure.or(failed);
        }
    }
    failure
}

fn own_key(
    run: &mut Run<'_, '_, '_>,
    person: &Person<'_>,
    account: Receiver,
    entry: &Entry<'_>,
    written: &ModuleResult,
) -> Option<Failure> {
    let at = run.at(entry.text_node);
    if account == Receiver::Unknown {
        run.unknown(account, at);
        return None;
    }
    if !entry.is_mapping && entry.text != KeyText::Unknown {
        return run.fail(at, Failure::at("SK217", run.at(entry.item)));
    }
    if entry.is_mapping && entry.text == KeyText::Missing && entry.text_node == entry.item {
        let rule = if entry.colon_line(run.document).is_some() { "SK420" } else { "SK217" };
        return run.fail(at, Failure::at(rule, run.at(entry.item)));
    }
    if entry.state == State::Wrong {
        return run.fail(at, Failure::at("SK501", run.at(entry.state_node.unwrap_or(entry.item))));
    }
    if account == Receiver::Missing {
        let removing = removing_entry(run, person.account.as_deref()).unwrap_or(entry.item);
        return run.fail(at, Failure::at("SK208", run.at(removing)));
    }
    match entry.text {
        KeyText::Text(text) if entry.state == State::Absent => run.take_away(account, written, text, at),
        KeyText::Text(text) if entry.state == State::Present => run.give(account, written, text, at, &Via::Own),
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
