//! Finds the `.spin.yml` if the command line does not name one.
//!
//! Promises: finds the nearest one, from the start folder upwards. Never looks above the root of the git repository or
//! the home folder: a file further up belongs to somebody else.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files;
use crate::git;
use crate::spin::config::layout::SPIN_FILE;

/// The file given on the command line, else the nearest one; relative to the working folder if it is below it.
///
/// # Errors
///
/// No file was found.
pub fn spin_file(named: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let here = files::retried(std::env::current_dir)
        .map_err(|error| Error::io("find", Path::new("the working folder"), &error))?;
    let found = find_spin_file(&here, home().as_deref())?;
    Ok(found.strip_prefix(&here).map(Path::to_owned).unwrap_or(found))
}

#[must_use]
pub fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

/// The folder from which `spin configure gha` uploads; `None` if the project has no `.infrastructure/`.
#[must_use]
pub fn ci_folder(project: &Path) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("SPIN_CI_FOLDER").filter(|folder| !folder.is_empty()) {
        return Some(project.join(folder));
    }
    files::may_be_dir(&project.join(".infrastructure")).then(|| project.join(".infrastructure/conf/ci"))
}

/// The `.spin.yml` in `start` or in its nearest parent, up to the git root or `home`.
///
/// # Errors
///
/// No file was found; the message names the folders searched.
pub fn find_spin_file(start: &Path, home: Option<&Path>) -> Result<PathBuf, Error> {
    let start = std::path::absolute(start).map_err(|error| files::failed("find the folder", start, &error))?;
    let real_home = home.and_then(|home| home.canonicalize().ok());
    let is_home = |folder: &Path| home == Some(folder) || real_home.as_deref() == Some(folder);

    let mut last = start.as_path();
    for folder in start.ancestors() {
        let candidate = folder.join(SPIN_FILE);
        // A dangling link counts, because searching further up would edit the wrong file. So does a file that cannot be
        // examined.
        if !git::is_absent(&candidate) {
            return Ok(candidate);
        }
        last = folder;
        if git::is_root(folder) || is_home(folder) {
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
