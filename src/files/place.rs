//! Gives a temporary file its final name, if and only if nothing has that name yet.
//!
//! Promises: `AlreadyExists` and nothing changed where there is a file, a folder or a link, even a dangling one.
//! Tries what is atomic first: a hard link, then a rename that replaces nothing, then an exclusive create.

use std::ffi::OsStr;
use std::io;

use rustix::io::Errno;

use super::folder::Folder;
use super::temp::Temp;

/// `bytes` and `mode` are those of `temp`, for file systems on which it has to be written once more.
pub(super) fn place(mut temp: Temp<'_>, name: &OsStr, bytes: &[u8], mode: u32) -> io::Result<()> {
    match temp.link_as(name) {
        Err(errno) if not_here(errno) => {}
        done => return Ok(done?),
    }
    match temp.rename_new(name) {
        Err(errno) if not_here(errno) => {}
        done => return Ok(done?),
    }
    create_whole(temp.folder(), name, bytes, mode)
}

/// No hard links on FAT, no `RENAME_NOREPLACE` on old kernels and some network file systems.
fn not_here(errno: Errno) -> bool {
    [Errno::PERM, Errno::ACCESS, Errno::OPNOTSUPP, Errno::NOTSUP, Errno::NOSYS, Errno::INVAL, Errno::MLINK]
        .contains(&errno)
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

    /// The two ways that no test reaches through `place`, as every file system here has hard links.
    #[test]
    fn the_ways_without_hard_links_never_overwrite_either() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        fs::write(dir.path().join("taken"), "old").unwrap();
        symlink("nowhere", dir.path().join("dangling")).unwrap();
        for name in ["taken", "dangling"] {
            let mut temp = Temp::create_here(&folder, "temp".into()).unwrap();
            temp.fill(b"new", 0o600).unwrap();
            assert_eq!(temp.link_as(name.as_ref()).unwrap_err(), Errno::EXIST);
            assert_eq!(temp.rename_new(name.as_ref()).unwrap_err(), Errno::EXIST);
            let error = create_whole(&folder, name.as_ref(), b"new", 0o600).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(dir.path().join("taken")).unwrap(), b"old");
        assert!(!dir.path().join("nowhere").exists() && !dir.path().join("temp").exists());
    }

    #[test]
    fn the_ways_without_hard_links_make_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let mut temp = Temp::create_here(&folder, "temp".into()).unwrap();
        temp.fill(b"one", 0o644).unwrap();
        temp.rename_new("renamed".as_ref()).unwrap();
        drop(temp);
        create_whole(&folder, "created".as_ref(), b"two", 0o600).unwrap();
        let look = |name: &str| {
            let path = dir.path().join(name);
            (fs::read(&path).unwrap(), path.metadata().unwrap().mode() & 0o7777)
        };
        assert_eq!(look("renamed"), (b"one".to_vec(), 0o644));
        assert_eq!(look("created"), (b"two".to_vec(), 0o600));
        assert!(!dir.path().join("temp").exists());
    }
}
