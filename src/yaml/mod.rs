//! Edits of YAML text that change what they must and nothing else.
//!
//! [`Document`] locates (a tree with byte spans), [`Edit`] says what shall change as data, [`splices`] turns that into
//! the fewest insertions in the file's own style, and [`prove`] lets a second, unrelated parser confirm that exactly
//! this changed. What cannot be located, cut or confirmed is refused with its line and column.

mod arrange;
mod attached;
mod block;
mod breaks;
mod build;
mod comments;
mod cut;
mod dash;
mod edit;
mod error;
mod find;
mod flow;
mod lines;
mod mask;
mod merge;
mod pieces;
mod proof;
mod render;
mod replace;
mod resolve;
mod scalar;
mod splice;
mod style;
mod text;
mod tree;

pub use breaks::check_breaks;
pub use cut::splices;
pub use edit::{Edit, New, Path, Step, path_text};
pub use error::Refusal;
pub use granit_parser::ScalarStyle;
pub use mask::{MASK, Seen, mask};
pub use proof::{ProofError, libyaml_reads, prove};
pub use resolve::Duplicate;
pub(crate) use resolve::key_identity;
pub use scalar::{Quote, resolves_to_text};
pub use splice::{Splice, apply};
pub use text::{line_column, split_bom};
pub(crate) use tree::short;
pub use tree::{Document, Kind, Node, NodeId};
