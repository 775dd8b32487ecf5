//! `rotate`: a new key beside the old one, then in its place.

use super::check::json;
use super::vault::{PASSWORD, encrypted};
use crate::session::{Ran, Session, key};
use serde_json::json;
use std::fs;

pub(super) const SSH: &str = "home/.ssh/id_ed25519";
pub(super) const CI: &str = "project/.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY";
pub(super) const ASIDE: &str = "project/.infrastructure/conf/ci-rotation";

pub(super) fn public(session: &Session, private: &str) -> String {
    String::from_utf8(session.read(&format!("{private}.pub"))).unwrap().trim().to_owned()
}

pub(super) fn material(session: &Session, private: &str) -> String {
    public(session, private).split(' ').nth(1).unwrap().to_owned()
}

/// Bob, and alice with the default pair.
pub(super) fn with_pair() -> Session {
    let text = format!(
        "users:\n  - username: bob\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: \"{}\"\n\nservers:\n  - server_name: a\n    address: 203.0.113.7\nssh_port: \"2222\"\n",
        key("bob")
    );
    let session = Session::new(text);
    session.run(&["add-user", "alice", "--no-passphrase", "--yes"]).expect(0, &["wrote"]);
    session
}

pub(super) fn begin(session: &Session) -> Ran {
    session.run(&["rotate", "alice", "--no-passphrase", "--yes"]).expect(0, &["wrote .spin.yml"])
}

pub(super) fn stage(session: &Session, args: &[&str]) -> serde_json::Value {
    let ran = session.run(&[&["rotate"], args, &["--status", "--format", "json"]].concat()).expect(0, &[]);
    json(&ran)["stage"].clone()
}

