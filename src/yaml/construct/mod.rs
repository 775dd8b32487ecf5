//! What Ansible makes of the tree: the loader of `PyYAML` 6 with the constructors of ansible-core 2.21
//! (`_internal/_yaml/_constructor.py`), in the order in which they run.
//!
//! The order matters: a merge takes keys out of a mapping that another place may merge too. Lists and mappings are made
//! empty and filled later, so that they may hold themselves; what is within `!unsafe` is made at once.

mod collection;
mod key;
mod merge;
mod number;
mod resolve;
mod scalar;
mod time;

use super::error::Refusal;
use super::node::{Data, Kind, Node, NodeId};
use super::parse::Built;
pub(crate) use key::{Key, key_of};
use resolve::Resolved;
pub(crate) use scalar::printed;
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

/// How the tree differs, as Ansible reads it, from how it is written.
#[derive(Debug, Default, Clone)]
pub(crate) struct Constructed<'t> {
    /// Nodes that are something else than what is written: aliases followed, merges and duplicates resolved.
    pub(crate) changed: HashMap<NodeId, Kind<'t>>,
    /// The pairs of `!!omap`, which come after all nodes: as lists of two.
    pub(crate) pairs: Vec<Node<'t>>,
    /// Lost entries, in order of the text.
    pub(crate) duplicates: Vec<Duplicate>,
    /// Nodes that are made and have a tag for which there is no constructor.
    pub(crate) unknown_tags: Vec<NodeId>,
}

/// Constructs all nodes: fills in their data.
///
/// # Errors
/// What Ansible's loader refuses, with its reason; a merge beyond a million entries.
pub(crate) fn construct<'t>(text: &'t str, built: &mut Built<'t>) -> Result<Constructed<'t>, Refusal> {
    let Some(root) = built.root else { return Ok(Constructed::default()) };
    let (data, unsafes, out) = {
        let mut run = Run::of(text, built);
        run.object(root)?;
        while !run.waiting.is_empty() {
            for id in std::mem::take(&mut run.waiting) {
                run.fill(id)?;
            }
        }
        run.finish()
    };
    for (id, node) in built.nodes.iter_mut().enumerate() {
        (node.data, node.is_unsafe) = (data[id], unsafes[id]);
    }
    Ok(out)
}

/// How far a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    /// In the making: what needs it now needs itself.
    Open,
    Done,
}

/// Who has a list of entries: a mapping, or the copy of it that `!unsafe` is made from. Both start with one list; what is
/// merged goes into a new one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Holder {
    mapping: NodeId,
    is_copy: bool,
}

struct Run<'b, 't> {
    text: &'t str,
    built: &'b Built<'t>,
    /// What each node is made by.
    by: Vec<Resolved>,
    state: Vec<State>,
    data: Vec<Data>,
    unsafes: Vec<bool>,
    /// Lists and mappings that are made, and not filled.
    waiting: Vec<NodeId>,
    /// Fill at once.
    deep: bool,
    unsafe_depth: usize,
    /// The entries of mappings that merge something, and whose they are now.
    lists: Vec<Vec<(NodeId, NodeId)>>,
    list_of: HashMap<Holder, usize>,
    /// Entries put in by merges so far.
    work: usize,
    out: Constructed<'t>,
}

impl<'b, 't> Run<'b, 't> {
    fn of(text: &'t str, built: &'b Built<'t>) -> Self {
        let by: Vec<Resolved> = built.nodes.iter().map(resolve::made_by).collect();
        let count = by.len();
        Self {
            text,
            built,
            by,
            state: vec![State::Fresh; count],
            data: vec![Data::Unknown; count],
            unsafes: vec![false; count],
            waiting: Vec::new(),
            deep: false,
            unsafe_depth: 0,
            lists: Vec::new(),
            list_of: HashMap::new(),
            work: 0,
            out: Constructed::default(),
        }
    }

