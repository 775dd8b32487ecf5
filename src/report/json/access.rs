//! `list --format json`.

use super::shapes::{JsonFinding, Key, Place, listed, shown_line, text};
use crate::check;
use crate::key;
use crate::report::room::Room;
use crate::report::values::Access;
use crate::report::words;
use crate::spin::config::principals::{Listed, Principal};
use crate::spin::provision::outcome::{Account, Failure, Installed, NotInstalled, TunnelKey, Via};
use serde::Serialize;
use std::rc::Rc;

/// Who has access, in the file and on a new server.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AccessFile {
    path: String,
    encrypted: bool,
    /// As written in the file.
    principals: Vec<JsonPrincipal>,
    /// As they are on a new server.
    accounts: Vec<JsonAccount>,
    /// What is otherwise on a server that was provisioned before; null if nothing is.
    provisioned: Option<JsonProvisioned>,
    tunnel: JsonTunnel,
    not_installed: Vec<JsonNotInstalled>,
    /// Why `spin provision` fails.
    failure: Option<JsonFinding>,
    /// Templates among the users. If Ansible cannot resolve one, the run fails before it changes anything.
    unresolved: Vec<Place>,
    /// How many accounts, keys and places are not listed, because there are too many.
    truncated: usize,
}

/// A part is less than this many tenths of the text of a file with a key for each user.
const TENTHS: usize = 100;
/// Bytes of an account without its groups and keys.
const OBJECT: usize = 400;
/// Bytes around a group.
const GROUP: usize = 16;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonPrincipal {
    /// Null where it is missing or known only to Ansible.
    account: Option<String>,
    /// `users`, `additional_users` or `docker_user`.
    section: &'static str,
    /// The path of the entry, such as `users[0]`.
    entry: String,
    place: Place,
    /// Null where they are missing or unknown.
    groups: Option<Vec<String>>,
    /// `present`, `absent`, `invalid` or `unknown`.
    state: &'static str,
    is_revocation_entry: bool,
    keys: Vec<JsonListed>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonListed {
    /// The path of the item, such as `users[0].authorized_keys[1]`.
    entry: String,
    place: Place,
    key: Key,
    /// `present`, `absent`, `invalid` or `unknown`.
    state: &'static str,
    problem: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonAccount {
    account: String,
    /// It is the deploy account.
    deploy: bool,
    /// The groups that it has on the server, besides `users`.
    groups: Vec<String>,
    /// Why nobody can log in, whatever the keys.
    closed: Option<JsonClosed>,
    keys: Vec<JsonInstalled>,
    /// Places whose keys are known only to Ansible.
    unknown: Vec<Place>,
}

/// A server that was provisioned before.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonProvisioned {
    accounts: Vec<JsonAccount>,
    /// Why `spin provision` fails there, if that is not as on a new server.
    failure: Option<JsonFinding>,
}

/// The tunnel to databases (`AUTHORIZED_KEYS`).
#[derive(Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonTunnel {
    keys: Vec<JsonTunnelKey>,
    /// Why `spin configure gha` and `spin deploy` fail before they write it.
    failure: Option<JsonClosed>,
    /// Places whose keys are known only to Ansible.
    unknown: Vec<Place>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonTunnelKey {
    /// The user under whom it is listed.
    account: String,
    /// Null where no key is in the line.
    authorized_key: Option<String>,
    key: Key,
    place: Place,
    lets_in: bool,
    reason: Option<String>,
}

/// A rule and the place to which it applies.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonClosed {
    code: &'static str,
    reason: &'static str,
    place: Place,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonInstalled {
    /// The line as installed.
    authorized_key: String,
    key: Key,
    place: Place,
    via: Via,
    /// Whether somebody can log in by this line: with the key, or only with a certificate that it signs (see `reason`).
    lets_in: bool,
    /// Why the key itself cannot log in.
    reason: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonNotInstalled {
    principal: String,
    place: Place,
    key: Key,
    reason: String,
}

pub(crate) fn access(access: &Access<'_, '_, '_>) -> String {
    let (analysis, outcome) = (access.analysis, &access.analysis.outcome);
    let finding = |it| JsonFinding::of(it, &access.file.shown);
    let mut missing = 0;
    let mut part = |make: &mut dyn FnMut(&mut Room)| {
        let mut room = Room::of_list(analysis.document.text, TENTHS);
        make(&mut room);
        missing += room.missing;
    };
    let (mut principals, mut accounts, mut not_installed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut again, mut tunnel) = (None, JsonTunnel::default());
    part(&mut |room| principals = access.json_principals(room));
    part(&mut |room| accounts = access.json_accounts(&outcome.accounts, room));
    part(&mut |room| {
        again = outcome.provisioned.as_ref().map(|provisioned| JsonProvisioned {
            accounts: access.json_accounts(&provisioned.accounts, room),
            failure: analysis.findings.provisioned.as_ref().and_then(Option::as_ref).map(finding),
        });
    });
    part(&mut |room| tunnel = access.tunnel(room));
    part(&mut |room| not_installed = listed(room, &outcome.not_installed, |it| access.not_installed(it)));
    let mut unresolved = Vec::new();
    part(&mut |room| unresolved = access.places(&outcome.unresolved, room));
    text(AccessFile {
        path: access.file.shown.display().to_string(),
        encrypted: access.file.is_encrypted,
        principals,
        accounts,
        provisioned: again,
        tunnel,
        not_installed,
        failure: analysis.findings.failure.as_ref().map(finding),
        unresolved,
        truncated: missing,
    })
}

impl Access<'_, '_, '_> {
    fn json_place(&self, at: usize) -> Place {
        let (line, column) = self.analysis.lines.place(at);
        Place::new(&self.file.shown, line, column)
    }

    fn places(&self, places: &[usize], room: &mut Room) -> Vec<Place> {
        listed(room, places, |at| self.json_place(*at))
    }

    fn json_principals(&self, room: &mut Room) -> Vec<JsonPrincipal> {
        let mut out = Vec::new();
        for principal in &self.principals {
            if room.is_open() {
                out.push(self.principal(principal, room));
            } else {
                room.missing += principal.keys.len();
            }
        }
        out
    }

    fn principal(&self, principal: &Principal, room: &mut Room) -> JsonPrincipal {
        let key = |listed: &Listed| JsonListed {
            entry: listed.path.clone(),
            place: self.json_place(listed.at),
            key: Key::of(listed.key.as_ref()),
            state: listed.state,
            problem: listed.problem.clone(),
        };
        room.spend(OBJECT + principal.groups.iter().flatten().map(|group| group.len() + GROUP).sum::<usize>());
        JsonPrincipal {
            account: principal.account.clone(),
            section: principal.section,
            entry: principal.path.clone(),
            place: self.json_place(principal.at),
            groups: principal.groups.clone(),
            state: principal.state,
            is_revocation_entry: principal.is_revocation,
            keys: listed(room, &principal.keys, key),
        }
    }

    fn json_accounts(&self, accounts: &[Rc<Account>], room: &mut Room) -> Vec<JsonAccount> {
        let mut out = Vec::new();
        for account in accounts {
            if room.is_open() {
                out.push(self.json_account(account, room));
            } else {
                room.missing += account.keys.len();
            }
        }
        out
    }

    fn json_account(&self, account: &Account, room: &mut Room) -> JsonAccount {
        let installed = |installed: &Installed| JsonInstalled {
            authorized_key: installed.line.to_string(),
            key: Key::of(key::describe(&installed.line).as_ref()),
            place: self.json_place(installed.at),
            via: installed.via.clone(),
            lets_in: account.opens(installed, self.analysis.now),
            reason: words::why_not(&installed.login(self.analysis.now)),
        };
        room.spend(OBJECT + account.groups.iter().map(|group| group.len() + GROUP).sum::<usize>());
        JsonAccount {
            account: account.name.clone(),
            deploy: account.is_deploy,
            groups: account.groups.clone(),
            closed: account.closed.as_ref().map(|closed| self.closed(closed)),
            keys: listed(room, &account.keys, installed),
            unknown: self.places(&account.unknown, room),
        }
    }

    fn closed(&self, closed: &Failure) -> JsonClosed {
        let reason = check::find(closed.rule).map_or("", |rule| rule.title);
        JsonClosed { code: closed.rule, reason, place: self.json_place(closed.at) }
    }

    fn tunnel(&self, room: &mut Room) -> JsonTunnel {
        let tunnel = &self.analysis.outcome.tunnel;
        let key = |key: &TunnelKey| {
            let login = key::login(&key.line, self.analysis.now);
            JsonTunnelKey {
                account: key.of.clone(),
                authorized_key: shown_line(&key.line),
                key: Key::of(key::describe(&key.line).as_ref()),
                place: self.json_place(key.at),
                lets_in: login.lets_in(),
                reason: words::why_not(&login),
            }
        };
        JsonTunnel {
            keys: listed(room, &tunnel.keys, key),
            failure: tunnel.failure.as_ref().map(|failure| self.closed(failure)),
            unknown: self.places(&tunnel.unknown, room),
        }
    }

    fn not_installed(&self, not: &NotInstalled) -> JsonNotInstalled {
        let line = not.text.as_deref().and_then(|text| key::key_lines(text).next());
        JsonNotInstalled {
            principal: not.who.clone(),
            place: self.json_place(not.at),
            key: Key::of(line.and_then(|(_, line)| key::describe(line)).as_ref()),
            reason: words::not_installed(&not.reason, self.analysis.findings.failure.as_ref()),
        }
    }
}
