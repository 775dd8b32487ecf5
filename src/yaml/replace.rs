//! Values and keys that are replaced on their line.
//!
//! Refuses what carries a tag, a list or mapping with an anchor, what contains a comment, and lists and mappings below their key.

use super::brackets::blanks;
use super::comments::Comments;
use super::document::Document;
use super::edit::New;
use super::error::Refusal;
use super::extent::{header_line, is_unwritten};
use super::likes::Likes;
use super::locate::{Found, Tagged, check_step, is_on_line, refuse_bound, refuse_merge, refuse_tagged};
use super::node::{Kind, NodeId};
use super::render::{entry_lines, is_item_in_flow};
use super::render_flow::flow;
use super::replace_lines::{below_key, block_alone, block_of_text};
use super::scalar::{Quote, write};
use super::splice::Splice;
use super::style::Style;
use super::text::{eol_near, line_at, line_start, next_line};
use super::{flow_insert, indicators};
use granit_parser::ScalarStyle;
use std::ops::Range;

/// Renames the key of an entry to `to`.
pub(crate) fn rename(document: &Document<'_>, style: &Style<'_>, found: &Found, to: &str) -> Result<Splice, Refusal> {
    let (Some(key), Some((holder, _))) = (found.target.key, found.holder) else {
        return Err(document.refuse_node(
            found.target.node,
            "only a key can be renamed",
            "this is a bug: please report it",
        ));
    };
    refuse_bound(document, key, Tagged::Any)?;
    refuse_merge(document, holder.node, "a new name could override one of them, or uncover one")?;
    let node = document.node(key);
    let quote = match &node.kind {
        Kind::Scalar { style: ScalarStyle::Plain, .. } => Some(Quote::Plain),
        Kind::Scalar { style: ScalarStyle::SingleQuoted, .. } => Some(Quote::Single),
        Kind::Scalar { style: ScalarStyle::DoubleQuoted, .. } => Some(Quote::Double),
        _ => None,
    };
    match quote {
        Some(quote) if node.start < node.end && !document.text[node.start..node.end].contains('\n') => {
            Ok(Splice { at: node.start, remove: node.end - node.start, insert: write(to, style.quote(quote)) })
        }
        _ => Err(document.refuse_node(key, "this key is not written on one line", "write it as `key:`")),
    }
}

/// Whether there is a key in quotes at `id`, or in the mapping there, which it keeps when it is written anew.
pub(crate) fn is_quoted_key(document: &Document<'_>, id: NodeId) -> bool {
    let mut texts = std::iter::once(id).chain(document.entries(id).iter().map(|(_, value)| *value));
    let is_key = |id: NodeId| document.text_at(id).is_some_and(|text| text.contains(' '));
    texts.any(|id| {
        is_key(id) && matches!(Quote::of(document.node(id).kind.style()), Some(Quote::Single | Quote::Double))
    })
}

/// Replaces the value at a path with `with`, written like what others have in its place.
pub(crate) fn replace(
    document: &Document<'_>,
    style: &Style<'_>,
    comments: &Comments,
    found: &Found,
    with: &New,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let (text, id) = (document.text, found.target.node);
    // The anchor of a value stays before what comes in its place.
    let keeps_anchor = document.node(id).anchored && document.scalar(id).is_some() && !is_unwritten(document, id);
    if keeps_anchor {
        check_step(document, id)?;
        refuse_tagged(document, id)?;
    } else {
        refuse_bound(document, id, Tagged::Any)?;
    }
    let likes = likes(document, found, with);
    if !keeps_anchor && below_key(document, style, found, with, &likes, out) {
        return Ok(());
    }
    let in_list = found.target.key.is_none() && found.holder.is_some();
    let insert = match with {
        // `- &a key: value` would give the anchor to the key.
        New::Map(entries)
            if entries.len() == 1
                && in_list
                && !found.target.in_flow
                && !keeps_anchor
                && !is_item_in_flow(with, &likes, style) =>
        {
            entry(entries, &likes, style)
        }
        _ => {
            let base = blanks(line_at(text, line_start(text, document.node(id).start)));
            flow(with, &likes, style, base).replace('\n', eol_near(text, document.node(id).start))
        }
    };
    if is_unwritten(document, id) {
        let at = match found.target.key {
            Some(_) if found.target.in_flow => flow_insert::after_colon(document, document.node(id))?,
            Some(key) => indicators::after_colon(document, key)?,
            None => dash_before(document, id)? + 1,
        };
        let gap = if text[..at].ends_with(' ') { "" } else { " " };
        out.push(Splice::insert(at, format!("{gap}{insert}")));
        return Ok(());
    }
    let range = written(document, comments, found)?;
    comments.refuse(document, range.clone())?;
    let block = block_of_text(document, id, &range, with, &likes, style);
    let insert = block.or_else(|| block_alone(document, id, &range, with)).unwrap_or(insert);
    // A comment right behind quotes or brackets would be part of a plain word.
    let is_open = text[range.end..].starts_with('#') && !insert.ends_with(['"', '\'', ']', '}']);
    let gap = if is_open { " " } else { "" };
    out.push(Splice { at: range.start, remove: range.len(), insert: insert + gap });
    Ok(())
}

