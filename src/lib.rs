//! spin-keys.
#![warn(missing_docs)]

pub mod cli;
pub mod commands;
pub mod diff;
pub mod error;
pub mod files;
pub mod key;
pub mod password;
pub mod prompt;
pub mod signals;
pub mod spin;
pub mod ui;
pub mod vault;
pub mod yaml;
