//! The command line: commands, global options, help texts. The arguments of a command are in its own file.

pub mod complete;
mod examples;
mod man;
mod manpath;
pub mod quick;
pub mod usage;

use crate::commands::add::{self, AddDeployArgs, AddUserArgs};
use crate::commands::check::{self, CheckArgs};
use crate::commands::explain::{self, ExplainArgs};
use crate::commands::git_install;
use crate::commands::list::{self, ListArgs};
use crate::commands::review::{self, ReviewArgs};
use crate::commands::revoke::{self, RevokeArgs};
use crate::commands::rotate;
use crate::commands::rotate_args::RotateArgs;
use crate::commands::show::{self, ShowArgs};
use crate::ui::{Color, Ui};
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use std::path::PathBuf;

/// With the commit, in a release build.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), env!("SPIN_KEYS_COMMIT"));

/// Manage SSH public keys in the .spin.yml of Spin
#[derive(Debug, Parser)]
#[command(name = "spin-keys", version = VERSION, after_long_help = examples::program(), max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub output: Output,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Choose when to use color
    #[arg(long, global = true, hide_short_help = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Print only warnings and errors beside the output
    ///
    /// Hides progress, hints and what is left to do. Of what a change does to access, it prints who does not get in, and what fails.
    #[arg(short, long, global = true, hide_short_help = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more details
    #[arg(short, long, global = true, hide_short_help = true)]
    pub verbose: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add the public key of a person to .spin.yml
    ///
    /// Uses the key from --key, else ~/.ssh/id_ed25519, which is created if it does not exist. Shows the diff and its
    /// effect on access, asks, and writes. A user who is not in the file yet is added to `users`.
    #[command(after_long_help = examples::ADD_USER)]
    AddUser(AddUserArgs),
    /// Add a public key for the deploy user (CI/CD) to .spin.yml
    ///
    /// Uses the key from --key, else the pair that `spin configure gha` uploads
    /// (.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY), which is created without a passphrase if it does not exist.
    /// Without .infrastructure/ the pair is ~/Desktop/id_ed25519_deploy, or ~/.ssh/id_ed25519_deploy if there is no
    /// Desktop.
    #[command(after_long_help = examples::ADD_DEPLOY)]
    AddDeploy(AddDeployArgs),
    /// Revoke a person or single keys, so that it takes effect
    ///
    /// A line that is deleted from the file takes nothing from the servers. This marks the keys as `absent`, takes them
    /// from the deploy account too, and keeps everybody else in. It refuses what would leave a door open or lock
    /// somebody out. Then it prints what is left to do: provisioning, and after that `revoke --finish`.
    #[command(after_long_help = examples::REVOKE)]
    Revoke(RevokeArgs),
    /// Replace a key by a new one, in two steps
    ///
    /// Puts a new key into the file before the old one, which stays: by default a new pair beside the default one
    /// (~/.ssh/id_ed25519.new). After `spin provision` and a login with the new key, `rotate --finish` revokes the old
    /// key as `revoke` does, and renames the pairs. `rotate --status` prints how far that is.
    #[command(after_long_help = examples::ROTATE)]
    Rotate(RotateArgs),
    /// List who has access, and who really gets in
    ///
    /// Prints everybody in the file with their keys. Then prints the keys that `spin provision` installs for each
    /// account on a new server, and why. Last come the keys that are in the file but never installed.
    #[command(after_long_help = examples::LIST)]
    List(ListArgs),
    /// Check the file for what is wrong or risky
    ///
    /// Finds who is locked out, what Spin never reads, and which keys are wrong or risky. Each finding has a code, a
    /// place, what Spin will do, and what to do about it. To suppress a finding, add `# spin-keys: ignore CODE` at the
    /// end of its line.
    #[command(after_long_help = examples::CHECK)]
    Check(CheckArgs),
    /// Show what a change does to access: for pull requests
    ///
    /// Compares two revisions or two files by Spin's own rules. Reports who gains or loses access, which keys were
    /// removed from the file but stay on the servers, and new findings of `check`. Names everything else that changed
    /// by its path, without its value.
    #[command(after_long_help = examples::REVIEW)]
    Review(ReviewArgs),
    /// Explain a finding of `check`
    #[command(after_long_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Show the file with secrets masked, even if it is encrypted
    ///
    /// Used by `git diff` and `git log -p` on an encrypted file (see `spin-keys git install`). After a masked value
    /// come six digits, which change when the value changes. They compare only within a clone in which `git install`
    /// was run; elsewhere each run has its own. Without the vault password it prints the encrypted text and exits
    /// with 0.
    #[command(after_long_help = examples::SHOW)]
    Show(ShowArgs),
    /// Let `git diff` show an encrypted .spin.yml
    ///
    /// `git install` sets this up in the current repository. git diff and git log -p then show the file as `spin-keys
    /// show` does: decrypted, with its secrets masked.
    #[command(after_long_help = examples::GIT)]
    Git {
        #[command(subcommand)]
        command: GitCommand,
    },
    /// Print a completion script for a shell
    ///
    /// The script asks spin-keys itself, which must be in PATH. It completes commands, options, files, codes, and the names, keys and
    /// groups of the nearest .spin.yml, unless that is encrypted.
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions {
        /// Name of the shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or install the pages of all commands
    ///
    /// Without DIR it prints the page of the program. Pages of an earlier version in DIR are replaced.
    #[command(after_long_help = examples::MAN)]
    Man {
        /// Write a page for each command into this folder
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// `git`
#[derive(Debug, Subcommand)]
pub enum GitCommand {
    /// Set up git diff to show .spin.yml decrypted and masked
    ///
    /// Sets diff.spin-keys.textconv and a random diff.spin-keys.salt in the repository's own git configuration, and
    /// `.spin.yml diff=spin-keys` in its info/attributes. All stay on this machine. Overwrites no other setting, and
    /// prints how to undo the change.
    #[command(after_long_help = examples::GIT)]
    Install,
}

impl Cli {
    /// Runs the command. Returns the exit code of a run without errors (0 or 1).
    ///
    /// # Errors
    /// An [`Error`](crate::error::Error) that says what went wrong, or the [`std::io::Error`] of standard output.
    pub fn run(&self, ui: &Ui) -> anyhow::Result<u8> {
        match &self.command {
            Command::AddUser(args) => add::user(args, ui),
            Command::AddDeploy(args) => add::deploy(args, ui),
            Command::Revoke(args) => revoke::revoke(args, ui),
            Command::Rotate(args) => rotate::rotate(args, ui),
            Command::List(args) => list::list(args, ui),
            Command::Check(args) => check::check(args, ui),
            Command::Review(args) => review::review(args, ui),
            Command::Explain(args) => explain::explain(args, ui),
            Command::Show(args) => show::show(args, ui),
            Command::Git { command: GitCommand::Install } => git_install::install(ui),
            Command::Completions { shell } => complete::script(*shell, Self::command, ui),
            Command::Man { folder } => man::man(folder.as_deref(), Self::command(), ui),
        }
    }

    /// Whether the output is JSON, so that errors are JSON too.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        match &self.command {
            Command::AddUser(args) => args.edit.format.is_json(),
            Command::AddDeploy(args) => args.edit.format.is_json(),
            Command::Revoke(args) => args.edit.format.is_json(),
            Command::Rotate(args) => args.edit.format.is_json(),
            Command::List(args) => args.format.is_json(),
            Command::Check(args) => args.format.is_json(),
            Command::Review(args) => args.format.is_json(),
            _ => false,
        }
    }
}
