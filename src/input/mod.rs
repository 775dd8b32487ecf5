//! Opens files for all commands: from a name to readable text.
//!
//! Every command opens plain, encrypted and inline-vault files the same way, from the disk, a revision, the index or
//! standard input, and finds `.vault-password` the same way: beside the file, then upwards to the root of the
//! repository.

mod around;
pub mod discover;
mod foreign;
mod inline;
pub mod known;
pub(crate) mod links;
mod names;
pub mod password;
mod place;
pub mod project;
pub mod repository;
mod revision;
mod seal;
pub mod shape;
mod side;
pub mod sides;
mod spin_file;
pub mod text;

use crate::error::Error;
use crate::files::{self, MAX_BYTES, Target};
use crate::git;
use crate::prompt;
use crate::spin::config::layout::SPIN_FILE;
use crate::ui::Ui;
use password::Named;
use repository::{Repository, Revision};
use spin_file::Content;
pub use spin_file::{RawFile, SpinFile};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The options for opening files.
#[derive(Clone, Copy)]
pub struct Opener<'o> {
    /// `--vault-password-file`
    pub option: Option<&'o Path>,
    /// The user may be asked for the password.
    pub may_prompt: bool,
    /// A password program that was named may be run.
    pub may_run: bool,
    pub ui: &'o Ui,
}

impl Opener<'_> {
    /// Opens the file given on the command line (`-` is standard input), else the nearest one, to read it.
    ///
    /// # Errors
    /// No file was found, or it cannot be read or decrypted.
    pub fn open_named(&self, named: Option<&Path>) -> Result<SpinFile, Error> {
        let raw = read_named(named)?;
        raw.note_link(self.ui);
        self.unseal(raw)
    }

    /// Like [`Opener::open_named`], to replace the file.
    ///
    /// # Errors
    /// As there, or the file cannot be replaced.
    pub fn open_target(&self, named: Option<&Path>) -> Result<SpinFile, Error> {
        if named == Some(Path::new("-")) {
            return Err(Error::new("standard input cannot be changed").hint("name the file: -f PATH"));
        }
        let path = discover::spin_file(named)?;
        self.unseal(target(&path)?)
    }

    /// Whether a password that can be found without asking opens this file.
    fn fits(&self, raw: &RawFile) -> bool {
        SpinFile::can_open(raw, self.named(), self.ui)
    }

    /// Opens a file that was read.
    ///
    /// # Errors
    /// Those of `SpinFile::open`.
    pub fn unseal(&self, raw: RawFile) -> Result<SpinFile, Error> {
        self.unseal_side(raw, "")
    }

    /// The same for one of several versions of a file, which the question for a password names.
    fn unseal_side(&self, raw: RawFile, side: &str) -> Result<SpinFile, Error> {
        let shown = raw.shown.display();
        let asked = if side.is_empty() { shown.to_string() } else { format!("{shown} ({side})") };
        SpinFile::open(raw, self.named(), self.may_prompt.then_some(&asked), self.ui)
    }

    fn named(&self) -> Named<'_> {
        Named { option: self.option, may_run: self.may_run }
    }
}

/// Reads the file given on the command line (`-` is standard input), else the nearest one, without opening it.
///
/// # Errors
/// No file was found, or it cannot be read.
pub fn read_named(named: Option<&Path>) -> Result<RawFile, Error> {
    if named == Some(Path::new("-")) {
        return stdin();
    }
    disk(&discover::spin_file(named)?)
}

/// The file in a commit, with its name there if that was different: renamed until `head`, else until the index.
fn at_revision(
    repository: &Repository,
    revision: &Revision,
    head: Option<&Revision>,
) -> Result<(Option<RawFile>, Option<PathBuf>), Error> {
    Ok(match repository.file_at(revision, head)? {
        Some(found) => (Some(of_repository(repository, found.bytes)), found.former),
        None => (None, None),
    })
}

/// The file in the index of git, if it is there.
fn staged(repository: &Repository) -> Result<Option<RawFile>, Error> {
    Ok(repository.staged()?.map(|bytes| of_repository(repository, bytes)))
}

/// The file on the disk, to read it.
fn disk(path: &Path) -> Result<RawFile, Error> {
    links::refuse_links_out(path)?;
    let bytes = files::read_limited(path, "file", MAX_BYTES)?;
    let real = files::retried(|| path.canonicalize()).unwrap_or_else(|_| path.to_owned());
    Ok(raw(path, &real, Content::Bytes(bytes)))
}

/// The file on the disk, to replace it.
fn target(path: &Path) -> Result<RawFile, Error> {
    links::refuse_links_out(path)?;
    let target = Target::open(path)?;
    let real = target.real_path().to_owned();
    Ok(raw(path, &real, Content::Target(Box::new(target))))
}

fn stdin() -> Result<RawFile, Error> {
    let bytes = prompt::read_stdin(MAX_BYTES)?;
    let mut found = raw(Path::new("<stdin>"), Path::new(SPIN_FILE), Content::Bytes(bytes));
    "<stdin>".clone_into(&mut found.in_repository);
    Ok(found)
}

fn of_repository(repository: &Repository, bytes: Zeroizing<Vec<u8>>) -> RawFile {
    let mut found = raw(repository.shown(), repository.shown(), Content::Bytes(bytes));
    found.leads_to = None;
    found.in_repository = repository.path().display().to_string();
    found
}

fn raw(shown: &Path, real: &Path, content: Content) -> RawFile {
    let folder = real.parent().and_then(|folder| folder.canonicalize().ok());
    RawFile {
        shown: shown.to_owned(),
        leads_to: links::leads_to(shown),
        in_repository: in_repository(real),
        content,
        password_folders: password_folders(folder),
    }
}

/// The folders from that of a file up to the root of its repository. For a file outside any repository (git gives a
/// textconv a copy in a temporary folder) also those from the working folder upwards.
fn password_folders(folder: Option<PathBuf>) -> Vec<PathBuf> {
    let here = || files::retried(std::env::current_dir).ok();
    let upwards = |folder: &Path| {
        let root = git::root(folder)?;
        let above = folder.ancestors().take_while(|above| above.starts_with(&root));
        Some(above.map(Path::to_owned).collect::<Vec<_>>())
    };
    let Some(folder) = folder.or_else(here) else { return Vec::new() };
    upwards(&folder).unwrap_or_else(|| {
        let more = here().and_then(|here| upwards(&here)).unwrap_or_default();
        std::iter::once(folder).chain(more).collect()
    })
}

/// The path relative to the root of the repository, else the file name.
fn in_repository(real: &Path) -> String {
    let root = real.parent().and_then(git::root).and_then(|root| root.canonicalize().ok());
    let relative = root.as_deref().and_then(|root| real.strip_prefix(root).ok());
    let name = relative.or_else(|| real.file_name().map(Path::new)).unwrap_or(real);
    name.display().to_string()
}
