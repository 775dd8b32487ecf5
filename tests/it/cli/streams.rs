//! What goes to a terminal, a pipe, a closed pipe and a full disk.

use crate::session::{Ran, Session, fixtures, key, with_alice};
use std::fs::OpenOptions;
use std::process::Stdio;

const QUESTION: &str = "? [y/N] ";

fn bob() -> String {
    fixtures().join("keys/bob.pub").display().to_string()
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let bob = bob();
    let args = ["add-user", "bob", "--key", &bob, "--dry-run"];
    let on_terminal = |session: Session, more: &[&str]| {
        session.on_terminal(&[&args[..], more].concat()).end().expect(0, &["+  - username: bob"]).screen
    };
    let session = || Session::new(with_alice());
    let screen = on_terminal(session(), &[]);
    assert!(screen.contains("\x1b[32m+  - username: bob\x1b[0m"), "{screen:?}");
    assert!(!on_terminal(session(), &["--color", "never"]).contains('\x1b'));
    assert!(!on_terminal(session().env("NO_COLOR", "1"), &[]).contains('\x1b'));
    assert!(on_terminal(session().env("NO_COLOR", "1"), &["--color", "always"]).contains("\x1b[32m"));

    let ran = session().run(&args).expect(0, &[]);
    assert!(!ran.out.contains('\x1b') && !ran.err.contains('\x1b'), "{ran:#?}");
    let ran = session().run(&[&args[..], &["--color", "always"]].concat()).expect(0, &[]);
    assert!(ran.out.contains("\x1b[32m+  - username: bob\x1b[0m\n"), "{}", ran.out);
    // A diff in a file, looked at on a terminal: the messages there have colour, the file has none.
    let session = session();
    session.redirected(&args, ">../diff").end().expect(0, &["\x1b[32m+ bob is a new account\x1b[0m"]);
    assert!(!session.read("diff").contains(&0x1b));
}

/// What would steer the terminal if it came there as it is.
const EVIL: [&str; 4] = ["\x1b]0;evil\x07", "\x1b[2J", "\u{9b}2J", "\u{202e}"];

#[test]
fn nothing_from_the_file_or_its_name_steers_the_terminal() {
    let bob = bob();
    for evil in EVIL {
        for (file, name) in [
            (format!("{}# {evil}\n", with_alice()), ".spin.yml".to_owned()),
            (with_alice().replace("['sudo']", &format!("['sudo', \"{evil}\"]")), ".spin.yml".to_owned()),
            (with_alice(), format!("{evil}.yml")),
        ] {
            let session = Session::new("");
            session.write(&format!("project/{name}"), file);
            let args = ["add-user", "bob", "--key", &bob, "--file", &name, "--color", "never"];
            // A parser that refuses the character says so before there is a question.
            let left = session.on_terminal(&args).end_with_no();
            assert!([Some(1), Some(2)].contains(&left.code), "{left:#?}");
            assert!(!left.screen.contains(evil) && !left.screen.contains('\x1b'), "{evil:?}: {:?}", left.screen);
            assert!(left.screen.contains("\\x") || left.screen.contains("\\u") || left.code == Some(2), "{left:#?}");
        }
    }
}

#[test]
fn nothing_from_a_key_steers_the_terminal() {
    for evil in EVIL {
        let session = Session::new(with_alice());
        session.write("project/bob.pub", format!("{} {evil}\n", key("bob")));
        let left = session.on_terminal(&["add-user", "bob", "--key", "bob.pub", "--color", "never"]).end();
        let left = left.expect(2, &["invisible or control character", "help: ", "nothing was written"]);
        assert!(!left.screen.contains(evil) && !left.screen.contains('\x1b'), "{:?}", left.screen);
    }
}

/// Standard output is a pipe that nobody reads any more.
fn into_closed_pipe(session: &Session, args: &[&str]) -> Ran {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = session.command(args).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let session = Session::new(with_alice());
    let before = session.state();
    for args in [&["man"][..], &["completions", "bash"], &["--help"], &["add-user", "--help"], &["--version"]] {
        assert_eq!(into_closed_pipe(&session, args).expect(0, &[]).err, "", "{args:?}");
    }
    let bob = bob();
    for more in [&["--dry-run"][..], &["--dry-run", "--format", "json"]] {
        let args = [&["add-user", "bob", "--quiet", "--key", &bob], more].concat();
        assert_eq!(into_closed_pipe(&session, &args).expect(0, &[]).err, "", "{args:?}");
    }
    assert_eq!(session.state(), before);
}

/// Exit 0 means that it was done: a `| head` behind it must not decide whether it is.
#[test]
fn a_closed_pipe_does_not_stop_what_was_not_to_be_asked() {
    let bob = bob();
    for more in [&["--yes"][..], &["--yes", "--format", "json"]] {
        let session = Session::new(with_alice());
        into_closed_pipe(&session, &[&["add-user", "bob", "--key", &bob], more].concat())
            .expect(0, &["wrote .spin.yml"]);
        assert!(session.file().contains(&key("bob")));
    }
    // Whoever is to be asked has to have seen it.
    let session = Session::new(with_alice());
    let ran = into_closed_pipe(&session, &["add-user", "bob", "--key", &bob]);
    ran.expect(2, &["standard output was closed", "--yes", "nothing was written"]);
    assert_eq!(session.file(), with_alice());
}

#[test]
fn a_full_disk_behind_standard_output_is_an_error_that_says_what_was_done() {
    let bob = bob();
    let run = |session: &Session, args: &[&str]| {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        Ran::of(session.command(args).stdout(full).output().unwrap())
    };
    let session = Session::new(with_alice());
    for args in [&["man"][..], &["add-user", "bob", "--key", &bob, "--yes"], &["add-user", "bob", "--key", &bob, "-n"]]
    {
        let ran = run(&session, args).expect(2, &["standard output: No space left on device", "nothing was written"]);
        assert!(!ran.err.contains("os error"), "{}", ran.err);
    }
    assert_eq!(session.file(), with_alice());
    let ran = run(&session, &["add-user", "bob", "--key", &bob, "--yes", "--format", "json"]);
    let ran = ran.expect(2, &["standard output: No space left on device", "the file was written"]);
    assert!(!ran.err.contains("nothing was written") && session.file().contains(&key("bob")), "{}", ran.err);
}

/// The question and the diff before it stand on the terminal, whatever becomes of the other streams.
#[test]
fn the_question_is_asked_on_the_terminal_itself() {
    let bob = bob();
    let session = Session::new(with_alice());
    let mut terminal = session.redirected(&["add-user", "bob", "--key", &bob], "</dev/null >../out 2>../err");
    terminal.answer(QUESTION, "y\r");
    terminal.end().expect(0, &[]);
    assert!(session.file().contains(&key("bob")));
    assert!(String::from_utf8(session.read("out")).unwrap().contains("+  - username: bob"));
    assert!(String::from_utf8(session.read("err")).unwrap().contains("wrote .spin.yml"));

    // JSON comes once, at the end; the diff that is asked about goes to standard error, with -q too.
    for more in [&[][..], &["--quiet"]] {
        let session = Session::new(with_alice());
        let args = [&["add-user", "bob", "--key", &bob, "--format", "json"], more].concat();
        let mut terminal = session.redirected(&args, ">../out");
        terminal.wait_for("+  - username: bob").answer(QUESTION, "y\r");
        terminal.end().expect(0, &[]);
        let json: serde_json::Value = serde_json::from_slice(&session.read("out")).unwrap();
        assert_eq!(json["files"][0]["written"], true);
    }
}
