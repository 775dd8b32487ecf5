//! Random files through `check --fix`: who gets in changes by nothing but what the findings say, a second run changes
//! nothing, and no field, no key and no comment is lost or given to something else.

mod file;
mod says;
mod server;

use crate::support::{cases, number};
use fastrand::Rng;
use file::File;
use says::{Says, keys_in};
use server::{Server, TUNNEL, server};
use spin_keys::change::admit::{Admitted, admit};
use spin_keys::change::patch::{How, Patch, Source, Steps};
use spin_keys::check::Context;
use spin_keys::spin::redact::Redaction;
use spin_keys::yaml::Document;
use std::collections::{BTreeMap, BTreeSet};

const NOW: u64 = 1_700_000_000;

/// Plans the fixes of a text, and makes them as the program does.
fn fixed(text: &str) -> (Admitted, String) {
    let document = Document::parse(text).and_then(Document::loadable).unwrap();
    let admitted = admit(&document, &Context::at(NOW));
    let how = How { redaction: Redaction::Shown, now: NOW, unseal: &|_| None, asked: None, not_yet_there: None };
    let source = Source { name: ".spin.yml", has_bom: false, text, document };
    let steps = Steps { rounds: admitted.rounds.clone(), notes: Vec::new() };
    let Ok(patch) = Patch::of(source, steps, &how) else { panic!("what was planned cannot be made:\n{text}") };
    (admitted, String::from_utf8(patch.bytes.to_vec()).unwrap())
}

/// Why the change from one to the other is more than what is said.
fn too_much(before: &Server, after: &Server, says: &Says) -> Option<String> {
    let mut before = before.clone();
    let new_name = |name: &str| if says.renames && name == "True" { "yes".to_owned() } else { name.to_owned() };
    if says.renames {
        if after.groups.contains_key("True") || after.open.iter().any(|(account, _)| account == "True") {
            return Some("an account was split".to_owned());
        }
        if before.groups.contains_key("yes") || before.open.iter().any(|(account, _)| account == "yes") {
            return Some("two accounts became one".to_owned());
        }
        before.open = before.open.into_iter().map(|(account, key)| (new_name(&account), key)).collect();
        before.removed = before.removed.into_iter().map(|(account, key)| (new_name(&account), key)).collect();
        before.groups = before.groups.into_iter().map(|(account, groups)| (new_name(&account), groups)).collect();
        before.deploy = new_name(&before.deploy);
    }
    let is_said = |set: &BTreeSet<(String, server::Key)>, (account, key): &(String, server::Key)| {
        set.iter().any(|(said, of)| new_name(said) == *account && of == key)
    };
    let is_simple = |it: &&(String, server::Key)| !before.mixed.contains(&it.0) && !after.mixed.contains(&it.0);
    for opened in after.open.difference(&before.open).filter(is_simple) {
        if !is_said(&says.opens, opened) || before.removed.contains(&(opened.0.clone(), opened.1.0.clone())) {
            return Some(format!("lets in {opened:?}"));
        }
    }
    if let Some(shut) = before.open.difference(&after.open).filter(is_simple).find(|shut| !is_said(&says.shuts, shut)) {
        return Some(format!("shuts out {shut:?}"));
    }
    if let Some(kept) = before.removed.difference(&after.removed).next() {
        return Some(format!("no longer removes {kept:?}"));
    }
    let is_removed =
        |it: &&(String, String)| says.removes.iter().any(|said| new_name(&said.0) == it.0 && said.1 == it.1);
    if let Some(removed) = after.removed.difference(&before.removed).find(|it| !is_removed(it)) {
        return Some(format!("removes {removed:?}"));
    }
    for (account, groups) in &after.groups {
        let had = before.groups.get(account);
        let is_said = says.groups.iter().any(|(of, words)| new_name(of) == *account && groups.as_ref() == Some(words));
        let had_none = had.is_some_and(|had| had.as_ref().is_none_or(Vec::is_empty));
        if had != Some(groups) && !(had_none && is_said) {
            return Some(format!("the groups of {account}: {had:?} to {groups:?}"));
        }
    }
    (before.deploy != after.deploy || before.groups.len() != after.groups.len()).then(|| "the accounts".to_owned())
}

/// What is lost, or is about something else now.
fn lost(before: &str, after: &str) -> Option<String> {
    let unique = |text: &str, kind: &str| {
        let marks = text.match_indices(kind).map(|(at, _)| {
            let rest = &text[at + kind.len()..];
            format!("{kind}{}-", rest.split('-').next().unwrap())
        });
        marks.collect::<Vec<_>>()
    };
    let owner = |text: &str, mark: &str, below: usize| {
        let line = text.lines().position(|line| line.contains(mark)).unwrap();
        text.lines().nth(line + below).map(keys_in)
    };
    for (kind, below) in [("note-", 9), ("above-", 1), ("behind-", 0)] {
        for mark in unique(before, kind) {
            if after.matches(&mark).count() != 1 {
                return Some(mark);
            }
            if below < 9 && owner(before, &mark, below) != owner(after, &mark, below) {
                return Some(format!("{mark} is about something else"));
            }
        }
    }
    (keys_in(before) != keys_in(after)).then(|| "a key".to_owned())
}

#[test]
fn fixes_change_who_gets_in_by_nothing_but_what_they_say() {
    let (first, cases) = (number("SPIN_KEYS_SEED", 1), cases(400));
    let (mut codes, mut reasons): (BTreeMap<&str, u64>, BTreeMap<String, u64>) = <_>::default();
    let (mut several_rounds, mut doors) = (0, 0);
    for seed in first..first + cases {
        let file = File::generate(&mut Rng::with_seed(seed));
        let before = file.text();
        let (admitted, after) = fixed(&before);
        let (was, is) = (server(&before), server(&after));
        let says = Says::of(&file, &before, &was, &admitted.fixed);
        if let Some(what) = too_much(&was, &is, &says).or_else(|| lost(&before, &after)) {
            let told = admitted.fixed.iter().map(|it| format!("{} on line {}", it.rule.code, it.line));
            panic!("seed {seed}: {what}\n{before}\n=>\n{after}\nby {:?}", told.collect::<Vec<_>>());
        }
        let (again, twice) = fixed(&after);
        assert!(
            again.rounds.is_empty() && twice == after,
            "seed {seed}: a second run\n{before}\n=>\n{after}\n=>\n{twice}"
        );
        assert_eq!(admitted.rounds.is_empty(), before == after, "seed {seed}");
        admitted.fixed.iter().for_each(|finding| *codes.entry(finding.rule.code).or_default() += 1);
        for (finding, why) in &admitted.refused {
            let why = why.message.split("SHA256:").next().unwrap().split(" of the account").next().unwrap();
            *reasons.entry(format!("{} {why}", finding.rule.code)).or_default() += 1;
        }
        several_rounds += u64::from(admitted.rounds.len() > 1);
        doors += u64::from(is.open.difference(&was.open).any(|(door, _)| door == TUNNEL || *door == is.deploy));
    }
    eprintln!(
        "{cases} files from seed {first}: {several_rounds} in several rounds, {doors} open more; {codes:#?} {reasons:#?}"
    );
    let all =
        ["SK205", "SK210", "SK211", "SK217", "SK218", "SK301", "SK303", "SK304", "SK419", "SK420", "SK502", "SK507"];
    let few = all.into_iter().filter(|code| codes.get(code).is_none_or(|count| count * 200 < cases));
    assert_eq!(few.collect::<Vec<_>>(), [""; 0], "the generator does not do its work: {codes:?}");
    assert!(reasons.keys().any(|why| why.contains("it would also")), "{reasons:#?}");
}
