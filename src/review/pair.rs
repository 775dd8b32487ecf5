//! An account before and after a change.

/// Whether an account exists before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Kept,
    Added,
    LeftFile,
    Removed,
}

/// An account on both sides.
pub(super) struct Pair<'n> {
    pub(super) before: &'n str,
    pub(super) after: &'n str,
    pub(super) presence: Presence,
}
