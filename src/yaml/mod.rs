//! Edits of YAML text that change what they must and nothing else.
//!
//! [`Document`] locates (a tree with byte spans), [`Edit`] says what shall change as data, [`splices()`] turns that into
//! the fewest insertions in the file's own style, and [`prove`] lets a second, unrelated parser confirm that exactly
//! this changed. What cannot be located, cut or confirmed is refused with its line and column.

#![allow(missing_docs)]

mod block_insert;
mod block_remove;
mod comments;
mod document;
mod edit;
mod error;
mod extent;
mod flow_insert;
mod flow_remove;
mod group;
mod indicators;
mod line_index;
mod locate;
mod merge_key;
mod names;
mod node;
mod parse;
mod proof;
mod redact;
mod removal;
mod render;
mod replace;
mod resolve;
mod scalar;
mod splice;
mod splices;
mod style;
mod text;

pub use document::Document;
pub(crate) use edit::path_text;
pub use edit::{Edit, New, Path, Step};
pub use error::Refusal;
pub use granit_parser::ScalarStyle;
pub use line_index::LineIndex;
pub(crate) use line_index::line_column;
pub(crate) use names::key_identity;
pub use node::{Kind, Node, NodeId};
pub use proof::{ProofError, libyaml_reads, prove};
pub use redact::{MASK, Visible, mask};
pub use resolve::Duplicate;
pub use scalar::Quote;
pub(crate) use scalar::resolves_to_text;
pub use splice::{Splice, apply};
pub use splices::splices;
pub(crate) use text::quote;
pub use text::split_bom;
