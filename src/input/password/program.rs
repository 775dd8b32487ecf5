//! Runs a program that prints the vault password.
//!
//! Promises: no shell, no standard input, no arguments but the `--vault-id LABEL` of Ansible's client programs. The label
//! comes from the encrypted file, which may be somebody else's: only letters, digits and `._@+-` are passed. Its output is limited and kept in zeroized memory. Its standard
//! error is shown, escaped, only if it fails. A daemon that it leaves running with standard error open is not waited
//! for.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::children;
use crate::error::Error;
use crate::escape::escape_lines;
use crate::files::{self, MAX_KEY_BYTES};
use crate::shell::PASSPHRASE_VARIABLE;

/// The label that Ansible asks a client program for that is given as a password file, whatever the file's own is.
pub(super) const DEFAULT_LABEL: &str = "default";
/// The exit code by which a client program says that it has no password for a label.
const UNKNOWN_LABEL: i32 = 2;
/// Bytes of standard error to keep.
const KEPT_BYTES: u64 = 4096;
/// How long to wait for the end of standard error after the program has ended.
const STDERR_TIMEOUT: Duration = Duration::from_millis(500);
/// First bytes of programs: a script; ELF; Mach-O with 64 bits, with 32 bits, and for several architectures.
const PROGRAM_MAGIC: [&[u8]; 5] = [b"#!", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe"];

/// Whether Ansible passes a label to the program: its name without extension ends with `-client`.
pub(super) fn is_client(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.as_encoded_bytes().ends_with(b"-client"))
}

/// The output of the program at `path`; a client program is asked for the password of this label.
///
/// # Errors
///
/// The file is not a program, or it cannot be started, prints too much, or fails.
pub(super) fn output(path: &Path, label: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    check_start(path)?;
    if !is_client(path) {
        return run(path, &[]);
    }
    if !is_plain(label) {
        let why = "only letters, digits and ._@+- are passed to a program";
        let error = failed(path, &format!("is not asked for the vault label \"{label}\": {why}"));
        return Err(error
            .hint("name a file with the password, or give the vault another label: ansible-vault rekey --new-vault-id")
            .into());
    }
    run(path, &["--vault-id", label])
}

/// Whether a text, or the start of it, is that of a program.
pub(super) fn is_one(start: &[u8]) -> bool {
    PROGRAM_MAGIC.iter().any(|known| start.starts_with(known))
}

/// [`is_one`] for the start of a file; `false` if it cannot be read.
pub(super) fn is_one_at(path: &Path) -> bool {
    let mut start = Zeroizing::new(Vec::with_capacity(4));
    File::open(path).and_then(|file| file.take(4).read_to_end(&mut start)).is_ok() && is_one(&start)
}

fn is_plain(label: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._@+-".contains(&byte);
    label.bytes().all(plain) && label.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
}

/// Why a program gave no password.
pub(super) struct Failure {
    /// Its exit code, if it ended with one.
    code: Option<i32>,
    pub(super) error: Box<Error>,
}

impl Failure {
    /// Whether a client program has no password for the label.
    pub(super) fn is_unknown_label(&self) -> bool {
        self.code == Some(UNKNOWN_LABEL)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { code: None, error: Box::new(error) }
    }
}

fn run(path: &Path, args: &[&str]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // A slash keeps it from being searched for in PATH.
    let program = std::path::absolute(path).map_err(|error| cannot_run(path, &error))?;
    let mut command = Command::new(program);
    command.args(args).env_remove(PASSPHRASE_VARIABLE);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = children::start(&mut command).map_err(|error| cannot_run(path, &error))?;
    let said = child.stderr.take().map(listen);
    let printed = match child.stdout.take() {
        Some(mut stdout) => files::read_all(&mut stdout, KEPT_BYTES, MAX_KEY_BYTES),
        None => Err(io::ErrorKind::BrokenPipe.into()),
    };
    if !matches!(printed, Ok(Some(_))) {
        // It may have ended by itself.
        child.kill().ok();
    }
    let status = wait(&mut child).map_err(|error| cannot_run(path, &error))?;
    match printed {
        Err(error) => Err(cannot_run(path, &error).into()),
        Ok(None) => {
            let limit = MAX_KEY_BYTES >> 20;
            let error = failed(path, &format!("printed more than {limit} MiB"));
            Err(error.hint("check that it is the right program").into())
        }
        Ok(Some(_)) if !status.success() => {
            Err(Failure { code: status.code(), error: Box::new(with_stderr(failed(path, &ending(status)), said)) })
        }
        Ok(Some(printed)) => Ok(printed),
    }
}

/// Refuses a password with the executable bit set, which every file has on some mounted disks. Some systems pass text
/// that is not a script to a shell, which would print parts of the password as unknown commands.
fn check_start(path: &Path) -> Result<(), Error> {
    let mut start = Zeroizing::new(Vec::with_capacity(4));
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    read.map_err(|error| cannot_run(path, &error))?;
    if is_one(&start) {
        return Ok(());
    }
    let why = "it is executable, but neither a program nor a script that starts with #!";
    Err(Error::new(format!("cannot run the vault password file {}: {why}", path.display()))
        .hint("if it contains the password, make it not executable (chmod -x)"))
}

/// Reads everything, so that the program never blocks, and keeps the start.
fn listen(mut stderr: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        // An incomplete message is not a reason to fail, and the receiver may be gone.
        stderr.by_ref().take(KEPT_BYTES).read_to_end(&mut kept).ok();
        io::copy(&mut stderr, &mut io::sink()).ok();
        sender.send(kept).ok();
    });
    receiver
}

fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    loop {
        match child.wait() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            status => return status,
        }
    }
}

fn cannot_run(path: &Path, error: &io::Error) -> Error {
    let failed = Error::io("run the vault password file", path, error);
    match error.kind() {
        // The file itself exists: it was checked before.
        io::ErrorKind::NotFound => failed.hint("the program named in its first line (#!) does not exist"),
        io::ErrorKind::PermissionDenied => failed.hint("check that you may read and run it: ls -l"),
        _ => failed,
    }
}

fn failed(path: &Path, how: &str) -> Error {
    Error::new(format!("the vault password program {} {how}", path.display()))
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("failed with exit code {code}"),
        (None, Some(signal)) => format!("was killed by signal {signal}"),
        (None, None) => "failed".to_owned(),
    }
}

/// Adds the standard error of the program.
fn with_stderr(error: Error, said: Option<Receiver<Vec<u8>>>) -> Error {
    let said = said.and_then(|said| said.recv_timeout(STDERR_TIMEOUT).ok()).unwrap_or_default();
    let text = String::from_utf8_lossy(&said);
    let lines: Vec<String> = text.trim_end().lines().map(|line| escape_lines(line).into_owned()).collect();
    if lines.is_empty() { error } else { error.note(format!("its standard error:\n{}", lines.join("\n"))) }
}
