//! Blank lines between the elements of a list or mapping, which a new element has above it as its neighbours do.

use super::document::Document;
use super::edit::New;
use super::extent::{ends_in_kept_block_scalar, is_unwritten, last_byte, last_byte_of_entry};
use super::indicators::dash_before;
use super::likes::{Like, Likes};
use super::node::{Kind, NodeId};
use super::text::{line_at, line_start, next_line};

/// So many neighbours are asked for the blank lines above a field.
const NEAREST: usize = 3;

/// The blank lines above a new last element of `id`: as many as are above the last one; where there is but one, as in
/// other lists of such elements, or above that one.
pub(crate) fn blank_lines(document: &Document<'_>, id: NodeId, new: &New) -> Vec<String> {
    let has_one = document.items(id).len() + document.entries(id).len() == 1;
    let is_record = matches!(document.node(id).kind, Kind::Mapping { .. }) && !matches!(new, New::Map(_));
    // They would be part of its text.
    if is_record || ends_in_kept_block_scalar(document, id) {
        return Vec::new();
    }
    let count = match has_one {
        true => {
            above_others(document, id, new).or_else(|| matches!(new, New::Map(_)).then(|| above_first(document, id)))
        }
        false => above_last(document, id),
    };
    vec![String::new(); count.unwrap_or(0)]
}

/// The blank lines between the last two elements.
fn above_last(document: &Document<'_>, id: NodeId) -> Option<usize> {
    let (one, last) = match (document.items(id), document.entries(id)) {
        ([.., one, last], _) => (last_byte(document, *one), *last),
        (_, [.., (key, value), (last, _)]) => (last_byte_of_entry(document, *key, *value), *last),
        _ => return None,
    };
    Some(between(document, one, last)).filter(|count| *count > 0)
}

/// The blank lines between the first element, with the comments above it, and what is above.
fn above_first(document: &Document<'_>, id: NodeId) -> usize {
    let (items, entries) = (document.items(id).first(), document.entries(id).first());
    let Some(first) = items.or(entries.map(|(key, _)| key)) else { return 0 };
    let start = document.node(*first).start;
    let line = line_start(document.text, dash_before(document.text, start).unwrap_or(start));
    let above = document.text[..line].lines().rev();
    let above = above.skip_while(|line| line.trim_start().starts_with('#'));
    above.take_while(|line| line.trim().is_empty()).count()
}

/// The first blank lines between what ends with this byte and what is next: between comments there may be more.
fn between(document: &Document<'_>, last_byte: usize, next: NodeId) -> usize {
    let text = document.text;
    // Whole lines alone: an item may begin on the line below its dash.
    let (mut at, end) = (next_line(text, last_byte), line_start(text, document.node(next).start));
    let mut count = 0;
    while at < end {
        match line_at(text, at).trim().is_empty() {
            true => count += 1,
            false if count > 0 => break,
            false => {}
        }
        at = next_line(text, at);
    }
    count
}

/// The blank lines above a new field: as many as the nearest neighbours all have above it.
pub(crate) fn above_field(document: &Document<'_>, key: &str, likes: &Likes) -> usize {
    let above = |like: &Like| {
        let Kind::Mapping { flow: false, entries } = &document.node(like.node).kind else { return None };
        let at = entries.iter().position(|(other, _)| document.scalar(*other) == Some(key))?.checked_sub(1)?;
        let ((key, value), (next, _)) = (entries[at], entries[at + 1]);
        // They would be part of its text.
        let is_kept = ends_in_kept_block_scalar(document, value);
        Some(if is_kept { 0 } else { between(document, last_byte_of_entry(document, key, value), next) })
    };
    let mut counts = likes.iter().filter_map(above).take(NEAREST);
    let first = counts.next().unwrap_or(0);
    if counts.all(|count| count == first) { first } else { 0 }
}

/// The blank lines between the blocks at the top of the file, after one that is written as the last one is; none where
/// there are no two, or they differ.
pub(crate) fn between_blocks(document: &Document<'_>, root: NodeId) -> Option<usize> {
    let entries = document.entries(root);
    let is_block = |value: NodeId| {
        let node = document.node(value);
        let in_block = matches!(node.kind, Kind::Sequence { flow: false, .. } | Kind::Mapping { flow: false, .. });
        in_block || document.text[node.start..node.end].contains('\n')
    };
    let is_last_block = is_block(entries.last()?.1);
    // Whether it says all that can be said, and how many.
    let mut counts: Vec<(bool, usize)> = Vec::new();
    for pair in entries.windows(2) {
        let [(key, value), (next, next_value)] = *pair else { continue };
        let (is_first, is_second) = (is_block(value), is_block(next_value));
        let is_written = |value| !is_unwritten(document, value);
        if (is_first || is_second) && is_written(value) && is_written(next_value) {
            let last = last_byte_of_entry(document, key, value);
            let count = between(document, last, next);
            // A banner may be what sets them apart.
            let is_bare = count == 0 && document.text[last..document.node(next).start].contains('#');
            if !is_bare {
                counts.push((is_first == is_last_block && is_second, count));
            }
        }
    }
    if counts.iter().any(|(says_all, _)| *says_all) {
        counts.retain(|(says_all, _)| *says_all);
    }
    let (_, first) = *counts.first()?;
    counts.iter().all(|(_, count)| *count == first).then_some(first)
}

/// Whether blank lines are between things at the top of the file.
pub(crate) fn are_blocks_apart(document: &Document<'_>) -> bool {
    let entries = document.root().map(|root| document.entries(root)).unwrap_or_default();
    let is_apart = |pair: &[(NodeId, NodeId)]| match *pair {
        [(key, value), (next, _)] => between(document, last_byte_of_entry(document, key, value), next) > 0,
        _ => false,
    };
    entries.windows(2).any(is_apart)
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
