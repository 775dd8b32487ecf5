//! Starts other programs, and keeps what this one knows out of core dumps.
//!
//! Promises: from the first line of `main` on the soft limit on core files is 0, so that no crash writes a secret to a disk;
//! a program that is started gets the limit that this one was started with. While it is being started, that one holds
//! here too. A system that hands core dumps to a program (`core_pattern` with a `|`) tells that program the limit: whether it
//! keeps to it is its own affair.

use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The limit that the process was started with, once it has another one.
static BEFORE: Mutex<Option<Rlimit>> = Mutex::new(None);

/// From now on a crash leaves no core file. A system that refuses that leaves all as it was.
pub fn no_core_dumps() {
    let before = getrlimit(Resource::Core);
    if setrlimit(Resource::Core, none(&before)).is_ok() {
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
    }
}

fn none(limit: &Rlimit) -> Rlimit {
    Rlimit { current: Some(0), maximum: limit.maximum }
}

/// The first program with this name on PATH. Entries that are not absolute are skipped: from the folder of a project they
/// lead into it.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
    let is_program = |meta: Metadata| meta.is_file() && meta.permissions().mode() & 0o111 != 0;
    let mut found = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
    found.find(|file| file.metadata().is_ok_and(is_program))
}

/// Starts a program with the limit of before. One at a time: the limit is that of the whole process.
///
/// # Errors
/// As [`Command::spawn`].
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(before) = before.as_ref() else { return command.spawn() };
    // Nothing forbids a soft limit up to the hard one, which stays.
    setrlimit(Resource::Core, *before).ok();
    let child = command.spawn();
    setrlimit(Resource::Core, none(before)).ok();
    child
}

/// [`Command::output`] of a program without standard input.
///
/// # Errors
/// As [`Command::output`].
pub(crate) fn output(command: &mut Command) -> io::Result<Output> {
    start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?.wait_with_output()
}
