//! The log of a CI runner: no line of standard output or error is a command to GitHub's or GitLab's, whatever the file, a key
//! or a path holds, through every command and format; but for the program's own annotations.

use super::hostile::{commands, files};
use super::vault::encrypted;
use crate::session::{Ran, Session, fixtures, key, with_alice};

/// Commands of both runners, at the start of lines and within them.
const COMMANDS: [&str; 4] = [
    "::error file=a,line=1::pwn",
    "x\n::add-mask::y\r ::stop-commands::z\n\t::set-output name=a::b",
    "##[add-mask]x ##[error]y ##vso[task.setvariable variable=a]b",
    "section_start:1:n\r\u{1b}[0Kx section_end:1:n\r\u{1b}[0K",
];

/// The line that is a command, if there is one.
fn command(log: &str, is_annotated: bool) -> Option<&str> {
    let mut lines = log.split(['\n', '\r']);
    lines.find(|line| {
        let own = ["::error file=", "::warning file=", "::notice file="].iter().any(|own| line.starts_with(own));
        let begins = line.trim_start().trim_start_matches('\u{feff}').starts_with("::") && !(own && is_annotated);
        let holds = |mark: &str| line.contains(mark);
        begins || holds("##[") || holds("##vso[") || holds("section_start:1") || holds("section_end:1")
    })
}

#[track_caller]
fn quiet(what: &str, ran: &Ran, args: &[&str]) {
    assert!(ran.code.is_some_and(|code| code <= 2), "{what}: {ran:#?}");
    let found = command(&ran.out, args.contains(&"github")).or_else(|| command(&ran.err, false));
    assert!(found.is_none(), "{what}: {found:?}\n{ran:#?}");
}

#[test]
fn the_judge_sees_each_of_them() {
    for text in COMMANDS {
        assert!(command(&format!("a\n{text}"), true).is_some() || text.starts_with("::error file="), "{text}");
        assert!(command(&format!("a\n  {text}"), false).is_some(), "{text}");
    }
    assert_eq!(command("::error file=a::b ::c\nx ::y\n", true), None);
}

fn runner(session: Session) -> Session {
    session.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITLAB_CI", "true")
}

#[test]
fn nothing_in_a_file_is_a_command_to_a_runner() {
    let bob = fixtures().join("keys/bob.pub").display().to_string();
    let mut commands = commands(&bob);
    commands.push(vec!["add-user", "bob", "--key", &bob, "--dry-run"]);
    commands.push(vec!["add-user", "bob", "--key", &bob, "--dry-run", "--format", "json"]);
    commands.push(vec!["check", "--format", "json"]);
    for text in COMMANDS {
        let mut files = files(text);
        files.truncate(15);
        // As they stand: a block of text, comments, the name of a key, right where the edit is.
        let block = text.lines().collect::<Vec<_>>().join("\n  ");
        let lines = text.replace(['\n', '\r', '\u{1b}'], " ");
        files.push(format!("note: |\n  {}\n{}", block.replace(['\r', '\u{1b}'], "\n  "), with_alice()));
        files.push(format!("# {lines}\n{}    # {lines}\n  # {lines}\n", with_alice()));
        files.push(format!("\"{lines}\":\n  - {lines}\n{}", with_alice()));
        files.push(format!("{lines}: 1\n{}::add-mask::x: 1\n", with_alice()));
        for file in &files {
            let session = runner(Session::new(file));
            session.write("before.yml", with_alice());
            for args in &commands {
                quiet(&format!("{args:?} of {file:?}"), &session.run(args), args);
            }
            session.run_with(&["add-user", "bob", "--key", &bob], "n\n");
        }
        let session = runner(Session::new(encrypted(&files[0])));
        session.write("project/.vault-password", super::vault::PASSWORD);
        for args in &commands {
            quiet(&format!("{args:?} of an encrypted file"), &session.run(args), args);
        }
    }
}

#[test]
fn no_name_and_no_argument_is_a_command_to_a_runner() {
    for text in COMMANDS {
        let name = text.replace('/', "|");
        let session = runner(Session::new(with_alice()));
        let path = format!("project/{name}/.spin.yml");
        session.write(&path, with_alice().replace("sudo", "sdo"));
        session.write(&format!("project/{name}.pub"), format!("{} {text}\n", key("bob")));
        session.write("project/sealed", with_header(text));
        let (file, public) = (format!("{name}/.spin.yml"), format!("{name}.pub"));
        let runs: [&[&str]; 12] = [
            &[text],
            &["check", "--file", &file],
            &["check", "--file", &file, "--format", "github"],
            &["list", "--file", &file],
            &["list", "--file", text],
            &["review", ".spin.yml", &file],
            &["review", ".spin.yml", &file, "--format", "github"],
            &["review", text],
            &["add-user", "bob", "--file", &file, "--key", &public, "--dry-run"],
            &["add-user", text, "--key", &public],
            &["explain", text],
            &["show", "sealed"],
        ];
        for args in runs {
            quiet(&format!("{args:?}"), &session.run(args), args);
        }
    }
}

fn with_header(label: &str) -> String {
    let label = label.lines().next().unwrap_or_default();
    encrypted(with_alice()).replacen("1.1;AES256", &format!("1.2;AES256;{label}\u{1b}]0;x\u{7}"), 1)
}

#[test]
fn show_escapes_the_header_of_a_vault() {
    let session = Session::new(with_header("a\u{1b}[2J\u{202e}b"));
    let ran = session.run(&["show"]).expect(0, &[]);
    assert!(ran.out.contains("\n$ANSIBLE_VAULT;1.2;AES256;a\\x1b[2J\\u{202e}b"), "{}", ran.out);
    assert!(!ran.out.contains(['\u{1b}', '\u{7}', '\u{202e}']));
}
