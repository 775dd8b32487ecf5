//! The elements of one collection that go or change places, and the refusal of changes that overlap.

use super::document::Document;
use super::edit::Target;
use super::error::Refusal;
use std::collections::BTreeSet;

/// What is to happen to the elements of one collection.
pub(crate) struct Group {
    pub(crate) target: Target,
    /// The numbers of those that go.
    pub(crate) removed: BTreeSet<usize>,
    /// The number of the one that comes first.
    pub(crate) first: Option<usize>,
    /// Comments go and move with what they are about.
    pub(crate) with_comments: bool,
    /// Something is put into the collection as well.
    pub(crate) grows: bool,
}

/// Two changes that cannot be made at once.
pub(crate) fn conflict(document: &Document<'_>, at: usize) -> Refusal {
    document.refuse(at, "two changes overlap here", "make one of them by hand, then run this again")
}
