//! Gives a temporary file its final name, if and only if nothing has that name yet.
//!
//! Promises: `AlreadyExists` and nothing changed where there is a file, a folder or a link, even a dangling one.
//! Tries what is atomic first: a rename that replaces nothing, then a hard link, then an exclusive create. The rename
//! leaves no second name of a private key behind, not even where the run is killed right after it.

use std::ffi::OsStr;
use std::io;

use rustix::io::Errno;

use super::folder::Folder;
use super::temp::Temp;

/// `bytes` and `mode` are those of `temp`, for file systems on which it has to be written once more.
pub(super) fn persist_new(mut temp: Temp<'_>, name: &OsStr, bytes: &[u8], mode: u32) -> io::Result<()> {
    match temp.rename_new(name) {
        Err(error) if is_unsupported(&error) => {}
        done => return done,
    }
    match temp.link_as(name) {
        Err(error) if is_unsupported(&error) => {}
        done => return done,
    }
    create_whole(temp.folder(), name, bytes, mode)
}

/// No `RENAME_NOREPLACE` on old kernels and some network file systems, no hard links on FAT.
pub(super) fn is_unsupported(error: &io::Error) -> bool {
    let is = |errno: &Errno| error.raw_os_error() == Some(errno.raw_os_error());
    [Errno::PERM, Errno::ACCESS, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::NOSYS, Errno::INVAL, Errno::MLINK]
        .iter()
        .any(is)
}

/// Not atomic: a crash in between leaves a part of the file. An error does not.
fn create_whole(folder: &Folder, name: &OsStr, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = Temp::create_here(folder, name.to_owned())?;
    file.fill(bytes, mode)?;
    file.keep();
    Ok(())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test looks at its own files")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::*;

    /// The ways that no test reaches through `persist_new`, as every file system here can rename that way.
    #[test]
    fn no_way_ever_overwrites() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        fs::write(dir.path().join("taken"), "old").unwrap();
        symlink("nowhere", dir.path().join("dangling")).unwrap();
        for name in ["taken", "dangling"] {
            let mut temp = Temp::create_here(&folder, "temp".into()).unwrap();
            temp.fill(b"new", 0o600).unwrap();
            assert_eq!(temp.link_as(name.as_ref()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(temp.rename_new(name.as_ref()).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            let error = create_whole(&folder, name.as_ref(), b"new", 0o600).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(dir.path().join("taken")).unwrap(), b"old");
        assert!(!dir.path().join("nowhere").exists() && !dir.path().join("temp").exists());
    }

    #[test]
    fn what_was_done_before_the_answer_was_lost_counts() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        for name in ["renamed", "replaced"] {
            let mut temp = Temp::create_here(&folder, "temp".into()).unwrap();
            temp.fill(b"new", 0o600).unwrap();
            fs::rename(dir.path().join("temp"), dir.path().join(name)).unwrap();
            if name == "renamed" {
                temp.rename_new(name.as_ref()).unwrap()
            } else {
                temp.rename_over(name.as_ref()).unwrap()
            }
            assert_eq!(fs::read(dir.path().join(name)).unwrap(), b"new");
        }
        let mut temp = Temp::create_here(&folder, "temp".into()).unwrap();
        temp.fill(b"new", 0o600).unwrap();
        fs::hard_link(dir.path().join("temp"), dir.path().join("linked")).unwrap();
        temp.link_as("linked".as_ref()).unwrap();
        fs::remove_file(dir.path().join("temp")).unwrap();
        assert!(temp.rename_over("elsewhere".as_ref()).is_err());
    }

    #[test]
    fn each_way_makes_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let mut temp = Temp::create_here(&folder, "temp".into()).unwrap();
        temp.fill(b"one", 0o644).unwrap();
        temp.rename_new("renamed".as_ref()).unwrap();
        drop(temp);
        create_whole(&folder, "created".as_ref(), b"two", 0o600).unwrap();
        let mut temp = Temp::create_here(&folder, "temp".into()).unwrap();
        temp.fill(b"three", 0o644).unwrap();
        temp.link_as("linked".as_ref()).unwrap();
        drop(temp);
        let look = |name: &str| {
            let path = dir.path().join(name);
            (fs::read(&path).unwrap(), path.metadata().unwrap().mode() & 0o7777)
        };
        assert_eq!(look("renamed"), (b"one".to_vec(), 0o644));
        assert_eq!(look("created"), (b"two".to_vec(), 0o600));
        assert_eq!(look("linked"), (b"three".to_vec(), 0o644));
        assert!(!dir.path().join("temp").exists());
    }
}
