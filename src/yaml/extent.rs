//! How far a node reaches, and where new lines go: after its last line and the comments that belong to it.

use super::document::Document;
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
            entries.last().map_or(node.start, |(key, value)| last_byte(document, *key).max(last_byte(document, *value)))
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
    match &document.node(id).kind {
        Kind::Sequence { flow: false, items } => items.last().is_some_and(|item| ends_in_block_scalar(document, *item)),
        Kind::Mapping { flow: false, entries } => {
            entries.last().is_some_and(|(_, value)| ends_in_block_scalar(document, *value))
        }
        Kind::Scalar { style, .. } => matches!(style, ScalarStyle::Literal | ScalarStyle::Folded),
        _ => false,
    }
}

/// The line with the `|` or `>` of a block scalar.
pub(crate) fn block_header<'t>(document: &Document<'t>, id: NodeId) -> &'t str {
    line_at(document.text, header_line(document.text, document.node(id).start))
}

/// The start of the line where something indented by `column` can follow `id`.
///
/// Comments right below `id` that are indented like it or deeper belong to it and stay above the new lines, unless they
/// lead on to the next thing in the file: then they stay with that.
pub(crate) fn line_after(document: &Document<'_>, id: NodeId, column: usize) -> usize {
    let text = document.text;
    let first = next_line(text, last_byte(document, id));
    let mut comments = Vec::new();
    let mut at = first;
    while at < document.content_end() {
        let line = line_at(text, at);
        if indent_of(line) < column || !line.trim_start_matches(' ').starts_with('#') {
            break;
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

/// Puts whole lines at the start of a line, or after a last line that has no line break: then the new last line has
/// none either.
pub(crate) fn lines_at(document: &Document<'_>, at: usize, lines: &[String]) -> Splice {
    let text = document.text;
    let eol = eol_near(text, at);
    let body = lines.join(eol);
    let open_end = at == text.len() && !text.is_empty() && !text.ends_with('\n');
    Splice::insert(at, if open_end { format!("{eol}{body}") } else { format!("{body}{eol}") })
}
