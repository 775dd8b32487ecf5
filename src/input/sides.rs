//! The two sides of a review: read from git or from the disk, decrypted if there is a password, and compared.

use super::around;
use super::discover::spin_file;
use super::names::{Names, names};
use super::password::FILE_NAME;
use super::repository::{Repository, Revision};
use super::side::{Content, Read, Side, Tracked, document};
use super::{Opener, RawFile, at_revision, disk, staged};
use crate::check::Context;
use crate::check::analysis::Analysis;
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::report::Comparison;
use crate::review;
use crate::shell;
use crate::spin::config::layout::SPIN_FILE;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// What to compare.
pub struct Sides<'s> {
    /// A revision, a range of them, or a file that no revision is named like.
    pub base: Option<&'s str>,
    pub head: Option<&'s str>,
    /// `--files`
    pub files: Option<(&'s Path, &'s Path)>,
    /// The head is the index.
    pub is_staged: bool,
    /// `--file`
    pub file: Option<&'s Path>,
    /// The password file of the base only.
    pub base_password: Option<&'s Path>,
    pub opener: Opener<'s>,
}

struct Pair {
    /// The file, from the root of its repository.
    file: PathBuf,
    base: Side,
    head: Side,
    /// The file on the disk, if the head is there.
    on_disk: Option<PathBuf>,
    notes: Vec<String>,
}

/// Reads, decrypts and compares the two sides at the time `now`, in seconds since 1970.
///
/// # Errors
/// There is no such revision or no repository, something cannot be read, or neither side has the file.
pub fn compare(sides: &Sides<'_>, now: u64) -> Result<Comparison, Error> {
    let Pair { file, base, head, on_disk, mut notes } = sides.read()?;
    if let (Content::Missing, Content::Missing) = (&base.content, &head.content) {
        return Err(Error::new(format!("{} is not in {} and not in {}", file.display(), base.name, head.name))
            .hint("name the file with --file, or name two revisions that have it"));
    }
    let (before, after) = (document(&base.content), document(&head.content));
    let around = |side: &Side, document| side.around(on_disk.as_deref(), document);
    let repository = {
        let [had, has] = [&before, &after].map(|document| document.as_ref().ok().and_then(Option::as_ref));
        around::findings(&file, &around(&base, had), &around(&head, has))
    };
    let review = match (&base.content, &head.content) {
        (Content::Closed(reason), _) => {
            let help = if is_password_changed(&base, &head) { OLD_PASSWORD } else { "" };
            Err(format!("{}: {reason}; {}{help}", base.name, seen(&base, &head)))
        }
        (_, Content::Closed(reason)) => Err(format!("{}: {reason}; {}", head.name, seen(&base, &head))),
        _ => compared(before, after, now),
    };
    if let Content::Missing = base.content {
        notes.push(format!("new file: not in {}", base.name));
    }
    if let Content::Missing = head.content {
        notes.push(format!("deleted file: not in {}", head.name));
    }
    Ok(Comparison {
        file,
        base: base.name,
        head: head.name,
        encrypted: (base.is_encrypted, head.is_encrypted),
        is_changed: base.digest != head.digest,
        is_reencrypted: base.digest == head.digest && base.raw_digest != head.raw_digest,
        repository,
        review,
        notes,
    })
}

const OLD_PASSWORD: &str = "; if the password was changed, name the old one: --base-vault-password-file PATH";

/// The base before the first commit.
const NO_COMMIT: &str = "a repository without a commit";

/// Whether a password opens the head, and not the base.
fn is_password_changed(base: &Side, head: &Side) -> bool {
    base.is_encrypted && head.is_encrypted && matches!(head.content, Content::Open(_))
}

/// What is known of a change without its text.
fn seen(base: &Side, head: &Side) -> String {
    let how = |side: &Side| if side.is_encrypted { "encrypted" } else { "plain text" };
    format!("known without it: {}, {} bytes before; {}, {} bytes after", how(base), base.size, how(head), head.size)
}

