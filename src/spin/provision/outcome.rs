//! The result of a run: accounts with their keys, why the run fails, which keys are not installed, and the keys of the
//! tunnel.
//!
//! Only types, with data instead of words: a [`Failure`] and a [`Reason`] name the rule that explains them.

use super::system;
use crate::key::{self, Login};
use serde::Serialize;
use std::rc::Rc;

/// The code of the rule of `check` that has the words, such as `SK211`.
pub type RuleCode = &'static str;

/// Why an account has a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Via {
    /// It is listed under the account itself.
    Own,
    /// It is in `docker_user.authorized_ssh_keys`.
    DockerUser,
    /// It is the first item of a user in sudo.
    FirstKey {
        /// The user in sudo.
        of: String,
    },
    /// It is in the variable `deploy_public_key`, which `spin configure` passes.
    DeployPublicKey,
}

/// A line in the `authorized_keys` of an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Installed {
    /// As Ansible writes it.
    pub line: Rc<str>,
    /// Byte offset of the text it comes from.
    pub at: usize,
    pub via: Via,
}

impl Installed {
    /// Whether sshd lets the key log in at the time `now`, in seconds since 1970.
    #[must_use]
    pub fn login(&self, now: u64) -> Login {
        key::login(&self.line, now)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    pub name: String,
    /// It is the deploy account.
    pub is_deploy: bool,
    /// The groups of the account besides those that every account has: `users`, and a group of its own.
    pub groups: Vec<String>,
    /// The lines of the `authorized_keys` in its home.
    pub keys: Vec<Installed>,
    /// Places in the file that are known only to Ansible: of keys, then of the password.
    pub unknown: Vec<usize>,
    /// The last of these is the password, which the first login with a key has to change.
    pub has_unknown_password: bool,
    /// Why sshd lets nobody in, whatever the keys.
    pub closed: Option<Failure>,
}

impl Account {
    /// Whether sshd lets a key of this account log in at the time `now`, in seconds since 1970.
    #[must_use]
    pub fn opens(&self, key: &Installed, now: u64) -> bool {
        self.closed.is_none() && key.login(now).lets_in()
    }

    /// Places in the file whose keys are known only to Ansible.
    #[must_use]
    pub fn unknown_keys(&self) -> &[usize] {
        &self.unknown[..self.unknown.len() - usize::from(self.has_unknown_password)]
    }

    /// Place of its password, if that is known only to Ansible.
    #[must_use]
    pub fn unknown_password(&self) -> Option<usize> {
        self.unknown.last().copied().filter(|_| self.has_unknown_password)
    }

    /// Whether its members can become root: by sudo, or by a group that is as good.
    #[must_use]
    pub fn is_as_good_as_root(&self) -> bool {
        self.groups.iter().any(|group| system::is_as_good_as_root(group))
    }
}

/// Why and where a run fails, or an account is closed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Failure {
    /// The rule that explains it.
    pub rule: RuleCode,
    /// First byte of the node that causes it.
    pub at: usize,
    /// The account whose entry it is in, if any.
    pub who: Option<String>,
}

impl Failure {
    pub(crate) fn at(rule: RuleCode, at: usize) -> Self {
        Self { rule, at, who: None }
    }

    pub(crate) fn of(self, who: &str) -> Self {
        Self { who: Some(who.to_owned()), ..self }
    }
}

/// Why a key in the file is not installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is in a field that Spin never reads: `authorized_ssh_keys` of a user, `authorized_keys` of `docker_user`.
    FieldNeverRead(&'static str),
    /// The user has `state: absent`.
    UserAbsent,
    /// The key has `state: absent`.
    KeyAbsent,
    /// A duplicate of that mapping key, on that line, replaces the value it is in.
    Replaced { key: String, line: usize },
    /// The run fails at this key.
    FailsHere,
    /// The run fails before it reaches this key.
    RunEnds,
    /// Known only to Ansible.
    Unknown,
    /// The entry has a field `skipped`, with which Ansible leaves its keys out.
    Skipped,
    /// The text contains no key.
    NoKey,
    /// The same key is listed again, and Spin uses that line.
    ListedAgain,
    /// A later item removes the key.
    TakenAway,
    /// No account in this file gets it.
    NoAccount,
}

/// A key in the file that is not installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotInstalled {
    /// The account or field under which it is listed.
    pub who: String,
    /// Byte offset of its text.
    pub at: usize,
    /// Its text, if it has one.
    pub text: Option<String>,
    pub reason: Reason,
}

/// A line of the tunnel's `AUTHORIZED_KEYS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TunnelKey {
    pub line: String,
    /// Byte offset of the text it comes from.
    pub at: usize,
    /// The user under whom it is listed.
    pub of: String,
}

/// The third door: what `spin configure gha` and `spin deploy` write into the file `AUTHORIZED_KEYS`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tunnel {
    pub keys: Vec<TunnelKey>,
    /// What the file intends: the lines that it would hold if nothing ended the playbook. The same as `keys` if nothing does.
    pub(super) intended: Option<Vec<TunnelKey>>,
    /// Why the playbook ends before it writes the file.
    pub failure: Option<Failure>,
    /// Places in the file whose keys are known only to Ansible.
    pub unknown: Vec<usize>,
}

impl Tunnel {
    /// The lines that it would hold if nothing ended the playbook.
    #[must_use]
    pub fn intended(&self) -> &[TunnelKey] {
        self.intended.as_deref().unwrap_or(&self.keys)
    }
}

/// The result of a run on one kind of server.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct OnServer {
    /// The accounts at the end, in the order of their creation, the deploy account last.
    pub accounts: Vec<Rc<Account>>,
    /// Why it fails.
    pub failure: Option<Failure>,
}

/// The predicted result of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The accounts that it creates on a new server, in order, the deploy account last.
    pub accounts: Vec<Rc<Account>>,
    /// Why it fails on a new server.
    pub failure: Option<Failure>,
    /// The accounts that the file intends: those that would exist if nothing made the run fail. The same as `accounts`
    /// if nothing does.
    pub(super) intended: Option<Vec<Rc<Account>>>,
    /// All that makes a run fail on a new server, if one did not end at the first.
    pub faults: Vec<Failure>,
    /// The result on a server that this file, or one like it, was provisioned on before; `None` if it is the same.
    pub provisioned: Option<OnServer>,
    pub tunnel: Tunnel,
    pub not_installed: Vec<NotInstalled>,
    /// Templates on which users depend, with their places. If Ansible cannot resolve one, the run fails before it
    /// changes anything.
    pub unresolved: Vec<usize>,
    /// The same for the deploy account, which a run reaches last.
    pub unresolved_deploy: Vec<usize>,
}

impl Outcome {
    #[must_use]
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().map(|account| &**account).find(|account| account.name == name)
    }

    /// The accounts that would exist if nothing made the run fail.
    #[must_use]
    pub fn intended(&self) -> &[Rc<Account>] {
        self.intended.as_deref().unwrap_or(&self.accounts)
    }

    /// The accounts on a server that was provisioned before.
    #[must_use]
    pub fn on_provisioned(&self) -> &[Rc<Account>] {
        self.provisioned.as_ref().map_or(&self.accounts, |provisioned| &provisioned.accounts)
    }

    /// Why a run fails on a server that was provisioned before.
    #[must_use]
    pub fn failure_on_provisioned(&self) -> Option<&Failure> {
        match &self.provisioned {
            Some(provisioned) => provisioned.failure.as_ref(),
            None => self.failure.as_ref(),
        }
    }
}
