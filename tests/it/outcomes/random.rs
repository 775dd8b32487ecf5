//! Random files against the model of the roles (tests/model): both say the same of a new server, of one on which the file,
//! or an older one, was provisioned before, and of the tunnel.
//!
//! `SPIN_KEYS_CASES` files from `SPIN_KEYS_SEED` on.

use super::NOW;
use crate::support::{project, python};
use serde_json::Value;
use spin_keys::key::Login;
use spin_keys::spin::Config;
use spin_keys::spin::provision::outcome::{Account, OnServer, Tunnel};
use spin_keys::spin::provision::{predict, predict_history};
use spin_keys::yaml::Document;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Files in the gate.
const FEW: u64 = 1500;

pub(super) fn number(name: &str, or: u64) -> u64 {
    std::env::var(name).map_or(or, |text| text.parse().unwrap())
}

/// What was compared, and what was known only to Ansible.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) servers: usize,
    pub(super) failing: usize,
    closed: usize,
    tunnels: usize,
    pub(super) unknown: usize,
}

#[test]
fn the_model_says_the_same_of_random_files() {
    let Some(python) = python() else { return };
    let (seed, cases) = (number("SPIN_KEYS_SEED", 1), number("SPIN_KEYS_CASES", FEW));
    let mut generator = Command::new(python);
    generator.arg(project().join("tests/model/generate.py"));
    generator.args(["--seed", &seed.to_string(), "--count", &cases.to_string()]).stdout(Stdio::piped());
    let mut child = generator.spawn().unwrap();
    let (mut counts, mut wrong, mut seen) = (Counts::default(), Vec::new(), 0);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let case: Value = serde_json::from_str(&line.unwrap()).unwrap();
        seen += 1;
        let found = differences(&case, &mut counts);
        if !found.is_empty() && wrong.len() < 20 {
            wrong.push(format!("seed {}:\n{}\n{}", case["seed"], case["text"].as_str().unwrap(), found.join("\n")));
        }
    }
    assert!(child.wait().unwrap().success());
    assert!(wrong.is_empty(), "{} or more of {seen}:\n{}", wrong.len(), wrong.join("\n\n"));
    assert_eq!(seen, cases);
    println!("{seen} files from seed {seed}: {counts:?}");
    let enough = cases / 10;
    let told = [counts.servers, counts.failing, counts.tunnels].map(|count| count as u64);
    assert!(told.iter().all(|count| *count > enough) && counts.closed > 0, "{counts:?}");
    assert!((counts.unknown as u64) < cases / 2, "{counts:?}");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn differences(case: &Value, counts: &mut Counts) -> Vec<String> {
    let (file, first) = (text(&case["text"]), case["first"].as_array().unwrap());
    let Ok(document) = Document::read(file) else {
        let is_loaded = case["new"]["failed"] != "load";
        return if is_loaded { vec!["the file is not read".to_owned()] } else { Vec::new() };
    };
    let outcome = predict(&document, &Config::of(&document));
    if !outcome.unresolved.is_empty() || !outcome.unresolved_deploy.is_empty() {
        counts.unknown += 1;
        return Vec::new();
    }
    let mut found = Vec::new();
    let new = OnServer { accounts: outcome.accounts.clone(), failure: outcome.failure.clone() };
    found.extend(differs("new", file, &new, &case["new"], counts));
    found.extend(differs(
        "again",
        file,
        &predict_history(&[(&document, None), (&document, None)], false),
        &case["again"],
        counts,
    ));
    if let Some(Ok(before)) = first.first().map(|text| Document::read(text.as_str().unwrap())) {
        let older = predict(&before, &Config::of(&before));
        if older.unresolved.is_empty() && older.unresolved_deploy.is_empty() {
            found.extend(differs(
                "then",
                file,
                &predict_history(&[(&before, None), (&document, None)], false),
                &case["then"],
                counts,
            ));
        }
    }
    found.extend(tunnel(&outcome.tunnel, case, counts));
    found
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|it| text(it).trim_end().to_owned()).collect()
}

