//! Renames pairs of keys: the one in use gets another name, and the new one its name.
//!
//! Promises: nothing is ever replaced; a private key is whole under one name or another after each step; a run that is
//! killed in between is finished by the next one, which does what is left.

use super::create::public_path;
use super::folder::Folder;
use super::lock::{FolderLock, Wait};
use super::retried;
use crate::error::{Error, ErrorKind};
use crate::signals;
use rustix::fs::{AtFlags, RenameFlags};
use std::ffi::OsString;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The private keys, by their paths. The public halves lie beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Swap {
    /// The name of the pair that is in use.
    pub(crate) current: PathBuf,
    /// That of the new pair, until it is in use.
    pub(crate) new: PathBuf,
    /// That of the old pair from then on.
    pub(crate) old: PathBuf,
}

impl Swap {
    /// Does what is left to do. No signal ends the program in between.
    ///
    /// # Errors
    /// A name is taken, or the system refuses. Of kind [`PartlyDone`](ErrorKind::PartlyDone).
    pub(crate) fn carry_out(&self) -> Result<(), Error> {
        let [current, new] =
            [&self.current, &self.new].map(|path| Folder::open(path.parent().unwrap_or(Path::new(""))));
        let (current, new) = (current?, new?);
        let _first = FolderLock::take(&current, Wait::default(), &mut |_| {})?;
        let _second = FolderLock::take(&new, Wait::default(), &mut |_| {})?;
        let critical = signals::critical();
        self.steps().map_err(|error| {
            error.with_kind(ErrorKind::PartlyDone).note("no key was lost: run this again when that is settled")
        })?;
        critical.committed();
        Ok(())
    }

    /// As long as the new private key has its first name, what has the name in use is the old pair.
    fn steps(&self) -> Result<(), Error> {
        let Self { current, new, old } = self;
        if is_same(new, current) {
            unlink(new)?;
        }
        if is_there(new) {
            move_new(current, old)?;
            move_new(&public_path(current), &public_path(old))?;
            move_new(new, current)?;
        }
        move_new(&public_path(new), &public_path(current))
    }
}

/// Whether something has this name, be it a dangling link.
pub(crate) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether both names are those of one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| path.symlink_metadata().ok().map(|meta| (meta.dev(), meta.ino()));
    id(one).is_some_and(|one| Some(one) == id(other))
}

/// Gives a file, if it is there, another name, in this folder or another one, where nothing has it.
fn move_new(from: &Path, to: &Path) -> Result<(), Error> {
    if !is_there(from) {
        return Ok(());
    }
    if is_same(from, to) {
        return unlink(from);
    }
    let ((there, name), (here, new)) = (place(from)?, place(to)?);
    let flags = RenameFlags::NOREPLACE;
    let renamed = retried(|| Ok(rustix::fs::renameat_with(there.file(), &name, here.file(), &new, flags)?));
    let moved = match renamed {
        Err(error) if super::persist_new::is_unsupported(&error) => {
            retried(|| Ok(rustix::fs::linkat(there.file(), &name, here.file(), &new, AtFlags::empty())?))
                .and_then(|()| here.sync())
                .and_then(|()| there.unlink(&name))
        }
        done => done,
    };
    // A network file system may do it, lose the answer, and fail when it is asked again.
    let moved = moved.or_else(|error| if is_there(from) { Err(error) } else { Ok(()) });
    moved.and_then(|()| here.sync()).and_then(|()| there.sync()).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::new(format!("{} exists already: it is never overwritten", to.display())).hint("move it away")
        }
        io::ErrorKind::CrossesDevices => super::failed("rename", from, &error)
            .hint(format!("it belongs to {}, on another file system: move it by hand", to.display())),
        _ => super::failed("rename", from, &error),
    })
}

fn unlink(path: &Path) -> Result<(), Error> {
    let (folder, name) = place(path)?;
    folder.unlink(&name).and_then(|()| folder.sync()).map_err(|error| super::failed("rename", path, &error))
}

fn place(path: &Path) -> Result<(Folder, OsString), Error> {
    let folder = Folder::open(path.parent().unwrap_or(Path::new("")))?;
    Ok((folder, path.file_name().unwrap_or_default().to_owned()))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test looks at its own files")]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fs;

    fn swap_in(root: &Path, elsewhere: &str) -> Swap {
        let beside = root.join(elsewhere);
        fs::create_dir_all(&beside).unwrap();
        Swap { current: root.join("id"), new: beside.join("id.new"), old: beside.join("id.old") }
    }

    fn look(root: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for folder in [root.to_owned(), root.join("beside")] {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let name = path.strip_prefix(root).unwrap().display().to_string();
                    found.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        found
    }

    /// Each step alone, as a run that is killed after it leaves them, then the whole.
    #[test]
    fn from_every_step_the_next_run_goes_on() {
        for elsewhere in ["", "beside"] {
            let path = |name: &str| if elsewhere.is_empty() { name.to_owned() } else { format!("{elsewhere}/{name}") };
            for steps in 0..=8 {
                let dir = tempfile::tempdir().unwrap();
                let swap = swap_in(dir.path(), elsewhere);
                let at = |name: &str| dir.path().join(name);
                for (name, text) in
                    [("id", "old"), ("id.pub", "old pub"), (&path("id.new"), "new"), (&path("id.new.pub"), "new pub")]
                {
                    fs::write(at(name), text).unwrap();
                }
                // As a rename, or as a link and the removal of the first name.
                let moves = [
                    ("id".to_owned(), path("id.old")),
                    ("id.pub".to_owned(), path("id.old.pub")),
                    (path("id.new"), "id".to_owned()),
                    (path("id.new.pub"), "id.pub".to_owned()),
                ];
                for step in 0..steps {
                    let (from, to) = &moves[step / 2];
                    match step % 2 {
                        0 => fs::hard_link(at(from), at(to)).unwrap(),
                        _ => fs::remove_file(at(from)).unwrap(),
                    }
                }
                swap.carry_out().unwrap();
                let expected = [
                    ("id".to_owned(), "new"),
                    ("id.pub".to_owned(), "new pub"),
                    (path("id.old"), "old"),
                    (path("id.old.pub"), "old pub"),
                ];
                let expected: BTreeMap<_, _> =
                    expected.into_iter().map(|(name, text)| (name, text.to_owned())).collect();
                assert_eq!(look(dir.path()), expected, "{elsewhere} after {steps} steps");
                swap.carry_out().unwrap();
                assert_eq!(look(dir.path()), expected, "a second time");
            }
        }
    }

    #[test]
    fn nothing_is_ever_replaced() {
        for taken in ["id.old", "id.old.pub"] {
            let dir = tempfile::tempdir().unwrap();
            let swap = swap_in(dir.path(), "");
            for name in ["id", "id.pub", "id.new", "id.new.pub", taken] {
                fs::write(dir.path().join(name), name).unwrap();
            }
            let error = swap.carry_out().unwrap_err();
            assert!(error.message.contains("is never overwritten") && error.kind == ErrorKind::PartlyDone, "{error}");
            assert_eq!(look(dir.path()).len(), 5);
            assert_eq!(fs::read_to_string(dir.path().join(taken)).unwrap(), taken);
            fs::remove_file(dir.path().join(taken)).unwrap();
            swap.carry_out().unwrap();
            assert_eq!(look(dir.path())["id"], "id.new");
        }
    }
}
