//! The items and entries of block collections, with the lines and comments that are theirs.

use super::commented;
use super::comments::{Comments, refuse_above, refuse_below};
use super::document::Document;
use super::edit::Target;
use super::error::Refusal;
use super::extent::{ends_in_block_scalar, is_unwritten, last_byte, line_after};
use super::indicators::first_dash;
use super::node::{Kind, NodeId};
use super::text::{indent_of, line_at, line_start, next_line};
use std::ops::Range;

/// An item or entry: where it starts, dash or key, and an offset in its last line.
pub(crate) struct Element {
    pub(crate) start: usize,
    pub(crate) last: usize,
    /// Its last part: the item or the value.
    pub(crate) node: NodeId,
}

impl Element {
    pub(crate) fn lines(&self, text: &str) -> Range<usize> {
        line_start(text, self.start)..next_line(text, self.last)
    }

    /// The lines that go with it: if comments do not, there must be none.
    pub(crate) fn going(&self, document: &Document<'_>, comments: &Comments) -> Result<Range<usize>, Refusal> {
        let lines = self.lines(document.text);
        comments.refuse(document, lines.clone())?;
        self.refuse_around(document)?;
        Ok(lines)
    }

    /// Its lines, the comments right above that are indented like it and about it, and those below that are deeper.
    pub(crate) fn with_comments(&self, document: &Document<'_>, comments: &Comments) -> Result<Range<usize>, Refusal> {
        let (text, column) = (document.text, document.column(self.start)?);
        let mut lines = self.lines(text);
        let mut top = lines.start;
        while let Some(above) = top.checked_sub(1).map(|end| line_start(text, end)) {
            if indent_of(line_at(text, above)) != column || !comments.has(above + column) {
                break;
            }
            top = above;
        }
        lines.start = top + commented::not_about_below(&text[top..lines.start]);
        let mut next = lines.end;
        while next < text.len() && !ends_in_block_scalar(document, self.node) {
            let (line, at) = (line_at(text, next), next);
            next = next_line(text, next);
            match indent_of(line) {
                _ if line.trim().is_empty() => {}
                deeper if deeper > column && comments.has(at + deeper) => lines.end = next,
                _ => break,
            }
        }
        Ok(lines)
    }

    /// Refuses a comment above or below it that is about it.
    pub(crate) fn refuse_around(&self, document: &Document<'_>) -> Result<(), Refusal> {
        let lines = self.lines(document.text);
        refuse_above(document, lines.start)?;
        if line_after(document, self.node, document.column(self.start)?) > lines.end {
            refuse_below(document, lines.end)?;
        }
        Ok(())
    }
}

/// The elements of a block collection.
pub(crate) fn elements(document: &Document<'_>, target: Target) -> Result<Vec<Element>, Refusal> {
    let (text, id) = (document.text, target.node);
    let node = document.node(id);
    let lost = |at: usize| {
        document.refuse(
            at,
            "the lines of this list or mapping could not be distinguished",
            "write it with one `- item` or one `key: value` a line, without `?`",
        )
    };
    let mut starts = document.entries(id).iter().map(|(key, _)| document.node(*key).start);
    let first = match (&node.kind, target.key) {
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
