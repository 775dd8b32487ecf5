//! A change in rows: what happens, to which account, with which key. Untrusted text stays apart from our own words, so that
//! each format can escape it.

use crate::key::Described;
use crate::review::{AccountDelta, Delta, KeyChange, KeyDelta, Presence};
use crate::spin::Via;

/// How a row reads at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Gain,
    Loss,
    Risk,
    Other,
}

impl Mark {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Gain => "+",
            Self::Loss => "-",
            Self::Risk => "!",
            Self::Other => "~",
        }
    }
}

/// One thing that changes.
pub(super) struct Row<'r> {
    pub(super) mark: Mark,
    /// For JSON.
    pub(super) kind: &'static str,
    pub(super) account: &'r AccountDelta,
    /// What happens to the account, in our own words.
    pub(super) what: &'static str,
    /// A name that belongs to it: a group, the name before.
    pub(super) name: Option<&'r str>,
    pub(super) key: Option<&'r KeyDelta>,
}

/// The rows of all accounts.
pub(super) fn rows(delta: &Delta) -> Vec<Row<'_>> {
    delta.accounts.iter().flat_map(of_account).collect()
}

fn of_account(account: &AccountDelta) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut add = |mark, kind, what, name| rows.push(Row { mark, kind, account, what, name, key: None });
    match account.presence {
        Presence::Kept => {}
        Presence::Added => add(Mark::Gain, "account_added", "is a new account", None),
        Presence::LeftFile => {
            add(Mark::Risk, "account_left_file", "left the file, and STAYS on the servers with its keys", None);
        }
        Presence::Removed => add(Mark::Loss, "account_removed", "is removed from the servers", None),
    }
    if let Some(from) = &account.renamed_from {
        add(
            Mark::Risk,
            "account_renamed",
            "is a new name; the account with the old name STAYS on the servers:",
            Some(from),
        );
    }
    for group in &account.groups_gained {
        let (mark, what) =
            if group == "sudo" { (Mark::Risk, "GAINS SUDO: group") } else { (Mark::Gain, "gains the group") };
        add(mark, "group_gained", what, Some(group));
    }
    for group in account.groups_lost.iter().filter(|_| account.presence == Presence::Kept) {
        add(Mark::Loss, "group_lost", "loses the group", Some(group));
    }
    rows.extend(account.keys.iter().map(|key| of_key(account, key)));
    rows
}

fn of_key<'r>(account: &'r AccountDelta, key: &'r KeyDelta) -> Row<'r> {
    let (mark, kind, what) = match &key.change {
        KeyChange::Gained => (Mark::Gain, "key_gained", "can be entered with"),
        KeyChange::Lost => (Mark::Loss, "key_lost", "can no longer be entered with"),
        KeyChange::Stays => (Mark::Risk, "key_stays", "no longer lists, and servers KEEP until it is `absent`:"),
        KeyChange::Options { .. } => (Mark::Risk, "key_options_changed", "has other options on"),
        KeyChange::Comment { .. } => (Mark::Other, "key_comment_changed", "has another comment on"),
    };
    let name = match &key.change {
        KeyChange::Options { from } => Some(from.as_deref().unwrap_or("none")),
        KeyChange::Comment { from } => Some(from.as_str()),
        _ => None,
    };
    Row { mark, kind, account, what, name, key: Some(key) }
}

/// The way of a key, in our own words, and whose it is.
pub(super) fn way(way: &Via) -> Option<(&'static str, Option<&str>)> {
    match way {
        Via::Own => None,
        Via::DockerUser => Some(("from docker_user", None)),
        Via::FirstKey { of } => Some(("first key in sudo of", Some(of))),
        Via::DeployPublicKey => Some(("from deploy_public_key", None)),
    }
}

/// Type and bits of a key.
pub(super) fn kind(key: &Described) -> String {
    key.bits.map_or_else(|| key.kind.clone(), |bits| format!("{} {bits}", key.kind))
}

/// One line without untrusted text.
pub(super) fn verdict(delta: &Delta, is_changed: bool) -> String {
    let rows = rows(delta);
    let count = |kind: &str| rows.iter().filter(|row| row.kind == kind).count();
    let accounts = |is: &dyn Fn(&AccountDelta) -> bool| delta.accounts.iter().filter(|account| is(account)).count();
    let without_keys =
        |presence: Presence| accounts(&|account| account.presence == presence && account.keys.is_empty());
    let loses_sudo = |account: &AccountDelta| {
        account.presence == Presence::Kept && account.groups_lost.iter().any(|group| group == "sudo")
    };
    let parts = [
        (
            usize::from(delta.ends.is_some() && delta.ended.is_none()),
            "`spin provision` FAILS after this change".to_owned(),
        ),
        said(accounts(&AccountDelta::gains_sudo), "SUDO GAINED by ", "account", ""),
        said(count("key_gained"), "access gained by ", "key", ""),
        (
            accounts(&|account| account.is_deploy && account.gains()),
            "the deploy account is opened to more keys".to_owned(),
        ),
        said(accounts(&loses_sudo), "sudo lost by ", "account", ""),
        said(count("key_lost"), "access lost by ", "key", ""),
        said(without_keys(Presence::Removed), "", "account", " removed"),
        said(count("key_stays"), "", "key", " left the file and STAY on the servers"),
        said(without_keys(Presence::LeftFile), "", "account", " left the file and STAY on the servers"),
        said(count("key_options_changed"), "other options on ", "key", ""),
        said(delta.untold.len().max(delta.untold_gone), "", "text", " changed that only Ansible can tell"),
        said(delta.findings.len(), "", "new finding", ""),
    ];
    let words: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    match (words.is_empty(), is_changed) {
        (false, _) => words.join("; "),
        (true, true) if delta.others.is_empty() && rows.is_empty() => {
            "nobody gains or loses access: only comments or layout changed".to_owned()
        }
        (true, true) => "nobody gains or loses access".to_owned(),
        (true, false) => "the file did not change".to_owned(),
    }
}

fn said(count: usize, before: &str, what: &str, after: &str) -> (usize, String) {
    let plural = if count == 1 { "" } else { "s" };
    let after = if count == 1 { after.replace(" STAY ", " STAYS ") } else { after.to_owned() };
    (count, format!("{before}{count} {what}{plural}{after}"))
}
