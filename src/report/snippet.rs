//! The line of a finding with carets below the place.
//!
//! Promises: a line is shown with its secrets masked, and cut to fit 80 columns.

use crate::escape::escape;
use crate::yaml::LineIndex;
use crate::yaml::MASK;
use std::ops::Range;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Terminal columns of a line that are shown.
const WIDTH: usize = 68;
/// Columns before the caret that are shown of a longer line.
const BEFORE: usize = 24;

/// The line and its carets.
#[must_use]
pub fn of(lines: &LineIndex<'_>, masked: Option<&LineIndex<'_>>, line: usize, span: &Range<usize>) -> String {
    let range = lines.range(line);
    let original = lines.line(line);
    let shown = masked.map_or(original, |masked| masked.line(line));
    let at = span.start.saturating_sub(range.start).min(original.len());
    // A mask before the place shifts it: the caret then points at the start of the line.
    let is_same_before = shown.get(..at).is_some_and(|before| original.get(..at) == Some(before));
    let (at, end) = if is_same_before {
        let end = span.end.clamp(span.start, range.end).saturating_sub(range.start).min(shown.len());
        let same = original.get(at..end).is_some_and(|text| shown.get(at..end) == Some(text));
        (at, if same { end } else { shown.len() })
    } else {
        let at = shown.len() - shown.trim_start().len();
        (at, at)
    };
    let near = near(shown, at);
    let piece = &shown[near.clone()];
    let column = shown[near.start..at].chars().count();
    let width = shown[at..end.clamp(at, near.end)].chars().count().max(1);
    let (text, column, width) = window(piece, column, width, (near.start > 0, near.end < shown.len()));
    let gutter = " ".repeat(line.to_string().len());
    // Carets count terminal columns: some characters take two, some none.
    let columns = |from: usize, count: usize| text.chars().skip(from).take(count).collect::<String>().width();
    let carets = "^".repeat(columns(column, width).max(1));
    format!("{line} | {text}\n{gutter} | {}{carets}\n", " ".repeat(columns(0, column)))
}

/// The bytes of a line around a place, far more than are shown: a line may be as long as the file.
fn near(line: &str, at: usize) -> Range<usize> {
    const REACH: usize = 1000;
    let (mut start, mut end) = (at.saturating_sub(REACH), line.len().min(at + REACH));
    while !line.is_char_boundary(start) {
        start -= 1;
    }
    while !line.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// The same for a line that must not be shown.
#[must_use]
pub fn hidden(line: usize) -> String {
    let gutter = " ".repeat(line.to_string().len());
    format!("{line} | {MASK}\n{gutter} | {}\n", "^".repeat(MASK.len()))
}

/// Replaces characters that control a terminal or are invisible.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if escape(c.encode_utf8(&mut [0; 4])).chars().eq([c]) => c,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// The part of a line around the caret, and the caret in it. `is_cut`: whether the line goes on before and after this.
fn window(line: &str, column: usize, width: usize, is_cut: (bool, bool)) -> (String, usize, usize) {
    // One character for one, so that the caret stays in place; logs are read in a terminal too.
    let line: Vec<char> = line.chars().map(visible).collect();
    let length = line.len();
    // How many characters of an iterator fit into that many terminal columns.
    let fitting = |chars: &mut dyn Iterator<Item = &char>, columns: usize| {
        let mut used = 0;
        let fits = chars.take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= columns
        });
        fits.count()
    };
    if fitting(&mut line.iter(), WIDTH) == length && is_cut == (false, false) {
        return (line.into_iter().collect(), column, width.min(length.saturating_sub(column)).max(1));
    }
    let before = fitting(&mut line[..column.min(length)].iter().rev(), BEFORE);
    let start = (column.min(length) - before).min(length - fitting(&mut line.iter().rev(), WIDTH));
    let end = start + fitting(&mut line[start..].iter(), WIDTH);
    let head = if start > 0 || is_cut.0 { "…" } else { "" };
    let tail = if end < length || is_cut.1 { "…" } else { "" };
    let text: String = line[start..end].iter().collect();
    let column = column - start + head.chars().count();
    (
        format!("{head}{text}{tail}"),
        column,
        width.min((end - start + head.chars().count()).saturating_sub(column)).max(1),
    )
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
    fn the_caret_is_right_after_wide_characters_and_those_without_width() {
        assert_eq!(snippet("a: 日本 bc", None, 1, 10..12), "1 | a: 日本 bc\n  |         ^^\n");
        assert_eq!(snippet("a: e\u{301} bc", None, 1, 7..9), "1 | a: e\u{301} bc\n  |      ^^\n");
    }

    #[test]
    fn a_masked_line_is_shown_masked() {
        assert_eq!(snippet("p: secret", Some("p: ********"), 1, 3..9), "1 | p: ********\n  |    ^^^^^^^^\n");
        assert_eq!(snippet("{p: secret, q: x}", Some("{p: ***, q: x}"), 1, 12..13), "1 | {p: ***, q: x}\n  | ^\n");
    }

    #[test]
    fn a_long_line_of_wide_characters_fits_80_columns() {
        let text = format!("{}X{}", "日".repeat(300), "本".repeat(300));
        for (at, line) in [(0..3, "1 | 日"), (900..901, "1 | …日"), (1798..1801, "1 | …本")] {
            let shown = snippet(&text, None, 1, at);
            let lines: Vec<&str> = shown.lines().collect();
            assert!(lines[0].starts_with(line) && lines[0].width() <= 80 && lines[1].width() <= 80, "{shown}");
        }
    }

    #[test]
    fn a_long_line_is_shown_around_the_caret() {
        for reach in [300, 100_000] {
            around_the_caret(reach);
        }
    }

    fn around_the_caret(reach: usize) {
        let text = format!("{}X{}", "a".repeat(reach), "b".repeat(reach));
        let shown = snippet(&text, None, 1, reach..reach + 1);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].chars().count() <= 80 && lines[0].starts_with("1 | …a") && lines[0].ends_with("b…"));
        let column = lines[1].chars().position(|c| c == '^');
        assert_eq!(lines[0].chars().position(|c| c == 'X'), column);
    }
}
