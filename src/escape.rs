//! Makes untrusted text (from a file, a key, an argument) safe to print.

use std::borrow::Cow;
use std::fmt::Write as _;

/// One line of untrusted text for a terminal: control and invisible characters are made visible. Tabs stay.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    // Almost every text: quicker to see by bytes.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(steers) {
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

/// The text of a JSON document with the same values, in which nothing steers a terminal: it has such characters in strings
/// only, and there `\u009b` is one.
pub(crate) fn escape_json(json: String) -> String {
    let is_loose = |char| char != '\n' && steers(char);
    if !json.contains(is_loose) {
        return json;
    }
    let mut safe = String::with_capacity(json.len() + 64);
    for char in json.chars() {
        if is_loose(char) {
            char.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
        } else {
            safe.push(char);
        }
    }
    safe
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

/// How the program's own annotations begin.
const OWN: [&str; 3] = ["::error file=", "::warning file=", "::notice file="];

/// Text for the log of a CI runner, with what the runner would take for a command made visible: `::name::` at the start of a
/// line and `##[name]` anywhere (GitHub, Azure, TeamCity), `section_start:1:name` anywhere (GitLab). The escapes are those of
/// JSON, so that JSON stays what it is. `own`: the lines are annotations of the program.
#[must_use]
pub fn without_commands(text: &str, own: bool) -> Cow<'_, str> {
    if !["::", "##", "section_"].iter().any(|mark| text.contains(mark)) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let (mut rest, mut start) = (text, Start::Here);
    while let Some(char) = rest.chars().next() {
        let is_own = own && start == Start::Here && OWN.iter().any(|mark| rest.starts_with(mark));
        let mut width = char.len_utf8();
        if start != Start::Passed && !is_own && rest.starts_with("::") {
            safe.push_str("\\u003a");
        } else if is_hash_command(rest) {
            safe.push_str("#\\u0023");
            width = 2;
        } else if let Some(word) = section_mark(rest) {
            safe.extend([word, "\\u003a"]);
            width = word.len() + 1;
        } else {
            width = color_width(rest).unwrap_or(width);
            safe.push_str(&rest[..width]);
        }
        start = match char {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Start::Here,
            _ if start != Start::Passed && (char.is_whitespace() || steers(char)) => Start::Blank,
            _ => Start::Passed,
        };
        rest = &rest[width..];
    }
    safe.into()
}

/// Where in a line.
#[derive(PartialEq, Eq)]
enum Start {
    Here,
    /// After what a runner takes no notice of.
    Blank,
    Passed,
}

/// `##[name]`, `##vso[name]`
fn is_hash_command(text: &str) -> bool {
    let word = text.strip_prefix("##").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
    word.is_some_and(|rest| rest.starts_with('['))
}

/// The word before the colon of a section marker.
fn section_mark(text: &str) -> Option<&'static str> {
    let words = ["section_start", "section_end"].into_iter();
    let mut words = words.filter(|word| text.strip_prefix(word).is_some_and(|rest| rest.starts_with(':')));
    words.next()
}

/// The bytes of a color sequence.
fn color_width(text: &str) -> Option<usize> {
    text.strip_prefix("\u{1b}[")?.find(|c: char| c.is_ascii_alphabetic()).map(|end| end + 3)
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
    fn no_line_is_a_command_to_a_runner() {
        for (text, safe) in [
            ("::error::x", "\\u003a:error::x"),
            ("a ::b\n\t ::error::x\r::c", "a ::b\n\t \\u003a:error::x\r\\u003a:c"),
            ("\u{1b}[1m::x\u{1b}[0m", "\u{1b}[1m\\u003a:x\u{1b}[0m"),
            ("\u{feff}::x", "\u{feff}\\u003a:x"),
            ("a ##[add-mask]b ###[c] ##vso[d] ## [e]", "a #\\u0023[add-mask]b ##\\u0023[c] #\\u0023vso[d] ## [e]"),
            ("x section_start:1:a", "x section_start\\u003a1:a"),
            ("::error file=a::x", "\\u003a:error file=a::x"),
        ] {
            assert_eq!(without_commands(text, false), safe);
        }
        let own = "::error file=a::x\n::notice file=b::y ##[z]\n ::error file=c::w\n::debug::v\n";
        let safe = "::error file=a::x\n::notice file=b::y #\\u0023[z]\n \\u003a:error file=c::w\n\\u003a:debug::v\n";
        assert_eq!(without_commands(own, true), safe);
        let json = serde_json::json!({"a": "x##[y] section_end:1:z \\##[w]"});
        let printed = without_commands(&json.to_string(), false).into_owned();
        assert!(!printed.contains("##["));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).unwrap(), json);
    }

    #[test]
    fn what_steers_a_terminal_is_made_visible() {
        assert!(matches!(escape("alice@h\tö 日本 🙂"), Cow::Borrowed(_)));
        assert_eq!(escape("a\x1b[2Jb\x07\x7f\n\r"), "a\\x1b[2Jb\\x07\\x7f\\n\\r");
        assert_eq!(escape("\u{9b}2J\u{202e}\u{2066}\u{61c}"), "\\u{9b}2J\\u{202e}\\u{2066}\\u{61c}");
        assert_eq!(escape("\u{200b}\u{200f}\u{2028}\u{feff}"), "\\u{200b}\\u{200f}\\u{2028}\\u{feff}");
        assert_eq!(escape_lines("a\r\nb\rc\n"), "a\r\nb\\rc\n");
    }

    #[test]
    fn json_stays_the_same_json() {
        let values = ["\u{9b}2J\x7f\u{202e}\u{feff}\u{e0001}", "\t\n\x1b \"\\ ö 日本 🙂", ""];
        for value in values.map(|value| serde_json::json!({ value: [value] })) {
            let safe = escape_json(serde_json::to_string_pretty(&value).unwrap());
            assert!(matches!(escape_lines(&safe), Cow::Borrowed(_)), "{safe}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        }
        assert_eq!(escape_json("{\n\"ö\": \"\u{e0001}\"\n}".to_owned()), "{\n\"ö\": \"\\udb40\\udc01\"\n}");
    }
}
