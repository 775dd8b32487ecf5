//! What `spin provision` does with a file on a new server: the one opinion on who gets in.
//!
//! A file a task list of the roles, in their own names. Types alone are in [`outcome`].

mod accounts;
pub(crate) mod groups;
mod not_installed;
pub mod outcome;
mod tasks;
pub(crate) mod validate_inputs;

use crate::spin::config::Config;
use crate::yaml::Document;
use outcome::Outcome;

/// Works out a run at the time `now`, in seconds since 1970.
#[must_use]
pub fn predict(document: &Document<'_>, now: u64) -> Outcome {
    let config = Config::of(document);
    let (accounts, end, tried) = tasks::run(document, &config, now);
    let unresolved = validate_inputs::unresolved(document).into_iter().map(|node| document.node(node).start).collect();
    let mut access = Outcome { accounts, end, never: Vec::new(), unresolved };
    access.never = not_installed::never(document, &config, &access, &tried);
    access
}
