//! The dashes of a block sequence, which granit-parser does not place, and the spaces after them.

use super::document::Document;
use super::error::Refusal;
use super::node::NodeId;
use super::text::{line_at, next_line};

/// The first dash of the block sequence that is the value of `key`. (granit-parser gives an unindented sequence the
/// place after its first dash.)
pub(crate) fn first_dash(document: &Document<'_>, key: NodeId) -> Option<usize> {
    let text = document.text;
    let mut at = skip_spaces(text, document.node(key).end);
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

/// The blanks between a key and its colon; none where no colon is known.
pub(crate) fn blanks_before_colon<'t>(document: &Document<'t>, key: NodeId) -> Option<&'t str> {
    let rest = document.text.get(document.node(key).end..)?;
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    rest[blanks..].starts_with(':').then_some(&rest[..blanks])
}

/// The place after the colon of a key that has nothing but a comment after it on its line; after the anchor and the tag
/// of the value, where they are there.
///
/// # Errors
/// No colon on the line of the key, or something after it.
pub(crate) fn after_colon(document: &Document<'_>, key: NodeId) -> Result<usize, Refusal> {
    let text = document.text;
    let colon = skip_spaces(text, document.node(key).end);
    let mut at = colon + 1;
    let mut rest = line_at(text, colon).strip_prefix(':').map(|rest| rest.trim_start_matches([' ', '\t']));
    while let Some(of_value) = rest.filter(|rest| rest.starts_with(['&', '!'])) {
        let start = skip_spaces(text, at);
        let length = of_value.find([' ', '\t']).unwrap_or(of_value.len());
        at = start + length;
        rest = Some(of_value[length..].trim_start_matches([' ', '\t']));
    }
    match rest {
        Some(rest) if rest.is_empty() || rest.starts_with('#') => Ok(at),
        _ => Err(document.refuse_node(
            key,
            "this key has no `:` on its line, or something unexpected after it",
            "write it as `key:`, then run this again",
        )),
    }
}

/// The dash of an item that starts at `start`, on its line or on one above with nothing between.
pub(crate) fn dash_before(text: &str, start: usize) -> Option<usize> {
    let before = text[..start].trim_end_matches([' ', '\t', '\r', '\n']);
    before.ends_with('-').then(|| before.len() - 1)
}

pub(crate) fn skip_spaces(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches([' ', '\t']).len()
}

/// The spaces between a dash and what follows it on its line; one space where nothing follows.
pub(crate) fn gap_after(text: &str, dash: usize) -> String {
    let after = &text[dash + 1..];
    let width = after.len() - after.trim_start_matches(' ').len();
    let content = after[width..].starts_with(|c| !matches!(c, '\r' | '\n' | '#' | '\t'));
    if content && width > 0 { " ".repeat(width) } else { " ".to_owned() }
}
