//! `rotate`: which keys it takes, which it refuses, and who is asked.

use super::check::json;
use super::rotate::{ASIDE, SSH, begin, material, stage, with_pair};
use crate::pty::CTRL_C;
use crate::session::{fixtures, key};
use std::fs;

#[test]
fn what_is_not_known_or_not_there_is_refused() {
    let session = with_pair();
    let before = session.state();
    let carol = fixtures().join("keys/carol.pub").display().to_string();
    for (args, words) in [
        (&["rotate", "carol"][..], &["nobody in .spin.yml is named carol"][..]),
        (&["rotate", "alic"], &["did you mean alice?"]),
        (
            &["rotate", "bob"],
            &["is not one of bob's keys", "name the old key with --old", "bob@laptop", "run this there"],
        ),
        (
            &["rotate", "alice", "--old", "SHA256:x"],
            &["no key of alice has the fingerprint or comment SHA256:x", "alice@"],
        ),
        (&["rotate", "alice", "--old", &carol], &["carol.pub (SHA256:", "is not one of alice's keys"]),
        (&["rotate", "--deploy"], &["has no docker_user"]),
        (&["rotate"], &["required"]),
        (&["rotate", "alice", "--deploy"], &["cannot be used with"]),
        (&["rotate", "a b"], &["use a name as in /etc/passwd"]),
        (
            &["rotate", "alice", "--finish"],
            &["there is no new key", "to begin: spin-keys rotate alice", "--generate needs the same option again"],
        ),
        (&["rotate", "alice", "--status", "--finish"], &["cannot be used with"]),
    ] {
        let ways: &[&[&str]] =
            if args.contains(&"--finish") { &[&["--yes"]] } else { &[&["--yes", "--no-passphrase"], &["--dry-run"]] };
        for way in ways.iter().filter(|_| !args.contains(&"--status")) {
            session.run(&[args, way].concat()).expect(2, words);
        }
        if args.contains(&"--status") {
            session.run(args).expect(2, words);
        }
    }
    let ssh = session.path(SSH).display().to_string();
    session.run(&["rotate", "alice", "--key", &ssh, "--yes"]).expect_refusal(&["the new key is the old one"]);
    assert_eq!(session.state(), before);
}

#[test]
fn an_old_key_that_is_named_is_replaced_by_the_pair_of_this_machine() {
    let session = with_pair();
    session
        .run(&["add-user", "dave", "--key", &fixtures().join("keys/carol.pub").display().to_string(), "--yes"])
        .expect(0, &[]);
    fs::remove_dir_all(session.path("home/.ssh")).unwrap();
    let args = ["rotate", "dave", "--old", "carol@"];
    session
        .run(&[&args[..], &["--no-passphrase", "--yes"]].concat())
        .expect(0, &["wrote", "spin-keys rotate dave --old carol@ --finish"]);
    let (new, file) = (material(&session, SSH), session.file());
    let carol = key("carol").split(' ').nth(1).unwrap().to_owned();
    assert!(file.find(&new).unwrap() < file.find(&carol).unwrap(), "{file}");
    assert_eq!(stage(&session, &args[1..]), "begun");
    session.run(&[&args[..], &["--finish", "--yes"]].concat()).expect(0, &["wrote"]);
    assert_eq!(stage(&session, &args[1..]), "finished");
    assert_eq!((material(&session, SSH), fs::read_dir(session.path("home/.ssh")).unwrap().count()), (new, 2));
}

#[test]
fn a_new_key_that_is_named_stays_where_it_is() {
    let session = with_pair();
    let first = material(&session, SSH);
    let args = ["rotate", "alice", "--generate", "work key", "--no-passphrase", "--expires", "2099-12-31", "--yes"];
    session.run(&args).expect(0, &["-i 'work key' ", "spin-keys rotate alice --key 'work key' --finish"]);
    assert!(session.file().contains("expiry-time=\\\"20991231235959\\\""));
    let finish = ["rotate", "alice", "--key", "work key", "--finish", "--yes"];
    session.run(&finish).expect(0, &["wrote", "SHA256:"]);
    assert_eq!(stage(&session, &["alice", "--key", "work key"]), "finished");
    assert_eq!(material(&session, SSH), first);
}

