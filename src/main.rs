//! Parses the arguments, runs the command, sets the exit code.

use clap::{CommandFactory as _, Parser as _};
use spin_keys::children;
use spin_keys::cli::{Cli, complete, quick, usage};
use spin_keys::commands;
use spin_keys::error::ErrorKind;
use spin_keys::report;
use spin_keys::signals;
use spin_keys::ui::{Color, Ui, Verbosity};
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    children::no_core_dumps();
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some(answer) = complete::answer(&args, Cli::command) {
        // Nobody is there to read of a failure.
        Ui::new(Color::Never, Verbosity::Quiet).data(&answer).ok();
        return ExitCode::SUCCESS;
    }
    let parsed = quick::parse(&args).map_or_else(|| Cli::try_parse_from(&args), Ok);
    let cli = match (parsed, usage::refuse_keys(&args)) {
        (Ok(cli), Ok(())) => cli,
        // The message of clap would quote the key.
        (parsed, Err(error)) => {
            let is_json = parsed.map_or_else(|_| usage::wants_json(&args), |cli| cli.wants_json());
            return ExitCode::from(say(&error.into(), &Ui::new(Color::Auto, Verbosity::Normal), is_json));
        }
        (Err(error), Ok(())) => return ExitCode::from(usage::print(error, &args)),
    };
    let verbosity = match (cli.output.quiet, cli.output.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let ui = Ui::new(cli.output.color, verbosity);
    match cli.run(&ui) {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(say(&error, &ui, cli.wants_json())),
    }
}

/// Prints the error; returns the exit code.
fn say(error: &anyhow::Error, ui: &Ui, is_json: bool) -> u8 {
    let Some(known) = commands::in_words(error) else { return 0 };
    if is_json && known.exit_code() == 2 {
        // If standard output fails, the message below goes to standard error.
        ui.data(&report::json::error(&known)).ok();
    }
    match known.kind {
        ErrorKind::Interrupted => {
            // Without hints nothing was created, and there is nothing to report.
            if !known.hints.is_empty() {
                ui.error(&known);
            }
            signals::exit_code().unwrap_or_else(|| known.exit_code())
        }
        ErrorKind::Declined => {
            // With hints the user did not answer no, so print them even with -q.
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
