//! A node of the tree: what it is, and its bytes in the text.

use granit_parser::ScalarStyle;
use std::borrow::Cow;

/// Index of a node in its [`Document`].
pub type NodeId = usize;

/// What a node is.
#[derive(Debug, Clone)]
pub enum Kind<'t> {
    /// A scalar: its value after escapes, and how it is written.
    Scalar {
        /// The value as text; `~` where nothing is written.
        value: Cow<'t, str>,
        /// Plain, quoted or block.
        style: ScalarStyle,
    },
    /// A sequence and its items.
    Sequence {
        /// `[a, b]` and not one item a line.
        flow: bool,
        /// The items in order.
        items: Vec<NodeId>,
    },
    /// A mapping and its entries.
    Mapping {
        /// `{a: b}` and not one entry a line.
        flow: bool,
        /// Key and value nodes in order.
        entries: Vec<(NodeId, NodeId)>,
    },
    /// `*name`.
    Alias,
}

/// A node: what it is and where it stands.
#[derive(Debug, Clone)]
pub struct Node<'t> {
    /// What it is.
    pub kind: Kind<'t>,
    /// First byte: of the first entry for a block collection. Anchors and tags are not part of it.
    pub start: usize,
    /// Behind the last byte. Empty (`start == end`) for a value that is not written; past trailing comments for a
    /// block collection.
    pub end: usize,
    /// It carries an anchor (`&name`).
    pub anchored: bool,
    /// It carries a tag other than those every parser implies.
    pub tag: Option<String>,
}
