//! The binary run as a user runs it.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod access;
mod bad_input;
mod bad_keys;
mod bad_usage;
mod check;
mod check_output;
mod check_project;
mod corpus;
mod deploy;
mod fixtures;
mod git;
mod hostile;
mod leaks;
mod list;
mod meanwhile;
mod measured;
mod new_pair;
mod preview;
mod pty;
mod readme;
mod review;
mod review_safe;
mod session;
mod show;
mod sources;
mod streams;
mod terminal;
mod vault;
mod vault_failures;
