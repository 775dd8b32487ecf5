//! The differential hunt: `review --fail-on gained,gained-sudo,deploy,tunnel` is red wherever somebody gets in who did not,
//! and green for what touches nobody's access. The pairs and their judge are in tests/model/hunt.py.
//!
//! `SPIN_KEYS_CASES` pairs of each from `SPIN_KEYS_SEED` on.

use super::NOW;
use super::random::number;
use crate::support::figures::Figures;
use crate::support::{project, python};
use serde_json::{Value, json};
use spin_keys::check::Context;
use spin_keys::check::analysis::Analysis;
use spin_keys::review::fail_on::ReviewFailOn;
use spin_keys::review::{Review, compare};
use spin_keys::yaml::Document;
use std::collections::BTreeMap;
use std::process::Command;

/// Pairs of each in the gate.
const PAIRS: u64 = 2000;

const GATE: [ReviewFailOn; 4] =
    [ReviewFailOn::Gained, ReviewFailOn::GainedSudo, ReviewFailOn::Deploy, ReviewFailOn::Tunnel];

fn pairs(what: &str) -> Option<Vec<Value>> {
    let (seed, count) = (number("SPIN_KEYS_SEED", 1), number("SPIN_KEYS_CASES", PAIRS));
    let mut generator = Command::new(python()?);
    generator.arg(project().join("tests/model/hunt.py")).arg(what);
    let output = generator.args(["--seed", &seed.to_string(), "--count", &count.to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let pairs: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(pairs.len() as u64, count);
    Some(pairs)
}

/// What `review` finds; `None` if it says nothing of one of the files, which is an error.
fn review(pair: &Value) -> Option<Review> {
    let [before, after] = ["before", "after"].map(|name| Document::read(pair[name].as_str().unwrap()));
    let (before, after) = (before.ok()?, after.ok()?);
    let context = Context::at(NOW);
    Some(compare(Some(&Analysis::of(&before, &context)), Some(&Analysis::of(&after, &context))))
}

/// The pairs of each kind, and how many of them are reported wrongly.
#[derive(Default)]
struct Counts(BTreeMap<String, (usize, usize)>);

impl Counts {
    fn add(&mut self, pair: &Value, is_wrong: bool) {
        let kind = self.0.entry(pair["kind"].as_str().unwrap().to_owned()).or_default();
        *kind = (kind.0 + 1, kind.1 + usize::from(is_wrong));
    }

    /// Prints the counts, and leaves them for docs/RELIABILITY.md.
    fn report(&self, name: &str, differences: Vec<String>) {
        let mut figures = Figures { differences, ..Figures::new(&["kind", "pairs", "told wrongly"]) };
        for (kind, (pairs, wrong)) in &self.0 {
            println!("{kind}: {pairs}, {wrong} wrong");
            figures.row([json!(kind), json!(pairs), json!(wrong)]);
            figures.count("pairs", *pairs as u64);
            figures.count("told wrongly", *wrong as u64);
        }
        figures.write(name);
    }
}

fn shown(pair: &Value, review: Option<&Review>) -> String {
    let text = |name: &str| pair[name].as_str().unwrap().to_owned();
    format!("seed {} ({}):\n{}----\n{}\n{review:#?}", pair["seed"], text("kind"), text("before"), text("after"))
}

#[test]
fn nobody_is_let_in_behind_the_back_of_a_review() {
    let Some(pairs) = pairs("grants") else { return };
    let (mut counts, mut wrong) = (Counts::default(), Vec::new());
    for pair in &pairs {
        let review = review(pair);
        // A file of which nothing can be said is an error, with exit code 2.
        let is_red = review.as_ref().is_none_or(|review| GATE.iter().any(|gate| gate.meets(review)));
        counts.add(pair, !is_red);
        if !is_red {
            wrong.push(shown(pair, review.as_ref()));
        }
    }
    counts.report("grants", wrong.iter().take(20).cloned().collect());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), pairs.len(), wrong[..wrong.len().min(5)].join("\n"));
    assert!(counts.0.len() >= 30, "{} kinds", counts.0.len());
}

#[test]
fn what_touches_nobody_is_told_as_that() {
    let Some(pairs) = pairs("harmless") else { return };
    let (mut counts, mut wrong) = (Counts::default(), Vec::new());
    for pair in &pairs {
        let review = review(pair);
        let is_told = |review: &Review| {
            let all = GATE.iter().chain(&[ReviewFailOn::Lost]).any(|gate| gate.meets(review));
            all || review.failure.is_some() || !review.unknown.is_empty()
        };
        let is_wrong = review.as_ref().is_none_or(is_told);
        counts.add(pair, is_wrong);
        if is_wrong {
            wrong.push(shown(pair, review.as_ref()));
        }
    }
    let share = wrong.len() * 100;
    counts.report("harmless", if share > pairs.len() { wrong.iter().take(20).cloned().collect() } else { Vec::new() });
    assert!(share <= pairs.len(), "{} of {}:\n{}", wrong.len(), pairs.len(), wrong[..wrong.len().min(5)].join("\n"));
    assert!(counts.0.len() >= 18, "{} kinds", counts.0.len());
}
