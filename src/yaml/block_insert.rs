//! New lines in block collections: items after items, entries after entries, content below an empty key.

use super::apart::{above_field, are_blocks_apart, between_blocks, blank_lines};
use super::commented;
use super::document::Document;
use super::edit::{New, Target};
use super::error::Refusal;
use super::extent::{
    above_fields, ends_in_block_scalar, ends_in_kept_block_scalar, last_byte, last_byte_of_entry, line_after, lines_at,
    would_take_line_break,
};
use super::footer;
use super::indicators::{first_dash, gap_after};
use super::likes::Likes;
use super::node::NodeId;
use super::render::{Rendered, entry_lines, item_lines};
use super::splice::Splice;
use super::style::Style;
use super::text::{line_start, next_line};

/// Refuses to add lines after a block scalar that the end of the file cuts off: its value would get a line break.
pub(crate) fn refuse_open_scalar(document: &Document<'_>, id: NodeId) -> Result<(), Refusal> {
    let last = last_byte(document, id);
    if would_take_line_break(document, id)
        && document.text[next_line(document.text, last)..].trim_matches([' ', '\t']).is_empty()
        && !document.text.ends_with('\n')
    {
        return Err(document.refuse(
            last,
            "the file ends within a block of text (`|` or `>`) without a line break: lines after it would change that text",
            "end the file with a line break, then run this again",
        ));
    }
    Ok(())
}

/// Adds `item` after the last item of a block sequence.
pub(crate) fn append(
    document: &Document<'_>,
    target: &Target,
    item: &New,
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let start = document.node(target.node).start;
    let dash = match target.key {
        Some(key) => first_dash(document, key).ok_or_else(|| {
            document.refuse(
                start,
                "the dashes of this list could not be found",
                "write the list with one `- item` a line",
            )
        })?,
        None => start,
    };
    let column = document.column(dash)?;
    refuse_open_scalar(document, target.node)?;
    let likes = Likes::within(document, target.node).ranked(document, item);
    let mut lines = blank_lines(document, target.node, item);
    lines.extend(item_lines(column, &gap_after(document.text, dash), item, &likes, style));
    let after = line_after(document, target.node, column);
    let is_at_key = target.key.is_some_and(|key| column > 0 && document.column(document.node(key).start) == Ok(column));
    let after = if is_at_key { above_fields(document, target.node, after, column) } else { after };
    out.push(lines_at(document, after, &lines));
    Ok(())
}

/// Adds entries after the last one of a block mapping, written as they and those of `likes` are.
pub(crate) fn insert(
    document: &Document<'_>,
    mapping: NodeId,
    entries: &[(String, New)],
    likes: &Likes,
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let column = document.column(document.node(mapping).start)?;
    refuse_open_scalar(document, mapping)?;
    let mut lines = Vec::new();
    for entry in entries {
        let blanks = match above_field(document, &entry.0, likes) {
            0 => blank_lines(document, mapping, &entry.1),
            _ if ends_in_kept_block_scalar(document, mapping) => Vec::new(),
            count => vec![String::new(); count],
        };
        lines.extend(blanks);
        lines.extend(entry_lines(column, std::slice::from_ref(entry), likes, style));
    }
    out.push(lines_at(document, line_after(document, mapping, column), &lines));
    Ok(())
}

/// Refuses a key behind a `?`, below which nothing can be put.
pub(crate) fn refuse_question_mark(document: &Document<'_>, key: NodeId) -> Result<(), Refusal> {
    let (text, start) = (document.text, document.node(key).start);
    if text[line_start(text, start)..start].contains('?') {
        return Err(document.refuse(
            start,
            "this key is written with a `?`",
            "write it as `key:`, then run this again",
        ));
    }
    Ok(())
}

