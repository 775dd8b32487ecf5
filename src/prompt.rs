//! Questions and passphrases.
//!
//! Promises: they go to the terminal itself (`/dev/tty`), so that standard input can be a key; a passphrase is never
//! echoed, and the echo is back after a signal. What was typed before a question does not answer it, and what is pasted after
//! an answer reaches neither the next question nor the shell. An empty answer, or none, is no. Refuses to guess: without a terminal
//! a question takes one line of standard input, and the end of that means that nothing is written.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{LocalModes, QueueSelector, tcflush};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::escape::{escape, without_commands};
use crate::files::{self, MAX_KEY_BYTES};
use crate::shell::PASSPHRASE_VARIABLE;
use crate::signals;

const PASSPHRASE_FILE: &str = "passphrase file";
const TERMINAL: &str = "/dev/tty";
const ATTEMPTS: usize = 3;
const LONGEST_ANSWER: usize = 4096;
/// Nobody types on so soon after an answer.
const PASTE: Duration = Duration::from_millis(30);
/// The width of a terminal that does not say its own.
const USUAL_COLUMNS: usize = 80;

/// Standard input is there once: a key and an answer cannot both come from it.
static STDIN_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal of the process.
pub struct Terminal(File);

impl Terminal {
    /// The terminal, if the process has one.
    #[must_use]
    pub fn open() -> Option<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(TERMINAL, flags, Mode::empty()).ok()?);
        rustix::termios::isatty(&file).then_some(Self(file))
    }

    /// Asks a question. An answer of several lines was pasted, and is none.
    fn ask(&mut self, question: &str) -> Result<Option<String>, Error> {
        let question = &escape(question);
        let _asked = self.turn_off(LocalModes::empty(), question)?;
        self.forget_typed();
        self.write(question)?;
        let answer = read_line(&mut self.0).map_err(|error| failed(&error))?;
        if answer.is_none() {
            self.write("\n")?;
        }
        if self.has_more(question)? {
            self.write("Several lines were entered at once. They are ignored.\n")?;
            return Ok(Some(String::new()));
        }
        Ok(answer.map(|answer| text(&answer)))
    }

    /// Throws away what was typed and not read. A terminal that cannot do that is gone, as the next write finds.
    fn forget_typed(&self) {
        tcflush(&self.0, QueueSelector::IFlush).ok();
    }

    /// Whether more came with an answer, a line without its end included; it is thrown away.
    fn has_more(&self, question: &str) -> Result<bool, Error> {
        std::thread::sleep(PASTE);
        // Line by line, the terminal keeps a line without its end to itself.
        let _modes = self.without_echo(LocalModes::ICANON, question)?;
        Ok(rustix::io::ioctl_fionread(&self.0).is_ok_and(|count| count > 0))
    }

    /// Turns off the echo, and other modes, until the guard is dropped.
    fn without_echo(&self, others: LocalModes, question: &str) -> Result<signals::Remembered, Error> {
        self.turn_off(LocalModes::ECHO | LocalModes::ECHONL | others, question)
    }

    /// Until the guard is dropped; the question is kept for a signal.
    fn turn_off(&self, modes: LocalModes, question: &str) -> Result<signals::Remembered, Error> {
        let terminal = self.0.try_clone().map_err(|error| failed(&error))?;
        signals::turn_off(terminal.into(), modes, question).map_err(|error| failed(&error))
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        self.0.write_all(text.as_bytes()).map_err(|error| failed(&error))
    }
}

/// The width of the terminal that standard output is, in columns.
#[must_use]
pub fn columns() -> usize {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => USUAL_COLUMNS,
    }
}

fn failed(error: &io::Error) -> Error {
    Error::io("ask on", Path::new(TERMINAL), error)
}

/// Whether there is a terminal to ask on.
#[must_use]
pub fn is_possible() -> bool {
    Terminal::open().is_some()
}

