//! New content in flow collections (`[a, b]`, `{a: b}`), which stay flow: on one line or over several, with trailing
//! commas and comments where they were.

use super::apart::{between_blocks, blank_lines};
use super::brackets::{Brackets, Gap, blanks, comma_in};
use super::document::Document;
use super::edit::Target;
use super::error::Refusal;
use super::group::conflict;
use super::likes::Likes;
use super::node::{Kind, Node, NodeId};
use super::render::Rendered;
use super::splice::Splice;
use super::style::Style;
use super::text::{eol_near, line_at, line_start, next_line};

/// Refuses the mapping in `[key: value]`, which has no brackets of its own: its span is that of the entry.
pub(crate) fn refuse_bare_pair(document: &Document<'_>, id: NodeId) -> Result<(), Refusal> {
    let node = document.node(id);
    let first = document.entries(id).first().map(|(key, _)| document.node(*key).start);
    let is_bare = |first| first <= node.start || !document.text[node.start..node.end].starts_with('{');
    if first.is_some_and(is_bare) {
        return Err(document.refuse(
            node.start,
            "a mapping in this list has no brackets of its own",
            "write it as `{key: value}`, then run this again",
        ));
    }
    Ok(())
}

/// Adds `new` after the last element of a flow collection that has one.
pub(crate) fn extend(
    document: &Document<'_>,
    id: NodeId,
    new: &Rendered<'_>,
    likes: &Likes,
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    refuse_bare_pair(document, id)?;
    let (text, node) = (document.text, document.node(id));
    let (first, last) = match &node.kind {
        Kind::Sequence { items, .. } => (items.last().copied(), items.last().copied()),
        Kind::Mapping { entries, .. } => (entries.last().map(|entry| entry.0), entries.last().map(|entry| entry.1)),
        _ => (None, None),
    };
    let (Some(first), Some(last)) = (first.map(|id| document.node(id)), last.map(|id| document.node(id))) else {
        return Err(document.refuse(node.start, "this collection is empty", "write it with one item a line"));
    };
    let close = node.end - 1;
    let end = if last.start == last.end { after_colon(document, last)? } else { last.end };
    let comma = find_comma(document, end, close)?;
    if let Some(opening) = comma_that_opens_a_line(document, id, first.start).filter(|_| comma.is_none()) {
        let base = blanks(opening);
        let inner = new.flow_inner(likes, style, (base, base));
        let splice = match text[end..close].contains('\n') {
            true => Splice::insert(next_line(text, end), format!("{opening}{inner}\n")),
            false => Splice::insert(end, format!("\n{opening}{inner}")),
        };
        out.push(Splice { insert: splice.insert.replace('\n', eol_near(text, end)), ..splice });
        return Ok(());
    }
    let after = comma.map_or(end, |at| at + 1);
    let base = blanks(line_at(text, line_start(text, first.start)));
    let blanks_above = blank_lines_above(document, id, new);
    if !text[end..close].contains('\n') {
        let brackets = Brackets::of(document, id, usize::MAX);
        let is_broken = |gap: &Gap| matches!(gap, Gap::Break(_));
        let gap = brackets.and_then(|it| it.comma.or_else(|| Some(it.open).filter(is_broken)));
        // On lines of their own, but for the closing bracket.
        let base =
            if gap.as_ref().is_some_and(is_broken) { base } else { blanks(line_at(text, line_start(text, end))) };
        let gap = match gap {
            Some(Gap::Spaces(spaces)) => spaces,
            Some(Gap::Break(_)) => format!("{}{base}", "\n".repeat(blanks_above + 1)),
            None => style.comma()[1..].to_owned(),
        };
        let inner = new.flow_inner(likes, style, (base, base));
        let insert = match comma {
            Some(_) => format!("{}{inner},", if gap.is_empty() { " " } else { &gap }),
            None => format!(",{gap}{inner}"),
        };
        out.push(Splice::insert(after, insert.replace('\n', eol_near(text, after))));
        return Ok(());
    }
    let at = next_line(text, after);
    if comma.is_none() {
        let separator = Splice::insert(end, ",".to_owned());
        if !out.contains(&separator) {
            out.push(separator);
        } else if !end_with_comma(out, at) {
            return Err(conflict(document, end));
        }
    }
    let line = line_start(text, first.start);
    let is_behind_bracket = line == line_start(text, node.start);
    let indent = if is_behind_bracket { format!("{base}{}", style.step(base)) } else { base.to_owned() };
    let trailing = if comma.is_some() { "," } else { "" };
    let outer = blanks(line_at(text, line_start(text, node.start)));
    let inner = new.flow_inner(likes, style, (&indent, outer));
    let lines = format!("{}{indent}{inner}{trailing}\n", "\n".repeat(blanks_above));
    out.push(Splice::insert(at, lines.replace('\n', eol_near(text, at))));
    Ok(())
}

