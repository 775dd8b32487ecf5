//! What becomes of a key text on a server: `ansible.posix.authorized_key` writes its lines, and sshd reads them.
//!
//! Both check far less than [`KeyLine`] does, and not the same things. Pure: the clock comes in as an argument.

use super::error::KeyError;
use super::fields;
use super::line::{KeyLine, key_data};
use super::options::{self, Expiry};
use super::policy::{self, Algorithm};
use super::text::BLANKS;

/// Fewest bits of an RSA key that sshd takes (`RequiredRSASize`, OpenSSH 9.1).
const SSHD_RSA_BITS: u32 = 1024;

/// What Ansible's module makes of a key text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// It begins with `http`: the server fetches what is there.
    Url,
    /// It begins with `file`: the server reads that file of its own.
    File,
    /// A line is none that the module takes, and the run fails: the line's number, from 1.
    Refused {
        /// The line, from 1.
        line: usize,
    },
    /// The lines that are written; none for a text without keys.
    Lines(Vec<Written>),
}

/// A line as it lands in `authorized_keys`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its number in the text, from 1.
    pub number: usize,
    /// The line, without a line end.
    pub line: String,
    /// The base64 of the key, which is what the module tells keys apart by.
    pub id: String,
    /// Equal for lines that the module takes for the same: those that differ in the order of their options too.
    pub form: String,
}

/// What sshd makes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// It lets in whoever has the private half.
    Yes,
    /// It did, until its `expiry-time`.
    Expired,
    /// sshd passes over the line.
    Ignored(KeyError),
}

/// The words by which the module knows a key (`VALID_SSH2_KEY_TYPES`), less those that [`Algorithm`] knows.
const MODULE_ONLY: [&str; 4] =
    ["ssh-xmss@openssh.com", "rsa-sha2-256", "rsa-sha2-512", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"];

/// What the module writes for `text`.
///
/// The source is `enforce_state`, `parsekey` and `serialize` of `ansible.posix`'s `authorized_key.py`: blanks between
/// words become one, options are split at commas outside quotes, text behind the key is its comment.
#[must_use]
pub fn given(text: &str) -> Given {
    if text.starts_with("http") {
        return Given::Url;
    }
    if text.starts_with("file") {
        return Given::File;
    }
    let mut written = Vec::new();
    let text = text.replace("\r\n", "\n");
    let lines = text.split(is_line_break).enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let number = index + 1;
        let unescaped = line.replace("\\#", "#");
        let words: Vec<&str> = unescaped.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
        if words.first() == Some(&"#") {
            written.push(Written { number, line: line.to_owned(), id: line.to_owned(), form: line.to_owned() });
            continue;
        }
        let Some(at) = words.iter().position(|word| is_module_word(word)).filter(|at| *at + 1 < words.len()) else {
            return Given::Refused { line: number };
        };
        let before = words[..at].join(" ");
        let mut options = options_as_written(&before);
        let key = format!("{} {} {}", words[at], words[at + 1], words[at + 2..].join(" "));
        let key = key.trim_end_matches(' ');
        let blank = if options.is_empty() { "" } else { " " };
        let line = format!("{}{blank}{key}", options.join(","));
        options.sort_unstable();
        let form = format!("{options:?} {key}");
        written.push(Written { number, line, id: words[at + 1].to_owned(), form });
    }
    Given::Lines(written)
}

/// Python's `splitlines`.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_module_word(word: &str) -> bool {
    Algorithm::is_named(word) || MODULE_ONLY.contains(&word)
}

/// `parseoptions` and `serialize`: the pieces that the module's regular expression (text without commas and quotes, and
/// quoted text) finds, and what stands between them where that is more than one comma.
fn options_as_written(options: &str) -> Vec<&str> {
    let (mut pieces, mut between, mut rest) = (Vec::new(), "", options);
    while let Some(width) = (!rest.is_empty()).then(|| piece_width(rest)) {
        if width == 0 {
            let skipped: usize = rest
                .char_indices()
                .find(|(at, _)| *at > 0 && piece_width(&rest[*at..]) > 0)
                .map_or(rest.len(), |(at, _)| at);
            (between, rest) = rest.split_at(skipped);
            continue;
        }
        if !pieces.is_empty() && between != "," {
            pieces.push(between);
        }
        pieces.push(&rest[..width]);
        rest = &rest[width..];
    }
    pieces
}

/// Bytes of the longest `(?:[^,"']|"[^"]*"|'[^']*')+` that `text` begins with.
fn piece_width(text: &str) -> usize {
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        at += match first {
            ',' => break,
            '"' | '\'' => match text[at + 1..].find(first) {
                Some(end) => end + 2,
                None => break,
            },
            other => other.len_utf8(),
        };
    }
    at
}

/// What sshd makes of one line of `authorized_keys` at the time `now`, in seconds since 1970.
///
/// The source is OpenSSH's `auth2-pubkeyfile.c`. A key that is well-formed and weak lets in like any other.
#[must_use]
pub fn login(line: &str, now: u64) -> Login {
    let line = line.trim_matches(BLANKS);
    let judged = fields::split(line).and_then(|fields| {
        let algorithm = Algorithm::of(fields.algorithm)?;
        match key_data(algorithm, &fields, line) {
            Err(KeyError::WeakPoint) => Ok(fields.options),
            Err(KeyError::RsaTooShort { bits }) if bits >= SSHD_RSA_BITS => Ok(fields.options),
            judged => judged.map(|_| fields.options),
        }
    });
    match judged.map(|options| options.and_then(options::expiry)) {
        Err(error) => Login::Ignored(error),
        Ok(None) => Login::Yes,
        Ok(Some(Expiry::Unreadable { number })) => Login::Ignored(KeyError::OptionValue { number }),
        Ok(Some(Expiry::At(time))) if time < now => Login::Expired,
        Ok(Some(Expiry::At(_))) => Login::Yes,
    }
}

impl KeyLine {
    /// When sshd stops to take this key, in seconds since 1970: the earliest of its options `expiry-time`.
    #[must_use]
    pub fn expires(&self) -> Option<u64> {
        match self.options().and_then(options::expiry) {
            Some(Expiry::At(time)) => Some(time),
            _ => None,
        }
    }

    /// Whether its options make it one that signs certificates, instead of one that logs in.
    #[must_use]
    pub fn signs_certificates(&self) -> bool {
        self.options().is_some_and(options::has_cert_authority)
    }

    /// The bits of an RSA key; none of other keys.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<u32> {
        match self.kind {
            policy::Kind::Rsa { bits } => Some(bits),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
