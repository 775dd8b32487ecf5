//! Makes files that were not there: a key pair, a missing public half, a `.gitignore`.
//!
//! Promises: nothing that exists is touched, not even a dangling link; a file is there whole or not at all; the private
//! key is never readable by anyone else, and in no folder has a name without a dot until it is whole (Spin uploads
//! each such file of its CI folder as a secret). A pair is made, or nothing; after a crash there may be the private
//! half alone, which counts as whole.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::lock::{FolderLock, Wait};
use super::persist_new::persist_new;
use super::temp::{self, Temp};
use crate::error::{Error, ErrorKind};
use crate::shell;
use crate::signals;

const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o644;

/// `PATH.pub`, where the public half of the private key at `private` belongs.
#[must_use]
pub fn public_path(private: &Path) -> PathBuf {
    let mut path = private.as_os_str().to_owned();
    path.push(".pub");
    path.into()
}

/// Writes the private key to `path` (0600) and the public line to `path.pub` (0644). The folder has to be there.
///
/// # Errors
///
/// Either file exists, or cannot be written: nothing was made. Of kind [`PartlyDone`](ErrorKind::PartlyDone) where
/// the private key was made and the public one could not be.
pub fn create_pair(path: &Path, private: &str, public_line: &str) -> Result<(), Error> {
    let public_path = public_path(path);
    let (folder, name) = folder_of(path)?;
    let public_name = public_path.file_name().unwrap_or(&name).to_owned();
    let lock = FolderLock::take(&folder, Wait::default(), &mut |_| {})?;
    // A run killed while it wrote the key has left a part of it; where that linked it, a second name.
    temp::remove_leftover(&folder, &temp_name(&name), &lock)?;
    check_free(&folder, &name, &public_name)?;

    let critical = signals::critical();
    let public_line = with_newline(public_line);
    let private_temp = written(&folder, &name, private.as_bytes(), PRIVATE, &lock)?;
    let public_temp = written(&folder, &public_name, public_line.as_bytes(), PUBLIC, &lock)?;
    if critical.interrupted() {
        return Err(Error::interrupted());
    }
    persist_new(private_temp, &name, private.as_bytes(), PRIVATE).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => super::failed("create", path, &error),
    })?;
    critical.committed();
    let rest = folder
        .sync()
        .and_then(|()| persist_new(public_temp, &public_name, public_line.as_bytes(), PUBLIC))
        .and_then(|()| folder.sync());
    rest.map_err(|error| {
        let error = super::failed("create", &public_path, &error).with_kind(ErrorKind::PartlyDone);
        let path = path.display().to_string();
        error.hint(format!("the private key was created; pass --key {} to use it", shell::word(&path)))
    })
}

/// The public half that a run wrote and was killed before it gave it its name, where there is none by that name.
#[must_use]
pub(crate) fn unfinished_public(private: &Path) -> Option<PathBuf> {
    let public = public_path(private);
    let unfinished = public.with_file_name(temp_name(public.file_name()?));
    (unfinished.is_file() && public.symlink_metadata().is_err()).then_some(unfinished)
}

/// Removes what a run that was killed left beside a pair that is whole: second names of its files, where it linked them.
///
/// # Errors
///
/// They cannot be removed, or a signal came.
pub(crate) fn remove_leftovers(private: &Path) -> Result<(), Error> {
    let (folder, name) = folder_of(private)?;
    let names = [temp_name(&name), temp_name(public_path(Path::new(&name)).as_os_str())];
    if names.iter().all(|name| matches!(folder.kind(name), Ok(None))) {
        return Ok(());
    }
    let lock = FolderLock::take(&folder, Wait::default(), &mut |_| {})?;
    names.iter().try_for_each(|name| temp::remove_leftover(&folder, name, &lock))
}

/// Writes the missing public half of the private key at `private` to `private.pub` (0644).
///
/// # Errors
///
/// The file exists or cannot be written.
pub fn write_public(private: &Path, line: &str) -> Result<(), Error> {
    let path = public_path(private);
    let (folder, name) = folder_of(private)?;
    let lock = FolderLock::take(&folder, Wait::default(), &mut |_| {})?;
    // It is missing where a run was killed in between, maybe right after it linked the key.
    temp::remove_leftover(&folder, &temp_name(&name), &lock)?;
    create_new(&path, with_newline(line).as_bytes(), PUBLIC).map_err(|error| error.into_error(&path))
}

