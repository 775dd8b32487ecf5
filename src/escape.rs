//! Makes untrusted text (from a file, a key, an argument) safe to print.

use std::borrow::Cow;
use std::fmt::Write as _;

/// One line of untrusted text for a terminal: control and invisible characters are made visible. Tabs stay.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            // Writing to a string never fails.
            _ if steers(char) && char.is_ascii() => drop(write!(safe, "\\x{:02x}", u32::from(char))),
            _ if steers(char) => drop(write!(safe, "\\u{{{:x}}}", u32::from(char))),
            _ => safe.push(char),
        }
    }
    safe.into()
}

/// [`escape`] for text of several lines, whose line breaks (LF or CRLF) stay.
#[must_use]
pub fn escape_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|char| char != '\n' && steers(char)) {
        return text.into();
    }
    let lines = text.split_inclusive('\n').map(split_end);
    lines.flat_map(|(line, end)| [escape(line), end.into()]).collect::<String>().into()
}

pub(crate) fn split_end(line: &str) -> (&str, &str) {
    let body = line.strip_suffix('\n').map_or(line, |body| body.strip_suffix('\r').unwrap_or(body));
    line.split_at(body.len())
}

/// Control characters (C0, DEL, C1), text direction marks, line separators and zero-width characters.
fn steers(char: char) -> bool {
    (char.is_control() && char != '\t')
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text from a file as one line, so that a line break in it cannot fake a line of output.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert!(matches!(escape("alice@h\tö 日本 🙂"), Cow::Borrowed(_)));
        assert_eq!(escape("a\x1b[2Jb\x07\x7f\n\r"), "a\\x1b[2Jb\\x07\\x7f\\n\\r");
        assert_eq!(escape("\u{9b}2J\u{202e}\u{2066}\u{61c}"), "\\u{9b}2J\\u{202e}\\u{2066}\\u{61c}");
        assert_eq!(escape("\u{200b}\u{200f}\u{2028}\u{feff}"), "\\u{200b}\\u{200f}\\u{2028}\\u{feff}");
        assert_eq!(escape_lines("a\r\nb\rc\n"), "a\r\nb\\rc\n");
    }
}
