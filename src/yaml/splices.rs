//! From edits as data to splices: finds the target of each and hands it to the block or the flow form.
//!
//! Refuses what cannot be changed without changing something else as well: targets with anchors, aliases, tags and
//! merge keys.

use super::comments::Comments;
use super::document::Document;
use super::edit::{Edit, New, Step, Target};
use super::error::Refusal;
use super::group::conflict;
use super::likes::Likes;
use super::locate::{Found, check_step, find, refuse_merge, refuse_tagged, refuse_tagged_around};
use super::node::Kind;
use super::render::Rendered;
use super::scalar::Quote;
use super::splice::Splice;
use super::style::Style;
use super::tag::{Core, Tag};
use super::words::quotes_around;
use super::{block_insert, field_place, flow_insert, into_list, removal, replace};
use granit_parser::ScalarStyle;
use std::collections::HashMap;

/// The splices that carry out `edits`, sorted by place.
///
/// # Errors
/// An edit whose target is not there, is not of its kind, or cannot be changed on its own.
pub fn splices(document: &Document<'_>, edits: &[Edit]) -> Result<Vec<Splice>, Refusal> {
    refuse_resolved(document)?;
    removal::refuse_conflicts(document, edits)?;
    let mut style = Style::learn(document);
    let comments = Comments::of(document);
    let mut out = Vec::new();
    // What comes in at one place comes from within outwards: an item before the next entry of what holds its list.
    let mut deepest_first: Vec<&Edit> = edits.iter().collect();
    deepest_first.sort_by_key(|edit| std::cmp::Reverse(edit.path().len()));
    let mut appended = appended(edits);
    for edit in deepest_first {
        style.of_words = quotes_around(document, edit.path());
        match edit {
            Edit::Append { path, item } => {
                let found = find(document, path)?;
                // All that come into an empty list come at once.
                let is_empty = document.node(found.target.node).is_empty();
                let items = if is_empty { appended.remove(path.as_slice()) } else { Some(vec![item]) };
                if let Some(items) = items {
                    fill(document, &style, &found, &Rendered::Items(&items), &mut out)?;
                }
            }
            Edit::Insert { path, entries, above } if path.is_empty() => {
                insert_on_top(document, &style, entries, *above, &mut out)?;
            }
            Edit::Insert { path, entries, .. } => {
                let found = find(document, path)?;
                refuse_merge(document, found.target.node, &overriding(entries))?;
                fill(document, &style, &found, &Rendered::Entries(entries), &mut out)?;
            }
            Edit::Set { path, value } => out.push(set(document, &find(document, path)?.target, value)?),
            Edit::Rename { path, to } => out.push(replace::rename(document, &style, &find(document, path)?, to)?),
            Edit::Replace { path, with } => {
                let found = find(document, path)?;
                style.keeps_quotes = replace::is_quoted_key(document, found.target.node);
                replace::replace(document, &style, &comments, &found, with, &mut out)?;
                style.keeps_quotes = false;
            }
            Edit::IntoList { path, item } => {
                into_list::into_list(document, &style, &find(document, path)?, item, &mut out)?;
            }
            Edit::Remove { .. } | Edit::MoveFirst { .. } => {}
        }
    }
    removal::remove_and_move(document, &comments, edits, &mut out)?;
    // What comes in at a place comes before what goes there.
    out.sort_by_key(|splice| (splice.at, splice.remove > 0));
    refuse_overlap(document, &out)?;
    Ok(out)
}

/// What comes into each list, in order.
fn appended(edits: &[Edit]) -> HashMap<&[Step], Vec<&New>> {
    let mut found: HashMap<&[Step], Vec<&New>> = HashMap::new();
    for edit in edits {
        if let Edit::Append { path, item } = edit {
            found.entry(path).or_default().push(item);
        }
    }
    found
}

/// Refuses a tree that does not say where the text of each entry is.
fn refuse_resolved(document: &Document<'_>) -> Result<(), Refusal> {
    if document.is_resolved() {
        return Err(document.refuse(
            document.second_document().unwrap_or(0),
            "this file has aliases, merge keys, duplicate keys or several documents",
            "edit it by hand, or write them out, then run this again",
        ));
    }
    Ok(())
}

fn refuse_overlap(document: &Document<'_>, splices: &[Splice]) -> Result<(), Refusal> {
    match splices.windows(2).find(|pair| pair[1].at < pair[0].at + pair[0].remove) {
        Some(pair) => Err(conflict(document, pair[1].at)),
        None => Ok(()),
    }
}

