//! A run of `spin provision`, predicted from the file and the server it meets.
//!
//! Follows the roles of v2.3.4 task by task, as ansible-core 2.21 runs them: when an item fails, the task continues
//! with its other items, and then the run ends. What is known only to Ansible (a template, a `!vault` value) marks the
//! account.

use super::asked::Asked;
use super::docker_user::deploy;
use super::linux_common::{create_users, expire_passwords, install_keys};
use super::not_installed::Tried;
use super::outcome::{Account, Failure};
use super::run::{AtFailure, Run};
use super::server::Server;
use super::sshd_settings::Settings;
use super::{sshd, validate_inputs};
use crate::spin::config::Config;
use crate::yaml::Document;
use std::collections::HashSet;

/// The end of a run.
pub(super) struct Ended {
    pub(super) server: Server,
    pub(super) failure: Option<Failure>,
    /// All failures, in the order of the tasks.
    pub(super) faults: Vec<Failure>,
    /// The keys that it reached.
    pub(super) tried: Tried,
}

impl Server {
    /// The accounts that the files name.
    pub(super) fn listed(&self) -> Vec<Account> {
        self.accounts(|made| sshd::closes(self.sshd.running(), self, made))
    }
}

/// Runs the tasks.
pub(super) fn run<'d>(
    document: &'d Document<'_>,
    config: &Config<'d>,
    asked: &[Asked<'d>],
    mut server: Server,
    at_failure: AtFailure,
    deploy_public_key: Option<&str>,
) -> Ended {
    const TASKS: [fn(&mut Run<'_, '_, '_>) -> Option<Failure>; 7] = [
        |run| validate_inputs::failure(run.document, run.config),
        |run| {
            run.server.sshd.write(Settings::of(run.document));
            None
        },
        create_users,
        expire_passwords,
        install_keys,
        // roles/docker
        |run| {
            run.server.add_group("docker");
            None
        },
        deploy,
    ];
    server.start();
    let mut run = Run {
        document,
        config,
        asked,
        at_failure,
        deploy_public_key,
        server,
        changed: HashSet::new(),
        faults: Vec::new(),
        tried: Tried::new(),
    };
    let mut failure = None;
    for task in TASKS {
        let failed = task(&mut run);
        if let Some(failed) = failed.as_ref().filter(|failed| !run.faults.contains(failed)) {
            run.faults.push(failed.clone());
        }
        failure = failure.or(failed);
        if failure.is_some() && at_failure == AtFailure::End {
            break;
        }
    }
    let (mut server, faults, tried) = (run.server, run.faults, run.tried);
    if failure.is_none() || at_failure == AtFailure::GoOn {
        server.sshd.restart();
    }
    Ended { server, failure, faults, tried }
}
