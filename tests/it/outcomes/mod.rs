//! `fixtures/outcomes`: what the real roles of Spin did with layouts, and with files that were provisioned one after the
//! other on one server, against the prediction.

mod histories;
mod hunt;
mod random;

use crate::support::outcomes::{Case, cases};
use spin_keys::key::Login;
use spin_keys::spin::Config;
use spin_keys::spin::provision::outcome::{Account, OnServer, Tunnel};
use spin_keys::spin::provision::{predict, predict_history};
use spin_keys::yaml::Document;
use std::collections::{BTreeMap, BTreeSet};

/// A time at which no key of the layouts has expired.
const NOW: u64 = 1_790_000_000;

/// What differs between a measured outcome and the prediction, by account; empty if nothing does.
fn differences(case: &Case) -> Result<Vec<String>, String> {
    let texts: Vec<&String> = case.first.iter().chain([&case.text]).collect();
    let documents: Result<Vec<Document<'_>>, String> =
        texts.iter().map(|text| Document::read(text).map_err(|refusal| refusal.to_string())).collect();
    let documents = documents?;
    let last = documents.len() - 1;
    let ci = case.ci.as_deref();
    let files: Vec<(&Document<'_>, Option<&str>)> =
        documents.iter().enumerate().map(|(index, document)| (document, ci.filter(|_| index < last))).collect();
    for document in &documents {
        let outcome = predict(document, &Config::of(document));
        if !outcome.unresolved.is_empty() || !outcome.unresolved_deploy.is_empty() {
            return Err("a template".to_owned());
        }
    }
    let predicted = predict_history(&files, case.has_private_groups);
    let document = &documents[last];
    let outcome = predict(document, &Config::of(document));
    if predicted.accounts.iter().any(|account| !account.unknown.is_empty()) {
        return Err("a key that the server fetches".to_owned());
    }
    let mut found = Vec::new();
    if case.fails != predicted.failure.is_some() {
        found.push(format!("fails: {:?}", predicted.failure.as_ref().map(|failure| failure.rule)));
    }
    found.extend(of_accounts(case, &predicted));
    found.extend(of_tunnel(case, &outcome.tunnel));
    Ok(found)
}

fn of_accounts(case: &Case, predicted: &OnServer) -> Vec<String> {
    let mut found = Vec::new();
    let known: BTreeMap<&str, &Account> =
        predicted.accounts.iter().map(|account| (account.name.as_str(), &**account)).collect();
    let names: BTreeSet<&str> = case
        .keys
        .keys()
        .map(String::as_str)
        .filter(|name| !case.is_of_the_system(name))
        .chain(known.keys().copied())
        .collect();
    for name in names {
        let Some(account) = known.get(name) else {
            found.push(format!("{name}: no account"));
            continue;
        };
        let mut keys: Vec<String> = account.keys.iter().map(|key| case.name_of(&key.line)).collect();
        // The root of these servers had this key before.
        if case.name.starts_with("user-home-root") {
            keys.sort_by_key(|key| key != "old");
        }
        if case.keys.get(name).is_some_and(|measured| *measured != keys) {
            found.push(format!("{name}: keys {keys:?}"));
        }
        let opening = account.keys.iter().filter(|key| account.opens(key, NOW) && key.login(NOW) != Login::Signs);
        // The logins came from 127.0.0.1.
        let is_elsewhere = |line: &str| line.contains("from=\"192.0.2") || line.contains("from=\"10.0.0.1\"");
        let opening: BTreeSet<String> =
            opening.filter(|key| !is_elsewhere(&key.line)).map(|key| case.name_of(&key.line)).collect();
        let measured = case.lets_in.as_ref().map(|lets_in| lets_in.get(name).cloned().unwrap_or_default());
        if measured.is_some_and(|measured| measured != opening) {
            found.push(format!("{name}: lets in {opening:?}"));
        }
        let groups: BTreeSet<String> = account.groups.iter().cloned().collect();
        if let Some(measured) = case.groups.get(name) {
            let own = |group: &&String| *group != name && *group != "users";
            let measured: BTreeSet<String> = measured.iter().filter(own).cloned().collect();
            let groups: BTreeSet<String> = groups.iter().filter(own).cloned().collect();
            if measured != groups {
                found.push(format!("{name}: groups {groups:?}"));
            }
        }
    }
    found
}

fn of_tunnel(case: &Case, tunnel: &Tunnel) -> Vec<String> {
    if !case.says_tunnel || !tunnel.unknown.is_empty() {
        return Vec::new();
    }
    let keys: Vec<String> = tunnel.keys.iter().map(|key| case.name_of(&key.line)).collect();
    let told = (tunnel.failure.is_none()).then_some(keys);
    let measured = case.tunnel.clone().map(|keys| keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>());
    if told == measured { Vec::new() } else { vec![format!("tunnel {told:?}")] }
}

#[test]
fn the_prediction_is_what_the_real_roles_did() {
    let (mut compared, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for case in cases() {
        match differences(&case) {
            Ok(found) if found.is_empty() => compared += 1,
            Ok(found) => wrong.push(format!("{}: {}\n  was {}", case.name, found.join("; "), case.measured())),
            Err(why) => unknown.push(format!("{}: {why}", case.name)),
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}\nunknown:\n{}", wrong.len(), wrong.join("\n"), unknown.join("\n"));
    assert_eq!((compared, unknown.len()), (386, 56), "unknown:\n{}", unknown.join("\n"));
}
