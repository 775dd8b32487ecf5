//! Elements of flow collections that have lines of their own: they go and come first with these, and with the comments on
//! them and above them, as items of block collections do. Commas stay between the elements, and after the last one or not.

use super::block_element::Element;
use super::block_remove::{Moved, going};
use super::comments::Comments;
use super::document::Document;
use super::edit::Along;
use super::error::Refusal;
use super::flow_piece::{Piece, has_own_line};
use super::group::{Group, conflict};
use super::headings::Opening;
use super::node::NodeId;
use super::splice::Splice;
use std::ops::Range;

/// Carries out what is to happen to the elements. Whether it can: they have such lines, and comments may go along.
pub(crate) fn remove_and_move(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    pieces: &[Piece],
    out: &mut Vec<Splice>,
) -> Result<bool, Refusal> {
    let Some(elements) = elements(document, group, pieces) else { return Ok(false) };
    let opening = Opening::of(document, comments, group, &elements)?;
    let mut cuts = Vec::new();
    for (at, along) in &group.removed {
        cuts.push(going(document, comments, *along, (&elements, &opening), *at)?);
    }
    let last = pieces.len() - 1;
    let ends_bare = pieces[last].comma.is_none();
    if let Some((at, along)) = group.first {
        let comma = Some(pieces[at].span.end).filter(|_| at == last && ends_bare);
        let moved = Moved { elements: &elements, at, is_inner: false, comma };
        let (splice, lines) = moved.first(document, comments, along)?;
        out.push(splice);
        cuts.push(lines);
    }
    let stays = |at: &usize| !group.removed.contains_key(at) && group.first.is_none_or(|(first, _)| first != *at);
    match (0..pieces.len()).rev().find(stays) {
        Some(kept) if kept < last && ends_bare => {
            out.extend(pieces[kept].comma.map(|at| Splice { at, remove: 1, insert: String::new() }));
        }
        None if group.grows => return Err(conflict(document, document.node(group.target.node).start)),
        None => widen_if_empty(document, group, &mut cuts),
        Some(_) => {}
    }
    out.extend(cuts.into_iter().map(|cut| Splice { at: cut.start, remove: cut.len(), insert: String::new() }));
    Ok(true)
}

/// The elements, where those concerned have lines of their own that are indented with spaces.
fn elements(document: &Document<'_>, group: &Group, pieces: &[Piece]) -> Option<Vec<Element>> {
    let id = group.target.node;
    let node = document.node(id);
    let alongs = group.removed.values().chain(group.first.iter().map(|(_, along)| along));
    let is_own = |piece: &Piece| {
        has_own_line(document.text, piece, node.start..node.end) && document.column(piece.span.start).is_ok()
    };
    // What opens on the line of the bracket stays there, if nothing comes before it.
    let from = group.first.map_or_else(|| group.removed.keys().next().copied(), |_| Some(0));
    let can_be =
        alongs.into_iter().all(|along| *along != Along::Nothing) && pieces.iter().skip(from.unwrap_or(0)).all(is_own);
    let nodes = document.items(id).iter().chain(document.entries(id).iter().map(|(_, value)| value));
    let element =
        |(piece, node): (&Piece, &NodeId)| Element { start: piece.span.start, last: piece.end() - 1, node: *node };
    can_be.then(|| pieces.iter().zip(nodes).map(element).collect())
}

/// Cuts all between the brackets, if nothing stays there but blanks.
fn widen_if_empty(document: &Document<'_>, group: &Group, cuts: &mut Vec<Range<usize>>) {
    let node = document.node(group.target.node);
    let mut at = node.start + 1;
    let mut is_empty = true;
    for cut in cuts.iter() {
        is_empty &= document.text[at..cut.start].trim().is_empty();
        at = cut.end;
    }
    if is_empty && document.text[at..node.end - 1].trim().is_empty() {
        cuts.clear();
        cuts.push(node.start + 1..node.end - 1);
    }
}
