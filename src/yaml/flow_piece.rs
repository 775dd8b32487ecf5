//! The elements of flow collections (`[a, b]`, `{a: b}`) with their commas.

use super::brackets::comma_in;
use super::document::Document;
use super::error::Refusal;
use super::extent::is_unwritten;
use super::node::{Kind, NodeId};
use super::text::{line_at, line_start, next_line};
use std::ops::Range;

/// An element and the comma after it.
pub(crate) struct Piece {
    pub(crate) span: Range<usize>,
    pub(crate) comma: Option<usize>,
}

impl Piece {
    /// After the element and its comma.
    pub(crate) fn end(&self) -> usize {
        self.comma.map_or(self.span.end, |comma| comma + 1)
    }
}

/// The elements, distinguished by their commas.
pub(crate) fn pieces(document: &Document<'_>, id: NodeId) -> Result<Vec<Piece>, Refusal> {
    let node = document.node(id);
    let mut spans: Vec<Range<usize>> = Vec::new();
    for item in document.items(id) {
        refuse_open_pair(document, *item)?;
        spans.push(document.node(*item).start..document.node(*item).end);
    }
    for (key, value) in document.entries(id) {
        let key_node = document.node(*key);
        let end = if is_unwritten(document, *value) { end_of_key(document, *key) } else { document.node(*value).end };
        spans.push(key_node.start..end);
    }
    let mut out: Vec<Piece> = Vec::with_capacity(spans.len());
    let mut at = node.start + 1;
    for span in spans {
        let comma = only_comma(document, at..span.start)?;
        match (out.last_mut(), comma) {
            (None, None) => {}
            (Some(before), Some(_)) => before.comma = comma,
            _ => return Err(odd(document, at)),
        }
        at = span.end;
        out.push(Piece { span, comma: None });
    }
    let comma = only_comma(document, at..node.end - 1)?;
    if let Some(last) = out.last_mut() {
        last.comma = comma;
    }
    Ok(out)
}

/// Refuses `[a: ]`, of which the end is not known.
fn refuse_open_pair(document: &Document<'_>, item: NodeId) -> Result<(), Refusal> {
    let is_open = |(_, value): &(NodeId, NodeId)| is_unwritten(document, *value);
    let node = document.node(item);
    let is_pair = matches!(node.kind, Kind::Mapping { .. }) && !document.text[node.start..].starts_with('{');
    if is_pair && document.entries(item).iter().any(is_open) {
        return Err(odd(document, node.start));
    }
    Ok(())
}

/// After a key without a value: with the space that libyaml needs after its colon.
fn end_of_key(document: &Document<'_>, key: NodeId) -> usize {
    let text = document.text;
    let end = document.node(key).end;
    match text[end..].trim_start_matches([' ', '\t']).strip_prefix(':') {
        Some(after) => text.len() - after.strip_prefix(' ').unwrap_or(after).len(),
        None => end,
    }
}

/// The comma between two elements.
fn only_comma(document: &Document<'_>, between: Range<usize>) -> Result<Option<usize>, Refusal> {
    comma_in(document.text, between).map_err(|at| odd(document, at))
}

fn odd(document: &Document<'_>, at: usize) -> Refusal {
    document.refuse(
        at,
        "the elements of these brackets could not be distinguished",
        "write the collection with one item or one key a line, then run this again",
    )
}

/// Whether an element and its comma are all that is on their lines.
pub(crate) fn has_own_line(text: &str, piece: &Piece, whole: Range<usize>) -> bool {
    let before = &text[line_start(text, piece.span.start)..piece.span.start];
    let rest = line_at(text, piece.end()).trim_start();
    let is_near = !text[piece.span.end..piece.end()].contains('\n');
    let is_inside = line_start(text, piece.span.start) > whole.start && next_line(text, piece.end()) < whole.end;
    before.trim().is_empty() && (rest.is_empty() || rest.starts_with('#')) && is_near && is_inside
}
