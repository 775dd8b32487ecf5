//! For whom a key is, and how a refused key is said.

use super::shell;
use crate::error::Error;
use crate::key::KeyError;
use std::path::Path;

/// For whom a key is, and where the project is.
pub(super) struct Owner<'a> {
    /// The account of a person; none for the deploy user.
    pub(super) user: Option<&'a str>,
    /// The folder of the `.spin.yml`.
    pub(super) project: &'a Path,
    /// Nothing is to be written.
    pub(super) dry: bool,
}

impl Owner<'_> {
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

/// A [`KeyError`] as a message; the commands in its advice name the file, if the key is from one.
pub(super) fn refused(from: &str, path: Option<&Path>, error: &KeyError) -> Error {
    let refusal = Error::new(format!("{from}: {error}"));
    match (error.hint(), path.map(|path| path.display().to_string())) {
        (Some(hint), Some(path)) if hint.contains("PATH.pub") => {
            let public = format!("{path}.pub");
            refusal.hint(hint.replace("PATH.pub", &shell::word(&public)).replace("PATH", &shell::word(&path)))
        }
        (Some(hint), Some(path)) => refusal.hint(hint.replace("PATH", &shell::word(&path))),
        (Some(hint), None) => refusal.hint(hint),
        (None, _) => refusal,
    }
}

/// [`refused`] for the key in a file.
pub(super) fn refused_at(path: &Path, error: &KeyError) -> Error {
    refused(&path.display().to_string(), Some(path), error)
}
