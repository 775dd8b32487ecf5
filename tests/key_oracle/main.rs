//! Keys as OpenSSH takes them: generated lines against a real sshd and ssh-keygen, mutated private keys against
//! ssh-keygen. Seeded: `SPIN_KEYS_SEED`; `SPIN_KEYS_FULL=1` takes 2,000 lines and 200 files instead of a few.

#![allow(missing_docs, clippy::print_stderr, clippy::print_stdout, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod lines;
mod lines_made;
mod private;
mod server;
#[path = "../support/mod.rs"]
mod support;

use std::process::{Command, Output};

/// How many cases: all, or the share of every run.
fn cases(all: usize, share: usize) -> usize {
    if std::env::var_os("SPIN_KEYS_FULL").is_some() { all } else { share }
}

fn rng() -> fastrand::Rng {
    let seed = std::env::var("SPIN_KEYS_SEED").ok().and_then(|seed| seed.parse().ok());
    fastrand::Rng::with_seed(seed.unwrap_or(12))
}

fn ssh_keygen(args: &[&str]) -> Output {
    Command::new("ssh-keygen").args(args).output().unwrap()
}

/// One of them.
fn one<'a, T: ?Sized>(rng: &mut fastrand::Rng, of: &[&'a T]) -> &'a T {
    of[rng.usize(..of.len())]
}
