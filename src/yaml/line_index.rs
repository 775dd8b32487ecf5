//! LineIndex and columns of many places in one text, found without reading it again for each.

use std::ops::Range;

/// Where the lines of a text begin.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// The number of characters before each block of the text: a line may be as long as the file. Empty for a text of
    /// ASCII, in which they are the bytes.
    counts: Vec<usize>,
}

/// Bytes of a block.
const BLOCK: usize = 1024;

impl<'t> LineIndex<'t> {
    /// Reads a text once.
    #[must_use]
    pub fn of(text: &'t str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(breaks).collect();
        if text.is_ascii() {
            return Self { text, starts, counts: Vec::new() };
        }
        let counts = text.as_bytes().chunks(BLOCK).scan(0, |count, block| {
            let before = *count;
            *count += begun(block);
            Some(before)
        });
        Self { text, starts, counts: counts.collect() }
    }

    /// Line and column of a byte, from 1; the column counts characters.
    #[must_use]
    pub fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        let column = self.text.get(start..at).map_or(0, |before| match before.len() {
            ..BLOCK => begun(before.as_bytes()),
            _ => self.characters(at) - self.characters(start),
        });
        (line, column + 1)
    }

    /// The number of characters before a byte.
    fn characters(&self, at: usize) -> usize {
        let block = (at / BLOCK).min(self.counts.len().saturating_sub(1));
        self.counts.get(block).map_or(at, |before| before + begun(&self.text.as_bytes()[block * BLOCK..at]))
    }

    /// The bytes of a line, from 1, without its end.
    #[must_use]
    pub fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let body = self.text[start..end].trim_end_matches(['\n', '\r']);
        start..start + body.len()
    }

    /// A line, from 1, without its end.
    #[must_use]
    pub fn line(&self, line: usize) -> &'t str {
        &self.text[self.range(line)]
    }
}

/// The number of characters that begin in a piece of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count()
}

/// Line and column (both from 1, the column in characters) of a byte offset.
#[must_use]
pub(crate) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (line, text[start..].char_indices().take_while(|(at, _)| start + at < offset).count() + 1)
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
    fn places_in_a_long_line_are_the_same() {
        let text = format!("a: b\nx: {}", "é日a".repeat(2000));
        let lines = LineIndex::of(&text);
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            assert_eq!(lines.place(at), line_column(&text, at), "{at}");
        }
        let ascii = format!("a: b\nx: {}", "y".repeat(5000));
        assert_eq!(LineIndex::of(&ascii).place(ascii.len()), (2, 5004));
        assert_eq!(LineIndex::of("").place(0), (1, 1));
    }

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let lines = LineIndex::of("ab\r\né c\n");
        assert_eq!([lines.place(0), lines.place(1), lines.place(4), lines.place(7)], [(1, 1), (1, 2), (2, 1), (2, 3)]);
        assert_eq!(lines.place(9), (3, 1));
        assert_eq!([lines.line(1), lines.line(2), lines.line(3), lines.line(9)], ["ab", "é c", "", ""]);
    }
}
