//! Random histories of teams: people and keys come, `revoke` takes them away, servers are provisioned or miss it, `revoke
//! --finish` tidies up. tests/model/histories.py says what is to be done, and judges what comes of it by the model of the roles;
//! here it is done to the file, and the prediction has to say the same of both servers as the model.
//!
//! `SPIN_KEYS_CASES` histories from `SPIN_KEYS_SEED` on.

mod planted;
mod requests;

use super::random::{Counts, differs, number};
use crate::support::figures::Figures;
use crate::support::{project, python};
use serde_json::{Value, json};
use spin_keys::spin::provision::predict_history;
use spin_keys::yaml::Document;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

/// Histories in the gate.
const HISTORIES: u64 = 400;

/// What came of a request: the new text, or why it was refused.
type Answer = Result<String, String>;

/// Somebody with whom histories.py talks.
trait Partner {
    fn answer(&mut self, request: &Value) -> Answer;

    /// What it says of a history at its end.
    fn end(&mut self, end: Value);
}

/// Talks with histories.py until it is done.
fn converse(args: &[OsString], partner: &mut dyn Partner) -> Option<()> {
    let mut command = Command::new(python()?);
    command.arg(project().join("tests/model/histories.py")).args(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = child.stdin.take().unwrap();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let message: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if message["do"] == "end" {
            partner.end(message);
            continue;
        }
        let reply = match partner.answer(&message) {
            Ok(text) => json!({ "text": text }),
            Err(why) => json!({ "refused": why }),
        };
        writeln!(said, "{reply}").unwrap();
    }
    assert!(child.wait().unwrap().success());
    Some(())
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

/// Carries out the requests of random histories, and judges each at its end.
#[derive(Default)]
struct Played {
    histories: u64,
    done: BTreeMap<String, u64>,
    compared: Counts,
    /// What is wrong, and refusals for another reason than those that are expected.
    bad: Vec<String>,
}

impl Partner for Played {
    fn answer(&mut self, request: &Value) -> Answer {
        requests::answer(request).map_err(|message| {
            let reason = requests::reason(&message);
            if reason.is_none() {
                self.bad.push(format!("{message}\n{request}"));
            }
            reason.unwrap_or("another reason").to_owned()
        })
    }

    fn end(&mut self, end: Value) {
        self.histories += 1;
        for (what, count) in end["counts"].as_object().unwrap() {
            *self.done.entry(what.clone()).or_default() += count.as_u64().unwrap();
        }
        let found = wrong(&end, &mut self.compared);
        if !found.is_empty() {
            let steps = texts(&end["steps"]).join("\n  ");
            self.bad.push(format!("seed {}:\n  {steps}\n{}", end["seed"], found[..found.len().min(8)].join("\n")));
        }
    }
}

impl Played {
    /// This many histories from a seed on.
    fn from(seed: u64, count: u64) -> Option<Self> {
        let mut played = Self::default();
        converse(&["--seed", &seed.to_string(), "--count", &count.to_string()].map(OsString::from), &mut played)?;
        Some(played)
    }

    fn and(mut self, other: Self) -> Self {
        self.histories += other.histories;
        for (what, times) in other.done {
            *self.done.entry(what).or_default() += times;
        }
        self.compared.servers += other.compared.servers;
        self.compared.failing += other.compared.failing;
        self.compared.unknown += other.compared.unknown;
        self.bad.extend(other.bad);
        self
    }

    /// Prints the counts, and leaves them for docs/RELIABILITY.md.
    fn report(&self) {
        let differences = self.bad.iter().take(20).cloned().collect();
        let mut figures = Figures { differences, ..Figures::new(&["step", "times"]) };
        for (what, times) in &self.done {
            println!("{what}: {times}");
            figures.row([json!(what), json!(times)]);
        }
        figures.count("histories", self.histories);
        figures.count("provisions compared", self.compared.servers as u64);
        figures.note = format!(
            "In {} histories, each of a team with two servers; after each of the {} provisions the prediction said the same as the model.",
            self.histories, self.compared.servers
        );
        figures.write("histories");
    }
}

#[test]
fn who_is_revoked_in_a_random_history_is_out_for_good_and_nobody_else_is() {
    let (seed, count) = (number("SPIN_KEYS_SEED", 1), number("SPIN_KEYS_CASES", HISTORIES));
    // The two sides of a conversation wait for each other.
    let half = count / 2;
    let played = std::thread::scope(|scope| {
        let one = scope.spawn(|| Played::from(seed, half));
        let other = Played::from(seed + half, count - half);
        Some(one.join().unwrap()?.and(other?))
    });
    let Some(played) = played else { return };
    played.report();
    let Played { histories, done, compared, bad } = played;
    assert!(bad.is_empty(), "{} of {count}:\n{}", bad.len(), bad[..bad.len().min(20)].join("\n\n"));
    assert_eq!(histories, count);
    assert!(compared.servers as u64 >= 4 * count && compared.failing + compared.unknown == 0, "{compared:?}");
    let enough = ["add", "revoke", "rotate", "finish", "revoke refused: last key", "revoke refused: last sudo user"];
    assert!(enough.iter().all(|what| done.get(*what).is_some_and(|times| *times > count / 20)), "{done:?}");
    let more = done.get("revoke refused: more than was asked").copied().unwrap_or_default();
    assert!(more <= count / 100, "{done:?}");
}
