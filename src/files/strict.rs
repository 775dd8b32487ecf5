//! Who else may write to a path, by the rule of sshd's `StrictModes`: it belongs to root or to the user, and neither the group
//! nor others may write to it.

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::retried;
use crate::shell;

/// The bits that let group and others write.
const WRITABLE: u32 = 0o022;

/// A path that other users may change. `Display` says why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Loose {
    path: PathBuf,
    /// The user to whom it belongs, if that is neither this one nor root.
    owner: Option<u32>,
    mode: u32,
}

impl Loose {
    /// What is done about it.
    pub(crate) fn remedy(&self) -> String {
        let path = self.path.display().to_string();
        let path = shell::word(&path);
        match self.owner {
            Some(_) => format!("run this as the user to whom it belongs, or see why it does: ls -ld {path}"),
            None => format!("take that right away: chmod go-w {path}"),
        }
    }
}

impl fmt::Display for Loose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.owner {
            Some(owner) => write!(f, "{path} belongs to user {owner}"),
            None => write!(f, "other users may write to {path} (mode {:04o})", self.mode),
        }
    }
}

/// The first of these that other users may change. What is not there cannot be changed; a link counts as its target.
pub(crate) fn first_loose<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Option<Loose> {
    let me = rustix::process::geteuid().as_raw();
    paths.into_iter().find_map(|path| {
        let meta = retried(|| path.metadata()).ok()?;
        let (owner, mode) = (meta.uid(), meta.mode() & 0o7777);
        let owner = Some(owner).filter(|owner| *owner != 0 && *owner != me);
        (owner.is_some() || mode & WRITABLE != 0).then(|| Loose { path: path.to_owned(), owner, mode })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn only_the_owner_may_write() {
        let folder = tempfile::tempdir().unwrap();
        let (path, missing) = (folder.path(), folder.path().join("missing"));
        for (mode, is_loose) in [(0o700, false), (0o755, false), (0o775, true), (0o757, true), (0o1777, true)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            let loose = first_loose([missing.as_path(), path]);
            assert_eq!(loose.as_ref().map(|loose| loose.mode), is_loose.then_some(mode), "{mode:o}");
        }
        assert_eq!(first_loose([Path::new("/")]), None, "it belongs to root");
    }
}
