//! Lines, columns and indentation of the raw text, before and beside any parsing.

/// The text without its byte order mark, and whether there was one.
#[must_use]
pub fn split_bom(text: &str) -> (bool, &str) {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

/// Line and column (both from 1, the column in characters) of a byte offset.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (line, text[start..].char_indices().take_while(|(at, _)| start + at < offset).count() + 1)
}

/// The offset at which the line of `offset` starts.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

/// The offset right behind the line break that ends the line of `offset`; the end of the text where there is none.
pub(crate) fn next_line(text: &str, offset: usize) -> usize {
    text.as_bytes()[offset..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| offset + at + 1)
}

/// The line that starts at `start`, without its line break.
pub(crate) fn line_at(text: &str, start: usize) -> &str {
    text[start..next_line(text, start)].trim_end_matches(['\r', '\n'])
}

/// Width in bytes of the blanks that open `line`.
pub(crate) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The line break used around `offset`: of the line before it, else of the first line, else LF.
pub(crate) fn eol_near(text: &str, offset: usize) -> &'static str {
    let before = &text[..offset];
    let end = before.rfind('\n').or_else(|| text.find('\n'));
    if end.is_some_and(|at| at > 0 && text.as_bytes()[at - 1] == b'\r') { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        assert_eq!(line_column("ä: x\nb", 0), (1, 1));
        assert_eq!(line_column("ä: x\nb", 2), (1, 2));
        assert_eq!(line_column("ä: x\nb", 6), (2, 1));
        assert_eq!(line_column("ä", 99), (1, 2));
    }

    #[test]
    fn the_line_break_is_the_neighbours() {
        assert_eq!(eol_near("a\r\nb\nc", 6), "\n");
        assert_eq!(eol_near("a\r\nb", 4), "\r\n");
        assert_eq!(eol_near("a", 1), "\n");
        assert_eq!(eol_near("a\r\n", 1), "\r\n");
    }
}
