//! `show`, alone and as git's textconv on encrypted commits.

use super::vault::{PASSWORD, encrypted, sealed};
use crate::session::Session;
use std::process::Command;

const PLAIN: &str = "# planted comment\nusers:\n  - username: alice\n    name: planted name\n    groups: ['sudo']\n    state: present\n    password: \"planted hash\"\n    authorized_keys:\n      - public_key: \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL alice\"\n        state: absent\nproviders:\n  - name: hetzner\n    api_token: planted token\n";

const SEALED: &str = "# sealed: encrypted with Ansible Vault\n";
const NOT_SEALED: &str = "# NOT SEALED: damaged, or text below the header of a vault\n";

#[test]
fn who_gets_in_is_shown_and_values_have_marks_that_change_with_them() {
    let session = sealed(PLAIN);
    let shown = session.run(&["show"]).expect(0, &[]).out;
    assert!(!shown.contains("planted") && shown.lines().count() == PLAIN.lines().count() + 1, "{shown}");
    for seen in
        ["username: alice", "groups: ['sudo']", "state: present", "public_key: \"ssh-ed25519 AAAA", "state: absent"]
    {
        assert!(shown.contains(seen), "{seen}:\n{shown}");
    }
    let first = mark(&shown);
    // Outside of a repository nothing is left by which another run could make the same.
    assert_ne!(mark(&session.run(&["show"]).out), first);
    git(&session, &["init", "-q"]);
    session.run(&["git", "install"]).expect(0, &["diff.spin-keys.salt = a random text"]);
    let first = mark(&session.run(&["show"]).out);
    assert_eq!(mark(&session.run(&["show"]).out), first);
    session.write("project/.spin.yml", encrypted(PLAIN.replace("planted token", "another token")));
    assert_ne!(mark(&session.run(&["show"]).out), first);
    session.run(&["show", "--show-secrets"]).expect(2, &["standard output is not one"]);
}

/// The six digits behind the masked token.
#[track_caller]
fn mark(text: &str) -> String {
    let line = text.lines().find(|line| line.contains("api_token")).unwrap();
    let mark = line.split_once("api_token: ******** ").unwrap().1.to_owned();
    assert!(mark.len() == 6 && mark.chars().all(|c| c.is_ascii_hexdigit()), "{line}");
    mark
}

#[test]
fn no_table_of_marks_serves_two_clones() {
    let marks: Vec<String> = (0..2)
        .map(|_| {
            let session = sealed(PLAIN);
            git(&session, &["init", "-q"]);
            let note = "run `spin-keys git install`";
            session.run(&["show", "--textconv", ".spin.yml"]).expect(0, &[note]);
            session.run(&["git", "install"]).expect(0, &[]);
            // Only what this clone says counts, and only what is random enough.
            let salt = git(&session, &["config", "--local", "diff.spin-keys.salt"]);
            assert!(salt.trim().len() == 32 && salt.trim().bytes().all(|byte| byte.is_ascii_hexdigit()), "{salt}");
            let ran = session.run(&["show", "--textconv", ".spin.yml"]).expect(0, &[]);
            assert!(!ran.err.contains(note), "{}", ran.err);
            mark(&ran.out)
        })
        .collect();
    assert_ne!(marks[0], marks[1]);
}

#[test]
fn a_salt_that_is_none_is_not_used_nor_overwritten() {
    let session = sealed(PLAIN);
    git(&session, &["init", "-q"]);
    let global = format!("[diff \"spin-keys\"]\n\tsalt = {}\n", "0a".repeat(16));
    session.write("home/.gitconfig", global);
    let shown = || mark(&session.run(&["show"]).expect(0, &[]).out);
    assert_ne!(shown(), shown());
    git(&session, &["config", "diff.spin-keys.salt", "1"]);
    assert_ne!(shown(), shown());
    session
        .refuses(&["git", "install"], &["diff.spin-keys.salt", "git config --local --unset-all diff.spin-keys.salt"]);
}

#[test]
fn without_a_password_that_fits_the_encrypted_text_is_shown_and_nothing_fails() {
    for password in [None, Some("wrong")] {
        let session = Session::new(encrypted(PLAIN));
        if let Some(password) = password {
            session.write("project/.vault-password", password);
        }
        let ran = session.run(&["show"]).expect(0, &["shown unchanged"]);
        assert_eq!(ran.out, format!("{SEALED}{}", encrypted(PLAIN)));
    }
}

