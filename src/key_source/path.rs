//! `--key PATH|-`: the keys in a file or on standard input.

use super::owner::{KeyOwner, only_the_comment, refused, with_own_comment};
use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES};
use crate::key::{KeyLine, Source, read_public_only, read_source, read_without_comments};
use crate::prompt;
use std::path::{Path, PathBuf};

const KEY_FILE: &str = "key file";

/// What a file or standard input holds.
pub(super) struct Found {
    pub(super) keys: Vec<KeyLine>,
    /// Its name, for messages.
    pub(super) from: String,
    /// It is a private key with a passphrase.
    pub(super) is_locked: bool,
}

/// The keys in a file. `replaces_comment` where their comments do not count.
///
/// # Errors
/// The file cannot be read, or has no key that works.
pub(super) fn candidates(path: &Path, replaces_comment: bool, owner: &KeyOwner<'_>) -> Result<Found, Error> {
    let file = Some(path).filter(|path| *path != Path::new("-"));
    let (bytes, from) = match file {
        None => (prompt::read_stdin(MAX_KEY_BYTES)?, "standard input".to_owned()),
        Some(path) => {
            files::refuse_pipe(path, KEY_FILE, "pass the key on standard input, and - in place of the path")?;
            (files::read_limited(path, KEY_FILE, MAX_KEY_BYTES)?, path.display().to_string())
        }
    };
    let is_public = path.extension().is_some_and(|extension| extension == "pub");
    let source = if is_public { read_public_only(&bytes).map(Source::Public) } else { read_source(&bytes) };
    let source = match source {
        Err(error) => match read_without_comments(&bytes) {
            Ok(candidates) if replaces_comment => Source::Public(candidates),
            Ok(_) => return Err(only_the_comment(&from, &error)),
            Err(_) => return Err(refused(&from, file, &error)),
        },
        Ok(source) => source,
    };
    let mut is_locked = false;
    let keys = match source {
        Source::Public(candidates) => candidates.into_iter().map(|candidate| candidate.key).collect(),
        Source::Private(info) => {
            is_locked = info.encrypted;
            let read = |path: PathBuf| one_of(&files::read_limited(&path, "public key", MAX_KEY_BYTES).ok()?);
            let beside = read(files::public_path(path)).or_else(|| read(files::unfinished_public(path)?));
            match beside.filter(|line| line.material() == info.key.material()) {
                Some(line) => vec![line],
                None => vec![with_own_comment(info, owner)?],
            }
        }
    };
    Ok(Found { keys, from, is_locked })
}

fn one_of(bytes: &[u8]) -> Option<KeyLine> {
    let mut candidates = read_public_only(bytes).ok()?;
    if candidates.len() == 1 { candidates.pop().map(|candidate| candidate.key) } else { None }
}