/// Gives a key without a value (nothing, `~`, `null`, `[]`, `{}`) its first content, right below its line.
pub(crate) fn fill_empty(
    document: &Document<'_>,
    key: NodeId,
    value: NodeId,
    new: &Rendered<'_>,
    likes: &Likes,
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (text, node) = (document.text, document.node(value));
    let key_start = document.node(key).start;
    refuse_question_mark(document, key)?;
    let column = document.column(key_start)?;
    let line_end = next_line(text, key_start);
    if node.end > line_end || node.start < document.node(key).end || text[node.start..node.end].contains('\n') {
        return Err(document.refuse(
            node.start,
            "this empty value is on a line of its own",
            "remove it, so that only the key remains",
        ));
    }
    if node.start < node.end {
        let after_colon = text[..node.start].trim_end_matches([' ', '\t']).len();
        // A comment right behind the brackets needs a blank before it now.
        let gap = if text[node.end..].starts_with('#') { " " } else { "" };
        out.push(Splice { at: after_colon, remove: node.end - after_colon, insert: gap.to_owned() });
    }
    let mut lines = match new {
        Rendered::Items(items) => {
            let sequence = style.sequence(document.scalar(key).unwrap_or_default(), column);
            let elements = likes.elements(document);
            let of = |item: &&New| item_lines(column + sequence.offset, &sequence.gap, item, &elements, style);
            items.iter().flat_map(of).collect()
        }
        Rendered::Entries(entries) => entry_lines(column + style.mapping(column), entries, likes, style),
    };
    let is_at_top = document.root().is_some_and(|root| document.entries(root).iter().any(|(other, _)| *other == key));
    let mut comments = text[line_end..].lines().take_while(|line| line.trim_start().starts_with('#'));
    let is_item = matches!(new, Rendered::Items(_));
    if is_item && is_at_top && comments.any(commented::is_item) && are_blocks_apart(document) {
        // An example, which would look like a part of it.
        lines.push(String::new());
    }
    out.push(lines_at(document, line_end, &lines));
    Ok(())
}

/// Whether a new top-level entry can be put at this line start: between two entries of `root`, not within one.
pub(crate) fn is_between_entries(document: &Document<'_>, root: NodeId, at: usize) -> bool {
    let entries = document.entries(root);
    let next = entries.iter().position(|(key, _)| document.node(*key).start >= at);
    let before = &entries[..next.unwrap_or(entries.len())];
    // What is above `---` is not yet part of the document.
    let above = document.text.get(at..document.node(root).start).unwrap_or_default();
    at <= document.content_end()
        && !above.lines().any(|line| line.starts_with("---"))
        && before.last().is_none_or(|(key, value)| last_byte_of_entry(document, *key, *value) < at)
}

/// Adds top-level entries above the line that starts at `at`.
pub(crate) fn insert_above(
    document: &Document<'_>,
    root: NodeId,
    at: usize,
    entries: &[(String, New)],
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let column = document.column(document.node(root).start)?;
    let mut lines = entry_lines(column, entries, &Likes::of(root), style);
    // Or the example would look like a part of it.
    lines.push(String::new());
    out.push(lines_at(document, at, &lines));
    Ok(())
}

/// Adds top-level entries at the end of the document, above a footer, with blank lines above them as the blocks have.
pub(crate) fn insert_at_end(
    document: &Document<'_>,
    root: Option<NodeId>,
    entries: &[(String, New)],
    style: &Style<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let mut lines = entry_lines(top_column(document, root)?, entries, &root.map(Likes::of).unwrap_or_default(), style);
    let (text, mut end) = (document.text, document.content_end());
    let mut blanks = 1;
    if let Some(root) = root {
        refuse_open_scalar(document, root)?;
        let content = next_line(text, last_byte(document, root)).min(end);
        let is_open = content == text.len() && !text.ends_with('\n') && ends_in_block_scalar(document, root);
        // Blank lines would be part of its text, or it gets its last line break with them.
        if ends_in_kept_block_scalar(document, root) || is_open {
            blanks = 0;
        } else {
            end = footer::above(text, content, end).unwrap_or(end);
            blanks = between_blocks(document, root).unwrap_or(1);
        }
    }
    let last_line = text[..end].trim_end_matches(['\n', '\r']).len();
    let there = text[last_line..end].matches('\n').count().saturating_sub(1);
    if !matches!(text[..end].trim(), "" | "---") {
        lines.splice(..0, vec![String::new(); blanks.saturating_sub(there)]);
    }
    out.push(lines_at(document, end, &lines));
    Ok(())
}

fn top_column(document: &Document<'_>, root: Option<NodeId>) -> Result<usize, Refusal> {
    root.map_or(Ok(0), |root| document.column(document.node(root).start))
}
