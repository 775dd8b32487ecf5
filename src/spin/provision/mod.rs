//! Predicts what `spin provision` does with a file, on a new server and on one that was provisioned before, and what
//! `spin configure gha` gives to the tunnel. Everything the program says about who can log in comes from here.
//!
//! Each task list of the roles has a file, named as in the roles. [`outcome`] holds only types.

mod arguments;
mod asked;
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
use asked::Asked;
use not_installed::Tried;
use outcome::{Account, OnServer, Outcome};
use run::AtFailure;
use server::Server;
use tasks::Ended;

/// Predicts a run.
#[must_use]
pub fn predict<'d>(document: &'d Document<'_>, config: &Config<'d>) -> Outcome {
    let (mut outcome, tried) = run(document, config);
    outcome.not_installed = not_installed::not_installed(document, config, &outcome, &tried);
    outcome
}

/// [`predict`] without what is written down and not installed.
pub(crate) fn predict_accounts<'d>(document: &'d Document<'_>, config: &Config<'d>) -> Outcome {
    run(document, config).0
}

fn run<'d>(document: &'d Document<'_>, config: &Config<'d>) -> (Outcome, Tried) {
    let asked = Asked::all(document, config);
    let fresh = |at_failure| tasks::run(document, config, &asked, Server::fresh(false), at_failure, None);
    let Ended { server, failure, faults, tried } = fresh(AtFailure::End);
    let accounts = server.listed();
    // What the file intends is what it made of a server before that has the groups it names.
    let (last, fails, faults, intended) = if failure.is_some() {
        let last = fresh(AtFailure::GoOn);
        let intended = last.server.listed();
        (last.server, last.failure.is_some(), last.faults, Some(intended))
    } else {
        (server, false, faults, None)
    };
    // A second run, if it can end otherwise than the first.
    let provisioned = (fails || last.is_touched).then(|| {
        let mut server = last;
        server.add_group("docker");
        let again = tasks::run(document, config, &asked, server, AtFailure::End, None);
        OnServer { accounts: again.server.listed(), failure: again.failure }
    });
    let provisioned = provisioned.filter(|it| it.accounts != accounts || it.failure != failure);
    let starts = |nodes: Vec<usize>| nodes.into_iter().map(|node| document.node(node).start).collect();
    let outcome = Outcome {
        accounts,
        failure,
        intended,
        faults,
        provisioned,
        tunnel: tunnel::tunnel(document, config),
        not_installed: Vec::new(),
        unresolved: starts([validate_inputs::unresolved(document), validate_inputs::replaced(document)].concat()),
        unresolved_deploy: starts(validate_inputs::unresolved_deploy(document)),
    };
    (outcome, tried)
}

/// The accounts on a server that was provisioned with the first file, and then with the first again, or with the second.
pub(crate) fn predict_second<'f, 's>(
    first: (&'f Document<'_>, &Config<'f>),
    second: (&'s Document<'_>, &Config<'s>),
) -> [Vec<Account>; 2] {
    let (server, again) = {
        let asked = Asked::all(first.0, first.1);
        let run = |server: Server| tasks::run(first.0, first.1, &asked, server, AtFailure::End, None).server;
        let server = run(Server::fresh(false));
        (server.clone(), run(server).listed())
    };
    let asked = Asked::all(second.0, second.1);
    [again, tasks::run(second.0, second.1, &asked, server, AtFailure::End, None).server.listed()]
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
        let asked = Asked::all(document, &config);
        let ended = tasks::run(document, &config, &asked, server, AtFailure::End, *deploy_public_key);
        last = OnServer { accounts: ended.server.listed(), failure: ended.failure.clone() };
        server = ended.server;
    }
    last
}