/// The name of the one old private key.
fn replaced(session: &Session, folder: &str) -> String {
    let names = fs::read_dir(session.path(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    let old: Vec<&String> = names.iter().filter(|name| name.contains(".old-") && !name.ends_with(".pub")).collect();
    assert_eq!(old.len(), 1, "{names:?}");
    format!("{folder}/{}", old[0])
}

#[test]
fn a_person_from_the_beginning_to_the_end() {
    let session = with_pair();
    let (before, first) = (session.state(), material(&session, SSH));
    for (way, code) in [("--dry-run", 0), ("--check", 1)] {
        let ran = session.run(&["rotate", "alice", way]).expect(code, &["alice can log in with a key (ed25519"]);
        assert!(ran.out.contains("<new ed25519 key>") && session.state() == before, "{}", ran.out);
    }
    assert_eq!(stage(&session, &["alice"]), "not_begun");

    let ran = begin(&session);
    let new = format!("{SSH}.new");
    let login = "ssh -i ";
    for words in
        [login, "id_ed25519.new -o IdentitiesOnly=yes -p 2222 alice@203.0.113.7", "spin-keys rotate alice --finish"]
    {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
    assert_eq!((session.mode(&new), session.mode(&format!("{new}.pub"))), (0o600, 0o644));
    let (old, file) = (material(&session, SSH), session.file());
    let second = material(&session, &new);
    assert_eq!(old, first);
    assert!(file.find(&second).unwrap() < file.find(&old).unwrap(), "the new one comes first: {file}");

    // Begun twice.
    let begun = session.state();
    for way in ["--yes", "--dry-run", "--check"] {
        let ran = session.run(&["rotate", "alice", way]).expect(0, &["nothing to do: the key is already in .spin.yml"]);
        assert_eq!(ran.out, "");
    }
    session.run(&["rotate", "alice"]).expect(0, &["spin-keys rotate alice --finish"]);
    assert_eq!(stage(&session, &["alice"]), "begun");
    for (way, code) in [("--dry-run", 0), ("--check", 1)] {
        let ran = session.run(&["rotate", "alice", "--finish", way]);
        ran.expect(code, &["is renamed to", "the new key opens nothing yet"]);
    }
    assert_eq!(session.state(), begun);

    let ran = session.run(&["rotate", "alice", "--finish", "--yes"]);
    ran.expect(
        0,
        &["wrote .spin.yml", "is the new pair now; the old one: ", "left to do:", "spin-keys revoke --finish SHA256:"],
    );
    assert_eq!(material(&session, SSH), second);
    let kept = replaced(&session, "home/.ssh");
    assert_eq!((material(&session, &kept), session.mode(&kept)), (first.clone(), 0o600));
    assert!(!session.exists(&new) && !session.exists(&format!("{new}.pub")));
    let file = session.file();
    assert!(file.find(&second).unwrap() < file.find(&first).unwrap(), "{file}");
    assert_eq!(file.matches("state: absent").count(), 2, "in her list, and for the deploy account: {file}");
    assert_eq!(stage(&session, &["alice"]), "finished");

    let done = session.state();
    for way in ["--yes", "--check", "--dry-run"] {
        session.run(&["rotate", "alice", "--finish", way]).expect(0, &["nothing to do"]);
    }
    assert_eq!(session.state(), done);

    // The next one.
    begin(&session);
    assert_eq!(stage(&session, &["alice"]), "begun");
    session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["-2"]);
    assert_ne!(material(&session, SSH), second);
}

#[test]
fn the_deploy_user_from_the_beginning_to_the_end() {
    let session = with_pair();
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    let first = material(&session, CI);
    let uploaded = || {
        let folder = fs::read_dir(session.path("project/.infrastructure/conf/ci")).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !name.contains('.')).collect::<Vec<_>>()
    };
    let before = session.state();
    session.run(&["rotate", "--deploy", "--dry-run"]).expect(0, &["deploy (the deploy account) can log in with a key"]);
    assert_eq!(session.state(), before);

    session.run(&["rotate", "--deploy", "--yes"]).expect(0, &["wrote", "spin-keys rotate --deploy --finish"]);
    let new = format!("{ASIDE}/SSH_DEPLOY_PRIVATE_KEY.new");
    let second = material(&session, &new);
    assert_eq!((session.mode(ASIDE), session.mode(&new)), (0o700, 0o600));
    assert_eq!(session.read(&format!("{ASIDE}/.gitignore")), b"*\n!.gitignore\n");
    assert_eq!((uploaded(), material(&session, CI)), (vec!["SSH_DEPLOY_PRIVATE_KEY".to_owned()], first.clone()));
    let file = session.file();
    assert!(file.find(&second).unwrap() < file.find(&first).unwrap(), "{file}");
    assert_eq!(stage(&session, &["--deploy"]), "begun");

    let ran =
        session.run(&["rotate", "--deploy", "--finish", "--yes"]).expect(0, &["wrote", "upload the secrets first"]);
    let (upload, provision) =
        (ran.err.find("spin configure gha ENVIRONMENT").unwrap(), ran.err.find("     spin provision").unwrap());
    assert!(upload < provision, "{}", ran.err);
    assert_eq!((material(&session, CI), session.mode(CI)), (second.clone(), 0o600));
    let kept = replaced(&session, ASIDE);
    assert_eq!((material(&session, &kept), uploaded().len()), (first.clone(), 1));
    let file = session.file();
    assert!(file.contains("username: deploy\n    groups: []"), "{file}");
    assert!(file.matches(&first).count() == 1 && file.contains(&second), "out of docker_user, and absent: {file}");
    assert_eq!(stage(&session, &["--deploy"]), "finished");
    // Without an environment it fails.
    let status = session.run(&["rotate", "--deploy", "--status"]).expect(0, &[]).out;
    assert!(status.contains("spin configure gha ENVIRONMENT\n"), "{status}");
    session.run(&["rotate", "--deploy", "--finish", "--yes"]).expect(0, &["nothing to do"]);
    assert!(!session.run(&["check"]).out.contains("SK6"), "the pair in the CI folder is the one in the file");
}

#[test]
fn an_encrypted_file() {
    let plain = with_pair();
    let session = Session::new(encrypted(plain.file()));
    session.write("project/.vault-password", PASSWORD);
    for half in ["", ".pub"] {
        let path = session.write(&format!("{SSH}{half}"), plain.read(&format!("{SSH}{half}")));
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let ran = begin(&session);
    assert!(ran.err.contains("alice@SERVER") && !ran.err.contains("203.0.113.7"), "{}", ran.err);
    session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["wrote", "is the new pair now"]);
    assert!(session.file().starts_with("$ANSIBLE_VAULT;1.1;AES256\n"));
    assert_eq!(stage(&session, &["alice"]), "finished");
}

/// As runs leave it that are killed between the pair and the file, between the file and the pairs, and at each rename.
#[test]
fn from_every_step_the_next_run_goes_on() {
    let session = with_pair();
    begin(&session);
    let begun: Vec<(String, Vec<u8>)> = ["", ".pub", ".new", ".new.pub"]
        .map(|end| format!("{SSH}{end}"))
        .map(|name| (name.clone(), session.read(&name)))
        .to_vec();
    let (first, second) = (material(&session, SSH), material(&session, &format!("{SSH}.new")));
    let both = session.file();
    session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &[]);
    let revoked = session.file();
    let old = replaced(&session, "home/.ssh");
    let moves = [
        (SSH.to_owned(), old.clone()),
        (format!("{SSH}.pub"), format!("{old}.pub")),
        (format!("{SSH}.new"), SSH.to_owned()),
        (format!("{SSH}.new.pub"), format!("{SSH}.pub")),
    ];
    for steps in 0..=9 {
        // A rename, or a link and then the removal of the first name; then all of it.
        let file = if steps == 0 { &both } else { &revoked };
        session.write("project/.spin.yml", file);
        for name in ["", ".pub", ".new", ".new.pub"]
            .map(|end| format!("{SSH}{end}"))
            .into_iter()
            .chain([old.clone(), format!("{old}.pub")])
        {
            fs::remove_file(session.path(&name)).ok();
        }
        for (name, bytes) in &begun {
            let path = session.write(name, bytes);
            let mode = if name.ends_with(".pub") { 0o644 } else { 0o600 };
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        }
        for step in 1..steps {
            let (from, to) = &moves[(step - 1) / 2];
            match step % 2 {
                1 => fs::hard_link(session.path(from), session.path(to)).unwrap(),
                _ => fs::remove_file(session.path(from)).unwrap(),
            }
        }
        let told = stage(&session, &["alice"]);
        let expected = match steps {
            0 => "begun",
            1 => "revoked",
            9 => "finished",
            _ => "halfway",
        };
        assert_eq!(told, expected, "after {steps} steps");
        if expected == "halfway" {
            session
                .run(&["rotate", "alice", "--yes"])
                .expect(2, &["are renamed in part", "spin-keys rotate alice --finish"]);
        }
        session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &[]);
        assert_eq!((material(&session, SSH), material(&session, &old)), (second.clone(), first.clone()), "{steps}");
        assert_eq!((replaced(&session, "home/.ssh"), session.file()), (old.clone(), revoked.clone()), "{steps}");
        assert_eq!(fs::read_dir(session.path("home/.ssh")).unwrap().count(), 4, "{steps}");
    }
}

