//! The `git` program, asked by its arguments and never through a shell, and what is worth saying about a repository.
//!
//! Promises: git asks nothing, takes no lock that it can do without, and runs no hook, monitor, filter or textconv of the
//! repository. Whether a file is tracked takes no process outside a repository, and inside one reads its index once.

mod revision;

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) use revision::{Repository, Revision};

use crate::error::Error;
use crate::files;
use crate::prompt::PASSPHRASE_VARIABLE;

/// The file beside the `.spin.yml` that holds the password of its vault.
pub(crate) const PASSWORD_FILE: &str = ".vault-password";

/// Whether git tracks the file at `path`; none where there is no repository around it, or no git that can tell.
#[must_use]
pub fn is_tracked(path: &Path) -> Option<bool> {
    let name = path.file_name()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = parent.canonicalize().ok()?;
    files::git_root(&folder)?;
    let mut command = command();
    command.arg("-C").arg(&folder).arg("--literal-pathspecs");
    command.args(["ls-files", "--error-unmatch", "--"]).arg(name).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status().ok()?.code() {
        Some(0) => Some(true),
        Some(1) => Some(false),
        _ => None,
    }
}

/// What to say about the repository around a `.spin.yml` and its secrets, each a warning: a plain file with secrets that
/// git tracks, a password file of the vault that git tracks. `has_secrets` is about a plain file.
///
/// Starts git at most once for each of the two, and only where there is something to be asked.
#[must_use]
pub fn advice(spin_file: &Path, is_encrypted: bool, has_secrets: bool) -> Vec<String> {
    advice_by(spin_file, is_encrypted, has_secrets, |path| is_tracked(path) == Some(true))
}

fn advice_by(spin_file: &Path, is_encrypted: bool, has_secrets: bool, tracked: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut advice = Vec::new();
    if has_secrets && !is_encrypted && tracked(spin_file) {
        // A name that only this file has could need quotes of a shell.
        let usual = spin_file.file_name().is_some_and(|name| name == files::SPIN_FILE);
        let name = if usual { files::SPIN_FILE } else { "FILE" };
        advice.push(format!(
            "{} holds secrets in plain text, and git tracks it: encrypt it with `spin vault encrypt {name}`, and keep \
             {PASSWORD_FILE} out of git",
            spin_file.display()
        ));
    }
    let password = spin_file.with_file_name(PASSWORD_FILE);
    if password.symlink_metadata().is_ok() && tracked(&password) {
        advice.push(format!(
            "{} IS TRACKED BY GIT: whoever gets the repository can decrypt what it guards\n\
             take it out, in its folder: git rm --cached {PASSWORD_FILE}, and a line for it in .gitignore\n\
             then change the password, and rotate every secret it guarded: git's history keeps the old ones",
            password.display()
        ));
    }
    advice
}

/// The file with the attributes of this repository that are not committed, relative to the working folder or absolute.
///
/// # Errors
/// There is no repository around the working folder, or no git.
pub(crate) fn attributes_file() -> Result<PathBuf, Error> {
    let output = run(&["rev-parse", "--git-path", "info/attributes"])?;
    if !output.status.success() {
        return Err(Error::new(format!("git finds no repository here: {}", said(&output)))
            .hint("run this in the repository that holds the .spin.yml"));
    }
    Ok(PathBuf::from(OsString::from_vec(line(&output.stdout).to_vec())))
}

/// The way from the working folder up to the top of the work tree: empty, or `../` a few times. Empty in a bare
/// repository.
///
/// # Errors
/// There is no repository around the working folder, or no git.
pub(crate) fn way_to_top() -> Result<String, Error> {
    let output = succeeded(&["rev-parse", "--show-cdup"])?;
    Ok(String::from_utf8_lossy(line(&output)).into_owned())
}

/// The value of the attribute `diff` for a path from the working folder: `unspecified`, `set`, `unset`, or a name.
///
/// # Errors
/// There is no work tree around the working folder, or no git.
pub(crate) fn diff_attribute(path: &str) -> Result<String, Error> {
    let output = succeeded(&["check-attr", "-z", "diff", "--", path])?;
    let value = output.split(|byte| *byte == 0).nth(2).unwrap_or_default();
    Ok(String::from_utf8_lossy(value).into_owned())
}

