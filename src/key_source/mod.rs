//! The sources of keys: each returns candidates, and one function chooses.

mod candidate;
mod ci_folder;
mod default_pair;
mod generate;
mod holders;
mod own;
mod owner;
mod pair_paths;
mod path;
mod rotation;

pub use candidate::{Key, Loaded};
pub use generate::{NewKeyOptions, NewPair};
pub use holders::check_holders;
pub use own::{deploy_pair, key_in, own_keys};
pub use owner::KeyOwner;
pub use pair_paths::PairPaths;
pub use rotation::RotatedPairs;

use crate::error::Error;
use crate::escape::escape;
use crate::files;
use crate::key::KeyLine;
use crate::prompt;
use crate::ui::Ui;
use generate::Home;
use owner::refused;
use std::path::{Path, PathBuf};

pub enum KeySource {
    /// `--key`: a file, or `-` for standard input.
    Path(PathBuf),
    /// `--generate`: a new pair at this path.
    Generate(PathBuf),
    /// The default pair, which is created if it is missing.
    Default,
    /// The new pair of a rotation, which is created if it is missing.
    Next(PairPaths),
}

/// The key to add, from its source: loaded, or prepared to be created later.
///
/// # Errors
/// The source cannot be read or has no key that works, or there is no source for the passphrase of a new key.
pub fn choose(source: &KeySource, options: &NewKeyOptions, owner: &KeyOwner<'_>, ui: &Ui) -> Result<Key, Error> {
    if let KeySource::Path(path) | KeySource::Generate(path) = source
        && default_pair::is_in_ssh_folder(path, owner)
    {
        default_pair::refuse_loose(path, owner)?;
    }
    match source {
        KeySource::Path(path) => {
            let path::Found { keys, from, is_locked } = path::candidates(path, options.comment.is_some(), owner)?;
            let line = pick(&from, keys)?;
            ui.detail(&format!("using the key from {from}"));
            // An interrupted run of this program left the private key without its public key; else that is intentional.
            let lacks_public = Some(path.clone()).filter(|path| files::unfinished_public(path).is_some());
            let found = Loaded { listed: line.clone(), line, from, is_default: false, lacks_public, is_locked };
            loaded(found, path, options, owner)
        }
        KeySource::Generate(path) => Ok(Key::New(Box::new(NewPair::prepare(path, Home::Named, options, owner)?))),
        KeySource::Default => {
            let (path, in_ci) = default_pair::place(owner)?;
            default_pair::name_desktop(&path, owner, ui);
            if in_ci {
                ci_folder::check(&path, ui)?;
            } else {
                default_pair::refuse_loose(&path, owner)?;
            }
            if let Some(found) = default_pair::load(&path, in_ci, options.comment.is_some(), owner)? {
                ui.detail(&format!("using the key {}", found.from));
                return loaded(found, &path, options, owner);
            }
            if owner.user.is_some() {
                default_pair::name_others(&path, ui);
            }
            let home = if in_ci { Home::Ci } else { Home::Own };
            Ok(Key::New(Box::new(NewPair::prepare(&path, home, options, owner)?)))
        }
        KeySource::Next(paths) => {
            paths.check(owner, ui)?;
            let (path, in_ci) = (&paths.new, paths.in_ci);
            match default_pair::load(path, in_ci, options.comment.is_some(), owner)? {
                Some(found) => loaded(found, path, options, owner),
                None => {
                    let home = if in_ci { Home::BesideCi } else { Home::OwnNext };
                    Ok(Key::New(Box::new(NewPair::prepare(path, home, options, owner)?)))
                }
            }
        }
    }
}

fn loaded(found: Loaded, path: &Path, options: &NewKeyOptions, owner: &KeyOwner<'_>) -> Result<Key, Error> {
    if found.lacks_public.is_none() && !owner.dry {
        // Leftovers of a killed run beside a complete pair are harmless, so a failure is ignored.
        files::remove_leftovers(path).ok();
    }
    let line = match &options.comment {
        Some(comment) => found.line.with_comment(comment).map_err(|error| refused("--comment", None, &error))?,
        None => found.line,
    };
    let listed = options.listed(line.clone(), &found.from)?;
    Ok(Key::Loaded(Box::new(Loaded { line, listed, ..found })))
}

/// The only key, or the one the user chooses.
fn pick(from: &str, mut candidates: Vec<KeyLine>) -> Result<KeyLine, Error> {
    if candidates.len() == 1 {
        return Ok(candidates.remove(0));
    }
    let shown = |key: &KeyLine| format!("{} {} {}", key.fingerprint(), key.kind(), escape(key.comment()));
    let list: Vec<String> = candidates.iter().map(shown).collect();
    let chosen = prompt::choose(&format!("{from} contains {} keys: which one?", list.len()), &list)?;
    Ok(candidates.swap_remove(chosen))
}

/// Writes the `.pub` of a pair if it is missing.
///
/// # Errors
/// The file cannot be written.
pub fn write_missing_public(key: &Key, ui: &Ui) -> Result<(), Error> {
    if let Key::Loaded(loaded) = key
        && let Loaded { line, lacks_public: Some(path), .. } = &**loaded
    {
        files::write_public(path, &line.to_line())?;
        ui.note(&format!("wrote the missing {}", files::public_path(path).display()));
    }
    Ok(())
}
