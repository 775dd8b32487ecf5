//! The error type: what went wrong, where, and what to do next.
//!
//! The pure modules have their own typed errors, which the edges turn into an [`Error`]. Exit codes are decided here.
//! `Debug` is derived: never put a secret into a field.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

/// The kind of an error, which decides the exit code and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Bad usage, bad input, a refusal or a failed system call: exit 2, nothing was written.
    Failed,
    /// Something was written before the failure (a key pair whose `.spin.yml` could not be replaced): exit 2.
    PartlyDone,
    /// The answer was no, or standard input ended at the question: exit 1, nothing was written.
    Declined,
    /// Ctrl-C, or another signal to stop: exit 130, nothing was written.
    Interrupted,
}

/// A place in a file, in the form that editors and terminals recognize: `path:line:column`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as given on the command line.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; 0 if only the line is known.
    pub column: usize,
}

/// A message for the user: what is wrong, where, and what to do next.
#[derive(Debug, Clone)]
pub struct Error {
    pub kind: ErrorKind,
    /// One sentence without a final full stop: what is wrong.
    pub message: String,
    pub place: Option<Place>,
    /// What to do next, one line each.
    pub hints: Vec<String>,
    /// Other information, printed below the hints.
    pub notes: Vec<String>,
}

impl Error {
    /// A refusal or failure (exit 2) with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Failed, message: message.into(), place: None, hints: Vec::new(), notes: Vec::new() }
    }

    /// A failed system call on `path`: `cannot <doing> <path>: <reason>`.
    pub fn io(doing: &str, path: &Path, source: &std::io::Error) -> Self {
        Self::new(format!("cannot {doing} {}: {}", path.display(), reason(source)))
    }

    /// Ctrl-C or another signal to stop.
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

    /// Adds information that is not a hint.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds the place.
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

/// The system's message for an I/O error, without Rust's ` (os error N)`.
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

/// Indents lines after the first further than hints and notes, because the name of a file can contain a line that looks
/// like a hint, or like the end of a run.
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
