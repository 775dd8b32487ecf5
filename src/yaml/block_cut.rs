//! Whole lines that go, without a change of the blocks of text (`|`, `>`) beside them.

use super::document::Document;
use super::error::Refusal;
use super::extent::{block_header, is_stripped, last_byte};
use super::node::{Kind, NodeId};
use super::splice::Splice;
use super::text::{indent_of, line_at, line_start, next_line};
use granit_parser::ScalarStyle;
use std::collections::HashMap;
use std::ops::Range;

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

/// Refuses to take the open end from a block of text.
pub(crate) fn open_end(document: &Document<'_>, at: usize) -> Refusal {
    document.refuse(
        at,
        "the file ends without a line break, so this block of text (`|` or `>`) would change",
        "end the file with a line break, then run this again",
    )
}
