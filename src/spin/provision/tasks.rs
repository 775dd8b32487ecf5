//! A run of `spin provision` on a new server, predicted from the file alone.
//!
//! Follows the roles of v2.3.4 task by task, as ansible-core 2.21 runs them: when an item fails, the task continues
//! with its other items, and then the run ends. What is known only to Ansible (a template, a `!vault` value) marks the
//! account.

use super::accounts::Server;
use super::docker_user::deploy;
use super::linux_common::{create_users, expire_passwords, install_keys};
use super::not_installed::Tried;
use super::outcome::{Account, Failure};
use super::run::{AtFailure, Run};
use super::validate_inputs;
use crate::spin::config::Config;
use crate::yaml::Document;

/// Runs the tasks. Returns the accounts at the end, why the run failed, and the keys that it reached.
pub(super) fn run(
    document: &Document<'_>,
    config: &Config<'_>,
    at_failure: AtFailure,
) -> (Vec<Account>, Option<Failure>, Tried) {
    const TASKS: [fn(&mut Run<'_, '_, '_>) -> Option<Failure>; 5] = [
        |run| validate_inputs::failure(run.document, run.config),
        create_users,
        |run| expire_passwords(run),
        install_keys,
        deploy,
    ];
    let mut run = Run { document, config, at_failure, server: Server::default(), tried: Tried::new() };
    let mut failure = None;
    for task in TASKS {
        failure = failure.or(task(&mut run));
        if failure.is_some() && at_failure == AtFailure::End {
            break;
        }
    }
    (run.server.finish(), failure, run.tried)
}