#[test]
fn what_is_not_encrypted_below_a_header_is_masked() {
    let whole = encrypted(PLAIN);
    let (header, rest) = whole.split_once('\n').unwrap();
    let (first, others) = rest.split_once('\n').unwrap();
    let session = Session::new(format!("{header}\nzz{first}\n{others}"));
    let ran = session.run(&["show"]).expect(0, &["shown unchanged, with text that is not encrypted masked"]);
    assert_eq!(ran.out, format!("{NOT_SEALED}{header}\n********\n{others}"));

    const NO_VAULT: &str = "# PLAIN: not encrypted\n";
    for (before, heading) in [("", NOT_SEALED), ("\n", NO_VAULT), ("\u{feff}", NO_VAULT)] {
        let session = Session::new(format!("{before}{header}\n{PLAIN}"));
        let ran = session.run(&["show"]).expect(0, &["with text that is not encrypted masked"]);
        assert!(ran.out.starts_with(&format!("{heading}{before}{header}\n********\n")), "{}", ran.out);
        assert!(!ran.out.contains("planted") && !ran.err.contains("planted"), "{ran:#?}");
    }
}

#[test]
fn what_is_not_yaml_is_masked_whole() {
    let session = sealed("users: [\n\n  planted secret\n");
    let ran = session.run(&["show"]).expect(0, &[]);
    assert!(!ran.out.contains("planted") && ran.out.matches("********").count() == 2, "{}", ran.out);
}

/// Git in the project, with nothing of this machine's configuration.
fn git(session: &Session, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(args).current_dir(session.path("project")).env_clear();
    let binaries = std::path::Path::new(&*crate::session::BINARY).parent().unwrap();
    command
        .env("PATH", format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap()))
        .env("HOME", session.path("home"));
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "t").env(format!("GIT_{role}_EMAIL"), "t@example.com");
    }
    let done = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "git {args:?}: {out}{err}");
    out.into_owned()
}

#[test]
fn git_diff_and_log_show_encrypted_commits_in_words() {
    let session = sealed(PLAIN);
    session.write("project/.gitignore", ".vault-password\n");
    git(&session, &["init", "-q"]);
    git(&session, &["add", "."]);
    git(&session, &["commit", "-qm", "one"]);
    session.run(&["git", "install"]).expect(0, &[]);
    let changed =
        PLAIN.replace("groups: ['sudo']", "groups: ['sudo', 'www-data']").replace("planted token", "planted other");
    session.write("project/.spin.yml", encrypted(&changed));
    for args in [&["diff"][..], &["commit", "-qam", "two"], &["log", "-p", "-1"]] {
        let shown = git(&session, args);
        if args[0] != "commit" {
            assert!(shown.contains("-    groups: ['sudo']\n+    groups: ['sudo', 'www-data']\n"), "{shown}");
            assert!(
                shown.contains("\n-    api_token: ******** ") && shown.contains("\n+    api_token: ******** "),
                "{shown}"
            );
            // What did not change has the same mark.
            assert!(!shown.contains("\n-    password") && !shown.contains("\n+    password"), "{shown}");
            assert!(!shown.contains("planted") && !shown.contains("\n-    name"), "{shown}");
        }
    }
    // Without the password the hex is shown, as without a textconv, and git does not fail.
    std::fs::remove_file(session.path("project/.vault-password")).unwrap();
    let shown = git(&session, &["log", "-p"]);
    assert!(shown.contains("$ANSIBLE_VAULT") && !shown.contains("planted") && !shown.contains(PASSWORD), "{shown}");
}

#[test]
fn git_diff_shows_that_a_vault_became_plain() {
    let session = sealed(PLAIN);
    session.write("project/.gitignore", ".vault-password\n");
    git(&session, &["init", "-q"]);
    git(&session, &["add", "."]);
    git(&session, &["commit", "-qm", "one"]);
    session.run(&["git", "install"]).expect(0, &[]);
    session.write("project/.spin.yml", PLAIN);
    let shown = git(&session, &["diff", "-U0"]);
    assert!(shown.contains(&format!("-{SEALED}+# PLAIN: not encrypted\n")), "{shown}");
}
