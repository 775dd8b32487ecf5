//! The text as a tree of nodes with byte spans, on which two readers of YAML agree, and what Ansible makes of it.
//!
//! `parse` keeps the tree as it is written; `read` has aliases, merge keys and duplicate keys resolved, as Ansible's loader
//! does.

use super::construct::{Constructed, Duplicate, construct};
use super::error::Refusal;
use super::expansion::refuse_expansion;
use super::json::{self, Marked};
use super::lockstep::build;
use super::marks::Marks;
use super::node::{Data, Kind, Node, NodeId};
use super::parse::Built;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use zeroize::Zeroizing;

/// What a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// JSON, which Ansible tries first, or else YAML.
    Any,
    /// YAML: behind a byte order mark, with which Ansible takes nothing for JSON.
    Yaml,
}

/// A parsed text: the one document in it.
#[derive(Debug, Clone)]
pub struct Document<'t> {
    /// The text that was parsed.
    pub text: &'t str,
    pub(crate) syntax: Syntax,
    nodes: Vec<Node<'t>>,
    root: Option<NodeId>,
    /// Where `...` or the end of the text closes the document.
    end: usize,
    /// The targets of the aliases that are not resolved.
    aliases: HashMap<NodeId, NodeId>,
    /// What scalars say that are not to be taken by their text.
    readings: HashMap<NodeId, Zeroizing<String>>,
    /// Where the second document starts.
    second: Option<usize>,
    tight_comments: Vec<Range<usize>>,
    /// How Ansible reads the tree otherwise than it is written; nothing is left of it after `read`.
    constructed: Constructed<'t>,
    /// The tree is not what is written: spans and entries no longer go together.
    is_resolved: bool,
    /// The numbers that items of lists have in the text, if some are left out.
    numbers: HashMap<NodeId, usize>,
    marks: OnceCell<Marks>,
}

impl<'t> Document<'t> {
    /// Parses `text`, which must not begin with a byte order mark, for an edit.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), and text that is not one document.
    pub fn parse(text: &'t str) -> Result<Self, Refusal> {
        Self::parse_in(text, Syntax::Any)
    }

