//! Files that are something else than a `.spin.yml`: every command names what they are, and nothing is said of access.

use super::review::{changed, committed, git, spin, user};
use super::vault::{PASSWORD, encrypted, sealed};
use crate::session::{Ran, Session, fixtures, key};
use serde_json::Value;
use std::fs;

/// Each file of `fixtures/cases/files` that is named, its place, what it is, and what to do.
const NAMED: [(&str, &str, &str, &str); 7] = [
    ("conflict.yml", ":2:1: ", "the file has an unresolved merge conflict of git", "git mergetool"),
    ("lfs-pointer.yml", ":1:1: ", "the file is a Git LFS pointer", "git lfs pull"),
    ("age.yml", ":1:1: ", "the file is encrypted with age", "age --decrypt"),
    ("git-crypt.yml", ":1:1: ", "the file is encrypted with git-crypt", "git-crypt unlock"),
    ("sops.yml", ":7:1: ", "the file is encrypted with sops", "sops decrypt"),
    ("page.yml", ":1:1: ", "the file is an HTML page", "download the file itself"),
    ("utf-16.yml", ":1:1: ", "the file is UTF-16 text", "iconv -f UTF-16"),
];

fn named(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("cases/files").join(name)).unwrap()
}

/// Every command that reads a file, but `review` and `show`, says this and writes nothing.
#[track_caller]
fn refused(session: &Session, words: &[&str]) {
    let bob = fixtures().join("keys/bob.pub").display().to_string();
    let before = session.state();
    for args in [
        &["list"][..],
        &["check"],
        &["check", "--fix", "--yes"],
        &["add-user", "bob", "--key", &bob, "--create", "--yes"],
        &["add-user", "bob", "--key", &bob, "--create", "--dry-run"],
        &["add-deploy", "--key", &bob, "--yes"],
    ] {
        let ran = session.run(args).expect_refusal(words);
        assert_eq!(ran.out, "", "{args:?}");
    }
    assert_eq!(session.state(), before);
}

#[test]
fn a_file_that_is_something_else_is_named() {
    for (name, place, what, help) in NAMED {
        let session = Session::new(named(name));
        refused(&session, &[&format!(".spin.yml{place}{what}"), help]);
        let told: Value = serde_json::from_str(&session.run(&["list", "--format", "json"]).expect(2, &[]).out).unwrap();
        assert!(told["error"]["message"].as_str().unwrap().starts_with(what), "{told}");
        // In a vault it is nothing else.
        refused(
            &sealed(named(name)),
            &[&place[1..], if name == "conflict.yml" { "the decrypted text has" } else { what }],
        );
    }
    let text = String::from_utf8(named("conflict.yml")).unwrap();
    Session::empty().run_with(&["list", "-f", "-"], &text).expect_refusal(&["<stdin>:2:1: the file has"]);
    // Who only quotes a conflict has none.
    let quoted = format!("# {}\nmotd: |\n  {}\n", text.replace('\n', "\n# "), text.replace('\n', "\n  "));
    Session::new(spin("") + &quoted).run(&["list"]).expect(0, &[]);
}

#[test]
fn review_names_it_on_either_side() {
    let plain = spin("");
    for (name, place, what, help) in NAMED {
        let session = committed(&plain);
        session.write("project/.spin.yml", named(name));
        git(&session, &["commit", "-q", "-a", "-m", "another"]);
        session.write("project/.spin.yml", &plain);
        for (args, side) in [(["main", "HEAD"], "after"), (["HEAD", "main"], "before")] {
            let words = format!("the file {side} the change cannot be read: {}{what}", &place[1..]);
            let out = session.run(&["review", args[0], args[1]]).expect(0, &[]).out;
            assert!(out.contains("what the change does to access is unknown"), "{out}");
            assert!(out.contains(&words) && out.contains(help), "{out}");
            let fails = ["review", args[0], args[1], "--fail-on", "gained"];
            session.run(&fails).expect_refusal(&[&words]);
        }
        session.write("project/.spin.yml", named(name));
        session.run(&["review", "main", "--fail-on", "gained"]).expect_refusal(&[what, help]);
    }
}

/// It is git's textconv: where it fails, `git diff` of a file in conflict does.
#[test]
fn show_names_it_and_goes_on() {
    for (name, place, what, _) in NAMED {
        let session = Session::new(named(name));
        let ran = session.run(&["-v", "show"]).expect(0, &[&format!(".spin.yml{place}{what}"), "\n  help: "]);
        assert!(!ran.out.contains("bob") && !ran.out.contains("token") && !ran.out.is_empty(), "{ran:#?}");
    }
}

#[test]
fn a_merge_of_encrypted_files_that_git_could_not_do() {
    let text = |name: &str| spin(&user(name, "", &[&key("bob")]));
    let session = changed(&encrypted(spin("")), &encrypted(text("bob")));
    session.write("project/.vault-password", PASSWORD);
    git(&session, &["commit", "-q", "-a", "-m", "bob"]);
    git(&session, &["checkout", "-q", "main"]);
    session.write("project/.spin.yml", encrypted(text("carol")));
    git(&session, &["commit", "-q", "-a", "-m", "carol"]);
    let ran = Ran::of(
        session
            .tool("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "merge", "-q", "work"])
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let merged = session.file();
    assert!(merged.starts_with("$ANSIBLE_VAULT;1.1;AES256\n3"), "{merged}");
    let line = 1 + merged.lines().position(|line| line == "<<<<<<< HEAD").unwrap();
    let words = format!(".spin.yml:{line}:1: the encrypted file has an unresolved merge conflict");
    refused(&session, &[&words, "git checkout --ours"]);
    let review = ["review", "HEAD", "--fail-on", "gained"];
    session.run(&review).expect_refusal(&["the encrypted file has an unresolved merge conflict"]);
    let ran = session.run(&["show"]).expect(0, &["shown unchanged", "merge conflict"]);
    assert!(ran.out.contains("$ANSIBLE_VAULT"), "{}", ran.out);

    let around = format!("<<<<<<< HEAD\n{}=======\n{}>>>>>>> work\n", encrypted("a: 1\n"), encrypted("a: 2\n"));
    refused(&Session::new(around), &[".spin.yml:1:1: the encrypted file has an unresolved merge conflict"]);
}