/// What is before the last element of a flow collection on its line, if that is a comma with blanks around it, and others
/// are above it.
fn comma_that_opens_a_line<'t>(document: &Document<'t>, id: NodeId, start: usize) -> Option<&'t str> {
    let before = &document.text[line_start(document.text, start)..start];
    (before.trim() == "," && line_start(document.text, start) > document.node(id).start).then_some(before)
}

/// Puts a comma behind the last line that is inserted at `at`, for one more to follow; whether there is such a line.
fn end_with_comma(out: &mut [Splice], at: usize) -> bool {
    let Some(last) = out.iter_mut().rfind(|splice| splice.at == at && splice.insert.ends_with('\n')) else {
        return false;
    };
    let end = last.insert.trim_end_matches(['\r', '\n']).len();
    last.insert.insert(end, ',');
    true
}

/// The blank lines above a new element: as its neighbours have, or the blocks of the file.
fn blank_lines_above(document: &Document<'_>, id: NodeId, new: &Rendered<'_>) -> usize {
    match new {
        Rendered::Entries(_) if document.root() == Some(id) => between_blocks(document, id).unwrap_or(0),
        Rendered::Entries(entries) => entries.first().map_or(0, |(_, value)| blank_lines(document, id, value).len()),
        Rendered::Items(items) => items.first().map_or(0, |item| blank_lines(document, id, item).len()),
    }
}

/// The comma after the last element, past comments and line breaks.
fn find_comma(document: &Document<'_>, from: usize, close: usize) -> Result<Option<usize>, Refusal> {
    comma_in(document.text, from..close).map_err(|at| {
        document.refuse(
            at,
            "there is something unexpected before this bracket",
            "write the collection with one item a line",
        )
    })
}

/// Gives an empty flow collection, or a null within one, its first content.
pub(crate) fn fill_empty(
    document: &Document<'_>,
    target: &Target,
    new: &Rendered<'_>,
    likes: &Likes,
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (text, node) = (document.text, document.node(target.node));
    if text[node.start..node.end].contains('\n') {
        return fill_lines(document, node, new, likes, style, out);
    }
    let base = blanks(line_at(text, line_start(text, node.start)));
    let whole = new.flow_whole(likes, style, base).replace('\n', eol_near(text, node.start));
    if node.start < node.end {
        out.push(Splice { at: node.start, remove: node.end - node.start, insert: whole });
        return Ok(());
    }
    let at = after_colon(document, node)?;
    let gap = if text[..at].ends_with(' ') { "" } else { " " };
    out.push(Splice::insert(at, format!("{gap}{whole}")));
    Ok(())
}

/// Fills empty brackets that are on several lines, perhaps with comments between them: on a line above the closing one.
fn fill_lines(
    document: &Document<'_>,
    node: &Node<'_>,
    new: &Rendered<'_>,
    likes: &Likes,
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (text, close) = (document.text, node.end - 1);
    let line = line_start(text, close);
    let outer = blanks(&text[line..close]);
    let comment = text[node.start + 1..line].lines().skip(1).find(|line| line.trim_start().starts_with('#'));
    let indent = match comment.map(blanks) {
        Some(inner) if inner.len() > outer.len() => inner.to_owned(),
        _ => format!("{outer}{}", style.step(outer)),
    };
    // A second element would need a comma after the first new one.
    if out.iter().any(|splice| splice.at == line) {
        return Err(conflict(document, node.start));
    }
    let [opening, closing] = new.brackets();
    let mut bracket = |at: usize, wanted: &str| {
        if !text[at..].starts_with(wanted) {
            out.push(Splice { at, remove: 1, insert: wanted.to_owned() });
        }
    };
    bracket(node.start, opening);
    bracket(close, closing);
    let inner = format!("{indent}{}\n", new.flow_inner(likes, style, (&indent, outer)));
    out.push(Splice::insert(line, inner.replace('\n', eol_near(text, line))));
    Ok(())
}

/// Where the value of a key that has none belongs: after its colon and one space, or after its anchor.
pub(crate) fn after_colon(document: &Document<'_>, value: &Node<'_>) -> Result<usize, Refusal> {
    let text = document.text;
    if value.anchored {
        return Ok(value.end);
    }
    let after = text[value.end..].trim_start_matches([' ', '\t']);
    match after.strip_prefix(':') {
        Some(rest) => Ok(text.len() - rest.strip_prefix(' ').unwrap_or(rest).len()),
        None => {
            Err(document.refuse(value.start, "this key has no `:` and no value", "write `key: ~`, then run this again"))
        }
    }
}
