//! Items and entries of block collections that go or come first, with the lines they take up.
//!
//! Comments stay; what would take one along, or would change a block of text (`|`, `>`) beside it, is refused.

use super::block_cut::open_end;
use super::block_element::{Element, elements};
use super::comments::{Comments, refuse_above};
use super::document::Document;
use super::edit::Along;
use super::error::Refusal;
use super::extent::{ends_in_block_scalar, would_take_line_break};
use super::group::{Group, conflict};
use super::headings::Opening;
use super::indicators::after_colon;
use super::node::Kind;
use super::splice::Splice;
use super::text::{eol_near, is_blank, line_start, next_line};
use std::ops::Range;

/// Carries out what is to happen to the elements of a block collection; lines to be cut go to `cuts`.
pub(crate) fn remove_and_move(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    cuts: &mut Vec<Range<usize>>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let elements = elements(document, group.target)?;
    let [first, ..] = elements.as_slice() else { return Ok(()) };
    let text = document.text;
    let opening = Opening::of(document, comments, group, &elements)?;
    if group.removed.len() == elements.len() {
        return empty(document, comments, group, (&elements, &opening), cuts, out);
    }
    // The first element may be after the dash of another list: `- - a`, `- key: a`.
    let is_inner = !text[line_start(text, first.start)..first.start].trim().is_empty();
    let mut kept = 0;
    if is_inner && group.removed.contains_key(&0) {
        kept = (0..elements.len()).find(|at| !group.removed.contains_key(at)).unwrap_or(0);
        let cut = first.start..elements[kept].start;
        if group.first.is_some() {
            return Err(conflict(document, cut.start));
        }
        comments.refuse(document, cut.clone())?;
        out.push(Splice { at: cut.start, remove: cut.len(), insert: String::new() });
    }
    for (at, along) in group.removed.range(kept..) {
        cuts.push(going(document, comments, *along, (&elements, &opening), *at)?);
    }
    if let Some((at, along)) = group.first {
        // What follows the first item now would follow a block of text.
        if group.removed.contains_key(&0) && ends_in_block_scalar(document, elements[at].node) {
            return Err(conflict(document, elements[at].start));
        }
        let (splice, lines) =
            Moved { elements: &elements, at, is_inner, comma: None }.first(document, comments, along)?;
        out.push(splice);
        cuts.push(lines);
    }
    Ok(())
}

/// All elements go: `[]` or `{}` comes in their place, unless something else does.
fn empty(
    document: &Document<'_>,
    comments: &Comments,
    group: &Group,
    (elements, opening): (&[Element], &Opening),
    cuts: &mut Vec<Range<usize>>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (text, start) = (document.text, elements[0].start);
    let is_list = matches!(document.node(group.target.node).kind, Kind::Sequence { .. });
    let brackets = if is_list { "[]" } else { "{}" };
    if let Some(key) = group.target.key {
        let colon = after_colon(document, key)?;
        for (at, along) in &group.removed {
            cuts.push(going(document, comments, *along, (elements, opening), *at)?);
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

/// An element that comes before the first.
pub(crate) struct Moved<'e> {
    pub(crate) elements: &'e [Element],
    pub(crate) at: usize,
    pub(crate) is_inner: bool,
    /// Where it needs a comma, which it does not have as the last one.
    pub(crate) comma: Option<usize>,
}

impl Moved<'_> {
    /// The lines of the element put before the first, and where they were. Blank lines above it come to stand below it.
    pub(crate) fn first(
        &self,
        document: &Document<'_>,
        comments: &Comments,
        along: Along,
    ) -> Result<(Splice, Range<usize>), Refusal> {
        let Self { elements, at, is_inner, comma } = *self;
        let (first, moved) = (&elements[0], &elements[at]);
        let text = document.text;
        let (mut target, mut lines) = (line_start(text, first.start), moved.lines(text));
        match along {
            Along::Inside if is_inner => {}
            Along::Inside => target = first.with_comments(document, comments)?.start,
            Along::All if !is_inner => {
                target = first.with_comments(document, comments)?.start;
                lines = moved.with_comments(document, comments)?;
            }
            Along::All | Along::Nothing => {
                comments.refuse_lines(document, target..lines.end)?;
                refuse_above(document, target)?;
                moved.refuse_around(document)?;
            }
        }
        let (place, from) = if is_inner { (first.start, moved.start) } else { (target, lines.start) };
        let mut insert = text[from..lines.end].to_owned();
        if let Some(comma) = comma {
            insert.insert(comma - from, ',');
        }
        if !insert.ends_with('\n') {
            if would_take_line_break(document, moved.node) {
                return Err(open_end(document, moved.last));
            }
            insert.push_str(eol_near(text, moved.start));
        }
        if is_inner {
            insert.push_str(&" ".repeat(document.column(first.start)?));
        } else if !ends_in_block_scalar(document, moved.node) {
            let above = blanks_above(document, elements, at, &lines);
            insert.push_str(&text[above..lines.start]);
            lines.start = above;
        }
        Ok((Splice::insert(place, insert), lines))
    }
}

/// Where the blank lines above the lines of an element begin that go with it: if others, or none, are below it.
fn blanks_above(document: &Document<'_>, elements: &[Element], at: usize, lines: &Range<usize>) -> usize {
    let text = document.text;
    let mut start = lines.start;
    // Blank lines below a block of text may be part of it.
    let has_gap = at > 0 && !ends_in_block_scalar(document, elements[at - 1].node);
    if has_gap && (at + 1 == elements.len() || is_blank(text, lines.end)) {
        while let Some(above) = start.checked_sub(1).map(|end| line_start(text, end)).filter(|at| is_blank(text, *at)) {
            start = above;
        }
    }
    start
}

/// The lines that go with an element, and the blank lines between it and a neighbour; where comments do not go along, only those with more below.
pub(crate) fn going(
    document: &Document<'_>,
    comments: &Comments,
    along: Along,
    (elements, opening): (&[Element], &Opening),
    at: usize,
) -> Result<Range<usize>, Refusal> {
    let text = document.text;
    let mut lines = match along {
        Along::Nothing => elements[at].going(document, comments)?,
        Along::Inside => elements[at].lines(text),
        Along::All => elements[at].with_comments(document, comments)?,
    };
    lines.start = opening.below_heading(at).unwrap_or(lines.start);
    // Of those that open the collection, or what is below a heading, each takes the blank lines below it.
    let opens = opening.opens(at);
    if along == Along::Nothing && (opens || !is_blank(text, lines.end)) {
        return Ok(lines);
    }
    if !opens {
        lines.start = blanks_above(document, elements, at, &lines);
    }
    while opens && at + 1 < elements.len() && is_blank(text, lines.end) {
        lines.end = next_line(text, lines.end);
    }
    Ok(lines)
}
