//! A default key that would become somebody else's.

use crate::session::{Session, fixtures, key, with_alice};

const WHOSE: &str = "Is it the key of bob? [y/N] ";
const WRITE: &str = "Write this to .spin.yml? [y/N] ";

/// Carol is at the keyboard, with a key of her own.
fn of_carol() -> Session {
    let session = Session::new(with_alice()).env("LOGNAME", "carol");
    session.write("home/.ssh/id_ed25519.pub", key("carol"));
    session
}

#[test]
fn whose_key_it_is_is_asked_on_a_terminal() {
    for more in [&[][..], &["--expires", "90d"]] {
        let session = of_carol();
        let before = session.state();
        let args = [&["add-user", "bob"], more].concat();
        for answer in ["n\r", "\r"] {
            let mut terminal = session.on_terminal(&args);
            terminal.wait_for("You are logged in as carol, and ").answer(WHOSE, answer);
            let left = terminal.end().expect(1, &["nothing was written", "--key PATH"]);
            assert!(!left.screen.contains(WRITE), "{}", left.screen);
            assert_eq!(session.state(), before);
        }
        let mut terminal = session.on_terminal(&args);
        terminal.answer(WHOSE, "y\r").answer(WRITE, "y\r");
        let left = terminal.end().expect(0, &["wrote .spin.yml"]);
        assert!(!left.screen.contains("gets your default key"), "{}", left.screen);
        // There is nothing to ask any more.
        session.on_terminal(&args).end_with_no().expect(0, &["nothing to do"]);
    }
}

#[test]
fn a_new_pair_of_somebody_else_is_asked_for_too() {
    let session = Session::new(with_alice()).env("USER", "carol");
    let before = session.state();
    let mut terminal = session.on_terminal(&["add-user", "bob"]);
    terminal.wait_for("Create ").answer("/.ssh/id_ed25519 here, as the key of bob? [y/N] ", "n\r");
    terminal.end().expect(1, &["nothing was written"]);
    assert_eq!(session.state(), before);
}

/// A key that is named, one's own name, and no name.
#[test]
fn nobody_is_asked_where_it_is_clear() {
    let bob = fixtures().join("keys/bob.pub").display().to_string();
    let named = of_carol();
    let mut terminal = named.on_terminal(&["add-user", "bob", "--key", &bob]);
    terminal.answer(WRITE, "n\r");
    assert!(!terminal.end().expect(1, &[]).screen.contains("logged in as"));
    for session in [of_carol().env("LOGNAME", "bob"), of_carol().env("LOGNAME", "")] {
        let mut terminal = session.on_terminal(&["add-user", "bob"]);
        terminal.answer(WRITE, "n\r");
        assert!(!terminal.end().expect(1, &[]).screen.contains("logged in as"));
    }
    // Whose it is says the file.
    let session = Session::new(with_alice()).env("LOGNAME", "carol");
    session.write("home/.ssh/id_ed25519.pub", key("alice"));
    let left = session.on_terminal(&["add-user", "bob"]).end().expect(2, &["is already listed under alice"]);
    assert!(!left.screen.contains("logged in as"), "{}", left.screen);
}

#[test]
fn without_a_question_it_is_said() {
    let words = ["you are logged in as carol, and bob gets your default key, ", "; for another key: --key PATH"];
    for (more, code) in [("--yes", 0), ("--dry-run", 0), ("--check", 1)] {
        of_carol().run(&["add-user", "bob", more]).expect(code, &words);
        let on_terminal = of_carol();
        let left = on_terminal.on_terminal(&["add-user", "bob", more]).end().expect(code, &words);
        assert!(!left.screen.contains(WHOSE), "{}", left.screen);
    }
    of_carol().run_with(&["add-user", "bob"], "y\n").expect(0, &words);
    let deploy = of_carol().run(&["add-deploy", "--dry-run"]).expect(0, &[]);
    assert!(!deploy.err.contains("logged in as"), "{}", deploy.err);
}

#[test]
fn a_deploy_key_on_the_desktop_that_is_not_taken_is_said() {
    let session = Session::new(with_alice());
    std::fs::create_dir_all(session.path("project/.infrastructure")).unwrap();
    let desktop = session.write("home/Desktop/id_ed25519_deploy", "");
    let words =
        format!("id_ed25519_deploy exists and is not taken; to add that key instead: --key {}", desktop.display());
    let ran = session.run(&["add-deploy", "--dry-run"]).expect(0, &[&words]);
    assert_eq!(ran.err.matches("Desktop").count(), 2, "{}", ran.err);
    // It is taken, or another is named.
    let bob = fixtures().join("keys/bob.pub").display().to_string();
    let named = session.run(&["add-deploy", "--dry-run", "--key", &bob]).expect(0, &[]);
    assert!(!named.err.contains("Desktop"), "{}", named.err);
    std::fs::remove_dir(session.path("project/.infrastructure")).unwrap();
    session.write("home/Desktop/id_ed25519_deploy", std::fs::read(fixtures().join("keys/bob.pub")).unwrap());
    let taken = session.run(&["add-deploy", "--dry-run"]);
    assert!(!taken.err.contains("is not taken"), "{}", taken.err);
}

/// The key is that of alice, and the name is hers, mistyped.
#[test]
fn a_mistyped_name_is_told_before_whose_key_it_is() {
    let session = Session::new(with_alice());
    session.write("home/.ssh/id_ed25519.pub", key("alice"));
    session.refuses(&["add-user", "Alice", "--yes"], &["Alice is not in the file: did you mean alice?"]);
    session.refuses(&["add-user", "Alice", "--yes", "--create"], &["is already listed under alice"]);
}
