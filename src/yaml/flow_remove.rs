//! Elements of flow collections (`[a, b]`, `{a: b}`) that go or come first; separators and comments stay where they are.

use super::comments::{Comments, refuse_above, refuse_below};
use super::document::Document;
use super::error::Refusal;
use super::flow_insert::refuse_bare_pair;
use super::flow_lines;
use super::flow_piece::{Piece, has_own_line, pieces};
use super::group::{Group, conflict};
use super::splice::Splice;
use super::text::{line_start, next_line};
use std::ops::Range;

/// Carries out what is to happen to the elements of a flow collection.
pub(crate) fn remove_and_move(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    refuse_bare_pair(document, group.target.node)?;
    let pieces = pieces(document, group.target.node)?;
    if flow_lines::remove_and_move(document, comments, group, &pieces, out)? {
        return Ok(());
    }
    let node = document.node(group.target.node);
    group.removed.keys().try_for_each(|at| refuse_around(document, &pieces[*at]))?;
    if group.removed.len() == pieces.len() {
        if group.grows {
            return Err(conflict(document, node.start));
        }
        cut(document, comments, node.start + 1..node.end - 1, out)?;
    } else if pieces.iter().all(|piece| has_own_line(document.text, piece, node.start..node.end)) {
        remove_lines(document, comments, group, &pieces, out)?;
    } else {
        remove(document, comments, group, &pieces, out)?;
    }
    match group.first {
        Some((first, _)) => move_first(document, comments, (&pieces[..=first], node.end), out),
        None => Ok(()),
    }
}

/// Refuses a comment on the line above or below an element that starts or ends its line.
fn refuse_around(document: &Document<'_>, piece: &Piece) -> Result<(), Refusal> {
    let text = document.text;
    let line = line_start(text, piece.span.start);
    if text[line..piece.span.start].trim().is_empty() {
        refuse_above(document, line)?;
    }
    // What is below leads on to the next element, unless this is the last.
    let next = next_line(text, piece.end());
    let after = text[next..].lines().find(|line| !line.trim_start().starts_with('#')).unwrap_or_default();
    if after.trim_start().starts_with([']', '}']) { refuse_below(document, next) } else { Ok(()) }
}

fn remove_lines(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    pieces: &[Piece],
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let text = document.text;
    for (at, piece) in group.removed.keys().map(|at| (*at, &pieces[*at])) {
        let (start, end) = (line_start(text, piece.span.start), next_line(text, piece.end()));
        // The blank lines between it and the one above it.
        let above = at.checked_sub(1).map_or(start, |before| next_line(text, pieces[before].end()));
        let is_blank = above < start && text[above..start].trim().is_empty();
        cut(document, comments, if is_blank { above } else { start }..end, out)?;
    }
    let last_kept = (0..pieces.len()).rev().find(|at| !group.removed.contains_key(at));
    let ends_bare = pieces.last().is_some_and(|piece| piece.comma.is_none());
    if let Some(comma) = last_kept.filter(|_| ends_bare).and_then(|kept| pieces[kept].comma) {
        out.push(Splice { at: comma, remove: 1, insert: String::new() });
    }
    Ok(())
}

/// Elements that share lines go with the comma after them, the last ones with the comma before them.
fn remove(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    pieces: &[Piece],
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let mut at = 0;
    while at < pieces.len() {
        let run = (at..pieces.len()).take_while(|at| group.removed.contains_key(at)).count();
        if run > 0 {
            let range = match pieces.get(at + run) {
                Some(next) => pieces[at].span.start..next.span.start,
                None => pieces[at - 1].span.end..pieces[at + run - 1].span.end,
            };
            cut(document, comments, range, out)?;
        }
        at += run.max(1);
    }
    Ok(())
}

fn cut(
    document: &Document<'_>,
    comments: &Comments,
    range: Range<usize>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    comments.refuse(document, range.clone())?;
    out.push(Splice { at: range.start, remove: range.len(), insert: String::new() });
    Ok(())
}

/// The last of `pieces` comes first, the others move up by one.
fn move_first(
    document: &Document<'_>,
    comments: &Comments,
    (pieces, close): (&[Piece], usize),
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let last = pieces.len() - 1;
    let (first, moved) = (&pieces[0], &pieces[last]);
    // What is behind the closing bracket stays there.
    comments.refuse(document, first.span.start..next_line(document.text, moved.end()).min(close))?;
    refuse_around(document, first)?;
    refuse_around(document, moved)?;
    for (at, piece) in pieces.iter().enumerate() {
        let from = if at == 0 { last } else { at - 1 };
        let insert = document.text[pieces[from].span.clone()].to_owned();
        out.push(Splice { at: piece.span.start, remove: piece.span.len(), insert });
    }
    Ok(())
}
