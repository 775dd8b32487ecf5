//! Text that would steer a terminal, hide or reorder what stands there, or pass for a line of the program's own: from
//! every place from which text comes, through every command, on a real terminal. None of it gets there as it is.

use super::vault::{PASSWORD, encrypted};
use crate::pty::Left;
use crate::session::{Session, fixtures, key, with_alice};
use crate::support::figures::Figures;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Steers: titles, links, the clipboard, the cursor, colours, also in one byte of C1, and single controls.
const STEERS: &str =
    "\x1b]0;x\x07\x1b]8;;x://x\x1b\\\x1b]52;c;eA==\x07\x1bPq\x1b\\\x1b[2J\x1b[99m\u{9b}2J\u{8}\u{7f}\u{90}\r";
/// Turns the direction of writing, or is not seen.
const HIDES: &str = "\u{202e}\u{2066}\u{200f}\u{61c}\u{200b}\u{ad}\u{2060}\u{feff}\u{e0041}\u{fff9}\u{180e}";
/// Begins a line that looks like one of ours.
const FORGES: &str =
    "\u{2028}\u{2029}\u{85}forged: wrote\nforged: wrote .spin.yml\r\nforged: nothing to do\n  help: forged";
const ALL: [&str; 3] = [STEERS, HIDES, FORGES];

/// What of the program itself may stand on the screen.
const OWN: [&str; 8] =
    ["\x1b[0m", "\x1b[1m", "\x1b[4m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\x1b[1m\x1b[31m"];

/// What came through, if anything did.
fn came_through(screen: &str) -> Option<String> {
    let own = OWN.iter().fold(screen.replace("\r\n", "\n"), |text, sequence| text.replace(sequence, ""));
    let hides = |c: char| HIDES.contains(c) || matches!(c, '\u{2028}' | '\u{2029}');
    let bad = own.chars().find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || hides(*c));
    let bad = bad.map(|c| format!("{c:?}"));
    let forged = |line: &&str| ["forged", "  help: forged", "  forged"].iter().any(|start| line.starts_with(start));
    bad.or_else(|| own.lines().find(forged).map(str::to_owned))
}

/// Runs that were looked at.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// With what all tests here have run so far.
fn figures() {
    let runs = RUNS.load(Ordering::Relaxed);
    let mut figures = Figures::new(&["runs on a terminal", "with something that came through"]);
    figures.row([json!(runs), json!(0)]);
    figures.count("runs", runs as u64);
    figures.count("came through", 0);
    figures.write("hostile");
}

#[track_caller]
fn clean(what: &str, left: &Left) {
    RUNS.fetch_add(1, Ordering::Relaxed);
    assert!(left.code.is_some_and(|code| code <= 2), "{what}: {left:#?}");
    if let Some(bad) = came_through(&left.screen) {
        panic!("{what}: {bad} came through:\n{:?}", left.screen);
    }
}

#[test]
fn the_judge_sees_each_of_them() {
    for bad in (STEERS.to_owned() + HIDES + "\u{2028}\u{2029}\u{85}").chars() {
        let screen = format!("a line\r\n\x1b[32m+ {bad}.\x1b[0m\r\nanother\r\n");
        let expected = bad.is_control() || !bad.is_ascii();
        assert_eq!(came_through(&screen).is_some(), expected, "{bad:?}");
    }
    assert!(came_through("a\r\nforged: wrote\r\n").is_some());
    assert_eq!(came_through("\x1b[32m+ fine\x1b[0m\r\n\tü 日本 🙂\r\n"), None);
}

/// The text in double quotes of YAML.
fn quoted(text: &str) -> String {
    text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect()
}

/// Files with the text at each place of a `.spin.yml`.
pub(super) fn files(evil: &str) -> Vec<String> {
    let (alice, text) = (key("alice"), quoted(evil));
    let user = |fields: &str| format!("users:\n  - username: alice\n    groups: ['sudo']\n{fields}");
    let keys = |item: &str| user(&format!("    authorized_keys:\n      - {item}\n"));
    let alice_has = format!("    authorized_keys:\n      - public_key: \"{alice}\"\n");
    let mut files = vec![
        format!("users:\n  - username: \"bo{text}b\"\n    groups: ['sudo']\n{alice_has}"),
        user(&format!("    name: \"A {text}\"\n    homedir: \"/{text}\"\n    password: \"{text}\"\n{alice_has}")),
        format!("users:\n  - username: alice\n    groups: ['sudo', \"{text}\"]\n{alice_has}"),
        user(&format!("    state: \"{text}\"\n{alice_has}")),
        keys(&format!("public_key: \"{alice} {text}\"")),
        keys(&format!("public_key: \"command=\\\"{text}\\\" {alice}\"")),
        keys(&format!("public_key: \"{text} no key\"")),
        keys(&format!("public_key: \"{alice}\"\n        state: \"{text}\"")),
        keys(&format!("\"{text}\": \"{alice}\"")),
        keys(&format!("public_key: \"{alice}\\n{text}\"")),
        format!("{}docker_user:\n  username: \"d{text}\"\n  authorized_ssh_keys: [\"{text}\"]\n", with_alice()),
        format!("{}\"{text}\": 1\n\"{text}\": 2\n", with_alice()),
        format!("users:\n  \"{text}\":\n    groups: ['sudo']\n{alice_has}"),
        format!("{}servers:\n  - server_name: \"{text}\"\n", with_alice()),
        format!("{}x: \"{{{{ {text} }}}}\"\n", with_alice()),
    ];
    // In a comment, a tag, an anchor and a plain value it stands as it is; most of it is an error of YAML there.
    for (left, right) in [("# ", ""), ("x: !", " 1"), ("x: &", " 1"), ("x: ", ""), ("\"", "\": 1")] {
        for c in evil.chars().filter(|c| !matches!(c, '\n' | '\r')) {
            files.push(format!("{left}{c}{right}\n{}{left}{c}{right}\n", with_alice()));
        }
    }
    files
}

