//! What `ansible.posix.authorized_key` writes for a key text. It checks far less than [`KeyLine`](super::KeyLine) does,
//! and not the same things.
//!
//! It is here until the prediction of a run takes it over, which is all that uses it.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use super::policy::Algorithm;

/// What Ansible's module makes of a key text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModuleResult {
    /// It begins with `http`: the server fetches what is there.
    Url,
    /// It begins with `file`: the server reads that file of its own, as root.
    File,
    /// The run fails at this line: the module does not take it, or it holds a NUL.
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
    pub line: Rc<str>,
    /// Where in the line the base64 of the key is, which is what the module tells keys apart by.
    pub id: Range<usize>,
    /// With options: equal for lines that the module takes for the same, in whatever order their options are.
    pub form: Option<String>,
}

impl Written {
    /// The base64 of the key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.line[self.id.clone()]
    }
}

/// The word by which the module knows a key (`VALID_SSH2_KEY_TYPES`) and [`Algorithm`] does not.
const MODULE_ONLY: &str = "ssh-xmss@openssh.com";

/// What the module writes for `text`.
///
/// The source is `enforce_state`, `parsekey` and `serialize` of `ansible.posix`'s `authorized_key.py`: spaces between
/// words become one, options are split at commas outside quotes, text after the key is its comment.
#[must_use]
pub fn ansible_writes(text: &str) -> ModuleResult {
    // The module fails as it writes its arguments to syslog ("embedded null character").
    if let Some((before, _)) = text.split_once('\0') {
        return ModuleResult::Refused { line: before.split(is_line_break).count() };
    }
    if text.starts_with("http") {
        return ModuleResult::Url;
    }
    if text.starts_with("file") {
        return ModuleResult::File;
    }
    // Most texts are one line.
    let mut written = Vec::with_capacity(1);
    let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
    // Almost every key: one line, words separated by spaces.
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let lines: Vec<&str> = if is_plain { vec![&text] } else { text.split(is_line_break).collect() };
    for (index, line) in lines.into_iter().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let number = index + 1;
        let unescaped = if line.contains('\\') { Cow::Owned(line.replace("\\#", "#")) } else { Cow::Borrowed(line) };
        let words: Vec<&str> = if is_plain {
            unescaped.split(' ').filter(|word| !word.is_empty()).collect()
        } else {
            unescaped.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect()
        };
        if words.first() == Some(&"#") {
            written.push(Written { number, line: line.into(), id: 0..line.len(), form: None });
            continue;
        }
        let Some(at) = words.iter().position(|word| is_module_word(word)).filter(|at| *at + 1 < words.len()) else {
            return ModuleResult::Refused { line: number };
        };
        let key = words[at..].join(" ");
        let before = words[..at].join(" ");
        let mut options = options_as_written(&before);
        let start = words[at].len() + 1;
        let mut id = start..start + words[at + 1].len();
        let (mut line, mut form) = (key, None);
        if !options.is_empty() {
            let written = format!("{} {line}", options.join(","));
            options.sort_unstable();
            form = Some(format!("{options:?} {line}"));
            let moved = written.len() - line.len();
            id = id.start + moved..id.end + moved;
            line = written;
        }
        written.push(Written { number, line: line.into(), id, form });
    }
    ModuleResult::Lines(written)
}

/// Python's `splitlines`.
fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_module_word(word: &str) -> bool {
    Algorithm::is_named(word) || word == MODULE_ONLY
}

/// `parseoptions` and `serialize`: the pieces that the module's regular expression (text without commas and quotes, and
/// quoted text) finds, and what is between them where that is more than one comma.
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

#[cfg(test)]
#[path = "ansible_module_tests.rs"]
mod tests;
