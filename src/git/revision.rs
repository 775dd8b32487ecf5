//! A file as a revision has it, read through `git` without touching the work tree.
//!
//! Promises: a revision never becomes an option, a path never a pattern; no hook, filter, textconv or monitor runs.

use super::{failed, line, said};
use crate::error::Error;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::process::Output;
use zeroize::Zeroizing;

/// Where the default branch is found, in this order.
const USUAL: [&str; 5] =
    ["remotes/origin/HEAD", "remotes/origin/main", "remotes/origin/master", "heads/main", "heads/master"];

/// The repository around a file.
#[derive(Debug)]
pub(crate) struct Repository {
    /// Where git is run.
    folder: PathBuf,
    /// The file, from the root of the repository.
    path: PathBuf,
}

/// A commit, with the words that name it.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    /// Its object name, in full.
    pub(crate) id: String,
    /// As it was asked for, and the short object name.
    pub(crate) name: String,
}

/// A file as a commit has it.
pub(crate) struct Found {
    /// Its bytes.
    pub(crate) bytes: Zeroizing<Vec<u8>>,
    /// The name that it had there, where that was another one.
    pub(crate) former: Option<PathBuf>,
}

impl Repository {
    /// The repository around the file at `file`, which need not be there.
    ///
    /// # Errors
    /// There is none, or no git.
    pub(crate) fn around(file: &Path) -> Result<Self, Error> {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (folder, below) = match parent.canonicalize() {
            Ok(folder) => (folder, file.file_name().map(PathBuf::from).unwrap_or_default()),
            // A folder that only a revision has: from where we are.
            Err(_) => (PathBuf::from("."), file.to_owned()),
        };
        let found = Self { folder, path: PathBuf::new() };
        let output = found.run(&[OsStr::new("rev-parse"), OsStr::new("--show-prefix")])?;
        if !output.status.success() {
            return Err(Error::new(format!("git finds no repository around {}: {}", file.display(), said(&output)))
                .hint("run this in the repository that holds the file, or give two files: spin-keys review OLD NEW"));
        }
        let prefix = PathBuf::from(OsString::from_vec(line(&output.stdout).to_vec()));
        Ok(Self { path: prefix.join(below), ..found })
    }

