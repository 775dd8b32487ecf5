//! One public key line, as in authorized_keys (sshd(8)).
//!
//! Promises: a [`KeyLine`] passed every check, so its text can be written as it is; its canonical text has single
//! spaces and no line end. Refuses everything [`KeyError`] names; [`materials`] alone is lenient.

use base64ct::{Base64, Encoding};

use super::error::KeyError;
use super::fields::{self, Fields};
use super::limits::MAX_LINE_BYTES;
use super::policy::{self, Algorithm, Kind};
use super::text::{self, SPACE_OR_TAB};
use super::{armour, options, unfilled, words};

/// Most pieces a key broken by spaces is put together from: RSA of 16384 bits in lines of 64 characters has 44.
const MAX_PIECES: usize = 64;

/// A usable public key line: one that sshd reads, with a key that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    options: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) kind: Kind,
    blob: Vec<u8>,
    comment: String,
}

impl KeyLine {
    /// Reads one line. Spaces around it and one line end after it are tolerated, nothing else is.
    ///
    /// # Errors
    /// Every kind of [`KeyError`] that speaks of a text, a line or a public key.
    pub fn parse(line: &str) -> Result<Self, KeyError> {
        text::refuse_foreign(line)?;
        let line = one_line(line)?;
        if line.len() > MAX_LINE_BYTES {
            return Err(KeyError::TooLong { bytes: line.len() });
        }
        policy::refuse_placeholder(line)?;
        text::refuse_hidden(line, true)?;
        text::refuse_jinja(line)?;
        let fields = fields::split(line.trim_matches(SPACE_OR_TAB))?;
        for part in fields.options.into_iter().chain([fields.comment]) {
            text::refuse_hidden(part, false).map_err(|error| in_line(error, line, part))?;
        }
        let algorithm = Algorithm::of(fields.algorithm)?;
        if fields.hold_two_keys() {
            return Err(KeyError::GluedKeys);
        }
        let (blob, kind) = key_data(algorithm, &fields, line)?;
        let comment = fields.comment.to_owned();
        Ok(Self { options: fields.options.map(str::to_owned), algorithm, kind, blob, comment })
    }

    /// Reads one line but for its comment, which need not even be text.
    ///
    /// # Errors
    /// As [`KeyLine::parse`], for what is before the comment, and [`KeyError::GluedKeys`].
    pub(super) fn without_comment(line: &str) -> Result<Self, KeyError> {
        let line = line.trim_matches(SPACE_OR_TAB);
        let fields = fields::split(line)?;
        if fields.hold_two_keys() {
            return Err(KeyError::GluedKeys);
        }
        let before = position(line, fields.base64, fields.base64) - 1;
        Self::parse(&line.chars().take(before).collect::<String>())
    }

    /// The key of this key data, with neither options nor comment.
    pub(super) fn from_blob(blob: &[u8]) -> Result<Self, KeyError> {
        let algorithm = policy::algorithm_of(blob)?;
        policy::refuse_placeholder(&Base64::encode_string(blob))?;
        let kind = policy::check(algorithm, blob)?;
        Ok(Self { options: None, algorithm, kind, blob: policy::canonical(blob.to_vec()), comment: String::new() })
    }

