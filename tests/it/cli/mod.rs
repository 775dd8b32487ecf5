//! The binary run as a user runs it.

mod access;
mod bad_input;
mod bad_keys;
mod bad_usage;
mod cases;
mod check;
mod check_output;
mod check_project;
mod corpus;
mod deploy;
pub(crate) mod fixtures;
mod git;
mod hostile;
mod leaks;
mod list;
mod meanwhile;
mod new_pair;
mod preview;
mod readme;
mod review;
mod review_safe;
mod show;
mod sources;
mod streams;
mod terminal;
pub(crate) mod vault;
mod vault_failures;
