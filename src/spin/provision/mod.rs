//! Predicts what `spin provision` does with a file on a new server. Everything the program says about who can log in
//! comes from here.
//!
//! Each task list of the roles has a file, named as in the roles. [`outcome`] holds only types.

mod accounts;
pub(crate) mod authorized_key;
mod docker_user;
pub(crate) mod groups;
mod linux_common;
mod not_installed;
pub mod outcome;
mod run;
mod tasks;
pub(crate) mod validate_inputs;

use crate::spin::config::Config;
use crate::yaml::Document;
use not_installed::Tried;
use outcome::Outcome;
use run::AtFailure;

/// Predicts a run.
#[must_use]
pub fn predict(document: &Document<'_>, config: &Config<'_>) -> Outcome {
    let (mut outcome, tried) = run(document, config);
    outcome.not_installed = not_installed::not_installed(document, config, &outcome, &tried);
    outcome
}

/// [`predict`] without what is written down and not installed.
pub(crate) fn predict_accounts(document: &Document<'_>, config: &Config<'_>) -> Outcome {
    run(document, config).0
}

fn run(document: &Document<'_>, config: &Config<'_>) -> (Outcome, Tried) {
    let (accounts, failure, tried) = tasks::run(document, config, AtFailure::End);
    let intended = failure.as_ref().map(|_| tasks::run(document, config, AtFailure::GoOn).0);
    let unresolved = validate_inputs::unresolved(document).into_iter().map(|node| document.node(node).start).collect();
    (Outcome::new(accounts, failure, intended, unresolved), tried)
}
