//! Reads a file from a commit or the index, without touching the working tree.
//!
//! Promises: a path is never read as a pattern or an option. Objects and the index are compared, never the working tree: a
//! rename that is not staged is not followed.

use super::place::{normalized, real_place};
use crate::error::Error;
use crate::git::{self, Git, failed, line};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::process::Output;
use zeroize::Zeroizing;

/// The repository around a file.
#[derive(Debug)]
pub struct Repository {
    git: Git,
    /// The file, relative to the root of the repository.
    path: PathBuf,
    /// As given on the command line.
    shown: PathBuf,
}

/// A commit, with its name in messages.
#[derive(Debug, Clone)]
pub struct Revision {
    /// The full object name.
    pub(crate) id: String,
    /// The name as given, and the short object name.
    pub(crate) name: String,
}

/// A file in a commit.
pub(crate) struct Found {
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// Its name in that commit, if that was different.
    pub(crate) former: Option<PathBuf>,
}

/// An entry of a tree or of the index.
struct Entry {
    mode: String,
    object: String,
}

impl Repository {
    /// The repository around `file`, which need not exist.
    ///
    /// # Errors
    /// There is no repository, or no git.
    pub(crate) fn around(file: &Path) -> Result<Self, Error> {
        let real = real_place(file)?;
        let folder = real.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
        let git = Git::around(folder).map_err(|error| {
            error.hint("run the command in the repository of the file, or compare two files: --files OLD NEW")
        })?;
        let below = match git.top() {
            Some(top) => real.strip_prefix(top).ok().map(Path::to_owned),
            // A bare repository has no folders: the name is that in its commits.
            None => normalized(file.strip_prefix(git.git_dir()).unwrap_or(file)),
        };
        let Some(path) = below else {
            let (file, of) = (file.display(), git.top().unwrap_or(git.git_dir()).display());
            return Err(Error::new(format!("{file} is not in the repository {of}"))
                .hint("name a file in it with --file, or unset GIT_DIR and GIT_WORK_TREE"));
        };
        Ok(Self { git, path, shown: file.to_owned() })
    }

    /// Refuses a bare repository, in which no file is in the working tree.
    ///
    /// # Errors
    /// It is bare.
    pub(super) fn require_working_tree(&self) -> Result<(), Error> {
        if self.git.top().is_some() { Ok(()) } else { Err(bare("working tree")) }
    }

    pub(crate) fn shown(&self) -> &Path {
        &self.shown
    }

