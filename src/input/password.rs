//! Where the vault password comes from.
//!
//! Promises: the order: option, environment, `.vault-password` beside the file or above it, the terminal; a password
//! file is read as Ansible reads it; only a file that the option or the environment names is ever run, without a
//! shell, and from inside a working tree only by its absolute path, so that a checked-out branch cannot run code. The password never appears in a process argument, a message or
//! `Debug`. Refuses files that Ansible would wait for or run by mistake: pipes, devices, text without `#!`.

mod file;
mod program;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::prompt::{self, Terminal};

/// The file that Spin reads the password from, beside the `.spin.yml`.
pub const FILE_NAME: &str = ".vault-password";
/// Ansible's own variable; the file it names may be run.
pub const VARIABLE: &str = "ANSIBLE_VAULT_PASSWORD_FILE";
/// How many times the terminal is asked.
const ATTEMPTS: usize = 3;
/// The last hint of every error in this module.
const SOURCES_HINT: &str = "the vault password comes from the file that --vault-password-file names, from the one that \
                    ANSIBLE_VAULT_PASSWORD_FILE names, or from .vault-password beside the .spin.yml or above it, up to the root \
                    of the repository";

/// What the command line says about passwords.
#[derive(Clone, Copy)]
pub struct Named<'n> {
    /// `--vault-password-file`
    pub option: Option<&'n Path>,
    /// A program that was named may be run.
    pub may_run: bool,
}

/// Where to look for a password.
#[derive(Clone, Copy)]
pub struct Search<'s> {
    pub named: Named<'s>,
    /// The folders to search for `.vault-password`, the nearest first.
    pub folders: &'s [PathBuf],
    /// The file for which the user may be asked, as it is named in the question.
    pub ask_for: Option<&'s str>,
}

/// Where a password came from. `Display` fits after "the password from".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The file of `--vault-password-file`, or its output.
    Option(PathBuf),
    /// The file of `ANSIBLE_VAULT_PASSWORD_FILE`, or its output.
    Environment(PathBuf),
    /// `.vault-password` beside the file.
    Beside(PathBuf),
    /// The terminal.
    Terminal,
}

impl Origin {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Option(path) | Self::Environment(path) | Self::Beside(path) => Some(path),
            Self::Terminal => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(path) | Self::Beside(path) => write!(f, "{}", path.display()),
            Self::Environment(path) => write!(f, "{} ({VARIABLE})", path.display()),
            Self::Terminal => f.write_str("the terminal"),
        }
    }
}

/// A vault password that fits.
pub struct Password {
    bytes: Zeroizing<Vec<u8>>,
    origin: Origin,
    /// The sources tried before, whose passwords are wrong.
    rejected: Vec<Origin>,
}

/// Never shows the password.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Password");
        shown.field("origin", &self.origin).field("rejected", &self.rejected).finish_non_exhaustive()
    }
}

impl Password {
    /// The password as Ansible would read it; never empty.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// A sentence for the user if other passwords were wrong.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        let before = (!self.rejected.is_empty()).then(|| joined(&self.rejected))?;
        Some(format!("the vault password from {before} does not fit, the one from {} does", self.origin))
    }
}

/// Finds a password for which `fits` is true, trying each source in order.
///
/// `label` is the vault ID in the header of the encrypted text, which Ansible's client programs are asked for.
///
/// With the option, only that password is tried. If the one from the environment is wrong, the next source is tried. If
/// none is found, the terminal is asked, if that is allowed and there is one.
///
/// # Errors
///
/// No password was found; one cannot be read or run; none is right; Ctrl-C at the question. All but the last end with a
/// hint about the sources.
pub fn find(search: &Search<'_>, label: Option<&str>, fits: &mut dyn FnMut(&[u8]) -> bool) -> Result<Password, Error> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let sources = Sources {
        option: search.named.option.map(Path::to_owned),
        environment: set(VARIABLE).map(PathBuf::from),
        folders: search.folders.to_owned(),
        label: label.map(str::to_owned),
        home: set("HOME"),
        may_run: search.named.may_run,
    };
    let asking = |question: &str| prompt::secret(&format!("{question} for {}: ", search.ask_for.unwrap_or_default()));
    let ask = (search.ask_for.is_some() && Terminal::open().is_some()).then_some(&asking as Ask<'_>);
    let found = sources.find(ask, fits);
    found.map_err(|error| if error.kind == ErrorKind::Interrupted { error } else { error.hint(SOURCES_HINT) })
}

/// Asks a question and returns the answer, which is not echoed.
type Ask<'a> = &'a dyn Fn(&str) -> Result<Zeroizing<String>, Error>;

/// The places to look for a password.
struct Sources {
    option: Option<PathBuf>,
    environment: Option<PathBuf>,
    folders: Vec<PathBuf>,
    label: Option<String>,
    home: Option<OsString>,
    may_run: bool,
}

