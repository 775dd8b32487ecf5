//! Read, lock, create exclusively, replace atomically: the only module that writes to disk.
//!
//! Promises: a file is either the old one or the whole new one, also after a crash; nothing that exists is ever
//! overwritten but the file being edited, and that only if it is still what was read; a read never hangs.
//! Refuses: folders, pipes, devices, files over a limit, several hard links, owners that cannot be kept.

mod create;
mod folder;
mod lock;
mod persist_new;
mod read;
mod replace;
mod scaffold;
mod strict;
mod swap;
mod target;
mod temp;

use std::io;
use std::path::Path;

pub use create::{create_pair, ensure_ci_gitignore, public_path, write_public};
pub(crate) use create::{create_public, remove_leftovers, unfinished_public};
pub use lock::{LockState, Wait};
pub use read::{MAX_BYTES, MAX_KEY_BYTES, read_limited};
pub use replace::ReplaceError;
pub use scaffold::ensure_dir;
pub(crate) use scaffold::{Scaffold, may_be_dir};
pub use target::{Locked, Snapshot, Target};

pub(crate) use read::{read_all, refuse_pipe};
pub(crate) use strict::first_loose;
pub(crate) use swap::{Swap, is_same, is_there};

use crate::error::Error;

/// A system call that a signal may interrupt, on slow network file systems: until it is done or fails.
pub(crate) fn retried<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// A failing system call, with what to do about it where that is known.
pub(crate) fn failed(doing: &str, path: &Path, source: &io::Error) -> Error {
    let error = Error::io(doing, path, source);
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => error.hint("free some space, then run this again"),
        io::ErrorKind::ReadOnlyFilesystem => error.hint("the file system is mounted read-only"),
        // The rights are not what forbids that.
        io::ErrorKind::PermissionDenied if source.raw_os_error() == Some(rustix::io::Errno::PERM.raw_os_error()) => {
            error.hint("it may be marked immutable: see lsattr -d, on macOS ls -ldO, on the path and its folder")
        }
        io::ErrorKind::PermissionDenied => {
            error.hint("see who may do that: ls -ld on the path and on the folders above it")
        }
        _ if source.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
            error.hint("the disk reports a fault: look into that before anything else")
        }
        _ => error,
    }
}
