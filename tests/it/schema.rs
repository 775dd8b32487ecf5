//! The JSON of every command, errors included, against `docs/schema`, which a unit test makes from the types.

use crate::cli::fixtures::{args, cases, name, with};
use crate::cli::vault;
use crate::formats::{files, ran};
use crate::session::{Session, key, with_alice};
use crate::support::project;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

/// The schemas by name, as they are in `docs/schema`.
fn schemas() -> BTreeMap<String, Validator> {
    let folder = fs::read_dir(project().join("docs/schema")).unwrap().map(|entry| entry.unwrap().path());
    let schema = |path: std::path::PathBuf| {
        let schema: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, jsonschema::validator_for(&closed(schema)).unwrap())
    };
    let schemas: BTreeMap<String, Validator> = folder.map(schema).collect();
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["add", "check", "error", "list", "review", "revoke", "rotate"]);
    schemas
}

/// The same schema that takes no other fields than those it names: a field that is printed and not in the schema is a fault
/// here, though the readers of a later version have to bear it. Every object of ours names its fields in one place.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object) && !fields.contains_key("additionalProperties") {
                fields.insert("additionalProperties".to_owned(), json!(false));
            }
            for (_, value) in fields.iter_mut().filter(|(name, _)| *name != "const" && *name != "enum") {
                *value = closed(value.take());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = closed(item.take())),
        _ => {}
    }
    schema
}

/// What is wrong with what a run printed: an error has the shape of errors, and all else that of its command.
fn wrong(schemas: &BTreeMap<String, Validator>, command: &str, code: Option<i32>, out: &str) -> Option<String> {
    let Ok(answer) = serde_json::from_str::<Value>(out) else { return Some(format!("no JSON: {out:?}")) };
    if answer["version"] != 1 {
        return Some(format!("version {}", answer["version"]));
    }
    // A review of what cannot be read has a report that says so.
    let is_report = command == "review" && answer["files"][0]["unreadable"].is_string();
    let schema = if code == Some(2) && !is_report { "error" } else { command };
    let errors: Vec<String> =
        schemas[schema].iter_errors(&answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    (!errors.is_empty()).then(|| format!("{schema}: {}\n{answer:#}", errors.join("\n")))
}

/// What runs printed, by schema.
struct Seen<'s> {
    schemas: &'s BTreeMap<String, Validator>,
    runs: BTreeMap<&'static str, usize>,
}

impl Seen<'_> {
    #[track_caller]
    fn run(&mut self, session: &Session, command: &'static str, args: &[&str]) {
        let ran = ran(session, &[args, &["--format", "json"]].concat());
        assert_eq!(wrong(self.schemas, command, ran.code, &ran.out), None, "{args:?}: {}", ran.err);
        *self.runs.entry(if ran.code == Some(2) { "error" } else { command }).or_default() += 1;
    }
}

#[test]
fn what_is_printed_of_a_file_has_the_shape_of_its_schema() {
    let schemas = schemas();
    let mut seen = Seen { schemas: &schemas, runs: BTreeMap::new() };
    let session = Session::empty();
    let files = files();
    for file in &files {
        let file = file.to_str().unwrap();
        seen.run(&session, "list", &["list", "-f", file]);
        seen.run(&session, "check", &["check", "-f", file]);
    }
    for pair in files.windows(2).filter(|pair| pair[0].parent() == pair[1].parent()) {
        seen.run(&session, "review", &["review", pair[0].to_str().unwrap(), pair[1].to_str().unwrap()]);
    }
    for (command, least) in [("list", 400), ("check", 400), ("review", 200), ("error", 30)] {
        assert!(seen.runs.get(command).is_some_and(|runs| *runs >= least), "{command}: {:?}", seen.runs);
    }
}

#[test]
fn what_is_printed_of_a_change_has_the_shape_of_its_schema() {
    let schemas = schemas();
    let mut seen = Seen { schemas: &schemas, runs: BTreeMap::new() };
    for case in cases("edit").into_iter().chain(cases("reject")) {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        let args = args(&case);
        seen.run(&session, "add", &with(&args, &["--dry-run"]));
        seen.run(&session, "add", &with(&args, &["--yes"]));
        seen.run(&session, "add", &with(&args, &["--check"]));
    }
    for case in cases("revoke") {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        let args = args(&case);
        seen.run(&session, "revoke", &with(&args, &["--check"]));
        seen.run(&session, "revoke", &with(&args, &["--yes"]));
        seen.run(&session, "revoke", &["revoke", "--finish", "--yes"]);
    }
    for case in cases("check") {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        seen.run(&session, "check", &["check", "--fix", "--dry-run"]);
        seen.run(&session, "check", &["check", "--fix", "--yes"]);
        assert!(session.exists("project/.spin.yml"), "{}", name(&case));
    }
    for (command, least) in [("add", 200), ("revoke", 300), ("check", 150), ("error", 100)] {
        assert!(seen.runs.get(command).is_some_and(|runs| *runs >= least), "{command}: {:?}", seen.runs);
    }
}

