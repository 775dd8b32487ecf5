//! Who really gets in: what `spin provision` does with a file on a new server.

use crate::key::Login;
use serde::Serialize;

/// How a key came to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Via {
    /// It stands under the account itself.
    Own,
    /// It stands in `docker_user.authorized_ssh_keys`.
    DockerUser,
    /// It is the first item of somebody in sudo.
    FirstKey {
        /// Whose.
        of: String,
    },
    /// It stands in the variable `deploy_public_key`, which `spin configure` passes.
    DeployPublicKey,
}

/// A line in the `authorized_keys` of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The line as it is written.
    pub line: String,
    /// The text it comes from: bytes of the file.
    pub at: usize,
    /// How it came here.
    pub way: Via,
    /// What sshd makes of it.
    pub login: Login,
}

/// An account on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// It is the deploy account.
    pub is_deploy: bool,
    /// Its lines, in order.
    pub keys: Vec<Installed>,
    /// Some of its keys only Ansible can tell, each with its place in the file.
    pub unknown: Vec<usize>,
}

/// Where the run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Because of what: a place in the file.
    pub at: usize,
    /// Why, as a sentence without a final full stop.
    pub reason: String,
}

/// A key that is written down and not installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotInstalled {
    /// Under whom it stands.
    pub who: String,
    /// Its text: bytes of the file.
    pub at: usize,
    /// Its text, where it is one.
    pub text: Option<String>,
    /// Why.
    pub reason: String,
}

/// What a run does.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The accounts that it makes, in order; the deploy account last.
    pub accounts: Vec<Account>,
    /// Where it ends early.
    pub end: Option<Failure>,
    /// Keys that are written down and never installed.
    pub never: Vec<NotInstalled>,
    /// Where users depend on what only Ansible can tell: templates, each with its place. One that cannot be resolved ends
    /// the run before anything is done.
    pub unresolved: Vec<usize>,
}

impl Outcome {
    /// The account of this name.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }
}

impl Installed {
    /// Whether it lets somebody in.
    #[must_use]
    pub fn lets_in(&self) -> bool {
        self.login == Login::Yes
    }
}
