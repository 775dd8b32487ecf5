//! The binary run as a user runs it.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]

mod corpus;
mod fixtures;
mod preview;
mod readme;
mod session;
mod sources;
