//! Reads a file from a revision with `git`, without touching the working tree.
//!
//! Promises: a revision is never read as an option, and a path never as a pattern. No hook, filter, textconv or monitor
//! runs.

use crate::error::Error;
use crate::git::{self, failed, line, said};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::process::Output;
use zeroize::Zeroizing;

/// Names of the default branch, in search order.
const USUAL: [&str; 5] =
    ["remotes/origin/HEAD", "remotes/origin/main", "remotes/origin/master", "heads/main", "heads/master"];

/// The repository around a file.
#[derive(Debug)]
pub struct Repository {
    /// The folder where git runs.
    folder: PathBuf,
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

impl Repository {
    /// The repository around `file`, which need not exist.
    ///
    /// # Errors
    /// There is no repository, or no git.
    pub(crate) fn around(file: &Path) -> Result<Self, Error> {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (folder, below) = match parent.canonicalize() {
            Ok(folder) => (folder, file.file_name().map(PathBuf::from).unwrap_or_default()),
            // If only a revision has the folder, start from the working folder.
            Err(_) => (PathBuf::from("."), file.to_owned()),
        };
        let found = Self { folder, path: PathBuf::new(), shown: file.to_owned() };
        let output = found.run(&[OsStr::new("rev-parse"), OsStr::new("--show-prefix")])?;
        if !output.status.success() {
            return Err(Error::new(format!("git finds no repository around {}: {}", file.display(), said(&output)))
                .hint(
                    "run the command in the repository of the file, or compare two files: spin-keys review OLD NEW",
                ));
        }
        let prefix = PathBuf::from(OsString::from_vec(line(&output.stdout).to_vec()));
        Ok(Self { path: prefix.join(below), ..found })
    }

    pub(crate) fn shown(&self) -> &Path {
        &self.shown
    }

    /// The path of the file, relative to the root of the repository.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn run(&self, args: &[&OsStr]) -> Result<Output, Error> {
        git::run_in(&self.folder, args)
    }

    fn ask(&self, args: &[&str]) -> Result<Output, Error> {
        self.run(&args.iter().map(OsStr::new).collect::<Vec<_>>())
    }

    /// One line of output; `None` if git exits with an error.
    fn word(&self, args: &[&str]) -> Result<Option<String>, Error> {
        let output = self.ask(args)?;
        let word = String::from_utf8_lossy(line(&output.stdout)).into_owned();
        Ok(Some(word).filter(|word| output.status.success() && !word.is_empty()))
    }

    /// Resolves a name to a commit.
    ///
    /// # Errors
    /// There is no such commit.
    pub(crate) fn revision(&self, name: &str) -> Result<Revision, Error> {
        let wanted = format!("{name}^{{commit}}");
        match self.word(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])? {
            Some(id) => Ok(named(name, id)),
            None => {
                Err(self.without_history(Error::new(format!("there is no revision `{}` here", name.escape_debug()))))
            }
        }
    }

    /// Whether the clone is shallow.
    pub(crate) fn is_shallow(&self) -> bool {
        matches!(self.word(&["rev-parse", "--is-shallow-repository"]), Ok(Some(word)) if word == "true")
    }

    /// Adds what to do if commits are missing.
    fn without_history(&self, error: Error) -> Error {
        if self.is_shallow() {
            return error.hint(
                "fetch the whole history, which this clone lacks: git fetch --unshallow; in a workflow, use \
                    actions/checkout with fetch-depth: 0",
            );
        }
        error.hint("name two revisions: spin-keys review BASE HEAD; or fetch the missing one")
    }

    /// The merge base of `head` and the default branch.
    ///
    /// # Errors
    /// There is no default branch, or no common commit.
    pub(crate) fn merge_base(&self, head: &Revision) -> Result<Revision, Error> {
        let branch = self.default_branch()?;
        match self.word(&["merge-base", &branch.id, &head.id])? {
            Some(id) => Ok(named(&format!("merge base with {}", branch.name), id)),
            None => {
                Err(self.without_history(Error::new(format!("{} and HEAD have no common commit here", branch.name))))
            }
        }
    }

    /// The target branch: of the pull request, else of the remote, else one of the usual names.
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
            Some(base) => Error::new(format!("the target branch {base} of the pull request is not in this clone")),
            None => Error::new("there is no default branch in this clone: no origin/HEAD, main or master"),
        }))
    }

    /// The file in a commit; `None` if the commit does not have it. Renames are followed.
    ///
    /// # Errors
    /// The path is not a file in that commit, or git fails.
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

    /// The name of the file in a commit, if git finds that it was renamed since.
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

    /// The staged file; `None` if the index does not have it.
    ///
    /// # Errors
    /// The file has a merge conflict, or git fails.
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
            _ => Err(Error::new(format!("{} has a merge conflict", self.path.display())).hint(
                "resolve the conflict \
                first, then: git add",
            )),
        }
    }

    fn blob(&self, object: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let output = self.ask(&["cat-file", "blob", object])?;
        if !output.status.success() {
            return Err(failed(&["cat-file", "blob", object], &output));
        }
        Ok(Zeroizing::new(output.stdout))
    }

    /// Whether git ignores the file.
    pub(crate) fn is_ignored(&self) -> bool {
        // check-ignore does not support literal paths; a name read as a pattern still matches itself.
        let mut command = git::command();
        command.arg("-C").arg(&self.folder).args(["check-ignore", "-q", "--"]);
        let name = self.path.file_name().unwrap_or_default();
        git::output(command.arg(name)).is_ok_and(|output| output.status.success())
    }
}

fn named(name: &str, id: String) -> Revision {
    let short = id.get(..7).unwrap_or(&id);
    let name = if id.starts_with(name) { short.to_owned() } else { format!("{name} ({short})") };
    Revision { name, id }
}

/// The object in an entry of `ls-tree`.
fn object_of(entry: &[u8], path: &Path) -> Result<Option<String>, Error> {
    let entry = String::from_utf8_lossy(entry);
    let mut words = entry.split([' ', '\t']);
    match (words.next(), words.next(), words.next()) {
        (Some("100644" | "100755" | "100664"), Some("blob"), Some(object)) => Ok(Some(object.to_owned())),
        (Some(mode), Some(_), Some(_)) if !mode.is_empty() => Err(Error::new(format!(
            "{} is not a file in that revision, but a link, a folder or a submodule",
            path.display()
        ))
        .hint("name the file itself with --file")),
        _ => Ok(None),
    }
}