#[test]
fn only_yes_begins_and_only_yes_finishes() {
    const QUESTION: &str = "Write this to .spin.yml? [y/N] ";
    for (typed, code) in [("n\r", 1), ("\r", 1), (CTRL_C, 130), ("y\r", 0)] {
        let session = with_pair();
        let before = session.state();
        let mut terminal = session.on_terminal(&["rotate", "alice", "--no-passphrase"]);
        terminal.answer(QUESTION, typed);
        terminal.end().expect(code, &["id_ed25519.new"]).expect_sane();
        assert_eq!(session.state() == before, code != 0, "{typed:?}");
        if code != 0 {
            begin(&session);
        }
        let before = session.state();
        let mut terminal = session.on_terminal(&["rotate", "alice", "--finish"]);
        terminal.wait_for("the new key opens nothing yet").answer(QUESTION, typed);
        terminal.end().expect(code, &["is renamed to"]).expect_sane();
        assert_eq!(session.state() == before, code != 0, "{typed:?}");
        assert_eq!(stage(&session, &["alice"]), if code == 0 { "finished" } else { "begun" });
    }
}

#[test]
fn a_passphrase_is_asked_for_and_opens_the_new_key() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = with_pair();
    let mut terminal = session.on_terminal(&["rotate", "alice", "--rounds", "16"]);
    terminal
        .answer("[y/N] ", "y\r")
        .answer_unseen("(empty for none): ", "geheim\r")
        .answer_unseen("again: ", "geheim\r");
    terminal.end().expect(0, &["wrote .spin.yml"]).expect_sane();
    let opens = |passphrase: &str| {
        let mut keygen = session.tool("ssh-keygen");
        keygen
            .args(["-y", "-P", passphrase, "-f"])
            .arg(session.path(&format!("{SSH}.new")))
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(opens("geheim") && !opens(""));
    // What cannot be opened without it can be renamed.
    session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["is the new pair now"]);
}

#[test]
fn a_pair_that_others_may_have_put_there_is_not_taken() {
    let session = with_pair();
    begin(&session);
    for (name, mode) in
        [("home/.ssh/id_ed25519.new", 0o620), ("home/.ssh/id_ed25519.new.pub", 0o666), ("home/.ssh", 0o777)]
    {
        let path = session.path(name);
        let before = session.mode(name);
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        for way in ["--finish", "--yes"] {
            session.run(&["rotate", "alice", way]).expect(2, &["other users may write to", "chmod go-w"]);
        }
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(before)).unwrap();
    }
    // Beside the CI folder, git has to ignore it.
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    let init = std::process::Command::new("git").args(["init", "-q"]).current_dir(session.path("project")).status();
    assert!(init.unwrap().success());
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    fs::create_dir(session.path(ASIDE)).unwrap();
    session.write(&format!("{ASIDE}/.gitignore"), "");
    session.run(&["rotate", "--deploy", "--yes"]).expect(2, &["git does not ignore"]);
    assert_eq!(fs::read_dir(session.path(ASIDE)).unwrap().count(), 1);
}

/// One pair opens the servers of several projects: it is renamed once, and revoked in each file.
#[test]
fn several_files_with_the_same_keys() {
    for begins_first in [true, false] {
        let session = with_pair();
        session.write("project/other.yml", session.file());
        let other = ["rotate", "alice", "-f", "other.yml"];
        let run = |more: &[&str]| session.run(&[&other[..], more].concat());
        begin(&session);
        if begins_first {
            run(&["--yes"]).expect(0, &["wrote other.yml", "id_ed25519.new -o IdentitiesOnly"]);
        }
        let second = material(&session, &format!("{SSH}.new"));
        session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["is the new pair now"]);
        assert_eq!(stage(&session, &other[1..]), if begins_first { "begun" } else { "not_begun" });
        let ran = run(&["--yes"]).expect(0, &[if begins_first { "nothing to do" } else { "wrote other.yml" }]);
        assert!(ran.err.contains("spin-keys rotate alice --file other.yml --finish"), "{}", ran.err);
        assert_eq!(stage(&session, &other[1..]), "begun");
        let before = fs::read_dir(session.path("home/.ssh")).unwrap().count();
        run(&["--finish", "--yes"]).expect(0, &["wrote other.yml"]);
        assert_eq!(stage(&session, &other[1..]), "finished");
        assert_eq!(session.read("project/other.yml"), session.read("project/.spin.yml"));
        assert_eq!(
            (material(&session, SSH), fs::read_dir(session.path("home/.ssh")).unwrap().count()),
            (second, before)
        );
    }
}

