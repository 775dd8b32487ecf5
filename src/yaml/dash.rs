//! The dashes of a block sequence, which granit-parser does not place, and the blanks behind them.

use super::text::next_line;
use super::tree::{Document, NodeId};

/// The first dash of the block sequence that is the value of `key`. (granit-parser gives an unindented sequence the
/// place behind its first dash.)
pub(crate) fn first_dash(document: &Document<'_>, key: NodeId) -> Option<usize> {
    let text = document.text;
    let mut at = skip_blanks(text, document.node(key).end);
    at = text[at..].starts_with(':').then_some(at + 1)?;
    loop {
        let rest = text[at..].trim_start_matches([' ', '\t', '\r', '\n']);
        at = text.len() - rest.len();
        match rest.as_bytes().first()? {
            b'#' => at = next_line(text, at),
            b'-' => return Some(at),
            b'&' | b'!' => at += rest.find([' ', '\t', '\r', '\n'])?,
            _ => return None,
        }
    }
}

fn skip_blanks(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches([' ', '\t']).len()
}

/// The blanks between a dash and what follows it on its line; one blank where nothing follows.
pub(crate) fn gap_behind(text: &str, dash: usize) -> String {
    let behind = &text[dash + 1..];
    let width = behind.len() - behind.trim_start_matches(' ').len();
    let content = behind[width..].starts_with(|c| !matches!(c, '\r' | '\n' | '#' | '\t'));
    if content && width > 0 { " ".repeat(width) } else { " ".to_owned() }
}
