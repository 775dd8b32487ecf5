//! The file that is being edited, its folder, and what was read from it.
//!
//! Promises: from opening to replacing it is one file in one folder; where a link or a folder on the way has been
//! changed in the meantime, nothing is written. Refuses what a rename would not keep: several hard links, another's file.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags};
use zeroize::Zeroizing;

use super::folder::Folder;
use super::lock::{FolderLock, LockState, Wait};
use super::read::{self, MAX_BYTES};
use super::retried;
use super::temp;
use crate::error::Error;
use crate::shell;

const WHAT: &str = "file";

/// What a file was at one moment.
pub struct Snapshot {
    bytes: Zeroizing<Vec<u8>>,
    pub(super) meta: Meta,
}

impl Snapshot {
    /// The whole contents.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether both have the same contents.
    #[must_use]
    pub fn same_bytes(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// Never the contents: the plain text of a vault may hold anything.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({} bytes)", self.bytes.len())
    }
}

/// What tells one state of a file from another without reading it, and what the next one has to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meta {
    id: (u64, u64),
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    links: u64,
    len: u64,
    modified: (i64, i64),
}

impl From<&Metadata> for Meta {
    fn from(meta: &Metadata) -> Self {
        Self {
            id: (meta.dev(), meta.ino()),
            mode: meta.mode() & 0o7777,
            uid: meta.uid(),
            gid: meta.gid(),
            links: meta.nlink(),
            len: meta.len(),
            modified: (meta.mtime(), meta.mtime_nsec()),
        }
    }
}

/// A file to be edited.
pub struct Target {
    shown: PathBuf,
    real: PathBuf,
    name: OsString,
    folder: Folder,
    snapshot: Snapshot,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("real", &self.real).field("snapshot", &self.snapshot).finish_non_exhaustive()
    }
}

impl Target {
    /// Reads the file at `path`; a link is followed to the file it leads to.
    ///
    /// # Errors
    ///
    /// It cannot be read (see `read`), has several hard links, or belongs to somebody else.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let real = retried(|| path.canonicalize()).map_err(|error| read::cannot_open(path, WHAT, &error))?;
        let (Some(parent), Some(name)) = (real.parent(), real.file_name()) else {
            return Err(Error::new(format!("cannot edit {}: it is a folder", path.display())).hint("name a file in it"));
        };
        let folder = Folder::open(parent)?;
        let snapshot = snapshot(&folder, name, path)?;
        let name = name.to_owned();
        Ok(Self { shown: path.to_owned(), real, name, folder, snapshot })
    }

    /// The path as the person gave it, for messages.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shown
    }

    /// The path of the file itself, without links.
    #[must_use]
    pub(crate) fn real_path(&self) -> &Path {
        &self.real
    }

    /// What was read when it was opened.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Tells before the question what would fail after it, without writing anything.
    ///
    /// # Errors
    ///
    /// The folder is not writable, or the group of the file could not be kept.
    pub fn check_writable(&self) -> Result<(), Error> {
        let access = Access::WRITE_OK | Access::EXEC_OK;
        if let Err(error) = retried(|| Ok(rustix::fs::accessat(self.folder.file(), ".", access, AtFlags::EACCESS)?)) {
            let error = super::failed("write in the folder", self.folder.path(), &error);
            return Err(error.hint("the file is replaced as a whole, so its folder has to be writable"));
        }
        let gid = self.snapshot.meta.gid;
        let inherited = self.folder.file().metadata().is_ok_and(|folder| folder.gid() == gid);
        if inherited || rustix::process::geteuid().is_root() || is_own_group(gid) {
            return Ok(());
        }
        Err(Error::new(format!("cannot keep the group {gid} of {}: you are not in it", self.shown.display()))
            .hint(format!("let somebody in that group do it, or: chgrp {} FILE", rustix::process::getegid().as_raw())))
    }

    /// Waits for the lock on the folder; `say` tells the person when that takes long, and when the file system has no
    /// locks. Then removes what a run that was killed left behind.
    ///
    /// # Errors
    ///
    /// Somebody else holds it for a minute, or a signal came.
    pub fn lock(&self, say: &mut dyn FnMut(&str)) -> Result<Locked<'_>, Error> {
        self.lock_within(Wait::default(), say)
    }

    /// [`Target::lock`] with other times.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn lock_within(&self, wait: Wait, say: &mut dyn FnMut(&str)) -> Result<Locked<'_>, Error> {
        let waiting = &mut |who: &str| say(&format!("waiting for {who} to finish in this folder"));
        let lock = FolderLock::take(&self.folder, wait, waiting)?;
        if lock.state() == LockState::Unsupported {
            say("this file system cannot lock a folder: relying on the check right before the write");
        }
        // What cannot be removed is an error where it is in the way: when the file is replaced.
        temp::remove_leftover(&self.folder, &temp::name_for(&self.name), &lock).ok();
        Ok(Locked { target: self, lock })
    }

    /// Whether the path still leads to the file `name` in the folder that is open.
    fn check_place(&self) -> Result<(), Error> {
        let real =
            retried(|| self.shown.canonicalize()).map_err(|error| read::cannot_open(&self.shown, WHAT, &error))?;
        let folder = Folder::open(real.parent().unwrap_or(&real))?;
        let failed = |error| super::failed("look at the folder", folder.path(), &error);
        if real == self.real && folder.id().map_err(failed)? == self.folder.id().map_err(failed)? {
            return Ok(());
        }
        Err(Error::new(format!("{} no longer leads to the same file", self.shown.display()))
            .hint("nothing was written: look at it and run this again"))
    }
}

