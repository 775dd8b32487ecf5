//! Arguments of `review`.

use super::look::FileOptions;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `review`
#[derive(Debug, Args)]
pub struct Review {
    /// The revision before the change, or a file [default: where the work left the default branch]
    pub base: Option<String>,
    /// The revision after the change, or a file [default: the work tree]
    pub head: Option<String>,
    /// Compare with what is staged instead of the work tree
    #[arg(long, conflicts_with = "head")]
    pub staged: bool,
    /// Form of what is printed on standard output
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text)]
    pub format: ReviewFormat,
    /// Exit with 1 if the change does one of these, separated by commas
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub fail_on: Vec<ReviewFailOn>,
    /// Take the vault password of the file before the change from PATH, where that was another one
    #[arg(long, value_name = "PATH")]
    pub base_vault_password_file: Option<PathBuf>,
    /// Which file.
    #[command(flatten)]
    pub file: FileOptions,
}

/// `review --format`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReviewFormat {
    /// For a terminal
    Text,
    /// A comment for a pull request, on GitHub or GitLab
    Markdown,
    /// One JSON object; its fields are listed in docs/review.md
    Json,
    /// Annotations of a GitHub workflow
    Github,
}

/// `review --fail-on`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReviewFailOn {
    /// An account gains a key
    Gained,
    /// An account gains sudo
    GainedSudo,
    /// The deploy account gains a key
    Deploy,
    /// An account, a key or a group is lost
    Lost,
    /// `check` finds what it did not find before
    Findings,
}
