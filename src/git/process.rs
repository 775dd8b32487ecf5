//! How the `git` program is started: by its arguments, never through a shell, and with nothing that runs another program.
//!
//! A repository may be somebody else's, with its configuration, and so may be the environment of a workflow. Of that only
//! what says which repository is meant has a say ([`KEPT`]).

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use crate::children;
use crate::error::Error;
use crate::shell::PASSPHRASE_VARIABLE;

/// The variables of git that are passed on, because hooks set them.
const KEPT: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE"];

const ENVIRONMENT: [(&str, &str); 7] = [
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    // No transport at all, whatever `protocol.*.allow` says: the source of a partial clone may be a program.
    ("GIT_ALLOW_PROTOCOL", ""),
    ("GIT_NO_LAZY_FETCH", "1"),
    // Commits are what their names say. Neither comes with a clone: only somebody on this machine can have put it there.
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_GRAFT_FILE", "/dev/null/none"),
    // Messages of git are read here, for what to do about them.
    ("LC_ALL", "C"),
];

/// These outrank every file with settings. An empty monitor is none, in every version of git.
const SETTINGS: [&str; 7] = [
    "--no-pager",
    "-c",
    "core.fsmonitor=",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    // What has two meanings is refused, and git has to say that it has.
    "core.warnAmbiguousRefs=true",
];

/// Git, ready for a command and its arguments.
///
/// # Errors
/// There is no git.
pub(super) fn command() -> Result<Command, Error> {
    let mut command = Command::new(children::program("git").ok_or_else(missing)?);
    let is_of_git = |name: &OsStr| name.as_encoded_bytes().starts_with(b"GIT_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_git(name)) {
        if !KEPT.iter().any(|kept| name == *kept) {
            command.env_remove(name);
        }
    }
    command.env_remove(PASSPHRASE_VARIABLE).envs(ENVIRONMENT).args(SETTINGS);
    Ok(command)
}

fn missing() -> Error {
    Error::new("cannot run `git`: there is no such program in an absolute folder of PATH")
        .hint("install git, then run this again")
}

/// Runs it to its end.
///
/// # Errors
/// It cannot be started.
pub(super) fn output(command: &mut Command) -> Result<Output, Error> {
    children::output(command).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => missing(),
        _ => Error::io("run", Path::new("git"), &error).hint("see what `git` is: command -v git"),
    })
}

pub(crate) fn failed(args: &[&str], output: &Output) -> Error {
    let command = args.join(" ");
    Error::new(format!("`git {command}` failed: {}", said(output))).hint("fix that, then run this again")
}

/// Git's own words for what went wrong.
pub(crate) fn said(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.trim();
    match words.strip_prefix("fatal: ").unwrap_or(words) {
        "" => output.status.to_string(),
        words => words.to_owned(),
    }
}

/// Without the line break that git ends an answer with.
pub(crate) fn line(answer: &[u8]) -> &[u8] {
    answer.strip_suffix(b"\n").unwrap_or(answer)
}