fn compared(before: Read<'_>, after: Read<'_>, now: u64) -> Result<review::Review, String> {
    let before = before.map_err(|why| format!("the file before the change cannot be read: {why}"))?;
    let after = after.map_err(|why| format!("the file after the change cannot be read: {why}"))?;
    let context = Context::at(now);
    let before = before.as_ref().map(|document| Analysis::of_base(document, &context));
    let after = after.as_ref().map(|document| Analysis::of(document, &context));
    Ok(review::compare(before.as_ref(), after.as_ref()))
}

impl Sides<'_> {
    fn read(&self) -> Result<Pair, Error> {
        let files = self.files.into_iter().flat_map(|(old, new)| [old, new]).chain(self.file);
        if files.chain([self.base, self.head].into_iter().flatten().map(Path::new)).any(|path| path == Path::new("-")) {
            return Err(Error::new("`review` compares two states of a file, and - is standard input, which has one")
                .hint("write it to a file, and compare two files: spin-keys review --files OLD NEW"));
        }
        if let Some((old, new)) = self.files {
            return self.two_files(old, new);
        }
        // If only a revision has the file, it is not on the disk: assume its usual place.
        let file = match (spin_file(self.file), self.file) {
            (Ok(file), _) => file,
            (Err(_), Some(named)) => named.to_owned(),
            (Err(_), None) => PathBuf::from(SPIN_FILE),
        };
        match names(self.base, self.head, &file)? {
            Names::Files(old, new) => {
                if self.is_staged {
                    return Err(Error::new(format!("{} is a file, and --staged compares revisions", old.display()))
                        .hint("name a revision, or omit --staged"));
                }
                let new = new.map_or_else(|| self.other_than(&old), Ok)?;
                self.two_files(&old, &new)
            }
            Names::Revisions { head: Some(_), .. } if self.is_staged => {
                Err(Error::new("a range names both sides, and --staged is one of its own")
                    .hint("name the base alone: review BASE --staged; or omit --staged"))
            }
            Names::Revisions { base, head } => self.revisions(&file, base, head.as_ref()),
        }
    }

    /// The file to edit, to be compared with `old`.
    fn other_than(&self, old: &Path) -> Result<PathBuf, Error> {
        let file = spin_file(self.file)?;
        let real = |path: &Path| files::retried(|| path.canonicalize()).ok();
        if real(old).is_some_and(|old| real(&file) == Some(old)) {
            let path = old.to_string_lossy();
            let path = shell::word(&path);
            return Err(Error::new(format!(
                "{path} alone cannot be compared: a file after `review` is the one before the change"
            ))
            .hint(format!("to see what was changed in it: spin-keys review --file {path}"))
            .hint(format!("to compare it with another file: spin-keys review OLD {path}")));
        }
        Ok(file)
    }

    fn two_files(&self, old: &Path, new: &Path) -> Result<Pair, Error> {
        let mut notes = Vec::new();
        let mut open = |path: &Path, own| self.open(path.display().to_string(), Some(on_disk(path, &mut notes)?), own);
        let (base, head) = (open(old, self.base_password)?, open(new, None)?);
        Ok(Pair { file: new.to_owned(), base, head, on_disk: None, notes })
    }

    fn revisions(&self, file: &Path, base: Option<Revision>, head: Option<&Revision>) -> Result<Pair, Error> {
        let repository = Repository::around(file)?;
        let mut notes = Vec::new();
        let base = base.map_or_else(|| default_base(&repository, &mut notes), |base| Ok(Some(base)))?;
        let (name, raw) = match head {
            Some(head) => at(&repository, head, None)?,
            None if self.is_staged => ("index".to_owned(), staged(&repository)?),
            None => {
                repository.require_working_tree()?;
                notes.extend(untracked(&repository));
                let is_there = file.symlink_metadata().is_ok();
                ("working tree".to_owned(), if is_there { Some(on_disk(file, &mut notes)?) } else { None })
            }
        };
        let (base_name, base_raw) = match &base {
            Some(base) => at(&repository, base, head)?,
            None => (NO_COMMIT.to_owned(), None),
        };
        let tracked = |revision: Option<&Revision>, is_there| Tracked {
            file: is_there && (revision.is_some() || repository.is_tracked() == Some(true)),
            password: repository.tracks_beside(revision, FILE_NAME),
        };
        let of_base = base.as_ref().map_or_else(Tracked::default, |base| tracked(Some(base), base_raw.is_some()));
        let of_head = tracked(head, raw.is_some());
        let on_disk = head.is_none().then(|| file.to_owned());
        let base = Side { tracked: of_base, ..self.open(base_name, base_raw, self.base_password)? };
        let head = Side { tracked: of_head, ..self.open(name, raw, None)? };
        Ok(Pair { file: repository.path().to_owned(), base, head, on_disk, notes })
    }

    /// Decrypts a side with its own password, else with the usual ones.
    fn open(&self, name: String, raw: Option<RawFile>, own: Option<&Path>) -> Result<Side, Error> {
        let Some(raw) = raw else {
            let content = Content::Missing;
            return Ok(Side { name, content, ..Side::default() });
        };
        let vault = raw.vault();
        let (is_sealed, label) = (vault.is_some(), vault.and_then(|vault| vault.label().map(str::to_owned)));
        let digest = |bytes: &[u8]| Some(Sha256::digest(bytes).to_vec());
        let (is_encrypted, size, raw_digest) = (raw.is_encrypted(), raw.bytes().len(), digest(raw.bytes()));
        let mut own = own.map(|own| Opener { option: Some(own), ..self.opener });
        own = own.filter(|opener| opener.fits(&raw));
        let (content, digest) = match own.unwrap_or(self.opener).unseal_side(raw, &name) {
            Ok(file) => {
                let digest = digest(file.bytes());
                (Content::Open(Box::new(file)), digest)
            }
            Err(error) if error.kind == ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let how = if is_encrypted {
                    "it is encrypted, and cannot be decrypted here"
                } else {
                    "it cannot be \
                    read"
                };
                (Content::Closed(format!("{how}: {}", error.message)), raw_digest.clone())
            }
        };
        Ok(Side {
            name,
            content,
            is_encrypted,
            is_sealed,
            digest,
            raw_digest,
            size,
            label,
            tracked: Tracked::default(),
        })
    }
}

