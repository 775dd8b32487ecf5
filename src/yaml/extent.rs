//! How far a node reaches, and where new lines go: after its last line and the comments that belong to it.

use super::commented::{self, is_mark, is_top_field};
use super::document::Document;
use super::likes::Likes;
use super::node::{Kind, NodeId};
use super::splice::Splice;
use super::text::{eol_near, indent_of, line_at, line_start, next_line};
use granit_parser::ScalarStyle;

/// An offset in the last line that `id` takes up, however deep its last leaf lies.
pub(crate) fn last_byte(document: &Document<'_>, id: NodeId) -> usize {
    let node = document.node(id);
    match &node.kind {
        Kind::Sequence { flow: false, items } => items.last().map_or(node.start, |item| last_byte(document, *item)),
        Kind::Mapping { flow: false, entries } => {
            entries.last().map_or(node.start, |(key, value)| last_byte_of_entry(document, *key, *value))
        }
        Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, value }
            if value.trim_end_matches('\n').is_empty() =>
        {
            // Without text the span lies after comments that are not its own: count from the line of the header.
            let header = header_line(document.text, node.start);
            value.chars().fold(header, |line, _| next_line(document.text, line))
        }
        Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, value } => {
            // The span runs into the indentation of the next line. Blank lines at its end are part of the value only
            // with `|+` and `>+`, which a second line break at the end of the value gives away.
            let raw = document.text[node.start..node.end].trim_end_matches(' ');
            let raw = if value.ends_with("\n\n") { raw } else { raw.trim_end_matches([' ', '\r', '\n']) };
            node.start + raw.strip_suffix('\n').unwrap_or(raw).len()
        }
        _ => node.end,
    }
}

/// An offset in the last line of an entry.
pub(crate) fn last_byte_of_entry(document: &Document<'_>, key: NodeId, value: NodeId) -> usize {
    let end_of_key = last_byte(document, key);
    if has_colon(document, value) { end_of_key.max(last_byte(document, value)) } else { end_of_key }
}

/// Whether there is a colon between a value and its key: not in `? key`, whose value is said to be where the next thing
/// starts.
fn has_colon(document: &Document<'_>, value: NodeId) -> bool {
    let node = document.node(value);
    let after = document.text[node.start..].trim_start_matches([' ', '\t']).strip_prefix(':');
    node.anchored
        || !node.tag.is_none()
        || !is_unwritten(document, value)
        || after.is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t', '\r', '\n']))
}

/// Whether nothing is written for this value.
pub(crate) fn is_unwritten(document: &Document<'_>, id: NodeId) -> bool {
    let node = document.node(id);
    node.start == node.end && matches!(node.kind, Kind::Scalar { style: ScalarStyle::Plain, .. })
}

/// The start of the line with the `|` or `>` of a block scalar without text, whose span begins at `start`.
pub(crate) fn header_line(text: &str, start: usize) -> usize {
    let mut at = line_start(text, start);
    let mut line = &text[at..start];
    while at > 0 && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
        at = line_start(text, at - 1);
        line = line_at(text, at);
    }
    at
}

/// Whether the last leaf of `id` is a block scalar (`|`, `>`), whose value blank lines after it may change.
pub(crate) fn ends_in_block_scalar(document: &Document<'_>, id: NodeId) -> bool {
    last_block_scalar(document, id).is_some()
}

/// Whether its last leaf is one of which all line breaks at the end are part of the value: `|+`, `>+`.
pub(crate) fn ends_in_kept_block_scalar(document: &Document<'_>, id: NodeId) -> bool {
    last_block_scalar(document, id).is_some_and(|id| block_header(document, id).contains('+'))
}

fn last_block_scalar(document: &Document<'_>, id: NodeId) -> Option<NodeId> {
    match &document.node(id).kind {
        Kind::Sequence { flow: false, items } => items.last().and_then(|item| last_block_scalar(document, *item)),
        Kind::Mapping { flow: false, entries } => {
            let (key, value) = entries.last()?;
            last_block_scalar(document, if has_colon(document, *value) { *value } else { *key })
        }
        Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => Some(id),
        _ => None,
    }
}

/// Whether the last leaf of `id` is a block scalar that would take in a line break that is added to the end of the text.
pub(crate) fn would_take_line_break(document: &Document<'_>, id: NodeId) -> bool {
    let Some(id) = last_block_scalar(document, id) else { return false };
    let node = document.node(id);
    let header_end = next_line(document.text, header_line(document.text, node.start));
    let has_no_lines = header_end == document.text.len();
    // The last line is blank, and a clipped text ends with one line break, however many there are.
    let is_clipped = node.text().ends_with('\n') && !block_header(document, id).contains('+');
    !(has_no_lines || is_clipped || is_stripped(document, id))
}

