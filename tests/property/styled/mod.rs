//! Files in the styles that people have: one person, or one key, is taken out, and put back as the program does it. It is
//! written as it was.

mod brackets;
mod style;
mod writer;

use crate::support::{cases, number, session::key};
use fastrand::Rng;
use spin_keys::key::KeyLine;
use spin_keys::spin::{self, NewKey, Who};
use spin_keys::yaml::{self, Document};
use std::collections::HashSet;
use style::{Align, Field, Form, Quote, Style};
use writer::{Around, Person, file};

const PEOPLE: [(&str, &str); 6] = [
    ("alice", "Alice Smith"),
    ("robert", "Robert Fell"),
    ("carolina", "Carolina Diaz"),
    ("dmitri", "Dmitri Orlov"),
    ("yolanda", "Yolanda Quist"),
    ("zed", "Zed Marsh"),
];

/// The text with a key put in by the program.
fn added(before: &str, who: Who<'_>, line: &str) -> Result<String, String> {
    let material = KeyLine::parse(line).unwrap().material().to_vec();
    let document = Document::parse(before).map_err(|refusal| format!("{refusal}"))?;
    let key = NewKey { line, material: Some(&material), expires: None, now: 0 };
    let plan = spin::plan(&document, &spin::Request { who, key, field: None }).map_err(|it| it.to_string())?;
    let splices = yaml::splices(&document, &plan.edits).map_err(|it| it.to_string())?;
    let after = yaml::apply(before, &splices);
    yaml::prove(&document, &after, &splices, &plan.edits).map_err(|error| format!("{error}\n{after}"))?;
    Ok(after)
}

fn line(rng: &mut Rng, comment: &str) -> String {
    let of = ["alice", "bob", "carol", "deploy"][rng.usize(..4)];
    let key = key(of);
    let words: Vec<&str> = key.split(' ').take(2).collect();
    format!("{} {comment}@laptop", words.join(" "))
}

fn is_same_key(one: &str, other: &str) -> bool {
    one.split(' ').nth(1) == other.split(' ').nth(1)
}

/// People as they are in a file; the last one, who is taken out, has nothing that the program does not write.
fn people(rng: &mut Rng) -> Vec<Person> {
    let count = if rng.u8(..16) == 0 { 2 } else { rng.usize(3..=6) };
    let mut who = PEOPLE;
    rng.shuffle(&mut who);
    let mut people: Vec<Person> = Vec::new();
    for (username, name) in &who[..count] {
        let keys = (0..rng.usize(1..=2)).map(|_| line(rng, username)).collect();
        let groups = [vec!["sudo"], vec!["sudo", "docker"], vec!["docker"]][rng.usize(..3)].clone();
        let (shell, note, comment_above) = (rng.u8(..4) == 0, rng.u8(..8) == 0, rng.u8(..4) == 0);
        let commented_out = (rng.u8(..6) == 0 && !note).then(|| ([0, 2, 4, 6][rng.usize(..4)], rng.u8(..4) == 0));
        people.push(Person { username, name, groups, keys, shell, note, comment_above, commented_out });
    }
    if let Some(last) = people.last_mut() {
        last.keys.truncate(1);
        let bare = Person { shell: false, note: false, comment_above: false, commented_out: None, ..last.clone() };
        *last = bare;
    }
    people
}

fn around(rng: &mut Rng) -> Around {
    let docker = rng.bool().then(|| (0..2).map(|_| line(rng, "deploy")).collect());
    let [contents, start, before, after] = std::array::from_fn(|_| rng.bool());
    let footers: [&[&str]; 5] = [
        &[],
        &[],
        &["# vim: set ft=yaml:"],
        &["", "# License: MIT"],
        &["", "# (c) x", "# Copyright", "", "# vi:ts=2", ""],
    ];
    let (blank, footer) = ([0, 1, 1, 2][rng.usize(..4)], footers[rng.usize(..5)]);
    Around { contents, start, before, after, blank, docker, footer }
}

/// What came of many.
#[derive(Default)]
struct Counts {
    same: u64,
    differ: Vec<String>,
}

impl Counts {
    fn add(&mut self, name: &str, before: &str, wanted: &str, found: Result<String, String>) {
        match found {
            Ok(text) if text == wanted => self.same += 1,
            found => self.differ.push(format!(
                "{name}:\n{before}\n=> wanted\n{wanted}\n=> found\n{}",
                found.unwrap_or_else(|error| format!("refused: {error}"))
            )),
        }
    }

    fn assert(&self, what: &str, enough: u64) {
        let all = self.same + self.differ.len() as u64;
        let few = self.differ[..self.differ.len().min(number("SPIN_KEYS_SHOW", 3) as usize)].join("\n\n");
        eprintln!("{what}: {} of {all} byte for byte as before; the first that differ:\n{few}", self.same);
        assert!(all >= enough && self.same * 100 >= all * 95, "{what}: {} of {all}", self.same);
    }
}

