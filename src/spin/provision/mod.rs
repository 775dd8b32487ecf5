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
mod listed;
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
use run::{File, Run};
use server::Server;
use std::borrow::Cow;
use std::rc::Rc;

/// What a second run starts from.
pub(crate) struct First<'d> {
    /// What each entry asks for.
    asked: Vec<Asked<'d>>,
    /// The server after a run that failed, of the base of a comparison.
    failed: Option<Server>,
}

/// Predicts a run.
#[must_use]
pub fn predict<'d>(document: &'d Document<'_>, config: &Config<'d>) -> Outcome {
    predict_first(document, config).0
}

/// [`predict`], and what a second run starts from.
pub(crate) fn predict_first<'d>(document: &'d Document<'_>, config: &Config<'d>) -> (Outcome, First<'d>) {
    let (mut outcome, tried, first) = run(document, config, false);
    outcome.not_installed = not_installed::not_installed(document, config, &outcome, tried);
    (outcome, first)
}

/// The same for the base of a comparison: without what is written down and not installed.
pub(crate) fn predict_accounts<'d>(document: &'d Document<'_>, config: &Config<'d>) -> (Outcome, First<'d>) {
    let (outcome, _, first) = run(document, config, true);
    (outcome, first)
}

fn run<'d>(document: &'d Document<'_>, config: &Config<'d>, is_base: bool) -> (Outcome, Tried, First<'d>) {
    let asked = Asked::all(document, config);
    let file = File { document, config, asked: &asked };
    let mut run = Run::of(file, Server::fresh(config.people.len(), false)).ended();
    let (accounts, failure, tried) = (run.server.listed(&[]), run.failure.clone(), std::mem::take(&mut run.tried));
    let failed = (is_base && failure.is_some()).then(|| run.server.clone());
    // What the file intends is what it made of a server before that has the groups it names.
    let mut intended = None;
    if failure.is_some() {
        run = run.go_on();
        intended = Some(run.server.listed(&accounts));
    }
    let (mut server, fails, faults) = (run.server, run.failure.is_some(), run.faults);
    // A second run, if it can end otherwise than the first.
    let provisioned = (fails || server.is_touched).then(|| {
        server.add_group("docker");
        let again = Run::of(file, server).ended();
        OnServer { accounts: again.server.listed(&accounts), failure: again.failure }
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
    (outcome, tried, First { asked, failed })
}

/// The accounts on a server that was provisioned with the first file, and then with the first again, or with the second.
/// Those that are as they are `known` are shared.
pub(crate) fn predict_second<'f, 's>(
    first: (&'f Document<'_>, &Config<'f>, &First<'f>),
    second: (&'s Document<'_>, &Config<'s>, &First<'s>),
    known: &[Rc<Account>],
) -> [Vec<Rc<Account>>; 2] {
    let file = File { document: first.0, config: first.1, asked: &first.2.asked };
    let run = |server: Server| Run::of(file, server).ended().server;
    let server = match &first.2.failed {
        Some(server) => Cow::Borrowed(server),
        None => Cow::Owned(run(Server::fresh(first.1.people.len(), false))),
    };
    let again = run(Server::clone(&server)).listed(known);
    let file = File { document: second.0, config: second.1, asked: &second.2.asked };
    let second = Run::of(file, server.into_owned()).ended().server.listed(&again);
    [again, second]
}

/// Files that are provisioned on one server, one after the other, each with the key that `spin configure` passes.
///
/// For tests against measured servers. `has_private_groups`: accounts get a group of their own, as on a server on which
/// Spin has not changed /etc/login.defs.
#[must_use]
pub fn predict_history(files: &[(&Document<'_>, Option<&str>)], has_private_groups: bool) -> OnServer {
    let mut server = Server::fresh(0, has_private_groups);
    let mut last = OnServer::default();
    for (document, deploy_public_key) in files {
        let config = Config::of(document);
        let asked = Asked::all(document, &config);
        let run = Run::of(File { document, config: &config, asked: &asked }, server);
        let ended = Run { deploy_public_key: *deploy_public_key, ..run }.ended();
        last = OnServer { accounts: ended.server.listed(&[]), failure: ended.failure };
        server = ended.server;
    }
    last
}