/// Whether the line breaks at the end of a block scalar are not part of its value: `|-`, `>-`.
pub(crate) fn is_stripped(document: &Document<'_>, id: NodeId) -> bool {
    // What looks like a header may be part of a key or of a comment: then all of them must say the same.
    let words = block_header(document, id).split([' ', '\t']).filter(|word| word.starts_with(['|', '>']));
    let mut words = words.map(|word| word.contains('-')).peekable();
    words.peek().is_some() && words.all(|is_stripped| is_stripped)
}

/// The line with the `|` or `>` of a block scalar.
pub(crate) fn block_header<'t>(document: &Document<'t>, id: NodeId) -> &'t str {
    line_at(document.text, header_line(document.text, document.node(id).start))
}

/// The start of the line where something indented by `column` can follow `id`.
///
/// Comments right below `id` that are indented like it or deeper belong to it and stay above the new lines, unless they
/// lead on to the next thing in the file: then they stay with that. What is commented out in its last element stays with
/// it always.
pub(crate) fn line_after(document: &Document<'_>, id: NodeId, column: usize) -> usize {
    line_after_byte(document, last_byte(document, id), column, &|key, is_item| has(document, id, key, is_item))
}

/// The same for what can follow an entry in its mapping.
pub(crate) fn line_after_entry(document: &Document<'_>, key: NodeId, value: NodeId, column: usize) -> usize {
    line_after_byte(document, last_byte_of_entry(document, key, value), column, &|_, _| false)
}

fn line_after_byte(
    document: &Document<'_>,
    last: usize,
    column: usize,
    has: &dyn Fn(Option<&str>, bool) -> bool,
) -> usize {
    let text = document.text;
    let after = next_line(text, last);
    let above = commented::Above { column: column + 2, has };
    let first = commented::after(&text[..document.content_end().max(after)], after, &above);
    let mut comments = Vec::new();
    let mut at = first;
    while at < document.content_end() {
        let line = line_at(text, at);
        if indent_of(line) < column || !line.trim_start_matches(' ').starts_with('#') || is_mark(line) {
            break;
        }
        if column == 0 && is_top_field(line) {
            // The next thing, though it is commented out.
            return comments.first().map_or(at, |(start, _)| *start);
        }
        comments.push((at, indent_of(line)));
        at = next_line(text, at);
    }
    let next = line_at(text, at);
    if at >= document.content_end() || next.trim().is_empty() || next.trim_start().starts_with('#') {
        return at;
    }
    // What follows is the next thing: the comments above it that share its indentation are its own.
    while comments.last().is_some_and(|(_, indent)| *indent == indent_of(next)) {
        if let Some((start, _)) = comments.pop() {
            at = start;
        }
    }
    at
}

/// The first line up to `after` with a field that is commented out beside the list `id`, whose dashes are in the column of
/// its key, or the blank lines above it; else `after`.
pub(crate) fn above_fields(document: &Document<'_>, id: NodeId, after: usize, column: usize) -> usize {
    let mut at = next_line(document.text, last_byte(document, id));
    let mut end = at;
    while at < after {
        let line = line_at(document.text, at);
        if commented::field(line, column).is_some_and(|field| !has(document, id, Some(field), false)) {
            return end;
        }
        at = next_line(document.text, at);
        if !line.trim().is_empty() {
            end = at;
        }
    }
    after
}

/// Whether a key is a field of what a collection holds; that of an item (none for a text), whether it is of a list in its
/// last element alone.
fn has(document: &Document<'_>, id: NodeId, key: Option<&str>, is_item: bool) -> bool {
    let elements = Likes::within(document, id);
    let has_key = |id: NodeId| key.is_some_and(|key| document.entry(id, key).is_some());
    let is_field = elements.iter().any(|like| has_key(like.node));
    let Some(last) = elements.iter().next().filter(|_| is_item && !is_field) else { return is_field && !is_item };
    let lists = || Likes::within(document, last.node).elements(document);
    match key {
        Some(_) => lists().iter().any(|like| has_key(like.node)),
        None => {
            let is_mapping = |id: NodeId| !document.entries(id).is_empty();
            elements.iter().all(|like| is_mapping(like.node)) && lists().iter().any(|like| !is_mapping(like.node))
        }
    }
}

/// Puts whole lines at the start of a line, or after a last line that has no line break: then the new last line has
/// none either.
pub(crate) fn lines_at(document: &Document<'_>, at: usize, lines: &[String]) -> Splice {
    let text = document.text;
    let eol = eol_near(text, at);
    // A line may be a piece of several.
    let body = lines.join("\n").replace('\n', eol);
    let open_end = at == text.len() && !text.is_empty() && !text.ends_with('\n');
    Splice::insert(at, if open_end { format!("{eol}{body}") } else { format!("{body}{eol}") })
}