/// Writes Spin's `.gitignore` for a folder of secrets, which ignores all but itself. Whether it had to.
///
/// # Errors
///
/// It is missing and cannot be written.
pub fn ensure_ci_gitignore(dir: &Path) -> Result<bool, Error> {
    let path = dir.join(".gitignore");
    match create_new(&path, b"*\n!.gitignore\n", PUBLIC) {
        Ok(()) => Ok(true),
        Err(CreateError::Exists) => Ok(false),
        Err(error) => Err(error.into_error(&path)),
    }
}

/// Writes a new file that anybody may read (0644). The folder has to be there.
///
/// # Errors
///
/// The file exists or cannot be written.
pub(crate) fn create_public(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    create_new(path, bytes, PUBLIC).map_err(|error| error.into_error(path))
}

enum CreateError {
    Exists,
    Failed(Error),
}

impl From<Error> for CreateError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl CreateError {
    fn into_error(self, path: &Path) -> Error {
        match self {
            Self::Exists => {
                Error::new(format!("{} exists already: it is never overwritten", path.display())).hint("move it away")
            }
            Self::Failed(error) => error,
        }
    }
}

/// One whole new file.
fn create_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), CreateError> {
    let (folder, name) = folder_of(path)?;
    let failed = |error: &io::Error| super::failed("create", path, error);
    if folder.kind(&name).map_err(|error| failed(&error))?.is_some() {
        return Err(CreateError::Exists);
    }
    let lock = FolderLock::take(&folder, Wait::default(), &mut |_| {})?;
    let critical = signals::critical();
    let temp = written(&folder, &name, bytes, mode, &lock)?;
    if critical.interrupted() {
        return Err(Error::interrupted().into());
    }
    persist_new(temp, &name, bytes, mode).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CreateError::Exists,
        _ => failed(&error).into(),
    })?;
    folder.sync().map_err(|error| {
        folder.unlink(&name).ok();
        failed(&error).into()
    })
}

fn folder_of(path: &Path) -> Result<(Folder, OsString), Error> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok((Folder::open(parent)?, name.to_owned())),
        _ => Err(Error::new(format!("{} is not a file name", path.display())).hint("name a file in a folder")),
    }
}

/// Nothing may have either name; asked before anything is written, and once more by the system when it is.
fn check_free(folder: &Folder, private: &OsStr, public: &OsStr) -> Result<(), Error> {
    let there = |name: &OsStr| {
        let kind = folder.kind(name).map_err(|error| super::failed("look at", &folder.path().join(name), &error))?;
        Ok::<_, Error>(kind.is_some())
    };
    let path = folder.path().join(private);
    if there(private)? {
        return Err(exists(&path));
    }
    if there(public)? {
        let public = folder.path().join(public);
        let (path, public) = (path.display(), public.display().to_string());
        return Err(Error::new(format!("{public} exists, but its private key {path} does not"))
            .hint(format!("to use that public key: --key {}", shell::word(&public)))
            .hint(format!("to make a new pair: move {public} away, or choose another path")));
    }
    Ok(())
}

fn exists(path: &Path) -> Error {
    let path = path.display().to_string();
    Error::new(format!("{path} exists already: a key is never overwritten"))
        .hint(format!("to use that key: --key {}", shell::word(&path)))
        .hint("to make a new one: choose another path")
}

/// Has a dot at the front, or Spin could take the file for a secret.
fn temp_name(name: &OsStr) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    temp::name_for(&hidden)
}

/// A temporary file with these contents.
fn written<'a>(
    folder: &'a Folder,
    name: &OsStr,
    bytes: &[u8],
    mode: u32,
    lock: &FolderLock<'_>,
) -> Result<Temp<'a>, Error> {
    let mut temp = Temp::create(folder, temp_name(name), lock)?;
    match temp.fill(bytes, mode) {
        Ok(()) => Ok(temp),
        Err(error) => Err(super::failed("write", &folder.path().join(name), &error)),
    }
}

fn with_newline(line: &str) -> String {
    format!("{}\n", line.trim_end_matches(['\r', '\n']))
}
