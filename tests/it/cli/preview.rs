//! What is shown without writing: diffs, JSON, exit codes.

use crate::session::{Session, fixtures, key, with_alice};
use serde_json::{Value, json};
use std::fs;

fn pub_file(name: &str) -> String {
    fixtures().join(format!("keys/{name}.pub")).display().to_string()
}

#[track_caller]
fn json_of(session: &Session, args: &[&str], code: i32) -> Value {
    let ran = session.run(&[args, &["--format", "json"]].concat()).expect(code, &[]);
    super::check::json(&ran)
}

/// What changes for whom, without what is null and without the keys.
fn changes(told: &Value) -> Vec<Value> {
    let mut rows = told["review"]["changes"].as_array().unwrap().clone();
    for row in &mut rows {
        row.as_object_mut().unwrap().retain(|name, value| name != "key" && !value.is_null());
    }
    rows
}

#[test]
fn json_tells_of_a_new_user() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    let path = pub_file("bob");
    let told = json_of(&session, &["add-user", "bob", "--key", &path, "--yes"], 0);
    let names: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["changed", "diff", "encrypted", "key", "path", "review", "warnings", "written"]);
    assert_eq!((&told["path"], &told["changed"], &told["written"]), (&json!(".spin.yml"), &json!(true), &json!(true)));
    let place = json!({ "path": ".spin.yml", "line": 9, "column": 21 });
    assert_eq!(
        changes(&told),
        [
            json!({ "kind": "account_added", "account": "bob", "deploy": false }),
            json!({ "kind": "group_gained", "account": "bob", "deploy": false, "name": "sudo" }),
            json!({ "kind": "key_gained", "account": "bob", "deploy": false, "via": { "kind": "own" }, "place": place }),
            json!({
                "kind": "key_gained", "account": "deploy", "deploy": true,
                "via": { "kind": "first_key", "of": "bob" }, "place": place,
            }),
            json!({ "kind": "tunnel_gained", "account": "bob", "deploy": false, "via": { "kind": "own" }, "place": place }),
        ]
    );
    assert!(told["diff"].as_str().unwrap().starts_with("--- a/.spin.yml\n+++ b/.spin.yml\n@@ "));
    let fingerprint = session.keygen(&["-l", "-f", &path]).split(' ').nth(1).unwrap().to_owned();
    let key =
        json!({ "type": "ed25519", "bits": 256, "fingerprint": fingerprint, "comment": "bob@laptop", "options": null });
    let mut added = key.clone();
    added["source"] = json!(path);
    added["new"] = json!(false);
    assert_eq!(told["key"], added);
    // The rows say the same key.
    assert_eq!((&told["review"]["changes"][2]["key"], &told["review"]["changes"][3]["key"]), (&key, &key));
    assert_eq!(told["warnings"], json!([]));
}

#[test]
fn json_tells_of_a_second_key_and_of_nothing() {
    let session = Session::new(with_alice());
    let args = ["add-user", "alice", "--key", &pub_file("bob"), "--yes"];
    let told = json_of(&session, &args, 0);
    let place = json!({ "path": ".spin.yml", "line": 6, "column": 21 });
    let gained = json!({
        "kind": "key_gained", "account": "alice", "deploy": false, "via": { "kind": "own" }, "place": place,
    });
    let mut handed = gained.clone();
    handed["kind"] = json!("tunnel_gained");
    assert_eq!(changes(&told), [gained, handed]);
    let told = json_of(&session, &args, 0);
    assert_eq!((&told["changed"], &told["written"]), (&json!(false), &json!(false)));
    assert_eq!((&told["review"]["changes"], &told["diff"]), (&json!([]), &json!("")));
    for last in ["--check", "--dry-run"] {
        let told = json_of(&session, &["add-user", "alice", "--key", &pub_file("bob"), last], 0);
        assert_eq!(told["changed"], json!(false));
    }
}

#[test]
fn json_tells_of_a_key_yet_to_be_made_and_of_one_that_was() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    for (last, code) in [("--dry-run", 0), ("--check", 1)] {
        let told = json_of(&session, &["add-user", "bob", last], code);
        assert_eq!((&told["changed"], &told["written"]), (&json!(true), &json!(false)));
        let source = session.path("home/.ssh/id_ed25519").display().to_string();
        let key = &told["key"];
        assert_eq!((&key["type"], &key["bits"], &key["fingerprint"]), (&json!("ed25519"), &json!(256), &Value::Null));
        assert_eq!((&key["source"], &key["new"]), (&json!(source), &json!(true)));
        let row = &told["review"]["changes"][2];
        assert_eq!((&row["kind"], &row["key"]["comment"]), (&json!("key_gained"), &key["comment"]));
        assert!(told["diff"].as_str().unwrap().contains("<new ed25519 key>"));
    }
    let told = json_of(&session, &["add-user", "bob", "--yes", "--no-passphrase"], 0);
    let public = session.path("home/.ssh/id_ed25519.pub").display().to_string();
    let fingerprint = session.keygen(&["-l", "-f", &public]).split(' ').nth(1).unwrap().to_owned();
    assert_eq!((&told["key"]["fingerprint"], &told["key"]["new"]), (&json!(fingerprint), &json!(true)));
    assert!(told["key"]["comment"].as_str().unwrap().starts_with("bob@"));
}

