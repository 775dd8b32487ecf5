//! The elements of one collection that go or change places, and the refusal of changes that overlap.

use super::document::Document;
use super::edit::{Along, Target};
use super::error::Refusal;
use std::collections::BTreeMap;

/// What is to happen to the elements of one collection.
pub(crate) struct Group {
    pub(crate) target: Target,
    /// The numbers of those that go, and which comments go with them.
    pub(crate) removed: BTreeMap<usize, Along>,
    /// The number of the one that comes first, and which comments do.
    pub(crate) first: Option<(usize, Along)>,
    /// Something is put into the collection as well.
    pub(crate) grows: bool,
}

/// Two changes that cannot be made at once.
pub(crate) fn conflict(document: &Document<'_>, at: usize) -> Refusal {
    document.refuse(at, "two changes overlap here", "make one of them by hand, then run this again")
}
