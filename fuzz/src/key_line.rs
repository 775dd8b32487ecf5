//! A public key line of any bytes: refused in words, or a line that reads as the same key wherever it goes.

use crate::{NOW, check_message, seeds};
use spin_keys::key::{self, KeyLine, Login, MAX_LINE_BYTES, ModuleResult, Source};
use spin_keys::spin::{self, NewKey, Request, Who};
use spin_keys::yaml::{self, Document};

/// Lists into which the line is written: none yet, one in double quotes, one in single ones, one in brackets.
const FILES: [&str; 4] = [
    "",
    "users:\n  - username: alice\n    groups: []\n    authorized_keys:\n      - public_key: \"x\"\n",
    "users:\n  - username: alice\n    groups: []\n    authorized_keys:\n      - public_key: 'x'\n",
    "users: [{username: alice, authorized_ssh_keys: ['x',],}]",
];

/// Runs one input.
pub fn key_line(data: &[u8]) {
    match key::read_source(data) {
        Ok(Source::Public(found)) => {
            assert_eq!(key::read_public_only(data).as_ref(), Ok(&found));
            found.iter().for_each(|candidate| check(&candidate.key));
        }
        Ok(Source::Private(_)) => assert!(key::read_public_only(data).is_err()),
        Err(error) => {
            check_message(&error.to_string());
            assert!(key::read_public_only(data).is_err());
        }
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    match KeyLine::parse(text) {
        Ok(key) => {
            assert!(key::materials(text).iter().any(|found| found == key.material()), "{key:?}");
            check(&key);
        }
        Err(error) => {
            check_message(&error.to_string());
            if let Some(hint) = error.hint() {
                check_message(&hint);
            }
        }
    }
    if let Ok(key) = seeds::public(0).with_comment(text) {
        check(&key);
    }
    for line in text.lines() {
        let _ = key::describe(line);
        let _ = key::login(line, NOW);
    }
    let _ = key::ansible_writes(text);
}

/// What holds of every key that is taken.
fn check(key: &KeyLine) {
    let line = key.to_line();
    check_message(&line);
    assert!(line.len() <= MAX_LINE_BYTES && !line.chars().any(char::is_control), "{line:?}");
    assert!(!["{{", "{%", "{#"].iter().any(|mark| line.contains(mark)), "{line:?}");
    assert_eq!(KeyLine::parse(&line).as_ref(), Ok(key), "{line:?}");
    assert_eq!(key::materials(&line), [key.material()], "{line:?}");
    assert!(key::is_in_use(&line, key.material()), "{line:?}");
    let described = key::describe(&line).expect("it cannot be described");
    assert_eq!((described.fingerprint, described.comment), (Some(key.fingerprint()), key.comment().to_owned()));
    let entry = key::login(&line, NOW);
    assert!(matches!(entry, Login::Yes | Login::Expired), "{line:?}: {entry:?}");
    let ModuleResult::Lines(written) = key::ansible_writes(&line) else { panic!("Ansible does not write {line:?}") };
    let [written] = written.as_slice() else { panic!("{line:?} becomes {written:?}") };
    assert_eq!(key::materials(&written.line), [key.material()], "{line:?} becomes {written:?}");
    assert_eq!(key::login(&written.line, NOW), entry, "{line:?} becomes {written:?}");
    FILES.iter().for_each(|file| into_file(file, &line, key.material()));
}

/// The line comes out of a file as it went in.
fn into_file(before: &str, line: &str, material: &[u8]) {
    let document = Document::parse(before).unwrap();
    let who = Who::User { name: "alice", full_name: None, groups: None, create: false };
    let request = Request { who, key: NewKey { line, material: Some(material), expires: None, now: 0 }, field: None };
    let plan = spin::plan(&document, &request).unwrap();
    let splices = yaml::splices(&document, &plan.edits).unwrap();
    let after = yaml::apply(before, &splices);
    let proved = yaml::prove(&document, &after, &splices, &plan.edits);
    assert!(proved.is_ok(), "{line:?}: {proved:?}");
    let data: serde_yaml::Value = serde_yaml::from_str(&after).unwrap();
    let user = &data["users"][0];
    let list = user.get("authorized_keys").or_else(|| user.get("authorized_ssh_keys")).unwrap();
    let last = list.as_sequence().and_then(|items| items.last()).unwrap();
    assert_eq!(last.get("public_key").unwrap_or(last).as_str(), Some(line), "{after}");
}
