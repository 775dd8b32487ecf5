//! What several test binaries and the fuzzers use: runs of the binary, terminals, generated files, models of edits.
//!
//! A module of each of them, and not a crate of its own: Cargo leaves folders with a manifest out of a package, and a package without
//! this could not be tested.
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]
#![allow(dead_code, unreachable_pub, reason = "each binary uses its part")]

pub mod edits;
pub mod figures;
pub mod hostile;
pub mod measured;
pub mod model;
pub mod mutate;
pub mod outcomes;
pub mod pty;
pub mod render;
pub mod session;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the project.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A number from the environment, else this: `SPIN_KEYS_SEED` repeats a run.
pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// How many random cases: `SPIN_KEYS_CASES`, else this share of them, and with `SPIN_KEYS_FULL=1` ten times as many.
pub fn cases(share: u64) -> u64 {
    let times = if std::env::var_os("SPIN_KEYS_FULL").is_some() { 10 } else { 1 };
    number("SPIN_KEYS_CASES", share * times)
}

/// A Python with `PyYAML`: `SPIN_KEYS_PYTHON`, else `python3`. Required in CI.
pub fn python() -> Option<PathBuf> {
    let python = std::env::var_os("SPIN_KEYS_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let done = Command::new(&python).args(["-c", "import yaml"]).stderr(Stdio::null()).status();
    if done.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    session::skipped(&format!("{} has no PyYAML", python.display()));
    None
}

/// A Python with Ansible: `SPIN_KEYS_PYTHON`, else `python3`. Required in CI.
pub fn python_with_ansible() -> Option<PathBuf> {
    let python = python()?;
    let done = Command::new(&python).args(["-c", "import ansible._internal._yaml"]).stderr(Stdio::null()).status();
    if done.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    session::skipped(&format!("{} has no ansible-core 2.19 or newer", python.display()));
    None
}

/// This test binary once more, for the one ignored test `name` in the module of the caller (`module_path!()`): for what
/// belongs to a whole process, such as its environment, its signals, its umask.
pub fn again(module: &str, name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(again_args(module, name));
    command
}

/// The arguments of [`again`], for who starts the binary by another program.
pub fn again_args(module: &str, name: &str) -> [String; 4] {
    let path = module.split_once("::").map_or(name.to_owned(), |(_, module)| format!("{module}::{name}"));
    ["--ignored", "--exact", "--nocapture", &path].map(str::to_owned)
}

/// Writes a program that can be run at once. A process of its own writes it: another thread of this one may start
/// something just then, which holds a copy of the open file for a moment, and the system runs nothing that is open for writing.
pub fn executable(path: &Path, text: impl AsRef<[u8]>) {
    let mut command = Command::new("sh");
    command.args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut writer = command.spawn().unwrap();
    writer.stdin.take().unwrap().write_all(text.as_ref()).unwrap();
    assert!(writer.wait().unwrap().success(), "{}", path.display());
}
