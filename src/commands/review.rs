//! `review`: what a change of the file does to access, between two revisions or two files.

use super::args::PasswordArgs;
use super::now;
use crate::error::Error;
use crate::input::Opener;
use crate::input::sides::{Sides, compare};
use crate::report::format;
use crate::report::{Format, Report, render};
use crate::review::fail_on::ReviewFailOn;
use crate::ui::Ui;
use clap::Args;
use std::path::PathBuf;

/// `review`
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Compare from this revision [default: the merge base]
    ///
    /// Also a range of two revisions: A..B, or A...B from their merge base. The default is the merge base with the default branch.
    pub base: Option<String>,
    /// Compare to this revision [default: the working tree]
    pub head: Option<String>,
    /// Compare two files instead of revisions
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["base", "head", "staged", "file"])]
    pub files: Vec<PathBuf>,
    /// Compare with the index instead of the working tree
    #[arg(long, conflicts_with = "head")]
    pub staged: bool,
    /// Choose the output format
    #[arg(long, default_value = "text", value_parser = format::parser(format::REVIEW))]
    pub format: Format,
    /// Exit with 1 on any of these effects, separated by commas
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub fail_on: Vec<ReviewFailOn>,
    /// Read the vault password of the base side from PATH
    #[arg(long, value_name = "PATH", hide_short_help = true)]
    pub base_vault_password_file: Option<PathBuf>,
    /// Review the file at PATH [default: the nearest .spin.yml]
    ///
    /// A file of the repository, which is compared with itself in other revisions; never stdin.
    #[arg(short, long, value_name = "PATH", help_heading = "File")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub password: PasswordArgs,
}

pub(crate) fn review(args: &ReviewArgs, ui: &Ui) -> anyhow::Result<u8> {
    let sides = Sides {
        base: args.base.as_deref(),
        head: args.head.as_deref(),
        files: match args.files.as_slice() {
            [old, new] => Some((old.as_path(), new.as_path())),
            _ => None,
        },
        is_staged: args.staged,
        file: args.file.as_deref(),
        base_password: args.base_vault_password_file.as_deref(),
        opener: Opener { may_prompt: ui.out_is_terminal(), ..args.password.opener(ui) },
    };
    let comparison = compare(&sides, now())?;
    for note in &comparison.notes {
        ui.note(note);
    }
    ui.page(&render(&Report::Review(&comparison), args.format))?;
    match &comparison.review {
        Ok(review) => {
            let of_repository =
                |what: &ReviewFailOn| *what == ReviewFailOn::Findings && !comparison.repository.is_empty();
            Ok(u8::from(args.fail_on.iter().any(|what| what.meets(review) || of_repository(what))))
        }
        Err(_) if args.fail_on.is_empty() || !comparison.is_changed => Ok(0),
        Err(reason) => {
            // Standard output has its one report already.
            let error = Error::new(format!("cannot evaluate --fail-on: {reason}"))
                .hint("correct the file, or pass its vault password; if you cannot, omit --fail-on")
                .note("nothing was written");
            let code = error.exit_code();
            ui.error(&error);
            Ok(code)
        }
    }
}
