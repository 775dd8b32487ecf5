//! The role `docker_user`: the deploy account and its keys (roles/docker_user/tasks/main.yml).

use super::groups;
use super::outcome::{Failure, Via};
use super::run::Run;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::KeyText;
use crate::spin::config::layout::Section;
use crate::spin::config::layout::{DEFAULT_ACCOUNT, DEPLOY_PUBLIC_KEY};
use crate::spin::config::names::is_account_name;
use crate::spin::config::user::{Groups, Person};
use crate::yaml::NodeId;

/// roles/docker_user/tasks/main.yml
pub(super) fn deploy(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    let account = match &run.config.deploy {
        None => run.config.deploy_account.clone(),
        Some(deploy) => match &deploy.username {
            Some(Value::Unknown) => None,
            Some(value) if value.printed().is_some_and(|name| is_account_name(&name)) => value.printed(),
            _ if Value::of(run.document, deploy.node) == Value::Unknown => None,
            name => {
                failure = Some(without_name(run, deploy.node, deploy.key_node, name.as_ref()));
                Some(DEFAULT_ACCOUNT.into())
            }
        },
    };
    let failure = failure.or_else(|| secondary_groups(run));
    if failure.is_some() && !run.goes_on() {
        return failure;
    }
    let name = account.as_deref();
    if let Some(name) = name {
        run.server.add(name, true);
    }
    type Task = fn(&mut Run<'_, '_, '_>, Option<&str>) -> Option<Failure>;
    const TASKS: [Task; 3] = [deploy_list, deploy_variable, first_keys];
    let mut first = failure;
    for task in TASKS {
        first = first.or(task(run, name));
        if first.is_some() && !run.goes_on() {
            break;
        }
    }
    first
}

/// Why `docker_user` creates no account.
fn without_name(run: &Run<'_, '_, '_>, node: NodeId, key_node: NodeId, name: Option<&Value<'_>>) -> Failure {
    let entry = run.document.entry(node, "username");
    match (Value::of(run.document, node), name, entry) {
        (Value::Map, None, _) => Failure::at("SK301", run.at(key_node)),
        (Value::Map, Some(Value::Null), Some((key, _))) => Failure::at("SK301", run.at(key)),
        (Value::Map, Some(_), Some((_, value))) => Failure::at("SK207", run.at(value)),
        _ => Failure::at("SK302", run.at(key_node)),
    }
}

/// Line 12: groups besides `docker`, which exists by now.
fn secondary_groups(run: &Run<'_, '_, '_>) -> Option<Failure> {
    let deploy = run.config.deploy.as_ref()?;
    let (key, node) = run.document.entry(deploy.node, "secondary_groups")?;
    let Value::Text(names) = Value::of(run.document, node) else { return None };
    groups::missing_beside_docker(names)?;
    Some(Failure::at("SK213", run.at(key)))
}

/// Line 19: `docker_user.authorized_ssh_keys`.
fn deploy_list(run: &mut Run<'_, '_, '_>, name: Option<&str>) -> Option<Failure> {
    let list = run.config.deploy.as_ref().and_then(|deploy| deploy.keys.as_ref())?;
    match list.value {
        Value::List(_) | Value::Text(_) | Value::Null => {}
        Value::Unknown => run.unknown(name, run.at(list.key_node)),
        _ => return Some(Failure::at("SK305", run.at(list.key_node))),
    }
    let mut failure = None;
    for entry in &list.entries {
        let at = run.at(entry.text_node);
        let failed = match entry.text {
            KeyText::Text(text) if !entry.is_mapping => run.give(name, text, at, &Via::DockerUser),
            KeyText::Missing if !entry.is_mapping => None,
            KeyText::Unknown if !entry.is_mapping => {
                run.unknown(name, at);
                None
            }
            _ => {
                let rule = if entry.colon_line(run.document).is_some() { "SK420" } else { "SK304" };
                run.fail(at, Failure::at(rule, run.at(entry.item)))
            }
        };
        failure = failure.or(failed);
    }
    failure
}

/// Line 27: a variable that `spin configure` passes, and that may also be in the file.
fn deploy_variable(run: &mut Run<'_, '_, '_>, name: Option<&str>) -> Option<Failure> {
    let node = run.document.root().and_then(|root| run.document.get(root, DEPLOY_PUBLIC_KEY))?;
    let at = run.at(node);
    match Value::of(run.document, node) {
        Value::Text(text) => run.give(name, text, at, &Via::DeployPublicKey),
        Value::Unknown => {
            run.unknown(name, at);
            None
        }
        _ => None,
    }
}

/// Line 34: the first key of everybody in sudo, whatever its state.
fn first_keys(run: &mut Run<'_, '_, '_>, name: Option<&str>) -> Option<Failure> {
    let mut failure = None;
    for person in run.config.people.iter().filter(|person| person.user.section == Section::Users) {
        let failed = first_key(run, name, person).map(|failed| failed.of(&person.called()));
        failure = failure.or(failed);
    }
    failure
}

fn first_key(run: &mut Run<'_, '_, '_>, name: Option<&str>, person: &Person<'_>) -> Option<Failure> {
    let entry_at = run.at(person.user.name_node);
    if person.groups == Groups::None {
        return Some(Failure::at("SK210", entry_at));
    }
    let is_unknown = person.keys.as_ref().is_some_and(|list| list.value == Value::Unknown);
    if person.groups == Groups::Unknown || (person.in_sudo() && is_unknown) {
        run.unknown(name, entry_at);
        return None;
    }
    if !person.in_sudo() {
        return None;
    }
    let Some(first) = person.keys.as_ref().and_then(|list| list.entries.first()) else {
        let at = person.keys.as_ref().map_or(entry_at, |list| run.at(list.key_node));
        return Some(Failure::at("SK215", at));
    };
    let at = run.at(first.text_node);
    match first.text {
        // A text has no `public_key`.
        KeyText::Text(_) if !first.is_mapping => run.fail(at, Failure::at("SK217", run.at(first.item))),
        KeyText::Text(text) => run.give(name, text, at, &Via::FirstKey { of: person.called() }),
        KeyText::Unknown => {
            run.unknown(name, at);
            None
        }
        KeyText::Missing | KeyText::Other => None,
    }
}
