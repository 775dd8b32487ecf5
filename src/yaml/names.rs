//! Which keys of mappings are the same to YAML 1.1.

use super::node::{Kind, Node, NodeId};
use super::scalar::resolves_to_text;
use granit_parser::ScalarStyle;
use std::collections::HashMap;

/// Which keys are the same, as numbers: long keys are compared once.
pub(crate) struct Names(HashMap<NodeId, usize>);

impl Names {
    pub(crate) fn of_keys(nodes: &[Node<'_>]) -> Self {
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

    /// The number of a key; none for merge keys, which may be repeated, and for collections.
    pub(crate) fn of(&self, key: NodeId) -> Option<usize> {
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
