//! What an editor, or somebody else, does to the file while the question waits.

use crate::pty::Terminal;
use crate::session::{Session, fixtures, key, with_alice};
use std::fs;

const QUESTION: &str = "Write this to .spin.yml? [y/N] ";
const ASKED_AGAIN: &str = "the file was changed in the meantime; the change is now:";

/// A run that adds bob, stopped at the question.
fn at_the_question(session: &Session, more: &[&str]) -> Terminal {
    let key = fixtures().join("keys/bob.pub").display().to_string();
    let mut terminal = session.on_terminal(&[&["add-user", "bob", "--key", &key], more].concat());
    terminal.wait_for(QUESTION);
    terminal
}

fn with_user(name: &str, key: &str) -> String {
    let list = format!("    authorized_keys:\n      - public_key: \"{key}\"\n");
    with_alice() + &format!("  - username: {name}\n    groups: ['sudo']\n{list}")
}

#[test]
fn the_same_change_is_written_into_what_an_editor_saved() {
    let session = Session::new(with_alice());
    let mut terminal = at_the_question(&session, &[]);
    session.write("project/.spin.yml", format!("# saved meanwhile\n{}# and here\n", with_alice()));
    terminal.type_in("y\r");
    let left = terminal.end().expect(0, &["wrote .spin.yml"]);
    assert_eq!(left.screen.matches(QUESTION).count(), 1);
    let file = session.file();
    assert!(file.starts_with("# saved meanwhile\n") && file.contains("# and here\n"), "{file}");
    assert!(file.contains(&key("bob")), "{file}");
}

#[test]
fn another_change_is_shown_and_asked_again() {
    for (answer, code) in [("y\r", 0), ("n\r", 1), ("\x03", 130)] {
        let session = Session::new(with_alice());
        let mut terminal = at_the_question(&session, &[]);
        let saved = with_user("bob", &key("carol"));
        session.write("project/.spin.yml", &saved);
        terminal.type_in("y\r").wait_for(ASKED_AGAIN).wait_for("@@ ").answer(QUESTION, answer);
        terminal.end().expect(code, &[]);
        let expected = if code == 0 { format!("{saved}      - public_key: \"{}\"\n", key("bob")) } else { saved };
        assert_eq!(session.file(), expected);
    }
}

#[test]
fn what_somebody_else_has_done_already_is_left_to_them() {
    let session = Session::new(with_alice());
    let mut terminal = at_the_question(&session, &[]);
    session.write("project/.spin.yml", with_user("bob", &key("bob")));
    let before = session.state();
    terminal.type_in("y\r");
    let left = terminal.end().expect(0, &["nothing to do: the key is already in .spin.yml"]);
    assert!(!left.screen.contains("wrote"), "{}", left.screen);
    assert_eq!(session.state(), before);
}

#[test]
fn a_file_that_can_no_longer_be_edited_is_left_alone() {
    type Change = fn(&Session);
    let changes: [(Change, &str); 5] = [
        (|session| drop(session.write("project/.spin.yml", "users: [")), ".spin.yml:"),
        (|session| fs::remove_file(session.path("project/.spin.yml")).unwrap(), "cannot read the file .spin.yml"),
        (
            |session| fs::hard_link(session.path("project/.spin.yml"), session.path("project/other")).unwrap(),
            "has 2 hard links",
        ),
        (
            |session| {
                fs::rename(session.path("project/.spin.yml"), session.path("project/real")).unwrap();
                std::os::unix::fs::symlink("real", session.path("project/.spin.yml")).unwrap();
            },
            "no longer leads to the same file",
        ),
        (|session| drop(session.write("project/.spin.yml", with_user("Bob", "no key"))), "did you mean Bob?"),
    ];
    for (change, words) in changes {
        let session = Session::new(with_alice());
        let mut terminal = at_the_question(&session, &[]);
        change(&session);
        let before = session.state();
        terminal.type_in("y\r");
        terminal.end().expect(2, &[words, "help: ", "nothing was written"]);
        assert_eq!(session.state(), before, "{words}");
    }
}

#[test]
fn a_default_key_that_somebody_else_has_got_meanwhile_is_not_taken() {
    let session = Session::new(with_alice());
    session.write("home/.ssh/id_ed25519.pub", key("bob"));
    let mut terminal = session.on_terminal(&["add-user", "bob"]);
    terminal.wait_for(QUESTION);
    session.write("project/.spin.yml", with_user("carol", &key("bob")));
    let before = session.state();
    terminal.type_in("y\r");
    terminal.end().expect(2, &["is already listed under carol (line 9)", "nothing was written"]);
    assert_eq!(session.state(), before);
}

/// Between the passphrase and the file nothing can be asked of a person, so the way of the file is blocked instead.
#[test]
fn a_pair_without_its_file_is_told_with_the_command_that_finishes() {
    let session = Session::new(with_alice());
    let block = session.path("project/.spin.yml.spin-keys-new");
    fs::create_dir(&block).unwrap();
    let options = ["add-user", "bob", "--no-passphrase", "--yes"];
    let more = ["--groups", "sudo,docker", "--full-name", "Bob O'Neil", "--file", "./.spin.yml"];
    let password = ["--vault-password-file", "my password"];
    let args = [&options[..], &more, &password].concat();
    let ran = session
        .run(&args)
        .expect(2, &["is in the way", "the new key pair was written to ", " --vault-password-file 'my password'"]);
    assert!(!ran.err.contains("nothing was written"), "{}", ran.err);
    assert_eq!(session.file(), with_alice());
    assert!(session.exists("home/.ssh/id_ed25519") && session.exists("home/.ssh/id_ed25519.pub"));

    fs::remove_dir(block).unwrap();
    let command = ran.err.split_once("to finish: spin-keys ").unwrap().1.lines().next().unwrap();
    let mut shell = session.tool("sh");
    shell.args(["-c", &format!("exec setsid --wait \"$0\" {command} --yes"), &*crate::session::BINARY]);
    crate::session::Ran::of(shell.output().unwrap()).expect(0, &["wrote ./.spin.yml"]);
    let file = session.file();
    let public = String::from_utf8(session.read("home/.ssh/id_ed25519.pub")).unwrap();
    assert!(file.contains(public.trim()) && file.contains("Bob O'Neil") && file.contains("docker"), "{file}");
    // The group `docker` is not there on a new server.
    session.run(&args).expect(0, &["the key is already in the file, but on a new server nobody can log in with it"]);
}
