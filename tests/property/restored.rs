//! A key that comes into a list with others and goes again leaves the file as it was, byte for byte: add, `revoke`, `revoke
//! --finish`.

use crate::model::{Case, Request, Users};
use crate::support::session::{fixtures, key};
use crate::support::{cases, number, render};
use spin_keys::key::KeyLine;
use spin_keys::spin::plan::revoke::{Revocation, finish, next};
use spin_keys::spin::{self, NewKey, Who};
use spin_keys::yaml::{self, Document, Edit, Step, Syntax};
use std::collections::BTreeMap;
use std::fs;

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// The text after each of the three.
    Done([String; 3]),
    /// It does not come into a list with others, or is in the file already.
    NoSuchList,
    /// `revoke` refuses this file.
    Refused(String),
}

/// Edits of a text, if it can be read.
fn edited(text: &str, plan: &mut dyn FnMut(&Document<'_>) -> Result<Vec<Edit>, String>) -> Result<String, String> {
    let (bom, bare) = yaml::split_bom(text);
    let syntax = if bom { Syntax::Yaml } else { Syntax::Any };
    let document = Document::parse_in(bare, syntax).and_then(Document::loadable).map_err(|it| it.message)?;
    let edits = plan(&document)?;
    let splices = yaml::splices(&document, &edits).map_err(|it| it.message)?;
    let after = yaml::apply(bare, &splices);
    yaml::prove(&document, &after, &splices, &edits).map_err(|error| format!("not proved: {error}\n{after}"))?;
    Ok(format!("{}{after}", if bom { "\u{feff}" } else { "" }))
}

/// The edits that add the key to a list which has others.
fn added(document: &Document<'_>, who: Who<'_>, line: &str, material: &[u8]) -> Result<Vec<Edit>, String> {
    let key = NewKey { line, material: Some(material), now: 0, expires: None };
    let plan = spin::plan(document, &spin::Request { who, key, field: None }).map_err(|it| it.message)?;
    let blob = line.split(' ').find(|word| word.starts_with("AAAA")).unwrap();
    let is_new = !document.text.contains(blob);
    let is_in_list = matches!(&plan.edits[..], [Edit::Append { path, .. }] if has_keys(document, path));
    if is_new && is_in_list { Ok(plan.edits) } else { Ok(Vec::new()) }
}

/// Whether there is a list of keys which is not empty.
fn has_keys(document: &Document<'_>, path: &[Step]) -> bool {
    let below = |node, step: &Step| match step {
        Step::Key(key) => document.get(node, key),
        Step::Index(index) => document.items(node).get(*index).copied(),
    };
    let list = path.iter().try_fold(document.root().unwrap(), below);
    let is_of_keys = matches!(path.last(), Some(Step::Key(field)) if field.ends_with("_keys"));
    is_of_keys && list.is_some_and(|list| !document.items(list).is_empty())
}

fn there_and_back(before: &str, who: Who<'_>, line: &str) -> Outcome {
    let key = KeyLine::parse(line).unwrap();
    let with = match edited(before, &mut |document| added(document, who, line, key.material())) {
        Ok(with) if with != before => with,
        _ => return Outcome::NoSuchList,
    };
    let revocation = Revocation { keys: [(key.material().to_vec(), line.to_owned())].into(), ..Revocation::default() };
    let mut absent = with.clone();
    loop {
        match edited(&absent, &mut |document| next(document, &revocation, 0).map_err(|it| it.message)) {
            Ok(text) if text == absent => break,
            Ok(text) => absent = text,
            Err(refusal) => return Outcome::Refused(refusal),
        }
    }
    match edited(&absent, &mut |document| Ok(finish(document, Some(&revocation)).edits)) {
        Ok(after) => Outcome::Done([with, absent, after]),
        Err(refusal) => Outcome::Refused(format!("finish: {refusal}")),
    }
}

/// The text without the comment below which the new key was put, at the end of a list: it cannot be told from the key's own.
fn without_comment(before: &str, with: &str) -> Option<String> {
    let lines: Vec<&str> = before.split_inclusive('\n').collect();
    // The line break of the last line may be new.
    let differs = |(old, new): (&&str, &str)| old.trim_end() != new.trim_end();
    let at = lines.iter().zip(with.split_inclusive('\n')).position(differs).unwrap_or(lines.len());
    let is_comment = |line: &&&str| line.trim_start().starts_with('#');
    let above = lines[..at].iter().rev().take_while(is_comment).count();
    let text = [&lines[..at - above], &lines[at..]].concat().concat();
    let text = if before.ends_with('\n') { text.as_str() } else { text.trim_end_matches(['\r', '\n']) };
    (above > 0).then(|| text.to_owned())
}

/// What came of many, and those of which the bytes are not the old ones.
#[derive(Default)]
struct Counts {
    done: u64,
    /// The comment above which the key was added went with it.
    with_comment: u64,
    elsewhere: u64,
    refused: BTreeMap<String, u64>,
    wrong: Vec<String>,
}

impl Counts {
    fn add(&mut self, name: &str, before: &str, outcome: Outcome) {
        match outcome {
            Outcome::NoSuchList => self.elsewhere += 1,
            Outcome::Refused(why) => {
                let mut words = why.split(['`', ':']).map(str::trim).filter(|word| !word.is_empty());
                *self.refused.entry(words.next_back().unwrap_or_default().to_owned()).or_default() += 1;
            }
            Outcome::Done([with, absent, after]) => {
                self.done += 1;
                let is_back = after == before || without_comment(before, &with).is_some_and(|text| text == after);
                self.with_comment += u64::from(after != before);
                if !is_back || with == absent || absent == after {
                    self.wrong
                        .push(format!("{name}:\n{before}\n=> add\n{with}\n=> revoke\n{absent}\n=> finish\n{after}"));
                }
            }
        }
    }

    fn assert(&self, enough: u64) {
        let Self { done, with_comment, elsewhere, refused, .. } = self;
        eprintln!(
            "{done} there and back, {with_comment} with a comment, {elsewhere} not into such a list, refused: {refused:?}"
        );
        let few = &self.wrong[..self.wrong.len().min(3)];
        assert!(self.wrong.is_empty(), "{} of {}:\n{}", self.wrong.len(), self.done, few.join("\n\n"));
        assert!(*done >= enough && with_comment * 8 < *done, "{done} of {enough}, {with_comment} with a comment");
    }
}

/// The names of all people in a file.
fn people(case: &Case) -> Vec<&'static str> {
    let of_users = match &case.users {
        Users::List(people) => people.as_slice(),
        _ => &[],
    };
    of_users.iter().chain(&case.additional).map(|person| person.name).collect()
}

