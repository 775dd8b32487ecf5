//! The command line: arguments, help texts, and the completions and manual page made from them.

mod look;
mod review;
pub mod usage;

use crate::spin::Field;
use crate::ui::Color;
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use look::{Check, CheckFormat, Explain, FailOn, FileOptions, Level, List, ListFormat};
pub use review::{Review, ReviewFailOn, ReviewFormat};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit codes:
  0    done, nothing to do, or --dry-run
  1    --check would change something, `check` or `review` found what --fail-on names, or the answer was no
  2    an error or bad usage; nothing was written, or the message says what was
  130  interrupted; nothing was written

Environment:
  SPIN_KEYS_PASSPHRASE  passphrase for a new private key
  ANSIBLE_VAULT_PASSWORD_FILE
                        file with the vault password of an encrypted .spin.yml
  SPIN_CI_FOLDER        where `spin configure gha` looks for the deploy key
  NO_COLOR              no colour";

/// Put SSH public keys into the .spin.yml of Spin: only that, proved before each write, with a diff first.
#[derive(Debug, Parser)]
#[command(name = "spin-keys", version, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Streams and how much is said.
    #[command(flatten)]
    pub output: Output,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Say only warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// `--color`
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<ColorChoice> for Color {
    fn from(choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Auto => Self::Auto,
            ColorChoice::Always => Self::Always,
            ColorChoice::Never => Self::Never,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Let a person log in: put their public key into .spin.yml
    ///
    /// Takes the key from --key, else ~/.ssh/id_ed25519, which is created if it is not there. Shows the diff, asks, and
    /// writes. A user who is not in the file yet is added to `users`.
    AddUser(AddUser),
    /// Let CI/CD log in: put a public key into .spin.yml for the deploy user
    ///
    /// Takes the key from --key, else the pair that `spin configure gha` uploads
    /// (.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY), which is created without a passphrase if it is not there; in a
    /// project without .infrastructure/, ~/Desktop/id_ed25519_deploy or ~/.ssh/id_ed25519_deploy.
    AddDeploy(AddDeploy),
    /// List who has access, and who really gets in
    ///
    /// A table of everybody in the file with their keys, then for each account on a new server the keys that `spin
    /// provision` installs, with the way they came, and the keys that are written down and never installed.
    List(List),
    /// Check the file: who is locked out, what Spin never reads, which keys are wrong or risky
    ///
    /// Each finding has a code, its place, what Spin will do, and what to do about it. A finding that is meant is
    /// silenced by `# spin-keys: ignore CODE` at the end of its line.
    Check(Check),
    /// Say what a change of the file does to access: for pull requests
    ///
    /// Compares two revisions, or two files, after Spin's own rules: who gains and who loses access, which keys left the file
    /// and stay on the servers, what `check` finds now and did not before. Everything else that changed is named by its path,
    /// without its value.
    Review(Review),
    /// Explain a finding of `check`
    Explain(Explain),
    /// Show the file with everything masked but who gets in, plain or encrypted
    ///
    /// Made for `git diff` and `git log -p` on an encrypted file (`spin-keys git install`). A masked value is followed by
    /// six digits that change when it changes. Without the vault password the encrypted text is shown, and the exit code
    /// is 0.
    Show(Show),
    /// Let `git diff` show an encrypted .spin.yml
    ///
    /// `git install` sets this up in the repository of the working folder: git diff and git log -p then show the file as
    /// `spin-keys show` does, decrypted and with its secrets masked.
    Git {
        /// What to do.
        #[command(subcommand)]
        command: GitCommand,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// `git`
#[derive(Debug, Subcommand)]
pub enum GitCommand {
    /// Set git diff and git log -p of this repository to show .spin.yml decrypted, with its secrets masked
    ///
    /// Sets diff.spin-keys.textconv in the repository's own git configuration, and `.spin.yml diff=spin-keys` in its
    /// info/attributes: both stay on this machine. Overwrites no other setting, and says how to undo it.
    Install,
}

/// `add-user`
#[derive(Debug, Args)]
pub struct AddUser {
    /// Name of the account on the servers
    pub name: String,
    /// Groups of a new user, separated by commas; '' for none [default: sudo]
    #[arg(long, value_name = "A,B")]
    pub groups: Option<String>,
    /// Full name of a new user
    #[arg(long, value_name = "TEXT")]
    pub full_name: Option<String>,
    /// Add the user even if the name is close to one that is there
    #[arg(long)]
    pub create: bool,
    /// Where the key comes from.
    #[command(flatten)]
    pub key: KeyOptions,
    /// How the file is changed.
    #[command(flatten)]
    pub edit: EditOptions,
}

/// `add-deploy`
#[derive(Debug, Args)]
pub struct AddDeploy {
    /// Where the key comes from.
    #[command(flatten)]
    pub key: KeyOptions,
    /// How the file is changed.
    #[command(flatten)]
    pub edit: EditOptions,
}

/// `show`
#[derive(Debug, Args)]
pub struct Show {
    /// The file [default: .spin.yml here or in the nearest parent folder]
    pub path: Option<PathBuf>,
    /// Take the vault password from PATH, which is run if it is executable
    #[arg(long, value_name = "PATH")]
    pub vault_password_file: Option<PathBuf>,
    /// Show every value; on a terminal only
    #[arg(long)]
    pub show_secrets: bool,
}

/// Where the key comes from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Key")]
pub struct KeyOptions {
    /// Take the key from a public or private key file, or from standard input (-)
    #[arg(long, value_name = "PATH", conflicts_with_all = ["generate", "rounds", "passphrase_file", "no_passphrase"])]
    pub key: Option<PathBuf>,
    /// Create a new ed25519 pair at PATH and PATH.pub; never overwrites
    #[arg(long, value_name = "PATH")]
    pub generate: Option<PathBuf>,
    /// Comment of the key; without it its own, for a new one NAME@host or deploy
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// Rounds of the passphrase's key derivation (bcrypt) for a new key
    #[arg(long, value_name = "N", default_value_t = crate::key::DEFAULT_ROUNDS,
        value_parser = clap::value_parser!(u32).range(i64::from(crate::key::MIN_ROUNDS)..=i64::from(crate::key::MAX_ROUNDS)))]
    pub rounds: u32,
    /// Read the passphrase for a new key from the first line of PATH
    #[arg(long, value_name = "PATH", conflicts_with = "no_passphrase")]
    pub passphrase_file: Option<PathBuf>,
    /// Leave a new private key without a passphrase
    #[arg(long)]
    pub no_passphrase: bool,
}

/// How the file is changed.
#[derive(Debug, Args)]
#[command(next_help_heading = "File")]
pub struct EditOptions {
    /// The file [default: .spin.yml here or in the nearest parent folder]
    #[arg(short, long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// Write without asking
    #[arg(short, long, conflicts_with_all = ["dry_run", "check"])]
    pub yes: bool,
    /// Show the diff and write nothing, no key either
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// As --dry-run, with exit code 1 if something would change
    #[arg(long)]
    pub check: bool,
    /// Form of what is printed on standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Take the vault password of an encrypted file from PATH, which is run if it is executable [default: what
    /// `ANSIBLE_VAULT_PASSWORD_FILE` names, else .vault-password beside the file, else it is asked]
    #[arg(long, value_name = "PATH")]
    pub vault_password_file: Option<PathBuf>,
    /// Show the values of an encrypted file in the diff; on a terminal only
    #[arg(long)]
    pub show_secrets: bool,
    /// Field for the key where the entry has none yet [default: the one that Spin reads]
    #[arg(long, value_enum, value_name = "FIELD")]
    pub field: Option<FieldChoice>,
}

/// `--format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A unified diff
    Text,
    /// One JSON object; its fields are listed in the README
    Json,
    /// With --dry-run or --check: what `review` would say of the change, as a comment for a pull request
    Markdown,
}

/// `--field`
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum FieldChoice {
    /// Items `public_key: "..."`: what Spin reads for users
    AuthorizedKeys,
    /// Strings: what Spin reads for docker_user
    AuthorizedSshKeys,
}

impl From<FieldChoice> for Field {
    fn from(choice: FieldChoice) -> Self {
        match choice {
            FieldChoice::AuthorizedKeys => Self::AuthorizedKeys,
            FieldChoice::AuthorizedSshKeys => Self::AuthorizedSshKeys,
        }
    }
}
