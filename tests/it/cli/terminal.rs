//! Questions, passphrases, colour and signals on a real terminal.

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
fn the_spinner_is_for_terminals() {
    let secret = |session: Session| session.env("SPIN_KEYS_PASSPHRASE", "secret");
    let args = ["add-user", "bob", "--yes", "--rounds", "16"];
    let session = secret(Session::new(with_alice()));
    session.on_terminal(&args).end().expect(0, &["deriving the key from the passphrase (16 rounds)"]);

    let session = secret(Session::new(with_alice()));
    session.on_terminal(&[&args[..], &["--quiet"]].concat()).end().expect(0, &[]);
    let session = secret(Session::new(with_alice()));
    let ran = session.run(&args).expect(0, &[]);
    assert!(!ran.err.contains("deriving") && !ran.err.contains('\x1b'), "{}", ran.err);
}
