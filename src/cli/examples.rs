//! What stands below the options of `--help`, and in the manual: examples of each command, exit codes, environment. A test gives each of them to the command line.
//!
//! A line of two spaces says what for; a line of four is the command.

use crate::shell::PASSPHRASE_VARIABLE;

/// For `--help` and the manual.
pub(super) const EXIT_CODES: [(&str, &str); 4] = [
    ("0", "done, nothing to do, or --dry-run"),
    ("1", "--check would change something, --fail-on found something, or the answer was no"),
    ("2", "error or bad usage; nothing was written unless the message says so"),
    ("130", "interrupted; nothing was written"),
];
pub(super) const ENVIRONMENT: [(&str, &str); 4] = [
    (PASSPHRASE_VARIABLE, "passphrase for a new private key"),
    ("ANSIBLE_VAULT_PASSWORD_FILE", "file with the vault password of an encrypted .spin.yml"),
    ("SPIN_CI_FOLDER", "folder where `spin configure gha` looks for the deploy key"),
    ("NO_COLOR", "no color"),
];

/// Below the options of `--help`.
pub(super) fn program() -> String {
    let rows = |rows: &[(&str, &str)], width: usize| -> String {
        rows.iter().map(|(name, what)| format!("  {name:width$}  {what}\n")).collect()
    };
    let (codes, environment) = (rows(&EXIT_CODES, 3), rows(&ENVIRONMENT, 27));
    format!("Exit codes:\n{codes}\nEnvironment:\n{environment}\n{}", PROGRAM)
}

const PROGRAM: &str = "\
Examples:
  See who has access, and what is wrong:
    spin-keys list
    spin-keys check
  Add yourself, with the key in ~/.ssh/id_ed25519:
    spin-keys add-user alice
  Get a completion script for your shell:
    spin-keys completions zsh";

pub(super) const ADD_USER: &str = "\
Examples:
  Add yourself, with the key in ~/.ssh/id_ed25519, which is created if it is missing:
    spin-keys add-user alice
  Add a colleague who sent a public key:
    spin-keys add-user bob --key ~/Downloads/bob.pub --groups adm
  See what a key would change, without writing:
    spin-keys add-user bob --key bob.pub --expires 90d --dry-run
  Add a key of GitHub's list, chosen on the terminal:
    curl -fsS https://github.com/octocat.keys | spin-keys add-user octocat --key -";

pub(super) const ADD_DEPLOY: &str = "\
Examples:
  Add the pair that `spin configure gha` uploads, which is created if it is missing:
    spin-keys add-deploy
  Add the key that is on the desktop:
    spin-keys add-deploy --key ~/Desktop/id_ed25519_deploy";

pub(super) const REVOKE: &str = "\
Examples:
  Take away all that bob has:
    spin-keys revoke bob
  Take away one key of several, by its fingerprint or comment:
    spin-keys revoke SHA256:k5ATyHZ6kNkNFWnbb9Hag7O
    spin-keys revoke alice@old-laptop
  After `spin provision`: delete what is `absent` from the file:
    spin-keys revoke --finish";

pub(super) const ROTATE: &str = "\
Examples:
  Put a new key beside your old one:
    spin-keys rotate alice
  See how far it is:
    spin-keys rotate alice --status
  After `spin provision` and a login with the new key:
    spin-keys rotate alice --finish
  Replace the key of CI:
    spin-keys rotate --deploy";

pub(super) const LIST: &str = "\
Examples:
  See who has access:
    spin-keys list
  See the keys with which one account can log in:
    spin-keys list --format authorized_keys --for alice";

pub(super) const CHECK: &str = "\
Examples:
  See what is wrong or risky:
    spin-keys check
  Fix what has only one right fix:
    spin-keys check --fix
  Annotate a pull request, and fail on warnings too:
    spin-keys check --format github --fail-on warning
  Do without some findings:
    spin-keys check --ignore SK418,SK506";

pub(super) const REVIEW: &str = "\
Examples:
  See what the working tree does to access, compared with the default branch:
    spin-keys review
  Compare two revisions:
    spin-keys review v1.0 HEAD
  Fail where anybody gains access, in the job of a pull request:
    spin-keys review --format markdown --fail-on gained,gained-sudo
  Compare two files:
    spin-keys review --files old.spin.yml new.spin.yml";

pub(super) const EXPLAIN: &str = "\
Examples:
  Read about one finding:
    spin-keys explain SK210
  List all codes:
    spin-keys explain";

pub(super) const SHOW: &str = "\
Examples:
  Read an encrypted file, with its secrets masked:
    spin-keys show
  Read the file of a commit:
    git show HEAD:.spin.yml | spin-keys show -";

pub(super) const GIT: &str = "\
Examples:
  Let git diff and git log -p show the encrypted file, in this clone:
    spin-keys git install";

pub(super) const COMPLETIONS: &str = "\
Examples:
  Load the completions of bash when they are needed:
    spin-keys completions bash > ~/.local/share/bash-completion/completions/spin-keys
  Of zsh, from a folder that is in fpath before compinit runs:
    spin-keys completions zsh > ~/.zfunc/_spin-keys
  Of fish:
    spin-keys completions fish > ~/.config/fish/completions/spin-keys.fish";

pub(super) const MAN: &str = "\
Examples:
  Read the manual page of the program:
    spin-keys man | man -l -
  Install the pages of all commands:
    spin-keys man ~/.local/share/man/man1";

/// What each example is for, and its commands.
pub(super) fn each(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    let examples = text.split_once("Examples:\n").map_or("", |(_, examples)| examples);
    for line in examples.lines() {
        match (line.strip_prefix("    "), found.last_mut()) {
            (Some(command), Some((_, commands))) => commands.push(command),
            _ => found.push((line.trim(), Vec::new())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::{Command, CommandFactory as _, Parser as _};

    fn check(command: &Command, path: &str) {
        let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        let examples = each(&help);
        assert!((1..=4).contains(&examples.len()), "{path} has {} examples", examples.len());
        for (what, commands) in examples {
            assert!(what.ends_with(':') && !commands.is_empty(), "{path}: {what}");
            for line in commands {
                // Before or behind it, another program reads or writes.
                let own = line.split(['|', '>']).map(str::trim).find(|part| part.starts_with("spin-keys"));
                let words: Vec<&str> = own.unwrap_or_default().split(' ').collect();
                assert!(line.len() <= 96 && Cli::try_parse_from(&words).is_ok(), "{path}: {line}");
                assert!(path == "spin-keys" || own.unwrap_or_default().starts_with(path), "{path}: {line}");
            }
        }
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            check(sub, &format!("{path} {}", sub.get_name()));
        }
    }

    #[test]
    fn each_command_has_examples_that_the_command_line_takes() {
        check(&Cli::command(), "spin-keys");
    }
}
