//! The one form in which the program says that something went wrong: what, where, what to do next.
//!
//! The pure modules have typed errors of their own; the edges turn each into an [`Error`], so that wording and
//! exit codes are decided here. `Debug` is derived: never put a secret into a field.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

/// What kind of ending this is; it decides the exit code and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Bad usage, bad input, a refusal or a failing system call: exit 2, nothing was written.
    Failed,
    /// Something was written before the failure (a key pair whose `.spin.yml` could not be replaced): exit 2.
    PartlyDone,
    /// The person said no, or standard input ended at the question: exit 1, nothing was written.
    Declined,
    /// Ctrl-C, or another signal that asks to stop: exit 130, nothing was written.
    Interrupted,
}

/// A place in a file, as editors and terminals take it: `path:line:column`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the person named it.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; 0 where only the line is known.
    pub column: usize,
}

/// A message for the person: what is wrong, where, and what to do next.
#[derive(Debug, Clone)]
pub struct Error {
    /// Decides the exit code.
    pub kind: ErrorKind,
    /// One sentence without a final full stop: what is wrong.
    pub message: String,
    /// Where, if that is a place in a file.
    pub place: Option<Place>,
    /// What to do next, each a line of its own.
    pub hints: Vec<String>,
    /// What else is to be known, below the hints.
    pub notes: Vec<String>,
}

impl Error {
    /// A refusal or failure (exit 2) with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Failed, message: message.into(), place: None, hints: Vec::new(), notes: Vec::new() }
    }

    /// A failing system call on `path`: `cannot <doing> <path>: <reason>`.
    pub fn io(doing: &str, path: &Path, source: &std::io::Error) -> Self {
        Self::new(format!("cannot {doing} {}: {}", path.display(), reason(source)))
    }

    /// Ctrl-C or a signal that asks to stop.
    pub fn interrupted() -> Self {
        Self { kind: ErrorKind::Interrupted, ..Self::new("interrupted") }
    }

    /// The same error with another kind.
    #[must_use]
    pub fn with_kind(self, kind: ErrorKind) -> Self {
        Self { kind, ..self }
    }

    /// Adds a line that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds lines that are no advice.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, path: &Path, line: usize, column: usize) -> Self {
        self.place = Some(Place { path: path.to_owned(), line, column });
        self
    }

    /// The exit code of the program for this error.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::Failed | ErrorKind::PartlyDone => 2,
            ErrorKind::Declined => 1,
            ErrorKind::Interrupted => 130,
        }
    }
}

/// The system's words for an I/O error, without Rust's ` (os error N)`.
fn reason(source: &std::io::Error) -> String {
    let text = source.to_string();
    match text.rfind(" (os error ") {
        Some(cut) => text[..cut].to_owned(),
        None => text,
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path.display(), self.line)?;
        if self.column > 0 { write!(f, ":{}", self.column) } else { Ok(()) }
    }
}

/// Line breaks lead further in than hints and notes stand: a file can have a name with a line in it that looks like
/// one, or like the end of a run.
#[must_use]
pub(crate) fn further_in(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\r']) { text.replace("\r\n", "\n").replace('\n', "\n    ").into() } else { text.into() }
}

/// Place and message, then each hint and note on a line of its own.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}: ", further_in(&place.to_string()))?;
        }
        f.write_str(&further_in(&self.message))?;
        self.hints.iter().try_for_each(|hint| write!(f, "\n  help: {}", further_in(hint)))?;
        self.notes.iter().try_for_each(|note| write!(f, "\n  {}", further_in(note)))
    }
}

impl std::error::Error for Error {}
