//! Starts the threads that derive keys from passwords.
//!
//! If they were started on demand, a failure (a limit on processes) would end the work with a panic.

use std::sync::OnceLock;

use crate::error::Error;

/// Starts the threads once.
///
/// # Errors
/// The system cannot start more threads.
pub(crate) fn start() -> Result<(), Error> {
    static STARTED: OnceLock<Result<(), String>> = OnceLock::new();
    let started =
        STARTED.get_or_init(|| rayon_core::ThreadPoolBuilder::new().build_global().map_err(|error| error.to_string()));
    started.clone().map_err(|reason| {
        Error::new(format!("cannot start a thread: {reason}")).hint("check the limit on processes: ulimit -u")
    })
}
