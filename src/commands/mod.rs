//! One file per command: arguments in, one call per stage, exit code out. No rules, no formats. `cli` dispatches the
//! commands; this module holds what they share.

pub mod add;
mod add_key;
mod added;
pub mod args;
pub mod check;
mod edit_args;
pub mod explain;
pub mod git_install;
mod key_args;
pub mod list;
pub mod review;
pub mod revoke;
mod revoked;
pub mod rotate;
pub mod rotate_args;
mod rotate_finish;
mod rotate_next;
mod rotate_status;
mod rotated_keys;
mod rotation;
mod salt;
pub mod show;

use crate::error::Error;
use crate::ui;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// The error of a command in words; `None` if the reader of standard output closed it.
#[must_use]
pub fn in_words(error: &anyhow::Error) -> Option<Error> {
    match (error.downcast_ref::<Error>(), error.downcast_ref::<std::io::Error>()) {
        (Some(known), _) => Some(known.clone()),
        (None, Some(stream)) if ui::is_broken_pipe(stream) => None,
        (None, Some(stream)) => Some(Error::io("write to", Path::new("standard output"), stream)),
        (None, None) => Some(Error::new(format!("{error:#}"))),
    }
}

/// The time, in seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
