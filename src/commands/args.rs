//! Arguments shared by several commands.

use crate::check;
use crate::check::rule::Rule;
use crate::error::Error;
use crate::input::Opener;
use crate::ui::Ui;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "File")]
pub struct FileArgs {
    /// Read PATH, or stdin (-) [default: the nearest .spin.yml]
    ///
    /// The nearest one is that in this folder or in the nearest parent folder, up to the root of the repository.
    #[arg(short, long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub password: PasswordArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "File")]
pub struct PasswordArgs {
    /// Read the vault password from PATH, or run it if executable
    ///
    /// Without it the password comes from the file named by ANSIBLE_VAULT_PASSWORD_FILE, else from .vault-password in the folder of
    /// the file or in a parent folder up to the root of the repository, else you are asked.
    #[arg(long, value_name = "PATH", hide_short_help = true)]
    pub vault_password_file: Option<PathBuf>,
}

impl FileArgs {
    /// The options for opening the file.
    pub(super) fn opener<'a>(&'a self, ui: &'a Ui) -> Opener<'a> {
        self.password.opener(ui)
    }
}

impl PasswordArgs {
    /// The options for opening a file.
    pub(super) fn opener<'a>(&'a self, ui: &'a Ui) -> Opener<'a> {
        Opener { option: self.vault_password_file.as_deref(), may_prompt: true, may_run: true, ui }
    }
}

/// Parses the code of a finding.
pub(super) fn rule(code: &str) -> Result<&'static Rule, String> {
    check::find(code).ok_or_else(|| "there is no such code; to list all codes: spin-keys explain".to_owned())
}

/// Refuses `--show-secrets` if the output is not a terminal.
pub(super) fn refuse_secrets_in_a_pipe(shows_secrets: bool, ui: &Ui) -> Result<(), Error> {
    if shows_secrets && !ui.out_is_terminal() {
        return Err(Error::new("--show-secrets needs a terminal, and standard output is not one")
            .hint("omit it: a log or a file would keep the secrets"));
    }
    Ok(())
}