#[test]
fn encrypted_files_new_keys_and_all_kinds_of_errors_have_it_too() {
    let schemas = schemas();
    let mut seen = Seen { schemas: &schemas, runs: BTreeMap::new() };
    let sealed = vault::sealed(with_alice().replace("['sudo']", "sudo"));
    seen.run(&sealed, "list", &["list"]);
    seen.run(&sealed, "check", &["check"]);
    seen.run(&sealed, "review", &["review", ".spin.yml", ".spin.yml"]);
    sealed.write("project/.vault-password", "wrong\n");
    for command in ["list", "check"] {
        seen.run(&sealed, command, &[command]);
    }
    // One side that cannot be opened is a report of which nothing is known.
    sealed.write("project/plain.yml", with_alice());
    seen.run(&sealed, "review", &["review", "plain.yml", ".spin.yml"]);
    let session = Session::new(with_alice());
    for last in ["--dry-run", "--check"] {
        seen.run(&session, "add", &["add-user", "bob", last]);
        seen.run(&session, "add", &["add-deploy", last]);
    }
    seen.run(&session, "add", &["add-user", "bob", "--yes", "--no-passphrase"]);
    session.write("project/carol.pub", key("carol"));
    seen.run(&session, "add", &["add-user", "alice", "--key", "carol.pub", "--yes"]);
    let rotation = ["rotate", "alice", "--old", "alice@laptop", "--key", "carol.pub"];
    seen.run(&session, "rotate", &[&rotation[..], &["--status"]].concat());
    seen.run(&session, "revoke", &[&rotation[..], &["--finish", "--dry-run"]].concat());
    // The answer is no: exit 1, and nothing to tell in JSON.
    let declined = ran(&session, &["add-user", "bob", "--key", "carol.pub", "--format", "json"]);
    assert_eq!((declined.code, declined.out.as_str()), (Some(1), ""), "{declined:#?}");
    // Written, and the pair stays.
    fs::create_dir(session.path("project/.spin.yml.spin-keys-new")).unwrap();
    seen.run(&session, "add", &["add-user", "zoe", "--create", "--generate", "zoe", "--no-passphrase", "--yes"]);
    for args in [
        &["list", "-f", "missing.yml"][..],
        &["check", "-f", "missing.yml"],
        &["review", "no-such-revision"],
        &["add-user", "a b"],
        &["add-user", "bob", "--key", "missing.pub"],
    ] {
        seen.run(&session, "error", args);
    }
    assert!(seen.runs["error"] >= 7, "{:?}", seen.runs);
}

#[test]
fn the_judge_sees_each_fault() {
    let schemas = schemas();
    let session = Session::new(with_alice().replace("['sudo']", "sudo"));
    let ran = |args: &[&str]| ran(&session, &[args, &["--format", "json"]].concat());
    let faults: [(&str, &[&str], &[&str]); 4] = [
        ("list", &["list"], &["/files/0/principals/0/keys/0/key/fingerprint", "/files/0/failure/severity"]),
        ("check", &["check"], &["/files/0/findings/0/code", "/files/0/findings/0/place/path", "/files/0/counts/note"]),
        ("review", &["review", ".spin.yml", ".spin.yml"], &["/files/0/verdict", "/files/0/review/changes"]),
        ("error", &["list", "-f", "missing.yml"], &["/error/kind", "/error/hints"]),
    ];
    for (command, args, pointers) in faults {
        let told = ran(args);
        let answer: Value = serde_json::from_str(&told.out).unwrap();
        let judge = |answer: &Value| wrong(&schemas, command, told.code, &answer.to_string());
        assert_eq!(judge(&answer), None);
        for pointer in pointers {
            let mut other = answer.clone();
            *other.pointer_mut(pointer).unwrap() = json!({ "another": "shape" });
            assert!(judge(&other).is_some(), "{command} {pointer}");
            // Another field beside it, and the field itself gone.
            let (parent, last) = pointer.rsplit_once('/').unwrap();
            let mut more = answer.clone();
            more.pointer_mut(parent).unwrap()["one_more"] = json!(1);
            assert!(judge(&more).is_some(), "{command} {pointer}: one more");
            let mut fewer = answer.clone();
            fewer.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(last);
            // What may be null may be absent for a reader, by the schema.
            let may_be_null = ["fingerprint", "failure"].contains(&last);
            assert!(may_be_null || judge(&fewer).is_some(), "{command} {pointer}: gone");
        }
        let mut other = answer.clone();
        other["version"] = json!(2);
        assert!(judge(&other).is_some());
    }
    assert!(wrong(&schemas, "list", Some(0), "").is_some());
    // The shape of another command is not taken for it.
    assert!(wrong(&schemas, "check", Some(0), &ran(&["list"]).out).is_some());
    assert!(wrong(&schemas, "list", Some(2), &ran(&["list"]).out).is_some());
}