/// `None` before the first commit.
fn default_base(repository: &Repository, notes: &mut Vec<String>) -> Result<Option<Revision>, Error> {
    let Some(tip) = repository.tip()? else { return Ok(None) };
    let base = repository.merge_base(&tip)?;
    if base.id == tip.id && repository.is_shallow() {
        notes.push(
            "this clone has no history, so the comparison is with the checked-out commit (in a workflow, use \
                fetch-depth: 0)"
                .to_owned(),
        );
    }
    Ok(Some(base))
}

/// The file at a revision, and the name of that side.
fn at(
    repository: &Repository,
    revision: &Revision,
    head: Option<&Revision>,
) -> Result<(String, Option<RawFile>), Error> {
    let (raw, former) = at_revision(repository, revision, head)?;
    let name = former.map_or_else(|| revision.name.clone(), |path| format!("{} as {}", revision.name, path.display()));
    Ok((name, raw))
}

/// A file on the disk, with a note if it is a link.
fn on_disk(path: &Path, notes: &mut Vec<String>) -> Result<RawFile, Error> {
    let raw = disk(path)?;
    notes.extend(raw.leads_to.is_some().then(|| format!("reading {}", raw.named())));
    Ok(raw)
}

/// What to do if no pull request can show the file.
fn untracked(repository: &Repository) -> Option<String> {
    if repository.is_tracked() != Some(false) {
        return None;
    }
    let why = if repository.is_ignored() {
        "git ignores this file, as `spin init` sets it up"
    } else {
        "git does not track this file"
    };
    Some(format!(
        "{why}: no pull request shows it\nto have it reviewed, encrypt and track it: spin vault encrypt .spin.yml; git \
            add --force .spin.yml"
    ))
}