/// Puts new content into the collection, null or empty collection at `target`.
fn fill(
    document: &Document<'_>,
    style: &Style<'_>,
    found: &Found,
    new: &Rendered<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let target = &found.target;
    let node = document.node(target.node);
    refuse_other_tag(document, target, new)?;
    let likes = likes(document, found, new).on_line(found.is_on_line(document));
    if let (Kind::Mapping { flow, .. }, Rendered::Entries(entries)) = (&node.kind, new)
        && let Some(splice) = field_place::insert(document, target.node, (entries, *flow), &likes, style)
    {
        out.push(splice);
        return Ok(());
    }
    let spans_lines = document.text[node.start..node.end].contains('\n');
    let empty = match (&node.kind, new) {
        (Kind::Sequence { items, flow }, _) if items.is_empty() => Some(*flow),
        (Kind::Mapping { entries, flow }, _) if entries.is_empty() => Some(*flow),
        (Kind::Sequence { flow: true, .. }, Rendered::Items(_))
        | (Kind::Mapping { flow: true, .. }, Rendered::Entries(_)) => {
            return flow_insert::extend(document, target.node, new, &likes, style, out);
        }
        (Kind::Sequence { .. }, Rendered::Items(items)) => {
            return items.iter().try_for_each(|item| block_insert::append(document, target, item, style, out));
        }
        (Kind::Mapping { .. }, Rendered::Entries(entries)) => {
            return block_insert::insert(document, target.node, entries, &likes, style, out);
        }
        _ => document.is_null(target.node).then_some(false),
    };
    match (empty, target.key) {
        (Some(_), Some(_)) if target.in_flow => flow_insert::fill_empty(document, target, new, &likes, style, out),
        (Some(true), _) if spans_lines || !new.wants_block() || is_flow_among(document, &likes, new) => {
            flow_insert::fill_empty(document, target, new, &likes, style, out)
        }
        (Some(_), Some(key)) => block_insert::fill_empty(document, key, target.node, new, &likes, style, out),
        _ => Err(document.refuse(
            node.start,
            format!("a {} is expected here", new.collection()),
            format!("make it a {} first, or remove it and its key", new.collection()),
        )),
    }
}

/// Whether entries come into a mapping of which the first neighbour is in brackets.
fn is_flow_among(document: &Document<'_>, likes: &Likes, new: &Rendered<'_>) -> bool {
    let first = likes.mapping(document).filter(|_| matches!(new, Rendered::Entries(_)));
    first.is_some_and(|like| matches!(document.node(like.node).kind, Kind::Mapping { flow: true, .. }))
}

/// The collections after which one that is filled is written: itself, and what others have in its place.
fn likes(document: &Document<'_>, found: &Found, new: &Rendered<'_>) -> Likes {
    let node = document.node(found.target.node);
    let own = if node.is_empty() { Likes::default() } else { Likes::of(found.target.node) };
    let beside = Likes::beside(document, found);
    match new {
        Rendered::Items(items) => {
            let of = |item: &&New| Likes::lists_elsewhere(document, item);
            own.and(beside).or_else(|| items.first().map(of).unwrap_or_default())
        }
        Rendered::Entries(_) => own.and(beside),
    }
}

/// Refuses a tag on what is to be filled, but for the one that says what it is.
fn refuse_other_tag(document: &Document<'_>, target: &Target, new: &Rendered<'_>) -> Result<(), Refusal> {
    let node = document.node(target.node);
    match (&node.tag, &node.kind, new) {
        (Tag::Core(Core::Seq), Kind::Sequence { .. }, Rendered::Items(_))
        | (Tag::Core(Core::Map), Kind::Mapping { .. }, Rendered::Entries(_)) => Ok(()),
        _ => refuse_tagged(document, target.node),
    }
}

fn insert_on_top(
    document: &Document<'_>,
    style: &Style<'_>,
    entries: &[(String, New)],
    above: Option<usize>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let Some(root) = document
        .root()
        .filter(|root| !(document.is_null(*root) && document.node(*root).start == document.node(*root).end))
    else {
        return block_insert::insert_at_end(document, None, entries, style, out);
    };
    check_step(document, root)?;
    refuse_tagged_around(document, root)?;
    refuse_merge(document, root, &overriding(entries))?;
    match document.node(root).kind {
        Kind::Mapping { flow: true, ref entries } if entries.is_empty() => Err(document.refuse(
            document.node(root).start,
            "the file holds only `{}`",
            "remove it: an empty file will do",
        )),
        Kind::Mapping { flow: true, .. } => {
            flow_insert::extend(document, root, &Rendered::Entries(entries), &Likes::of(root), style, out)
        }
        Kind::Mapping { .. } => match above.filter(|at| block_insert::is_between_entries(document, root, *at)) {
            Some(at) => block_insert::insert_above(document, root, at, entries, style, out),
            None => block_insert::insert_at_end(document, Some(root), entries, style, out),
        },
        _ => Err(document.refuse(
            document.node(root).start,
            "the top level of the file is not a mapping",
            "is this the right file?",
        )),
    }
}

fn overriding(entries: &[(String, New)]) -> String {
    let key = entries.first().map_or("", |entry| entry.0.as_str());
    format!("adding `{key}` could override one of them")
}

fn set(document: &Document<'_>, target: &Target, value: &str) -> Result<Splice, Refusal> {
    let node = document.node(target.node);
    let quote = match &node.kind {
        Kind::Scalar { style: ScalarStyle::Plain, .. } if node.start < node.end => Quote::Plain,
        Kind::Scalar { style: ScalarStyle::SingleQuoted, .. } => Quote::Single,
        Kind::Scalar { style: ScalarStyle::DoubleQuoted, .. } => Quote::Double,
        _ => {
            return Err(document.refuse(
                node.start,
                "a plain word is expected here",
                "write the value on the line of its key",
            ));
        }
    };
    let insert = super::scalar::write(value, quote);
    Ok(Splice { at: node.start, remove: node.end - node.start, insert })
}
