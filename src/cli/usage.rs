//! What is said of a command line that cannot be understood, and the help that was asked for.

use super::Cli;
use crate::ui::escape;
use clap::Parser as _;
use std::ffi::{OsStr, OsString};

/// Prints it; gives the exit code. A help text into a closed pipe ends as quietly as a diff does.
///
/// clap quotes arguments as they are. They may come from a stranger (a script, a name with a wildcard), so that with
/// anything in them that steers a terminal the same words are said of their escaped form.
#[must_use]
pub fn print(error: &clap::Error, args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let escaped = args.iter().map(|arg| escape(&arg.to_string_lossy()).into_owned());
    match Cli::try_parse_from(escaped) {
        _ if args.iter().all(|arg| is_harmless(arg)) => drop(error.print()),
        Err(said) => drop(said.print()),
        // Nothing is wrong with them once they are escaped (they were no UTF-8): the same in one line.
        Ok(_) => eprint_escaped(error),
    }
    u8::try_from(error.exit_code()).unwrap_or(2)
}

fn is_harmless(arg: &OsStr) -> bool {
    arg.to_str().is_some_and(|arg| escape(arg) == arg)
}

#[expect(clippy::print_stderr, reason = "there is no Ui yet: its options are what cannot be understood")]
fn eprint_escaped(error: &clap::Error) {
    eprintln!("{}", escape(&error.render().to_string()));
}
