//! The text as a tree of nodes with byte spans, on which two readers of YAML agree, and what Ansible makes of it.
//!
//! `parse` keeps the tree as it is written; `read` has aliases, merge keys and duplicate keys resolved, as Ansible's loader
//! does.

use super::construct::{Constructed, Duplicate, construct};
use super::error::Refusal;
use super::expansion::refuse_expansion;
use super::json::{self, Marked};
use super::lockstep::build;
use super::node::{Data, Kind, Node, NodeId};
use super::parse::Built;
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
#[derive(Debug)]
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

    /// The document, if Ansible can load it.
    ///
    /// # Errors
    /// It has a tag that Ansible does not know.
    pub fn loadable(self) -> Result<Self, Refusal> {
        match self.unknown_tags().first() {
            None => Ok(self),
            Some(node) => Err(self.refuse_node(
                *node,
                "this has a tag that Ansible does not know, so it cannot load the file",
                "remove the tag, then run this again",
            )),
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
        let (readings, is_resolved) = (HashMap::new(), false);
        Ok(Self { text, syntax, nodes, root, end, aliases, readings, second, tight_comments, constructed, is_resolved })
    }

    /// The same tree as `read` gives it.
    pub(crate) fn as_read(&self) -> Self {
        let (text, root, end, second, is_resolved) = (self.text, self.root, self.end, self.second, self.is_resolved);
        let (nodes, readings, aliases) = (self.nodes.clone(), self.readings.clone(), self.aliases.clone());
        let (tight_comments, constructed) = (self.tight_comments.clone(), self.constructed.clone());
        Self {
            text,
            syntax: self.syntax,
            nodes,
            root,
            end,
            aliases,
            readings,
            second,
            tight_comments,
            constructed,
            is_resolved,
        }
        .resolved()
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
    pub(crate) fn unknown_tags(&self) -> &[NodeId] {
        &self.constructed.unknown_tags
    }

    /// Whether there are some.
    #[must_use]
    pub fn has_unknown_tags(&self) -> bool {
        !self.unknown_tags().is_empty()
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

    /// The key and value nodes of `key` in a mapping: the last ones, where it is repeated.
    #[must_use]
    pub fn entry(&self, mapping: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.entries(mapping).iter().copied().rfind(|(name, _)| self.name(*name) == Some(key))
    }

    /// The value of `key` in a mapping.
    #[must_use]
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entry(mapping, key).map(|(_, value)| value)
    }

    /// The values of several keys in a mapping.
    pub(crate) fn get_each<const N: usize>(&self, mapping: NodeId, keys: [&str; N]) -> [Option<NodeId>; N] {
        let mut found = [None; N];
        for (name, value) in self.entries(mapping) {
            let at = self.name(*name).and_then(|name| keys.iter().position(|key| *key == name));
            if let Some(at) = at {
                found[at] = Some(*value);
            }
        }
        found
    }
}
