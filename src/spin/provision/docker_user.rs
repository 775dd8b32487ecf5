//! The role `docker_user`: the deploy account and its keys (roles/docker_user/tasks/main.yml).

use super::arguments::{self, Argument, usual_home};
use super::asked::Asked;
use super::outcome::{Failure, Via};
use super::run::{Receiver, Run};
use super::user_module::{Rules, Uid, User, Words, is_group_name};
use crate::key;
use crate::spin::config::ansible_value::{self, Value};
use crate::spin::config::key_list::KeyText;
use crate::spin::config::layout::Section;
use crate::spin::config::layout::{DEFAULT_ACCOUNT, DEPLOY_PUBLIC_KEY};
use crate::spin::config::names::is_account_name;
use crate::spin::config::user::{Groups, Person};
use crate::yaml::NodeId;
use std::borrow::Cow;

/// The name of the account, if it is known.
fn name<'d>(run: &Run<'_, 'd, '_>) -> Option<Cow<'d, str>> {
    let name = match &run.config.deploy {
        None => run.config.deploy_account.clone(),
        Some(deploy) => match &deploy.username {
            Some(Value::Unknown) => None,
            Some(value) => value.printed(),
            None => None,
        },
    };
    // Where there is no name, the file intends the role's default.
    name.filter(|name| is_account_name(name)).or_else(|| is_nameless(run).then(|| DEFAULT_ACCOUNT.into()))
}

/// The account on the server.
fn account(run: &mut Run<'_, '_, '_>) -> Receiver {
    let name = name(run);
    run.receiver(name.as_deref())
}

/// Whether `docker_user` has no name that useradd takes.
fn is_nameless(run: &Run<'_, '_, '_>) -> bool {
    let Some(deploy) = &run.config.deploy else { return false };
    Value::of(run.document, deploy.node) != Value::Unknown
        && match &deploy.username {
            Some(Value::Unknown) => false,
            Some(value) => !value.printed().is_some_and(|name| is_account_name(&name)),
            None => true,
        }
}

/// A field of `docker_user`.
fn field<'d>(run: &Run<'_, 'd, '_>, key: &str) -> Option<Argument<'d>> {
    let deploy = run.config.deploy.as_ref()?;
    Argument::of(run.document, deploy.node, key)
}

/// The same for an argument that is missing if it is null.
fn optional<'d>(run: &Run<'_, 'd, '_>, key: &str) -> Option<Argument<'d>> {
    let deploy = run.config.deploy.as_ref()?;
    Argument::unless_null(run.document, deploy.node, key)
}

/// Line 1: the primary group, with its id.
pub(super) fn create_group(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let (group, gid) = (field(run, "group"), optional(run, "gid"));
    let number = match &gid {
        None if field(run, "gid").is_some() => None,
        None => Some(i64::from(DEFAULT_ID)),
        Some(gid) => match gid.int() {
            Some(Ok(number)) => Some(number),
            Some(Err(())) => return Some(Failure::at("SK309", run.at(gid.node))),
            None => None,
        },
    };
    match group.as_ref().map(|group| (group, group.text())) {
        Some((_, None)) => {}
        Some((group, Some(name))) if !is_group_name(name) => return Some(Failure::at("SK310", run.at(group.node))),
        named => {
            let name = named.and_then(|(_, name)| name).unwrap_or(DEFAULT_ACCOUNT);
            if !run.server.group_module(name, number) {
                let deploy = run.config.deploy.as_ref().map(|deploy| deploy.key_node);
                let at = gid.map(|gid| gid.node).or(deploy).map_or(0, |node| run.at(node));
                return Some(Failure::at("SK309", at));
            }
        }
    }
    None
}

/// The user id: null leaves it to useradd.
fn uid<'d>(run: &Run<'_, 'd, '_>) -> Uid<'d> {
    match (field(run, "uid"), optional(run, "uid")) {
        (None, _) => Uid::Fixed(DEFAULT_ID),
        (Some(_), None) => Uid::Any,
        (_, Some(uid)) => Uid::Of(uid),
    }
}

/// Line 6: the account.
pub(super) fn create_account(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    if let Some(deploy) = &run.config.deploy
        && is_nameless(run)
    {
        failure = Some(without_name(run, deploy.node, deploy.key_node, deploy.username.as_ref()));
        if !run.goes_on() {
            return failure;
        }
    }
    let name = name(run)?;
    let name = &*name;
    let document = run.document;
    let group = field(run, "group");
    let primary = match group.as_ref().map(Argument::text) {
        None => Some(DEFAULT_ACCOUNT.into()),
        Some(text) => text.and_then(|text| run.server.group(text)),
    };
    let groups = match secondary_groups(run) {
        Ok(groups) => groups,
        Err(refused) if run.goes_on() => {
            failure = failure.or(Some(refused));
            None
        }
        Err(refused) => return Some(refused),
    };
    let at = run
        .config
        .deploy
        .as_ref()
        .map_or(0, |deploy| run.at(document.get(deploy.node, "username").unwrap_or(deploy.key_node)));
    let mut user = User {
        name: name.into(),
        usual_home: usual_home(name),
        at,
        comment: None,
        groups,
        primary,
        home: optional(run, "home"),
        password: None,
        shell: None,
        uid: uid(run),
        always_sets_password: false,
        rules: Rules { uid: "SK309", home: "SK312" },
    };
    let result = run.server.user(document, &user, |_| "SK213");
    let refused = result.err();
    if refused.is_some() && run.goes_on() {
        let known = user.groups.take().into_iter().flatten();
        user.groups = Some(known.filter(|(word, _)| run.server.group(word).is_some()).collect());
        (user.home, user.uid) = (None, Uid::Any);
        let _ = run.server.user(document, &user, |_| "SK213");
    }
    run.server.set_deploy(name);
    failure.or(refused)
}

