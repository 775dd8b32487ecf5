//! Whether `man` finds pages in a folder, as man-db and the `man` of macOS look for them.

use crate::shell;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where it looks whatever PATH is.
const ALWAYS: [&str; 3] = ["/usr/share/man", "/usr/local/share/man", "/usr/man"];

/// What to do where `man` does not look for the pages of this folder.
pub(super) fn advice(folder: &Path) -> Option<String> {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let first = real.join("spin-keys.1").display().to_string();
    if real.file_name() != Some(OsStr::new("man1")) {
        return Some(format!(
            "`man` finds pages of commands in folders named man1 alone; to read one of these: man {}",
            shell::word(&first)
        ));
    }
    let root = real.parent()?;
    let (path, manpath) = (env::var_os("PATH").unwrap_or_default(), env::var_os("MANPATH"));
    (!is_searched(root, &path, manpath.as_deref())).then(|| {
        let bin = root.ends_with("share/man").then(|| root.ancestors().nth(2)).flatten();
        let bin = bin.map(|prefix| format!("put {} into PATH, or ", prefix.join("bin").display())).unwrap_or_default();
        let variable = format!("{}:", root.display());
        format!("`man` does not look in {} yet: {bin}export MANPATH={}", root.display(), shell::word(&variable))
    })
}

/// Whether `man` looks in a folder that holds a `man1`: one of MANPATH, or one beside or below a folder of PATH. An empty
/// part of MANPATH stands for the usual ones.
fn is_searched(root: &Path, path: &OsStr, manpath: Option<&OsStr>) -> bool {
    let real = |path: PathBuf| path.canonicalize().unwrap_or(path);
    let manpath: Vec<PathBuf> = manpath.into_iter().filter(|set| !set.is_empty()).flat_map(env::split_paths).collect();
    if manpath.iter().any(|part| real(part.clone()) == root) {
        return true;
    }
    let has_usual = manpath.is_empty() || manpath.iter().any(|part| part.as_os_str().is_empty());
    let of_bin = |bin: PathBuf| {
        let around = [bin.parent().map(Path::to_owned), Some(bin)];
        around.into_iter().flatten().any(|at| ["man", "share/man"].into_iter().any(|man| real(at.join(man)) == root))
    };
    has_usual && (ALWAYS.iter().any(|always| root == Path::new(always)) || env::split_paths(path).any(of_bin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn man_looks_beside_the_folders_of_path_and_where_it_is_told() {
        let looks = |root: &str, path: &str, manpath: Option<&str>| {
            is_searched(Path::new(root), OsStr::new(path), manpath.map(OsStr::new))
        };
        let own = "/nowhere/.local/share/man";
        assert!(looks(own, "/usr/bin:/nowhere/.local/bin", None));
        assert!(looks("/nowhere/man", "/nowhere/bin", Some("")));
        assert!(looks("/usr/local/share/man", "", None));
        assert!(!looks(own, "/usr/bin:/bin", None));
        for (manpath, path, expected) in [
            (own, "", true),
            ("/elsewhere:/nowhere/.local/share/man:", "", true),
            ("/elsewhere:", "/nowhere/.local/bin", true),
            ("/elsewhere", "/nowhere/.local/bin", false),
        ] {
            assert_eq!(looks(own, path, Some(manpath)), expected, "{manpath} {path}");
        }
    }
}
