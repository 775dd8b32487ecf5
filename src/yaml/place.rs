//! Places in the text of a document, and refusals there.

use super::document::Document;
use super::error::Refusal;
use super::line_index::line_column;
use super::node::NodeId;
use super::text::line_start;

impl Document<'_> {
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
}
