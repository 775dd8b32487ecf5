//! spin-keys manages SSH public keys in the `.spin.yml` of Spin (Server Side Up).
//!
#![doc = include_str!("../ARCHITECTURE.md")]
//!
#![doc = include_str!("../docs/limitations.md")]
#![allow(missing_docs, reason = "the API is not promised to anyone, and a clear name needs no comment")]

pub mod change;
pub mod check;
pub mod children;
pub mod cli;
pub mod commands;
pub mod diff;
pub mod error;
pub mod escape;
pub mod files;
pub mod git;
pub mod input;
pub mod key;
pub mod key_source;
pub mod prompt;
pub mod report;
pub mod review;
pub mod shell;
pub mod signals;
pub mod spin;
mod threads;
pub mod ui;
pub mod vault;
pub mod yaml;
