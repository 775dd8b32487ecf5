//! Parse arguments, run, exit code.

use clap::Parser as _;
use spin_keys::cli::{Cli, usage};
use spin_keys::commands;
use spin_keys::error::ErrorKind;
use spin_keys::signals;
use spin_keys::ui::{Ui, Verbosity};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(usage::print(&error, std::env::args_os())),
    };
    let verbosity = match (cli.output.quiet, cli.output.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let ui = Ui::new(cli.output.color.into(), verbosity);
    match commands::run(&cli, &ui) {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(report(&error, &ui)),
    }
}

/// Says what went wrong; gives the exit code.
fn report(error: &anyhow::Error, ui: &Ui) -> u8 {
    let Some(known) = commands::in_words(error) else { return 0 };
    match known.kind {
        ErrorKind::Interrupted => {
            // Without advice there is nothing that was made, and nothing to say.
            if !known.hints.is_empty() {
                ui.error(&known);
            }
            signals::exit_code().unwrap_or_else(|| known.exit_code())
        }
        ErrorKind::Declined => {
            // Advice is for whoever did not say no, so it is said with -q too.
            if known.hints.is_empty() {
                ui.note(&known.message)
            } else {
                ui.warn_of(&known)
            }
            known.exit_code()
        }
        ErrorKind::Failed => {
            let code = known.exit_code();
            ui.error(&known.note("nothing was written"));
            code
        }
        ErrorKind::PartlyDone => {
            ui.error(&known);
            known.exit_code()
        }
    }
}