#[test]
fn who_is_taken_out_is_put_back_as_it_was() {
    let first = number("SPIN_KEYS_SEED", 1);
    let all = cases(1_500);
    let mut counts = Counts::default();
    let (mut styles, mut forms) = (HashSet::new(), HashSet::new());
    for seed in first..first + all {
        let mut rng = Rng::with_seed(seed);
        let (style, around, people) = (Style::draw(&mut rng), around(&mut rng), people(&mut rng));
        let (with, [others @ .., person]) = (file(&style, &around, &people), &people[..]) else { unreachable!() };
        let without = file(&style, &around, others);
        let groups: Vec<String> = person.groups.iter().map(|group| (*group).to_owned()).collect();
        let full_name = style.order.contains(&Field::Name).then_some(person.name);
        let who = Who::User { name: person.username, full_name, groups: Some(&groups), create: true };
        counts.add(&format!("seed {seed}"), &without, &with, added(&without, who, &person.keys[0]));
        forms.insert(style.form);
        styles.insert(style);
    }
    assert_eq!(forms.len(), 8, "{forms:?}");
    assert!(styles.len() as u64 * 100 >= all * 95, "{} styles in {all} files", styles.len());
    counts.assert("people", 1_000);
}

/// A new account for deploy, at the end and with a blank line above it, as far as the file says how it is written.
#[test]
fn deploy_that_is_taken_out_is_put_back_as_it_was() {
    let first = number("SPIN_KEYS_SEED", 1);
    let mut counts = Counts::default();
    for seed in first..first + cases(1_000) {
        let mut rng = Rng::with_seed(seed);
        let (mut style, mut around, people) = (Style::draw(&mut rng), around(&mut rng), people(&mut rng));
        style.keys_in_flow = false;
        match style.form {
            Form::List => style.mapping = style.offset.max(2),
            // There are no names but as keys.
            Form::ByName => (style.of_words, style.align) = (Quote::None, Align::No),
            _ => (style.align, style.mapping) = (Align::No, style.offset.max(2)),
        }
        if matches!(style.form, Form::FlowList | Form::FlowListOverLines) {
            (style.offset, style.gap, style.mapping) = (2, 1, 2);
        }
        // Or nothing in the file says how many.
        if !(around.before || around.after) || style.form == Form::FlowList {
            around.blank = 1;
        }
        let line = line(&mut rng, "deploy");
        around.docker = Some(vec![line.clone()]);
        let with = file(&style, &around, &people);
        around.docker = None;
        let without = file(&style, &around, &people);
        counts.add(&format!("seed {seed}"), &without, &with, added(&without, Who::Deploy, &line));
    }
    counts.assert("accounts for deploy", 1_000);
}

/// The first key of somebody who has none, in the place where the others have their keys.
#[test]
fn a_field_that_is_taken_out_is_put_back_as_it_was() {
    let first = number("SPIN_KEYS_SEED", 1);
    let mut counts = Counts::default();
    for seed in first..first + cases(1_500) {
        let mut rng = Rng::with_seed(seed);
        let (style, around, mut people) = (Style::draw(&mut rng), around(&mut rng), people(&mut rng));
        let is_last = style.order.last() == Some(&Field::Keys);
        // Without it, another would be on the second line.
        if style.order.len() < 2 || (is_last && style.form == Form::FlowUsersOverTwoLines) {
            continue;
        }
        let chosen = rng.usize(..people.len());
        let person = &mut people[chosen];
        person.keys.truncate(1);
        (person.shell, person.note, person.commented_out) = (false, false, None);
        let with = file(&style, &around, &people);
        let line = people[chosen].keys.pop().unwrap();
        let without = file(&style, &around, &people);
        let who = Who::User { name: people[chosen].username, full_name: None, groups: None, create: false };
        counts.add(&format!("seed {seed}"), &without, &with, added(&without, who, &line));
    }
    counts.assert("first keys of people", 1_000);
}

#[test]
fn a_key_that_is_taken_out_is_put_back_as_it_was() {
    let first = number("SPIN_KEYS_SEED", 1);
    let all = cases(1_500);
    let (mut of_people, mut of_deploy) = (Counts::default(), Counts::default());
    for seed in first..first + all {
        let mut rng = Rng::with_seed(seed);
        let (style, mut around, mut people) = (Style::draw(&mut rng), around(&mut rng), people(&mut rng));
        let with = file(&style, &around, &people);
        if let Some(keys) = around.docker.clone() {
            around.docker = Some(keys[..1].to_vec());
            let without = file(&style, &around, &people);
            if !is_same_key(&keys[0], &keys[1]) {
                of_deploy.add(&format!("seed {seed}"), &without, &with, added(&without, Who::Deploy, &keys[1]));
            }
            around.docker = Some(keys);
        }
        let chosen = rng.usize(..people.len());
        let person = &mut people[chosen];
        if style.form == Form::ByName || person.keys.len() < 2 || is_same_key(&person.keys[0], &person.keys[1]) {
            continue;
        }
        let line = person.keys.pop().unwrap();
        let who = Who::User { name: person.username, full_name: None, groups: None, create: false };
        let without = file(&style, &around, &people);
        of_people.add(&format!("seed {seed}"), &without, &with, added(&without, who, &line));
    }
    of_people.assert("second keys of people", 300);
    of_deploy.assert("second keys of deploy", 500);
}
