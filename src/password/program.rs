//! Runs a program that prints the vault password.
//!
//! Promises: no shell, no arguments, no standard input; what it prints is taken up to a limit and kept in zeroized
//! memory; what it says on standard error is shown, escaped, only where it fails. A daemon that it leaves behind with
//! its standard error open is not waited for.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES};
use crate::prompt::PASSPHRASE_VARIABLE;
use crate::ui::escape_lines;

/// How much of standard error is kept, in bytes.
const KEPT_BYTES: u64 = 4096;
/// How long to wait for the end of standard error once the program has ended.
const PATIENCE: Duration = Duration::from_millis(500);
/// How programs start: a script; ELF; Mach-O of 64 and 32 bits and of several architectures.
const STARTS: [&[u8]; 5] = [b"#!", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe"];

/// What the program at `path` prints.
///
/// # Errors
///
/// It is no program, cannot be started, prints too much, or fails.
pub(super) fn output(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    check_start(path)?;
    // With a slash in it, so that it is never looked for in PATH.
    let program = std::path::absolute(path).map_err(|error| cannot_run(path, &error))?;
    let mut command = Command::new(program);
    command.env_remove(PASSPHRASE_VARIABLE);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_run(path, &error))?;
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
        Err(error) => Err(cannot_run(path, &error)),
        Ok(None) => {
            let limit = MAX_KEY_BYTES >> 20;
            Err(failed(path, &format!("printed more than {limit} MiB")).hint("is that the program you mean?"))
        }
        Ok(Some(_)) if !status.success() => Err(with_words(failed(path, &ending(status)), said)),
        Ok(Some(printed)) => Ok(printed),
    }
}

/// A password with the executable bit set, as every file has on some mounted disks, must not be handed to a shell as
/// some systems do with a text that is no script: parts of it would show as unknown commands.
fn check_start(path: &Path) -> Result<(), Error> {
    let mut start = Zeroizing::new(Vec::with_capacity(4));
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    read.map_err(|error| cannot_run(path, &error))?;
    if STARTS.iter().any(|known| start.starts_with(known)) {
        return Ok(());
    }
    let why = "it is executable, but neither a program nor a script that starts with #!";
    Err(Error::new(format!("cannot run the vault password file {}: {why}", path.display()))
        .hint("chmod -x it if it holds the password itself"))
}

/// Takes what comes, so that the program never waits for it, and keeps the start of it.
fn listen(mut stderr: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        // What is missing from a message is no reason to fail, and nobody may be waiting for it any more.
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
        // The file is there: it was looked at.
        io::ErrorKind::NotFound => failed.hint("the program that its first line (#!) names is not there"),
        io::ErrorKind::PermissionDenied => failed.hint("you need the right to read and to run it: ls -l shows who has"),
        _ => failed,
    }
}

fn failed(path: &Path, how: &str) -> Error {
    Error::new(format!("the vault password program {} {how}", path.display()))
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("failed with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "failed".to_owned(),
    }
}

/// Adds what the program said on standard error.
fn with_words(error: Error, said: Option<Receiver<Vec<u8>>>) -> Error {
    let said = said.and_then(|said| said.recv_timeout(PATIENCE).ok()).unwrap_or_default();
    let text = String::from_utf8_lossy(&said);
    let lines: Vec<String> = text.trim_end().lines().map(|line| escape_lines(line).into_owned()).collect();
    if lines.is_empty() { error } else { error.note(format!("it said:\n{}", lines.join("\n"))) }
}