#[test]
fn a_pair_without_its_file_is_taken_up_again() {
    let session = with_pair();
    let block = session.path("project/.spin.yml.spin-keys-new");
    fs::create_dir(&block).unwrap();
    let ran = session
        .run(&["rotate", "alice", "--no-passphrase", "--yes"])
        .expect(2, &["to finish: spin-keys rotate alice --key "]);
    assert!(ran.err.contains("id_ed25519.new"), "{}", ran.err);
    fs::remove_dir(block).unwrap();
    assert_eq!(stage(&session, &["alice"]), "pair_made");
    session
        .run(&["rotate", "alice", "--finish", "--yes"])
        .expect_refusal(&["is not one of alice's keys, so the old one has to stay"]);
    let made = material(&session, &format!("{SSH}.new"));
    begin(&session);
    assert!(session.file().contains(&made));
    assert_eq!(stage(&session, &["alice"]), "begun");
}

/// The old key is that of another machine, and the pair of this one takes its place.
#[test]
fn the_status_is_for_people_and_programs() {
    let session = with_pair();
    begin(&session);
    let shown = session.run(&["rotate", "alice", "--status"]).expect(0, &[]).out;
    for words in [
        "alice: both keys are in the file",
        "  new: SHA256:",
        "  old: SHA256:",
        "next:\n1. Provision every server.",
        "     spin provision\n2. Log in",
        "3. Revoke the old key",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let told = json(&session.run(&["rotate", "alice", "--status", "--format", "json"]));
    let steps: Vec<_> = told["next"].as_array().unwrap().iter().map(|step| step["step"].clone()).collect();
    assert_eq!(json!(steps), json!(["provision", "log_in", "finish"]));
    assert!(told["old"]["fingerprint"] != told["new"]["fingerprint"] && told["account"] == "alice", "{told:#}");
}
