//! An open folder, in which names are looked up, made and removed.
//!
//! Promises: every step of one run happens in the same folder, whatever is renamed or linked elsewhere in the meantime.
//! Never follows a link in the last component of a name.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::retried;
use crate::error::Error;

pub(super) struct Folder {
    file: File,
    path: PathBuf,
}

impl Folder {
    /// Links on the way to the folder are followed; an empty path is the current folder.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match retried(|| Ok(rustix::fs::open(path, flags, Mode::empty())?)) {
            Ok(fd) => Ok(Self { file: File::from(fd), path: path.to_owned() }),
            Err(error) => Err(super::failed("open the folder", path, &error)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Device and inode: the folder itself, whatever it is called.
    pub(super) fn id(&self) -> io::Result<(u64, u64)> {
        retried(|| self.file.metadata()).map(|meta| (meta.dev(), meta.ino()))
    }

    /// Opens for reading; never waits for the other end of a pipe.
    pub(super) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        self.open_with(name, super::read::READ_FLAGS | OFlags::NOFOLLOW, Mode::empty())
    }

    /// Makes a new file, never one that is there, nor through a link.
    pub(super) fn create(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        self.open_with(name, flags, Mode::RUSR | Mode::WUSR)
    }

    fn open_with(&self, name: &OsStr, flags: OFlags, mode: Mode) -> io::Result<File> {
        retried(|| Ok(File::from(rustix::fs::openat(&self.file, name, flags, mode)?)))
    }

    /// What kind of entry has this name, if any; a link is a link.
    pub(super) fn kind(&self, name: &OsStr) -> io::Result<Option<FileType>> {
        match retried(|| Ok(rustix::fs::statat(&self.file, name, AtFlags::SYMLINK_NOFOLLOW)?)) {
            Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The user to whom an entry belongs.
    pub(super) fn owner(&self, name: &OsStr) -> io::Result<u32> {
        retried(|| Ok(rustix::fs::statat(&self.file, name, AtFlags::SYMLINK_NOFOLLOW)?.st_uid))
    }

    pub(super) fn unlink(&self, name: &OsStr) -> io::Result<()> {
        retried(|| Ok(rustix::fs::unlinkat(&self.file, name, AtFlags::empty())?))
    }

    /// Makes what was linked, renamed and removed here last. Not every file system can do that for a folder, and
    /// those that cannot say so in several ways.
    pub(super) fn sync(&self) -> io::Result<()> {
        match rustix::io::retry_on_intr(|| rustix::fs::fsync(&self.file)) {
            Err(errno) if ![Errno::INVAL, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::BADF].contains(&errno) => {
                Err(errno.into())
            }
            _ => Ok(()),
        }
    }
}
