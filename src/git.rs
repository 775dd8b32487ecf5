//! The `git` program, asked by its arguments and never through a shell.
//!
//! Promises: git asks nothing, takes no lock that it can do without, and runs no hook, monitor, filter or textconv of the
//! repository. Whether a file is tracked takes no process outside a repository, and inside one reads its index once.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::error::Error;
use crate::files::retried;
use crate::shell::PASSPHRASE_VARIABLE;

/// The nearest folder, from `path` upwards, that has a `.git` (a folder, or the file of a worktree or submodule).
#[must_use]
pub fn root(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find(|folder| is_root(folder)).map(Path::to_owned)
}

pub(crate) fn is_root(folder: &Path) -> bool {
    !is_absent(&folder.join(".git"))
}

/// Nothing has that name, as far as the system says so: a disk that fails says something else.
pub(crate) fn is_absent(path: &Path) -> bool {
    retried(|| path.symlink_metadata()).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Whether git tracks the file at `path`; none where there is no repository around it, or no git that can tell.
#[must_use]
pub fn is_tracked(path: &Path) -> Option<bool> {
    let name = path.file_name()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = parent.canonicalize().ok()?;
    root(&folder)?;
    let mut command = command();
    command.arg("-C").arg(&folder).arg("--literal-pathspecs");
    command.args(["ls-files", "--error-unmatch", "--"]).arg(name).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status().ok()?.code() {
        Some(0) => Some(true),
        Some(1) => Some(false),
        _ => None,
    }
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

/// The path from the working folder up to the top of the working tree: empty, or `../` a few times. Empty in a bare
/// repository.
///
/// # Errors
/// There is no repository around the working folder, or no git.
pub(crate) fn path_to_top() -> Result<String, Error> {
    let output = succeeded(&["rev-parse", "--show-cdup"])?;
    Ok(String::from_utf8_lossy(line(&output)).into_owned())
}

/// The value of the attribute `diff` for a path from the working folder: `unspecified`, `set`, `unset`, or a name.
///
/// # Errors
/// There is no working tree around the working folder, or no git.
pub(crate) fn diff_attribute(path: &str) -> Result<String, Error> {
    let output = succeeded(&["check-attr", "-z", "diff", "--", path])?;
    Ok(attribute_value(&output))
}

/// The third field of an answer of `check-attr -z`.
fn attribute_value(answer: &[u8]) -> String {
    let value = answer.split(|byte| *byte == 0).nth(2).unwrap_or_default();
    String::from_utf8_lossy(value).into_owned()
}

/// The path from the top of the working tree down to the working folder: empty, or with a slash at its end.
///
/// # Errors
/// There is no repository around the working folder, or no git.
pub(crate) fn path_from_top() -> Result<String, Error> {
    let output = succeeded(&["rev-parse", "--show-prefix"])?;
    Ok(String::from_utf8_lossy(line(&output)).into_owned())
}

/// The attribute `diff` that the `info/attributes` of the repository alone gives to a path from the top. It outranks
/// every other file with attributes.
///
/// # Errors
/// There is no repository around the working folder, or no git.
pub(crate) fn own_diff_attribute(attributes: &Path, path: &str) -> Result<String, Error> {
    let Some(folder) = attributes.parent().filter(|folder| folder.is_dir()) else {
        return Ok("unspecified".to_owned());
    };
    let repository =
        PathBuf::from(OsString::from_vec(line(&succeeded(&["rev-parse", "--absolute-git-dir"])?).to_vec()));
    let args = ["-c", "core.attributesFile=/dev/null", "check-attr", "-z", "diff", "--", path];
    let mut command = command();
    // The folder of that file stands for a working tree without a `.gitattributes`, and no index has one either.
    command.current_dir(folder).env("GIT_WORK_TREE", ".").env("GIT_ATTR_NOSYSTEM", "1");
    command.env("GIT_INDEX_FILE", repository.join("info/no-index")).env("GIT_DIR", repository);
    let output = output(command.args(args))?;
    if output.status.success() { Ok(attribute_value(&output.stdout)) } else { Err(failed(&args, &output)) }
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

pub(crate) fn command() -> Command {
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

/// Runs git in a folder; paths among the arguments are not patterns.
pub(crate) fn run_in(folder: &Path, args: &[&OsStr]) -> Result<Output, Error> {
    output(command().arg("-C").arg(folder).arg("--literal-pathspecs").args(args))
}

pub(crate) fn output(command: &mut Command) -> Result<Output, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_a_repository_there_is_nothing_to_ask() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(is_tracked(&folder.path().join(".spin.yml")), None);
        assert_eq!(is_tracked(&folder.path().join("missing/.spin.yml")), None);
        assert_eq!(is_tracked(Path::new("/")), None);
    }
}
