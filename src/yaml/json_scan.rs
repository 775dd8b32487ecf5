//! Escapes and numbers of JSON, as Python's `json` reads them.

use super::tag::{Core, Tag};

/// The character of an escape, and its width in bytes. Half of a surrogate pair alone is no character.
pub(crate) fn escape(text: &str) -> Option<(Option<char>, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let c = match text.as_bytes().get(1)? {
        mark @ (b'"' | b'\\' | b'/') => char::from(*mark),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = unit(0)?;
            let pair = unit(6).and_then(|second| char::decode_utf16([first, second]).next()?.ok());
            let is_high = (0xD800..0xDC00).contains(&first);
            return Some(match pair.filter(|_| is_high) {
                Some(c) => (Some(c), 12),
                None => (char::from_u32(u32::from(first)), 6),
            });
        }
        _ => return None,
    };
    Some((Some(c), 2))
}

/// The tag of a number: `-12`, `1.5`, `1e3`.
pub(crate) fn number(word: &str) -> Option<Tag> {
    let body = word.strip_prefix('-').unwrap_or(word);
    let count = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = count(body);
    if whole == 0 || (whole > 1 && body.starts_with('0')) {
        return None;
    }
    let mut rest = &body[whole..];
    let is_whole = rest.is_empty();
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.get(count(fraction)..).filter(|_| count(fraction) > 0)?;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        rest = exponent.get(count(exponent)..).filter(|_| count(exponent) > 0)?;
    }
    rest.is_empty().then_some(Tag::Core(if is_whole { Core::Int } else { Core::Float }))
}
