//! `-h`, `--help`, and commands under names that there are not.

use crate::session::{Ran, Session};

const COMMANDS: [&[&str]; 14] = [
    &[],
    &["add-user"],
    &["add-deploy"],
    &["revoke"],
    &["rotate"],
    &["list"],
    &["check"],
    &["review"],
    &["explain"],
    &["show"],
    &["git"],
    &["git", "install"],
    &["completions"],
    &["man"],
];

fn help(session: &Session, command: &[&str], option: &str) -> String {
    let mut run = session.command(&[command, &[option]].concat());
    Ran::of(run.env("COLUMNS", "80").output().unwrap()).expect(0, &[]).out
}

/// As many commands as there are, but for `help`.
#[test]
fn all_commands_are_looked_at() {
    let session = Session::empty();
    let listed = help(&session, &[], "-h");
    let named: Vec<&str> = listed
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    let known: Vec<&str> = COMMANDS.iter().filter(|command| command.len() == 1).map(|command| command[0]).collect();
    assert_eq!(named, known);
}

#[test]
fn short_help_fits_a_screen() {
    let session = Session::empty();
    for command in COMMANDS {
        let help = help(&session, command, "-h");
        assert!(help.lines().count() <= 24, "{command:?} has {} lines:\n{help}", help.lines().count());
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        assert!(help.contains("(see more with '--help')"), "{help}");
    }
}

#[test]
fn long_help_ends_in_examples_and_has_every_option() {
    let session = Session::empty();
    for command in COMMANDS {
        let help = help(&session, command, "--help");
        let (options, examples) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command:?}:\n{help}"));
        assert!(examples.contains("    spin-keys ") && options.contains("--color"), "{help}");
    }
    let all = help(&session, &["add-user"], "--help");
    for option in
        ["--comment", "--rounds", "--passphrase-file", "--field", "--check", "--format", "--vault-password-file"]
    {
        assert!(all.contains(option), "{option}:\n{all}");
    }
}

#[test]
fn commands_under_other_names_are_answered() {
    let session = Session::empty();
    for (name, words) in [
        ("init", "`spin init`"),
        ("encrypt", "`ansible-vault encrypt .spin.yml`"),
        ("decrypt", "`spin-keys show`"),
        ("edit", "`ansible-vault edit .spin.yml`"),
        ("ls", "`spin-keys list`"),
        ("whoami", "`ssh-add -l`"),
        ("view", "`spin-keys show`"),
        ("add", "`spin-keys add-user NAME`"),
        ("generate", "`--generate PATH`"),
        ("keygen", "`spin-keys add-user NAME`"),
        ("offboard", "`spin-keys revoke`"),
        ("lint", "`spin-keys check`"),
        ("diff", "`spin-keys review`"),
    ] {
        let ran = session.run(&[name]).expect(2, &["unrecognized subcommand", "tip: ", words]);
        assert_eq!(ran.err.matches("tip: ").count(), 1, "{}", ran.err);
    }
}
