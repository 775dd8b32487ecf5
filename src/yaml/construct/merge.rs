//! Merge keys (`<<`) as `SafeConstructor.flatten_mapping` takes them: what is merged comes first.

use super::resolve::Resolved;
use super::{Data, Kind, NodeId, Refusal, Run};

/// How many entries may be merged in all.
const MOST: usize = 1_000_000;

/// How many mappings may merge each other in a row: Python gives up soon after.
const DEEPEST: usize = 900;

impl Run<'_, '_> {
    /// Puts what the merge keys of a mapping name in their place, and makes a text of a key `=`.
    pub(super) fn flatten(&mut self, id: NodeId, depth: usize) -> Result<(), Refusal> {
        let Kind::Mapping { entries: written, .. } = &self.node(id).kind else { return Ok(()) };
        let is_special = |key: NodeId| matches!(self.by[self.target(key)], Resolved::Merge | Resolved::Value);
        if !self.merged.contains_key(&id) {
            if !written.iter().any(|(key, _)| is_special(*key)) {
                return Ok(());
            }
            let entries = written.iter().map(|(key, value)| (self.target(*key), self.target(*value))).collect();
            self.merged.insert(id, entries);
        }
        if depth > DEEPEST {
            return Err(self.refuse(id, "merge keys (`<<`) lead on too far"));
        }
        let mut merge = Vec::new();
        let mut index = 0;
        while let Some((key, value)) = self.merged.get(&id).and_then(|entries| entries.get(index)).copied() {
            match self.by[key] {
                Resolved::Merge => {
                    self.data[key] = Data::Merge;
                    if let Some(entries) = self.merged.get_mut(&id) {
                        entries.remove(index);
                    }
                    self.merge_value(key, value, depth, &mut merge)?;
                }
                by => {
                    if by == Resolved::Value {
                        self.by[key] = Resolved::Text;
                    }
                    index += 1;
                }
            }
        }
        if let Some(entries) = self.merged.get_mut(&id).filter(|_| !merge.is_empty()) {
            merge.append(entries);
            *entries = merge;
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
                self.flatten(value, depth + 1)?;
                self.extend(key, value, merge)
            }
            Kind::Sequence { items, .. } => {
                let mut sources = Vec::with_capacity(items.len());
                for item in items {
                    let item = self.target(*item);
                    if !matches!(self.node(item).kind, Kind::Mapping { .. }) {
                        return Err(self.refuse_merge(key));
                    }
                    self.flatten(item, depth + 1)?;
                    sources.push(item);
                    self.count(key, 1)?;
                }
                sources.into_iter().rev().try_for_each(|source| self.extend(key, source, merge))
            }
            _ => Err(self.refuse_merge(key)),
        }
    }

    fn extend(&mut self, key: NodeId, source: NodeId, merge: &mut Vec<(NodeId, NodeId)>) -> Result<(), Refusal> {
        let before = merge.len();
        match (self.merged.get(&source), &self.node(source).kind) {
            (Some(entries), _) => merge.extend_from_slice(entries),
            (None, Kind::Mapping { entries, .. }) => {
                merge.extend(entries.iter().map(|(key, value)| (self.target(*key), self.target(*value))));
            }
            _ => {}
        }
        self.count(key, merge.len() - before)
    }

    /// `!unsafe` makes a mapping from a copy, which alone gets what is merged.
    pub(super) fn forget_merges(&mut self, id: NodeId) {
        let (Kind::Mapping { entries, .. }, true) = (&self.node(id).kind, self.merged.contains_key(&id)) else {
            return;
        };
        let own = entries.iter().map(|(key, value)| (self.target(*key), self.target(*value)));
        let own = own.filter(|(key, _)| self.by[*key] != Resolved::Merge).collect();
        self.merged.insert(id, own);
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
