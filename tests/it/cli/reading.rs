//! Files that Ansible reads otherwise than most parsers of YAML: `fixtures/cases/tags`, and what nothing is said of.

use crate::session::{Session, fixtures, with_alice};
use std::fs;

fn case(name: &str) -> String {
    fs::read_to_string(fixtures().join("cases/tags").join(name)).unwrap()
}

#[test]
fn whoever_a_tag_lets_in_is_seen() {
    let mut seen = 0;
    for entry in fs::read_dir(fixtures().join("cases/tags")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.starts_with("base") || name == "s_bangstate.yml" {
            continue;
        }
        seen += 1;
        let by_key = ["key", "gkey", "sudo", "uname"].iter().any(|start| name.starts_with(start));
        let session = Session::new(case(&name));
        session.write("project/base.yml", case(if by_key { "base-of-keys.yml" } else { "base.yml" }));
        let who = if name.starts_with("deploy") { "deploy (the deploy account)" } else { "mallory" };
        let files = ["review", "base.yml", ".spin.yml", "--fail-on", "gained,deploy"];
        let said = session.run(&files).expect(1, &[]);
        assert!(said.out.contains(&format!("{who} can log in with SHA256:")), "{name}\n{}", said.out);
        let listed = session.run(&["list"]).expect(0, &[]).out;
        let (_, gets_in) = listed.split_once("WHO REALLY GETS IN").unwrap();
        assert!(gets_in.contains(who.split(' ').next().unwrap()), "{name}\n{listed}");
    }
    assert_eq!(seen, 12);
}

#[test]
fn a_tag_on_a_state_does_not_let_anybody_in() {
    let session = Session::new(case("s_bangstate.yml"));
    session.write("project/base.yml", case("base.yml"));
    session.run(&["review", "base.yml", ".spin.yml", "--fail-on", "gained,deploy"]).expect(0, &[]);
    let listed = session.run(&["list"]).expect(0, &[]).out;
    assert!(
        listed.ends_with("mallory\n  nobody can log in with a key\n") || listed.contains("nobody can log in"),
        "{listed}"
    );
}

#[test]
fn of_what_two_readers_read_otherwise_nothing_is_said_and_nothing_is_changed() {
    let more = "x: [&y: sudo]\n";
    let session = Session::new(with_alice() + more);
    let line = with_alice().lines().count() + 1;
    let place = format!(".spin.yml:{line}:9: two readers of YAML disagree here, so nothing can be said of this file");
    for args in [&["list"][..], &["check"], &["check", "--fix", "--yes"], &["add-deploy", "--yes", "--no-passphrase"]] {
        let ran = session.run(args).expect_refusal(&[&place]);
        assert!(ran.out.is_empty(), "{args:?}: {}", ran.out);
    }
    assert_eq!(session.file(), with_alice() + more);
    session.write("project/base.yml", with_alice());
    let ran = session.run(&["review", "base.yml", ".spin.yml", "--fail-on", "gained"]);
    assert!(ran.code == Some(2) && !ran.out.contains("obody gains"), "{ran:?}");
}

#[test]
fn what_ansible_cannot_load_is_an_error_with_its_place() {
    for (more, column, reason) in [
        ("on: 2025-02-30\n", 5, "this is not a date of the calendar"),
        ("n: 0x_\n", 4, "this is not a whole number"),
        ("n: =\n", 4, "`=` is a key of its own, and no value"),
        ("s: !!set [a]\n", 10, "a mapping is expected here"),
        ("s: !!str [a]\n", 10, "a single value is expected here"),
        ("b: !!bool perhaps\n", 11, "this is not true or false"),
        ("? [a]\n: 1\n", 3, "a list or mapping is used as a key"),
        ("v: !vault [x]\n", 11, "`!vault` takes a text"),
    ] {
        let session = Session::new(with_alice() + more);
        let place =
            format!(".spin.yml:{}:{column}: Ansible cannot load this file: {reason}", with_alice().lines().count() + 1);
        session.run(&["list"]).expect_refusal(&[&place]);
        session.run(&["check"]).expect_refusal(&[&place]);
        session.run(&["add-deploy", "--yes", "--no-passphrase"]).expect_refusal(&[&place]);
    }
    // What it loads is not called unreadable.
    for more in [
        "d: !!timestamp 2001-1-1\n",
        "s: !!set {a, b}\n",
        "o: !!omap [a: 1]\n",
        "m: &m {<<: *m, a: 1}\n",
        "b: !!bool yes\n",
    ] {
        let session = Session::new(with_alice() + more);
        session.run(&["list"]).expect(0, &[]);
        let ran = session.run(&["add-deploy", "--dry-run", "--no-passphrase"]).expect(0, &[]);
        assert!(ran.out.contains("+docker_user:"), "{ran:?}");
    }
}
