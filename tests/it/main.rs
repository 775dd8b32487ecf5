//! What needs nothing special, as one binary: it is linked once, and its tests share the cores until the last is done.
//!
//! What changes the process (umask, signals, environment) runs in a process of its own: `support::again`. Faults, servers,
//! many processes at once and long random runs are binaries of their own.
#![allow(missing_docs, clippy::print_stderr, clippy::print_stdout, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod cli;
mod docs;
mod edits;
mod files_create;
mod files_limits;
mod files_read;
mod files_replace;
mod files_signals;
mod files_ui;
mod files_umask;
mod formats;
mod invariants;
mod key_interop;
mod layers;
mod links;
mod model;
mod outcomes;
mod read;
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod vault_client;
mod vault_interop;
mod vault_password;
mod vault_property;
mod yaml_edits;
mod yaml_read;

use crate::support::{measured, pty, session};
