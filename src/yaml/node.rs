//! A node of the tree: what it is, its bytes in the text, and what Ansible makes of it.

use super::tag::{Core, Tag};
use granit_parser::ScalarStyle;
use std::borrow::Cow;

/// Index of a node in its `Document`.
pub type NodeId = usize;

#[derive(Debug, Clone)]
pub enum Kind<'t> {
    /// A scalar: its value after escapes, and how it is written.
    Scalar {
        /// The value as text; `~` where nothing is written.
        value: Cow<'t, str>,
        /// Plain, quoted or block.
        style: ScalarStyle,
    },
    Sequence {
        /// `[a, b]` and not one item a line.
        flow: bool,
        items: Vec<NodeId>,
    },
    Mapping {
        /// `{a: b}` and not one entry a line.
        flow: bool,
        entries: Vec<(NodeId, NodeId)>,
    },
    /// `*name`.
    Alias,
}

impl Kind<'_> {
    /// How a scalar is written.
    pub(crate) fn style(&self) -> Option<ScalarStyle> {
        match self {
            Self::Scalar { style, .. } => Some(*style),
            _ => None,
        }
    }
}

/// What `PyYAML` with Ansible's constructors makes of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    Null,
    Bool(bool),
    /// A number without a fraction; the text says which.
    Int,
    Float,
    /// A date, or a date with a time.
    Time,
    /// `!!binary`
    Bytes,
    Text,
    /// The ciphertext of a `!vault` value.
    Vault,
    List,
    Map,
    Set,
    /// `<<` as a key.
    Merge,
    /// An alias, something with a tag that Ansible does not know, or what nothing is made of: part of a mapping that is
    /// merged or that `=` replaces.
    Unknown,
}

/// A node: what it is, its bytes, and what Ansible makes of it.
#[derive(Debug, Clone)]
pub struct Node<'t> {
    /// What it is.
    pub kind: Kind<'t>,
    /// First byte: of the first entry for a block collection. Anchors and tags are not part of it.
    pub start: usize,
    /// After the last byte. Empty (`start == end`) for a value that is not written; past trailing comments for a
    /// block collection.
    pub end: usize,
    /// It carries an anchor (`&name`).
    pub anchored: bool,
    /// Its tag.
    pub tag: Tag,
    /// What Ansible makes of it.
    pub data: Data,
    /// It is within `!unsafe`: no template.
    pub is_unsafe: bool,
}

impl Node<'_> {
    /// The text of a scalar as libyaml has it: granit-parser says `~` where nothing is written. Empty for all others.
    pub(crate) fn text(&self) -> &str {
        match &self.kind {
            Kind::Scalar { value, style } if !(self.start == self.end && *style == ScalarStyle::Plain) => value,
            _ => "",
        }
    }
    /// Whether both are of one kind, with one tag, and both or neither with an anchor.
    pub(crate) fn is_alike(&self, other: &Node<'_>) -> bool {
        (self.data, self.is_unsafe, self.tag, self.anchored) == (other.data, other.is_unsafe, other.tag, other.anchored)
    }

    /// Whether it is null, or a collection without elements; with no tag but one that says what it is.
    pub(crate) fn is_empty(&self) -> bool {
        let is_empty = match &self.kind {
            Kind::Sequence { items, .. } => items.is_empty(),
            Kind::Mapping { entries, .. } => entries.is_empty(),
            _ => self.data == Data::Null,
        };
        is_empty && matches!(self.tag, Tag::None | Tag::Core(Core::Seq | Core::Map))
    }
}
