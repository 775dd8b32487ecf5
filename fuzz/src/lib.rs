//! What the fuzzers run: a function for each target, from bytes to nothing, that panics where a promise is broken.
//!
//! cargo-fuzz drives them through `fuzz_targets/`, the binary `drive` with seeded mutation. None of them trusts the
//! proof that the program itself makes before it writes: what comes out is compared with models that share no code
//! with it.
#![allow(clippy::unwrap_used, reason = "a broken promise is a panic here")]
#![allow(clippy::disallowed_methods, reason = "it reads fixtures of the project")]

mod expected;
mod key_line;
mod look;
mod private_key;
pub mod seeds;
#[path = "../../tests/support/mod.rs"]
mod support;
mod vault;
mod yaml_edit;

pub use key_line::key_line;
pub use private_key::private_key;
pub use vault::vault;
pub use yaml_edit::yaml_edit;

/// The time at which the rules are asked, in seconds since 1970: fixed, so that a finding can be repeated.
const NOW: u64 = 1_790_000_000;

/// A function that is fuzzed.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name here, for cargo-fuzz and for the folder of what was found.
    pub name: &'static str,
    /// How many bytes of an input choose what is done, before the text.
    pub head: usize,
    /// Panics on a finding.
    pub run: fn(&[u8]),
    /// The inputs that mutation starts from.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 4] = [
    Target { name: "yaml_edit", head: yaml_edit::HEAD, run: yaml_edit, seeds: seeds::yaml_edit },
    Target { name: "key_line", head: 0, run: key_line, seeds: seeds::key_line },
    Target { name: "private_key", head: 0, run: private_key, seeds: seeds::private_key },
    Target { name: "vault", head: vault::HEAD, run: vault, seeds: seeds::vault },
];

/// What a message must be: there, and on one line.
#[track_caller]
fn check_message(message: &str) {
    assert!(!message.trim().is_empty() && !message.contains(['\n', '\r', '\u{1b}']), "{message:?}");
}
