//! Questions, passphrases, colour and signals on a real terminal.

use super::vault::{PASSWORD, encrypted};
use crate::pty::{CTRL_C, CTRL_D};
use crate::session::{Session, fixtures, key, with_alice};
use rustix::process::Signal;

const QUESTION: &str = "Write this to .spin.yml? [y/N] ";
const FIRST: &str = "(empty for none): ";
const AGAIN: &str = "again: ";

fn key_file(name: &str) -> String {
    fixtures().join(format!("keys/{name}.pub")).display().to_string()
}

#[test]
fn only_yes_writes() {
    for (typed, code) in [("y\r", 0), ("YES\r", 0), ("n\r", 1), ("\r", 1), (CTRL_D, 1), (CTRL_C, 130)] {
        let session = Session::new(with_alice());
        let before = session.state();
        let mut terminal = session.on_terminal(&["add-user", "bob", "--key", &key_file("bob")]);
        terminal.answer(QUESTION, typed);
        let left = terminal.end().expect(code, &["bob can log in with SHA256:"]).expect_sane();
        if code == 0 {
            assert!(session.file().contains(&key("bob")) && left.screen.contains("wrote .spin.yml"), "{left:#?}");
        } else {
            assert_eq!(session.state(), before, "{typed:?}");
            assert!(!left.screen.contains("wrote"), "{}", left.screen);
            assert_eq!(left.screen.contains("nothing was written"), code == 1, "{}", left.screen);
        }
    }
}

#[test]
fn a_signal_at_the_question_writes_nothing() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let session = Session::new(with_alice());
        let before = session.state();
        let mut terminal = session.on_terminal(&["add-user", "bob"]);
        terminal.wait_for(QUESTION).kill(signal);
        terminal.end().expect(code, &[]).expect_sane();
        assert_eq!(session.state(), before);
    }
}

/// Everything that ends a program by itself and can be caught, but for faults of the program.
#[test]
fn no_signal_leaves_the_echo_off_or_what_was_typed_to_the_shell() {
    let signals = [
        (Signal::QUIT, 131),
        (Signal::TRAP, 133),
        (Signal::ABORT, 134),
        (Signal::USR1, 138),
        (Signal::USR2, 140),
        (Signal::ALARM, 142),
        (Signal::TERM, 143),
        (Signal::XCPU, 152),
        (Signal::VTALARM, 154),
        (Signal::PROF, 155),
        (Signal::IO, 157),
        (Signal::SYS, 159),
    ];
    let session = Session::new(with_alice());
    let before = session.state();
    for (signal, code) in signals {
        let mut terminal = session.on_terminal(&["add-user", "bob"]);
        terminal.answer(QUESTION, "y\r").wait_unseen(FIRST).kill(signal);
        let left = terminal.end().expect(code, &[]).expect_sane();
        assert_eq!((left.unread, session.state()), (0, before.clone()), "{signal:?}");
    }
}

#[test]
fn a_suspended_question_gives_the_terminal_back_and_goes_on() {
    let session = Session::new(with_alice());
    let mut terminal = session.on_terminal(&["add-user", "bob"]);
    terminal.wait_for(QUESTION).kill(Signal::TSTP).wait_suspended().kill(Signal::CONT);
    terminal.answer(QUESTION, "y\r").wait_unseen(FIRST).kill(Signal::TSTP).wait_suspended().expect_echo(true);
    // The question comes again, since the shell has written below it.
    terminal.kill(Signal::CONT).wait_unseen(FIRST);
    terminal.type_in("\r").answer_unseen(AGAIN, "\r");
    terminal.end().expect(0, &["the private key has no passphrase"]).expect_sane();
}

#[test]
fn what_is_typed_before_a_question_does_not_answer_it() {
    for typed in ["y\ry\ry", "yes\r"] {
        let session = Session::new(encrypted(with_alice()));
        session.write("project/bob.pub", key("bob"));
        let (started, go) = (session.path("started"), session.path("go"));
        let script = format!(
            "#!/bin/sh\ntouch '{}'\nwhile ! [ -e '{}' ]; do sleep 0.01; done\necho '{PASSWORD}'\n",
            started.display(),
            go.display()
        );
        let password = session.executable("bin/password", script).display().to_string();
        let before = session.file();
        let args = ["add-user", "bob", "--key", "bob.pub", "--vault-password-file", &password];
        let mut terminal = session.on_terminal(&args);
        while !started.exists() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        terminal.type_in(typed);
        session.write("go", "");
        terminal.answer(QUESTION, "\r");
        let left = terminal.end().expect(1, &["nothing was written"]).expect_sane();
        assert_eq!((left.unread, session.file()), (0, before));
    }
}

