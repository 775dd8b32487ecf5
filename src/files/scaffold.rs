//! The folders and the `.gitignore` that a new pair needs around it.
//!
//! Promises: what exists stays as it is; what was made is taken back unless the pair came to be.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, RawMode};

use super::create::ensure_ci_gitignore;
use super::folder::Folder;
use super::retried;
use crate::error::Error;

/// What was made for a pair, in its order; removed again when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Scaffold {
    made: Vec<(PathBuf, AtFlags)>,
}

impl Scaffold {
    /// Makes the folder `path`, with `mode` (less the umask), and those above it. What exists stays as it is.
    ///
    /// # Errors
    ///
    /// Something else has that name, or the system refuses.
    pub(crate) fn dir(&mut self, path: &Path, mode: RawMode) -> Result<(), Error> {
        if path.is_dir() || path.as_os_str().is_empty() {
            return Ok(());
        }
        let parent = path.parent().unwrap_or(Path::new(""));
        self.dir(parent, 0o755)?;
        match rustix::fs::mkdir(path, Mode::from_raw_mode(mode)) {
            Ok(()) => {
                self.made.push((path.to_owned(), AtFlags::REMOVEDIR));
                // Else a new key could be gone after a power cut, with the folder it is in.
                Folder::open(parent)?.sync().map_err(|error| super::failed("create", path, &error))
            }
            Err(_) if path.is_dir() => Ok(()),
            Err(rustix::io::Errno::EXIST) => {
                let what = if path.is_symlink() { "a link that does not lead to a folder" } else { "not a folder" };
                Err(Error::new(format!("{} is {what}", path.display())).hint("move it away, or choose another path"))
            }
            Err(rustix::io::Errno::INTR) => self.dir(path, mode),
            Err(errno) => Err(super::failed("create the folder", path, &errno.into())),
        }
    }

    /// Writes Spin's `.gitignore` for a folder of secrets, which ignores all but itself, where there is none.
    ///
    /// # Errors
    ///
    /// It is missing and cannot be written.
    pub(crate) fn ci_gitignore(&mut self, dir: &Path) -> Result<(), Error> {
        if ensure_ci_gitignore(dir)? {
            self.made.push((dir.join(".gitignore"), AtFlags::empty()));
        }
        Ok(())
    }

    /// It has served: all of it stays.
    pub(crate) fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Scaffold {
    /// A folder in which somebody has put something in the meantime stays.
    fn drop(&mut self) {
        for (path, flags) in self.made.drain(..).rev() {
            retried(|| Ok(rustix::fs::unlinkat(CWD, &path, flags)?)).ok();
        }
    }
}

/// Whether this is a folder, or the system cannot tell: a disk that fails must not send a key elsewhere.
#[must_use]
pub(crate) fn may_be_dir(path: &Path) -> bool {
    match retried(|| path.metadata()) {
        Ok(meta) => meta.is_dir(),
        Err(error) => !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
    }
}

/// `Scaffold::dir` for a folder that stays.
///
/// # Errors
///
/// As there.
pub fn ensure_dir(path: &Path, mode: RawMode) -> Result<(), Error> {
    let mut scaffold = Scaffold::default();
    let result = scaffold.dir(path, mode);
    scaffold.keep();
    result
}
