//! The arguments of `rotate`.

use super::edit_args::EditArgs;
use super::key_args::KeyArgs;
use clap::{ArgGroup, Args};

/// `rotate`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whose").args(["name", "deploy"]).required(true))]
pub struct RotateArgs {
    /// Name of the account on the servers
    pub name: Option<String>,
    /// Rotate the key of the deploy user (CI/CD)
    #[arg(long)]
    pub deploy: bool,
    /// Name the old key [default: the key of the default pair]
    ///
    /// By its fingerprint, its comment or its file.
    #[arg(long, value_name = "KEY")]
    pub old: Option<String>,
    /// Print how far the rotation is, and what comes next
    #[arg(long, conflicts_with_all = ["finish", "yes", "dry_run", "check"])]
    pub status: bool,
    /// Finish it: revoke the old key, and rename the pairs
    ///
    /// After provisioning and a login with the new key.
    #[arg(long, conflicts_with_all = ["generate", "expires", "field", "comment"])]
    pub finish: bool,
    #[command(flatten)]
    pub key: KeyArgs,
    #[command(flatten)]
    pub edit: EditArgs,
}
