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

/// Reads public keys without their comments, which may be in another encoding or hold what a [`KeyLine`] does not take.
///
/// # Errors
/// As [`read_source`], for what is before the comments; [`KeyError::PrivateKeyText`] where a private key is in it.
pub fn read_without_comments(bytes: &[u8]) -> Result<Vec<Candidate>, KeyError> {
    if armour::private_kind(bytes).is_some() {
        return Err(KeyError::PrivateKeyText);
    }
    let bytes = text_bytes(bytes)?;
    let text = String::from_utf8_lossy(bytes);
    text::refuse_foreign(&text)?;
    let read = |(line, text)| {
        let key = KeyLine::without_comment(text)?;
        // Options in another encoding are not those of the file any more.
        let is_whole = !key.options().is_some_and(|options| options.contains(char::REPLACEMENT_CHARACTER));
        if is_whole { Ok(Candidate { line, key }) } else { Err(not_utf8(bytes)) }
    };
    let keys: Vec<Candidate> = key_lines(&text).map(read).collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(KeyError::Empty) } else { Ok(keys) }
}

fn decode(bytes: &[u8]) -> Result<&str, KeyError> {
    let bytes = text_bytes(bytes)?;
    std::str::from_utf8(bytes).map_err(|_| not_utf8(bytes))
}

fn not_utf8(bytes: &[u8]) -> KeyError {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    KeyError::NotUtf8 { at: valid + 1 }
}

/// What may be text, without the byte order mark of a Windows editor; UTF-16 is recognised by its own, binary data by a
/// NUL.
fn text_bytes(bytes: &[u8]) -> Result<&[u8], KeyError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(KeyError::Utf16);
    }
    if bytes.contains(&0) {
        return Err(KeyError::Binary);
    }
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
