//! Prints usage errors, and help texts.

use super::Cli;
use crate::escape::escape;
use clap::Parser as _;
use std::ffi::{OsStr, OsString};

/// Prints the message and returns the exit code. A closed pipe is not an error.
///
/// clap quotes arguments unescaped. They may be untrusted (from a script, or a name from a wildcard), so if they
/// contain terminal control characters, the message is made again from their escaped form.
#[must_use]
pub fn print(error: &clap::Error, args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let escaped = args.iter().map(|arg| escape(&arg.to_string_lossy()).into_owned());
    match Cli::try_parse_from(escaped) {
        _ if args.iter().all(|arg| is_harmless(arg)) => drop(error.print()),
        Err(said) => drop(said.print()),
        // Escaped, they are valid (they were not UTF-8 before): print the first message in one line.
        Ok(_) => eprint_escaped(error),
    }
    u8::try_from(error.exit_code()).unwrap_or(2)
}

fn is_harmless(arg: &OsStr) -> bool {
    arg.to_str().is_some_and(|arg| escape(arg) == arg)
}

#[expect(clippy::print_stderr, reason = "there is no Ui yet, because its options could not be parsed")]
fn eprint_escaped(error: &clap::Error) {
    eprintln!("{}", escape(&error.render().to_string()));
}
