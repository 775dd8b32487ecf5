//! What a scalar without a tag is: the implicit resolvers of `PyYAML` 6 (`resolver.py`).

use super::time::looks_like_time;
use super::{Kind, Node};
use crate::yaml::tag::{Core, Tag};
use granit_parser::ScalarStyle;

/// Tags, as the constructors are registered by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolved {
    Null,
    Bool,
    Int,
    Float,
    Time,
    Binary,
    Text,
    Seq,
    Map,
    Set,
    /// `!!omap`, `!!pairs`
    Pairs,
    Unsafe,
    Vault,
    /// `<<`
    Merge,
    /// `=`
    Value,
    /// One without a constructor.
    Unknown,
}

/// What a node is made by, as written.
pub(super) fn made_by(node: &Node<'_>) -> Resolved {
    match (&node.tag, &node.kind) {
        (Tag::None, Kind::Scalar { style: ScalarStyle::Plain, .. }) => plain(node.text()),
        // A `!` before nothing leaves a text.
        (Tag::Plain, Kind::Scalar { style: ScalarStyle::Plain, .. }) if node.start == node.end => Resolved::Text,
        (Tag::None, Kind::Scalar { .. }) => Resolved::Text,
        (Tag::Plain, Kind::Scalar { .. }) => plain(node.text()),
        (Tag::None | Tag::Plain, Kind::Sequence { .. }) => Resolved::Seq,
        (Tag::None | Tag::Plain, _) => Resolved::Map,
        (Tag::Unsafe, _) => Resolved::Unsafe,
        (Tag::Vault, _) => Resolved::Vault,
        (Tag::Other, _) => Resolved::Unknown,
        (Tag::Core(core), _) => match core {
            Core::Null => Resolved::Null,
            Core::Bool => Resolved::Bool,
            Core::Int => Resolved::Int,
            Core::Float => Resolved::Float,
            Core::Binary => Resolved::Binary,
            Core::Timestamp => Resolved::Time,
            Core::Omap | Core::Pairs => Resolved::Pairs,
            Core::Set => Resolved::Set,
            Core::Str | Core::Unicode => Resolved::Text,
            Core::Seq => Resolved::Seq,
            Core::Map | Core::Dict => Resolved::Map,
            Core::Merge => Resolved::Merge,
            Core::Value => Resolved::Value,
            Core::Yaml => Resolved::Unknown,
        },
    }
}

/// A scalar as it is without quotes.
pub(crate) fn plain(value: &str) -> Resolved {
    let Some(first) = value.bytes().next() else { return Resolved::Null };
    // `$` of Python's expressions matches before a last line break too.
    let text = value.strip_suffix('\n').unwrap_or(value);
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => match text {
            "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE"
            | "on" | "On" | "ON" | "off" | "Off" | "OFF" => Resolved::Bool,
            "~" | "null" | "Null" | "NULL" => Resolved::Null,
            _ => Resolved::Text,
        },
        b'-' | b'+' | b'.' | b'0'..=b'9' if is_float(text) => Resolved::Float,
        b'-' | b'+' | b'0'..=b'9' if is_int(text) => Resolved::Int,
        b'0'..=b'9' if looks_like_time(text) => Resolved::Time,
        b'<' if text == "<<" => Resolved::Merge,
        b'=' if text == "=" => Resolved::Value,
        b'!' | b'&' | b'*' if text.len() == 1 => Resolved::Unknown,
        _ => Resolved::Text,
    }
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['-', '+']).unwrap_or(text)
}

/// What follows the longest run of such bytes.
fn after(text: &str, allowed: impl Fn(u8) -> bool) -> &str {
    &text[text.bytes().take_while(|byte| allowed(*byte)).count()..]
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn is_digit_or_gap(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

/// Whether this is `:MM` once or more, each from 0 to 59; gives what follows.
fn sexagesimal_parts(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(part) = rest.strip_prefix(':') {
        let digits = part.len() - after(part, is_digit).len();
        let is_part = matches!((digits, part.as_bytes()[..digits.min(2)].first()), (1, _) | (2, Some(b'0'..=b'5')));
        if !is_part {
            return None;
        }
        rest = &part[digits..];
    }
    (rest.len() < text.len()).then_some(rest)
}

fn is_float(text: &str) -> bool {
    let body = unsigned(text);
    if matches!(body, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    if let Some(fraction) = text.strip_prefix('.') {
        return fraction.starts_with(|c: char| c.is_ascii_digit()) && is_exponent(after(fraction, is_digit_or_gap));
    }
    if !body.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let rest = after(body, is_digit_or_gap);
    if let Some(fraction) = rest.strip_prefix('.') {
        return is_exponent(after(fraction, is_digit_or_gap));
    }
    let fraction = sexagesimal_parts(rest).and_then(|rest| rest.strip_prefix('.'));
    fraction.is_some_and(|fraction| after(fraction, is_digit_or_gap).is_empty())
}

/// Nothing, or `e+5`.
fn is_exponent(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return text.is_empty() };
    let digits = rest.strip_prefix(['+', '-']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(is_digit)
}

fn is_int(text: &str) -> bool {
    let body = unsigned(text);
    let all = |text: &str, allowed: &dyn Fn(u8) -> bool| !text.is_empty() && text.bytes().all(allowed);
    if let Some(binary) = body.strip_prefix("0b") {
        return all(binary, &|byte| matches!(byte, b'0' | b'1' | b'_'));
    }
    if let Some(hex) = body.strip_prefix("0x") {
        return all(hex, &|byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    match body.as_bytes() {
        b"0" => true,
        [b'0', ..] => all(&body[1..], &|byte| matches!(byte, b'0'..=b'7' | b'_')),
        [b'1'..=b'9', ..] => {
            let rest = after(body, is_digit_or_gap);
            rest.is_empty() || sexagesimal_parts(rest).is_some_and(str::is_empty)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_without_quotes_are_what_pyyaml_resolves() {
        for (resolved, texts) in [
            (Resolved::Null, &["", "~", "null", "NULL"][..]),
            (Resolved::Bool, &["yes", "Off", "TRUE", "on\n"]),
            (Resolved::Int, &["0", "-12", "1_0_", "0777", "0_", "0x_", "0b1", "1:30", "190:20:30", "+1"]),
            (Resolved::Float, &["1.", "1.5e+3", ".5", "._5"][..3]),
            (Resolved::Float, &["-.inf", ".NaN", "1:2.5", "1_.2", "1:20:30."]),
            (Resolved::Time, &["2001-01-01", "2025-02-30", "2001-1-1 1:02:03", "2001-12-14t21:59:43.10-05:00"]),
            (Resolved::Merge, &["<<"]),
            (Resolved::Value, &["="]),
            (
                Resolved::Text,
                &[
                    "y", "tRUE", "1e3", "0o17", "08", "1:60", "1:123", "-.5", "2001-1-1", "==", "1.5e3", "12a", "0x",
                    "\n",
                ],
            ),
        ] {
            for text in texts {
                assert_eq!(plain(text), resolved, "{text:?}");
            }
        }
    }
}
