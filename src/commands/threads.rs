//! Starts the threads in which keys are derived from passwords.
//!
//! Where that fails (a limit on processes), they would be started in the middle of the work, and end it with a panic.

use std::sync::OnceLock;

use crate::error::Error;

/// Starts them, once.
///
/// # Errors
/// The system gives no more threads.
pub(super) fn start() -> Result<(), Error> {
    static STARTED: OnceLock<Result<(), String>> = OnceLock::new();
    let started =
        STARTED.get_or_init(|| rayon_core::ThreadPoolBuilder::new().build_global().map_err(|error| error.to_string()));
    started.clone().map_err(|reason| {
        Error::new(format!("cannot start a thread: {reason}")).hint("see how many you may have: ulimit -u")
    })
}