    /// The path of the file from the root of the repository.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn run(&self, args: &[&OsStr]) -> Result<Output, Error> {
        super::run_in(&self.folder, args)
    }

    fn ask(&self, args: &[&str]) -> Result<Output, Error> {
        self.run(&args.iter().map(OsStr::new).collect::<Vec<_>>())
    }

    /// One line of an answer; none where git says no.
    fn word(&self, args: &[&str]) -> Result<Option<String>, Error> {
        let output = self.ask(args)?;
        let word = String::from_utf8_lossy(line(&output.stdout)).into_owned();
        Ok(Some(word).filter(|word| output.status.success() && !word.is_empty()))
    }

    /// The commit that a name means.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn revision(&self, name: &str) -> Result<Revision, Error> {
        let wanted = format!("{name}^{{commit}}");
        match self.word(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])? {
            Some(id) => Ok(named(name, id)),
            None => {
                Err(self.without_history(Error::new(format!("there is no revision `{}` here", name.escape_debug()))))
            }
        }
    }

    /// Whether the clone lacks older commits.
    pub(crate) fn is_shallow(&self) -> bool {
        matches!(self.word(&["rev-parse", "--is-shallow-repository"]), Ok(Some(word)) if word == "true")
    }

    /// Adds what to do where commits are missing.
    fn without_history(&self, error: Error) -> Error {
        if self.is_shallow() {
            return error
                .hint("this clone has not the whole history: git fetch --unshallow; in a workflow, actions/checkout with fetch-depth: 0");
        }
        error.hint("name two revisions: spin-keys review BASE HEAD; or fetch the one that is missing")
    }

    /// Where the work began: the newest commit that `head` shares with the default branch.
    ///
    /// # Errors
    /// There is no default branch here, or no such commit.
    pub(crate) fn merge_base(&self, head: &Revision) -> Result<Revision, Error> {
        let branch = self.default_branch()?;
        match self.word(&["merge-base", &branch.id, &head.id])? {
            Some(id) => Ok(named(&format!("where it left {}", branch.name), id)),
            None => Err(self.without_history(Error::new(format!("{} and HEAD share no commit here", branch.name)))),
        }
    }

    /// The branch that the work goes to: that of the pull request, of the remote, or the usual one.
    fn default_branch(&self) -> Result<Revision, Error> {
        let of_request = std::env::var("GITHUB_BASE_REF").ok().filter(|base| !base.is_empty());
        let names: Vec<String> = match &of_request {
            Some(base) => vec![format!("refs/remotes/origin/{base}"), format!("refs/heads/{base}")],
            None => USUAL.map(|name| format!("refs/{name}")).to_vec(),
        };
        for name in &names {
            let wanted = format!("{name}^{{commit}}");
            if let Some(id) = self.word(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])? {
                let short =
                    name.trim_start_matches("refs/").trim_start_matches("remotes/").trim_start_matches("heads/");
                return Ok(Revision { id, name: short.to_owned() });
            }
        }
        Err(self.without_history(match of_request {
            Some(base) => Error::new(format!("the branch {base}, which the pull request is for, is not here")),
            None => Error::new("there is no default branch here: neither origin/HEAD nor main nor master"),
        }))
    }

    /// The file as a commit has it; none where it has none. A file that had another name is followed.
    ///
    /// # Errors
    /// What stands there is no file, or git fails.
    pub(crate) fn file_at(&self, revision: &Revision) -> Result<Option<Found>, Error> {
        if let Some(object) = self.object_at(revision, &self.path)? {
            return Ok(Some(Found { bytes: self.blob(&object)?, former: None }));
        }
        let Some(former) = self.former_path(revision)? else { return Ok(None) };
        match self.object_at(revision, &former)? {
            Some(object) => Ok(Some(Found { bytes: self.blob(&object)?, former: Some(former) })),
            None => Ok(None),
        }
    }

    fn object_at(&self, revision: &Revision, path: &Path) -> Result<Option<String>, Error> {
        let args = ["ls-tree", "-z", "--full-tree", &revision.id, "--"].map(OsStr::new);
        let output = self.run(&[&args[..], &[path.as_os_str()]].concat())?;
        if !output.status.success() {
            return Err(failed(&["ls-tree"], &output));
        }
        let entry = output.stdout.split(|byte| *byte == 0).next().unwrap_or_default();
        object_of(entry, path)
    }

    /// The name that the file had in a commit, if git finds that it was renamed since.
    fn former_path(&self, revision: &Revision) -> Result<Option<PathBuf>, Error> {
        let args = [
            "diff",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "-M",
            "--diff-filter=R",
            "--name-status",
            "-z",
            &revision.id,
            "--",
        ];
        let output = self.ask(&args)?;
        let mut words = output.stdout.split(|byte| *byte == 0);
        while let (Some(_), Some(from), Some(to)) = (words.next(), words.next(), words.next()) {
            if to == self.path.as_os_str().as_bytes() {
                return Ok(Some(PathBuf::from(OsStr::from_bytes(from))));
            }
        }
        Ok(None)
    }

    /// The file as it is staged; none where the index has none.
    ///
    /// # Errors
    /// It is in conflict, or git fails.
    pub(crate) fn staged(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let args = ["ls-files", "-z", "--stage", "--full-name", "--"].map(OsStr::new);
        let name = self.path.file_name().unwrap_or_default();
        let output = self.run(&[&args[..], &[name]].concat())?;
        let entries: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).collect();
        match entries[..] {
            [] => Ok(None),
            [entry] => {
                let entry = String::from_utf8_lossy(entry).into_owned();
                let mut words = entry.split([' ', '\t']);
                let object = words.nth(1).unwrap_or_default().to_owned();
                self.blob(&object).map(Some)
            }
            _ => Err(Error::new(format!("{} is in conflict", self.path.display())).hint("resolve it first: git add")),
        }
    }

    fn blob(&self, object: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let output = self.ask(&["cat-file", "blob", object])?;
        if !output.status.success() {
            return Err(failed(&["cat-file", "blob", object], &output));
        }
        Ok(Zeroizing::new(output.stdout))
    }

    /// Whether git is told to ignore the file.
    pub(crate) fn is_ignored(&self) -> bool {
        // It takes no literal paths; a name that is taken for a pattern matches itself all the same.
        let mut command = super::command();
        command.arg("-C").arg(&self.folder).args(["check-ignore", "-q", "--"]);
        let name = self.path.file_name().unwrap_or_default();
        super::output(command.arg(name)).is_ok_and(|output| output.status.success())
    }
}

fn named(name: &str, id: String) -> Revision {
    let short = id.get(..10).unwrap_or(&id);
    let name = if id.starts_with(name) { short.to_owned() } else { format!("{name} ({short})") };
    Revision { name, id }
}

/// The object of an entry of `ls-tree`.
fn object_of(entry: &[u8], path: &Path) -> Result<Option<String>, Error> {
    let entry = String::from_utf8_lossy(entry);
    let mut words = entry.split([' ', '\t']);
    match (words.next(), words.next(), words.next()) {
        (Some("100644" | "100755" | "100664"), Some("blob"), Some(object)) => Ok(Some(object.to_owned())),
        (Some(mode), Some(_), Some(_)) if !mode.is_empty() => Err(Error::new(format!(
            "{} is no file in that revision, but a link, a folder or a submodule",
            path.display()
        ))
        .hint("name the file itself with --file")),
        _ => Ok(None),
    }
}
