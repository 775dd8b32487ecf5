//! The sentences for rows, failures, reasons and counts. Untrusted text is passed separately, so that each format can
//! escape it.

use crate::check::{self, finding::Finding};
use crate::key::{Described, Login};
use crate::review::row::{Row, RowKind, WhyNot};
use crate::review::{OtherChange, Review, WhyUnknown};
use crate::spin::config::layout::SUDO;
use crate::spin::provision::outcome::{Reason, Via};
use std::collections::HashSet;

/// The sign of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Gain,
    Loss,
    Risk,
    Other,
}

pub(super) fn sign(row: &Row) -> Sign {
    match &row.kind {
        _ if row.gains_root() => Sign::Risk,
        RowKind::AccountAdded
        | RowKind::GroupGained { .. }
        | RowKind::KeyGained
        | RowKind::KeyInstalledNow
        | RowKind::TunnelGained => Sign::Gain,
        RowKind::AccountRemoved | RowKind::GroupLost { .. } | RowKind::KeyLost | RowKind::TunnelLost => Sign::Loss,
        RowKind::AccountLeftFile
        | RowKind::EmptyAccountLeftFile
        | RowKind::AccountRenamed { .. }
        | RowKind::SignerGained
        | RowKind::KeyWithoutEffect { .. }
        | RowKind::KeyStays
        | RowKind::SudoWithoutPassword
        | RowKind::KeyOptions { .. } => Sign::Risk,
        RowKind::KeyComment { .. } => Sign::Other,
    }
}

/// What happens to the account; its key or a name follows.
pub(super) fn what(row: &Row) -> &'static str {
    match &row.kind {
        RowKind::AccountAdded => "is a new account",
        RowKind::AccountLeftFile => "was removed from the file, but STAYS on the servers with its keys",
        RowKind::EmptyAccountLeftFile => "was removed from the file, and STAYS on the servers without keys and groups",
        RowKind::AccountRemoved => "is removed from the servers",
        RowKind::AccountRenamed { .. } => "is a new name, but the account with the old name STAYS on the servers:",
        RowKind::GroupGained { group } if group == SUDO => "GAINS SUDO: group",
        RowKind::GroupGained { .. } if row.gains_root() => "GAINS A GROUP AS GOOD AS SUDO:",
        RowKind::GroupGained { .. } => "gains the group",
        RowKind::SudoWithoutPassword => "NEEDS NO PASSWORD FOR SUDO any more",
        RowKind::GroupLost { .. } => "loses the group",
        RowKind::KeyGained => "can log in with",
        RowKind::KeyInstalledNow => "can log in now (`spin provision` failed before it was installed) with",
        RowKind::SignerGained => "lets in anyone with a certificate signed by",
        RowKind::KeyWithoutEffect { .. } => "cannot log in with",
        RowKind::KeyLost => "can no longer log in with",
        RowKind::KeyStays if is_first_key(row) => "no longer gets, but still has on the servers:",
        RowKind::KeyStays if is_given_to_deploy(row) => {
            "removed from the file, but still on the servers (run `spin-keys revoke --deploy KEY`):"
        }
        RowKind::KeyStays => "removed from the file, but still on the servers (mark it `state: absent`):",
        RowKind::KeyOptions { .. } => "has different options on",
        RowKind::KeyComment { .. } => "has a different comment on",
        RowKind::TunnelGained if is_signer(row) => "lets into the tunnel anyone with a certificate signed by",
        RowKind::TunnelGained => "can log in to the tunnel (AUTHORIZED_KEYS) with",
        RowKind::TunnelLost => "can no longer log in to the tunnel, once it is deployed again, with",
    }
}

/// Whether the key signs certificates.
fn is_signer(row: &Row) -> bool {
    let options = row.key.as_ref().and_then(|key| key.key.options.as_deref());
    options.is_some_and(|options| options.split(',').any(|option| option.trim().eq_ignore_ascii_case("cert-authority")))
}

/// Whether the deploy account has the key because it is the first one of a user in sudo.
fn is_first_key(row: &Row) -> bool {
    row.key.as_ref().is_some_and(|key| matches!(key.via, Via::FirstKey { .. }))
}

/// Whether the key came from a place in which a key has no state.
fn is_given_to_deploy(row: &Row) -> bool {
    row.key.as_ref().is_some_and(|key| matches!(key.via, Via::DockerUser | Via::DeployPublicKey))
}

/// A name that belongs to the row: a group, or the previous name, options or comment.
pub(super) fn name(row: &Row) -> Option<&str> {
    match &row.kind {
        RowKind::AccountRenamed { from } | RowKind::KeyComment { from } => Some(from),
        RowKind::GroupGained { group } | RowKind::GroupLost { group } => Some(group),
        RowKind::KeyOptions { from, .. } => Some(from.as_deref().unwrap_or("none")),
        _ => None,
    }
}