impl Sources {
    fn find(&self, ask: Option<Ask<'_>>, fits: &mut dyn FnMut(&[u8]) -> bool) -> Result<Password, Error> {
        let mut search = Tried { fits, rejected: Vec::new(), programs: Vec::new() };
        let label = self.label.as_deref();
        if let Some(path) = &self.option {
            let path = self.expand(path)?;
            file::refuse_to_run(&path, self.may_run)?;
            let bytes = file::named(&path, label, search.fits)?;
            return search.test(bytes, Origin::Option(path)).ok_or_else(|| search.none_fits());
        }
        let mut not_run = None;
        if let Some(path) = &self.environment {
            let path = self.expand(path).map_err(from_variable)?;
            match file::refuse_to_run(&path, self.may_run) {
                // The person's setting is right, and only a textconv cannot use it.
                Err(error) if !self.may_run => not_run = Some(error),
                refused => {
                    refused.map_err(from_variable)?;
                    let bytes = file::named(&path, label, search.fits).map_err(from_variable)?;
                    if let Some(password) = search.test(bytes, Origin::Environment(path)) {
                        return Ok(password);
                    }
                }
            }
        }
        let before = search.rejected.len();
        for folder in &self.folders {
            let path = folder.join(FILE_NAME);
            if let Some(bytes) = file::found_beside(&path)?
                && let Some(password) = search.test(bytes, Origin::Beside(path))
            {
                return Ok(password);
            }
        }
        if search.rejected.len() > before {
            return Err(search.none_fits());
        }
        match ask {
            Some(ask) => search.ask(ask),
            None if search.rejected.is_empty() => {
                Err(not_run.unwrap_or_else(|| Error::new("no vault password was found")))
            }
            None => Err(search.none_fits()),
        }
    }

    /// The path with a leading `~` expanded. A shell does not expand it in `--option=~/file`, or in a variable read
    /// from a file.
    fn expand(&self, path: &Path) -> Result<PathBuf, Error> {
        let mut parts = path.components();
        let first = parts.next().map(|first| first.as_os_str().as_encoded_bytes()).unwrap_or_default();
        match (first, &self.home) {
            (b"~", Some(home)) => Ok(Path::new(home).join(parts.as_path())),
            (b"~", None) => Err(Error::new(format!("cannot expand {}: HOME is not set", path.display()))),
            ([b'~', ..], _) if !path.exists() => {
                let whose = format!("cannot expand {}: only ~/ is supported, not a user name", path.display());
                Err(Error::new(whose).hint("write the full path"))
            }
            _ => Ok(path.to_owned()),
        }
    }
}

/// The search so far.
struct Tried<'a> {
    fits: &'a mut dyn FnMut(&[u8]) -> bool,
    rejected: Vec<Origin>,
    /// Those of them that were read though they look like programs.
    programs: Vec<Origin>,
}

impl Tried<'_> {
    /// The password, if it is right; else the search records that it is wrong.
    fn test(&mut self, bytes: Zeroizing<Vec<u8>>, origin: Origin) -> Option<Password> {
        if (self.fits)(&bytes) {
            return Some(Password { bytes, origin, rejected: std::mem::take(&mut self.rejected) });
        }
        if origin.path().is_some_and(|path| file::is_program_as_text(path, &bytes)) {
            self.programs.push(origin.clone());
        }
        self.rejected.push(origin);
        None
    }

    fn ask(&mut self, ask: Ask<'_>) -> Result<Password, Error> {
        let before = self.rejected.len();
        for attempt in 0..ATTEMPTS {
            let again = if attempt == 0 { "" } else { "That does not fit, or the file is damaged. " };
            let answer = ask(&format!("{again}Vault password"))?;
            let bytes = file::trimmed(answer.as_bytes());
            if bytes.is_empty() {
                return Err(Error::new("no vault password was given").with_kind(ErrorKind::Declined));
            }
            self.rejected.truncate(before);
            if let Some(password) = self.test(bytes, Origin::Terminal) {
                return Ok(password);
            }
        }
        Err(self.none_fits())
    }

    fn none_fits(&self) -> Error {
        let subject = if self.rejected.len() == 1 { "password" } else { "passwords" };
        let verb = if self.rejected.len() == 1 { "does" } else { "do" };
        let from = joined(&self.rejected);
        let error = Error::new(format!("the vault {subject} from {from} {verb} not fit, or the file is damaged"));
        let error = self
            .programs
            .iter()
            .filter_map(|program| Some(file::run_it(program.path()?, !matches!(program, Origin::Beside(_)))))
            .fold(error, Error::hint);
        error.hint(
            "use the password that the file was encrypted with; if it is the right one, restore the file from \
                git",
        )
    }
}

fn joined(origins: &[Origin]) -> String {
    origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and from ")
}

/// Adds that the environment names the file.
fn from_variable(error: Error) -> Error {
    error.hint(format!("{VARIABLE} names this file: correct it, or unset it"))
}
