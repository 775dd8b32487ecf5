//! From edits as data to splices: finds the target of each and hands it to the block or the flow form.
//!
//! Refuses what cannot be changed without changing something else as well: targets behind anchors, aliases, tags and
//! merge keys.

use super::edit::{Edit, New, Step, Target};
use super::error::Refusal;
use super::render::Rendered;
use super::scalar::Quote;
use super::splice::Splice;
use super::style::Style;
use super::tree::{Document, Kind, NodeId};
use super::{block, flow};
use granit_parser::ScalarStyle;

/// The splices that carry out `edits`, sorted by place.
///
/// # Errors
/// An edit whose target is not there, is not of its kind, or cannot be changed on its own.
pub fn splices(document: &Document<'_>, edits: &[Edit]) -> Result<Vec<Splice>, Refusal> {
    let style = Style::learn(document);
    let mut out = Vec::new();
    for edit in edits {
        match edit {
            Edit::Append { path, item } => {
                let target = resolve(document, path)?;
                refuse_tagged(document, target.node)?;
                fill(document, &style, &target, &Rendered::Item(item), &mut out)?;
            }
            Edit::Insert { path, entries, above } if path.is_empty() => {
                insert_on_top(document, &style, entries, *above, &mut out)?;
            }
            Edit::Insert { path, entries, .. } => {
                let target = resolve(document, path)?;
                refuse_tagged(document, target.node)?;
                refuse_merge(document, target.node, entries)?;
                fill(document, &style, &target, &Rendered::Entries(entries), &mut out)?;
            }
            Edit::Set { path, value } => out.push(set(document, &resolve(document, path)?, value)?),
        }
    }
    out.sort_by_key(|splice| splice.at);
    Ok(out)
}

/// Puts new content into the collection, null or empty collection at `target`.
fn fill(
    document: &Document<'_>,
    style: &Style,
    target: &Target,
    new: &Rendered<'_>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let node = document.node(target.node);
    let empty = match (&node.kind, new) {
        (Kind::Sequence { items, flow }, _) if items.is_empty() => Some(*flow),
        (Kind::Mapping { entries, flow }, _) if entries.is_empty() => Some(*flow),
        (Kind::Sequence { flow: true, .. }, Rendered::Item(_))
        | (Kind::Mapping { flow: true, .. }, Rendered::Entries(_)) => {
            return flow::extend(document, target.node, &new.flow_inner(style), out);
        }
        (Kind::Sequence { .. }, Rendered::Item(item)) => return block::append(document, target, item, style, out),
        (Kind::Mapping { .. }, Rendered::Entries(entries)) => {
            return block::insert(document, target.node, entries, style, out);
        }
        _ => document.is_null(target.node).then_some(false),
    };
    match (empty, target.key) {
        (Some(_), Some(_)) if target.in_flow => flow::fill_empty(document, target, new, style, out),
        (Some(true), _) if !new.wants_block() => flow::fill_empty(document, target, new, style, out),
        (Some(_), Some(key)) => block::fill_empty(document, key, target.node, new, style, out),
        _ => Err(document.refuse(
            node.start,
            format!("a {} is expected here", new.collection()),
            format!("make it a {} first, or remove it and its key", new.collection()),
        )),
    }
}

fn insert_on_top(
    document: &Document<'_>,
    style: &Style,
    entries: &[(String, New)],
    above: Option<usize>,
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let Some(root) = document
        .root()
        .filter(|root| !(document.is_null(*root) && document.node(*root).start == document.node(*root).end))
    else {
        return block::insert_at_end(document, None, entries, style, out);
    };
    check_step(document, root)?;
    refuse_tagged(document, root)?;
    refuse_merge(document, root, entries)?;
    match document.node(root).kind {
        Kind::Mapping { flow: true, ref entries } if entries.is_empty() => Err(document.refuse(
            document.node(root).start,
            "the file holds only `{}`",
            "remove it: an empty file will do",
        )),
        Kind::Mapping { flow: true, .. } => {
            flow::extend(document, root, &Rendered::Entries(entries).flow_inner(style), out)
        }
        Kind::Mapping { .. } => match above.filter(|at| block::is_between_entries(document, root, *at)) {
            Some(at) => block::insert_above(document, root, at, entries, style, out),
            None => block::insert_at_end(document, Some(root), entries, style, out),
        },
        _ => Err(document.refuse(
            document.node(root).start,
            "the file is not a mapping at its top, as a .spin.yml is",
            "is this the right file? name another with --file",
        )),
    }
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

/// Follows `path`; refuses anchors and aliases on the way, for what they share would change elsewhere too.
fn resolve(document: &Document<'_>, path: &[Step]) -> Result<Target, Refusal> {
    let missing =
        || document.refuse(0, "the place to be edited is not in the file", "this is a bug of spin-keys: report it");
    let mut target = Target { node: document.root().ok_or_else(missing)?, key: None, in_flow: false };
    check_step(document, target.node)?;
    for step in path {
        if let Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. } = document.node(target.node).kind {
            target.in_flow = true;
        }
        let (key, node) = match step {
            Step::Key(key) => document.entry(target.node, key).map(|(key, value)| (Some(key), value)),
            Step::Index(index) => document.items(target.node).get(*index).map(|item| (None, *item)),
        }
        .ok_or_else(missing)?;
        target = Target { node, key, in_flow: target.in_flow };
        check_step(document, node)?;
    }
    Ok(target)
}

fn check_step(document: &Document<'_>, id: NodeId) -> Result<(), Refusal> {
    let node = document.node(id);
    if matches!(node.kind, Kind::Alias) {
        return Err(document.refuse(
            node.start,
            "the place to be edited is an alias (`*name`): a change would land at its anchor",
            "write the value out here instead of the alias, then run this again",
        ));
    }
    if node.anchored {
        return Err(document.refuse(
            node.start,
            "the place to be edited, or what is around it, has an anchor (`&name`): a change would show wherever it is used",
            "remove the anchor, or write the value out where it is used, then run this again",
        ));
    }
    Ok(())
}

fn refuse_tagged(document: &Document<'_>, id: NodeId) -> Result<(), Refusal> {
    let node = document.node(id);
    match &node.tag {
        None => Ok(()),
        Some(tag) => Err(document.refuse(
            node.start,
            format!("what is to be edited has the tag `{}`", super::tree::short(tag)),
            "remove the tag, then run this again",
        )),
    }
}

fn refuse_merge(document: &Document<'_>, id: NodeId, entries: &[(String, New)]) -> Result<(), Refusal> {
    match document.entry(id, "<<") {
        None => Ok(()),
        Some((merge, _)) => Err(document.refuse(
            document.node(merge).start,
            format!(
                "this mapping takes keys from elsewhere (`<<`): adding `{}` could override one of them",
                entries[0].0
            ),
            "write the merged keys out here, then run this again",
        )),
    }
}
