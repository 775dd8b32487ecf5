//! Elements of flow collections (`[a, b]`, `{a: b}`) that go or come first; separators and comments stay where they are.

use super::comments::{Comments, refuse_above, refuse_below};
use super::document::Document;
use super::error::Refusal;
use super::extent::is_unwritten;
use super::flow_insert::refuse_bare_pair;
use super::group::{Group, conflict};
use super::node::{Kind, NodeId};
use super::splice::Splice;
use super::text::{line_at, line_start, next_line};
use std::ops::Range;

/// An element and the comma after it.
struct Piece {
    span: Range<usize>,
    comma: Option<usize>,
}

impl Piece {
    /// After the element and its comma.
    fn end(&self) -> usize {
        self.comma.map_or(self.span.end, |comma| comma + 1)
    }
}

/// Carries out what is to happen to the elements of a flow collection.
pub(crate) fn remove_and_move(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    refuse_bare_pair(document, group.target.node)?;
    let pieces = pieces(document, group.target.node)?;
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

/// The elements, distinguished by their commas.
fn pieces(document: &Document<'_>, id: NodeId) -> Result<Vec<Piece>, Refusal> {
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

/// The comma between two elements, with only spaces, line breaks and comments around it.
fn only_comma(document: &Document<'_>, between: Range<usize>) -> Result<Option<usize>, Refusal> {
    let text = document.text;
    let mut comma = None;
    let mut at = between.start;
    while at < between.end {
        match text.as_bytes()[at] {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => at = next_line(text, at),
            b',' if comma.is_none() => {
                comma = Some(at);
                at += 1;
            }
            _ => return Err(odd(document, at)),
        }
    }
    Ok(comma)
}

fn odd(document: &Document<'_>, at: usize) -> Refusal {
    document.refuse(
        at,
        "the elements of these brackets could not be distinguished",
        "write the collection with one item or one key a line, then run this again",
    )
}

/// Whether an element and its comma are all that is on their lines.
fn has_own_line(text: &str, piece: &Piece, whole: Range<usize>) -> bool {
    let before = &text[line_start(text, piece.span.start)..piece.span.start];
    let rest = line_at(text, piece.end()).trim_start();
    let is_near = !text[piece.span.end..piece.end()].contains('\n');
    let is_inside = line_start(text, piece.span.start) > whole.start && next_line(text, piece.end()) < whole.end;
    before.trim().is_empty() && (rest.is_empty() || rest.starts_with('#')) && is_near && is_inside
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