#[test]
fn generated_files_are_as_before_when_a_key_has_come_and_gone() {
    let (first, cases) = (number("SPIN_KEYS_SEED", 1), cases(4_000));
    let new = key("deploy");
    let mut counts = Counts::default();
    for seed in first..first + cases {
        let case = Case::generate(seed);
        let before = render::render(&case);
        let comment = match &case.request {
            Request::User { line, .. } | Request::Deploy { line, .. } => line.splitn(3, ' ').nth(2).unwrap_or_default(),
        };
        let line = new.split(' ').take(2).chain([comment]).collect::<Vec<_>>().join(" ");
        for name in people(&case) {
            let who = Who::User { name, full_name: None, groups: None, create: false };
            counts.add(&format!("seed {seed}, {name}"), &before, there_and_back(&before, who, line.trim()));
        }
        counts.add(&format!("seed {seed}, deploy"), &before, there_and_back(&before, Who::Deploy, line.trim()));
    }
    counts.assert(cases / 6);
}

#[test]
fn the_fixtures_are_as_before_when_a_key_has_come_and_gone() {
    let mut counts = Counts::default();
    for entry in fs::read_dir(fixtures().join("edit")).unwrap() {
        let case = entry.unwrap().path();
        let Ok(args) = fs::read_to_string(case.join("args")) else { continue };
        let args: Vec<&str> = args.lines().collect();
        let Some(at) = args.iter().position(|arg| *arg == "--key") else { continue };
        let name = args[at + 1].trim_start_matches("KEYS/");
        let line = fs::read_to_string(fixtures().join("keys").join(name)).unwrap();
        let before = fs::read_to_string(case.join("in.yml")).unwrap();
        let who = match args[0] {
            "add-user" => Who::User { name: args[1], full_name: None, groups: None, create: true },
            _ => Who::Deploy,
        };
        let outcome = there_and_back(&before, who, line.trim());
        counts.add(&case.file_name().unwrap().to_string_lossy(), &before, outcome);
    }
    counts.assert(30);
}
