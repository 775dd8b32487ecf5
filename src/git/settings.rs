//! What git does to show a file: its attributes and its configuration, for `git install`.

use std::path::{Path, PathBuf};

use super::process::{self, failed};
use super::{Git, path_in};
use crate::error::Error;

/// The settings of the repository around the working folder.
pub(crate) struct Settings {
    git: Git,
    /// From the top of the working tree down to the working folder; empty in a bare repository.
    pub(crate) below_top: PathBuf,
    /// The file with the attributes that are not committed, relative to the working folder or absolute.
    pub(crate) attributes: PathBuf,
}

impl Settings {
    /// # Errors
    /// There is no repository around the working folder, or no git.
    pub(crate) fn here() -> Result<Self, Error> {
        let here = Path::new(".").canonicalize().map_err(|error| Error::io("find", Path::new("."), &error))?;
        let git =
            Git::around(&here).map_err(|error| error.hint("run this in the repository that holds the .spin.yml"))?;
        let below_top = git.top().and_then(|top| here.strip_prefix(top).ok()).unwrap_or(Path::new("")).to_owned();
        let args = ["rev-parse", "--git-path", "info/attributes"];
        let output = git.ask(&args)?;
        if !output.status.success() {
            return Err(failed(&args, &output));
        }
        let attributes = match &git.folder {
            Some(folder) if *folder != here => folder.join(path_in(&output)),
            _ => path_in(&output),
        };
        Ok(Self { git, below_top, attributes })
    }

    /// The value of the attribute `diff` for a path from the top: `unspecified`, `set`, `unset`, or a name.
    ///
    /// # Errors
    /// Git cannot tell.
    pub(crate) fn diff_attribute(&self, path: &Path) -> Result<String, Error> {
        let path = self.git.top().map_or_else(|| path.to_owned(), |top| top.join(path));
        let output =
            self.git.run(&["check-attr".as_ref(), "-z".as_ref(), "diff".as_ref(), "--".as_ref(), path.as_ref()])?;
        if output.status.success() { Ok(value(&output.stdout)) } else { Err(failed(&["check-attr"], &output)) }
    }

    /// The attribute `diff` that the file `attributes` alone gives to a path from the top. It outranks every other
    /// file with attributes.
    ///
    /// # Errors
    /// Git cannot tell.
    pub(crate) fn own_diff_attribute(&self, path: &Path) -> Result<String, Error> {
        let Some(folder) = self.attributes.parent().filter(|folder| folder.is_dir()) else {
            return Ok("unspecified".to_owned());
        };
        let git_dir = self.git.git_dir();
        let mut command = process::command()?;
        // The folder of that file stands for a working tree without a `.gitattributes`, and no index has one either.
        command.current_dir(folder).env("GIT_WORK_TREE", ".").env("GIT_ATTR_NOSYSTEM", "1");
        command.env("GIT_INDEX_FILE", git_dir.join("info/no-index")).env("GIT_DIR", git_dir);
        command.args(["-c", "core.attributesFile=/dev/null", "check-attr", "-z", "diff", "--"]).arg(path);
        let output = process::output(&mut command)?;
        if output.status.success() { Ok(value(&output.stdout)) } else { Err(failed(&["check-attr"], &output)) }
    }

    /// The value of a key in git's configuration, wherever it is set.
    ///
    /// # Errors
    /// Git cannot read its configuration.
    pub(crate) fn get(&self, key: &str) -> Result<Option<String>, Error> {
        configured(&self.git, &["config", "-z", "--get", key])
    }

    /// The value of a key in the configuration of this repository alone.
    ///
    /// # Errors
    /// Git cannot read its configuration.
    pub(crate) fn get_local(&self, key: &str) -> Result<Option<String>, Error> {
        configured(&self.git, &["config", "--local", "-z", "--get", key])
    }

    /// Sets a key in the configuration of this repository.
    ///
    /// # Errors
    /// Git cannot write its configuration.
    pub(crate) fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        let args = ["config", "--local", key, value];
        let output = self.git.ask(&args)?;
        if output.status.success() { Ok(()) } else { Err(failed(&args, &output)) }
    }
}

/// The value of a key in the configuration of the repository around the working folder alone; `None` without one.
pub(crate) fn local_setting(key: &str) -> Option<String> {
    let git = Git::around(&Path::new(".").canonicalize().ok()?).ok()?;
    configured(&git, &["config", "--local", "-z", "--get", key]).ok()?
}

fn configured(git: &Git, args: &[&str]) -> Result<Option<String>, Error> {
    let output = git.ask(args)?;
    match output.status.code() {
        Some(0) => {
            let value = output.stdout.strip_suffix(&[0]).unwrap_or(&output.stdout);
            Ok(Some(String::from_utf8_lossy(value).into_owned()))
        }
        Some(1) => Ok(None),
        _ => Err(failed(args, &output)),
    }
}

/// The third field of an answer of `check-attr -z`.
fn value(answer: &[u8]) -> String {
    let value = answer.split(|byte| *byte == 0).nth(2).unwrap_or_default();
    String::from_utf8_lossy(value).into_owned()
}
