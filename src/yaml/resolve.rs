//! What Ansible's loader (`PyYAML`) makes of aliases, duplicate keys and merge keys, carried out on the tree.
//!
//! Works on ids alone: no text and no node is copied, so that the work is bounded by the file and by the limit of
//! merged entries. Refuses merges that mean nothing, go in a circle or grow beyond that limit.

use super::error::Refusal;
use super::merge_key::merge;
use super::names::Names;
use super::node::{Kind, Node, NodeId};
use super::parse::Built;
use std::collections::HashMap;

/// An entry that is lost because its key is repeated further down in its mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The mapping that holds both.
    pub mapping: NodeId,
    /// The key that is lost.
    pub lost_key: NodeId,
    pub lost_value: NodeId,
    /// The last key of that name, which counts.
    pub kept_key: NodeId,
    pub kept_value: NodeId,
}

#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// Where the second document starts.
    pub(crate) second: Option<usize>,
    /// Lost entries, in order of the text.
    pub(crate) duplicates: Vec<Duplicate>,
    /// The tree is not what is written: spans and entries no longer go together.
    pub(crate) changed: bool,
}

/// Resolves aliases, duplicate keys and merge keys in the tree.
///
/// # Errors
/// A merge of something else than mappings, in a circle, or of more than a million entries.
pub(crate) fn resolve(text: &str, built: &mut Built<'_>) -> Result<Resolved, Refusal> {
    let mut resolved = Resolved { second: built.second, ..Resolved::default() };
    for node in &mut built.nodes {
        let follow = |id: &mut NodeId| {
            if let Some(target) = built.aliases.get(id) {
                *id = *target;
            }
        };
        match &mut node.kind {
            Kind::Sequence { items, .. } => items.iter_mut().for_each(follow),
            Kind::Mapping { entries, .. } => entries.iter_mut().flat_map(|(key, value)| [key, value]).for_each(follow),
            _ => {}
        }
    }
    let names = Names::of_keys(&built.nodes);
    for id in 0..built.nodes.len() {
        drop_duplicates(&mut built.nodes, id, &names, &mut resolved.duplicates);
    }
    resolved.duplicates.sort_by_key(|lost| built.nodes[lost.lost_key].start);
    let merged = merge(text, &mut built.nodes, &names)?;
    resolved.changed = merged || !built.aliases.is_empty() || !resolved.duplicates.is_empty() || built.second.is_some();
    Ok(resolved)
}

/// Leaves of each key in a mapping the last value, at the place of the first.
fn drop_duplicates(nodes: &mut [Node<'_>], mapping: NodeId, names: &Names, duplicates: &mut Vec<Duplicate>) {
    let Kind::Mapping { entries, .. } = &mut nodes[mapping].kind else { return };
    let mut last = HashMap::with_capacity(entries.len());
    for (at, (key, _)) in entries.iter().enumerate() {
        if let Some(name) = names.of(*key) {
            last.insert(name, at);
        }
    }
    let before = duplicates.len();
    for (at, (lost_key, lost_value)) in entries.iter().copied().enumerate() {
        match names.of(lost_key).and_then(|name| last.get(&name)) {
            Some(kept) if *kept != at => {
                let (kept_key, kept_value) = entries[*kept];
                duplicates.push(Duplicate { mapping, lost_key, lost_value, kept_key, kept_value });
            }
            _ => {}
        }
    }
    if duplicates.len() > before {
        *entries = names.last_of_each(std::mem::take(entries));
    }
}
