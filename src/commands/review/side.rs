//! The two sides of a review: bytes from git or from the disk, opened where a password for them is there.

use crate::cli;
use crate::commands::sealed::{self, Plain, Search};
use crate::error::{Error, ErrorKind};
use crate::files::{self, MAX_BYTES};
use crate::git::{self, Repository, Revision};
use crate::ui::Ui;
use crate::vault;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What a file holds, wiped after use.
type Bytes = Zeroizing<Vec<u8>>;

/// What a side holds.
pub(super) enum Content {
    /// The file is not there.
    Missing,
    /// Its text.
    Text(Zeroizing<String>),
    /// Why its text cannot be told.
    Closed(String),
}

impl Content {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// One side of the change.
pub(super) struct Side {
    /// What it is, in words.
    pub(super) name: String,
    /// What it holds.
    pub(super) content: Content,
    /// It is encrypted.
    pub(super) is_encrypted: bool,
    /// By which changes show where the text cannot be told: of the plain text where there is one.
    pub(super) digest: Option<Vec<u8>>,
    /// Its bytes, which differ where the same text was encrypted anew.
    pub(super) raw: Option<Vec<u8>>,
    /// How many bytes it has.
    pub(super) size: usize,
    /// What is to be known of it.
    pub(super) notes: Vec<String>,
}

impl Side {
    /// A text that is at hand.
    pub(super) fn proposed(name: &str, plain: &[u8], is_encrypted: bool) -> Self {
        let (content, digest) = content(plain);
        let (raw, size, notes) = (Some(digest.clone()), plain.len(), Vec::new());
        Self { name: name.to_owned(), content, is_encrypted, digest: Some(digest), raw, size, notes }
    }
}

/// A plain text, and by what it is told apart.
fn content(plain: &[u8]) -> (Content, Vec<u8>) {
    let digest = Sha256::digest(plain).to_vec();
    match String::from_utf8(plain.to_vec()) {
        Ok(text) => (Content::Text(Zeroizing::new(text)), digest),
        Err(_) => (Content::Closed("it is not UTF-8 text".to_owned()), digest),
    }
}

/// Both sides, and the file that they are of.
///
/// # Errors
/// No such revision, no repository, what cannot be read at all.
pub(super) fn sides(
    args: &cli::Review,
    spin_file: impl FnOnce() -> Result<PathBuf, Error>,
    ui: &Ui,
) -> Result<(PathBuf, Side, Side), Error> {
    let is_file = |name: &Option<String>| name.as_deref().is_some_and(|name| Path::new(name).is_file());
    if is_file(&args.base) && (args.head.is_none() || is_file(&args.head)) && !args.staged {
        let base = PathBuf::from(args.base.clone().unwrap_or_default());
        let head = args.head.as_ref().map_or_else(spin_file, |head| Ok(PathBuf::from(head)))?;
        let open = |path: &Path, own: Option<&Path>| -> Result<Side, Error> {
            let bytes = files::read_limited(path, "file", MAX_BYTES)?;
            let opener = Opener { args, file: path, own, ui };
            opener.open(path.display().to_string(), Some(bytes))
        };
        let (before, after) = (open(&base, args.base_vault_password_file.as_deref())?, open(&head, None)?);
        return Ok((head, before, after));
    }
    revisions(args, spin_file, ui)
}

fn revisions(
    args: &cli::Review,
    spin_file: impl FnOnce() -> Result<PathBuf, Error>,
    ui: &Ui,
) -> Result<(PathBuf, Side, Side), Error> {
    // A file that only a revision has is not found on the disk: it is where it usually is.
    let file = match (spin_file(), &args.file.file) {
        (Ok(file), _) => file,
        (Err(_), Some(named)) => named.clone(),
        (Err(_), None) => PathBuf::from(files::SPIN_FILE),
    };
    let repository = Repository::around(&file)?;
    let head = match &args.head {
        Some(name) => Some(repository.revision(name)?),
        None => None,
    };
    let mut notes = Vec::new();
    let base = match &args.base {
        Some(name) => repository.revision(name)?,
        None => {
            let tip = repository.revision("HEAD")?;
            let base = repository.merge_base(&tip)?;
            if base.id == tip.id && repository.is_shallow() {
                notes.push(
                    "this clone has no history: compared with the commit that is checked out (in a workflow: fetch-depth: 0)"
                        .to_owned(),
                );
            }
            base
        }
    };
    let (name, bytes) = match &head {
        Some(head) => at(&repository, head)?,
        None if args.staged => ("what is staged".to_owned(), repository.staged()?),
        None => {
            notes.extend(untracked(&repository, &file));
            let is_there = file.symlink_metadata().is_ok();
            let bytes = is_there.then(|| files::read_limited(&file, "file", MAX_BYTES)).transpose()?;
            ("the work tree".to_owned(), bytes)
        }
    };
    let open = |own, name, bytes| Opener { args, file: &file, own, ui }.open(name, bytes);
    let (base_name, base_bytes) = at(&repository, &base)?;
    let before = open(args.base_vault_password_file.as_deref(), base_name, base_bytes)?;
    let mut after = open(None, name, bytes)?;
    after.notes = notes;
    Ok((repository.path().to_owned(), before, after))
}

/// The file at a revision, and what to call that side.
fn at(repository: &Repository, revision: &Revision) -> Result<(String, Option<Bytes>), Error> {
    let found = repository.file_at(revision)?;
    let former = found.as_ref().and_then(|found| found.former.as_ref());
    let name = former.map_or_else(|| revision.name.clone(), |path| format!("{} as {}", revision.name, path.display()));
    Ok((name, found.map(|found| found.bytes)))
}

/// What to do where no pull request will ever show the file.
fn untracked(repository: &Repository, file: &Path) -> Option<String> {
    if git::is_tracked(file) != Some(false) {
        return None;
    }
    let why = if repository.is_ignored() {
        "git ignores this file, as `spin init` sets it up"
    } else {
        "git does not track this file"
    };
    Some(format!(
        "{why}: no pull request shows it\nto have it reviewed, encrypt it and track it: spin vault encrypt .spin.yml; git add --force .spin.yml"
    ))
}

struct Opener<'o> {
    args: &'o cli::Review,
    file: &'o Path,
    /// The password file of this side alone.
    own: Option<&'o Path>,
    ui: &'o Ui,
}