    /// The same, of a text whose syntax is known.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn parse_in(text: &'t str, syntax: Syntax) -> Result<Self, Refusal> {
        let document = Self::of(text, syntax)?;
        match document.second {
            Some(second) => Err(Refusal::at(
                text,
                second,
                "a second YAML document starts here, and only one is allowed",
                "keep one document in the file: remove this `---` and what does not belong to it",
            )),
            None => Ok(document),
        }
    }

    /// Reads `text` as Ansible's loader (`PyYAML`) does, for looking only: the first document, the last value of a
    /// duplicate key at the place of the first, aliases and merge keys (`<<`) resolved.
    ///
    /// No item, entry or root is an alias, but together they may be a graph with cycles.
    ///
    /// # Errors
    /// Text that two readers of YAML do not read alike, that nests deeper than 255 levels, or that Ansible cannot load.
    pub fn read(text: &'t str) -> Result<Self, Refusal> {
        Self::read_in(text, Syntax::Any)
    }

    /// The same, of a text whose syntax is known.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_in(text: &'t str, syntax: Syntax) -> Result<Self, Refusal> {
        Self::of(text, syntax).map(Self::resolved)
    }

    fn of(text: &'t str, syntax: Syntax) -> Result<Self, Refusal> {
        let json = if syntax == Syntax::Any { json::read(text) } else { None };
        let (mut built, marked) = match json {
            Some(found) => found,
            None => (build(text)?, Vec::new()),
        };
        refuse_expansion(text, &built)?;
        let constructed = construct(text, &mut built)?;
        for Marked { id, tag, data } in marked {
            (built.nodes[id].tag, built.nodes[id].is_unsafe, built.nodes[id].data) = (tag, data == Data::Text, data);
        }
        let Built { nodes, root, end, aliases, second, tight_comments } = built;
        Ok(Self {
            text,
            syntax,
            nodes,
            root,
            end,
            aliases,
            readings: HashMap::new(),
            second,
            tight_comments,
            constructed,
            is_resolved: false,
            numbers: HashMap::new(),
            marks: OnceCell::new(),
        })
    }

    /// The same tree as `read` gives it.
    pub(crate) fn as_read(&self) -> Self {
        self.clone().resolved()
    }

    /// The same text with some of its nodes, of a document that is read as it is written.
    pub(super) fn of_nodes(&self, nodes: Vec<Node<'t>>, root: Option<NodeId>, numbers: HashMap<NodeId, usize>) -> Self {
        Self {
            nodes,
            root,
            numbers,
            aliases: HashMap::new(),
            readings: HashMap::new(),
            tight_comments: self.tight_comments.clone(),
            constructed: Constructed::default(),
            marks: self.marks.clone(),
            ..*self
        }
    }

    /// Whether all nodes are what is written: there is nothing to resolve, to decrypt, or that Ansible cannot load.
    pub(super) fn is_read_as_written(&self) -> bool {
        let Constructed { changed, pairs, duplicates, unknown_tags } = &self.constructed;
        changed.is_empty() && pairs.is_empty() && duplicates.is_empty() && unknown_tags.is_empty() && {
            self.aliases.is_empty() && self.readings.is_empty() && self.second.is_none()
        }
    }

    /// The items of a sequence, with their numbers in the text.
    pub(crate) fn numbered(&self, list: NodeId) -> impl Iterator<Item = (usize, NodeId)> {
        let number = |(at, item): (usize, &NodeId)| (self.numbers.get(item).copied().unwrap_or(at), *item);
        self.items(list).iter().enumerate().map(number)
    }

    fn resolved(mut self) -> Self {
        self.is_resolved = self.second.is_some() || self.differs_as_read();
        for (id, kind) in std::mem::take(&mut self.constructed.changed) {
            self.nodes[id].kind = kind;
        }
        self.nodes.append(&mut self.constructed.pairs);
        self.root = self.root.map(|root| self.follow_alias(root));
        self.aliases.clear();
        self
    }

    /// Whether some scalars are not to be taken by their text.
    pub(crate) fn has_readings(&self) -> bool {
        !self.readings.is_empty()
    }

    /// Whether `read` gives another tree: there are aliases, merge keys or duplicate keys.
    pub(crate) fn differs_as_read(&self) -> bool {
        !self.constructed.changed.is_empty() || !self.aliases.is_empty()
    }

    /// Whether `read` resolved something: then the tree is not laid out as the text is.
    pub(crate) fn is_resolved(&self) -> bool {
        self.is_resolved
    }

    /// Where a second document starts, which `read` leaves out.
    #[must_use]
    pub fn second_document(&self) -> Option<usize> {
        self.second
    }

    /// The entries that are lost because their key is repeated further down, in order of the text.
    #[must_use]
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.constructed.duplicates
    }

    /// The nodes with tags for which Ansible has no constructor: it cannot load the file.
    #[must_use]
    pub fn unknown_tags(&self) -> &[NodeId] {
        &self.constructed.unknown_tags
    }

    /// Comments right behind a quote or bracket.
    pub(crate) fn tight_comments(&self) -> &[Range<usize>] {
        &self.tight_comments
    }

    /// Whether an alias refers to this node.
    pub(crate) fn is_referred_to(&self, id: NodeId) -> bool {
        self.aliases.values().any(|target| *target == id)
    }

    /// The top node; none for a text without content.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id]
    }

    /// All nodes, in the order in which they are in the text.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = &Node<'t>> + ExactSizeIterator {
        self.nodes.iter()
    }

    /// The marks in the text, which is searched for them once.
    pub(crate) fn marks(&self) -> Marks {
        *self.marks.get_or_init(|| Marks::of(self.text))
    }

    /// Where the content can be continued at the end: before `...`, else the end of the text.
    pub(crate) fn content_end(&self) -> usize {
        self.end
    }

    /// The target of an alias; every other node as it is. Only for looking: a change would be made at the anchor.
    pub(crate) fn follow_alias(&self, id: NodeId) -> NodeId {
        self.aliases.get(&id).copied().unwrap_or(id)
    }

    /// The value of a scalar, whatever its style; none for collections and aliases.
    #[must_use]
    pub fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            Kind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The value of a scalar, or the text that `read_as` gave it.
    #[must_use]
    pub fn reading(&self, id: NodeId) -> Option<&str> {
        self.readings.get(&id).map(|text| text.as_str()).or_else(|| self.scalar(id))
    }

    /// Gives a scalar this text: for `!vault` values whose password is known.
    pub(crate) fn read_as(&mut self, id: NodeId, text: Zeroizing<String>) {
        self.readings.insert(id, text);
    }

    /// The entries of a mapping; empty for everything else.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> &[(NodeId, NodeId)] {
        match &self.node(id).kind {
            Kind::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; empty for everything else.
    #[must_use]
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).kind {
            Kind::Sequence { items, .. } => items,
            _ => &[],
        }
    }
}
