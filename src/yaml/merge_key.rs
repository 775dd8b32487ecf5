//! Merge keys (`<<`) as `PyYAML` flattens them: what is merged comes first, and of each key the last value counts.
//!
//! Goes through the mappings without recursion. Refuses what is not a mapping, circles, and more work than a person could
//! mean.

use super::error::Refusal;
use super::names::{Names, is_merge_key};
use super::node::{Kind, Node, NodeId};

/// How many entries may be merged in all.
const MOST: usize = 1_000_000;

/// Replaces all merge keys by what they merge; says whether there were any.
///
/// # Errors
/// See above.
pub(crate) fn merge(text: &str, nodes: &mut [Node<'_>], names: &Names) -> Result<bool, Refusal> {
    let has_merge = |nodes: &[Node<'_>], id: NodeId| match &nodes[id].kind {
        Kind::Mapping { entries, .. } => entries.iter().any(|(key, _)| is_merge_key(&nodes[*key])),
        _ => false,
    };
    let merging: Vec<NodeId> = (0..nodes.len()).filter(|id| has_merge(nodes, *id)).collect();
    let mut run = Run { text, states: vec![State::Ready; nodes.len()], work: 0 };
    for id in &merging {
        run.states[*id] = State::Waiting;
    }
    for id in &merging {
        run.mapping(nodes, names, *id)?;
    }
    Ok(!merging.is_empty())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Holds merge keys that were not looked at.
    Waiting,
    /// Waits for what it merges.
    Open,
    /// Holds no merge key any more.
    Ready,
}

/// A mapping and what it merges: the last counts.
struct Frame {
    id: NodeId,
    sources: Vec<NodeId>,
    /// How many of the sources are known to be ready.
    ready: usize,
}

struct Run<'t> {
    text: &'t str,
    states: Vec<State>,
    work: usize,
}

impl Run<'_> {
    /// Flattens a mapping, and first what it merges.
    fn mapping(&mut self, nodes: &mut [Node<'_>], names: &Names, id: NodeId) -> Result<(), Refusal> {
        let mut stack = Vec::new();
        self.open(nodes, id, &mut stack)?;
        while let Some(frame) = stack.last_mut() {
            let Some(source) = frame.sources.get(frame.ready).copied() else {
                self.flatten(nodes, names, frame)?;
                stack.pop();
                continue;
            };
            frame.ready += 1;
            match self.states[source] {
                State::Ready => {}
                State::Waiting => self.open(nodes, source, &mut stack)?,
                State::Open => {
                    return Err(Refusal::at(
                        self.text,
                        nodes[source].start,
                        "this mapping merges itself (`<<`) in a circle",
                        "write the keys out where they belong instead of merging them",
                    ));
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, nodes: &[Node<'_>], id: NodeId, stack: &mut Vec<Frame>) -> Result<(), Refusal> {
        if self.states[id] == State::Waiting {
            self.states[id] = State::Open;
            let sources = self.sources(nodes, id)?;
            stack.push(Frame { id, sources, ready: 0 });
        }
        Ok(())
    }

    /// What the merge keys of a mapping name, in the order in which it is put in: of a list the first comes last.
    fn sources(&mut self, nodes: &[Node<'_>], id: NodeId) -> Result<Vec<NodeId>, Refusal> {
        let Kind::Mapping { entries, .. } = &nodes[id].kind else { return Ok(Vec::new()) };
        let mut sources = Vec::new();
        for (key, value) in entries.iter().filter(|(key, _)| is_merge_key(&nodes[*key])) {
            let items = match &nodes[*value].kind {
                Kind::Mapping { .. } => std::slice::from_ref(value),
                Kind::Sequence { items, .. } => items.as_slice(),
                _ => &[],
            };
            let is_list = matches!(nodes[*value].kind, Kind::Sequence { .. });
            self.count(nodes, id, items.len())?;
            if (items.is_empty() && !is_list) || items.iter().any(|item| !is_mapping(&nodes[*item])) {
                return Err(Refusal::at(
                    self.text,
                    nodes[*key].start,
                    "`<<` takes a mapping or a list of mappings: Ansible refuses anything else",
                    "name a mapping here (`<<: *name`), or put `<<` in quotes if it is an ordinary key",
                ));
            }
            sources.extend(items.iter().rev());
        }
        Ok(sources)
    }

    fn flatten(&mut self, nodes: &mut [Node<'_>], names: &Names, frame: &Frame) -> Result<(), Refusal> {
        let entries_of = |nodes: &[Node<'_>], id: NodeId| match &nodes[id].kind {
            Kind::Mapping { entries, .. } => entries.clone(),
            _ => Vec::new(),
        };
        let mut merged = Vec::new();
        for source in &frame.sources {
            let entries = entries_of(nodes, *source);
            self.count(nodes, frame.id, entries.len())?;
            merged.extend(entries);
        }
        merged.extend(entries_of(nodes, frame.id).into_iter().filter(|(key, _)| !is_merge_key(&nodes[*key])));
        if let Kind::Mapping { entries, .. } = &mut nodes[frame.id].kind {
            *entries = names.last_of_each(merged);
        }
        self.states[frame.id] = State::Ready;
        Ok(())
    }

    fn count(&mut self, nodes: &[Node<'_>], id: NodeId, more: usize) -> Result<(), Refusal> {
        self.work += more;
        if self.work <= MOST {
            return Ok(());
        }
        Err(Refusal::at(
            self.text,
            nodes[id].start,
            format!("the merge keys (`<<`) of this file expand to more than {MOST} entries"),
            "is this the right file?",
        ))
    }
}

fn is_mapping(node: &Node<'_>) -> bool {
    matches!(node.kind, Kind::Mapping { .. })
}
