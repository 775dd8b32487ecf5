//! Items and entries of block collections that go or come first, with the lines they take up.
//!
//! Comments stay; what would take one along, or would change a block of text (`|`, `>`) beside it, is refused.

use super::comments::{Comments, refuse_above, refuse_below};
use super::document::Document;
use super::error::Refusal;
use super::extent::{
    block_header, ends_in_block_scalar, is_stripped, is_unwritten, last_byte, line_after, would_take_line_break,
};
use super::group::{Group, conflict};
use super::indicators::{after_colon, first_dash};
use super::node::{Kind, NodeId};
use super::splice::Splice;
use super::text::{eol_near, indent_of, line_at, line_start, next_line};
use granit_parser::ScalarStyle;
use std::collections::HashMap;
use std::ops::Range;

/// An item or entry: where it starts, dash or key, and an offset in its last line.
struct Element {
    start: usize,
    last: usize,
    /// Its last part: the item or the value.
    node: NodeId,
}

impl Element {
    fn lines(&self, text: &str) -> Range<usize> {
        line_start(text, self.start)..next_line(text, self.last)
    }

    /// Its lines, if no comment is in them or is about them.
    fn alone(&self, document: &Document<'_>, comments: &Comments) -> Result<Range<usize>, Refusal> {
        let lines = self.lines(document.text);
        comments.refuse(document, lines.clone())?;
        self.refuse_around(document)?;
        Ok(lines)
    }

    /// Refuses a comment above or below it that is about it.
    fn refuse_around(&self, document: &Document<'_>) -> Result<(), Refusal> {
        let lines = self.lines(document.text);
        refuse_above(document, lines.start)?;
        if line_after(document, self.node, document.column(self.start)?) > lines.end {
            refuse_below(document, lines.end)?;
        }
        Ok(())
    }
}

/// Carries out what is to happen to the elements of a block collection; lines to be cut go to `cuts`.
pub(crate) fn remove_and_move(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    cuts: &mut Vec<Range<usize>>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let elements = elements(document, group)?;
    let [first, ..] = elements.as_slice() else { return Ok(()) };
    let text = document.text;
    if group.removed.len() == elements.len() {
        return empty(document, comments, group, &elements, cuts, out);
    }
    // The first element may be after the dash of another list: `- - a`, `- key: a`.
    let is_inner = !text[line_start(text, first.start)..first.start].trim().is_empty();
    let mut kept = 0;
    if is_inner && group.removed.contains(&0) {
        kept = (0..elements.len()).find(|at| !group.removed.contains(at)).unwrap_or(0);
        let cut = first.start..elements[kept].start;
        if group.first.is_some() {
            return Err(conflict(document, cut.start));
        }
        comments.refuse(document, cut.clone())?;
        out.push(Splice { at: cut.start, remove: cut.len(), insert: String::new() });
    }
    for at in group.removed.range(kept..) {
        cuts.push(elements[*at].alone(document, comments)?);
    }
    if let Some(at) = group.first {
        // What follows the first item now would follow a block of text.
        if group.removed.contains(&0) && ends_in_block_scalar(document, elements[at].node) {
            return Err(conflict(document, elements[at].start));
        }
        out.push(move_first(document, comments, first, &elements[at], is_inner)?);
        cuts.push(elements[at].lines(text));
    }
    Ok(())
}

/// The elements of a block collection.
fn elements(document: &Document<'_>, group: &Group) -> Result<Vec<Element>, Refusal> {
    let (text, id) = (document.text, group.target.node);
    let node = document.node(id);
    let lost = |at: usize| {
        document.refuse(
            at,
            "the lines of this list or mapping could not be distinguished",
            "write it with one `- item` or one `key: value` a line, without `?`",
        )
    };
    let mut starts = document.entries(id).iter().map(|(key, _)| document.node(*key).start);
    let first = match (&node.kind, group.target.key) {
        (Kind::Sequence { .. }, Some(key)) => first_dash(document, key),
        (Kind::Sequence { .. }, None) => Some(node.start).filter(|at| text[*at..].starts_with('-')),
        _ => starts.next(),
    };
    let mut start = first.ok_or_else(|| lost(node.start))?;
    let column = document.column(start)?;
    let is_sequence = matches!(node.kind, Kind::Sequence { .. });
    let items = document.items(id).iter().map(|item| (None, *item));
    let all: Vec<_> = items.chain(document.entries(id).iter().map(|(key, value)| (Some(*key), *value))).collect();
    let mut out: Vec<Element> = Vec::with_capacity(all.len());
    for (key, value) in all {
        if let Some(before) = out.last() {
            let line = next_thing(text, next_line(text, before.last));
            start = line + indent_of(line_at(text, line));
            let is_there = match key {
                None => text[start..].starts_with('-'),
                Some(key) => document.node(key).start == start,
            };
            if start - line != column || !is_there {
                return Err(lost(start));
            }
        } else if key.is_some_and(|_| text[line_start(text, start)..start].contains('?')) {
            return Err(lost(start));
        }
        let key_end = key.map_or(start, |key| last_byte(document, key));
        let last = if is_sequence && is_unwritten(document, value) { start } else { last_byte(document, value) };
        out.push(Element { start, last: last.max(key_end), node: value });
    }
    Ok(out)
}

