//! Prints usage errors, and help texts.

use super::Cli;
use crate::escape::{escape, without_commands};
use crate::spin::is_secret_text;
use crate::ui::is_under_runner;
use clap::Parser as _;
use std::ffi::{OsStr, OsString};

/// Prints the message and returns the exit code. A closed pipe is not an error.
///
/// clap quotes arguments unescaped. They may be untrusted (from a script, or a name from a wildcard), so if they
/// contain terminal control characters, the message is made again from their escaped form.
#[must_use]
pub fn print(error: &clap::Error, args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.iter().any(|arg| is_secret_text(&arg.to_string_lossy())) {
        return eprint_secret();
    }
    let escaped = args.iter().map(|arg| escape(&arg.to_string_lossy()).into_owned());
    match Cli::try_parse_from(escaped) {
        _ if args.iter().all(|arg| is_harmless(arg)) => print_one(error),
        Err(said) => print_one(&said),
        // Escaped, they are valid (they were not UTF-8 before): print the first message in one line.
        Ok(_) => eprint_escaped(error),
    }
    u8::try_from(error.exit_code()).unwrap_or(2)
}

/// Help goes to standard output, and holds nothing untrusted.
#[expect(clippy::print_stderr, reason = "there is no Ui yet, because its options could not be parsed")]
fn print_one(error: &clap::Error) {
    if error.use_stderr() && is_under_runner() {
        eprint!("{}", without_commands(&error.render().to_string(), false));
    } else {
        // A closed stream is not an error.
        drop(error.print());
    }
}

fn is_harmless(arg: &OsStr) -> bool {
    arg.to_str().is_some_and(|arg| escape(arg) == arg)
}

/// The usage error of a command line that contains a private key or the hash of a password, which clap would print.
#[expect(clippy::print_stderr, reason = "there is no Ui yet, because its options could not be parsed")]
fn eprint_secret() -> u8 {
    eprintln!(
        "error: an argument is a private key or the hash of a password, where none belongs (it is not printed here)\n  \
         help: what was on a command line is known to other processes and in the history of the shell: replace it\n  \
         nothing was written"
    );
    2
}

#[expect(clippy::print_stderr, reason = "there is no Ui yet, because its options could not be parsed")]
fn eprint_escaped(error: &clap::Error) {
    eprintln!("{}", without_commands(&escape(&error.render().to_string()), false));
}
