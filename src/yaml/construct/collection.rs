//! Lists, mappings, sets and ordered maps.

use super::resolve::Resolved;
use super::{Data, Holder, Kind, Node, NodeId, Refusal, Run};
use std::borrow::Cow;

impl Run<'_, '_> {
    pub(super) fn sequence(&mut self, id: NodeId) -> Result<(), Refusal> {
        let Kind::Sequence { items, flow } = &self.node(id).kind else {
            return Err(self.refuse(id, "a list is expected here"));
        };
        for item in items {
            self.object(*item)?;
        }
        if items.iter().any(|item| self.target(*item) != *item) {
            let items = items.iter().map(|item| self.target(*item)).collect();
            self.out.changed.insert(id, Kind::Sequence { flow: *flow, items });
        }
        Ok(())
    }

    /// `construct_mapping`, and what it makes of keys that are the same.
    pub(super) fn mapping(&mut self, id: NodeId, is_set: bool) -> Result<(), Refusal> {
        let Kind::Mapping { entries: written, flow } = &self.node(id).kind else {
            return Err(self.refuse(id, "a mapping is expected here"));
        };
        // `!unsafe` makes a mapping from a copy.
        let holder = Holder { mapping: id, is_copy: self.by[id] == Resolved::Unsafe };
        self.flatten(holder, 0)?;
        let merged = self.listed(holder).map(<[_]>::to_vec);
        let has_merged = merged.is_some();
        let has_alias =
            |run: &Self| written.iter().any(|(key, value)| run.target(*key) != *key || run.target(*value) != *value);
        let entries: Cow<'_, [_]> = match merged {
            Some(entries) => Cow::Owned(entries),
            None if has_alias(self) => {
                Cow::Owned(written.iter().map(|(key, value)| (self.target(*key), self.target(*value))).collect())
            }
            None => Cow::Borrowed(written),
        };
        for (key, value) in &*entries {
            match self.object(*key)? {
                Data::List | Data::Map | Data::Set => {
                    let reason = "a list or mapping is used as a key (a template needs quotes: \"{{ ... }}\")";
                    return Err(self.refuse(*key, reason));
                }
                Data::Vault => return Err(self.refuse_vault(*key)),
                _ => {}
            }
            self.object(*value)?;
        }
        let entries = match self.last_of_each(id, &entries, has_merged, is_set) {
            Some(entries) => Cow::Owned(entries),
            None => entries,
        };
        if is_set {
            let items = entries.iter().map(|(key, _)| *key).collect();
            self.out.changed.insert(id, Kind::Sequence { flow: *flow, items });
        } else if let Cow::Owned(entries) = entries {
            self.out.changed.insert(id, Kind::Mapping { flow: *flow, entries });
        }
        Ok(())
    }

    /// `!!omap`, `!!pairs`: a list of pairs.
    pub(super) fn pairs(&mut self, id: NodeId) -> Result<Data, Refusal> {
        let Kind::Sequence { items, flow } = &self.node(id).kind else {
            return Err(self.refuse(id, "a list is expected here"));
        };
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            let item = self.target(*item);
            let entries = match &self.node(item).kind {
                Kind::Mapping { entries, .. } => self.listed(Self::original(item)).unwrap_or(entries),
                _ => return Err(self.refuse(item, "a mapping of one entry is expected here")),
            };
            let [(key, value)] = entries[..] else {
                return Err(self.refuse(item, "a mapping of one entry is expected here"));
            };
            self.object(key)?;
            self.object(value)?;
            let kind = Kind::Sequence { flow: true, items: vec![self.target(key), self.target(value)] };
            let is_unsafe = self.unsafe_depth > 0;
            pairs.push(self.built.nodes.len() + self.out.pairs.len());
            self.out.pairs.push(Node { kind, data: Data::List, is_unsafe, anchored: false, ..self.node(item).clone() });
        }
        self.out.changed.insert(id, Kind::Sequence { flow: *flow, items: pairs });
        Ok(Data::List)
    }

    fn refuse_vault(&self, key: NodeId) -> Refusal {
        Refusal::at(
            self.text,
            self.node(key).start,
            "the name of this key is encrypted (`!vault`): nothing can be said of what is below it",
            "write the name in plain text",
        )
    }
}
