//! The file that becomes the new one: written in the same folder under a fixed name, then renamed or linked.
//!
//! Promises: made exclusively with mode 0600 and through no link; removed again unless it has become the final
//! file. The name is fixed, so that what a killed run left behind is found, and removed under the folder's lock.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use rustix::fs::{AtFlags, FileType, RenameFlags};

use super::folder::Folder;
use super::lock::{FolderLock, LockState};
use super::retried;
use crate::error::Error;
use crate::shell;

const SUFFIX: &str = ".spin-keys-new";

/// `.spin.yml` -> `.spin.yml.spin-keys-new`
pub(super) fn name_for(name: &OsStr) -> OsString {
    let mut temp = name.to_owned();
    temp.push(SUFFIX);
    temp
}

/// Removes what a run that was killed left under the name of a temporary file. The lock tells that no run is using it.
pub(super) fn remove_leftover(folder: &Folder, name: &OsStr, lock: &FolderLock<'_>) -> Result<(), Error> {
    let path = folder.path().join(name);
    let failed = |doing: &str, error: &io::Error| super::failed(doing, &path, error);
    match folder.kind(name).map_err(|error| failed("look at", &error))? {
        None => Ok(()),
        Some(FileType::RegularFile | FileType::Symlink) if lock.state() == LockState::Held => {
            folder.unlink(name).map_err(|error| {
                let foreign = foreign(folder, name).filter(|_| error.kind() == io::ErrorKind::PermissionDenied);
                foreign.unwrap_or_else(|| failed("remove the leftover", &error))
            })
        }
        Some(_) => {
            if let Some(error) = foreign(folder, name) {
                return Err(error);
            }
            let message = format!("{} is in the way: a new file is written under that name", path.display());
            Err(Error::new(message).hint("if no other spin-keys is running, remove it"))
        }
    }
}

/// In a folder that many may write, such as /tmp, nobody else can remove what is somebody's.
fn foreign(folder: &Folder, name: &OsStr) -> Option<Error> {
    let owner = folder.owner(name).ok().filter(|owner| *owner != rustix::process::geteuid().as_raw())?;
    let path = folder.path().join(name).display().to_string();
    let message = format!("{path} is in the way, and belongs to user {owner}: a new file is written under that name");
    Some(
        Error::new(message)
            .hint(format!("let that user remove it: rm {}", shell::word(&path)))
            .hint("or keep the file in a folder where only you can write"),
    )
}

pub(super) struct Temp<'a> {
    folder: &'a Folder,
    name: OsString,
    file: File,
    /// Whether the name is ours to remove.
    ours: bool,
}

impl<'a> Temp<'a> {
    /// Makes the file, after removing what a run that was killed left under that name.
    pub(super) fn create(folder: &'a Folder, name: OsString, lock: &FolderLock<'_>) -> Result<Self, Error> {
        remove_leftover(folder, &name, lock)?;
        let path = folder.path().join(&name);
        Self::create_here(folder, name).map_err(|error| super::failed("create", &path, &error))
    }

    /// Makes the file under a name that nobody has yet.
    pub(super) fn create_here(folder: &'a Folder, name: OsString) -> io::Result<Self> {
        let file = folder.create(&name)?;
        Ok(Self { folder, name, file, ours: true })
    }

    pub(super) fn folder(&self) -> &'a Folder {
        self.folder
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        retried(|| self.file.metadata())
    }

    /// All of the contents, the mode, and both on the disk: in that order, so that nobody but the owner can read
    /// half a file.
    pub(super) fn fill(&mut self, bytes: &[u8], mode: u32) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.set_mode(mode)?;
        self.sync()
    }

    /// The umask has no say; a file system that cannot keep the mode has.
    fn set_mode(&self, mode: u32) -> io::Result<()> {
        if self.metadata()?.mode() & 0o7777 == mode {
            return Ok(());
        }
        retried(|| self.file.set_permissions(Permissions::from_mode(mode)))?;
        if self.metadata()?.mode() & 0o7777 == mode {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::Unsupported, format!("the file system cannot keep the mode {mode:04o}")))
    }

    /// On macOS the standard library also empties the cache of the drive, which some file systems there cannot.
    fn sync(&self) -> io::Result<()> {
        match self.file.sync_all() {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(rustix::fs::fsync(&self.file)?),
            done => done,
        }
    }

    /// Becomes the file `name`, in place of the one there.
    pub(super) fn rename_over(mut self, name: &OsStr) -> io::Result<()> {
        let from = self.folder.file();
        self.settle(retried(|| Ok(rustix::fs::renameat(from, &self.name, from, name)?)), name)?;
        self.ours = false;
        Ok(())
    }

    /// Becomes the file `name` too; `AlreadyExists` if there is one.
    pub(super) fn link_as(&self, name: &OsStr) -> io::Result<()> {
        let from = self.folder.file();
        self.settle(retried(|| Ok(rustix::fs::linkat(from, &self.name, from, name, AtFlags::empty())?)), name)
    }

    /// Becomes the file `name`; `AlreadyExists` if there is one.
    pub(super) fn rename_new(&mut self, name: &OsStr) -> io::Result<()> {
        let (from, flags) = (self.folder.file(), RenameFlags::NOREPLACE);
        self.settle(retried(|| Ok(rustix::fs::renameat_with(from, &self.name, from, name, flags)?)), name)?;
        self.ours = false;
        Ok(())
    }

    /// A network file system may do what it is asked to, lose the answer, and fail when it is asked again: what
    /// counts is whether `name` is this file.
    fn settle(&self, result: io::Result<()>, name: &OsStr) -> io::Result<()> {
        result.or_else(|error| {
            let (ours, there) = (self.metadata(), self.folder.open_file(name).and_then(|file| file.metadata()));
            let same = matches!((ours, there), (Ok(a), Ok(b)) if (a.dev(), a.ino()) == (b.dev(), b.ino()));
            if same { Ok(()) } else { Err(error) }
        })
    }

    /// The file was made under its final name and is whole.
    pub(super) fn keep(mut self) {
        self.ours = false;
    }
}

impl Drop for Temp<'_> {
    fn drop(&mut self) {
        if self.ours {
            // Once more for a disk that fails for a moment only. What cannot be removed now, the next run removes.
            self.folder.unlink(&self.name).or_else(|_| self.folder.unlink(&self.name)).ok();
        }
    }
}