/// After what `with` is written in the place of a node.
fn likes(document: &Document<'_>, found: &Found, with: &New) -> Likes {
    let id = found.target.node;
    let holder = found.holder.map(|(holder, _)| holder.node);
    let on_line = holder.is_some_and(|id| is_on_line(document, id));
    let likes = Likes::in_place(document, found, with).on_line(on_line);
    match with {
        // What is only put in quotes is not to be without.
        New::Text { value, .. } if document.text_at(id) == Some(value) => likes.in_quotes(document),
        New::Text { .. } if document.text_at(id).is_some() => Likes::of(id).and(likes),
        _ => likes,
    }
}

/// `key: value`, as an item of a block list has it after its dash.
fn entry(entries: &[(String, New)], likes: &Likes, style: &Style<'_>) -> String {
    match entry_lines(0, entries, likes, style).as_slice() {
        [line] => line.clone(),
        _ => entries
            .iter()
            .map(|(key, value)| {
                format!("{}: {}", write(key, style.quote(Quote::Plain)), flow(value, &Likes::default(), style, ""))
            })
            .collect(),
    }
}

/// The dash of an item for which nothing is written, on its line.
fn dash_before(document: &Document<'_>, id: NodeId) -> Result<usize, Refusal> {
    let (text, start) = (document.text, document.node(id).start);
    let line = line_start(text, start);
    let before = text[line..start].split('#').next().unwrap_or_default().trim_end();
    if before.ends_with('-') && before.trim_start_matches([' ', '-']).is_empty() {
        return Ok(line + before.len() - 1);
    }
    Err(odd(document, start))
}

/// The bytes of a node that is written.
fn written(document: &Document<'_>, comments: &Comments, found: &Found) -> Result<Range<usize>, Refusal> {
    let (text, id) = (document.text, found.target.node);
    let node = document.node(id);
    match &node.kind {
        Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, value } => {
            let header = header(document, comments, id)?;
            let end = node.start + text[node.start..node.end].trim_end().len();
            Ok(header.start..if value.trim_end_matches('\n').is_empty() { header.end } else { end })
        }
        Kind::Sequence { flow: false, .. } | Kind::Mapping { flow: false, .. } => {
            if found.target.key.is_some() {
                return Err(document.refuse_node(
                    id,
                    "this list or mapping is below its key: it cannot be replaced on one line",
                    "change it by hand, then run this again",
                ));
            }
            Ok(node.start..end_of(document, id)?)
        }
        _ => Ok(node.start..node.end),
    }
}

/// The `|` or `>` of a block scalar, with what belongs to it.
fn header(document: &Document<'_>, comments: &Comments, id: NodeId) -> Result<Range<usize>, Refusal> {
    let (text, start) = (document.text, document.node(id).start);
    let at = header_line(text, start);
    comments.refuse(document, at..next_line(text, at))?;
    let line = line_at(text, at).trim_end();
    let word = line.rsplit([' ', '\t']).next().unwrap_or_default();
    if word.starts_with(['|', '>']) {
        Ok(at + line.len() - word.len()..at + line.len())
    } else {
        Err(odd(document, start))
    }
}

/// After the last byte that is written for a node.
fn end_of(document: &Document<'_>, id: NodeId) -> Result<usize, Refusal> {
    let (text, node) = (document.text, document.node(id));
    match &node.kind {
        Kind::Sequence { flow: false, items } => match items.last() {
            Some(last) if !is_unwritten(document, *last) => end_of(document, *last),
            _ => Err(odd(document, node.start)),
        },
        Kind::Mapping { flow: false, entries } => match entries.last() {
            Some((key, value)) if is_unwritten(document, *value) => indicators::after_colon(document, *key),
            Some((_, value)) => end_of(document, *value),
            None => Ok(node.end),
        },
        Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, value } => {
            if value.trim_end_matches('\n').is_empty() {
                return Err(odd(document, node.start));
            }
            Ok(node.start + text[node.start..node.end].trim_end().len())
        }
        _ => Ok(node.end),
    }
}

fn odd(document: &Document<'_>, at: usize) -> Refusal {
    document.refuse(at, "the end of this value could not be found", "write it on one line, then run this again")
}
