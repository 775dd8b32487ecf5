//! spin-keys.
#![warn(missing_docs)]

pub mod error;
pub mod key;
