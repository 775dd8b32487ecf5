//! Faults at every system call of a write: failed, killed, interrupted; and places where nothing can be written.
//!
//! The sweeps count the calls of one good run and then run the binary once for each call and fault, under
//! `strace -e inject`. `SPIN_KEYS_FULL=1`, as in `.ci/reliability faults`, puts every fault at every call; without it each
//! call still gets SIGKILL, one catchable signal and one error, in turns. `SPIN_KEYS_FIGURES` names a folder for a table of
//! what was run.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod case;
mod editor;
mod figures;
mod judge;
mod places;
mod rotate;
mod stand_in;
mod strace;
#[path = "../support/mod.rs"]
mod support;
mod sweep;

use crate::support::session;
