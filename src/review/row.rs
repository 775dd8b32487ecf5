//! One thing that changes for an account, as data: the words are in `report`.

use crate::key::{Described, Login};
use crate::spin::provision::outcome::{RuleCode, Via};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A new account.
    AccountAdded,
    /// It was removed from the file, and stays on the servers.
    AccountLeftFile,
    /// The same of an account that was left without keys and groups.
    EmptyAccountLeftFile,
    /// It is now `absent`: Spin removes it.
    AccountRemoved,
    /// It has a new name; the account with the old name stays on the servers.
    AccountRenamed { from: String },
    /// It joins a group.
    GroupGained { group: String },
    /// It is in sudo, and sudo asks for no password any more.
    SudoWithoutPassword,
    /// It leaves a group.
    GroupLost { group: String },
    /// A key can log in, and could not before.
    KeyGained,
    /// A key that was in the file can log in now: the run failed before it was installed.
    KeyInstalledNow,
    /// Certificates that a key signs can log in, and could not before (`cert-authority`).
    SignerGained,
    /// A key that was added to the file cannot log in, with the rule that explains it, if there is one.
    KeyWithoutEffect { why: WhyNot, rule: Option<RuleCode> },
    /// Spin removes the key.
    KeyLost,
    /// The key was removed from the file, or from its place in it, and stays on the servers that have it.
    KeyStays,
    /// The key had these options, and now has others, with which it may do more unless they only restrict.
    KeyOptions { from: Option<String>, only_restrict: bool },
    /// The key had this comment, and now has another.
    KeyComment { from: String },
    /// The tunnel gets the key.
    TunnelGained,
    /// The tunnel gets the key no longer.
    TunnelLost,
}

/// Why a key in the file cannot log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// The run of `spin provision` fails.
    RunFails,
    /// It is installed, but sshd refuses it, or accepts only certificates that it signs.
    Refused(Login),
    /// The account lets nobody in: the rule of the row says why.
    Closed,
    /// It is not installed.
    NotInstalled(crate::spin::provision::outcome::Reason),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowKey {
    /// The key as it is after the change, or before it if it is gone.
    pub key: Described,
    /// Why the account has it.
    pub via: Via,
    /// Its place after the change (line and column, from 1), if it has one.
    pub place: Option<(usize, usize)>,
}

/// One thing that changes for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The account's name after the change, or before it if it is gone.
    pub account: String,
    /// It is the deploy account.
    pub is_deploy: bool,
    pub kind: RowKind,
    pub key: Option<RowKey>,
}

impl Row {
    /// Whether somebody gains access, now or as soon as the run no longer fails: the keys of a renamed account open
    /// another one. Not `KeyInstalledNow`: it was a gain when the key came into the file.
    #[must_use]
    pub fn gains(&self) -> bool {
        matches!(
            self.kind,
            RowKind::KeyGained
                | RowKind::SignerGained
                | RowKind::TunnelGained
                | RowKind::AccountRenamed { .. }
                | RowKind::KeyOptions { only_restrict: false, .. }
                | RowKind::KeyWithoutEffect { why: WhyNot::RunFails, .. }
        )
    }
}
