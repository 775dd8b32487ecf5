//! The pairs of a rotation on this machine: the one in use, the new one (`id_ed25519.new`), and old ones
//! (`id_ed25519.old-2027-01-31`).
//!
//! They lie beside each other, so that each gets its name by a rename. From the CI folder every file without a dot is
//! uploaded, and no backup belongs there: the others lie in a folder beside it (`conf/ci-rotation`), which only its owner can
//! enter, and which is on the same file system.

use super::ci_folder;
use super::default_pair::{self, place};
use super::owner::KeyOwner;
use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES, Swap, is_same, is_there};
use crate::key::{Source, read_source};
use crate::spin::plan::rotate::Pairs;
use crate::ui::Ui;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where the pairs are, by the paths of their private keys.
#[derive(Debug, Clone)]
pub struct PairPaths {
    /// The default pair.
    pub current: PathBuf,
    pub new: PathBuf,
    /// `spin configure gha` uploads the default pair.
    pub in_ci: bool,
}

impl PairPaths {
    /// Refuses a new public key without its private one, which nobody could log in with.
    ///
    /// # Errors
    /// It is there.
    pub(super) fn refuse_lone_public(&self) -> Result<(), Error> {
        let public = files::public_path(&self.new);
        if self.new.symlink_metadata().is_ok() || public.symlink_metadata().is_err() {
            return Ok(());
        }
        Err(Error::new(format!("{} is there without its private key", public.display()))
            .hint("move it away for a new pair, or name the key with --key"))
    }

    /// # Errors
    /// There is no home folder.
    pub fn of(owner: &KeyOwner<'_>) -> Result<Self, Error> {
        let (current, in_ci) = place(owner)?;
        let folder = current.parent().unwrap_or(Path::new(""));
        let beside = if in_ci { folder.with_file_name(with(folder, "-rotation")) } else { folder.to_owned() };
        let new = beside.join(with(&current, ".new"));
        Ok(Self { current, new, in_ci })
    }

    /// Refuses pairs that others may have put there.
    ///
    /// # Errors
    /// As for the default pair.
    pub(super) fn check(&self, owner: &KeyOwner<'_>, ui: &Ui) -> Result<(), Error> {
        [&self.current, &self.new].into_iter().try_for_each(|path| match self.in_ci {
            true => ci_folder::check(path, ui),
            false => default_pair::refuse_loose(path, owner),
        })
    }

    /// The private keys that were replaced, the last one last.
    pub(super) fn replaced(&self) -> Vec<PathBuf> {
        let start = with(&self.current, ".old-");
        let entries = self.new.parent().and_then(|folder| folder.read_dir().ok()).into_iter().flatten();
        let is_old = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            name.starts_with(start.as_encoded_bytes()) && !name.ends_with(b".pub")
        };
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(is_old);
        // A rename changes this time, and nothing else here does.
        let changed = |path: &PathBuf| path.symlink_metadata().and_then(|meta| meta.modified()).ok();
        let mut found: Vec<PathBuf> = paths.collect();
        found.sort_by_key(|path| (changed(path), path.clone()));
        found
    }

    pub(super) fn pairs(&self) -> Pairs {
        let (current, new) = (files::public_path(&self.current), files::public_path(&self.new));
        match (is_there(&self.new), is_there(&self.current)) {
            (true, true) if is_same(&self.new, &self.current) => Pairs::Halfway,
            (true, _) if self.half_renamed().is_some() => Pairs::Halfway,
            // Its public half is the last to be renamed.
            (false, true) if is_there(&new) && (!is_there(&current) || is_same(&new, &current)) => Pairs::Halfway,
            (has_new, _) if has_new || is_there(&new) => Pairs::Two,
            _ if self.replaced().is_empty() => Pairs::One,
            _ => Pairs::Renamed,
        }
    }

    /// The old private key that a run renamed, if its public half is still to be, or the new pair.
    fn half_renamed(&self) -> Option<PathBuf> {
        let replaced = self.replaced();
        let linked = replaced.iter().find(|old| is_same(old, &self.current));
        let last = replaced.last().filter(|old| !is_there(&self.current) && self.is_of_current(old));
        linked.or(last).cloned()
    }

    /// Whether the public half that still has the name of the pair in use, if there is one, belongs to this private key.
    fn is_of_current(&self, old: &Path) -> bool {
        let public = files::public_path(&self.current);
        match (material(&public), material(old)) {
            _ if !is_there(&public) => true,
            (Some(public), Some(old)) => public == old,
            // A private key that cannot be read without its passphrase.
            _ => !is_there(&files::public_path(old)),
        }
    }

    /// The renames that finish the rotation. `day`: the name of the old pair ends with it.
    pub(super) fn swap(&self, day: &str) -> Swap {
        let old = self.half_renamed().unwrap_or_else(|| {
            let name = |end: &str| self.new.with_file_name(with(&self.current, &format!(".old-{day}{end}")));
            let is_free = |path: &PathBuf| !is_there(path) && !is_there(&files::public_path(path));
            let more = (2..).map(|number| name(&format!("-{number}")));
            std::iter::once(name("")).chain(more).find(is_free).unwrap_or_default()
        });
        Swap { current: self.current.clone(), new: self.new.clone(), old }
    }
}

/// The decoded blob of the key in a file, if it can be read.
fn material(path: &Path) -> Option<Vec<u8>> {
    let bytes = files::read_limited(path, "key file", MAX_KEY_BYTES).ok()?;
    match read_source(&bytes).ok()? {
        Source::Private(info) => Some(info.key.material().to_vec()),
        Source::Public(keys) => keys.first().map(|found| found.key.material().to_vec()),
    }
}

fn with(path: &Path, end: &str) -> OsString {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(end);
    name
}
