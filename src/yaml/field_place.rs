//! Where a new entry belongs among those that its mapping has: where the neighbours have it, or at the end.

use super::apart::above_field;
use super::brackets::{Brackets, Gap, blanks};
use super::commented::is_prose;
use super::document::Document;
use super::edit::New;
use super::extent::{ends_in_kept_block_scalar, line_after_entry, lines_at};
use super::likes::Likes;
use super::node::NodeId;
use super::render::{Rendered, entry_lines};
use super::splice::Splice;
use super::style::Style;
use super::text::{eol_near, line_at, line_start};

/// Adds an entry between those of a mapping, or above them. `None` where it belongs at the end: the neighbours have nothing
/// behind it, or do not say, or the text there is unusual.
pub(crate) fn insert(
    document: &Document<'_>,
    mapping: NodeId,
    (new, is_flow): (&[(String, New)], bool),
    likes: &Likes,
    style: &Style<'_>,
) -> Option<Splice> {
    let [(name, _)] = new else { return None };
    let (at, like) = place(document, mapping, name, likes)?;
    if is_flow {
        let inner = |base: &str| Rendered::Entries(new).flow_inner(likes, style, (base, base));
        return insert_flow(document, (mapping, at), gaps(document, like, name), style, &inner);
    }
    let (text, entries) = (document.text, document.entries(mapping));
    let next = document.node(entries.get(at)?.0);
    let column = document.column(document.node(mapping).start).ok()?;
    let line = line_start(text, next.start);
    let is_plain = |c: char| c == ' ' || (c == '-' && at == 0);
    if next.anchored || !next.tag.is_none() || !text[line..next.start].chars().all(is_plain) {
        return None;
    }
    if at == 0 && line > 0 && is_prose(line_at(text, line_start(text, line - 1))) {
        // A comment on what follows.
        return None;
    }
    let mut lines = entry_lines(column, new, likes, style);
    if let Some((key, value)) = at.checked_sub(1).map(|before| entries[before]) {
        let after = line_after_entry(document, key, value, column);
        let blanks = if ends_in_kept_block_scalar(document, value) { 0 } else { above_field(document, name, likes) };
        lines.splice(..0, vec![String::new(); blanks]);
        return (after <= line).then(|| lines_at(document, after, &lines));
    }
    // The first may be behind a dash.
    let eol = eol_near(text, next.start);
    let whole = lines.join("\n").replace('\n', eol);
    Some(Splice::insert(next.start, format!("{}{eol}{}", whole.trim_start(), " ".repeat(column))))
}

/// The number of entries above the new one, where not all are, and the neighbour that says so.
fn place(document: &Document<'_>, mapping: NodeId, key: &str, likes: &Likes) -> Option<(usize, NodeId)> {
    let like = likes.iter().find(|like| document.entry(like.node, key).is_some())?;
    let theirs = document.entries(like.node);
    let at = |key: &str| theirs.iter().position(|(other, _)| document.scalar(*other) == Some(key));
    let new = at(key)?;
    let own = document.entries(mapping).iter();
    let is_above = own.map(|(key, _)| Some(at(document.scalar(*key)?)? < new)).collect::<Vec<Option<bool>>>();
    let below = is_above.iter().position(|it| *it == Some(false))?;
    let at = is_above.iter().rposition(|it| *it == Some(true)).map_or(below, |above| above + 1);
    (at <= below).then_some((at, like.node))
}

/// The blanks before an entry and after it in a neighbour in brackets, where it is on the line of others.
fn gaps(document: &Document<'_>, like: NodeId, key: &str) -> [Option<String>; 2] {
    let at = document.entries(like).iter().position(|(other, _)| document.scalar(*other) == Some(key));
    let blanks = |at: usize| match Brackets::of(document, like, at)?.comma? {
        Gap::Spaces(blanks) => Some(blanks),
        Gap::Break(_) => None,
    };
    let is_first = at == Some(0);
    [at.filter(|_| !is_first).and_then(blanks), at.and_then(|at| blanks(at + 1))]
}

fn insert_flow(
    document: &Document<'_>,
    (mapping, at): (NodeId, usize),
    [before, after]: [Option<String>; 2],
    style: &Style<'_>,
    inner: &dyn Fn(&str) -> String,
) -> Option<Splice> {
    let (text, entries) = (document.text, document.entries(mapping));
    let starts = |key: NodeId| Some(document.node(key)).filter(|key| !key.anchored && key.tag.is_none());
    let ends = |value: NodeId| Some(document.node(value)).filter(|value| value.start < value.end);
    let between = |at: usize| {
        let (before, next) = (ends(entries.get(at.checked_sub(1)?)?.1)?, starts(entries.get(at)?.0)?);
        text.get(before.end..next.start).filter(|between| between.trim() == ",").map(str::to_owned)
    };
    let next = starts(entries.get(at)?.0)?.start;
    let before_first = text.get(document.node(mapping).start..next).filter(|_| at == 0).unwrap_or_default();
    if before_first.contains('#') || (before_first.contains('\n') && entries.len() == 1) {
        return None;
    }
    let inner = inner(blanks(line_at(text, line_start(text, starts(entries.first()?.0)?.start))));
    let (place, insert) = match (at, before, after) {
        (0, _, after) => {
            let second = || if entries.len() > 1 { between(1) } else { Some(style.comma()) };
            (next, format!("{inner}{}", after.map(|blanks| format!(",{blanks}")).or_else(second)?))
        }
        (_, before, after) => {
            let (comma, end) = (between(at)?, ends(entries[at - 1].1)?.end);
            match (before, after) {
                (Some(blanks), _) if comma.contains('\n') => (end, format!(",{blanks}{inner}")),
                (None, Some(blanks)) if comma.contains('\n') => (next, format!("{inner},{blanks}")),
                _ => (end, format!("{comma}{inner}")),
            }
        }
    };
    Some(Splice::insert(place, insert.replace("\r\n", "\n").replace('\n', eol_near(text, place))))
}