/// A target whose folder is locked; dropping it unlocks.
pub struct Locked<'a> {
    pub(super) target: &'a Target,
    pub(super) lock: FolderLock<'a>,
}

impl fmt::Debug for Locked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locked").field("target", &self.target).field("state", &self.lock.state()).finish()
    }
}

impl Locked<'_> {
    /// Whether the folder is really locked, or its file system cannot do that: worth telling.
    #[must_use]
    pub fn state(&self) -> LockState {
        self.lock.state()
    }

    /// Reads the file once more.
    ///
    /// # Errors
    ///
    /// As [`Target::open`], and where the path leads elsewhere by now.
    pub fn reread(&self) -> Result<Snapshot, Error> {
        self.target.check_place()?;
        snapshot(&self.target.folder, &self.target.name, &self.target.shown)
    }

    /// Whether the file is still this one. Read once more: two saves of the same length within a tick of the clock
    /// leave the same metadata.
    pub(super) fn is_still(&self, before: &Snapshot) -> bool {
        let now = snapshot(&self.target.folder, &self.target.name, &self.target.shown);
        now.is_ok_and(|now| now.meta == before.meta && now.same_bytes(before))
    }
}

fn snapshot(folder: &Folder, name: &OsStr, shown: &Path) -> Result<Snapshot, Error> {
    let file: File = folder.open_file(name).map_err(|error| read::cannot_open(shown, WHAT, &error))?;
    let (bytes, meta) = read::read_open(file, shown, WHAT, MAX_BYTES)?;
    let meta = Meta::from(&meta);
    check_kept(meta, shown)?;
    Ok(Snapshot { bytes, meta })
}

/// Refuses what a new file under the same name would lose.
fn check_kept(meta: Meta, shown: &Path) -> Result<(), Error> {
    let path = shown.display();
    if meta.links > 1 {
        let (from, copy) = (path.to_string(), format!("{path}.own"));
        let (from, copy) = (shell::word(&from), shell::word(&copy));
        return Err(Error::new(format!("{path} has {} hard links: only this one would be changed", meta.links))
            .hint(format!("make it a file of its own first: cp -p {from} {copy} && mv {copy} {from}")));
    }
    let me = rustix::process::geteuid();
    if meta.uid != me.as_raw() && !me.is_root() {
        return Err(Error::new(format!("{path} belongs to user {}, which a new file could not keep", meta.uid))
            .hint("run this as that user"));
    }
    Ok(())
}

fn is_own_group(gid: u32) -> bool {
    let groups = rustix::process::getgroups().unwrap_or_default();
    rustix::process::getegid().as_raw() == gid || groups.iter().any(|group| group.as_raw() == gid)
}
