//! "Nothing to do" is said only where the key lets its owner in: elsewhere the edit that makes it work is offered, or the
//! reason is given why none does.

use super::cases::{case, fingerprint, path};
use super::check::json;
use crate::session::{Session, key};
use serde_json::Value;
use std::fs;

/// A session with a file of `fixtures/cases/access`, and the path of its key with this comment.
fn access(name: &str, comment: &str) -> (Session, String) {
    let text = case(&format!("access/{name}.yml"));
    let line = text.split('"').find(|part| part.ends_with(comment)).unwrap().to_owned();
    let session = Session::new(&text);
    session.write("project/asked.pub", format!("{line}\n"));
    (session, "asked.pub".to_owned())
}

fn users(keys: &str) -> String {
    format!("users:\n  - username: alice\n    groups: ['sudo']\n    authorized_keys:\n{keys}")
}

/// Runs the command in each way: `--check` is 1, `--dry-run` writes nothing, `--yes` writes `expected`, and then there is
/// nothing to do.
fn offers(session: &Session, args: &[&str], said: &[&str], expected: &str) {
    let before = session.file();
    let with = |option: &[&'static str]| session.run(&[args, option].concat());
    with(&["--check"]).expect(1, &[]);
    with(&["--dry-run"]).expect(0, said);
    assert_eq!(session.file(), before);
    with(&["--yes"]).expect(0, &["wrote .spin.yml"]);
    assert_eq!(session.file(), expected);
    with(&["--check"]).expect(0, &["nothing to do: the key is already in .spin.yml"]);
}

/// Nothing is offered: the reason is said, and `--check` is 1.
fn explains(session: &Session, args: &[&str], said: &[&str], code: &str) {
    let before = session.file();
    let only =
        "the key is already in the file, but on a new server nobody can log in with it, and no edit of keys helps";
    session.run(args).expect(0, &[said, &[only]].concat());
    session.run(&[args, &["--check"]].concat()).expect(1, said);
    let told = json(&session.run(&[args, &["--check", "--format", "json"]].concat()).expect(1, &[]));
    let row = &told["review"]["changes"][0];
    assert_eq!((&row["kind"], &row["code"]), (&Value::from("key_without_effect"), &Value::from(code)), "{told:#}");
    assert_eq!(session.file(), before);
}

#[test]
fn a_key_that_a_later_item_removes_is_made_present() {
    let (session, asked) = access("present-then-absent-nothing-to-do", "new@host");
    let expected = session.file().replace("state: absent", "state: present");
    offers(&session, &["add-user", "alice", "--key", &asked], &["alice can log in with SHA256:"], &expected);
}

#[test]
fn a_list_that_spin_never_reads_is_moved() {
    let (session, asked) = access("spin-docs-layout", "root@vm");
    let said = ["alice can log in with SHA256:", "`docker_user` has no `username`"];
    let expected =
        session.file().replacen("authorized_ssh_keys:\n      - \"", "authorized_keys:\n      - public_key: \"", 1);
    offers(&session, &["add-user", "alice", "--key", &asked], &said, &expected);
}

#[test]
fn an_item_of_another_form_gets_that_of_its_field() {
    let bob = key("bob");
    let session = Session::new(users(&format!("      - '{bob}'\n")));
    let expected = users(&format!("      - public_key: '{bob}'\n"));
    let args = ["add-user", "alice", "--key", &path("bob")];
    offers(&session, &args, &["`spin provision` no longer fails"], &expected);

    let deploy = |item: &str| {
        users(&format!("      - public_key: \"{}\"\n", key("alice")))
            + &format!("docker_user:\n  username: deploy\n  authorized_ssh_keys:\n    - {item}\n")
    };
    let session = Session::new(deploy(&format!("public_key: \"{bob}\"")));
    let args = ["add-deploy", "--key", &path("bob")];
    offers(&session, &args, &["`spin provision` no longer fails"], &deploy(&format!("\"{bob}\"")));
    // A string has no room for a field that somebody wrote there.
    let text = deploy(&format!("public_key: \"{bob}\"\n      note: of CI"));
    explains(&Session::new(text), &args, &["a key in `docker_user.authorized_ssh_keys` is a mapping"], "SK304");
}

#[test]
fn the_options_that_are_asked_for_replace_those_of_the_same_key() {
    let line = |options: &str| users(&format!("      - public_key: \"{options}{}\"\n", key("bob")));
    let session = Session::new(line(""));
    session.write("project/from.pub", format!("from=\"10.0.0.1\" {}\n", key("bob")));
    let said = ["alice has different options on SHA256:", "with from=\"10.0.0.1\"; before: none"];
    let expected = line("from=\\\"10.0.0.1\\\" ");
    offers(&session, &["add-user", "alice", "--key", "from.pub"], &said, &expected);
    // A key without options is no request to remove them.
    let args = ["add-user", "alice", "--key", &path("bob")];
    session.run(&args).expect(0, &["nothing to do: the key is already in .spin.yml, with options that stay: from="]);
    assert_eq!(session.file(), expected);
    // It is one if nobody can log in with them.
    let session = Session::new(line("expiry-time=\\\"20200101\\\" "));
    offers(&session, &args, &["alice can log in with SHA256:"], &line(""));
    let deploy = |line: &str| {
        users(&format!("      - public_key: \"{}\"\n", key("alice")))
            + &format!("docker_user:\n  username: deploy\n  authorized_ssh_keys: \"{line}\"\n")
    };
    let session = Session::new(deploy(&key("bob")));
    session.write("project/from.pub", format!("from=\"10.0.0.1\" {}\n", key("bob")));
    let expected = deploy(&format!("from=\\\"10.0.0.1\\\" {}", key("bob")));
    offers(&session, &["add-deploy", "--key", "from.pub"], &["different options"], &expected);
    // Several keys in one item are not taken apart.
    let text = users(&format!("      - public_key: |\n          {}\n          {}\n", key("bob"), key("alice")));
    let session = Session::new(&text);
    session.write("project/from.pub", format!("from=\"10.0.0.1\" {}\n", key("bob")));
    session.run(&["add-user", "alice", "--key", "from.pub", "--yes"]).expect(2, &["this item has several keys"]);
    assert_eq!(session.file(), text);
}

#[test]
fn an_entry_further_down_that_removes_the_key_is_named() {
    let (session, asked) = access("absent-in-other-users", "new@host");
    let said = "alice is listed twice, on lines 2 and 8, and the later entry removes this key (line 11)";
    session.run(&["add-user", "alice", "--key", &asked]).expect(2, &[said, "nothing was written"]);
}

#[test]
fn where_no_edit_of_keys_helps_the_reason_is_given() {
    let (session, asked) = access("shell-nologin", "ann@laptop");
    let said = ["svc cannot log in with SHA256:", "is not a login shell that a new server has [SK229]"];
    explains(&session, &["add-user", "svc", "--key", &asked], &said, "SK229");
    let (session, asked) = access("root", "new-a@laptop");
    let said = ["root cannot log in with SHA256:", "root cannot log in to a Spin server [SK233]"];
    explains(&session, &["add-user", "root", "--key", &asked], &said, "SK233");
    // The run ends at somebody else.
    let text = users(&format!("      - public_key: \"{}\"\n", key("bob")))
        + "  - username: carol\n    groups: sudo\n    authorized_keys: []\n";
    let args = ["add-user", "alice", "--key", &path("bob")];
    explains(&Session::new(text), &args, &["the key is in the file, and does not work"], "SK211");
}

#[test]
fn a_key_that_sshd_refuses_is_not_said_to_work() {
    let session = Session::new(case("access/root.yml"));
    let (bob, before) = (path("bob"), session.file());
    let ran = session.run(&["add-user", "root", "--key", &bob, "--dry-run"]);
    let ran = ran.expect(0, &["root cannot log in with", "nobody can log in: root cannot log in to a Spin server"]);
    assert!(!ran.err.contains("root can log in with"), "{}", ran.err);
    assert_eq!(session.file(), before);
    assert!(fs::read_to_string(&bob).unwrap().starts_with("ssh-") && fingerprint("bob").starts_with("SHA256:"));
}

#[test]
fn it_is_said_that_a_key_was_taken_away() {
    let session = Session::new(users(&format!("      - public_key: \"{}\"\n        state: absent\n", key("bob"))));
    let told = "the file takes this key away (`state: absent`, line 6): if it was revoked, this undoes it";
    session.run(&["add-user", "alice", "--key", &path("bob"), "--yes"]).expect(0, &[told]);
    let ran = session.run(&["add-user", "alice", "--key", &path("bob"), "--yes"]).expect(0, &["nothing to do"]);
    assert!(!ran.err.contains("takes this key away"), "{}", ran.err);
}