/// Its private half is in an agent, or on a token.
#[test]
fn a_default_pair_of_a_public_key_alone() {
    let session = with_pair();
    begin(&session);
    session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["is the new pair now"]);
    for count in [3, 4] {
        fs::remove_file(session.path(SSH)).unwrap();
        let old = material(&session, SSH);
        begin(&session);
        assert_eq!(stage(&session, &["alice"]), "begun");
        let new = material(&session, &format!("{SSH}.new"));
        let absent = session.file().matches("state: absent").count();
        session.run(&["rotate", "alice", "--finish", "--yes"]).expect(0, &["wrote .spin.yml", "is the new pair now"]);
        assert_eq!(session.file().matches("state: absent").count(), absent + 2, "{}", session.file());
        assert_eq!(material(&session, SSH), new);
        let kept = fs::read_dir(session.path("home/.ssh")).unwrap().map(|entry| entry.unwrap().path());
        let kept: Vec<_> = kept.filter(|path| path.to_str().unwrap().contains(".old-")).collect();
        assert!(kept.iter().any(|path| fs::read_to_string(path).unwrap().contains(&old)), "{kept:?}");
        assert_eq!(kept.len(), count);
    }
}

/// By hand, or by `revoke` and `revoke --finish`.
#[test]
fn an_old_key_that_left_the_file_before() {
    let session = with_pair();
    begin(&session);
    let (old, new) = (material(&session, SSH), material(&session, &format!("{SSH}.new")));
    let text: Vec<String> =
        session.file().lines().filter(|line| !line.contains(&old)).map(|line| format!("{line}\n")).collect();
    session.write("project/.spin.yml", text.concat());
    assert_eq!(stage(&session, &["alice"]), "revoked");
    let before = session.state();
    session.run(&["rotate", "alice", "--finish", "--check"]).expect(1, &["is renamed to"]);
    assert_eq!(session.state(), before);
    let ran =
        session.run(&["rotate", "alice", "--finish", "--yes", "--format", "json"]).expect(0, &["is the new pair now"]);
    assert_eq!(json(&ran)["written"], false);
    assert_eq!(material(&session, SSH), new);
    session.run(&["rotate", "alice", "--finish"]).expect(0, &["nothing to do: the old key is not in the file"]);
}

#[test]
fn a_deploy_key_that_spin_does_not_upload() {
    let session = with_pair();
    session.run(&["add-deploy", "--no-passphrase", "--yes"]).expect(0, &["wrote"]);
    let ran = session
        .run(&["rotate", "--deploy", "--no-passphrase", "--yes"])
        .expect(0, &["id_ed25519_deploy.new is for CI"]);
    assert!(!ran.err.contains("as the secret"), "not yet: {}", ran.err);
    let new = material(&session, "home/.ssh/id_ed25519_deploy.new");
    let ran = session.run(&["rotate", "--deploy", "--finish", "--yes"]);
    let ran =
        ran.expect(0, &["put the text of ", "id_ed25519_deploy into your CI as the secret SSH_DEPLOY_PRIVATE_KEY"]);
    assert!(!ran.err.contains("spin configure gha"), "{}", ran.err);
    assert_eq!(material(&session, "home/.ssh/id_ed25519_deploy"), new);
    let told = session.run(&["rotate", "--deploy", "--status"]).expect(0, &[]).out;
    assert!(told.contains("1. Put the text of ") && told.contains("2. Provision every server"), "{told}");
}

/// The pair in the CI folder stays, and `spin configure gha` would install it again.
#[test]
fn a_new_deploy_key_that_is_named_leaves_the_ci_folder_to_you() {
    let session = with_pair();
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    let deploy = fixtures().join("keys/deploy.pub").display().to_string();
    let args = ["rotate", "--deploy", "--key", &deploy];
    session.run(&[&args[..], &["--yes"]].concat()).expect(0, &["wrote", "--finish"]);
    let ran = session.run(&[&args[..], &["--finish", "--yes"]].concat());
    ran.expect(0, &["1. The pair in the CI folder is the revoked one: move it away", "2. Deploy again"]);
    assert!(!session.exists(ASIDE));
}
