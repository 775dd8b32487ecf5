//! `check`: options, exit codes, formats, and what never comes out.

use super::check::{error, json};
use super::vault;
use crate::session::{Session, fixtures, key, with_alice};
use std::fs;

/// A file with a finding of each severity and then some; its lines are counted on below.
fn ten_defects() -> String {
    let (alice, bob, rsa) = (key("alice"), key("bob"), key("rsa"));
    let cut: String = bob.chars().take(50).collect();
    format!(
        "ssh_port: \"22\"\nssh_port: \"2222\"\nusers:\n  - username: alice\n    groups: sudo\n    authorized_keys:\n      - public_key: \"{cut}\"\n      - public_key: \"{alice}\"\n      - public_key: \"{alice}\"\n  - username: yes\n    groups: ['developers']\n    authorized_ssh_keys: []\n    home: /srv\n  - username: 1001\n    groups: []\n    authorized_keys:\n      - public_key: \"expiry-time=\\\"19990101\\\" {bob}\"\n        state: gone\n      - public_key: \"{rsa}\"\ndocker_user:\n  authorized_keys: []\n"
    )
}

#[test]
fn one_run_finds_everything() {
    let session = Session::new(ten_defects());
    let told = json(&session.run(&["check", "--format", "json"]).expect(1, &[]));
    let codes: Vec<&str> = told["findings"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    for code in [
        "SK102", "SK211", "SK404", "SK507", "SK205", "SK213", "SK218", "SK219", "SK206", "SK417", "SK501", "SK301",
        "SK303",
    ] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    let lines: Vec<u64> =
        told["findings"].as_array().unwrap().iter().map(|it| it["place"]["line"].as_u64().unwrap()).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn severities_and_exit_codes() {
    let session = Session::new(ten_defects());
    let kinds = |args: &[&str], code| {
        let told = json(&session.run(&[&["check", "--format", "json"], args].concat()).expect(code, &[]));
        let findings = told["findings"].as_array().unwrap().iter();
        let mut kinds: Vec<String> = findings.map(|it| it["severity"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    assert_eq!(kinds(&[], 1), ["error", "note", "warning"]);
    assert_eq!(kinds(&["--severity", "warning"], 1), ["error", "warning"]);
    assert_eq!(kinds(&["--severity", "error"], 1), ["error"]);
    assert_eq!(kinds(&["--fail-on", "never"], 0), ["error", "note", "warning"]);

    let warning = Session::new(with_alice() + "ssh_port: 1\nssh_port: 2\n");
    warning.run(&["check"]).expect(0, &["1 warning"]);
    warning.run(&["check", "--fail-on", "warning"]).expect(1, &[]);
    warning.run(&["check", "--fail-on", "note"]).expect(1, &[]);
    warning.run(&["check", "--fail-on", "warning", "--severity", "error"]).expect(0, &["nothing found"]);
    warning.run(&["check", "--fail-on", "note", "--ignore", "sk102"]).expect(0, &["nothing found"]);
    let hash = "a".repeat(86);
    let note = Session::new(with_alice() + &format!("    password: \"$6$abc${hash}\"\n"));
    note.run(&["check", "--fail-on", "warning"]).expect(0, &["1 note"]);
    note.run(&["check", "--fail-on", "note"]).expect(1, &[]);
}

#[test]
fn what_cannot_be_checked_is_an_error() {
    let session = Session::new("users: [\n");
    assert_eq!(session.run(&["check"]).expect_refusal(&[".spin.yml:"]).out, "");
    let told = error(&session.run(&["check", "--format", "json"]).expect(2, &[]));
    assert_eq!(told["place"], serde_json::json!({ "path": ".spin.yml", "line": 1, "column": 8 }));
    assert!(told["message"].as_str().unwrap().starts_with("not valid YAML: "), "{told}");
    session.run(&["check", "-f", "missing"]).expect_refusal(&["missing"]);
    session.run(&["check", "--ignore", "SK999"]).expect(2, &["spin-keys explain"]);
    session.run(&["check", "--yes"]).expect(2, &["--fix"]);
    session.run(&["explain", "SK1"]).expect(2, &["spin-keys explain"]);
    let sealed = vault::sealed(with_alice());
    sealed.write("project/.vault-password", "wrong\n");
    assert_eq!(sealed.run(&["check"]).expect_refusal(&[]).out, "");
    assert_eq!(sealed.run(&["list"]).expect_refusal(&[]).out, "");
    // What edits refuse is checked, and says why nothing is mended.
    let twice = Session::new(with_alice() + "---\na: 2\n");
    twice
        .run(&["check", "--fix", "--yes"])
        .expect(1, &["--fix cannot change this file: a second YAML document", "1 error"]);
}

#[test]
fn annotations_are_those_of_github() {
    let session = Session::new(with_alice().replacen("alice", "\"al,ice: 50%\\n::error::x\"", 1));
    let ran = session.run(&["check", "--format", "github"]).expect(1, &[]);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    let head =
        "::error file=.spin.yml,line=2,col=15,title=SK207::Linux does not accept the account name `al,ice: 50%25";
    assert!(ran.out.starts_with(head), "{}", ran.out);
    assert!(ran.out.contains("%0A") && ran.out.matches("::").count() == 4, "{}", ran.out);

    let sealed = vault::sealed(with_alice().replace("['sudo']", "sudo"));
    let ran = sealed.run(&["check", "--format", "github"]).expect(1, &["line numbers are those of its plain text"]);
    let head = "::error file=.spin.yml,line=1,title=SK211::line 3 of the plain text: alice has `groups` as a string%0A";
    assert!(ran.out.starts_with(head), "{}", ran.out);
}

#[test]
fn paths_of_annotations_are_those_of_the_repository() {
    let session = Session::empty();
    fs::create_dir(session.path("project/.git")).unwrap();
    session.write("project/deep, er/.spin.yml", with_alice().replace("['sudo']", "sudo"));
    let ran = session.run(&["check", "--format", "github", "-f", "deep, er/.spin.yml"]).expect(1, &[]);
    assert!(ran.out.starts_with("::error file=deep%2C er/.spin.yml,line=3,"), "{}", ran.out);
}

#[test]
fn no_secret_comes_out_in_any_format() {
    let private = fs::read_to_string(fixtures().join("check/SK401-private-key/in.yml")).unwrap();
    let secret_lines: Vec<&str> =
        private.lines().map(str::trim).filter(|line| line.len() == 70 && !line.contains(' ')).collect();
    assert!(!secret_lines.is_empty());
    let text = private.clone()
        + "hetzner_api_token: t1ken-of-ours\nhetzner_api_token: t0ken-of-ours\nmail: {password: p4ss-of-ours, groups: sudo}\nmore: !t4g-of-ours\n# c0mment-of-ours\n"
        + "docker_user: {username: deploy, authorized_ssh_keys: [ssh-rsa s3cret-of-ours], password: p5ss-of-ours}\n";
    let formats = [
        ["check", "--format", "text"],
        ["check", "--format", "json"],
        ["check", "--format", "github"],
        ["check", "--fix", "--dry-run"],
        ["list", "--format", "text"],
        ["list", "--format", "json"],
    ];
    for session in [Session::new(&text), vault::sealed(&text)] {
        for args in formats {
            let ran = session.run(&args);
            let all = format!("{}{}", ran.out, ran.err);
            assert!(!all.is_empty() && ran.code.is_some_and(|code| code < 2), "{ran:?}");
            for secret in ["t0ken-of-ours", "t1ken-of-ours", "p4ss-of-ours", "t4g-of-ours", "p5ss-of-ours"]
                .iter()
                .chain(&secret_lines)
            {
                assert!(!all.contains(secret), "{args:?}: {secret}\n{all}");
            }
        }
    }
    let sealed = vault::sealed(&text);
    for args in formats {
        let ran = sealed.run(&args);
        assert!(!format!("{ran:?}").contains("c0mment-of-ours"), "{args:?}");
    }
}

#[test]
fn strange_text_neither_steers_a_terminal_nor_forges_a_finding() {
    let name = "\"eve\\e[2J\\n.spin.yml:1:1: error[SK401]: forged\"";
    let session = Session::new(with_alice().replace("alice\n", &format!("{name}\n")).replace("['sudo']", "sudo"));
    let seen = session.on_terminal(&["check"]).end().expect(1, &[]).screen;
    assert!(seen.contains("eve") && !seen.contains("\u{1b}[2J"), "{seen:?}");
    assert!(seen.contains("\u{1b}[31m[SK211]\u{1b}[0m"), "coloured: {seen:?}");
    for args in [&["check"][..], &["list"][..], &["check", "--format", "github"][..]] {
        let ran = session.run(args);
        let forged = ran.out.lines().chain(ran.err.lines()).any(|line| line.starts_with(".spin.yml:1:1:"));
        assert!(!forged && !ran.out.contains('\u{1b}'), "{}", ran.out);
    }
}

#[test]
fn explain_says_it_all() {
    let session = Session::empty();
    let one = session.run(&["explain", "sk502"]).expect(0, &[]);
    assert!(one.out.starts_with("SK502 absent-key-first (error)\n"), "{}", one.out);
    for text in
        ["What Spin does: ", "What to do: ", "Why: ", "Decided in: roles/docker_user/tasks/main.yml:38", "--fix"]
    {
        assert!(one.out.contains(text), "{text}: {}", one.out);
    }
    let all = session.run(&["explain"]).expect(0, &[]);
    assert_eq!(all.out.lines().count(), spin_keys::check::all().count());
    for rule in spin_keys::check::all() {
        let told = session.run(&["explain", rule.code]).expect(0, &[]);
        assert!(told.out.lines().all(|line| line.chars().count() <= 80), "{}", told.out);
    }
}

#[test]
fn one_run_mends_what_meets() {
    let bob = key("bob");
    let entry = format!("      - \"{bob}\"\n");
    let text = with_alice() + "  - username: bob\n    groups: []\n    authorized_ssh_keys:\n" + &entry.repeat(2);
    let session = Session::new(text);
    let ran = session.run(&["check", "--fix", "--yes"]);
    ran.expect(
        0,
        &["fixes SK218 on line 8", "fixes SK507 on line 10: bob already has this key on line 9", "nothing found"],
    );
    session.run(&["check", "--fix", "--yes"]).expect(0, &["nothing to fix", "nothing found"]);
    let listed = format!("    authorized_keys:\n      - public_key: \"{bob}\"\n");
    let twice = format!("      - \"{bob} again\"\n");
    let session = Session::new(with_alice() + "  - username: bob\n    groups: []\n" + &listed + &twice);
    session.run(&["check", "--fix", "--yes"]).expect(0, &["fixes SK507 on line 10", "nothing found"]);
    assert_eq!(session.file(), with_alice() + "  - username: bob\n    groups: []\n" + &listed);
}

#[test]
fn a_report_that_fails_after_the_write_says_that_it_was_written() {
    let session = Session::new(with_alice().replace("['sudo']", "sudo"));
    let mut command = session.command(&["check", "--fix", "--yes", "--format", "json"]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let ran = crate::session::Ran::of(command.output().unwrap());
    let ran = ran.expect(2, &["wrote .spin.yml", "cannot report on standard output", "the file was written"]);
    assert!(!ran.err.contains("nothing was written"), "{}", ran.err);
    assert_eq!(session.file(), with_alice());
}
