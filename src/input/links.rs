//! Symbolic links on the way to a file: where they lead, and which are not followed.
//!
//! A branch can bring a link, but not what lies behind it. In CI, where branches of others are looked at, a link in a
//! repository that leads out of it is refused: it would show, or change, a file of the machine.

use crate::error::Error;
use crate::files;
use crate::git;
use crate::ui::in_ci;
use std::path::{Component, Path, PathBuf};

/// A link in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Its path, without other links.
    pub(crate) at: PathBuf,
    /// Where it leads to in the end.
    pub(crate) to: PathBuf,
}

/// The links on the way to a path, from the top. A link that leads nowhere is the last.
#[must_use]
pub(crate) fn links(path: &Path) -> Vec<Link> {
    let mut found = Vec::new();
    let Ok(path) = std::path::absolute(path) else { return found };
    let mut real = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                real.pop();
                continue;
            }
            component => real.push(component),
        }
        if let Ok(text) = files::retried(|| real.read_link()) {
            let to = files::retried(|| real.canonicalize());
            let is_there = to.is_ok();
            let to = to.unwrap_or_else(|_| real.with_file_name(text));
            found.push(Link { at: std::mem::replace(&mut real, to.clone()), to });
            if !is_there {
                break;
            }
        }
    }
    found
}

impl Link {
    /// The root of the repository in which the link lies, if it leads out of it, or to what git keeps there.
    fn left(&self) -> Option<PathBuf> {
        let root = git::root(self.at.parent()?)?;
        let is_inside = self.to.starts_with(&root) && !self.to.starts_with(root.join(".git"));
        (!is_inside).then_some(root)
    }
}

/// Refuses, in CI, a path through a link that leads out of its repository.
///
/// # Errors
/// There is such a link.
pub(crate) fn refuse_links_out(path: &Path) -> Result<(), Error> {
    if !in_ci() {
        return Ok(());
    }
    let Some((root, link)) = links(path).into_iter().find_map(|link| Some((link.left()?, link))) else {
        return Ok(());
    };
    let (at, to, root) = (link.at.display(), link.to.display(), root.display());
    Err(Error::new(format!("{at} is a link to {to}, which is not among the files of the repository {root}"))
        .hint("in CI such a link is not followed: commit the file itself, or name it without the link"))
}

/// Where a file is, if its name is a link, or a folder on the way to it is a link in a repository.
#[must_use]
pub(crate) fn leads_to(path: &Path) -> Option<PathBuf> {
    let is_link = path.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    let in_repository = |link: &Link| link.at.parent().and_then(git::root).is_some();
    let counts = is_link || links(path).iter().any(in_repository);
    counts.then(|| files::retried(|| path.canonicalize()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn each_link_on_the_way_is_found_with_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let at = |name: &str| root.join(name);
        files::ensure_dir(&at("real/deep"), 0o755).unwrap();
        symlink("real", at("one")).unwrap();
        symlink("../one/deep", at("real/two")).unwrap();
        symlink("nowhere", at("real/deep/gone")).unwrap();
        assert_eq!(links(&at("real/deep/x")), []);
        let expected = [
            Link { at: at("one"), to: at("real") },
            Link { at: at("real/two"), to: at("real/deep") },
            Link { at: at("real/deep/gone"), to: at("real/deep/nowhere") },
        ];
        assert_eq!(links(&at("one/two/gone")), expected);
        assert_eq!(links(&at("one/../one/deep")), [expected[0].clone(), expected[0].clone()]);
    }
}
