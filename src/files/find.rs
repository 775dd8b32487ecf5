//! Finds the `.spin.yml` a command means when none is named.
//!
//! Promises: the nearest one, from the start folder upwards. Never looks above the root of the git repository nor
//! above the home folder: a file further up belongs to somebody else.

use std::io;
use std::path::{Path, PathBuf};

use super::retried;
use crate::error::Error;

/// The name of the file that holds who may log in.
pub const SPIN_FILE: &str = ".spin.yml";

/// The `.spin.yml` in `start` or in its nearest parent, up to the git root or `home`.
///
/// # Errors
///
/// There is none; the message says where it was looked for.
pub fn find_spin_file(start: &Path, home: Option<&Path>) -> Result<PathBuf, Error> {
    let start = std::path::absolute(start).map_err(|error| super::failed("find the folder", start, &error))?;
    let real_home = home.and_then(|home| home.canonicalize().ok());
    let is_home = |folder: &Path| home == Some(folder) || real_home.as_deref() == Some(folder);

    let mut last = start.as_path();
    for folder in start.ancestors() {
        let candidate = folder.join(SPIN_FILE);
        // A dangling link counts: to look further up would edit another file than the one that is meant.
        // So does one that cannot be looked at.
        if !is_absent(&candidate) {
            return Ok(candidate);
        }
        last = folder;
        if is_git_root(folder) || is_home(folder) {
            break;
        }
    }
    Err(not_found(&start, last))
}

fn not_found(start: &Path, last: &Path) -> Error {
    let looked = if start == last {
        format!("in {}", start.display())
    } else {
        format!("in {} and its parents up to {}", start.display(), last.display())
    };
    Error::new(format!("there is no {SPIN_FILE} {looked}"))
        .hint("name the file with --file PATH")
        .hint("`spin init` keeps it out of git: ask a colleague for a copy, or make a new one with `spin init`")
}

/// The nearest folder, from `path` upwards, that has a `.git` (a folder, or the file of a worktree or submodule).
#[must_use]
pub fn git_root(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().find(|folder| is_git_root(folder)).map(Path::to_owned)
}

fn is_git_root(folder: &Path) -> bool {
    !is_absent(&folder.join(".git"))
}

/// Nothing has that name, as far as the system says so: a disk that fails says something else.
fn is_absent(path: &Path) -> bool {
    retried(|| path.symlink_metadata()).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}
