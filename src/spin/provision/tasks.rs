//! A run of `spin provision`, predicted from the file and the server it meets.
//!
//! Follows the roles of v2.3.4 task by task, as ansible-core 2.21 runs them: when an item fails, the task continues
//! with its other items, and then the run ends. What is known only to Ansible (a template, a `!vault` value) marks the
//! account.

use super::docker_user;
use super::linux_common::{create_users, expire_passwords, install_keys, refuse_key_lists};
use super::outcome::Failure;
use super::run::{AtFailure, File, Run};
use super::server::Server;
use super::sshd_settings::Settings;
use super::validate_inputs;

/// A task, and what is missing of the file's intention if it fails.
struct Task(fn(&mut Run<'_, '_, '_>) -> Option<Failure>, Missing);

/// What a task that failed has not done.
#[derive(Clone, Copy)]
enum Missing {
    /// It has handled all items that can be handled.
    Nothing,
    /// What it would have done, had it not ended at once.
    Task,
    /// Later items came out otherwise, because earlier ones failed.
    Items,
}

const TASKS: [Task; 12] = [
    Task(|run| validate_inputs::failure(run.document, run.config), Missing::Nothing),
    Task(write_settings, Missing::Nothing),
    Task(create_users, Missing::Items),
    Task(expire_passwords, Missing::Nothing),
    Task(refuse_key_lists, Missing::Nothing),
    Task(install_keys, Missing::Nothing),
    Task(install_docker, Missing::Nothing),
    Task(docker_user::create_group, Missing::Nothing),
    Task(docker_user::create_account, Missing::Task),
    Task(docker_user::deploy_list, Missing::Nothing),
    Task(docker_user::deploy_variable, Missing::Nothing),
    Task(docker_user::first_keys, Missing::Nothing),
];

fn write_settings(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    run.server.sshd.write(Settings::of(run.document));
    None
}

/// roles/docker
fn install_docker(run: &mut Run<'_, '_, '_>) -> Option<Failure> {
    run.server.add_group("docker");
    None
}

impl Run<'_, '_, '_> {
    /// Runs the tasks up to the first that fails.
    pub(super) fn ended(mut self) -> Self {
        while self.failure.is_none() && self.next < TASKS.len() {
            self.task();
        }
        if self.failure.is_none() {
            self.server.sshd.restart();
        }
        self
    }

    /// Goes on after a failure on a new server, to find out what the file intends.
    pub(super) fn go_on(mut self) -> Self {
        match TASKS[self.next - 1].1 {
            Missing::Nothing => {}
            Missing::Task => self.next -= 1,
            Missing::Items => {
                let file = File { document: self.document, config: self.config, asked: self.asked };
                self = Self::of(file, Server::fresh(self.config.people.len(), false));
            }
        }
        self.at_failure = AtFailure::GoOn;
        while self.next < TASKS.len() {
            self.task();
        }
        self.server.sshd.restart();
        self
    }

    fn task(&mut self) {
        let Task(task, _) = TASKS[self.next];
        self.next += 1;
        let failed = task(self);
        if let Some(failed) = failed.as_ref().filter(|failed| !self.faults.contains(failed)) {
            self.faults.push(failed.clone());
        }
        self.failure = self.failure.take().or(failed);
    }
}
