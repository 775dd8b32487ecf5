//! Values that are replaced by lines: lists below their key where the neighbours have theirs there, and blocks of text that
//! stay blocks.

use super::colon;
use super::document::Document;
use super::edit::New;
use super::extent::lines_at;
use super::indicators::dash_before;
use super::likes::Likes;
use super::locate::Found;
use super::node::{Kind, NodeId};
use super::render::entry_lines;
use super::splice::Splice;
use super::style::Style;
use super::text::{indent_of, next_line};
use super::words::key_text;
use granit_parser::ScalarStyle;
use std::ops::Range;

/// Writes a list below its key, where others have theirs there, in place of a text on the line of the key. Whether it can.
pub(crate) fn below_key(
    document: &Document<'_>,
    style: &Style<'_>,
    found: &Found,
    with: &New,
    likes: &Likes,
    out: &mut Vec<Splice>,
) -> bool {
    let (text, node) = (document.text, document.node(found.target.node));
    let (Some(key), New::List { items, .. }, [.., outer, holder, _]) = (found.target.key, with, found.nodes.as_slice())
    else {
        return false;
    };
    let is_block = likes
        .list(document)
        .is_some_and(|like| matches!(document.node(like.node).kind, Kind::Sequence { flow: false, .. }));
    let name = document.scalar(key).unwrap_or_default();
    let is_on_line = text.get(document.node(key).end..node.end).is_some_and(|text| !text.contains('\n'));
    let column = document.column(document.node(key).start);
    let (true, true, false, Ok(column)) = (is_block && is_on_line, !items.is_empty(), found.target.in_flow, column)
    else {
        return false;
    };
    let entry = [(name.to_owned(), New::List { items: items.clone(), flow: false })];
    let lines = entry_lines(column, &entry, &Likes::around(document, *outer, *holder), style);
    let after_colon = text[..node.start].trim_end_matches([' ', '\t']).len();
    let gap = if text[node.end..].starts_with('#') { " " } else { "" };
    out.push(Splice { at: after_colon, remove: node.end - after_colon, insert: gap.to_owned() });
    out.push(lines_at(document, next_line(text, node.end), &lines[1..]));
    true
}

/// A block of text as the value of the one key of an item: the same block, deeper by what the item is deeper than its dash.
pub(crate) fn block_of_text(
    document: &Document<'_>,
    id: NodeId,
    range: &Range<usize>,
    with: &New,
    likes: &Likes,
    style: &Style<'_>,
) -> Option<String> {
    let New::Map(entries) = with else { return None };
    let [(key, New::Text { value, .. })] = entries.as_slice() else { return None };
    let is_block = matches!(document.node(id).kind.style()?, ScalarStyle::Literal | ScalarStyle::Folded);
    if !is_block || document.text_at(id) != Some(value) {
        return None;
    }
    let column = |at: usize| document.column(at).ok();
    let dash = dash_before(document.text, range.start)?;
    let deeper = " ".repeat(column(range.start)?.checked_sub(column(dash)?)?);
    // Lines of nothing but blanks at its end are part of the text, or not, by their length.
    let text = document.text;
    let rest = text.get(range.end..document.node(id).end).unwrap_or_default();
    let is_last = document.node(id).end == text.len();
    let whole = if is_last { rest } else { rest.rsplit_once('\n').map_or("", |(lines, _)| lines) };
    if whole.contains([' ', '\t']) {
        return None;
    }
    let deeper =
        |line: &str| if line.trim_end_matches('\r').is_empty() { line.to_owned() } else { format!("{deeper}{line}") };
    let (header, lines) = text[range.clone()].split_once('\n')?;
    let lines: Vec<String> = lines.split('\n').map(deeper).collect();
    let name = key_text(key, likes, style);
    let colon = colon::inline(0, &name, key, likes, style);
    Some(format!("{name}{colon}{header}\n{}", lines.join("\n")))
}

/// The other way round: the block of text that is the one value of an item is the item itself.
pub(crate) fn block_alone(document: &Document<'_>, id: NodeId, range: &Range<usize>, with: &New) -> Option<String> {
    let (New::Text { value, .. }, [(_, block)]) = (with, document.entries(id)) else { return None };
    let is_block = matches!(document.node(*block).kind.style()?, ScalarStyle::Literal | ScalarStyle::Folded);
    if !is_block || document.text_at(*block) != Some(value) {
        return None;
    }
    let column = |at: usize| document.column(at).ok();
    let deeper = column(range.start)?.checked_sub(column(dash_before(document.text, range.start)?)?)?;
    let (first, lines) = document.text[range.clone()].split_once('\n')?;
    let header = first.rsplit([' ', '\t']).next().filter(|word| word.starts_with(['|', '>']))?;
    // A number in it counts from the column of the key.
    if header.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let lines: Vec<&str> = lines.split('\n').map(|line| &line[deeper.min(indent_of(line))..]).collect();
    Some(format!("{header}\n{}", lines.join("\n")))
}