/// The start of the next line with something else than spaces and a comment.
fn next_thing(text: &str, mut at: usize) -> usize {
    while at < text.len() {
        let line = line_at(text, at).trim_start_matches(' ');
        if !line.trim().is_empty() && !line.starts_with('#') {
            break;
        }
        at = next_line(text, at);
    }
    at
}

/// All elements go: `[]` or `{}` comes in their place, unless something else does.
fn empty(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    elements: &[Element],
    cuts: &mut Vec<Range<usize>>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (text, start) = (document.text, elements[0].start);
    let is_list = matches!(document.node(group.target.node).kind, Kind::Sequence { .. });
    let brackets = if is_list { "[]" } else { "{}" };
    if let Some(key) = group.target.key {
        let colon = after_colon(document, key)?;
        for element in elements {
            cuts.push(element.alone(document, comments)?);
        }
        if !group.grows {
            out.push(Splice::insert(colon, format!(" {brackets}")));
        } else if !is_list {
            return Err(conflict(document, start));
        }
        return Ok(());
    }
    if group.grows {
        return Err(conflict(document, start));
    }
    let end = elements.last().map_or(start, |element| next_line(text, element.last));
    comments.refuse(document, start..end)?;
    let remove = text[start..end].trim_end().len();
    out.push(Splice { at: start, remove, insert: brackets.to_owned() });
    Ok(())
}

/// The lines of `moved` put before `first`.
fn move_first(
    document: &Document<'_>,
    comments: &Comments,
    first: &Element,
    moved: &Element,
    is_inner: bool,
) -> Result<Splice, Refusal> {
    let text = document.text;
    let lines = moved.lines(text);
    comments.refuse_lines(document, line_start(text, first.start)..lines.end)?;
    refuse_above(document, line_start(text, first.start))?;
    moved.refuse_around(document)?;
    let (at, from) = if is_inner { (first.start, moved.start) } else { (line_start(text, first.start), lines.start) };
    let mut insert = text[from..lines.end].to_owned();
    if !insert.ends_with('\n') {
        if would_take_line_break(document, moved.node) {
            return Err(open_end(document, moved.last));
        }
        insert.push_str(eol_near(text, moved.start));
    }
    if is_inner {
        insert.push_str(&" ".repeat(document.column(first.start)?));
    }
    Ok(Splice::insert(at, insert))
}

/// Takes whole lines out. At the end of a file without final line break, the line break before them goes instead.
pub(crate) fn cut_lines(
    document: &Document<'_>,
    mut cuts: Vec<Range<usize>>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let text = document.text;
    let is_text =
        |kind: &Kind<'_>| matches!(kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
    let blocks = document.nodes().enumerate().filter(|(_, node)| is_text(&node.kind));
    let ends: HashMap<usize, NodeId> = blocks.map(|(id, _)| (next_line(text, last_byte(document, id)), id)).collect();
    cuts.sort_by_key(|cut| cut.start);
    let mut first = 0;
    for at in 0..cuts.len() {
        let (start, end) = (cuts[first].start, cuts[at].end);
        if cuts.get(at + 1).is_some_and(|next| next.start == end) {
            continue;
        }
        // Blank lines below a block of text may be part of it, or not.
        let mut above = start;
        while !ends.contains_key(&above) && above > 0 && line_at(text, line_start(text, above - 1)).trim().is_empty() {
            above = line_start(text, above - 1);
        }
        if let Some(block) = ends.get(&above) {
            refuse_changed_text(document, *block, end)?;
        }
        if end == text.len() && !text.ends_with('\n') {
            if ends.get(&start).is_some_and(|block| !is_stripped(document, *block)) {
                return Err(open_end(document, start.saturating_sub(1)));
            }
            let before = text[..start].strip_suffix('\n').map(|rest| rest.strip_suffix('\r').unwrap_or(rest));
            cuts[first].start = before.map_or(start, str::len);
        }
        first = at + 1;
    }
    out.extend(cuts.into_iter().map(|cut| Splice { at: cut.start, remove: cut.len(), insert: String::new() }));
    Ok(())
}

/// Refuses to let what is at `after` follow a block of text that would take it in: blank lines with `|+`, an
/// indented comment.
fn refuse_changed_text(document: &Document<'_>, block: NodeId, after: usize) -> Result<(), Refusal> {
    let text = document.text;
    let is_blank = |at: usize| at < text.len() && line_at(text, at).trim().is_empty();
    let mut next = after;
    while is_blank(next) {
        next = next_line(text, next);
    }
    let (header, line) = (block_header(document, block), line_at(text, next));
    let is_deep_comment = line.trim_start().starts_with('#') && indent_of(line) > indent_of(header);
    if is_deep_comment || (is_blank(after) && header.contains('+')) {
        return Err(document.refuse(
            after,
            "this would become part of the block of text (`|` or `>`) above it",
            "remove the blank lines or the comment here, then run this again",
        ));
    }
    Ok(())
}

fn open_end(document: &Document<'_>, at: usize) -> Refusal {
    document.refuse(
        at,
        "the file ends without a line break, so this block of text (`|` or `>`) would change",
        "end the file with a line break, then run this again",
    )
}