    /// The canonical text: `[options ]algorithm base64[ comment]`, without a line end.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut line = String::new();
        for part in self.options.iter() {
            line.push_str(part);
            line.push(' ');
        }
        line.push_str(self.algorithm.word());
        line.push(' ');
        line.push_str(&Base64::encode_string(&self.blob));
        if !self.comment.is_empty() {
            line.push(' ');
            line.push_str(&self.comment);
        }
        line
    }

    /// The decoded key data (RFC 4253 section 6.6), as ssh-keygen writes it: what makes two lines the same key.
    #[must_use]
    pub fn material(&self) -> &[u8] {
        &self.blob
    }

    /// `ed25519`, `rsa BITS`, `ecdsa BITS`, `ed25519-sk` or `ecdsa-sk`.
    #[must_use]
    pub fn kind(&self) -> String {
        self.kind.to_string()
    }

    /// The comment; empty where there is none.
    #[must_use]
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// The options before the key, as written.
    #[must_use]
    pub fn options(&self) -> Option<&str> {
        self.options.as_deref()
    }

    /// The same key under another comment; spaces around it are dropped, an empty one leaves none.
    ///
    /// # Errors
    /// [`KeyError::Hidden`] (the position counts in the comment), [`KeyError::Jinja`], [`KeyError::GluedKeys`],
    /// [`KeyError::PrivateKeyText`], [`KeyError::Placeholder`] or [`KeyError::TooLong`].
    pub fn with_comment(mut self, comment: &str) -> Result<Self, KeyError> {
        let comment = comment.trim_matches(SPACE_OR_TAB);
        if armour::private_kind(comment.as_bytes()).is_some() {
            return Err(KeyError::PrivateKeyText);
        }
        policy::refuse_placeholder(comment)?;
        text::refuse_hidden(comment, false)?;
        text::refuse_jinja(comment)?;
        if words::holds_key(comment) {
            return Err(KeyError::GluedKeys);
        }
        comment.clone_into(&mut self.comment);
        self.of_length()
    }

    /// The same key with these options, which sshd has to take.
    pub(super) fn with_options(mut self, options: String) -> Result<Self, KeyError> {
        self.options = Some(options);
        self.of_length()
    }

    fn of_length(self) -> Result<Self, KeyError> {
        match self.to_line().len() {
            ..=MAX_LINE_BYTES => Ok(self),
            bytes => Err(KeyError::TooLong { bytes }),
        }
    }
}

/// The lines of an authorized_keys or `.pub` text that sshd looks at: neither blank nor a `#` comment. Each comes with
/// its number from 1 and without its line end, LF or CRLF.
pub(crate) fn key_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(|(_, line)| {
        let start = line.trim_start_matches([' ', '\t', '\r']);
        !start.is_empty() && !start.starts_with('#')
    })
}

/// The key data of every key in a text that is already in use, as ssh-keygen would write it; the ones that would be refused
/// too. For comparing: only base64 is decoded, comments and options do not count, and what is not a key is ignored.
#[must_use]
pub fn materials(text: &str) -> Vec<Vec<u8>> {
    key_lines(text).filter_map(|(_, line)| named(line)).map(|(_, blob)| blob).collect()
}

/// The words of key data (base64) in a text that is in use, one a key line, not decoded: lines of one key have one word, as
/// base64 is read strictly here (but for key data that ssh-keygen would write otherwise). What is no key may have one too.
pub(crate) fn data_words(text: &str) -> impl Iterator<Item = &str> {
    key_lines(text).filter_map(|(_, line)| {
        let line = line.trim_matches(SPACE_OR_TAB);
        data_word(line).or_else(|| data_word(line.get(options::end(line)?..)?.trim_start_matches(SPACE_OR_TAB)))
    })
}

/// The word after that of an algorithm, or after one that could be.
fn data_word(text: &str) -> Option<&str> {
    let (word, rest) = words::word(text);
    let base64 = words::word(rest).0.trim_end_matches('\r');
    (!base64.is_empty() && (Algorithm::is_named(word) || base64.starts_with("AAAA"))).then_some(base64)
}

/// Whether a line of a text that is in use is the key with this key data, under its own algorithm word: sshd ignores
/// a line with another word.
#[must_use]
pub fn is_in_use(text: &str, material: &[u8]) -> bool {
    let own = policy::algorithm_of(material).ok();
    let is_own = |word| own.is_some() && Algorithm::of(word).ok() == own;
    key_lines(text).filter_map(|(_, line)| named(line)).any(|(word, blob)| blob == material && is_own(word))
}

/// The algorithm word of a line and the key data after it.
fn named(line: &str) -> Option<(&str, Vec<u8>)> {
    let line = line.trim_matches(SPACE_OR_TAB);
    decoded(line).or_else(|| decoded(line.get(options::end(line)?..)?.trim_start_matches(SPACE_OR_TAB)))
}

