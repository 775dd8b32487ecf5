//! Password files: read, or run if they are executable and were named.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

use super::super::links::links;
use super::program::{self, DEFAULT_LABEL, Failure};
use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES};
use crate::git;
use crate::shell;
use crate::vault;

const WHAT: &str = "vault password file";

/// The password from a file that the user named: its content, or its output if it is executable. A client program is
/// asked as by Ansible, and for the label of the vault, if there is one, only where that gives no password that fits.
///
/// # Errors
///
/// The file cannot be read or run, or contains no password.
pub(super) fn named(
    path: &Path,
    label: Option<&str>,
    fits: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if !is_executable(path) {
        return read(path, true);
    }
    let ask = |label| Ok(checked(line_ends_trimmed(&program::output(path, label)?), path)?);
    let answer: Result<_, Failure> = ask(DEFAULT_LABEL);
    if !program::is_client(path) {
        return answer.map_err(|failure| *failure.error);
    }
    let label = label.filter(|label| *label != DEFAULT_LABEL);
    match (answer, label) {
        (Ok(password), Some(label)) if !fits(&password) => match ask(label) {
            Err(failure) if failure.is_unknown_label() => Ok(password),
            answer => answer.map_err(|failure| *failure.error),
        },
        (Err(failure), Some(label)) if failure.is_unknown_label() => ask(label).map_err(|second| {
            let neither = format!("it has no password for the label {DEFAULT_LABEL} or {label}");
            if second.is_unknown_label() { failure.error.hint(neither) } else { *second.error }
        }),
        (Err(failure), None) if failure.is_unknown_label() => {
            Err(failure.error.hint(format!("it has no password for the label {DEFAULT_LABEL}")))
        }
        (answer, _) => answer.map_err(|failure| *failure.error),
    }
}

/// Refuses to run a program: any program, or one that a branch may have put there. A relative path names whatever the
/// working tree has at that place.
///
/// # Errors
///
/// It would be run.
pub(super) fn refuse_to_run(path: &Path, may_run: bool) -> Result<(), Error> {
    if !is_executable(path) {
        return Ok(());
    }
    let shown = path.display();
    if !may_run {
        return Err(Error::new(format!("the vault password program {shown} is not run to show a file to git"))
            .hint("run `spin-keys show` yourself, or put the password into a file that is not executable"));
    }
    let real = files::retried(|| path.canonicalize()).unwrap_or_else(|_| path.to_owned());
    let on_the_way = links(path).into_iter().map(|link| link.at);
    let place = on_the_way.chain([real.clone()]).find_map(|path| git::root(path.parent()?));
    match place.filter(|_| path.is_relative()) {
        None => Ok(()),
        Some(root) => {
            let why = format!("it is in the working tree {}, where a branch can put it", root.display());
            Err(Error::new(format!("the vault password program {shown} is not run: {why}")).hint(format!(
                "if it is yours, name it by its absolute path: {}",
                shell::word(&real.display().to_string())
            )))
        }
    }
}

/// The password from a file that was found, not named, and is therefore never run. `None` if there is no such file.
///
/// # Errors
///
/// The file is executable, cannot be read, or contains no password.
pub(super) fn found_beside(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        _ if is_executable(path) => {
            let why = "it is executable, and only a file that was named is run";
            Err(Error::new(format!("{} is not used: {why}", path.display())).hint(
                "if it contains the password, make it not executable (chmod -x); to run it, name it with \
                    --vault-password-file",
            ))
        }
        _ => read(path, false).map(Some),
    }
}

/// Whether a password that was read from this file is the text of a program.
pub(super) fn is_program_as_text(path: &Path, password: &[u8]) -> bool {
    program::is_one(password) && !is_executable(path)
}

/// What to do with a program that was read as the password.
pub(super) fn run_it(path: &Path, is_named: bool) -> String {
    let path = path.display().to_string();
    let path = shell::word(&path);
    let name = if is_named { "" } else { ", and name it with --vault-password-file" };
    format!(
        "{path} starts as a program does, but is not executable, so that its content is taken for the password: to run \
            it, chmod +x {path}{name}"
    )
}

/// Whether Ansible would run the file: it is executable for anybody.
fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta: Metadata| meta.is_file() && meta.mode() & 0o111 != 0)
}

fn read(path: &Path, is_named: bool) -> Result<Zeroizing<Vec<u8>>, Error> {
    files::refuse_pipe(path, WHAT, "use an executable file that prints the password")?;
    let bytes = files::read_limited(path, WHAT, MAX_KEY_BYTES).map_err(|error| {
        let is_program = path.is_file() && program::is_one_at(path);
        if is_program { error.hint(run_it(path, is_named)) } else { error }
    })?;
    checked(trimmed(&bytes), path)
}

fn checked(password: Zeroizing<Vec<u8>>, path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    if password.is_empty() {
        return Err(Error::new(format!("the {WHAT} {} is empty", path.display())));
    }
    if vault::is_encrypted(&password) {
        return Err(Error::new(format!("the {WHAT} {} is itself encrypted", path.display()))
            .hint("use a file with the password in plain text, or a program that prints it"));
    }
    Ok(password)
}

/// A password without surrounding white space, as by Python's `strip` for bytes, which Ansible uses for a file and for
/// an answer.
pub(super) fn trimmed(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    without(bytes, |byte| matches!(byte, b' ' | b'\t'..=b'\r'))
}

/// The output of a program without surrounding line breaks, which is all that Ansible strips there.
fn line_ends_trimmed(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    without(bytes, |byte| matches!(byte, b'\r' | b'\n'))
}

fn without(bytes: &[u8], edge: impl Fn(u8) -> bool) -> Zeroizing<Vec<u8>> {
    let start = bytes.iter().position(|&byte| !edge(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|&byte| !edge(byte)).map_or(start, |last| last + 1);
    Zeroizing::new(bytes[start..end].to_vec())
}
