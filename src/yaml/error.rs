//! Why YAML text was refused: what, where, and what the person can do about it.

/// A refusal with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What is wrong, without a final full stop.
    pub message: String,
    /// Line, from 1; 0 where the place is the whole text.
    pub line: usize,
    /// Column in characters, from 1; 0 where only the line is known.
    pub column: usize,
    /// What to do next.
    pub hint: String,
}

impl Refusal {
    /// A refusal at byte `offset` of `text`.
    pub(crate) fn at(text: &str, offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (line, column) = super::line_index::line_column(text, offset);
        Self { message: message.into(), line, column, hint: hint.into() }
    }
    /// A refusal that has no place in the text.
    pub(crate) fn whole_file(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), line: 0, column: 0, hint: hint.into() }
    }
}

/// Why a change was not confirmed: the text as it would be is not readable, or reads as something else than was planned.
#[derive(Debug, thiserror::Error)]
#[error("the change could not be proved: {0}")]
pub struct ProofError(pub(crate) String);
