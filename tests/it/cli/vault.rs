//! Encrypted files: the same edits with the same proofs as plain ones, and nothing of the plain text outside.

use super::fixtures::{args, cases, name, with};
use crate::session::{Session, fixtures};
use spin_keys::vault::{Header, SALT_BYTES, Vault, seal};
use std::fs;
use std::path::PathBuf;

pub(crate) const PASSWORD: &str = "correct horse";

/// `plain` as `ansible-vault encrypt` would write it.
pub(crate) fn encrypted(plain: impl AsRef<[u8]>) -> String {
    seal(plain.as_ref(), PASSWORD.as_bytes(), &[7; SALT_BYTES], Header::V1_1)
}

/// The plain text of the session's file.
pub(crate) fn plain_text(session: &Session) -> Vec<u8> {
    let bytes = session.read("project/.spin.yml");
    Vault::parse(&bytes).unwrap().open(PASSWORD.as_bytes()).unwrap().to_vec()
}

/// A project with an encrypted file and its password beside it.
pub(crate) fn sealed(plain: impl AsRef<[u8]>) -> Session {
    let session = Session::new(encrypted(plain));
    session.write("project/.vault-password", format!("{PASSWORD}\n"));
    session
}

#[test]
fn every_golden_case_holds_for_the_encrypted_file() {
    // What is encrypted is edited as plain text: of the many styles a fourth is enough.
    let is_tried = |(index, case): &(usize, PathBuf)| !name(case).starts_with("style-") || index % 4 == 0;
    for (_, case) in &cases("edit").into_iter().enumerate().filter(is_tried).collect::<Vec<_>>() {
        let (before, after) = (fs::read(case.join("in.yml")).unwrap(), fs::read(case.join("out.yml")).unwrap());
        let session = sealed(&before);
        let untouched = session.read("project/.spin.yml");
        let args = args(case);
        session.run(&with(&args, &["--check"])).expect(1, &["the file is encrypted: this diff shows its plain text"]);
        assert!(session.read("project/.spin.yml") == untouched, "{}: a preview wrote", name(case));

        session.run(&with(&args, &["--yes"])).expect(0, &["wrote .spin.yml"]);
        assert!(plain_text(&session) == after, "{}:\n{}", name(case), String::from_utf8_lossy(&plain_text(&session)));
        let written = session.read("project/.spin.yml");
        let text = String::from_utf8(written.clone()).unwrap();
        let widths: Vec<usize> = text.lines().skip(1).map(str::len).collect();
        let (last, full) = widths.split_last().unwrap();
        assert!(
            text.starts_with("$ANSIBLE_VAULT;1.1;AES256\n")
                && full.iter().all(|width| *width == 80)
                && (1..=80).contains(last)
        );
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"));

        let again = session.run(&with(&args, &["--check"]));
        let is_moved = again.out.contains("-    authorized_ssh_keys:");
        assert!(is_moved || again.err.contains("the key is already in"), "{}: {again:#?}", name(case));
        assert!(session.read("project/.spin.yml") == written, "{}: encrypted again without need", name(case));
    }
}

#[test]
fn every_refusal_holds_for_the_encrypted_file() {
    for case in &cases("reject") {
        let text = fs::read(case.join("in.yml")).unwrap();
        if text.starts_with(b"$ANSIBLE_VAULT") {
            continue;
        }
        let session = sealed(text);
        let before = session.state();
        let message = fs::read_to_string(case.join("message")).unwrap();
        session.run(&with(&args(case), &["--yes"])).expect(2, &[message.trim(), "nothing was written"]);
        assert!(session.state() == before, "{}", name(case));
    }
}

#[test]
fn a_label_stays_and_is_warned_about() {
    let plain = "users:\n";
    let session = Session::new(seal(plain.as_bytes(), b"pw", &[1; SALT_BYTES], Header::labelled("prod").unwrap()));
    session.write("project/.vault-password", " pw \n");
    let key = fixtures().join("keys/alice.pub").display().to_string();
    let args = ["add-user", "alice", "--key", &key, "--yes"];
    session
        .run(&args)
        .expect(0, &["the vault has the label prod", "[SK601]", "without a label: ansible-vault rekey .spin.yml"]);
    assert!(session.file().starts_with("$ANSIBLE_VAULT;1.2;AES256;prod\n"), "{}", session.file());
}