    /// The node itself, or that of its anchor.
    fn target(&self, id: NodeId) -> NodeId {
        self.built.aliases.get(&id).copied().unwrap_or(id)
    }

    fn node(&self, id: NodeId) -> &'b Node<'t> {
        &self.built.nodes[id]
    }

    fn refuse(&self, id: NodeId, reason: &str) -> Refusal {
        Refusal::at(
            self.text,
            self.node(id).start,
            format!("Ansible cannot load this file: {reason}"),
            "fix this place, then run this again",
        )
    }

    /// `construct_object`
    fn object(&mut self, id: NodeId) -> Result<Data, Refusal> {
        let id = self.target(id);
        match self.state[id] {
            State::Done => return Ok(self.data[id]),
            State::Open => return Err(self.refuse(id, "this holds itself where it must be made first")),
            State::Fresh => self.state[id] = State::Open,
        }
        self.data[id] = match (self.by[id], &self.node(id).kind) {
            // Most nodes.
            (Resolved::Text, Kind::Scalar { .. }) => Data::Text,
            (by, _) => self.make(id, by)?,
        };
        self.unsafes[id] |= self.unsafe_depth > 0;
        self.state[id] = State::Done;
        Ok(self.data[id])
    }

    fn make(&mut self, id: NodeId, by: Resolved) -> Result<Data, Refusal> {
        match by {
            Resolved::Seq => self.begin(id, Data::List),
            Resolved::Map => self.begin(id, Data::Map),
            Resolved::Set => self.begin(id, Data::Set),
            Resolved::Pairs => self.pairs(id),
            Resolved::Unsafe => self.tagged_unsafe(id),
            Resolved::Vault => {
                let again = self.again(id);
                match self.make(id, again)? {
                    Data::Text => Ok(Data::Vault),
                    _ => Err(self.refuse(id, "`!vault` takes a text")),
                }
            }
            Resolved::Merge => Err(self.refuse(id, "`<<` is a merge key, and no value; as a text it needs quotes")),
            Resolved::Value => Err(self.refuse(id, "`=` is a key of its own, and no value; as a text it needs quotes")),
            Resolved::Unknown => {
                self.out.unknown_tags.push(id);
                Ok(Data::Unknown)
            }
            _ => self.scalar(id, by),
        }
    }

    /// A list or mapping, which is filled later.
    fn begin(&mut self, id: NodeId, data: Data) -> Result<Data, Refusal> {
        self.data[id] = data;
        if self.deep {
            self.fill(id)?;
        } else {
            self.waiting.push(id);
        }
        Ok(data)
    }

    fn fill(&mut self, id: NodeId) -> Result<(), Refusal> {
        match self.data[id] {
            Data::List => self.sequence(id),
            data => self.mapping(id, data == Data::Set),
        }
    }

    /// `!unsafe`: the same without the tag, resolved as if it had no quotes, and all of it at once.
    fn tagged_unsafe(&mut self, id: NodeId) -> Result<Data, Refusal> {
        let by = self.again(id);
        let deep = std::mem::replace(&mut self.deep, true);
        self.unsafe_depth += 1;
        let made = self.make(id, by);
        self.unsafe_depth -= 1;
        self.deep = deep;
        self.unsafes[id] = true;
        made
    }

    /// What a node is made by if its tag does not count.
    fn again(&self, id: NodeId) -> Resolved {
        match &self.node(id).kind {
            Kind::Scalar { .. } => resolve::plain(self.node(id).text()),
            Kind::Sequence { .. } => Resolved::Seq,
            _ => Resolved::Map,
        }
    }

    fn finish(mut self) -> (Vec<Data>, Vec<bool>, Constructed<'t>) {
        let nodes = &self.built.nodes;
        self.out.duplicates.sort_by_key(|lost| nodes[lost.lost_key].start);
        self.out.unknown_tags.sort_unstable();
        (self.data, self.unsafes, self.out)
    }
}