/// All that looks at a file.
pub(super) fn commands(bob: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["add-user", "bob", "--key", bob],
        vec!["add-user", "alice", "--key", bob, "--dry-run", "--format", "markdown"],
        vec!["add-deploy", "--key", bob, "--check", "--format", "json"],
        vec!["revoke", "alice", "--lock-out"],
        vec!["revoke", "a", "--lock-out", "--dry-run", "--format", "markdown"],
        vec!["revoke", "alice", "--lock-out", "--check", "--format", "json"],
        vec!["revoke", "--finish"],
        vec!["rotate", "alice", "--old", "a", "--key", bob],
        vec!["rotate", "--deploy", "--status"],
        vec!["list"],
        vec!["list", "--format", "json"],
        vec!["list", "--format", "authorized_keys", "--for", "alice"],
        vec!["check"],
        vec!["check", "--fix"],
        vec!["check", "--format", "github"],
        vec!["review", "../before.yml", ".spin.yml"],
        vec!["review", "../before.yml", ".spin.yml", "--format", "markdown"],
        vec!["review", ".spin.yml", "../before.yml", "--format", "github"],
        vec!["review", ".spin.yml", "../before.yml", "--format", "json"],
        vec!["show"],
    ]
}

/// A run on a terminal, in colour, with a no to whatever is asked.
fn looked_at(session: &Session, args: &[&str]) -> Left {
    session.on_terminal(args).end_with_no()
}

fn bob() -> String {
    fixtures().join("keys/bob.pub").display().to_string()
}

fn through_every_command(evil: &str) {
    let bob = bob();
    let commands = commands(&bob);
    for (number, file) in files(evil).iter().enumerate() {
        let session = Session::new(file);
        session.write("before.yml", with_alice());
        // A file with one character takes turns among the commands.
        let turn = number % commands.len();
        let some = if file.contains("\\U") { 0..commands.len() } else { turn..turn + 1 };
        for args in &commands[some.clone()] {
            clean(&format!("{args:?} of {file:?}"), &looked_at(&session, args));
        }
        if some.len() > 1 {
            session.write("project/.spin.yml", encrypted(file));
            session.write("project/.vault-password", PASSWORD);
            let args = &commands[turn];
            clean(&format!("{args:?} of encrypted {file:?}"), &looked_at(&session, args));
        }
    }
    figures();
}

#[test]
fn what_steers_from_a_file_through_every_command() {
    through_every_command(STEERS);
}

#[test]
fn what_hides_from_a_file_through_every_command() {
    through_every_command(HIDES);
}

#[test]
fn what_forges_from_a_file_through_every_command() {
    through_every_command(FORGES);
}

