//! Random histories of teams: people and keys come, `revoke` takes them away, servers are provisioned or miss it, `revoke
//! --finish` tidies up. tests/model/histories.py says what is to be done, and judges what comes of it by the model of the roles;
//! here it is done to the file, and the prediction has to say the same of both servers as the model.
//!
//! `SPIN_KEYS_CASES` histories from `SPIN_KEYS_SEED` on.

mod planted;
mod requests;

use super::random::{Counts, differs, number};
use serde_json::{Value, json};
use spin_keys::spin::provision::predict_history;
use spin_keys::yaml::Document;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use support::figures::Figures;
use support::{project, python};

/// Histories in the gate.
const HISTORIES: u64 = 400;

/// What came of a request: the new text, or why it was refused.
type Answer = Result<String, String>;

/// Talks with histories.py until it is done; gives what it says of each history.
fn converse(args: &[OsString], answer: &mut dyn FnMut(&Value) -> Answer) -> Option<Vec<Value>> {
    let mut command = Command::new(python()?);
    command.arg(project().join("tests/model/histories.py")).args(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = child.stdin.take().unwrap();
    let mut ends = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let message: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if message["do"] == "end" {
            ends.push(message);
            continue;
        }
        let reply = match answer(&message) {
            Ok(text) => json!({ "text": text }),
            Err(why) => json!({ "refused": why }),
        };
        writeln!(said, "{reply}").unwrap();
    }
    assert!(child.wait().unwrap().success());
    Some(ends)
}

/// What the judge found wrong, and where the prediction says otherwise than the model.
fn wrong(end: &Value, counts: &mut Counts) -> Vec<String> {
    let mut found: Vec<String> = texts(&end["wrong"]);
    for at in 0..2 {
        let files = texts(&end["servers"][at]);
        let documents: Vec<Document<'_>> = files.iter().map(|text| Document::read(text).unwrap()).collect();
        let files: Vec<(&Document<'_>, Option<&str>)> = documents.iter().map(|document| (document, None)).collect();
        for last in 0..files.len() {
            let (server, answer) = (format!("server {at}, file {last}"), &end["answers"][at][last]);
            found.extend(differs(&server, "", &predict_history(&files[..=last], false), answer, counts));
        }
    }
    found
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// This many histories from a seed on; and refusals of which the reason is none of those that are expected.
fn played(seed: u64, count: u64) -> Option<(Vec<Value>, Vec<String>)> {
    let mut unexpected = Vec::new();
    let args = ["--seed", &seed.to_string(), "--count", &count.to_string()].map(OsString::from);
    let ends = converse(&args, &mut |step| {
        let refused = |message: String| {
            let reason = requests::reason(&message);
            if reason.is_none() {
                unexpected.push(format!("{message}\n{step}"));
            }
            reason.unwrap_or("another reason").to_owned()
        };
        requests::answer(step).map_err(refused)
    })?;
    assert_eq!(ends.len() as u64, count);
    Some((ends, unexpected))
}

#[test]
fn who_is_revoked_in_a_random_history_is_out_for_good_and_nobody_else_is() {
    let (seed, count) = (number("SPIN_KEYS_SEED", 1), number("SPIN_KEYS_CASES", HISTORIES));
    // The two sides of a conversation wait for each other.
    let half = count / 2;
    let parts = std::thread::scope(|scope| {
        let parts = [(seed, half), (seed + half, count - half)];
        let parts = parts.map(|(seed, count)| scope.spawn(move || played(seed, count)));
        parts.into_iter().map(|part| part.join().unwrap()).collect::<Option<Vec<_>>>()
    });
    let Some(parts) = parts else { return };
    let (mut compared, mut done, mut bad) = (Counts::default(), BTreeMap::new(), Vec::new());
    for end in parts.iter().flat_map(|(ends, _)| ends) {
        for (what, count) in end["counts"].as_object().unwrap() {
            *done.entry(what.as_str()).or_insert(0) += count.as_u64().unwrap();
        }
        let found = wrong(end, &mut compared);
        if !found.is_empty() {
            let steps = texts(&end["steps"]).join("\n  ");
            bad.push(format!("seed {}:\n  {steps}\n{}", end["seed"], found[..found.len().min(8)].join("\n")));
        }
    }
    bad.extend(parts.iter().flat_map(|(_, unexpected)| unexpected).cloned());
    report(count, &done, &compared, bad.iter().take(20).cloned().collect());
    assert!(bad.is_empty(), "{} of {count}:\n{}", bad.len(), bad[..bad.len().min(20)].join("\n\n"));
    assert!(compared.servers as u64 >= 4 * count && compared.failing + compared.unknown == 0, "{compared:?}");
    let enough = ["add", "revoke", "rotate", "finish", "revoke refused: last key", "revoke refused: last sudo user"];
    assert!(enough.iter().all(|what| done.get(what).is_some_and(|times| *times > count / 20)), "{done:?}");
    let more = done.get("revoke refused: more than was asked").copied().unwrap_or_default();
    assert!(more <= count / 100, "{done:?}");
}

/// Prints the counts, and leaves them for docs/RELIABILITY.md.
fn report(histories: u64, done: &BTreeMap<&str, u64>, compared: &Counts, differences: Vec<String>) {
    let mut figures = Figures { differences, ..Figures::new(&["step", "times"]) };
    for (what, times) in done {
        println!("{what}: {times}");
        figures.row([json!(what), json!(times)]);
    }
    figures.count("histories", histories);
    figures.count("provisions compared", compared.servers as u64);
    figures.note = format!(
        "In {histories} histories, each of a team with two servers; after each of the {} provisions the prediction said the same as the model.",
        compared.servers
    );
    figures.write("histories");
}
