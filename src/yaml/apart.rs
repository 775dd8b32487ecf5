//! Blank lines between the elements of a list or mapping, which a new element has above it as its neighbours do.

use super::document::Document;
use super::edit::New;
use super::extent::{ends_in_kept_block_scalar, last_byte};
use super::likes::Likes;
use super::node::{Kind, NodeId};
use super::text::{line_at, line_start, next_line};

/// The blank lines above a new last element of `id`: as many as are above the last one; where there is but one, as in
/// other lists of such elements.
pub(crate) fn blank_lines(document: &Document<'_>, id: NodeId, new: &New) -> Vec<String> {
    let has_one = document.items(id).len() + document.entries(id).len() == 1;
    let is_record = matches!(document.node(id).kind, Kind::Mapping { .. }) && !matches!(new, New::Map(_));
    // They would be part of its text.
    if is_record || ends_in_kept_block_scalar(document, id) {
        return Vec::new();
    }
    let count = if has_one { above_others(document, id, new) } else { above_last(document, id) };
    vec![String::new(); count.unwrap_or(0)]
}

/// The blank lines between the last two elements.
fn above_last(document: &Document<'_>, id: NodeId) -> Option<usize> {
    let spans: (NodeId, NodeId) = match (document.items(id), document.entries(id)) {
        ([.., one, last], _) => (*one, *last),
        (_, [.., (_, one), (last, _)]) => (*one, *last),
        _ => return None,
    };
    let text = document.text;
    // Whole lines alone: an item may begin on the line below its dash.
    let (mut at, end) = (next_line(text, last_byte(document, spans.0)), line_start(text, document.node(spans.1).start));
    let mut counts = vec![0];
    while at < end {
        match line_at(text, at).trim().is_empty() {
            true => counts.last_mut().into_iter().for_each(|count| *count += 1),
            false => counts.push(0),
        }
        at = next_line(text, at);
    }
    counts.into_iter().find(|count| *count > 0)
}

/// The blank lines between the last two elements of another list or mapping of such elements.
fn above_others(document: &Document<'_>, id: NodeId, new: &New) -> Option<usize> {
    let root = document.root()?;
    let others = document.entries(root).iter().rev().map(|(_, value)| *value).filter(|other| *other != id);
    let alike = |other: &NodeId| {
        let within = Likes::within(document, *other);
        within.len() > 1 && within.are_like(document, new)
    };
    others.filter(alike).find_map(|other| above_last(document, other))
}
