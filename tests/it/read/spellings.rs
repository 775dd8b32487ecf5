//! Every way to write a tag, at every place of a file that decides who gets in: the people and keys are those that
//! Ansible reads.

use super::ansible;
use serde_json::{Value, json};
use spin_keys::check::Context;
use spin_keys::check::analysis::Analysis;
use spin_keys::spin::principals;
use spin_keys::yaml::Document;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL mallory";

/// A file in which each mark stands at one place; all but one are taken out.
const FILE: &str = "<1>users:\n  - username: alice\n    groups: [sudo]\n<2>additional_users: <3>\n  - <4>\n    <5>username: \
    <6>mallory\n    <7>groups: <8>[<9>sudo]\n    <10>authorized_keys:\n      - <11>public_key: <12>\"KEY\"\n        \
    <13>state: <14>present\n";

/// Spellings of tags; some with the directive that they need, and `~` for its blanks.
const SPELLINGS: &str = "! !unsafe !vault !vault-encrypted !!str !!int !!bool !!null !!float !!binary !!timestamp !!map !!seq \
    !!set !!omap !!pairs !!merge !!value !!python/unicode !!python/dict !!yaml !foo !!foo !<!> !<!unsafe> \
    !<tag:yaml.org,2002:str> !un%73afe !!s%74r !str|%TAG~!~tag:yaml.org,2002: !e!str|%TAG~!e!~tag:yaml.org,2002: \
    !!unsafe|%TAG~!!~! !e!safe|%TAG~!e!~!un";

fn file(place: usize, spelling: &str) -> String {
    let (tag, directive) = spelling.split_once('|').unwrap_or((spelling, ""));
    let directive =
        if directive.is_empty() { String::new() } else { format!("{}\n---\n", directive.replace('~', " ")) };
    let mut text = FILE.replace("KEY", KEY);
    for mark in 1..=14 {
        let with = if mark == place { format!("{tag} ") } else { String::new() };
        text = text.replace(&format!("<{mark}>"), &with);
    }
    directive + &text
}

/// The value of a key in a mapping of the oracle.
fn entry<'v>(tree: &'v Value, name: &str) -> Option<&'v Value> {
    let entries = tree.as_array().filter(|_| tree[0] == "map").map_or(&[][..], |entries| &entries[1..]);
    entries.iter().find(|entry| entry[0] == json!(["text", name])).map(|entry| &entry[1])
}

/// The same, or null.
fn get<'v>(tree: &'v Value, name: &str) -> &'v Value {
    entry(tree, name).unwrap_or(&Value::Null)
}

fn items(tree: &Value) -> &[Value] {
    tree.as_array().filter(|_| tree[0] == "list" || tree[0] == "set").map_or(&[], |items| &items[1..])
}

/// `NAME: KEYS present` of each person, as the roles see them.
fn people(tree: &Value) -> Vec<String> {
    let text = |value: &Value| (value[0] == "text").then(|| value[1].as_str().unwrap().to_owned());
    let mut found = Vec::new();
    for section in ["users", "additional_users"] {
        for person in items(get(tree, section)) {
            let groups: Vec<String> = items(get(person, "groups")).iter().filter_map(text).collect();
            let keys = items(get(person, "authorized_keys")).iter();
            let present = keys.filter(|key| match entry(key, "state") {
                None => true,
                Some(state) => text(state).as_deref() == Some("present"),
            });
            let keys = present.filter(|key| text(get(key, "public_key")).is_some_and(|text| text == KEY)).count();
            found.push(format!("{:?} {groups:?} {keys}", text(get(person, "username"))));
        }
    }
    found
}

/// The same of the program.
fn own(document: &Document<'_>) -> Vec<String> {
    let person = |person: spin_keys::spin::Principal| {
        let is_present = |key: &&spin_keys::spin::Listed| key.state == "present" && key.key.is_some() && key.is_read;
        let keys = person.keys.iter().filter(is_present).count();
        let mut groups = person.groups.unwrap_or_default();
        groups.retain(|group| group != "(no name)");
        format!("{:?} {groups:?} {keys}", person.account)
    };
    principals(document, &Analysis::of(document, &Context::at(0)).config).into_iter().map(person).collect()
}

#[test]
fn no_spelling_of_a_tag_hides_anybody() {
    let cases: Vec<(usize, &str)> = (1..=14)
        .flat_map(|place| {
            SPELLINGS.split(' ').filter(|spelling| !spelling.is_empty()).map(move |spelling| (place, spelling))
        })
        .collect();
    assert_eq!(cases.len(), 14 * 32);
    let texts: Vec<String> = cases.iter().map(|(place, spelling)| file(*place, spelling)).collect();
    let Some(answers) = ansible(&texts) else { return };
    let mut loaded = 0;
    for (text, answer) in texts.iter().zip(&answers) {
        let document = Document::read(text).ok().filter(|document| document.unknown_tags().is_empty());
        match (&document, answer.get("tree")) {
            (Some(document), Some(tree)) => {
                loaded += 1;
                // A value that is no text, and an encrypted one, are told as what they are: nobody is hidden by them.
                let (own, expected) = (own(document), people(tree));
                let is_known = |line: &String| !line.starts_with("None");
                let known: Vec<_> = expected.iter().filter(|line| is_known(line)).collect();
                assert!(known.iter().all(|line| own.contains(line)), "{text}\n{own:?}\n{expected:?}");
                assert_eq!(own.len(), expected.len(), "{text}\n{own:?}\n{expected:?}");
            }
            (None, None) => {}
            _ => panic!("{text}\n{answer}\n{:?}", Document::read(text).err()),
        }
    }
    assert!(loaded >= 200, "{loaded} of {} are loaded", texts.len());
}
