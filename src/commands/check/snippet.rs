//! The line of a finding with a caret below what is meant.
//!
//! Promises: shows a line only as it may be seen (masked), and no more of it than fits 80 columns.

use crate::ui::escape;
use crate::yaml::LineIndex;
use crate::yaml::MASK;
use std::ops::Range;

/// Characters of a line that are shown.
const WIDTH: usize = 68;
/// Characters before the caret that are shown of a longer line.
const BEFORE: usize = 24;

/// Two lines of text, or three with a gutter: the line and its caret.
pub(super) fn of(lines: &LineIndex<'_>, masked: Option<&LineIndex<'_>>, line: usize, span: &Range<usize>) -> String {
    let range = lines.range(line);
    let original = lines.line(line);
    let shown = masked.map_or(original, |masked| masked.line(line));
    let at = span.start.saturating_sub(range.start).min(original.len());
    // What is masked before the place moves it: then the caret stands where the line begins.
    let is_same_before = shown.get(..at).is_some_and(|before| original.get(..at) == Some(before));
    let (column, width) = if is_same_before {
        let end = span.end.clamp(span.start, range.end).saturating_sub(range.start).min(shown.len());
        let column = shown[..at].chars().count();
        let same = original.get(at..end).is_some_and(|text| shown.get(at..end) == Some(text));
        let width = if same { shown[at..end].chars().count() } else { shown.chars().count().saturating_sub(column) };
        (column, width.max(1))
    } else {
        (shown.chars().count() - shown.trim_start().chars().count(), 1)
    };
    let (text, column, width) = window(shown, column, width);
    let gutter = " ".repeat(line.to_string().len());
    let carets = "^".repeat(width);
    format!("{line} | {text}\n{gutter} | {}{carets}\n", " ".repeat(column))
}

/// The same for a line that nobody is to see.
pub(super) fn hidden(line: usize) -> String {
    let gutter = " ".repeat(line.to_string().len());
    format!("{line} | {MASK}\n{gutter} | {}\n", "^".repeat(MASK.len()))
}

/// What would steer a terminal, or not be seen, as a replacement character.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if escape(c.encode_utf8(&mut [0; 4])).chars().eq([c]) => c,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// The part of a line around the caret, and the caret in it.
fn window(line: &str, column: usize, width: usize) -> (String, usize, usize) {
    // One character for one, so that the caret stays where it is; a log is read like a terminal.
    let line: String = line.chars().map(visible).collect();
    let length = line.chars().count();
    if length <= WIDTH {
        return (line, column, width.min(length.saturating_sub(column)).max(1));
    }
    let start = column.saturating_sub(BEFORE).min(length - WIDTH);
    let text: String = line.chars().skip(start).take(WIDTH).collect();
    let head = if start > 0 { "…" } else { "" };
    let tail = if start + WIDTH < length { "…" } else { "" };
    let column = column - start + head.chars().count();
    (format!("{head}{text}{tail}"), column, width.min((WIDTH + head.chars().count()).saturating_sub(column)).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snippet(text: &str, masked: Option<&str>, line: usize, span: Range<usize>) -> String {
        of(&LineIndex::of(text), masked.map(LineIndex::of).as_ref(), line, &span)
    }

    #[test]
    fn the_caret_stands_below_what_is_meant() {
        assert_eq!(snippet("a: bc\nd: é ef\n", None, 2, 12..14), "2 | d: é ef\n  |      ^^\n");
        assert_eq!(snippet("a: bc", None, 1, 3..3), "1 | a: bc\n  |    ^\n");
        assert_eq!(snippet("", None, 1, 0..0), "1 | \n  | ^\n");
    }

    #[test]
    fn a_masked_line_is_shown_masked() {
        assert_eq!(snippet("p: secret", Some("p: ********"), 1, 3..9), "1 | p: ********\n  |    ^^^^^^^^\n");
        assert_eq!(snippet("{p: secret, q: x}", Some("{p: ***, q: x}"), 1, 12..13), "1 | {p: ***, q: x}\n  | ^\n");
    }

    #[test]
    fn a_long_line_is_shown_around_the_caret() {
        let text = format!("{}X{}", "a".repeat(300), "b".repeat(300));
        let shown = snippet(&text, None, 1, 300..301);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].chars().count() <= 80 && lines[0].starts_with("1 | …a") && lines[0].ends_with("b…"));
        let column = lines[1].chars().position(|c| c == '^');
        assert_eq!(lines[0].chars().position(|c| c == 'X'), column);
    }
}
