//! The text as a tree of nodes with byte spans, made by granit-parser (YAML 1.2, pure Rust).
//!
//! `parse` refuses more than one document, duplicate keys and deep nesting, and keeps aliases as such; `read` resolves
//! all these but the nesting, as Ansible's loader does.

use super::error::Refusal;
use super::line_index::line_column;
use super::names::{is_merge_key, key_identity};
use super::node::{Kind, Node, NodeId};
use super::parse::{Built, build, build_first};
use super::resolve::{Duplicate, Resolved, resolve};
use super::text::{line_start, quote};
use granit_parser::ScalarStyle;
use std::collections::{HashMap, HashSet};
use zeroize::Zeroizing;

/// A parsed text: the one document in it.
#[derive(Debug)]
pub struct Document<'t> {
    /// The text that was parsed.
    pub text: &'t str,
    nodes: Vec<Node<'t>>,
    root: Option<NodeId>,
    /// Where `...` or the end of the text closes the document.
    end: usize,
    /// The targets of the aliases that are not resolved.
    aliases: HashMap<NodeId, NodeId>,
    /// What scalars say that are not to be taken by their text.
    readings: HashMap<NodeId, Zeroizing<String>>,
    resolved: Resolved,
}

impl<'t> Document<'t> {
    /// Parses `text`, which must not begin with a byte order mark.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), and text that is not one document or holds a key twice in one mapping.
    pub fn parse(text: &'t str) -> Result<Self, Refusal> {
        let Built { nodes, root, end, aliases, .. } = build(text)?;
        let document =
            Self { text, nodes, root, end, aliases, readings: HashMap::new(), resolved: Resolved::default() };
        document.refuse_duplicate_keys()?;
        // Aliases and `<<` stay as they are here, but Ansible must be able to follow them.
        if document.nodes.iter().any(is_merge_key) {
            Self::read(text)?;
        }
        Ok(document)
    }

    /// Reads `text` as Ansible's loader (`PyYAML`) does, for looking only: the first document, the last value of a
    /// duplicate key at the place of the first, aliases and merge keys (`<<`) resolved.
    ///
    /// No item, entry or root is an alias, but together they may be a graph with cycles.
    ///
    /// # Errors
    /// Text that is not YAML, nests deeper than 255 levels, defines an anchor twice, or merges what is not a mapping,
    /// in a circle or beyond a million entries.
    pub fn read(text: &'t str) -> Result<Self, Refusal> {
        let mut built = build_first(text)?;
        let resolved = resolve(text, &mut built)?;
        let Built { nodes, root, end, .. } = built;
        Ok(Self { text, nodes, root, end, aliases: HashMap::new(), readings: HashMap::new(), resolved })
    }

    /// Whether some scalars are not to be taken by their text.
    pub(crate) fn has_readings(&self) -> bool {
        !self.readings.is_empty()
    }

    /// Whether there are aliases or merge keys, which `parse` keeps as they are.
    pub(crate) fn has_references(&self) -> bool {
        !self.aliases.is_empty() || self.nodes.iter().any(is_merge_key)
    }

    /// Whether `read` resolved something: then the tree is not laid out as the text is.
    pub(crate) fn is_resolved(&self) -> bool {
        self.resolved.changed
    }

    /// Where a second document starts, which `read` leaves out.
    #[must_use]
    pub fn second_document(&self) -> Option<usize> {
        self.resolved.second
    }

    /// The entries that `read` left out because their key is repeated further down, in order of the text.
    #[must_use]
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.resolved.duplicates
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
    pub fn nodes(&self) -> impl Iterator<Item = &Node<'t>> {
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

    /// The key and value nodes of `key` in a mapping.
    #[must_use]
    pub fn entry(&self, mapping: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.entries(mapping).iter().copied().find(|(name, _)| self.name(*name) == Some(key))
    }

    /// What a key says; none where it is not a scalar, or where a tag makes something else of its text (`!vault users:`).
    pub(crate) fn name(&self, key: NodeId) -> Option<&str> {
        self.scalar(key).filter(|_| matches!(self.node(key).tag.as_deref(), None | Some("!!str")))
    }

    /// The value of `key` in a mapping.
    #[must_use]
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entry(mapping, key).map(|(_, value)| value)
    }

    /// Whether the node is null as YAML 1.1 reads it: nothing, `~`, `null`, `Null` or `NULL`, without a tag.
    #[must_use]
    pub fn is_null(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let Kind::Scalar { value, style: ScalarStyle::Plain } = &node.kind else { return false };
        node.tag.is_none() && matches!(&**value, "~" | "null" | "Null" | "NULL" | "")
    }

    /// Width of what is before `offset` in its line, if that is only spaces, `-` and `?`.
    ///
    /// # Errors
    /// The line is indented with something else, a tab above all.
    pub(crate) fn column(&self, offset: usize) -> Result<usize, Refusal> {
        let start = line_start(self.text, offset);
        let prefix = &self.text[start..offset];
        match prefix.find(|c| !matches!(c, ' ' | '-' | '?')) {
            None => Ok(prefix.len()),
            Some(at) => Err(self.refuse(
                start + at,
                "the line to be edited starts with a tab or an unexpected character",
                "indent this line with spaces only",
            )),
        }
    }

    /// A refusal at a byte offset of this text.
    pub(crate) fn refuse(&self, offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Refusal {
        Refusal::at(self.text, offset, message, hint)
    }

    pub(crate) fn refuse_node(&self, id: NodeId, message: impl Into<String>, hint: impl Into<String>) -> Refusal {
        self.refuse(self.node(id).start, message, hint)
    }

    /// Line and column of a node, from 1.
    #[must_use]
    pub fn place(&self, id: NodeId) -> (usize, usize) {
        line_column(self.text, self.node(id).start)
    }

    fn refuse_duplicate_keys(&self) -> Result<(), Refusal> {
        for node in &self.nodes {
            let Kind::Mapping { entries, .. } = &node.kind else { continue };
            let mut seen = HashSet::with_capacity(entries.len());
            for (key, _) in entries {
                let key_node = self.node(*key);
                let Kind::Scalar { value, .. } = &key_node.kind else { continue };
                if !seen.insert(key_identity(key_node).unwrap_or((value, None, false))) {
                    return Err(self.refuse(
                        key_node.start,
                        format!("duplicate key `{}` in a mapping: Ansible reads only the last one", quote(value)),
                        "merge the two, or remove one of them",
                    ));
                }
            }
        }
        Ok(())
    }
}
