//! `# spin-keys: ignore SK123` at the end of a line suppresses findings on that line.

use crate::yaml::LineIndex;
use crate::yaml::{Document, Kind};
use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

pub const MARK: &str = "spin-keys: ignore";

/// The ignored codes of each line.
#[derive(Debug, Default)]
pub(crate) struct Suppressions(HashMap<usize, HashSet<String>>);

impl Suppressions {
    /// Whether a finding with this code on this line (from 1) is ignored.
    #[must_use]
    pub(crate) fn covers(&self, line: usize, code: &str) -> bool {
        self.0.get(&line).is_some_and(|codes| codes.contains(code))
    }
}

/// Whether a comment (from its `#`) suppresses findings.
pub(crate) fn is_suppression(comment: &str) -> bool {
    comment.trim_start_matches('#').trim_start().starts_with(MARK)
}

/// The comments of a document that suppress findings. Text inside a value is not a comment.
#[must_use]
pub(crate) fn suppressions(document: &Document<'_>, lines: &LineIndex<'_>) -> Suppressions {
    let mut found = Suppressions::default();
    let scalars = LazyCell::new(|| scalars(document));
    for (at, _) in document.text.match_indices(MARK) {
        let (line, _) = lines.place(at);
        let range = lines.range(line);
        let before = &document.text[range.start..at];
        let Some(hash) = before.rfind('#').map(|hash| range.start + hash) else { continue };
        let is_mark = document.text[hash..at].trim_start_matches('#').trim().is_empty();
        let opens = before[..hash - range.start].chars().next_back().is_none_or(char::is_whitespace);
        if !is_mark || !opens || is_inside(&scalars, hash) {
            continue;
        }
        let codes = document.text[at + MARK.len()..range.end].split([' ', ',', '\t']);
        let codes = codes.map(str::to_ascii_uppercase).take_while(|word| word.is_empty() || word.starts_with("SK"));
        found.0.entry(line).or_default().extend(codes.filter(|code| !code.is_empty()));
    }
    found
}

/// The spans of all scalars, in order.
fn scalars(document: &Document<'_>) -> Vec<Range<usize>> {
    let scalars = document.nodes().filter(|node| matches!(node.kind, Kind::Scalar { .. }));
    let mut spans: Vec<Range<usize>> = scalars.map(|node| node.start..node.end).collect();
    spans.sort_by_key(|span| span.start);
    spans
}

fn is_inside(spans: &[Range<usize>], at: usize) -> bool {
    spans[..spans.partition_point(|span| span.start <= at)].last().is_some_and(|span| span.contains(&at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_ignore_codes_on_their_line_and_texts_do_not() {
        let text = "a: b # spin-keys: ignore SK101, sk102 because\nc: 'x # spin-keys: ignore SK103'\nd: |\n  x # \
            spin-keys: ignore SK104\n# spin-keys: ignore SK105\ne: \"f # spin-keys: ignore SK106\"\n";
        let document = Document::parse(text).unwrap();
        let found = suppressions(&document, &LineIndex::of(text));
        assert!(found.covers(1, "SK101") && found.covers(1, "SK102") && found.covers(5, "SK105"));
        assert!(
            !found.covers(1, "SK10")
                && !found.covers(2, "SK103")
                && !found.covers(4, "SK104")
                && !found.covers(6, "SK106")
        );
    }
}
