//! The same documents through an edit: what Ansible makes of the file after is what it made of the one before, with the
//! planned edits and nothing else; or the edit is refused, for a reason that DESIGN.md names.

use super::{ansible, texts};
use crate::support::figures::Figures;
use crate::support::{cases, number};
use serde_json::{Value, json};
use spin_keys::key::KeyLine;
use spin_keys::spin::{self, NewKey, Request, Who};
use spin_keys::yaml::{self, Document, Edit, New, Path, Step};
use std::collections::BTreeMap;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL zed@laptop";

/// Why an edit may be refused of a file that Ansible loads: docs/limitations.md.
const NAMED: [&str; 26] = [
    "two readers of YAML disagree",
    "nests deeper than 255 levels",
    "of this file stand for more than",
    "a second YAML document",
    "the top level of the file is not a mapping",
    "duplicate key `",
    "is an alias (`*name`)",
    "has an anchor (`&name`)",
    "has the tag",
    "has a tag that Ansible does not know",
    "merges keys from elsewhere",
    "a list is expected here",
    "a mapping is expected here",
    "is a single value here, not a list",
    "is a template, known only to Ansible",
    "is written with a `?`",
    "name comes from an alias or has a tag",
    "without quotes Ansible does not read",
    "is listed twice",
    "of docker_user is empty",
    "without a line break: lines after it would change that text",
    "has no brackets of its own",
    "no `:` on its line",
    "the file holds only `{}`",
    "is the deploy account",
    "starts with a tab or an unexpected character",
];

/// What was done to a text.
enum Tried {
    Edited { after: String, edits: Vec<Edit> },
    Refused(String),
}

/// Adds a key for a new user, or for deploy.
fn edit(text: &str, for_deploy: bool) -> Result<Tried, yaml::Refusal> {
    let document = Document::parse(text)?.loadable()?;
    let key = KeyLine::parse(KEY).unwrap();
    let person = Who::User { name: "zed", full_name: None, groups: None, create: true };
    let who = if for_deploy { Who::Deploy } else { person };
    let request =
        Request { who, key: NewKey { line: KEY, material: Some(key.material()), expires: None, now: 0 }, field: None };
    let plan = spin::plan(&document, &request)?;
    let splices = yaml::splices(&document, &plan.edits)?;
    let after = yaml::apply(text, &splices);
    Ok(match yaml::prove(&document, &after, &splices, &plan.edits) {
        Ok(_) => Tried::Edited { after, edits: plan.edits },
        Err(error) => Tried::Refused(error.to_string()),
    })
}

fn made(new: &New) -> Value {
    match new {
        New::Text { value, .. } => json!(["text", value, true]),
        New::List { items, .. } => Value::Array(std::iter::once(json!("list")).chain(items.iter().map(made)).collect()),
        New::Map(entries) => {
            let entry = |(key, value): &(String, New)| json!([["text", key], made(value)]);
            Value::Array(std::iter::once(json!("map")).chain(entries.iter().map(entry)).collect())
        }
    }
}

/// The place that a path leads to in the oracle's tree.
fn at<'v>(tree: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    path.iter().try_fold(tree, |tree, step| match step {
        Step::Index(index) => tree.get_mut(index + 1),
        Step::Key(key) => {
            let entries = tree.as_array_mut()?.iter_mut().skip(1);
            entries.filter(|entry| entry[0] == json!(["text", key])).find_map(|entry| entry.get_mut(1))
        }
    })
}

/// Carries out an edit on the oracle's tree.
fn carry_out(tree: &mut Value, edit: &Edit) -> Option<()> {
    let (path, kind, more): (&Path, &str, Vec<Value>) = match edit {
        Edit::Append { path, item } => (path, "list", vec![made(item)]),
        Edit::Insert { path, entries, .. } => {
            (path, "map", entries.iter().map(|(key, value)| json!([["text", key], made(value)])).collect())
        }
        Edit::IntoList { path, item } => {
            let place = at(tree, path)?;
            *place = json!(["list", place.clone(), made(item)]);
            return Some(());
        }
        Edit::Set { path, value } => {
            *at(tree, path)? = json!(["text", value, true]);
            return Some(());
        }
        Edit::Replace { path, with } => {
            *at(tree, path)? = made(with);
            return Some(());
        }
        _ => return None,
    };
    let place = at(tree, path)?;
    if place.is_null() || place.as_array().is_some_and(|place| place.len() == 1) {
        *place = json!([kind]);
    }
    let list = place.as_array_mut().filter(|list| list[0] == kind)?;
    list.extend(more);
    Some(())
}

/// The order of entries is layout.
fn sorted(tree: &Value) -> Value {
    match tree {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            if items.first() == Some(&json!("map")) {
                items[1..].sort_by_key(ToString::to_string);
            }
            Value::Array(items)
        }
        other => other.clone(),
    }
}

#[test]
fn documents_after_an_edit_are_what_they_were_and_the_edit() {
    let first = number("SPIN_KEYS_SEED", 1);
    let count = cases(5_000);
    let before: Vec<String> = (first..first + count).map(|seed| texts::text(seed).1).collect();
    let tried: Vec<_> = before.iter().zip(first..).map(|(text, seed)| edit(text, seed % 3 == 0)).collect();
    let after = tried.iter().map(|tried| match tried {
        Ok(Tried::Edited { after, .. }) => after.clone(),
        _ => String::new(),
    });
    let (Some(was), Some(is)) = (ansible(&before), ansible(&after.collect::<Vec<_>>())) else { return };
    let (mut edited, mut loaded, mut refused) = (0_u64, 0_u64, BTreeMap::<String, u64>::new());
    let mut named = 0_u64;
    for (((text, tried), (was, is)), seed) in before.iter().zip(tried).zip(was.iter().zip(&is)).zip(first..) {
        let Some(tree) = was.get("tree") else {
            assert!(!matches!(tried, Ok(Tried::Edited { .. })), "seed {seed}: edited, and Ansible says {was}\n{text}");
            continue;
        };
        loaded += 1;
        let reason = match tried {
            Ok(Tried::Edited { after, edits }) => {
                let mut expected = if tree.is_null() { json!(["map"]) } else { tree.clone() };
                let done = edits.iter().try_for_each(|edit| carry_out(&mut expected, edit));
                let is_right = done.is_some() && is.get("tree").map(sorted) == Some(sorted(&expected));
                assert!(is_right, "seed {seed}\n{text}\n=>\n{after}\n{edits:#?}\n{is}\nexpected {expected}");
                edited += 1;
                continue;
            }
            Ok(Tried::Refused(reason)) => reason,
            Err(refusal) => refusal.message,
        };
        if NAMED.iter().any(|why| reason.contains(why)) {
            named += 1;
        } else {
            *refused.entry(format!("{reason} (seed {seed})")).or_default() += 1;
        }
    }
    let others: u64 = refused.values().sum();
    let mut figures = Figures::new(&["the same files through an edit", "files"]);
    for (what, files) in [
        ("Ansible loads", loaded),
        ("edited, and Ansible makes of it what was asked for", edited),
        ("edited, and Ansible makes something else of it", 0),
        ("refused by the list of refusals", named),
        ("refused otherwise", others),
        ("Ansible cannot load it, and it was edited", 0),
    ] {
        figures.row([json!(what), json!(files)]);
        figures.count(what, files);
    }
    figures.note = "The two rows of 0 end the run where they are not.".to_owned();
    figures.write("read-edits");
    assert!(edited * 2 > loaded, "the generator does not do its work");
    assert!(others * 200 <= loaded, "{refused:#?}");
}
