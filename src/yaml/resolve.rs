//! What Ansible's loader (`PyYAML`) makes of aliases, keys that stand twice and merge keys, carried out on the tree.
//!
//! Works on ids alone: no text and no node is copied, so that the work is bounded by the file and by the limit of
//! merged entries. Refuses merges that mean nothing, go in a circle or grow beyond that limit.

use super::build::Built;
use super::error::Refusal;
use super::merge::merge;
use super::scalar::resolves_to_text;
use super::tree::{Kind, Node, NodeId};
use granit_parser::ScalarStyle;
use std::collections::{HashMap, HashSet};

/// An entry that is lost because its key stands again further down in its mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The mapping that holds both.
    pub mapping: NodeId,
    /// The key that is lost.
    pub lost_key: NodeId,
    /// Its value.
    pub lost_value: NodeId,
    /// The last key of that name, which counts.
    pub kept_key: NodeId,
    /// Its value.
    pub kept_value: NodeId,
}

/// What was resolved.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// Where the second document starts.
    pub(crate) second: Option<usize>,
    /// Lost entries, in order of the text.
    pub(crate) duplicates: Vec<Duplicate>,
    /// Nodes with an anchor that an alias uses.
    pub(crate) shared: HashSet<NodeId>,
    /// The tree is not what is written: spans and entries no longer go together.
    pub(crate) changed: bool,
}

/// Resolves aliases, duplicate keys and merge keys in the tree.
///
/// # Errors
/// A merge of something else than mappings, in a circle, or of more than a million entries.
pub(crate) fn resolve(text: &str, built: &mut Built<'_>) -> Result<Resolved, Refusal> {
    let mut resolved = Resolved { second: built.second, ..Resolved::default() };
    resolved.shared.extend(built.aliases.values());
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
    let names = Names::learn(&built.nodes);
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

/// Which keys are the same, as numbers: long keys are compared once.
pub(crate) struct Names(HashMap<NodeId, usize>);

impl Names {
    fn learn(nodes: &[Node<'_>]) -> Self {
        let mut numbers = HashMap::new();
        let mut names = HashMap::new();
        for node in nodes {
            let Kind::Mapping { entries, .. } = &node.kind else { continue };
            for (key, _) in entries {
                if let Some(identity) = key_identity(&nodes[*key]) {
                    let next = numbers.len();
                    names.insert(*key, *numbers.entry(identity).or_insert(next));
                }
            }
        }
        Self(names)
    }

    /// The number of a key; none for merge keys, which may stand twice, and for collections.
    fn of(&self, key: NodeId) -> Option<usize> {
        self.0.get(&key).copied()
    }

    /// Of each key the last entry, at the place of the first.
    pub(crate) fn last_of_each(&self, entries: Vec<(NodeId, NodeId)>) -> Vec<(NodeId, NodeId)> {
        let mut places = HashMap::with_capacity(entries.len());
        let mut out = Vec::with_capacity(entries.len());
        for entry in entries {
            let place = self.of(entry.0).map_or(out.len(), |name| *places.entry(name).or_insert(out.len()));
            match out.get_mut(place) {
                Some(earlier) => *earlier = entry,
                None => out.push(entry),
            }
        }
        out
    }
}

/// What makes a key the same as another: its text, its tag, and whether YAML 1.1 reads it as text. (`yes` and `"yes"`
/// are two keys, `a` and `"a"` are one.)
pub(crate) fn key_identity<'n>(key: &'n Node<'_>) -> Option<(&'n str, Option<&'n str>, bool)> {
    let Kind::Scalar { value, style } = &key.kind else { return None };
    let tag = key.tag.as_deref().filter(|tag| *tag != "!!str");
    let is_text = *style != ScalarStyle::Plain || key.tag.is_some() || resolves_to_text(value);
    (!is_merge_key(key)).then_some((&**value, tag, is_text))
}

/// Whether this key is `<<` without quotes and tag.
pub(crate) fn is_merge_key(key: &Node<'_>) -> bool {
    matches!(&key.kind, Kind::Scalar { value, style: ScalarStyle::Plain } if value == "<<") && key.tag.is_none()
}
