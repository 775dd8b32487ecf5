//! Whose key it is, and the message for a refused key.

use crate::error::Error;
use crate::key::{KeyError, KeyLine, PrivateInfo};
use crate::shell;
use std::path::{Path, PathBuf};

/// Whose key it is, and where the project is.
pub struct KeyOwner<'a> {
    /// The account of a person; `None` for the deploy user.
    pub user: Option<&'a str>,
    /// The folder from which `spin configure gha` uploads, in a project that has one.
    pub ci_folder: Option<PathBuf>,
    pub home: Option<PathBuf>,
    /// Nothing will be written.
    pub dry: bool,
}

impl KeyOwner<'_> {
    /// The login name of who runs this, if it is known and the account of a person has another one.
    #[must_use]
    pub fn keeper(&self) -> Option<String> {
        let user = self.user?;
        let login =
            ["LOGNAME", "USER"].iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()))?;
        (login != user).then_some(login)
    }

    /// `NAME@host` for a person, `deploy` for the deploy user.
    pub(super) fn default_comment(&self) -> String {
        let Some(name) = self.user else { return "deploy".to_owned() };
        let system = rustix::system::uname();
        let host: String = system
            .nodename()
            .to_string_lossy()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
            .collect();
        if host.is_empty() { name.to_owned() } else { format!("{name}@{host}") }
    }
}

/// The public key with the comment of the private key file, if that can be read, else with the default comment.
pub(super) fn with_own_comment(info: PrivateInfo, owner: &KeyOwner<'_>) -> Result<KeyLine, Error> {
    let comment = info.comment.unwrap_or_else(|| owner.default_comment());
    info.key.with_comment(&comment).map_err(|error| refused("comment", None, &error))
}

/// Turns a [`KeyError`] into an error; the commands in its hints name the file, if the key is from one.
pub(super) fn refused(from: &str, path: Option<&Path>, error: &KeyError) -> Error {
    let refusal = Error::new(format!("{from}: {error}"));
    match error.remedy() {
        Some(remedy) => refusal.hint(remedy.render(path, shell::word)),
        None => refusal,
    }
}

/// Refuses a key that can be used but for its comment.
pub(super) fn only_the_comment(from: &str, error: &KeyError) -> Error {
    Error::new(format!("{from}: {error}"))
        .hint("only the comment of the key is in the way: pass --comment TEXT to replace it")
}

/// [`refused`] for the key in a file.
pub(super) fn refused_at(path: &Path, error: &KeyError) -> Error {
    refused(&path.display().to_string(), Some(path), error)
}
