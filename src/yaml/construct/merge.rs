//! Merge keys (`<<`) as `SafeConstructor.flatten_mapping` takes them: what is merged comes first.

use super::resolve::Resolved;
use super::{Data, Holder, Kind, NodeId, Refusal, Run};

/// How many entries may be merged in all.
const MOST: usize = 1_000_000;

/// How many mappings may merge each other in a row: Python gives up soon after.
const DEEPEST: usize = 900;

/// Entries that are merged.
enum Source {
    /// As they are written.
    Written(NodeId),
    /// One of the lists.
    List(usize),
}

impl Run<'_, '_> {
    /// The mapping itself.
    pub(super) fn original(mapping: NodeId) -> Holder {
        Holder { mapping, is_copy: false }
    }

    /// The entries of a mapping that has keys to be merged, or had.
    pub(super) fn listed(&self, holder: Holder) -> Option<&[(NodeId, NodeId)]> {
        self.list_of.get(&holder).map(|list| self.lists[*list].as_slice())
    }

    /// The list of a mapping that has keys `<<` or `=`.
    fn list(&mut self, holder: Holder) -> Option<usize> {
        if let Some(list) = self.list_of.get(&holder) {
            return Some(*list);
        }
        let list = if holder.is_copy {
            self.list(Self::original(holder.mapping))?
        } else {
            let Kind::Mapping { entries, .. } = &self.node(holder.mapping).kind else { return None };
            let is_special = |key: NodeId| matches!(self.by[self.target(key)], Resolved::Merge | Resolved::Value);
            if !entries.iter().any(|(key, _)| is_special(*key)) {
                return None;
            }
            self.lists.push(entries.iter().map(|(key, value)| (self.target(*key), self.target(*value))).collect());
            self.lists.len() - 1
        };
        self.list_of.insert(holder, list);
        Some(list)
    }

    /// Puts what the merge keys of a mapping name in their place, and makes a text of a key `=`.
    ///
    /// What is merged may be the mapping itself: its list is looked up anew at each step.
    pub(super) fn flatten(&mut self, holder: Holder, depth: usize) -> Result<(), Refusal> {
        let Some(mut list) = self.list(holder) else { return Ok(()) };
        if depth > DEEPEST {
            return Err(self.refuse(holder.mapping, "merge keys (`<<`) lead on too far"));
        }
        let mut merge = Vec::new();
        let mut index = 0;
        while let Some((key, value)) = self.lists[list].get(index).copied() {
            match self.by[key] {
                Resolved::Merge => {
                    self.data[key] = Data::Merge;
                    self.lists[list].remove(index);
                    self.merge_value(key, value, depth, &mut merge)?;
                    list = self.list(holder).unwrap_or(list);
                }
                by => {
                    if by == Resolved::Value {
                        self.by[key] = Resolved::Text;
                    }
                    index += 1;
                }
            }
        }
        if !merge.is_empty() {
            merge.extend_from_slice(&self.lists[list]);
            self.lists.push(merge);
            self.list_of.insert(holder, self.lists.len() - 1);
        }
        Ok(())
    }

    /// The entries of the mapping, or of each mapping in the list, that a merge key has; of a list the first comes last.
    fn merge_value(
        &mut self,
        key: NodeId,
        value: NodeId,
        depth: usize,
        merge: &mut Vec<(NodeId, NodeId)>,
    ) -> Result<(), Refusal> {
        match &self.node(value).kind {
            Kind::Mapping { .. } => {
                let source = self.source(value, depth)?;
                self.extend(key, &source, merge)
            }
            Kind::Sequence { items, .. } => {
                let mut sources = Vec::with_capacity(items.len());
                for item in items {
                    let item = self.target(*item);
                    if !matches!(self.node(item).kind, Kind::Mapping { .. }) {
                        return Err(self.refuse_merge(key));
                    }
                    sources.push(self.source(item, depth)?);
                    self.count(key, 1)?;
                }
                sources.iter().rev().try_for_each(|source| self.extend(key, source, merge))
            }
            _ => Err(self.refuse_merge(key)),
        }
    }

    /// What a mapping has to give.
    fn source(&mut self, mapping: NodeId, depth: usize) -> Result<Source, Refusal> {
        let holder = Self::original(mapping);
        self.flatten(holder, depth + 1)?;
        Ok(self.list_of.get(&holder).map_or(Source::Written(mapping), |list| Source::List(*list)))
    }

    fn extend(&mut self, key: NodeId, source: &Source, merge: &mut Vec<(NodeId, NodeId)>) -> Result<(), Refusal> {
        let before = merge.len();
        match source {
            Source::List(list) => merge.extend_from_slice(&self.lists[*list]),
            Source::Written(mapping) => {
                if let Kind::Mapping { entries, .. } = &self.node(*mapping).kind {
                    merge.extend(entries.iter().map(|(key, value)| (self.target(*key), self.target(*value))));
                }
            }
        }
        self.count(key, merge.len() - before)
    }

    fn refuse_merge(&self, key: NodeId) -> Refusal {
        Refusal::at(
            self.text,
            self.node(key).start,
            "`<<` takes a mapping or a list of mappings: Ansible refuses anything else",
            "name a mapping here (`<<: *name`), or put `<<` in quotes if it is an ordinary key",
        )
    }

    fn count(&mut self, key: NodeId, more: usize) -> Result<(), Refusal> {
        self.work += more;
        if self.work <= MOST {
            return Ok(());
        }
        Err(Refusal::at(
            self.text,
            self.node(key).start,
            format!("the merge keys (`<<`) of this file expand to more than {MOST} entries"),
            "is this the right file?",
        ))
    }
}