/// Why the key has no effect; comes after the key.
pub(super) fn without_effect(row: &Row, failure: Option<&Finding>) -> Option<String> {
    let RowKind::KeyWithoutEffect { why, rule } = &row.kind else { return None };
    let reason = match why {
        WhyNot::RunFails => failure.map_or_else(|| "`spin provision` fails".to_owned(), run_fails),
        WhyNot::Refused(login) => {
            let why = why_not(login).unwrap_or_default();
            if login.lets_in() { why } else { format!("sshd refuses it: {why}") }
        }
        WhyNot::Closed => {
            let rule = rule.and_then(check::find);
            rule.map_or_else(|| "nobody can log in".to_owned(), |rule| format!("nobody can log in: {}", rule.title))
        }
        WhyNot::NotInstalled(reason) => not_installed(reason, failure),
    };
    let code = rule.map(|rule| format!(" [{rule}]")).unwrap_or_default();
    Some(format!("the key is in the file, and does not work: {reason}{code}"))
}

fn run_fails(failure: &Finding) -> String {
    format!("`spin provision` fails (line {}): {}", failure.line, failure.message)
}

/// Why a key is not installed.
pub(super) fn not_installed(reason: &Reason, failure: Option<&Finding>) -> String {
    let failing = failure.map(|failure| format!(": {}", failure.message)).unwrap_or_default();
    match reason {
        Reason::FieldNeverRead("authorized_keys") => "Spin never reads `authorized_keys` of docker_user".to_owned(),
        Reason::FieldNeverRead(field) => format!("Spin never reads `{field}` of a user"),
        Reason::UserAbsent => "the user has `state: absent`".to_owned(),
        Reason::KeyAbsent => "it has `state: absent`: Spin removes it".to_owned(),
        Reason::Replaced { key, line } => format!("a duplicate `{key}` on line {line} replaces it"),
        Reason::FailsHere => format!("the run fails here{failing}"),
        Reason::RunEnds => format!("the run fails before this key{failing}"),
        Reason::Unknown => "known only to Ansible (a template or a vaulted value)".to_owned(),
        Reason::Skipped => "the entry has `skipped`, with which Ansible leaves its keys out".to_owned(),
        Reason::NoKey => "the item contains no key".to_owned(),
        Reason::ListedAgain => "the same key is listed again, and Spin uses that line".to_owned(),
        Reason::TakenAway => "a later item removes it".to_owned(),
        Reason::NoAccount => "no account in this file gets it".to_owned(),
    }
}

/// Why the key on a line cannot log in; `None` if it can.
pub(super) fn why_not(login: &Login) -> Option<String> {
    match login {
        Login::Yes => None,
        Login::Signs => Some("the key itself cannot log in, but certificates signed by it can".to_owned()),
        Login::Expired => Some("its expiry-time has passed".to_owned()),
        Login::Ignored(error) => Some(error.to_string()),
    }
}

/// Why an account has a key, and whose key it is.
pub(super) fn via(via: &Via) -> Option<(&'static str, Option<&str>)> {
    match via {
        Via::Own => None,
        Via::DockerUser => Some(("from docker_user", None)),
        Via::FirstKey { of } => Some(("first key of sudo user", Some(of))),
        Via::DeployPublicKey => Some(("from deploy_public_key", None)),
    }
}

/// Type and bits of a key: `ed25519`, `rsa 3072`.
#[must_use]
pub fn kind(key: &Described) -> String {
    match key.bits.filter(|_| matches!(key.kind.as_str(), "rsa" | "ecdsa")) {
        Some(bits) => format!("{} {bits}", key.kind),
        None => key.kind.clone(),
    }
}

pub(super) fn other(change: OtherChange) -> &'static str {
    match change {
        OtherChange::Added => "added",
        OtherChange::Removed => "removed",
        OtherChange::Changed => "changed",
    }
}

/// `1 key`, `2 keys`.
#[must_use]
pub fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The summary in one line, without untrusted text.
#[must_use]
pub fn verdict(review: &Review, is_changed: bool) -> String {
    let words = parts(review);
    match (words.is_empty(), is_changed) {
        (false, _) => words.join("; "),
        (true, true) if review.is_layout_only => {
            "nobody gains or loses access: only comments or formatting changed".to_owned()
        }
        (true, true) => "nobody gains or loses access".to_owned(),
        (true, false) => "the file did not change".to_owned(),
    }
}

