//! Arguments of the commands that look at a file: `list`, `check`, `explain`.

use crate::check::{Rule, Severity, find};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Which file, and how it is opened.
#[derive(Debug, Args)]
#[command(next_help_heading = "File")]
pub struct FileOptions {
    /// The file [default: .spin.yml here or in the nearest parent folder]
    #[arg(short, long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// Take the vault password of an encrypted file from PATH, which is run if it is executable [default: what
    /// `ANSIBLE_VAULT_PASSWORD_FILE` names, else .vault-password beside the file, else it is asked]
    #[arg(long, value_name = "PATH")]
    pub vault_password_file: Option<PathBuf>,
}

/// `list`
#[derive(Debug, Args)]
pub struct List {
    /// Form of what is printed on standard output
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// The account whose lines `--format authorized_keys` prints
    #[arg(long = "for", value_name = "NAME")]
    pub account: Option<String>,
    /// Which file.
    #[command(flatten)]
    pub file: FileOptions,
}

/// `list --format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum ListFormat {
    /// A table of who stands in the file, and who really gets in
    Text,
    /// One JSON object; its fields are listed in the README
    Json,
    /// The lines by which the account named by --for can be entered after `spin provision` on a new server
    AuthorizedKeys,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// Form of what is printed on standard output
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// Leave out findings that are less severe
    #[arg(long, value_enum, default_value_t = Level::Note, value_name = "LEVEL")]
    pub severity: Level,
    /// Leave out findings with these codes, separated by commas
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = rule)]
    pub ignore: Vec<&'static Rule>,
    /// Exit with 1 if there are findings at or above this
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "LEVEL")]
    pub fail_on: FailOn,
    /// Warn about keys whose expiry-time is at most this many days away
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub warn_days: u32,
    /// Mend what has one right answer: shows the diff, asks, and writes
    #[arg(long)]
    pub fix: bool,
    /// With --fix: write without asking
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    pub yes: bool,
    /// With --fix: show the diff and write nothing
    #[arg(short = 'n', long, requires = "fix")]
    pub dry_run: bool,
    /// Which file.
    #[command(flatten)]
    pub file: FileOptions,
}

/// `check --format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Each finding with its line
    Text,
    /// One JSON object; its fields are listed in the README
    Json,
    /// Annotations of a GitHub workflow
    Github,
}

/// `--severity`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// All findings
    Note,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Note => Self::Note,
            Level::Warning => Self::Warning,
            Level::Error => Self::Error,
        }
    }
}

/// `--fail-on`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Any finding
    Note,
    /// A warning or an error
    Warning,
    /// An error
    Error,
    /// No finding
    Never,
}

impl FailOn {
    /// Whether a finding of this severity makes the run fail.
    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Never => false,
            Self::Note => true,
            Self::Warning => severity >= Severity::Warning,
            Self::Error => severity >= Severity::Error,
        }
    }
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The code of a finding, as SK210; without one, all codes are listed
    #[arg(value_parser = rule, value_name = "CODE")]
    pub rule: Option<&'static Rule>,
}

fn rule(code: &str) -> Result<&'static Rule, String> {
    find(code).ok_or_else(|| "there is no such code; `spin-keys explain` lists them".to_owned())
}