/// The names of files and folders, and what is said on the command line, in the environment and by other programs.
#[test]
fn from_names_and_arguments() {
    for evil in ALL {
        let name = evil.replace('/', "|");
        let session = Session::new(with_alice());
        session.write(&format!("project/{name}"), with_alice());
        session.write(&format!("project/{name}.pub"), format!("{}\n", key("bob")));
        session.write(&format!("project/junk{name}"), "a: [\n");
        let (public, junk) = (format!("{name}.pub"), format!("junk{name}"));
        let runs: Vec<Vec<&str>> = vec![
            vec![evil],
            vec!["add-user", evil, "--key", &public],
            vec!["add-user", "bob", evil],
            vec!["add-user", "bob", "--key", evil],
            vec!["add-user", "bob", "--key", &public],
            vec!["add-user", "bob", "--key", &public, "--file", &name],
            vec!["add-user", "bob", "--key", &public, "--file", &junk],
            vec!["add-user", "bob", "--key", &public, "--groups", evil],
            vec!["add-user", "bob", "--key", &public, "--full-name", evil],
            vec!["add-user", "bob", "--key", &public, "--comment", evil],
            vec!["add-user", "bob", "--key", &public, "--field", evil],
            vec!["add-user", "bob", "--key", &public, "--vault-password-file", evil],
            vec!["add-user", "bob", "--generate", &public],
            vec!["add-user", "bob", "--generate", evil, "--passphrase-file", evil],
            vec!["add-user", "bob", "--generate", &junk, "--no-passphrase"],
            vec!["add-user", "bob", "--rounds", evil],
            vec!["list", "--for", evil, "--format", "authorized_keys"],
            vec!["list", "--file", &junk],
            vec!["check", "--ignore", evil],
            vec!["check", "--file", &name],
            vec!["explain", evil],
            vec!["revoke", evil],
            vec!["revoke", "--deploy", evil],
            vec!["revoke", "--finish", evil],
            vec!["rotate", evil],
            vec!["rotate", "alice", "--old", evil, "--key", &public],
            vec!["rotate", "alice", "--old", "alice@laptop", "--key", &public],
            vec!["rotate", "alice", "--old", &public, "--key", evil, "--finish"],
            vec!["rotate", "alice", "--expires", evil],
            vec!["review", evil],
            vec!["review", &name, ".spin.yml"],
            vec!["review", &name, ".spin.yml", "--format", "markdown"],
            vec!["review", "--fail-on", evil],
            vec!["show", &junk],
            vec!["show", evil, evil],
            vec!["completions", evil],
            vec!["--color", evil, "list"],
            vec![&public, "--", evil],
        ];
        for args in &runs {
            clean(&format!("{args:?}"), &looked_at(&session, args));
        }
        let session = Session::new(encrypted(with_alice())).env("ANSIBLE_VAULT_PASSWORD_FILE", evil);
        clean("the variable of the password", &looked_at(&session, &["list"]));
        let session = Session::new(with_alice()).env("SPIN_CI_FOLDER", evil);
        clean("the folder of the environment", &looked_at(&session, &["add-deploy"]));
        let sealed =
            encrypted(with_alice()).replacen("1.1;AES256", &format!("1.2;AES256;{}", evil.lines().next().unwrap()), 1);
        let session = Session::new(sealed);
        session.write("project/.vault-password", "wrong\n");
        clean("a label of a vault", &looked_at(&session, &["list"]));
    }
    figures();
}

#[test]
fn from_keys_and_other_programs() {
    for evil in ALL {
        let session = Session::new(with_alice());
        let (alice, bob) = (key("alice"), key("bob"));
        session.write("project/one.pub", format!("{bob} {evil}\n"));
        session.write("project/two.pub", format!("{alice} {evil}\n{bob} {evil}\n"));
        session.write("project/options.pub", format!("command=\"{evil}\" {bob}\n"));
        session.write("project/junk", evil);
        session.write("project/private", format!("-----BEGIN {evil}-----\n{evil}\n-----END {evil}-----\n"));
        for file in ["one.pub", "two.pub", "options.pub", "junk", "private"] {
            clean(file, &looked_at(&session, &["add-user", "carol", "--key", file, "--create"]));
            // Of several keys it asks for one.
            if file != "two.pub" {
                clean(file, &looked_at(&session, &["revoke", file]));
                clean(file, &looked_at(&session, &["revoke", "--deploy", file]));
            }
        }
        // A program that gives the vault password, and fails with a message.
        let session = Session::new(encrypted(with_alice()));
        session.write("message", evil);
        let script = format!("#!/bin/sh\ncat {} >&2\nexit 1\n", session.path("message").display());
        let program = session.executable("password", script);
        let args = ["list", "--vault-password-file", program.to_str().unwrap()];
        clean("a password program", &looked_at(&session, &args).expect(2, &[]));
    }
    figures();
}

/// A megabyte of it, at once.
#[test]
fn a_megabyte_of_it() {
    let bob = bob();
    let long = HIDES.repeat((1 << 20) / HIDES.len());
    let text = format!("\"{} {}\"", key("alice"), quoted(&HIDES.repeat(3000)));
    for file in [
        format!("# {long}\n{}# {long}\n", with_alice()),
        with_alice().replacen("username: alice", &format!("username: alice # {long}"), 1),
        with_alice().replacen(&format!("\"{}\"", key("alice")), &text, 1),
        with_alice().replacen("['sudo']", &format!("['sudo'] # {long}\n    name: \"{}\"", "A ".repeat(1 << 19)), 1),
    ] {
        let session = Session::new(&file);
        session.write("before.yml", with_alice());
        for args in commands(&bob) {
            clean(&format!("{args:?}"), &looked_at(&session, &args));
        }
    }
    let session = Session::new(with_alice());
    session.write("project/long.pub", format!("{} {}\n", key("bob"), "x".repeat(1 << 20)));
    let left =
        looked_at(&session, &["add-user", "bob", "--key", "long.pub"]).expect(2, &["help: ", "nothing was written"]);
    assert!(left.screen.len() < 2000, "{} bytes", left.screen.len());
    figures();
}
