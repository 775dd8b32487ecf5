//! Edits of YAML text that change what they must and nothing else.
//!
//! [`Document`] is the tree with byte spans on which two unrelated readers agree (`lockstep`), and what Ansible makes of
//! each node (`construct`). [`Edit`] says what shall change as data, [`splices()`] turns that into the fewest insertions in
//! the file's own style, and [`prove`] reads the result and confirms that exactly this changed. What cannot be located, cut
//! or confirmed is refused with its line and column.

#![allow(missing_docs)]

mod apart;
mod block_cut;
mod block_element;
mod block_insert;
mod block_remove;
mod brackets;
mod colon;
mod commented;
mod comments;
mod construct;
mod document;
mod edit;
mod error;
mod expansion;
mod extent;
mod fates;
mod field_place;
mod flow_insert;
mod flow_lines;
mod flow_piece;
mod flow_remove;
mod footer;
mod group;
mod headings;
mod indicators;
mod into_list;
mod json;
mod json_scan;
mod libyaml;
mod likes;
mod line_index;
mod locate;
mod lockstep;
mod marks;
mod node;
mod parse;
mod place;
mod plain_lines;
mod plain_values;
mod proof;
mod redact;
mod removal;
mod render;
mod render_flow;
mod replace;
mod replace_lines;
mod scalar;
mod splice;
mod splices;
mod style;
mod syntax_error;
mod tag;
mod text;
mod third_opinion;
mod tight_comments;
mod values;
mod without;
mod words;

pub(crate) use commented::example_line;
pub use construct::Duplicate;
pub(crate) use construct::Key;
pub use document::{Document, Syntax};
pub(crate) use edit::path_text;
pub use edit::{Along, Edit, New, Path, Step};
pub use error::{ProofError, Refusal};
pub use granit_parser::ScalarStyle;
pub(crate) use likes::in_order;
pub use line_index::LineIndex;
pub(crate) use line_index::line_column;
pub use node::{Data, Kind, Node, NodeId};
pub use proof::{prove, prove_all};
pub use redact::{MASK, Visible, mask};
pub use scalar::Quote;
pub(crate) use scalar::resolves_to_text;
pub use splice::{Splice, apply, compose, origin};
pub use splices::splices;
pub use tag::Tag;
pub(crate) use text::quote;
pub use text::split_bom;
