//! Where a new entry belongs among those that its mapping has: where the neighbours have it, or at the end.

use super::document::Document;
use super::edit::New;
use super::extent::{line_after_entry, lines_at};
use super::likes::Likes;
use super::node::{Node, NodeId};
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
    let [(key, _)] = new else { return None };
    let at = place(document, mapping, key, likes)?;
    if is_flow {
        return insert_flow(document, mapping, at, &Rendered::Entries(new), likes, style);
    }
    let (text, entries) = (document.text, document.entries(mapping));
    let next = document.node(entries.get(at)?.0);
    let column = document.column(document.node(mapping).start).ok()?;
    let line = line_start(text, next.start);
    let is_plain = |c: char| c == ' ' || (c == '-' && at == 0);
    if next.anchored || !next.tag.is_none() || !text[line..next.start].chars().all(is_plain) {
        return None;
    }
    let lines = entry_lines(column, new, likes, style);
    if let Some((key, value)) = at.checked_sub(1).map(|before| entries[before]) {
        let after = line_after_entry(document, key, value, column);
        return (after <= line).then(|| lines_at(document, after, &lines));
    }
    // The first may be behind a dash.
    let eol = eol_near(text, next.start);
    let whole = lines.join("\n").replace('\n', eol);
    Some(Splice::insert(next.start, format!("{}{eol}{}", whole.trim_start(), " ".repeat(column))))
}

/// The number of entries above the new one, where not all are.
fn place(document: &Document<'_>, mapping: NodeId, key: &str, likes: &Likes) -> Option<usize> {
    let like = likes.iter().find(|like| document.entry(like.node, key).is_some())?;
    let theirs = document.entries(like.node);
    let at = |key: &str| theirs.iter().position(|(other, _)| document.scalar(*other) == Some(key));
    let new = at(key)?;
    let own = document.entries(mapping).iter();
    let is_above = own.map(|(key, _)| Some(at(document.scalar(*key)?)? < new)).collect::<Vec<Option<bool>>>();
    let below = is_above.iter().position(|it| *it == Some(false))?;
    match is_above.iter().rposition(|it| *it == Some(true)) {
        Some(above) => Some(above + 1).filter(|at| *at <= below),
        None => Some(below),
    }
}

fn insert_flow(
    document: &Document<'_>,
    mapping: NodeId,
    at: usize,
    new: &Rendered<'_>,
    likes: &Likes,
    style: &Style<'_>,
) -> Option<Splice> {
    let (text, entries) = (document.text, document.entries(mapping));
    let starts = |key: NodeId| Some(document.node(key)).filter(|key| !key.anchored && key.tag.is_none());
    let ends = |value: NodeId| Some(document.node(value)).filter(|value| value.start < value.end);
    let between = |before: &Node<'_>, next: &Node<'_>| {
        Some(&text[before.end..next.start]).filter(|between| between.trim() == ",").map(str::to_owned)
    };
    let base = line_at(text, line_start(text, starts(entries.first()?.0)?.start));
    let inner = new.flow_inner(likes, style, super::brackets::blanks(base));
    let (place, insert) = match at.checked_sub(1) {
        Some(before) => {
            let before = ends(entries[before].1)?;
            (before.end, format!("{}{inner}", between(before, starts(entries[at].0)?)?))
        }
        None => {
            let comma = match entries.get(1) {
                Some((second, _)) => between(ends(entries[0].1)?, starts(*second)?)?,
                None => style.comma(),
            };
            (starts(entries[0].0)?.start, format!("{inner}{comma}"))
        }
    };
    Some(Splice::insert(place, insert.replace("\r\n", "\n").replace('\n', eol_near(text, place))))
}
