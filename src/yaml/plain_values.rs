//! Keys and values that end on their line, for the reader of plain lines.

use granit_parser::ScalarStyle;
use std::ops::Range;

/// A part of a value.
pub(crate) enum Value {
    /// The bytes, with quotes.
    Scalar { range: Range<usize>, style: ScalarStyle },
    /// `[` or `{`
    Start { at: usize, is_mapping: bool },
    /// `]` or `}`
    End { at: usize, is_mapping: bool },
}

/// Longer keys are not plain, in bytes: libyaml ends them at 1,024.
const LONGEST_KEY: usize = 128;

/// The first byte from `at` on that is no blank, at most `end`.
pub(crate) fn end_of_blanks(text: &str, at: usize, end: usize) -> usize {
    at + text.as_bytes()[at..end].iter().take_while(|byte| **byte == b' ').count()
}

/// The key at `at`, if there is one: right behind it are a colon and a blank, or the end of the line.
pub(crate) fn key(text: &str, at: usize, end: usize) -> Option<Value> {
    let bytes = &text.as_bytes()[..end];
    let key = match bytes.get(at)? {
        b'"' | b'\'' => quoted(text, at, end)?,
        _ => plain_word(text, at, end)?,
    };
    let Value::Scalar { range, .. } = &key else { return None };
    let is_key = bytes.get(range.end) == Some(&b':') && matches!(bytes.get(range.end + 1), None | Some(b' '));
    (is_key && range.len() <= LONGEST_KEY).then_some(key)
}

/// The value at `at`, part by part; gives the byte after it.
pub(crate) fn value(text: &str, at: usize, end: usize, part: &mut dyn FnMut(Value) -> Option<()>) -> Option<usize> {
    let scalar = match text.as_bytes()[at] {
        b'[' => return brackets(text, at, end, part),
        b'{' => return empty_braces(text, at, end, part),
        b'"' | b'\'' => quoted(text, at, end)?,
        _ => plain(text, at, end)?,
    };
    let Value::Scalar { range, .. } = &scalar else { return None };
    let after = range.end;
    part(scalar)?;
    Some(after)
}

/// A list in brackets, of words and quoted texts.
fn brackets(text: &str, at: usize, end: usize, part: &mut dyn FnMut(Value) -> Option<()>) -> Option<usize> {
    let bytes = &text.as_bytes()[..end];
    part(Value::Start { at, is_mapping: false })?;
    let mut next = end_of_blanks(text, at + 1, end);
    while *bytes.get(next)? != b']' {
        let item = match bytes[next] {
            b'"' | b'\'' => quoted(text, next, end)?,
            _ => plain_word(text, next, end)?,
        };
        let Value::Scalar { range, .. } = &item else { return None };
        next = end_of_blanks(text, range.end, end);
        part(item)?;
        match bytes.get(next)? {
            b',' => next = end_of_blanks(text, next + 1, end),
            b']' => {}
            _ => return None,
        }
    }
    part(Value::End { at: next, is_mapping: false })?;
    Some(next + 1)
}

fn empty_braces(text: &str, at: usize, end: usize, part: &mut dyn FnMut(Value) -> Option<()>) -> Option<usize> {
    let last = end_of_blanks(text, at + 1, end);
    if text.as_bytes()[..end].get(last) != Some(&b'}') {
        return None;
    }
    part(Value::Start { at, is_mapping: true })?;
    part(Value::End { at: last, is_mapping: true })?;
    Some(last + 1)
}

/// A text in quotes without an escape.
fn quoted(text: &str, at: usize, end: usize) -> Option<Value> {
    let quote = text.as_bytes()[at];
    let rest = &text[at + 1..end];
    let length = rest.find(char::from(quote))?;
    let (body, after) = rest.split_at(length);
    let (style, goes_on) = match quote {
        b'"' => (ScalarStyle::DoubleQuoted, body.contains('\\')),
        _ => (ScalarStyle::SingleQuoted, after.starts_with("''")),
    };
    (!goes_on && !body.bytes().any(is_control)).then(|| Value::Scalar { range: at..at + length + 2, style })
}

/// A word that means the same as a key, in brackets and elsewhere.
fn plain_word(text: &str, at: usize, end: usize) -> Option<Value> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'/' | b'@' | b'+');
    let bytes = &text.as_bytes()[at..end];
    let length = bytes.iter().take_while(|byte| is_word(byte)).count();
    let is_one = matches!(bytes.first(), Some(first) if first.is_ascii_alphanumeric() || *first == b'_');
    is_one.then(|| Value::Scalar { range: at..at + length, style: ScalarStyle::Plain })
}

/// A text without quotes, up to a comment or the end of the line.
fn plain(text: &str, at: usize, end: usize) -> Option<Value> {
    let bytes = &text.as_bytes()[at..end];
    let is_one = match bytes[0] {
        b'-' => bytes.get(1).is_some_and(u8::is_ascii_alphanumeric),
        first => {
            first.is_ascii_alphanumeric() || matches!(first, b'_' | b'/' | b'.' | b'$' | b'+' | b'~' | b'(' | 0x80..)
        }
    };
    let mut length = 0;
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b' ' => continue,
            b'#' if bytes[index - 1] == b' ' => break,
            b':' if matches!(bytes.get(index + 1), None | Some(b' ')) => return None,
            byte if is_control(*byte) => return None,
            _ => length = index + 1,
        }
    }
    is_one.then(|| Value::Scalar { range: at..at + length, style: ScalarStyle::Plain })
}

fn is_control(byte: u8) -> bool {
    byte < b' ' || byte == 0x7f
}