/// The id of the account and of its group, unless the file says otherwise (roles/docker_user/defaults/main.yml).
const DEFAULT_ID: u32 = 9999;

/// The group of Docker, which the role `docker` has created by then.
const DOCKER: &str = "docker";

/// `secondary_groups`, with the node that a failure points at.
fn secondary_groups(run: &Run<'_, '_, '_>) -> Result<Option<Words>, Failure> {
    let document = run.document;
    let entry = run.config.deploy.as_ref().and_then(|deploy| document.entry(deploy.node, "secondary_groups"));
    let Some((key, node)) = entry else {
        let at = run.config.deploy.as_ref().map_or(0, |deploy| deploy.key_node);
        return Ok(Some(vec![(DOCKER.into(), at)]));
    };
    match arguments::words(document, node) {
        None => Ok(None),
        Some(Err(())) => Err(Failure::at("SK311", run.at(key))),
        Some(Ok(words)) => Ok(Some(words.into_iter().map(|word| (word.into(), key)).collect())),
    }
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

/// Line 19: `docker_user.authorized_ssh_keys`.
pub(super) fn deploy_list(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let list = run.config.deploy.as_ref().and_then(|deploy| deploy.keys.as_ref())?;
    let deploy = account(run);
    match list.value {
        Value::List(_) | Value::Text(_) | Value::Null => {}
        Value::Unknown => run.unknown(deploy, run.at(list.key_node)),
        _ => return Some(Failure::at("SK305", run.at(list.key_node))),
    }
    let mut failure = None;
    for entry in &list.entries {
        let at = run.at(entry.text_node);
        let failed = match entry.text {
            KeyText::Text(text) if !entry.is_mapping => {
                run.give(deploy, &key::ansible_writes(text), text, at, &Via::DockerUser)
            }
            KeyText::Missing if !entry.is_mapping => None,
            KeyText::Unknown if !entry.is_mapping => {
                run.unknown(deploy, at);
                None
            }
            _ => {
                let rule = if entry.colon_line(run.document).is_some() { "SK420" } else { "SK304" };
                run.fail(at, Failure::at(rule, run.at(entry.item)))
            }
        };
        run.faults.extend(failed.clone());
        failure = failure.or(failed);
    }
    failure
}

/// Line 27: a variable that `spin configure` passes, and that may also be in the file.
pub(super) fn deploy_variable(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let deploy = account(run);
    // An extra variable of the command line beats one of the file.
    if let Some(key) = run.deploy_public_key {
        return run.give(deploy, &key::ansible_writes(key), key, usize::MAX, &Via::DeployPublicKey);
    }
    let node = run.document.root().and_then(|root| run.document.get(root, DEPLOY_PUBLIC_KEY))?;
    let at = run.at(node);
    match Value::of(run.document, node) {
        Value::List(_) | Value::Map => run.fail(at, Failure::at("SK314", at)),
        _ => match ansible_value::text(run.document, node) {
            Some(text) => run.give(deploy, &key::ansible_writes(&text), &text, at, &Via::DeployPublicKey),
            None => {
                run.unknown(deploy, at);
                None
            }
        },
    }
}

/// Line 34: the first key of everybody in sudo, whatever its state.
pub(super) fn first_keys(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    let mut failure = None;
    let (deploy, asked) = (account(run), run.asked);
    for (person, asked) in run.config.people.iter().zip(asked) {
        if person.user.section != Section::Users {
            continue;
        }
        let failed = first_key(run, deploy, person, asked).map(|failed| failed.of(&person.called()));
        run.faults.extend(failed.clone());
        failure = failure.or(failed);
    }
    failure
}

fn first_key(run: &mut Run<'_, '_, '_>, deploy: Receiver, person: &Person<'_>, asked: &Asked<'_>) -> Option<Failure> {
    let entry_at = run.at(person.user.name_node);
    // The run ended there long before.
    if !matches!(Value::of(run.document, person.user.node), Value::Map | Value::Unknown) {
        return None;
    }
    if person.groups == Groups::None {
        return Some(Failure::at("SK210", entry_at));
    }
    let is_unknown = person.keys.as_ref().is_some_and(|list| list.value == Value::Unknown);
    if person.groups == Groups::Unknown || (person.in_sudo() && is_unknown) {
        run.unknown(deploy, entry_at);
        return None;
    }
    if !person.in_sudo() {
        return None;
    }
    let first = person.keys.as_ref().and_then(|list| list.entries.first()).zip(asked.written.first());
    let Some((first, written)) = first else {
        let at = person.keys.as_ref().map_or(entry_at, |list| run.at(list.key_node));
        return Some(Failure::at("SK215", at));
    };
    let at = run.at(first.text_node);
    match first.text {
        // A text has no `public_key`.
        KeyText::Text(_) if !first.is_mapping => run.fail(at, Failure::at("SK217", run.at(first.item))),
        KeyText::Text(text) => run.give(deploy, written, text, at, &Via::FirstKey { of: person.called() }),
        KeyText::Unknown => {
            run.unknown(deploy, at);
            None
        }
        KeyText::Missing if first.text_node == first.item => run.fail(at, Failure::at("SK217", run.at(first.item))),
        // The module installs nothing for a null.
        KeyText::Missing => None,
        KeyText::Other => run.fail(at, Failure::at("SK410", at)),
    }
}