#[test]
fn the_diff_shows_keys_and_structure_and_masks_the_rest() {
    let session = sealed(
        "# who\nusers:\n  - username: bob  # the boss\n    password: s3cret\n    groups: ['sudo']\n    authorized_keys:\n      - {public_key: \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA9q+jbzFToknGE8vAubG67p396g2lyuxTXQEEUyvqkZ b\", note: s4cret} # s5cret\nproviders:\n  - api_token: s6cret\n",
    );
    let key = fixtures().join("keys/alice.pub").display().to_string();
    let ran = session.run(&["add-user", "alice", "--key", &key, "--dry-run"]).expect(0, &[]);
    let expected = "--- a/.spin.yml\n+++ b/.spin.yml\n@@ -5,5 +5,9 @@\n     groups: ['sudo']\n     authorized_keys:\n       - {public_key: \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA9q+jbzFToknGE8vAubG67p396g2lyuxTXQEEUyvqkZ b\", note: ********} # ********\n+  - username: alice\n+    groups: ['sudo']\n+    authorized_keys:\n+      - {public_key: \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL alice@laptop\"}\n providers:\n   - api_token: ********\n";
    assert_eq!(ran.out, expected);
    session
        .run(&["add-user", "alice", "--key", &key, "--dry-run", "--show-secrets"])
        .expect(2, &["standard output is not one"]);
}

#[test]
fn inline_vault_keys_are_compared_where_the_password_is_there() {
    let key = fs::read_to_string(fixtures().join("keys/alice.pub")).unwrap();
    let inline = encrypted(key.trim());
    let block: String = inline.lines().map(|line| format!("          {line}\n")).collect();
    let text = format!(
        "users:\n  - username: alice\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: !vault |\n{block}"
    );
    let session = Session::new(&text);
    let path = fixtures().join("keys/alice.pub").display().to_string();
    let args = ["add-user", "alice", "--key", &path, "--check"];
    session.run(&args).expect(1, &["this key is a `!vault` value without a password"]);
    session.write("project/.vault-password", PASSWORD);
    session.run(&args).expect(0, &["nothing to do"]);
    let bob = fixtures().join("keys/bob.pub").display().to_string();
    session.run(&["add-user", "alice", "--key", &bob, "--yes"]).expect(0, &["wrote"]);
    assert!(session.file().starts_with(&text), "the inline value changed");
}

/// Values that one password opens ask its program once, and one that does not fit is said, not called missing.
#[test]
fn the_source_of_the_password_of_inline_keys_is_asked_once_and_its_failure_is_told() {
    let item = |name: &str| {
        let sealed = encrypted(fs::read_to_string(fixtures().join(format!("keys/{name}.pub"))).unwrap().trim());
        let block: String = sealed.lines().map(|line| format!("          {line}\n")).collect();
        format!("      - public_key: !vault |\n{block}")
    };
    let [alice, bob] = ["alice", "bob"].map(item);
    let head = "users:\n  - username: alice\n    groups: ['sudo']\n    authorized_keys:\n";
    let session = Session::new(format!("{head}{alice}{bob}"));
    let starts = session.path("starts");
    let program = |print: &str| format!("#!/bin/sh\necho >> '{}'\n{print}\n", starts.display());
    let command = |session: &Session, name: &str, print: &str| {
        session.executable(&format!("bin/{name}"), program(print)).display().to_string()
    };
    let right = command(&session, "right", &format!("echo '{PASSWORD}'"));
    let ran = session.run(&["list", "--vault-password-file", &right]).expect(0, &[]);
    assert!(["alice@laptop", "bob@laptop"].iter().all(|key| ran.out.contains(key)), "{}", ran.out);
    assert_eq!(fs::read_to_string(&starts).unwrap(), "\n");

    let (before, key) = (session.file(), fixtures().join("keys/carol.pub").display().to_string());
    let wrong = command(&session, "wrong", "echo another");
    for args in [&["check"][..], &["list"]] {
        let ran = session.run(&[args, &["--vault-password-file", &wrong]].concat());
        assert!(
            ran.err.contains("(and 1 more): the vault password from") && ran.err.contains("does not fit"),
            "{ran:?}"
        );
    }
    let fails = command(&session, "fails", "exit 1");
    for file in [fails.as_str(), "/nonexistent"] {
        for args in [&["check"][..], &["list"], &["add-user", "alice", "--key", &key], &["revoke", "bob@laptop"]] {
            session.run(&[args, &["--vault-password-file", file]].concat()).expect_refusal(&[file]);
        }
    }
    assert_eq!(session.file(), before);
}
