//! The `git` program, asked about the repository around a file.
//!
//! Promises: the repository is the one whose `.git` is nearest above the file, never one whose files somebody committed
//! beside it. Git asks nothing, takes no lock that it can do without, and runs no hook, monitor, filter, textconv, transport
//! or other program. It compares objects and the index alone, because comparing with the working tree runs filters.
//! Whether a file is tracked takes no process outside a repository, and inside one reads its index once.

mod process;
mod settings;

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::error::Error;
use crate::files::retried;
use crate::shell;
pub(crate) use process::{failed, line, said};
pub(crate) use settings::{Settings, local_setting};

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

/// Git in one repository.
#[derive(Debug)]
pub(crate) struct Git {
    /// Where it runs; `None` for the working folder, from which git reads `GIT_DIR`.
    folder: Option<PathBuf>,
    git_dir: PathBuf,
    /// The top of the working tree; a bare repository has none.
    top: Option<PathBuf>,
}

impl Git {
    /// The repository around a folder without links on its way, or the one that `GIT_DIR` names.
    ///
    /// # Errors
    /// There is none, git does not want to read it, or there is no git.
    pub(crate) fn around(folder: &Path) -> Result<Self, Error> {
        let is_named = std::env::var_os("GIT_DIR").is_some_and(|value| !value.is_empty());
        let root = if is_named { None } else { root(folder) };
        let here = if is_named { None } else { Some(root.clone().unwrap_or_else(|| folder.to_owned())) };
        let mut git = Self { folder: here, git_dir: PathBuf::new(), top: None };
        let output = git.ask(&["rev-parse", "--absolute-git-dir"])?;
        if !output.status.success() {
            return Err(refused(root.as_deref().unwrap_or(folder), &output));
        }
        git.git_dir = path_in(&output);
        if let Some(root) = root.filter(|root| root.starts_with(&git.git_dir)) {
            return Err(planted(&root, &git.git_dir));
        }
        let top = git.ask(&["rev-parse", "--show-toplevel"])?;
        git.top = Some(path_in(&top)).filter(|found| top.status.success() && !found.as_os_str().is_empty());
        Ok(git)
    }

    /// The top of the working tree; `None` in a bare repository.
    pub(crate) fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// The folder with the objects and settings.
    pub(crate) fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Git in this repository; paths among the arguments are not patterns.
    pub(crate) fn command(&self) -> Result<Command, Error> {
        let mut command = process::command()?;
        if let Some(folder) = &self.folder {
            command.arg("-C").arg(folder);
            // Git itself would read it from the folder to which it changes.
            for name in ["GIT_WORK_TREE", "GIT_COMMON_DIR"] {
                if let Some(value) = std::env::var_os(name).filter(|value| !value.is_empty()) {
                    command.env(name, std::path::absolute(&value).unwrap_or_else(|_| value.into()));
                }
            }
        }
        Ok(command)
    }

    pub(crate) fn run(&self, args: &[&OsStr]) -> Result<Output, Error> {
        process::output(self.command()?.arg("--literal-pathspecs").args(args))
    }

    pub(crate) fn ask(&self, args: &[&str]) -> Result<Output, Error> {
        self.run(&args.iter().map(OsStr::new).collect::<Vec<_>>())
    }

    /// Whether it tracks a file, by its path without links; `None` if it cannot tell.
    pub(crate) fn tracks(&self, path: &Path) -> Option<bool> {
        let output =
            self.run(&[OsStr::new("ls-files"), "--error-unmatch".as_ref(), "--".as_ref(), path.as_ref()]).ok()?;
        match output.status.code()? {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        }
    }

    /// Whether it ignores a file, by its path without links; `None` if it cannot tell.
    pub(crate) fn ignores(&self, path: &Path) -> Option<bool> {
        // check-ignore does not support literal paths; a name read as a pattern still matches itself.
        let mut command = self.command().ok()?;
        let output = process::output(command.args(["check-ignore", "-q", "--"]).arg(path)).ok()?;
        match output.status.code()? {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        }
    }
}

/// Whether git tracks the file at `path`; none where there is no repository around it, or no git that can tell.
#[must_use]
pub fn is_tracked(path: &Path) -> Option<bool> {
    let path = located(path)?;
    Git::around(path.parent()?).ok()?.tracks(&path)
}

/// Whether git ignores a file at `path`, which need not be there; none where git cannot tell.
#[must_use]
pub(crate) fn is_ignored(path: &Path) -> Option<bool> {
    let path = located(path)?;
    Git::around(path.parent()?).ok()?.ignores(&path)
}

/// The path of a file in a repository, without links but for the file itself; `None` outside of any.
fn located(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = parent.canonicalize().ok()?;
    if std::env::var_os("GIT_DIR").is_none() {
        root(&folder)?;
    }
    Some(folder.join(name))
}

fn path_in(output: &Output) -> PathBuf {
    PathBuf::from(OsString::from_vec(line(&output.stdout).to_vec()))
}

/// Git reads no repository there.
fn refused(folder: &Path, output: &Output) -> Error {
    let said = said(output);
    let Some((_, rest)) = said.split_once("dubious ownership in repository at '") else {
        return Error::new(format!("git finds no repository in {}: {said}", folder.display()));
    };
    let folder = rest.split_once("'\n").map_or_else(|| folder.display().to_string(), |(path, _)| path.to_owned());
    let command = format!("git config --global --add safe.directory {}", shell::word(&folder));
    Error::new(format!("git does not read the repository {folder}, because it belongs to another user"))
        .hint("run this as the user to whom it belongs")
        .hint(format!("if you trust all who can write there: {command}"))
}

fn planted(root: &Path, git_dir: &Path) -> Error {
    let (root, git_dir) = (root.display(), git_dir.display());
    Error::new(format!("git would use the files in {git_dir} as the repository, not {root}/.git"))
        .hint("such files can come with a branch, and are never used: see what is wrong with the .git there")
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
