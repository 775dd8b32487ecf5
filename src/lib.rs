//! spin-keys.
#![warn(missing_docs)]

pub mod error;
pub mod files;
pub mod prompt;
pub mod signals;
pub mod ui;