pub(super) fn differs(which: &str, file: &str, told: &OnServer, model: &Value, counts: &mut Counts) -> Vec<String> {
    let unknown = texts(&model["unknown"]);
    let is_unknown = told.accounts.iter().any(|account| !account.unknown.is_empty());
    if !unknown.is_empty() || is_unknown {
        counts.unknown += 1;
        // What the model does not know is not told as known.
        let opens = |account: &Account| account.keys.iter().any(|key| account.opens(key, NOW));
        let is_silent = unknown == ["*"]
            && !is_unknown
            && told.failure.is_none()
            && told.accounts.iter().any(|account| opens(account));
        return if is_silent { vec![format!("{which}: the model does not know")] } else { Vec::new() };
    }
    counts.servers += 1;
    counts.failing += usize::from(told.failure.is_some());
    let mut found = Vec::new();
    if model["failed"].is_null() == told.failure.is_some() {
        let rule = told.failure.as_ref().map(|failure| failure.rule);
        found.push(format!("{which}: fails by {rule:?}, the model: {}", model["failed"]));
    }
    let accounts: BTreeMap<&str, &Account> =
        told.accounts.iter().map(|account| (account.name.as_str(), &**account)).collect();
    let modelled = model["keys"].as_object().unwrap();
    let is_octal = ["ssh_port: 0", "ssh_port\": 0", "ssh_port': 0"].iter().any(|port| file.contains(port));
    // A run that ends before any key leaves accounts to which nobody can log in.
    let has_keys = told.accounts.iter().any(|account| !account.keys.is_empty());
    let is_empty = told.failure.is_some() && !has_keys && modelled.values().all(|keys| texts(keys).is_empty());
    for (name, account) in &accounts {
        counts.closed += usize::from(account.closed.is_some() && !account.keys.is_empty());
        let lines = account.keys.iter().map(|key| key.line.trim_end().to_owned());
        // The model leaves comments out.
        let keys: Vec<String> = lines.filter(|line| !line.trim_start().starts_with('#')).collect();
        if keys != texts(&modelled.get(*name).cloned().unwrap_or_default()) {
            found.push(format!("{which}: {name} has {keys:?}, the model: {:?}", modelled.get(*name)));
        }
        let opens = |key: &&_| account.opens(key, NOW) && key.login(NOW) != Login::Signs;
        let opening: BTreeSet<String> =
            account.keys.iter().filter(opens).map(|key| key.line.trim_end().to_owned()).collect();
        let lets_in: BTreeSet<String> = texts(&model["lets_in"][*name]).into_iter().collect();
        // The model has no ssh of its own, which refuses signs of the shell in a name.
        // The model tries the port as it is spelled.
        if opening != lets_in && !is_octal && !name.contains(['\'', '[']) {
            let closed = account.closed.as_ref().map(|closed| closed.rule);
            found.push(format!("{which}: {name} {closed:?} lets in {opening:?}, the model: {lets_in:?}"));
        }
        let is_other = |group: &String| group != "users" && group != name;
        let groups: BTreeSet<String> = account.groups.iter().filter(|group| is_other(group)).cloned().collect();
        let theirs: BTreeSet<String> = texts(&model["groups"][*name]).into_iter().filter(is_other).collect();
        if groups != theirs && !is_empty && modelled.contains_key(*name) {
            found.push(format!("{which}: {name} is in {groups:?}, the model: {theirs:?}"));
        }
    }
    for (name, keys) in modelled.iter().filter(|(name, _)| !accounts.contains_key(name.as_str())) {
        let lets_in = texts(&model["lets_in"][name]);
        // Accounts of the system get the keys of another home.
        let is_of_system = ["root", "systemd-network", "systemd-timesync"].contains(&name.as_str());
        if !lets_in.is_empty() || (!is_of_system && !is_empty) {
            found.push(format!("{which}: no account {name}, the model: {keys} {lets_in:?}"));
        }
    }
    found
}

fn tunnel(told: &Tunnel, case: &Value, counts: &mut Counts) -> Option<String> {
    if case["tunnel_unknown"] == true || !told.unknown.is_empty() {
        counts.unknown += 1;
        let is_silent = case["tunnel_unknown"] == true && told.unknown.is_empty() && told.failure.is_none();
        return is_silent.then(|| "tunnel: the model does not know".to_owned());
    }
    counts.tunnels += 1;
    let lines =
        told.failure.is_none().then(|| told.keys.iter().map(|key| key.line.trim_end().to_owned()).collect::<Vec<_>>());
    let model = case["tunnel"].as_array().map(|_| texts(&case["tunnel"]));
    let model = model.map(|lines| lines.into_iter().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>());
    (lines != model).then(|| format!("tunnel {lines:?}, the model: {model:?}"))
}
