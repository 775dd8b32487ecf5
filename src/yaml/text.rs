//! Lines, columns and indentation of the raw text, before and beside any parsing.

/// The text without its byte order mark, and whether there was one.
#[must_use]
pub fn split_bom(text: &str) -> (bool, &str) {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

/// The offset at which the line of `offset` starts.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

/// The offset right after the line break that ends the line of `offset`; the end of the text where there is none.
pub(crate) fn next_line(text: &str, offset: usize) -> usize {
    text.as_bytes()[offset..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| offset + at + 1)
}

/// Whether there is a line at a byte that opens one, with nothing but blanks in it.
pub(crate) fn is_blank(text: &str, at: usize) -> bool {
    at < text.len() && line_at(text, at).trim().is_empty()
}

/// The line that starts at `start`, without its line break.
pub(crate) fn line_at(text: &str, start: usize) -> &str {
    text[start..next_line(text, start)].trim_end_matches(['\r', '\n'])
}

/// Width in bytes of the spaces that open `line`.
pub(crate) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The line break used around `offset`: of the line before it, else of the first line, else LF.
pub(crate) fn eol_near(text: &str, offset: usize) -> &'static str {
    let before = &text[..offset];
    let end = before.rfind('\n').or_else(|| text.find('\n'));
    if end.is_some_and(|at| at > 0 && text.as_bytes()[at - 1] == b'\r') { "\r\n" } else { "\n" }
}

/// Untrusted text made printable and short.
pub(crate) fn quote(text: &str) -> String {
    let is_as_it_is = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'"' | b'\\');
    if text.len() <= 40 && text.bytes().all(is_as_it_is) {
        return text.to_owned();
    }
    let escaped: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() { escaped + "..." } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_break_is_the_neighbours() {
        assert_eq!(eol_near("a\r\nb\nc", 6), "\n");
        assert_eq!(eol_near("a\r\nb", 4), "\r\n");
        assert_eq!(eol_near("a", 1), "\n");
        assert_eq!(eol_near("a\r\n", 1), "\r\n");
    }
}