    /// The path of the file, relative to the root of the repository.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn ask(&self, args: &[&str]) -> Result<Output, Error> {
        self.git.ask(args)
    }

    /// One line of output; `None` if git exits with an error.
    pub(super) fn word(&self, args: &[&str]) -> Result<Option<String>, Error> {
        let output = self.ask(args)?;
        let word = String::from_utf8_lossy(line(&output.stdout)).into_owned();
        Ok(Some(word).filter(|word| output.status.success() && !word.is_empty()))
    }

    /// The file in a commit; `None` if the commit does not have it. Renames are followed: those between the commit and
    /// `head`, else those between the commit and the index.
    ///
    /// # Errors
    /// The path is not a file in that commit, or git fails.
    pub(crate) fn file_at(&self, revision: &Revision, head: Option<&Revision>) -> Result<Option<Found>, Error> {
        if let Some(bytes) = self.read_at(revision, &self.path)? {
            return Ok(Some(Found { bytes, former: None }));
        }
        let in_head = head.map(|head| self.name_at(head)).transpose()?.flatten();
        let former = match (head, in_head) {
            (Some(head), Some(name)) => self.former_path(revision, Some(head), &name)?,
            _ => self.former_path(revision, None, &self.path)?,
        };
        let Some(former) = former else { return Ok(None) };
        Ok(self.read_at(revision, &former)?.map(|bytes| Found { bytes, former: Some(former) }))
    }

    /// The name of the file in a commit; `None` if the commit does not have it.
    fn name_at(&self, revision: &Revision) -> Result<Option<PathBuf>, Error> {
        match self.entry_at(revision, &self.path)? {
            Some(_) => Ok(Some(self.path.clone())),
            None => self.former_path(revision, None, &self.path),
        }
    }

    fn entry_at(&self, revision: &Revision, path: &Path) -> Result<Option<Entry>, Error> {
        let args = ["ls-tree", "-z", "--full-tree", &revision.id, "--"].map(OsStr::new);
        let output = self.git.run(&[&args[..], &[path.as_os_str()]].concat())?;
        if !output.status.success() {
            return Err(failed(&["ls-tree"], &output));
        }
        let first = output.stdout.split(|byte| *byte == 0).next().unwrap_or_default();
        // `MODE TYPE OBJECT\tPATH`
        let mut words = first.split(|byte| matches!(byte, b' ' | b'\t'));
        let mut word = || words.next().map(|word| String::from_utf8_lossy(word).into_owned());
        let (mode, _, object) = (word(), word(), word());
        Ok(mode.zip(object).map(|(mode, object)| Entry { mode, object }))
    }

    fn read_at(&self, revision: &Revision, path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let Some(entry) = self.entry_at(revision, path)? else { return Ok(None) };
        self.content(&entry, path, "that revision").map(Some)
    }

    /// The content of a file, and of nothing else.
    fn content(&self, entry: &Entry, path: &Path, place: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let what = match entry.mode.as_str() {
            mode if mode.starts_with("100") => return self.blob(&entry.object),
            "120000" => {
                let to = PathBuf::from(OsString::from_vec(self.blob(&entry.object)?.to_vec()));
                format!("a link to {}", to.display())
            }
            "160000" => "a submodule".to_owned(),
            _ => "a folder".to_owned(),
        };
        Err(Error::new(format!("{} is not a file in {place}, but {what}", path.display()))
            .hint("name the file itself with --file"))
    }

    /// The name in a commit of the file that is `name` in `head`, else in the index, if git finds that it was renamed.
    fn former_path(&self, revision: &Revision, head: Option<&Revision>, name: &Path) -> Result<Option<PathBuf>, Error> {
        let how = ["--no-ext-diff", "--no-textconv", "-M", "--diff-filter=R", "--name-status", "-z"];
        let args = match head {
            Some(head) => [&["diff-tree", "-r"][..], &how, &[&revision.id, &head.id, "--"]].concat(),
            None => [&["diff-index", "--cached"][..], &how, &[&revision.id, "--"]].concat(),
        };
        let output = self.ask(&args)?;
        let mut words = output.stdout.split(|byte| *byte == 0);
        while let (Some(_), Some(from), Some(to)) = (words.next(), words.next(), words.next()) {
            if to == name.as_os_str().as_bytes() {
                return Ok(Some(PathBuf::from(OsStr::from_bytes(from))));
            }
        }
        Ok(None)
    }

    /// The staged file; `None` if the index does not have it.
    ///
    /// # Errors
    /// The file has a merge conflict, is not a file, or git fails.
    pub(crate) fn staged(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let Some(top) = self.git.top() else {
            return Err(bare("index"));
        };
        let args = ["ls-files", "-z", "--stage", "--"].map(OsStr::new);
        let output = self.git.run(&[&args[..], &[top.join(&self.path).as_os_str()]].concat())?;
        if !output.status.success() {
            return Err(failed(&["ls-files"], &output));
        }
        let mut entries = output.stdout.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        // `MODE OBJECT STAGE\tPATH`
        let mut words = entries.next().unwrap_or_default().split(|byte| *byte == b' ');
        let mut word = || words.next().map(|word| String::from_utf8_lossy(word).into_owned());
        match (word().zip(word()), entries.next()) {
            (None, _) => Ok(None),
            (Some((mode, object)), None) => self.content(&Entry { mode, object }, &self.path, "the index").map(Some),
            (Some(_), Some(_)) => Err(Error::new(format!("{} has a merge conflict", self.path.display()))
                .hint("resolve the conflict first, then: git add")),
        }
    }

    fn blob(&self, object: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let output = self.ask(&["cat-file", "blob", object])?;
        if !output.status.success() {
            let error = failed(&["cat-file", "blob", object], &output);
            return Err(error.hint("if this is a partial clone, which is never completed here: git fetch --refetch"));
        }
        Ok(Zeroizing::new(output.stdout))
    }

    /// Whether git tracks the file, by its place in the working tree; `None` if it cannot tell.
    pub(crate) fn is_tracked(&self) -> Option<bool> {
        self.git.tracks(&self.git.top()?.join(&self.path))
    }

    /// Whether git tracks a file of this name beside the file: in a commit, else in the index.
    pub(crate) fn tracks_beside(&self, revision: Option<&Revision>, name: &str) -> bool {
        let path = self.path.with_file_name(name);
        match revision {
            Some(revision) => matches!(self.entry_at(revision, &path), Ok(Some(_))),
            None => self.git.top().is_some_and(|top| self.git.tracks(&top.join(&path)) == Some(true)),
        }
    }

    /// Whether git ignores the file.
    pub(crate) fn is_ignored(&self) -> bool {
        self.git.top().is_some_and(|top| self.git.ignores(&top.join(&self.path)) == Some(true))
    }
}

fn bare(what: &str) -> Error {
    Error::new(format!("a bare repository has no {what}")).hint("name two revisions: spin-keys review BASE HEAD")
}

/// Whether there is a repository around a file, or one is named.
pub(super) fn has_repository(file: &Path) -> bool {
    let is_named = std::env::var_os("GIT_DIR").is_some_and(|value| !value.is_empty());
    is_named || real_place(file).is_ok_and(|real| real.parent().and_then(git::root).is_some())
}
