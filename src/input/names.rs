//! What the names on the command line of `review` stand for: revisions, a range of them, or files.
//!
//! Promises: a name that is both is refused, so that no file that a branch brings hides a revision.

use super::repository::{Repository, Revision, has_repository};
use crate::error::Error;
use crate::shell;
use std::path::{Path, PathBuf};

/// What to compare.
pub(super) enum Names {
    /// Revisions; what is missing is the default.
    Revisions { base: Option<Revision>, head: Option<Revision> },
    /// Files; without the second one, the file that is there.
    Files(PathBuf, Option<PathBuf>),
}

enum Name {
    Revision(Revision),
    Range { base: Revision, head: Revision },
    File(PathBuf),
}

/// What one or two names stand for in the repository around `file`, which need not exist.
///
/// # Errors
/// A name stands for nothing, for two things, or for something of another kind than the other one.
pub(super) fn names(base: Option<&str>, head: Option<&str>, file: &Path) -> Result<Names, Error> {
    let Some(base) = base else { return Ok(Names::Revisions { base: None, head: None }) };
    let repository = Repository::around(file).map_err(|error| (error, has_repository(file)));
    let first = name(base, &repository)?;
    let second = head.map(|head| name(head, &repository)).transpose()?;
    let shown = |name: &str| format!("`{}`", name.escape_debug());
    let (one, other) = (shown(base), shown(head.unwrap_or_default()));
    match (first, second) {
        (Name::Revision(base), None) => Ok(Names::Revisions { base: Some(base), head: None }),
        (Name::Revision(base), Some(Name::Revision(head))) | (Name::Range { base, head }, None) => {
            Ok(Names::Revisions { base: Some(base), head: Some(head) })
        }
        (Name::File(old), None) => Ok(Names::Files(old, None)),
        (Name::File(old), Some(Name::File(new))) => Ok(Names::Files(old, Some(new))),
        (Name::Range { .. }, Some(_)) => Err(extra(&one, &other)),
        (_, Some(Name::Range { .. })) => Err(extra(&other, &one)),
        (Name::File(_), Some(Name::Revision(_))) => Err(mixed(&one, &other)),
        (Name::Revision(_), Some(Name::File(_))) => Err(mixed(&other, &one)),
    }
}

fn extra(range: &str, other: &str) -> Error {
    Error::new(format!("{range} names both sides already, so {other} is one too many"))
        .hint("pass two revisions, or one range: BASE..HEAD, or BASE...HEAD for what HEAD changed since it left BASE")
}

fn mixed(file: &str, revision: &str) -> Error {
    Error::new(format!("{file} is a file and {revision} is a revision: only two of one kind can be compared"))
        .hint("name two revisions, and the file in them with --file: review BASE HEAD --file PATH")
        .hint("or two files: review --files OLD NEW")
}

type Around = Result<Repository, (Error, bool)>;

fn name(name: &str, repository: &Around) -> Result<Name, Error> {
    // No revision is spelled like that.
    let is_path = ["/", "./", "../"].iter().any(|start| name.starts_with(start));
    if is_path {
        return Ok(Name::File(PathBuf::from(name)));
    }
    let is_file = Path::new(name).is_file();
    let repository = match repository {
        Ok(repository) => repository,
        Err((_, false)) if is_file => return Ok(Name::File(PathBuf::from(name))),
        Err((error, _)) => return Err(error.clone()),
    };
    let found = match range(name) {
        Some((from, to, is_since)) => match (repository.find(from)?, repository.find(to)?) {
            (Some(from), Some(to)) if is_since => {
                Ok(Name::Range { base: repository.merge_base_of(&from, &to)?, head: to })
            }
            (Some(base), Some(head)) => Ok(Name::Range { base, head }),
            (None, _) => Err(from),
            (_, None) => Err(to),
        },
        None => repository.find(name)?.map(Name::Revision).ok_or(name),
    };
    match found {
        Ok(_) if is_file => Err(both(name, repository)),
        Ok(found) => Ok(found),
        Err(_) if is_file => Ok(Name::File(PathBuf::from(name))),
        Err(missing) => Err(repository.unknown(missing)),
    }
}

/// The two sides of `A..B` or `A...B`, and whether it is the latter. A side that is left out is HEAD.
fn range(name: &str) -> Option<(&str, &str, bool)> {
    let (from, to) = name.split_once("..")?;
    let (to, is_since) = to.strip_prefix('.').map_or((to, false), |to| (to, true));
    let or_head = |name| if str::is_empty(name) { "HEAD" } else { name };
    (!(from.is_empty() && to.is_empty())).then(|| (or_head(from), or_head(to), is_since))
}

fn both(name: &str, repository: &Repository) -> Error {
    let file = format!("./{name}");
    let revision = match range(name) {
        Some((from, to, is_since)) => {
            let dots = if is_since { "..." } else { ".." };
            format!("{}{dots}{}", repository.full_name(from), repository.full_name(to))
        }
        None => repository.full_name(name),
    };
    Error::new(format!("`{}` is both a revision and a file here", name.escape_debug()))
        .hint(format!("for the revision: {}", shell::word(&revision)))
        .hint(format!("for the file: {}, or --files OLD NEW", shell::word(&file)))
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn ranges_are_split_as_git_does() {
        assert_eq!(range("main..work"), Some(("main", "work", false)));
        assert_eq!(range("main...work"), Some(("main", "work", true)));
        assert_eq!((range("main.."), range("...work")), (Some(("main", "HEAD", false)), Some(("HEAD", "work", true))));
        assert_eq!((range(".."), range("..."), range("main"), range("v1.2")), (None, None, None, None));
        assert_eq!(range("a..b..c"), Some(("a", "b..c", false)));
    }
}
