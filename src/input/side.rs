//! One side of a review: the file in a commit, in the index or on the disk.

use super::SpinFile;
use super::around::Around;
use super::text::Mode;
use crate::error::Error;
use crate::yaml::Document;
use std::path::Path;

/// The content of a side.
#[derive(Default)]
pub(super) enum Content {
    /// The file does not exist.
    #[default]
    Missing,
    Open(Box<SpinFile>),
    /// The text is unknown, with the reason.
    Closed(String),
}

/// One side of the change.
#[derive(Default)]
pub(super) struct Side {
    /// Its name in words.
    pub(super) name: String,
    pub(super) content: Content,
    pub(super) is_encrypted: bool,
    /// Nothing of it is plain text, whatever its first line says.
    pub(super) is_sealed: bool,
    /// Digest of the plain text, or of the bytes if the text is unknown.
    pub(super) digest: Option<Vec<u8>>,
    /// Digest of the bytes, which differ if the same text was re-encrypted.
    pub(super) raw_digest: Option<Vec<u8>>,
    pub(super) size: usize,
    /// The label in its vault header.
    pub(super) label: Option<String>,
    pub(super) tracked: Tracked,
}

/// What git tracks on a side.
#[derive(Default)]
pub(super) struct Tracked {
    pub(super) file: bool,
    /// `.vault-password` beside it.
    pub(super) password: bool,
}

impl Side {
    pub(super) fn around<'a>(&self, on_disk: Option<&'a Path>, document: Option<&'a Document<'a>>) -> Around<'a> {
        Around {
            is_there: !matches!(self.content, Content::Missing),
            is_encrypted: self.is_sealed,
            label: self.label.clone(),
            is_tracked: self.tracked.file,
            is_password_tracked: self.tracked.password,
            on_disk,
            document,
        }
    }
}

/// What is read of a side: nothing where the file does not exist, or is closed.
pub(super) type Read<'d> = Result<Option<Document<'d>>, String>;

/// Parses the text as `list` and `check` do.
pub(super) fn document(content: &Content) -> Read<'_> {
    let Content::Open(file) = content else { return Ok(None) };
    let words = |error: Error| match &error.place {
        Some(place) if place.column > 0 => format!("{}:{}: {}", place.line, place.column, error.message),
        _ => error.message,
    };
    let with_help = |error: Error| {
        let help = error.hints.first().map(|help| format!("; {help}")).unwrap_or_default();
        words(error) + &help
    };
    file.refuse_foreign(file.bytes()).map_err(with_help)?;
    let text = file.decode(file.bytes()).map_err(words)?;
    file.document(text, Mode::Ansible, None).map(Some).map_err(words)
}
