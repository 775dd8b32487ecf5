//! A file a command: each wires the pipeline and has no rules of its own.

mod add;
mod check;
mod explain;
mod file;
mod git;
mod key;
mod list;
mod new_key;
mod owner;
mod report;
mod review;
mod sealed;
mod shell;
mod show;
mod text;
mod threads;
mod write;

use crate::cli::{Cli, Command, GitCommand};
use crate::error::Error;
use crate::ui::{self, Ui};
use clap::CommandFactory as _;
use std::path::Path;

/// Runs a command; gives the exit code of a run without errors (0 or 1).
///
/// # Errors
/// An [`Error`] that says what went wrong, or the [`std::io::Error`] of standard output.
pub fn run(cli: &Cli, ui: &Ui) -> anyhow::Result<u8> {
    match &cli.command {
        Command::AddUser(args) => add::user(args, ui),
        Command::AddDeploy(args) => add::deploy(args, ui),
        Command::List(args) => list::list(args, ui),
        Command::Check(args) => check::check(args, ui),
        Command::Review(args) => review::review(args, ui),
        Command::Explain(args) => explain::explain(args, ui),
        Command::Show(args) => show::show(args, ui),
        Command::Git { command: GitCommand::Install } => git::install(ui),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "spin-keys", &mut script);
            ui.data(&String::from_utf8_lossy(&script))?;
            Ok(0)
        }
        Command::Man => {
            ui.data(&manual()?)?;
            Ok(0)
        }
    }
}

/// An error of [`run`] in words; none where the reader of standard output has had enough.
#[must_use]
pub fn in_words(error: &anyhow::Error) -> Option<Error> {
    match (error.downcast_ref::<Error>(), error.downcast_ref::<std::io::Error>()) {
        (Some(known), _) => Some(known.clone()),
        (None, Some(stream)) if ui::is_broken_pipe(stream) => None,
        (None, Some(stream)) => Some(Error::io("write to", Path::new("standard output"), stream)),
        (None, None) => Some(Error::new(format!("{error:#}"))),
    }
}

/// The manual page (roff): the program, then each command.
fn manual() -> std::io::Result<String> {
    let mut page = Vec::new();
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for sub in command.get_subcommands() {
        let man = clap_mangen::Man::new(sub.clone());
        page.extend(format!(".SH {}\n", sub.get_name().to_uppercase()).into_bytes());
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    // The sections of a command become subsections of it.
    let page = String::from_utf8_lossy(&page).into_owned();
    let inner = [".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS", ".SH KEY", ".SH FILE", ".SH OUTPUT"];
    let (head, rest) =
        page.split_once(".SH ADD\\-USER").or_else(|| page.split_once(".SH ADD-USER")).unwrap_or((&page, ""));
    let rest =
        inner.iter().fold(rest.to_owned(), |rest, section| rest.replace(section, &section.replacen(".SH", ".SS", 1)));
    // All commands are on this page: there are no pages of their own to refer to.
    let mut head = head.replace(".SH EXTRA", ".SH \"EXIT CODES AND ENVIRONMENT\"").replace("SUBCOMMANDS", "COMMANDS");
    for sub in command.get_subcommands() {
        let name = sub.get_name().replace('-', r"\-");
        head = head.replace(&format!(r"spin\-keys\-{name}(1)"), &format!(r"spin\-keys {name}"));
    }
    Ok(if rest.is_empty() { head } else { format!("{head}.SH ADD-USER{rest}") })
}
