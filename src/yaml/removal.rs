//! Items and entries that go or change places, gathered by the collection that holds them: what becomes of one depends
//! on what becomes of its neighbours.
//!
//! Refuses edits that overlap, and keys that would be duplicates.

use super::comments::Comments;
use super::document::Document;
use super::edit::Edit;
use super::error::Refusal;
use super::group::{Group, conflict};
use super::locate::{Tagged, find, refuse_bound, refuse_merge, refuse_tagged_around};
use super::node::{Kind, NodeId};
use super::splice::Splice;
use super::text::quote;
use super::{block_cut, block_remove, flow_remove};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The splices of all edits that remove or move.
pub(crate) fn remove_and_move(
    document: &Document<'_>,
    comments: &Comments,
    edits: &[Edit],
    out: &mut Vec<Splice>,
) -> Result<(), Refusal> {
    let mut groups = gather(document, edits)?;
    if groups.is_empty() {
        return Ok(());
    }
    for edit in edits {
        if let Edit::Append { path, .. } | Edit::Insert { path, .. } = edit
            && let Some(group) = groups.get_mut(&find(document, path)?.target.node)
        {
            group.grows = true;
        }
    }
    let mut cuts = Vec::new();
    for group in groups.values() {
        match document.node(group.target.node).kind {
            Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. } => {
                flow_remove::remove_and_move(document, comments, group, out)?;
            }
            _ => block_remove::remove_and_move(document, comments, group, &mut cuts, out)?,
        }
    }
    block_cut::cut_lines(document, cuts, out)
}

/// What goes and what comes first, by the collection that holds it.
fn gather(document: &Document<'_>, edits: &[Edit]) -> Result<BTreeMap<NodeId, Group>, Refusal> {
    let mut groups: BTreeMap<NodeId, Group> = BTreeMap::new();
    for edit in edits {
        let (Edit::Remove { path, comments } | Edit::MoveFirst { path, comments }) = edit else { continue };
        let found = find(document, path)?;
        let Some((holder, index)) = found.holder else {
            return Err(document.refuse(0, "the whole file cannot be removed or moved", "delete the file instead"));
        };
        refuse_tagged_around(document, holder.node)?;
        refuse_merge(document, holder.node, "removing one could uncover another")?;
        let empty = || Group { target: holder, removed: BTreeMap::new(), first: None, grows: false };
        let group = groups.entry(holder.node).or_insert_with(empty);
        let is_removed = matches!(edit, Edit::Remove { .. });
        if let Some(key) = found.target.key {
            refuse_bound(document, key, Tagged::Any)?;
        }
        refuse_bound(document, found.target.node, if is_removed { Tagged::ButVault } else { Tagged::None })?;
        if is_removed {
            group.removed.insert(index, *comments);
        } else if index == 0 || found.target.key.is_some() || group.first.replace((index, *comments)).is_some() {
            return Err(conflict(document, document.node(found.target.node).start));
        }
    }
    Ok(groups)
}

/// The nodes that edits replace, remove or move as a whole.
#[derive(Default)]
struct Owned<'e> {
    /// The nodes that are replaced, removed or moved, and the number of the edit that does it.
    edited: HashMap<NodeId, usize>,
    removed: HashSet<NodeId>,
    /// The values whose keys get another name.
    renamed: HashMap<NodeId, &'e str>,
    /// The keys that come into a mapping.
    inserted: HashMap<NodeId, Vec<&'e str>>,
}

/// Refuses edits of the same or of nested nodes, and keys that would be duplicates.
pub(crate) fn refuse_conflicts(document: &Document<'_>, edits: &[Edit]) -> Result<(), Refusal> {
    let grows = |edit: &Edit| matches!(edit, Edit::Append { .. } | Edit::Insert { .. });
    if document.root().is_none() || matches!(edits, [edit] if grows(edit)) {
        return Ok(());
    }
    let mut owned = Owned::default();
    for (number, edit) in edits.iter().enumerate() {
        let node = find(document, edit.path())?.target.node;
        let twice = match edit {
            Edit::Append { .. } | Edit::Insert { .. } => false,
            Edit::Rename { to, .. } => owned.renamed.insert(node, to.as_str()).is_some(),
            _ => owned.edited.insert(node, number).is_some(),
        };
        if twice {
            return Err(conflict(document, document.node(node).start));
        }
        match edit {
            Edit::Remove { .. } => drop(owned.removed.insert(node)),
            Edit::Insert { entries, .. } => {
                owned.inserted.entry(node).or_default().extend(entries.iter().map(|(name, _)| name.as_str()));
            }
            _ => {}
        }
    }
    let mut checked = HashSet::new();
    for (number, edit) in edits.iter().enumerate() {
        let found = find(document, edit.path())?;
        let own = found.target.node;
        // A key may get another name and a value at once.
        let beside = matches!(edit, Edit::Rename { .. }) && !owned.removed.contains(&own);
        let meets = |id: &&NodeId| owned.edited.get(*id).is_some_and(|by| *by != number) && !(beside && **id == own);
        if let Some(id) = found.nodes.iter().find(meets) {
            return Err(conflict(document, document.node(*id).start));
        }
        let mapping = match edit {
            Edit::Rename { .. } => found.holder.map(|(holder, _)| holder.node),
            Edit::Insert { .. } => Some(own),
            _ => None,
        };
        if let Some(mapping) = mapping.filter(|mapping| checked.insert(*mapping)) {
            refuse_same_keys(document, mapping, &owned)?;
        }
    }
    Ok(())
}

fn refuse_same_keys(document: &Document<'_>, mapping: NodeId, owned: &Owned<'_>) -> Result<(), Refusal> {
    let mut names: HashSet<&str> = HashSet::new();
    for (key, value) in document.entries(mapping).iter().filter(|(_, value)| !owned.removed.contains(value)) {
        let Some(name) = owned.renamed.get(value).copied().or_else(|| document.scalar(*key)) else { continue };
        if !names.insert(name) {
            return Err(same_key(document, *key, name));
        }
    }
    match owned.inserted.get(&mapping).into_iter().flatten().find(|name| !names.insert(name)) {
        Some(name) => Err(same_key(document, mapping, name)),
        None => Ok(()),
    }
}

fn same_key(document: &Document<'_>, id: NodeId, name: &str) -> Refusal {
    document.refuse_node(
        id,
        format!("the key `{}` would be a duplicate in this mapping", quote(name)),
        "merge the two by hand, or remove one of them",
    )
}
