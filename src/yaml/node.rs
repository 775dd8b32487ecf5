//! A node of the tree: what it is, and its bytes in the text.

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

/// A node: what it is, and its bytes.
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
    /// It carries a tag other than those every parser implies.
    pub tag: Option<String>,
}