/// The value of a key in git's configuration, wherever it is set.
///
/// # Errors
/// Git cannot read its configuration, or there is no git.
pub(crate) fn config(key: &str) -> Result<Option<String>, Error> {
    let args = ["config", "-z", "--get", key];
    let output = run(&args)?;
    match output.status.code() {
        Some(0) => {
            let value = output.stdout.strip_suffix(&[0]).unwrap_or(&output.stdout);
            Ok(Some(String::from_utf8_lossy(value).into_owned()))
        }
        Some(1) => Ok(None),
        _ => Err(failed(&args, &output)),
    }
}

/// Sets a key in the configuration of this repository.
///
/// # Errors
/// Git cannot write its configuration, or there is no git.
pub(crate) fn set_config(key: &str, value: &str) -> Result<(), Error> {
    succeeded(&["config", "--local", key, value]).map(drop)
}

fn command() -> Command {
    let mut command = Command::new("git");
    command.env_remove(PASSPHRASE_VARIABLE);
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null());
    // An empty name is none, in every version of git; a repository that was handed over could name any program there.
    command.args(["-c", "core.fsmonitor="]);
    command
}

fn run(args: &[&str]) -> Result<Output, Error> {
    output(command().args(args))
}

/// Runs git in a folder; paths among the arguments are no patterns.
fn run_in(folder: &Path, args: &[&OsStr]) -> Result<Output, Error> {
    output(command().arg("-C").arg(folder).arg("--literal-pathspecs").args(args))
}

fn output(command: &mut Command) -> Result<Output, Error> {
    command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            Error::new("cannot run `git`: there is no such program on PATH").hint("install git, then run this again")
        }
        _ => Error::io("run", Path::new("git"), &error).hint("see what `git` is: command -v git"),
    })
}

/// What git printed, if it did what it should.
fn succeeded(args: &[&str]) -> Result<Vec<u8>, Error> {
    let output = run(args)?;
    if output.status.success() { Ok(output.stdout) } else { Err(failed(args, &output)) }
}

fn failed(args: &[&str], output: &Output) -> Error {
    let command = args.join(" ");
    Error::new(format!("`git {command}` failed: {}", said(output))).hint("mend that, then run this again")
}

/// Git's own words for what went wrong.
fn said(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr);
    let words = words.trim();
    match words.strip_prefix("fatal: ").unwrap_or(words) {
        "" => output.status.to_string(),
        words => words.to_owned(),
    }
}

/// Without the line break that git ends an answer with.
fn line(answer: &[u8]) -> &[u8] {
    answer.strip_suffix(b"\n").unwrap_or(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_for_what_git_tracks() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".spin.yml");
        let say = |encrypted, secrets, tracked: bool| advice_by(&file, encrypted, secrets, |_| tracked);
        assert_eq!(say(false, true, false), [""; 0]);
        assert_eq!(say(false, false, true), [""; 0]);
        assert_eq!(say(true, true, true), [""; 0]);
        let [plain] = &say(false, true, true)[..] else { panic!("one line") };
        assert!(plain.contains("`spin vault encrypt .spin.yml`") && plain.contains("keep .vault-password out of git"));
        assert!(!plain.contains('\n'));

        files::create_public(&folder.path().join(".vault-password"), b"x\n").unwrap();
        assert_eq!(say(true, false, false), [""; 0]);
        for encrypted in [true, false] {
            let [password] = &say(encrypted, false, true)[..] else { panic!("one warning") };
            assert!(password.contains(".vault-password IS TRACKED") && password.contains("git rm --cached"));
        }
        assert_eq!(say(false, true, true).len(), 2);
    }

    #[test]
    fn a_command_to_paste_holds_no_name_that_needs_quotes() {
        let lines = advice_by(Path::new("a/$(x).yml"), false, true, |_| true);
        assert!(
            lines[0].starts_with("a/$(x).yml holds") && lines[0].contains("`spin vault encrypt FILE`"),
            "{lines:?}"
        );
    }

    #[test]
    fn outside_a_repository_there_is_nothing_to_ask() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(is_tracked(&folder.path().join(".spin.yml")), None);
        assert_eq!(is_tracked(&folder.path().join("missing/.spin.yml")), None);
        assert_eq!(is_tracked(Path::new("/")), None);
    }
}
