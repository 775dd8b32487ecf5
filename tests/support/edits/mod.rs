//! Random edits of a document, and a model of what comes of them.

pub mod oracle;
pub mod random;
