//! `list --format json`. Its fields are documented in the README and stay.

use super::{View, why_not};
use crate::key::{self, Described};
use crate::spin::{Account, Installed, Listed, NotInstalled, Principal, Via};
use serde::Serialize;

#[derive(Serialize)]
struct Json<'v> {
    file: String,
    encrypted: bool,
    principals: Vec<JsonPrincipal<'v>>,
    accounts: Vec<JsonAccount<'v>>,
    never_installed: Vec<JsonNever<'v>>,
    run_ends: Option<JsonEnd<'v>>,
    /// Lines of templates among the users.
    unresolved: Vec<usize>,
}

#[derive(Serialize)]
struct JsonPrincipal<'v> {
    account: Option<&'v str>,
    section: &'static str,
    path: &'v str,
    line: usize,
    groups: Option<&'v [String]>,
    state: &'static str,
    keys: Vec<JsonListed<'v>>,
}

#[derive(Serialize)]
struct JsonListed<'v> {
    path: &'v str,
    line: usize,
    #[serde(flatten)]
    key: JsonKey,
    state: &'static str,
    problem: Option<&'v str>,
}

#[derive(Serialize)]
struct JsonKey {
    r#type: Option<String>,
    bits: Option<u32>,
    fingerprint: Option<String>,
    comment: Option<String>,
    options: Option<String>,
}

#[derive(Serialize)]
struct JsonAccount<'v> {
    account: &'v str,
    deploy: bool,
    keys: Vec<JsonInstalled<'v>>,
    unknown: Vec<usize>,
}

#[derive(Serialize)]
struct JsonInstalled<'v> {
    authorized_key: &'v str,
    #[serde(flatten)]
    key: JsonKey,
    line: usize,
    way: &'v Via,
    lets_in: bool,
    reason: Option<String>,
}

#[derive(Serialize)]
struct JsonNever<'v> {
    principal: &'v str,
    line: usize,
    #[serde(flatten)]
    key: JsonKey,
    reason: &'v str,
}

#[derive(Serialize)]
struct JsonEnd<'v> {
    line: usize,
    reason: &'v str,
}

/// The one JSON object of a run.
///
/// # Errors
/// None that can happen: serde's own.
pub(super) fn text(view: &View<'_>) -> serde_json::Result<String> {
    let line = |at: usize| view.lines.place(at).0;
    let json = Json {
        file: view.file.shown.display().to_string(),
        encrypted: view.file.is_sealed(),
        principals: view.principals.iter().map(|it| principal(it, &line)).collect(),
        accounts: view.access.accounts.iter().map(|it| account(it, &line)).collect(),
        never_installed: view.access.never.iter().map(|it| never(it, &line)).collect(),
        unresolved: view.access.unresolved.iter().map(|at| line(*at)).collect(),
        run_ends: view.access.end.as_ref().map(|end| JsonEnd { line: line(end.at), reason: &end.reason }),
    };
    Ok(serde_json::to_string_pretty(&json)? + "\n")
}

fn principal<'v>(principal: &'v Principal, line: &dyn Fn(usize) -> usize) -> JsonPrincipal<'v> {
    let listed = |listed: &'v Listed| JsonListed {
        path: &listed.path,
        line: line(listed.at),
        key: JsonKey::of(listed.key.clone()),
        state: listed.state,
        problem: listed.problem.as_deref(),
    };
    JsonPrincipal {
        account: principal.account.as_deref(),
        section: principal.section,
        path: &principal.path,
        line: line(principal.at),
        groups: principal.groups.as_deref(),
        state: principal.state,
        keys: principal.keys.iter().map(listed).collect(),
    }
}

fn account<'v>(account: &'v Account, line: &dyn Fn(usize) -> usize) -> JsonAccount<'v> {
    let installed = |key: &'v Installed| JsonInstalled {
        authorized_key: &key.line,
        key: JsonKey::of(key::describe(&key.line)),
        line: line(key.at),
        way: &key.way,
        lets_in: key.lets_in(),
        reason: Some(why_not(&key.login)).filter(|reason| !reason.is_empty()),
    };
    JsonAccount {
        account: &account.name,
        deploy: account.is_deploy,
        keys: account.keys.iter().map(installed).collect(),
        unknown: account.unknown.iter().map(|at| line(*at)).collect(),
    }
}

fn never<'v>(never: &'v NotInstalled, line: &dyn Fn(usize) -> usize) -> JsonNever<'v> {
    let key =
        never.text.as_deref().and_then(|text| key::key_lines(text).next()).and_then(|(_, text)| key::describe(text));
    JsonNever { principal: &never.who, line: line(never.at), key: JsonKey::of(key), reason: &never.reason }
}

impl JsonKey {
    fn of(key: Option<Described>) -> Self {
        match key {
            None => Self { r#type: None, bits: None, fingerprint: None, comment: None, options: None },
            Some(key) => Self {
                r#type: Some(key.kind),
                bits: key.bits,
                fingerprint: key.fingerprint,
                comment: Some(key.comment),
                options: key.options,
            },
        }
    }
}
