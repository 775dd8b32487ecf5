//! Names of revisions: what git makes of them.
//!
//! Promises: a name is never read as an option, and one that git takes in more than one way is refused.

use super::repository::{Repository, Revision};
use crate::error::Error;
use crate::git::{line, said};
use crate::shell;

/// Names of the default branch, in search order.
const USUAL: [&str; 5] =
    ["remotes/origin/HEAD", "remotes/origin/main", "remotes/origin/master", "heads/main", "heads/master"];
/// Where git looks for a name, in its order.
const REFS: [&str; 4] = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];

impl Repository {
    /// The commit that a name stands for; `None` if there is none.
    ///
    /// # Errors
    /// It can stand for several.
    pub(super) fn find(&self, name: &str) -> Result<Option<Revision>, Error> {
        if name.is_empty() {
            return Ok(None);
        }
        let output = self.ask(&["rev-parse", "--verify", "--end-of-options", &format!("{name}^{{commit}}")])?;
        let said = said(&output);
        if said.contains("is ambiguous") && !is_plain(name) {
            return Err(self.ambiguous(name));
        }
        let id = String::from_utf8_lossy(line(&output.stdout)).into_owned();
        // `^main` is what is not in main.
        if !output.status.success() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        // In `main:x` the rest is a path, which may end like that.
        let is_commit = || Ok::<_, Error>(self.word(&["cat-file", "-t", &id])?.as_deref() == Some("commit"));
        if name.contains(':') && !is_commit()? {
            return Ok(None);
        }
        Ok(Some(named(name, id)))
    }

    /// The full name of the branch or tag that a name stands for, else a spelling that is no path.
    pub(super) fn full_name(&self, name: &str) -> String {
        let full = self.word(&["rev-parse", "--verify", "--symbolic-full-name", "--end-of-options", name]);
        let full = full.ok().flatten().filter(|full| full.ends_with(&format!("/{name}")));
        full.unwrap_or_else(|| format!("{name}^0"))
    }

    fn ambiguous(&self, name: &str) -> Error {
        let exists = |full: &String| {
            matches!(self.word(&["rev-parse", "--verify", "--quiet", "--end-of-options", full]), Ok(Some(_)))
        };
        let names: Vec<String> = REFS.iter().map(|place| format!("{place}{name}")).filter(exists).collect();
        let error = Error::new(format!("`{}` can stand for several revisions", name.escape_debug()));
        if names.is_empty() {
            return error.hint("write more of the object name");
        }
        error.hint(format!("name the right one: {}, or a full object name", names.join(", ")))
    }

    /// Why a name stands for no commit.
    pub(super) fn unknown(&self, name: &str) -> Error {
        let object = self.word(&["rev-parse", "--verify", "--quiet", "--end-of-options", name]).ok().flatten();
        let kind = object.and_then(|id: String| self.word(&["cat-file", "-t", &id]).ok().flatten());
        let shown = name.escape_debug();
        match kind.as_deref() {
            Some("blob" | "tree") if name.contains(':') => {
                let (revision, path) = name.split_once(':').unwrap_or_default();
                let (revision, path) = (shell::word(revision), shell::word(path));
                Error::new(format!("`{shown}` names a path in a revision, not a revision"))
                    .hint(format!("name the revision alone, and the file with --file: {revision} --file {path}"))
            }
            Some(kind @ ("blob" | "tree" | "tag")) => Error::new(format!("`{shown}` is not a commit, but a {kind}"))
                .hint("name a commit, a branch or a tag of a commit"),
            _ if name.contains("@{") => Error::new(format!("there is no revision `{shown}` here"))
                .hint("for @{upstream}, the branch needs one: git branch --set-upstream-to; else see: git reflog"),
            _ => self.without_history(Error::new(format!("there is no revision `{shown}` here"))),
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

    /// The commit of HEAD; `None` before the first commit of the repository.
    ///
    /// # Errors
    /// HEAD stands for nothing, or for a branch without a commit while others have some.
    pub(super) fn tip(&self) -> Result<Option<Revision>, Error> {
        if let Some(tip) = self.find("HEAD")? {
            return Ok(Some(tip));
        }
        if self.word(&["symbolic-ref", "--quiet", "HEAD"])?.is_none() {
            return Err(self.unknown("HEAD"));
        }
        // A warning would be about a branch that cannot be read.
        let commits = self.ask(&["rev-list", "--all", "--max-count=1"])?;
        if commits.status.success() && commits.stdout.is_empty() && commits.stderr.is_empty() {
            return Ok(None);
        }
        Err(Error::new("nothing is committed on this branch yet")
            .hint("name the revision to compare with: spin-keys review BASE"))
    }

    /// The merge base of `head` and the default branch.
    ///
    /// # Errors
    /// There is no default branch, or no common commit.
    pub(crate) fn merge_base(&self, head: &Revision) -> Result<Revision, Error> {
        let branch = self.default_branch()?;
        self.merge_base_of(&branch, head)
    }

    /// The merge base of two revisions.
    ///
    /// # Errors
    /// There is no common commit.
    pub(super) fn merge_base_of(&self, one: &Revision, other: &Revision) -> Result<Revision, Error> {
        match self.word(&["merge-base", &one.id, &other.id])? {
            Some(id) => Ok(named(&format!("merge base with {}", one.plain()), id)),
            None => {
                let (one, other) = (one.plain(), other.plain());
                Err(self.without_history(Error::new(format!("{one} and {other} have no common commit here"))))
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
}

impl Revision {
    /// The name without the object name.
    fn plain(&self) -> &str {
        self.name.split_once(" (").map_or(&self.name, |(name, _)| name)
    }
}

/// Whether git takes a name in one way, whatever branches and tags there are: HEAD, and a full object name.
fn is_plain(name: &str) -> bool {
    let is_object = || [40, 64].contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    ["HEAD", "@"].contains(&name) || is_object()
}

fn named(name: &str, id: String) -> Revision {
    let short = id.get(..7).unwrap_or(&id);
    let name = if id.starts_with(name) { short.to_owned() } else { format!("{name} ({short})") };
    Revision { name, id }
}
