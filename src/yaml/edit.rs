//! What shall change, as data: paths, new content, edits. No text and no bytes here.

use super::node::NodeId;
use super::scalar::Quote;

/// One step from a node to one below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// To the value of this key.
    Key(String),
    /// To this item, from 0.
    Index(usize),
}

/// The path from the root of the document to a node.
pub type Path = Vec<Step>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum New {
    Text {
        value: String,
        /// How it is written, if that is safe.
        quote: Quote,
    },
    /// A list: `[a, b]` if `flow`, else one item a line.
    List { items: Vec<New>, flow: bool },
    /// A mapping, one entry a line where that is possible.
    Map(Vec<(String, New)>),
}

/// Which comments go along with what is removed or moved. Others that would are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    Nothing,
    /// Those in its lines.
    Inside,
    /// Those in its lines, and those right above that are indented like it.
    All,
}

/// A change of the data in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// `item` becomes the last of the list at `path`; a null or an empty collection there becomes a list.
    Append { path: Path, item: New },
    /// `entries` come last in the mapping at `path`; a null or an empty collection there becomes a mapping.
    Insert {
        /// Where the mapping is; empty for the top.
        path: Path,
        entries: Vec<(String, New)>,
        /// For the top mapping: a line that starts with this byte, above which the entries belong, if that is possible.
        above: Option<usize>,
    },
    /// The scalar at `path` becomes the string `value`.
    Set { path: Path, value: String },
    /// The key of the entry at `path` becomes `to`, in the quotes it has; its value stays.
    Rename {
        /// Where the entry is: the last step is a key.
        path: Path,
        to: String,
    },
    /// What is at `path` (a scalar, written or not, something in brackets, or an item of a list) becomes `with`, on
    /// its line.
    Replace {
        path: Path,
        /// What comes in its place; lists and mappings as flow, but for a mapping of one entry as an item of a list.
        with: New,
    },
    /// The text at `path`, the value of a key, becomes the first item of a list, as it is written, and `item` the second.
    IntoList { path: Path, item: New },
    /// The item or entry at `path` goes with its lines; where it was the only one, `[]` or `{}` stays.
    Remove { path: Path, comments: Along },
    /// The item at `path` becomes the first of its list; the others keep their order.
    MoveFirst {
        /// Where it is: the last step is an index above 0.
        path: Path,
        comments: Along,
    },
}

impl Edit {
    /// The path to what is edited, in the document before any edit.
    #[must_use]
    pub fn path(&self) -> &[Step] {
        match self {
            Self::Append { path, .. }
            | Self::Insert { path, .. }
            | Self::Set { path, .. }
            | Self::Rename { path, .. }
            | Self::Replace { path, .. }
            | Self::IntoList { path, .. }
            | Self::Remove { path, .. }
            | Self::MoveFirst { path, .. } => path,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) node: NodeId,
    /// The key of which it is the value.
    pub(crate) key: Option<NodeId>,
    /// It is within a flow collection.
    pub(crate) in_flow: bool,
}

/// A path as people write it: `users[0].authorized_keys`.
#[must_use]
pub(crate) fn path_text(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Key(key) if out.is_empty() => out.push_str(key),
            Step::Key(key) => out.extend([".", key]),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
        }
    }
    out
}
