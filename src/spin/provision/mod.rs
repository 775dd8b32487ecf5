//! Predicts what `spin provision` does with a file, on a new server and on one that was provisioned before, and what
//! `spin configure gha` gives to the tunnel. Everything the program says about who can log in comes from here.
//!
//! Each task list of the roles has a file, named as in the roles. [`outcome`] holds only types.

mod arguments;
mod authorized_file;
pub(crate) mod authorized_key;
mod docker_user;
pub(crate) mod groups;
mod linux_common;
mod not_installed;
pub mod outcome;
mod run;
mod server;
mod sshd;
pub(crate) mod sshd_settings;
pub(crate) mod system;
mod tasks;
mod tunnel;
mod user_module;
pub(crate) mod validate_inputs;

use crate::spin::config::Config;
use crate::yaml::Document;
use not_installed::Tried;
use outcome::{Account, OnServer, Outcome};
use run::AtFailure;
use server::Server;
use tasks::Ended;

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
    let ended = tasks::run(document, config, Server::fresh(false), AtFailure::End, None);
    // What the file intends is what it made of a server before that has the groups it names.
    let intended =
        ended.failure.is_some().then(|| tasks::run(document, config, Server::fresh(false), AtFailure::GoOn, None));
    let accounts = ended.accounts();
    let provisioned = provisioned(document, config, intended.as_ref().unwrap_or(&ended));
    let provisioned = provisioned.filter(|it| it.accounts != accounts || it.failure != ended.failure);
    let faults = intended.as_ref().map_or(&ended.faults, |intended| &intended.faults).clone();
    let starts = |nodes: Vec<usize>| nodes.into_iter().map(|node| document.node(node).start).collect();
    let outcome = Outcome {
        accounts,
        failure: ended.failure,
        intended: intended.as_ref().map(Ended::accounts),
        faults,
        provisioned,
        tunnel: tunnel::tunnel(document, config),
        not_installed: Vec::new(),
        unresolved: starts([validate_inputs::unresolved(document), validate_inputs::replaced(document)].concat()),
        unresolved_deploy: starts(validate_inputs::unresolved_deploy(document)),
    };
    (outcome, ended.tried)
}

/// A second run, if it can end otherwise than the first.
fn provisioned(document: &Document<'_>, config: &Config<'_>, before: &Ended) -> Option<OnServer> {
    if before.failure.is_none() && !before.server.is_touched {
        return None;
    }
    let mut server = before.server.clone();
    server.add_group("docker");
    let again = tasks::run(document, config, server, AtFailure::End, None);
    Some(OnServer { accounts: again.accounts(), failure: again.failure })
}

/// The accounts on a server that was provisioned with the first file, and then with the first again, or with the second.
pub(crate) fn predict_second(
    first: (&Document<'_>, &Config<'_>),
    second: (&Document<'_>, &Config<'_>),
) -> [Vec<Account>; 2] {
    let server = tasks::run(first.0, first.1, Server::fresh(false), AtFailure::End, None).server;
    let then = |(document, config): (&Document<'_>, &Config<'_>), server: Server| {
        tasks::run(document, config, server, AtFailure::End, None).accounts()
    };
    [then(first, server.clone()), then(second, server)]
}

/// Files that are provisioned on one server, one after the other, each with the key that `spin configure` passes.
///
/// For tests against measured servers. `has_private_groups`: accounts get a group of their own, as on a server on which
/// Spin has not changed /etc/login.defs.
#[must_use]
pub fn predict_history(files: &[(&Document<'_>, Option<&str>)], has_private_groups: bool) -> OnServer {
    let mut server = Server::fresh(has_private_groups);
    let mut last = OnServer::default();
    for (document, deploy_public_key) in files {
        let config = Config::of(document);
        let ended = tasks::run(document, &config, server, AtFailure::End, *deploy_public_key);
        last = OnServer { accounts: ended.accounts(), failure: ended.failure.clone() };
        server = ended.server;
    }
    last
}