fn parts(review: &Review) -> Vec<String> {
    let rows = &review.rows;
    let count = |is: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| is(row)).count();
    let accounts = |is: &dyn Fn(&Row) -> bool| {
        rows.iter().filter(|row| is(row)).map(|row| row.account.as_str()).collect::<HashSet<_>>().len()
    };
    let has_keys = |row: &Row| rows.iter().any(|other| other.account == row.account && other.key.is_some());
    let stays = |count: usize| if count == 1 { "STAYS" } else { "STAY" };
    let mut words = Vec::new();
    let mut say = |count: usize, text: &dyn Fn(usize) -> String| {
        if count > 0 {
            words.push(text(count));
        }
    };
    let fails = review.failure.is_some() && review.failure_before.is_none();
    let on_new = if review.provisioned == Some(None) { " on a new server" } else { "" };
    say(usize::from(fails), &|_| format!("`spin provision` FAILS{on_new} after this change"));
    let is_fixed = review.failure.is_none() && review.failure_before.is_some();
    say(usize::from(is_fixed), &|_| "`spin provision` no longer fails".to_owned());
    say(accounts(&|row| row.gains_group(SUDO)), &|n| format!("SUDO GAINED by {}", plural(n, "account")));
    let free = count(&|row| row.kind == RowKind::SudoWithoutPassword);
    say(free, &|n| format!("SUDO WITHOUT A PASSWORD for {}", plural(n, "account")));
    let good = accounts(&|row| row.gains_root() && !row.gains_group(SUDO) && row.kind != RowKind::SudoWithoutPassword);
    say(good, &|n| format!("A GROUP AS GOOD AS SUDO GAINED by {}", plural(n, "account")));
    let gained = count(&|row| matches!(row.kind, RowKind::KeyGained | RowKind::SignerGained));
    say(gained, &|n| format!("access gained by {}", plural(n, "key")));
    let now = count(&|row| row.kind == RowKind::KeyInstalledNow);
    say(now, &|n| format!("{} in the file before can log in now", plural(n, "key")));
    let deploy = accounts(&|row| row.is_deploy && matches!(row.kind, RowKind::KeyGained | RowKind::SignerGained));
    say(deploy, &|_| "more keys can log in as the deploy account".to_owned());
    let tunnel = count(&|row| row.kind == RowKind::TunnelGained);
    say(tunnel, &|n| format!("the tunnel gets {}", plural(n, "key")));
    let without = count(&|row| matches!(row.kind, RowKind::KeyWithoutEffect { .. }));
    say(without, &|n| format!("{} in the file without effect", plural(n, "key")));
    say(accounts(&|row| row.loses_group(SUDO)), &|n| format!("sudo lost by {}", plural(n, "account")));
    let lost = count(&|row| row.kind == RowKind::KeyLost);
    say(lost, &|n| format!("access lost by {}", plural(n, "key")));
    let tunnel = count(&|row| row.kind == RowKind::TunnelLost);
    say(tunnel, &|n| format!("the tunnel loses {}", plural(n, "key")));
    let removed = count(&|row| row.kind == RowKind::AccountRemoved && !has_keys(row));
    say(removed, &|n| format!("{} removed", plural(n, "account")));
    let renamed = count(&|row| matches!(row.kind, RowKind::AccountRenamed { .. }));
    say(renamed, &|n| format!("{} renamed, but the old name {} on the servers", plural(n, "account"), stays(n)));
    let first = count(&|row| row.kind == RowKind::KeyStays && is_first_key(row));
    say(first, &|n| format!("{} no longer given to the deploy account but {} there", plural(n, "key"), stays(n)));
    let left = count(&|row| row.kind == RowKind::KeyStays && !is_first_key(row));
    say(left, &|n| format!("{} removed from the file but {} on the servers", plural(n, "key"), stays(n)));
    let left =
        count(&|row| matches!(row.kind, RowKind::AccountLeftFile | RowKind::EmptyAccountLeftFile) && !has_keys(row));
    say(left, &|n| format!("{} removed from the file but {} on the servers", plural(n, "account"), stays(n)));
    let options = count(&|row| matches!(row.kind, RowKind::KeyOptions { .. }));
    say(options, &|n| format!("different options on {}", plural(n, "key")));
    let only_ansible = review.unknown.iter().filter(|it| it.why == WhyUnknown::OnlyAnsible).count();
    say(only_ansible.max(review.unknown_gone), &|n| format!("{} known only to Ansible changed", plural(n, "text")));
    let unknown = review.unknown.len() - only_ansible;
    say(unknown, &|n| format!("who gains access by {} is NOT KNOWN", plural(n, "other change")));
    say(review.findings.len() + review.findings_beyond, &|n| plural(n, "new finding"));
    words
}
