//! `rotate --status` of a rotation that was begun with `--key` or `--generate`, without those options: what the file says.

use super::rotate::{SSH, stage, with_pair};
use crate::session::{Ran, Session, fixtures, key};
use std::fs;

fn status(session: &Session, args: &[&str]) -> Ran {
    session.run(&[&["rotate"], args, &["--status"]].concat()).expect(0, &[])
}

#[test]
fn the_file_says_that_a_person_has_two_keys() {
    let session = with_pair();
    assert!(status(&session, &["alice"]).out.starts_with("alice: no rotation has been begun\n"));
    let private = session.path("home/.ssh/work").display().to_string();
    let begin = ["rotate", "alice", "--generate", &private, "--no-passphrase", "--yes"];
    session.run(&begin).expect(0, &["3. Revoke the old key in the file. No pair is renamed."]);
    let ran = status(&session, &["alice"]);
    let finish = format!("spin-keys rotate alice --key {private} --finish");
    for words in ["alice: both keys are in the file", &format!("ssh -i {private} "), &finish] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    assert!(!ran.out.contains("rename the pairs") && ran.err.contains("if both keys are simply in use"), "{ran:#?}");
    // On another machine than that of the new key.
    fs::rename(session.path("home/.ssh/work"), session.path("home/away")).unwrap();
    let ran = status(&session, &["alice"]);
    assert!(ran.out.contains("rotate alice --key PATH --finish") && ran.err.contains("PATH stands for"), "{ran:#?}");
    fs::rename(session.path("home/away"), session.path("home/.ssh/work")).unwrap();
    session.run(&["rotate", "alice", "--key", &private, "--finish", "--yes"]).expect(0, &["wrote"]);
    assert_eq!(stage(&session, &["alice"]), "finished");
    assert!(status(&session, &["alice"]).err.is_empty());
}

#[test]
fn what_the_file_does_not_say_is_not_guessed() {
    let session = with_pair();
    let add = |name: &str| {
        let path = fixtures().join(format!("keys/{name}.pub")).display().to_string();
        session.run(&["add-user", "alice", "--key", &path, "--yes"]).expect(0, &["wrote"]);
    };
    // Behind the one of the default pair.
    add("carol");
    assert_eq!(stage(&session, &["alice"]), "not_begun");
    // The old key as the one that is named, which is that of the default pair.
    let print = session.keygen(&["-l", "-f", session.path(SSH).to_str().unwrap()]);
    let print = print.split(' ').nth(1).unwrap();
    assert_eq!(stage(&session, &["alice", "--old", print]), "not_begun");
    assert_eq!(stage(&session, &["alice", "--old", "carol@laptop"]), "begun");
    // Several that may be the old one.
    add("ecdsa");
    let swapped = session.file().replace(&key("carol"), "CAROL").replace(&own(&session), &key("carol"));
    session.write("project/.spin.yml", swapped.replace("CAROL", &own(&session)));
    assert_eq!(stage(&session, &["alice"]), "not_begun");
}

fn own(session: &Session) -> String {
    String::from_utf8(session.read(&format!("{SSH}.pub"))).unwrap().trim().to_owned()
}

#[test]
fn the_pair_in_the_ci_folder_is_not_uploaded_again() {
    let session = with_pair();
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    let deploy = fixtures().join("keys/deploy.pub").display().to_string();
    let args = ["rotate", "--deploy", "--key", &deploy];
    session.run(&[&args[..], &["--yes"]].concat()).expect(0, &["wrote"]);
    assert_eq!(stage(&session, &["--deploy"]), "begun");
    session.run(&[&args[..], &["--finish", "--yes"]].concat()).expect(0, &["wrote"]);
    for args in [&["--deploy", "--key", &deploy][..], &["--deploy"]] {
        let ran = status(&session, args);
        let steps: Vec<&str> = ran.out.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
        assert!(steps[0].starts_with("1. Put the new pair in the place of "), "{steps:#?}");
        assert!(steps[1].starts_with("2. If you deploy from GitHub Actions"), "{steps:#?}");
    }
}
