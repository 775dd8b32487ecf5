//! What a key file, or standard input, holds: public keys or a private one.
//!
//! Promises: decides by content, never by name; every bad line of several is named by its number. Refuses binary data,
//! other encodings, and a private key where only a public one may be.

use super::error::KeyError;
use super::line::{KeyLine, is_broken_between, key_lines};
use super::private::{PrivateInfo, public_half};
use super::{armour, text};

/// A key of a text that may hold several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The line it is on, from 1.
    pub line: usize,
    pub key: KeyLine,
}

/// What a key file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Public keys, at least one, in the order of the file.
    Public(Vec<Candidate>),
    /// A private key, of which only the public half was read.
    Private(PrivateInfo),
}

/// Reads a key file or standard input.
///
/// # Errors
/// Those of [`public_half`] where a private key is in it, else those of [`KeyLine::parse`], within
/// [`KeyError::AtLine`] where there are several lines; [`KeyError::Binary`], [`KeyError::Utf16`],
/// [`KeyError::NotUtf8`].
pub fn read_source(bytes: &[u8]) -> Result<Source, KeyError> {
    if armour::private_kind(bytes).is_some() {
        return public_half(bytes).map(Source::Private);
    }
    public_keys(bytes).map(Source::Public)
}

/// Reads a file that is named as a public one.
///
/// # Errors
/// [`KeyError::PrivateInPublic`] where a private key is in it, else those of [`read_source`].
pub fn read_public_only(bytes: &[u8]) -> Result<Vec<Candidate>, KeyError> {
    if armour::private_kind(bytes).is_some() {
        return Err(KeyError::PrivateInPublic);
    }
    public_keys(bytes)
}

fn public_keys(bytes: &[u8]) -> Result<Vec<Candidate>, KeyError> {
    let text = decode(bytes)?;
    text::refuse_foreign(text)?;
    let lines: Vec<(usize, &str)> = key_lines(text).collect();
    if lines.is_empty() {
        return Err(KeyError::Empty);
    }
    let several = lines.len() > 1;
    let read = |(index, &(line, text)): (usize, &(usize, &str))| match KeyLine::parse(text) {
        Ok(key) => Ok(Candidate { line, key }),
        Err(error) if several => {
            let broken = lines.get(index + 1).is_some_and(|&(_, next)| is_broken_between(text, next));
            Err(KeyError::AtLine { line, error: Box::new(if broken { KeyError::Wrapped } else { error }) })
        }
        Err(error) => Err(error),
    };
    lines.iter().enumerate().map(read).collect()
}

/// The bytes as text; UTF-16 is recognised by its byte order mark, binary data by a NUL.
fn decode(bytes: &[u8]) -> Result<&str, KeyError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(KeyError::Utf16);
    }
    if bytes.contains(&0) {
        return Err(KeyError::Binary);
    }
    std::str::from_utf8(bytes).map_err(|error| KeyError::NotUtf8 { at: error.valid_up_to() + 1 })
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