/// Lines of somebody who pasted too much, to each of the questions.
#[test]
fn a_paste_answers_nothing_and_reaches_no_shell() {
    let session = Session::new(with_alice());
    let before = session.state();
    for paste in ["y\rtouch pwned\r", "y\rtouch pwned", "yes\r\r"] {
        let mut terminal = session.on_terminal(&["add-user", "bob", "--key", &key_file("bob")]);
        terminal.answer(QUESTION, paste);
        let left =
            terminal.end().expect(1, &["Several lines were entered at once", "nothing was written"]).expect_sane();
        assert_eq!(left.unread, 0, "{paste:?}");
    }
    let mut terminal = session.on_terminal(&["add-user", "bob"]);
    terminal.answer(QUESTION, "y\r").answer_unseen(FIRST, "one\rone\rone\r").answer_unseen(AGAIN, "\x03");
    assert_eq!(terminal.end().expect(130, &[]).expect_sane().unread, 0);
    assert_eq!(session.state(), before);

    session.write("project/keys", format!("{}\n{}\n", key("bob"), key("carol")));
    let mut terminal = session.on_terminal(&["add-user", "bob", "--key", "keys", "--yes"]);
    terminal.answer("1-2: ", "2\r1\r");
    assert_eq!(terminal.end().expect(1, &["nothing was chosen"]).expect_sane().unread, 0);
}

#[test]
fn the_vault_password_is_asked_for_and_a_paste_goes_no_further() {
    let session = Session::new(encrypted(with_alice()));
    let mut terminal = session.on_terminal(&["list"]);
    let pasted = format!("{PASSWORD}\rtouch pwned\r");
    terminal.answer_unseen("assword", &pasted);
    let left = terminal.end().expect(0, &["alice@laptop"]).expect_sane();
    assert!(left.unread == 0 && !left.screen.contains(PASSWORD), "{left:#?}");
}

#[test]
fn json_on_a_terminal_is_json() {
    let text = with_alice().replace("alice@laptop", r"a\x9b2J\x7f\u202e\U000e0041b");
    let session = Session::new(&text);
    let json = |screen: &str| {
        let start = screen.find('{').unwrap();
        let end = screen.rfind('}').unwrap();
        serde_json::from_str::<serde_json::Value>(&screen[start..=end])
            .unwrap_or_else(|error| panic!("{error}: {screen}"))
    };
    for args in [
        &["list", "--format", "json"][..],
        &["check", "--format", "json"],
        &["list", "--format", "json", "-f", "a\u{9b}2J"],
    ] {
        let piped = session.run(args);
        let code = piped.code.unwrap();
        // What steers a terminal is no better in a log.
        assert!(!piped.out.contains('\u{9b}'), "{}", piped.out);
        let shown = session.redirected(args, "2>/dev/null").end().expect(code, &[]);
        assert!(!shown.screen.contains(['\u{9b}', '\u{202e}']), "{}", shown.screen);
        assert_eq!(json(&shown.screen), json(&piped.out));
    }
    let listed = json(&session.run(&["list", "--format", "json"]).out).to_string();
    assert!(listed.contains("a\u{9b}2J\u{7f}\u{202e}\u{e0041}b"), "{listed}");
}

#[test]
fn a_passphrase_is_typed_twice_unseen_and_opens_the_key() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    let mut terminal = session.on_terminal(&["add-user", "bob", "--rounds", "16"]);
    terminal.answer(QUESTION, "y\r").answer_unseen(FIRST, "trésor 1\r").answer_unseen(AGAIN, "trésor 2\r");
    terminal.answer_unseen(FIRST, "trésor 3\r").answer_unseen(AGAIN, "trésor 3\r");
    let left = terminal.end().expect(0, &["They differ", "wrote .spin.yml"]).expect_sane();
    assert!(!left.screen.contains("sor"), "{}", left.screen);

    let opened = |passphrase: &str| {
        let mut keygen = session.tool("ssh-keygen");
        keygen.args(["-y", "-P", passphrase, "-f"]).arg(session.path("home/.ssh/id_ed25519")).output().unwrap()
    };
    let public = String::from_utf8(opened("trésor 3").stdout).unwrap();
    let material = public.split_whitespace().nth(1).unwrap();
    assert!(session.file().contains(material), "{public}");
    assert!(!opened("trésor 1").status.success() && !opened("").status.success());
}

#[test]
fn an_empty_passphrase_is_none() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    let mut terminal = session.on_terminal(&["add-user", "bob"]);
    terminal.answer(QUESTION, "y\r").answer_unseen(FIRST, "\r").answer_unseen(AGAIN, "\r");
    terminal.end().expect(0, &["the private key has no passphrase"]).expect_sane();
    let mut keygen = session.tool("ssh-keygen");
    keygen.args(["-y", "-P", "", "-f"]).arg(session.path("home/.ssh/id_ed25519"));
    assert!(keygen.output().unwrap().status.success());
}

