//! Where a file is, that need not be there.

use crate::error::Error;
use std::path::{Component, Path, PathBuf};

/// The absolute path of a file, without links but for the file itself. What is not there counts as written.
///
/// # Errors
/// There is no working folder.
pub(super) fn real_place(file: &Path) -> Result<PathBuf, Error> {
    let path = std::path::absolute(file).map_err(|error| Error::io("find", file, &error))?;
    let name = path.file_name().unwrap_or_default().to_owned();
    if let Some(folder) = path.parent().and_then(|folder| folder.canonicalize().ok()) {
        return Ok(folder.join(name));
    }
    let path = normalized(&path).unwrap_or(path);
    let there = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let Some((above, real)) = there else { return Ok(path) };
    Ok(path.strip_prefix(above).map_or_else(|_| path.clone(), |rest| real.join(rest)))
}

/// A path without `.` and `..`; `None` if it leads above its start.
pub(super) fn normalized(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            component => plain.push(component),
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_dots_stays_below_its_start() {
        let plain = |path: &str| normalized(Path::new(path));
        assert_eq!(plain("./a/../b/.spin.yml"), Some("b/.spin.yml".into()));
        assert_eq!((plain("../a"), plain("a/../../b")), (None, None));
    }
}