/// Asks a question that is answered with yes or no; all but `y` and `yes` is no.
///
/// # Errors
///
/// Of kind [`Declined`](ErrorKind::Declined) where there is nobody to ask.
pub fn confirm(question: &str) -> Result<bool, Error> {
    let question = format!("{question} [y/N] ");
    let answer = match Terminal::open() {
        Some(mut terminal) => terminal.ask(&question)?.unwrap_or_default(),
        None => ask_on_stdin(&question)?,
    };
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

fn ask_on_stdin(question: &str) -> Result<String, Error> {
    let nobody = || {
        Error::new("there is no terminal to ask on, and nothing was written")
            .with_kind(ErrorKind::Declined)
            .hint("pass --yes to write")
    };
    if STDIN_TAKEN.load(Ordering::Relaxed) {
        return Err(nobody());
    }
    io::stderr().write_all(without_commands(&escape(question), false).as_bytes()).ok();
    let answer = stdin().and_then(|mut stdin| read_line(&mut stdin));
    io::stderr().write_all(b"\n").ok();
    match answer {
        Ok(answer) => answer.map(|answer| text(&answer)).ok_or_else(nobody),
        Err(error) => Err(Error::io("read", Path::new("standard input"), &error)),
    }
}

/// Asks which of several is meant, and gives its index.
///
/// # Errors
///
/// There is no terminal (the message has the list), or no answer that fits.
pub fn choose(question: &str, items: &[String]) -> Result<usize, Error> {
    let list: String = items.iter().zip(1..).map(|(item, number)| format!("\n  {number}) {}", escape(item))).collect();
    let Some(mut terminal) = Terminal::open() else {
        return Err(Error::new(format!("{question} There is no terminal to ask on; the choice is:{list}"))
            .hint("give only the one you mean"));
    };
    terminal.write(&format!("{}{list}\n", escape(question)))?;
    for _ in 0..ATTEMPTS {
        let Some(answer) = terminal.ask(&format!("1-{}: ", items.len()))? else { break };
        match answer.trim().parse::<usize>() {
            Ok(number) if (1..=items.len()).contains(&number) => return Ok(number - 1),
            _ if answer.trim().is_empty() => break,
            _ => {}
        }
    }
    Err(Error::new("nothing was chosen, and nothing was written").with_kind(ErrorKind::Declined))
}

/// Asks for a secret, without echo.
///
/// # Errors
///
/// There is no terminal, no answer, or Ctrl-C.
pub fn secret(question: &str) -> Result<Zeroizing<String>, Error> {
    let Some(mut terminal) = Terminal::open() else {
        return Err(Error::new(format!("{} There is no terminal to ask on", question.trim_end())));
    };
    // Only with its handler does Ctrl-C give the echo back.
    signals::install()?;
    let question = escape(question);
    let _echo = terminal.without_echo(LocalModes::empty(), &question)?;
    terminal.forget_typed();
    terminal.write(&question)?;
    let answer = read_line(&mut terminal.0).map_err(|error| failed(&error))?;
    terminal.write("\n")?;
    let Some(secret) = answer else {
        return Err(Error::new("no answer was given, and nothing was written").with_kind(ErrorKind::Declined));
    };
    // A key locked with something in the place of these bytes could not be opened with what was typed.
    match std::str::from_utf8(&secret) {
        Ok(secret) => Ok(Zeroizing::new(secret.to_owned())),
        Err(_) => Err(Error::new("what was typed is not UTF-8").hint("use a terminal that sends UTF-8")),
    }
}

/// Asks for a new passphrase for `what` twice, until both are the same. Empty means none, as for `ssh-keygen`; what
/// that means here, the caller decides.
///
/// # Errors
///
/// As [`secret`], and where they differ three times.
pub fn passphrase_twice(what: &str) -> Result<Zeroizing<String>, Error> {
    if Terminal::open().is_none() {
        return Err(Error::new(format!("{what} needs a passphrase, and there is no terminal to ask on"))
            .hint("pass --passphrase-file FILE, or set SPIN_KEYS_PASSPHRASE")
            .hint("or pass --no-passphrase for a key that anyone with the file can use"));
    }
    for _ in 0..ATTEMPTS {
        let first = secret(&format!("Passphrase for {what} (empty for none): "))?;
        if first == secret("The same passphrase again: ")? {
            return Ok(first);
        }
        if let Some(mut terminal) = Terminal::open() {
            terminal.write("They differ: try again.\n")?;
        }
    }
    Err(Error::new("the passphrases differed three times").hint("pass --passphrase-file FILE to read it from a file"))
}

/// The first line of the file at `path`, without its end.
///
/// # Errors
///
/// The file cannot be read or is not UTF-8.
pub(crate) fn passphrase_from_file(path: &Path) -> Result<Zeroizing<String>, Error> {
    // What a person keeps in a password manager is not to be written to the disk.
    files::refuse_pipe(path, PASSPHRASE_FILE, &format!("pass the passphrase in {PASSPHRASE_VARIABLE} instead"))?;
    let bytes = files::read_limited(path, PASSPHRASE_FILE, MAX_KEY_BYTES)?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(line) => Ok(Zeroizing::new(line.to_owned())),
        Err(_) => Err(Error::new(format!("the passphrase in {} is not UTF-8", path.display()))
            .hint("its first line is the passphrase: is that the file you mean?")),
    }
}

/// All of standard input, once.
///
/// # Errors
///
/// It was read before, is over `limit`, or fails.
pub fn read_stdin(limit: u64) -> Result<Zeroizing<Vec<u8>>, Error> {
    if STDIN_TAKEN.swap(true, Ordering::Relaxed) {
        return Err(Error::new("standard input can be read only once").hint("give one of the two as a file"));
    }
    let bytes = stdin().and_then(|mut stdin| files::read_all(&mut stdin, 0, limit));
    match bytes {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Error::new(format!("standard input is larger than {} MiB", limit >> 20))),
        Err(error) => Err(Error::io("read", Path::new("standard input"), &error)),
    }
}

/// Standard input without the buffer of the standard library, in which a private key would stay.
fn stdin() -> io::Result<File> {
    Ok(File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?))
}

/// One line, byte by byte, so that the next one stays where it is; nothing at the end of input. It never moves in memory.
fn read_line(from: &mut impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let (mut line, mut byte) = (Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER)), Zeroizing::new([0]));
    while line.len() < LONGEST_ANSWER {
        match from.read(byte.as_mut()) {
            Ok(0) if line.is_empty() => return Ok(None),
            Ok(0) => break,
            Ok(_) if *byte == [b'\n'] => break,
            Ok(_) => line.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(line))
}

fn text(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_y_and_yes_are_yes() {
        assert!(["y", "Y", "yes", "YES", " Yes\r"].iter().all(|answer| is_yes(answer)));
        assert!(["", " ", "n", "no", "yy", "yes!", "j", "1", "true"].iter().all(|answer| !is_yes(answer)));
    }

    #[test]
    fn a_line_is_read_without_what_follows_it() {
        let mut input = io::Cursor::new(b"y\nrest");
        let mut next = || read_line(&mut input).unwrap().map(|line| text(&line));
        assert_eq!([next(), next(), next()], [Some("y".to_owned()), Some("rest".to_owned()), None]);
    }
}
