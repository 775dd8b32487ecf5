//! What people do with spin-keys, to the login.

use crate::stages::{Scenario, add};
use std::fs;

const ALICE: &str = "home/.ssh/id_ed25519";
const SECOND: &str = "home/.ssh/second";
const STRANGER: &str = "home/.ssh/stranger";
const DEPLOY: &str = "project/.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY";

/// `add-user alice`, as a new user runs it.
fn add_alice(session: &crate::session::Session) {
    session
        .run(&["add-user", "alice", "--no-passphrase", "--yes"])
        .expect(0, &["alice can log in with", "deploy (the deploy account) can log in with", "wrote .spin.yml"]);
}

#[test]
fn a_first_user() {
    let scenario = Scenario {
        name: "the untouched template, `add-user`",
        encrypted: false,
        change: |session| {
            add_alice(session);
            session.keygen(&["-q", "-t", "ed25519", "-N", "", "-f", &session.path(STRANGER).display().to_string()]);
        },
        then: |client| {
            client.logs_in("alice", ALICE);
            client.logs_in("deploy", ALICE);
            for account in ["alice", "deploy", "root"] {
                client.is_refused(account, STRANGER);
            }
            client.is_refused("root", ALICE);
        },
    };
    scenario.play();
}

#[test]
fn an_encrypted_file() {
    let scenario = Scenario {
        name: "an encrypted file with `.vault-password`, `add-user`",
        encrypted: true,
        change: |session| {
            add_alice(session);
            assert!(session.file().starts_with("$ANSIBLE_VAULT;1.1;AES256\n"));
        },
        then: |client| {
            client.logs_in("alice", ALICE);
            client.logs_in("deploy", ALICE);
        },
    };
    scenario.play();
}

#[test]
fn a_deploy_key() {
    let scenario = Scenario {
        name: "`add-deploy` in a project with `.infrastructure/`",
        encrypted: false,
        change: |session| {
            add_alice(session);
            fs::create_dir(session.path("project/.infrastructure")).unwrap();
            session.run(&["add-deploy", "--yes"]).expect(0, &["`spin configure gha` uploads"]);
            // What `spin configure gha` looks at: both halves, no passphrase, and nothing else without a dot.
            let folder = session.path(DEPLOY).parent().unwrap().to_owned();
            let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            assert_eq!(names, [".gitignore", "SSH_DEPLOY_PRIVATE_KEY", "SSH_DEPLOY_PRIVATE_KEY.pub"]);
            let public = session.keygen(&["-y", "-P", "", "-f", &session.path(DEPLOY).display().to_string()]);
            assert_eq!(public.as_bytes(), session.read(&format!("{DEPLOY}.pub")));
        },
        then: |client| {
            client.logs_in("deploy", DEPLOY);
            client.is_refused("alice", DEPLOY);
            client.logs_in("alice", ALICE);
        },
    };
    scenario.play();
}

#[test]
fn a_second_key() {
    let scenario = Scenario {
        name: "a second key of one user",
        encrypted: false,
        change: |session| {
            add_alice(session);
            add(session, &["add-user", "alice"], SECOND);
        },
        then: |client| {
            client.logs_in("alice", ALICE);
            client.logs_in("alice", SECOND);
            client.logs_in("deploy", ALICE);
            client.is_refused("deploy", SECOND);
        },
    };
    scenario.play();
}

#[test]
fn keys_with_options() {
    let scenario = Scenario {
        name: "keys with `from=`, `restrict`, `command=`",
        encrypted: false,
        change: |session| {
            add_alice(session);
            let options = [("held", "restrict,command=\"echo only this\""), ("far", "from=\"192.0.2.0/24\"")];
            for (name, options) in options {
                let path = session.path(&format!("home/.ssh/{name}")).display().to_string();
                session.keygen(&["-q", "-t", "ed25519", "-N", "", "-f", &path]);
                let public = String::from_utf8(session.read(&format!("home/.ssh/{name}.pub"))).unwrap();
                let line = session.write(&format!("project/{name}.pub"), format!("{options} {public}"));
                session.run(&["add-user", "alice", "--key", line.to_str().unwrap(), "--yes"]).expect(0, &["wrote"]);
            }
        },
        then: |client| {
            client.is_held_to("alice", "home/.ssh/held", "only this\n");
            client.is_refused("alice", "home/.ssh/far");
            client.logs_in("alice", ALICE);
        },
    };
    scenario.play();
}

#[test]
fn a_passphrase_through_an_agent() {
    const PASSPHRASE: &str = "a long one";
    let scenario = Scenario {
        name: "a key with a passphrase, through an agent",
        encrypted: false,
        change: |session| {
            let passphrase = session.write("passphrase", PASSPHRASE).display().to_string();
            session
                .run(&["add-user", "alice", "--passphrase-file", &passphrase, "--rounds", "16", "--yes"])
                .expect(0, &["alice can log in with", "wrote .spin.yml"]);
        },
        then: |client| {
            client.is_refused("alice", ALICE);
            client.logs_in_by_agent("alice", ALICE, PASSPHRASE);
        },
    };
    scenario.play();
}

/// The layout of Spin's documentation lets nobody in: `check` says so, `--fix` mends it.
#[test]
fn what_the_documentation_says_fixed() {
    let scenario = Scenario {
        name: "`authorized_ssh_keys` as in Spin's documentation, `check --fix`",
        encrypted: false,
        change: |session| {
            let key = session.path(ALICE).display().to_string();
            fs::create_dir_all(session.path("home/.ssh")).unwrap();
            session.keygen(&["-q", "-t", "ed25519", "-N", "", "-f", &key]);
            let public = String::from_utf8(session.read(&format!("{ALICE}.pub"))).unwrap();
            let user = format!(
                "  - username: alice\n    groups: ['sudo']\n    authorized_ssh_keys:\n      - \"{}\"\n",
                public.trim()
            );
            session.write("project/.spin.yml", session.file().replacen("\nusers:\n", &format!("\nusers:\n{user}"), 1));
            session.run(&["check"]).expect(1, &[]);
            session.run(&["check", "--fix", "--yes"]).expect(0, &["wrote .spin.yml"]);
        },
        then: |client| {
            client.logs_in("alice", ALICE);
            client.logs_in("deploy", ALICE);
        },
    };
    scenario.play();
}
