//! Arguments of the commands that change the file.

use super::args::refuse_secrets_in_a_pipe;
use crate::change::run::Until;
use crate::error::Error;
use crate::input::Opener;
use crate::report::Format;
use crate::report::format;
use crate::ui::Ui;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(next_help_heading = "File")]
pub struct EditArgs {
    /// Edit the file at PATH [default: the nearest .spin.yml]
    ///
    /// The nearest one is that in this folder or in the nearest parent folder, up to the root of the repository.
    #[arg(short, long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// Write without asking
    #[arg(short, long, conflicts_with_all = ["dry_run", "check"])]
    pub yes: bool,
    /// Show the diff and write nothing, not even a key
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Like --dry-run, but exit with 1 if something would change
    #[arg(long, hide_short_help = true)]
    pub check: bool,
    /// Choose the output format
    ///
    /// For a key that is added, markdown needs --dry-run or --check.
    #[arg(long, hide_short_help = true, default_value = "text", value_parser = format::parser(format::EDITS))]
    pub format: Format,
    /// Read the vault password from PATH, or run it if executable
    ///
    /// Without it the password comes from the file named by ANSIBLE_VAULT_PASSWORD_FILE, else from .vault-password in the folder of
    /// the file or in a parent folder up to the root of the repository, else you are asked.
    #[arg(long, value_name = "PATH", hide_short_help = true)]
    pub vault_password_file: Option<PathBuf>,
    /// Show secrets in the diff; only on a terminal
    #[arg(long, hide_short_help = true)]
    pub show_secrets: bool,
}

impl EditArgs {
    /// Refuses options that contradict each other.
    pub(super) fn check(&self, ui: &Ui) -> Result<(), Error> {
        if self.format.is_proposal() && self.until() != Until::Shown {
            let error = Error::new("--format markdown is for a change that is not written");
            return Err(error.hint("add --dry-run, or omit it"));
        }
        refuse_secrets_in_a_pipe(self.show_secrets, ui)
    }

    /// Whether the output goes only to a terminal. With JSON the diff before the question goes to standard error.
    pub(super) fn is_seen(&self, ui: &Ui) -> bool {
        ui.out_is_terminal() && (self.format.is_text() || ui.err_is_terminal())
    }

    pub(super) fn until(&self) -> Until {
        match (self.dry_run || self.check, self.yes) {
            (true, _) => Until::Shown,
            (false, true) => Until::Written,
            (false, false) => Until::Agreed,
        }
    }

    pub(super) fn opener<'a>(&'a self, ui: &'a Ui) -> Opener<'a> {
        Opener { option: self.vault_password_file.as_deref(), may_prompt: true, may_run: true, ui }
    }

    /// The arguments on the command line that name the file and how to change it.
    pub(super) fn words(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.display().to_string();
        let valued = [
            ("--file", self.file.as_ref().map(path)),
            ("--vault-password-file", self.vault_password_file.as_ref().map(path)),
        ];
        let present = valued.into_iter().filter_map(|(option, value)| Some([option.to_owned(), value?]));
        present.flatten().collect()
    }
}