/// Whether a key of `first` goes on in `next`.
pub(crate) fn is_broken_between(first: &str, next: &str) -> bool {
    fields::continues_key(next) && KeyLine::parse(first).is_err_and(|error| error.is_cut())
}

/// An algorithm word and the key data after it: a word that is known, or that the key data names as its own.
fn decoded(text: &str) -> Option<(&str, Vec<u8>)> {
    let (word, rest) = words::word(text);
    let known = Algorithm::is_named(word);
    let base64 = words::word(rest).0.trim_end_matches('\r');
    if base64.is_empty() || !(known || base64.starts_with("AAAA")) {
        return None;
    }
    let blob = Base64::decode_vec(base64).ok()?;
    (known || policy::inner_name(&blob) == Ok(word)).then(|| (word, policy::canonical(blob)))
}

/// The line without its line end, if it is the only one.
fn one_line(text: &str) -> Result<&str, KeyError> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if !line.contains('\n') {
        return Ok(line);
    }
    let lines: Vec<&str> = key_lines(line).map(|(_, line)| line).collect();
    match lines.as_slice() {
        [] => Err(KeyError::Empty),
        [first, next, ..] if is_broken_between(first, next) => Err(KeyError::Wrapped),
        // One key among comments and blank lines: the text is a file, not a line.
        [_] => text::refuse_hidden(line, true).map(|()| line),
        _ => Err(KeyError::SeveralKeys { count: lines.len() }),
    }
}

/// The decoded and judged key data.
pub(super) fn key_data(algorithm: Algorithm, fields: &Fields<'_>, line: &str) -> Result<(Vec<u8>, Kind), KeyError> {
    let body = fields.base64.trim_end_matches('=');
    let is_odd = |(_, c): &(usize, char)| *c == '=' || !fields::is_base64(c.encode_utf8(&mut [0; 4]));
    if (body.contains('=') || !fields::is_base64(body))
        && let Some((index, c)) = body.char_indices().find(is_odd)
    {
        let at = position(line, body, body.get(..index).unwrap_or_default());
        let is_unfilled = unfilled::is_unfilled(body);
        return Err(KeyError::NotBase64 { shown: c.escape_debug().to_string(), at, is_unfilled });
    }
    let judged = decode(algorithm, fields.base64);
    if judged.as_ref().is_err_and(KeyError::is_cut) && is_broken_by_spaces(algorithm, fields) {
        return Err(KeyError::Wrapped);
    }
    judged
}

/// Decodes and judges one word of base64.
fn decode(algorithm: Algorithm, base64: &str) -> Result<(Vec<u8>, Kind), KeyError> {
    let blob = Base64::decode_vec(base64).map_err(|_| KeyError::Cut)?;
    let kind = policy::check(algorithm, &blob)?;
    Ok((policy::canonical(blob), kind))
}

/// Whether the key becomes whole with words of the comment: YAML folds a line break into a space.
fn is_broken_by_spaces(algorithm: Algorithm, fields: &Fields<'_>) -> bool {
    let mut base64 = fields.base64.to_owned();
    fields.comment.split(SPACE_OR_TAB).take(MAX_PIECES).take_while(|word| fields::is_base64(word)).any(|word| {
        base64.push_str(word);
        decode(algorithm, &base64).is_ok()
    })
}

/// Moves the position of a hidden character from a part of the line to the line.
fn in_line(error: KeyError, line: &str, part: &str) -> KeyError {
    match error {
        KeyError::Hidden { code, at } => KeyError::Hidden { code, at: position(line, part, "") + at - 1 },
        other => other,
    }
}

/// The position in characters, from 1, of what is after `before` in `part`, a slice of `line`.
fn position(line: &str, part: &str, before: &str) -> usize {
    let start = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
    line.get(..start).unwrap_or_default().chars().count() + before.chars().count() + 1
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