#[test]
fn a_passphrase_that_openssh_cannot_take_is_refused_before_a_key_is_made() {
    let session = Session::new(with_alice());
    let before = session.state();
    let typed = format!("{}\r", "x".repeat(1024));
    let mut terminal = session.on_terminal(&["add-user", "bob"]);
    terminal.answer(QUESTION, "y\r").answer_unseen(FIRST, &typed).answer_unseen(AGAIN, &typed);
    let words = "the passphrase: OpenSSH cannot take this passphrase: it has 1,024 bytes or more";
    terminal.end().expect(2, &[words, "less than 1,024 bytes"]).expect_sane();
    assert_eq!(session.state(), before);
}

#[test]
fn without_a_passphrase_in_the_end_nothing_is_made() {
    let session = Session::new(with_alice());
    let before = session.state();
    let start = || {
        let mut terminal = session.on_terminal(&["add-user", "bob"]);
        terminal.answer(QUESTION, "y\r");
        terminal
    };
    let mut differ = start();
    for _ in 0..3 {
        differ.answer_unseen(FIRST, "one\r").answer_unseen(AGAIN, "two\r");
    }
    differ.end().expect(2, &["differed three times", "help: ", "nothing was written"]).expect_sane();

    for (first, again, code) in
        [(CTRL_C, None, 130), ("secret\r", Some(CTRL_C), 130), (CTRL_D, None, 1), ("secret\r", Some(CTRL_D), 1)]
    {
        let mut terminal = start();
        terminal.answer_unseen(FIRST, first);
        if let Some(again) = again {
            terminal.answer_unseen(AGAIN, again);
        }
        let left = terminal.end().expect(code, &[]).expect_sane();
        assert!(!left.screen.contains("secret"), "{}", left.screen);
        assert_eq!(left.screen.contains("nothing was written"), code == 1, "{}", left.screen);
    }
    let mut killed = start();
    killed.wait_unseen(FIRST).kill(Signal::TERM);
    killed.end().expect(143, &[]).expect_sane();
    assert_eq!(session.state(), before);
}

#[test]
fn a_key_from_a_pipe_leaves_the_terminal_for_the_question() {
    let session = Session::new(with_alice());
    let bob = session.write("key", key("bob"));
    let args = ["add-user", "bob", "--key", "-"];
    let mut terminal = session.redirected(&args, &format!("<{}", bob.display()));
    terminal.answer(QUESTION, "y\r");
    terminal.end().expect(0, &["wrote .spin.yml"]);
    assert!(session.file().contains(&key("bob")));
}

#[test]
fn which_of_several_keys_is_asked() {
    let several = format!("{}\n# work\n{}\n", key("bob"), key("carol"));
    for (typed, code, wanted) in [("2\r", 0, Some("carol")), ("\r", 1, None), (CTRL_D, 1, None), (CTRL_C, 130, None)] {
        let session = Session::new(with_alice());
        session.write("project/keys", &several);
        let before = session.state();
        let mut terminal = session.on_terminal(&["add-user", "bob", "--key", "keys", "--yes"]);
        terminal.wait_for("keys contains 2 keys: which one?").wait_for("1) SHA256:").wait_for("bob@laptop");
        terminal.answer("1-2: ", "3\r").answer("1-2: ", typed);
        let left = terminal.end().expect(code, &[]);
        assert_eq!(left.screen.contains("nothing was written"), code == 1, "{}", left.screen);
        match wanted {
            Some(name) => assert!(session.file().contains(&key(name))),
            None => assert_eq!(session.state(), before),
        }
    }
}

#[test]
fn progress_is_for_terminals() {
    let secret = |session: Session| session.env("SPIN_KEYS_PASSPHRASE", "secret");
    let args = ["add-user", "bob", "--yes", "--rounds", "16"];
    let session = secret(Session::new(with_alice()));
    // The line is gone when the key is there.
    let line = "deriving the key from the passphrase (16 rounds) ...";
    session.on_terminal(&args).end().expect(0, &[&format!("{line}\r\x1b[K")]);

    let session = secret(Session::new(with_alice()));
    let quiet = session.on_terminal(&[&args[..], &["--quiet"]].concat()).end();
    assert!(quiet.code == Some(0) && !quiet.screen.contains("deriving"), "{quiet:?}");
    let session = secret(Session::new(with_alice()));
    let ran = session.run(&args).expect(0, &[]);
    assert!(!ran.err.contains("deriving") && !ran.err.contains('\x1b'), "{}", ran.err);
}