impl Opener<'_> {
    fn open(&self, name: String, bytes: Option<Bytes>) -> Result<Side, Error> {
        let Some(bytes) = bytes else {
            let (content, notes) = (Content::Missing, Vec::new());
            return Ok(Side { name, content, is_encrypted: false, digest: None, raw: None, size: 0, notes });
        };
        let is_encrypted = vault::is_encrypted(&bytes);
        let (content, digest) = match self.plain(&bytes) {
            Ok(plain) => content(&plain),
            Err(error) if error.kind == ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let how = if is_encrypted { "it is encrypted, and cannot be opened here" } else { "it cannot be read" };
                (Content::Closed(format!("{how}: {}", error.message)), Sha256::digest(&bytes[..]).to_vec())
            }
        };
        let (raw, size, notes) = (Some(Sha256::digest(&bytes[..]).to_vec()), bytes.len(), Vec::new());
        Ok(Side { name, content, is_encrypted, digest: Some(digest), raw, size, notes })
    }

    /// The plain text, by the password of this side, else by the usual ones.
    fn plain(&self, bytes: &[u8]) -> Result<Bytes, Error> {
        let folder = self.file.canonicalize().ok().and_then(|real| real.parent().map(Path::to_owned));
        let folder = folder.unwrap_or_else(|| PathBuf::from("."));
        let usual = self.args.file.vault_password_file.as_deref();
        let open = |option: Option<&Path>| -> Result<Bytes, Error> {
            let search = Search { option, folder: &folder, may_prompt: self.ui.out_is_terminal() };
            match sealed::unseal(self.file, bytes, &search, self.ui)?.0 {
                Plain::AsItIs(bytes) => Ok(Zeroizing::new(bytes.to_vec())),
                Plain::Opened(plain) => Ok(plain),
            }
        };
        match self.own.map(|own| open(Some(own))) {
            Some(Ok(plain)) => Ok(plain),
            _ => open(usual),
        }
    }
}