#[test]
fn json_has_the_warnings_and_the_errors() {
    let session = Session::new("users:\n  - username: alice\n    groups: ['sudo']\n    authorized_ssh_keys: []\n");
    let told = json_of(&session, &["add-user", "alice", "--key", &pub_file("bob"), "--dry-run"], 0);
    let warnings = told["warnings"].as_array().unwrap();
    assert!(!warnings.is_empty());
    for warning in warnings {
        let mut names: Vec<_> = warning.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = ["account", "code", "effect", "fixable", "help", "key", "message", "name", "place", "severity"];
        assert_eq!(names, expected);
        let place = &warning["place"];
        assert!(place["line"].as_u64().unwrap() > 0 && place["column"].as_u64().unwrap() > 0, "{warning}");
    }
    let codes: Vec<&Value> = warnings.iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, ["SK215", "SK218"]);
    // The key comes under a field that Spin never reads.
    let row = &told["review"]["changes"][0];
    assert_eq!((&row["kind"], &row["code"]), (&json!("key_without_effect"), &json!("SK218")));
    let ran = session.run(&["add-user", "a b", "--format", "json"]).expect_refusal(&["the user name `a b`"]);
    let told = super::check::error(&ran);
    assert_eq!((&told["kind"], &told["place"]), (&json!("failed"), &Value::Null));
    assert!(told["message"].as_str().unwrap().contains("the user name `a b`"), "{told}");
}

#[test]
fn paths_in_a_diff_are_those_that_git_knows() {
    let session = Session::new("");
    session.write("project/deep/er/.spin.yml", with_alice());
    let args = ["add-user", "bob", "--key", &pub_file("bob"), "--dry-run", "--file", "deep/er/.spin.yml"];
    assert!(session.run(&args).expect(0, &[]).out.starts_with("--- a/.spin.yml\n+++ b/.spin.yml\n"));
    fs::create_dir(session.path("project/.git")).unwrap();
    let head = "--- a/deep/er/.spin.yml\n+++ b/deep/er/.spin.yml\n";
    assert!(session.run(&args).expect(0, &[]).out.starts_with(head));
    // From another folder too, and through a link.
    std::os::unix::fs::symlink(session.path("project/deep"), session.path("home/link")).unwrap();
    let mut command = session.command(&["add-user", "bob", "--key", &pub_file("bob"), "-n", "-f", "link/er/.spin.yml"]);
    let ran = crate::session::Ran::of(command.current_dir(session.path("home")).output().unwrap());
    assert!(ran.expect(0, &[]).out.starts_with(head));
}

#[test]
fn quiet_and_verbose() {
    let session = Session::new(with_alice());
    let args = ["add-user", "bob", "--key", &pub_file("bob"), "--dry-run"];
    let [quiet, plain, verbose] = [&["-q"][..], &[], &["-v"]].map(|more| session.run(&[&args[..], more].concat()));
    assert_eq!(quiet.err, "");
    // Who does not get in, and why.
    let ran = session.run(&[&args[..], &["-q", "--groups", "nosuch"]].concat()).expect(0, &[]);
    let signs: Vec<_> = ran.err.lines().map(|line| &line[..2]).collect();
    assert_eq!(signs, ["! ", "! "], "{}", ran.err);
    assert!(ran.err.contains("bob cannot log in with") && ran.err.contains("`spin provision` fails"), "{}", ran.err);
    assert!(plain.err.contains("bob can log in") && verbose.err.contains("using the key "), "{verbose:#?}");
    assert!(quiet.out == plain.out && plain.out == verbose.out && plain.err.len() < verbose.err.len());
    session.run(&["-q", "-v", "man"]).expect(2, &["cannot be used with"]);
    // Warnings and errors are said with -q too.
    session.write("home/.ssh/id_ed25519.pub", key("alice"));
    session.run(&["add-user", "bob", "-q", "-n"]).expect_refusal(&["is already listed under alice"]);
}
