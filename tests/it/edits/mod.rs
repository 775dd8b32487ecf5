//! Random edits, several at once, of random documents: each is refused, or proved and equal to what a model of its own
//! makes of the data.
//!
//! `SPIN_KEYS_SEED` and `SPIN_KEYS_CASES` repeat or extend a run.

mod odd;

use crate::support::edits::{oracle, random};
use crate::support::{cases, model, number, render};
use fastrand::Rng;
use spin_keys::yaml::{self, Along, Document, Edit, Refusal};
use std::collections::BTreeMap;

fn edited(before: &str, edits: &[Edit]) -> Result<String, Refusal> {
    let document = Document::parse(before)?;
    let splices = yaml::splices(&document, edits)?;
    let after = yaml::apply(before, &splices);
    if let Err(error) = yaml::prove(&document, &after, &splices, edits) {
        panic!("{error}\n{before}\n=>\n{after}\n{before:?}\n{after:?}\n{edits:#?}");
    }
    Ok(after)
}

/// A document, and whether it is free of comments and anchors.
fn document(rng: &mut Rng, seed: u64) -> (String, bool) {
    if rng.bool() {
        let case = model::Case::generate(seed);
        let text = render::render(&case);
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let simple =
            !text.contains(" #") && !text.contains("\n#") && !text.contains(['&', '!', '?']) && !text.contains("]#");
        return (text, simple);
    }
    odd::document(rng)
}

#[test]
fn random_edits_are_refused_or_right() {
    let first = number("SPIN_KEYS_SEED", 1);
    let cases = cases(6_000);
    let mut refusals: BTreeMap<String, u64> = BTreeMap::new();
    let (mut refused_simple, mut simple_cases, mut done, mut meet, mut lost) = (0, 0, 0, 0, 0);
    for seed in first..first + cases {
        let mut rng = Rng::with_seed(seed);
        let (before, simple) = document(&mut rng, seed);
        let Ok(parsed) = Document::parse(&before) else { panic!("seed {seed}: {before}") };
        let edits = random::edits(&mut rng, &parsed);
        if edits.is_empty() {
            continue;
        }
        let outcome = std::panic::catch_unwind(|| edited(&before, &edits));
        let outcome = outcome.unwrap_or_else(|_| panic!("seed {seed}"));
        match outcome {
            Ok(after) => {
                done += 1;
                simple_cases += u64::from(simple);
                let expected = oracle::expected(&before, &edits);
                let read: serde_yaml::Value = serde_yaml::from_str(&after).unwrap();
                assert!(
                    oracle::same(&read, &expected),
                    "seed {seed}: {edits:#?}\n{before}\n=>\n{after}\nexpected {expected:#?}"
                );
                // What looks like one may be part of a block of text.
                let comments = |text: &str| {
                    let data: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
                    text.matches("# c").count() - format!("{data:?}").matches("# c").count()
                };
                let (had, has) = (comments(&before), comments(&after));
                // Only what is removed takes its own along.
                let may_lose =
                    |edit: &Edit| matches!(edit, Edit::Remove { comments, .. } if *comments != Along::Nothing);
                let is_right = if edits.iter().any(may_lose) { has <= had } else { has == had };
                assert!(is_right, "seed {seed}: {edits:#?}\n{before}\n=>\n{after}");
                lost += u64::from(has < had);
            }
            Err(refusal) => {
                assert!(refusal.line > 0 && !refusal.hint.is_empty(), "seed {seed}: {refusal:?}");
                if random::one_within_the_other(&edits) {
                    meet += 1;
                    continue;
                }
                simple_cases += u64::from(simple);
                let message = refusal.message.split('`').next().unwrap().to_owned();
                refused_simple += u64::from(simple);
                *refusals.entry(format!("{} {message}", if simple { "simple" } else { "other" })).or_default() += 1;
            }
        }
    }
    eprintln!("{done} of {cases} done, {meet} refused with one edit within another");
    eprintln!("{refused_simple} of {simple_cases} without comments and anchors refused; {refusals:#?}");
    assert!(refused_simple * 10 < simple_cases && done * 3 > cases, "too much is refused");
    assert!(lost > cases / 500, "{lost} take a comment along");
}
