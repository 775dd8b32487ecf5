//! `review --format json`, and the same as part of a change.

use super::shapes::{JsonFinding, Key, Place, text};
use crate::report::cut::cut;
use crate::report::values::Comparison;
use crate::report::{words, words_unknown};
use crate::review::row::{Row, RowKind};
use crate::review::{Review, Unknown};
use crate::spin::provision::outcome::Via;
use serde::Serialize;
use std::path::Path;

/// Two sides of a file, compared.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ReviewFile {
    /// Relative to the root of the repository.
    path: String,
    /// The two sides in words.
    base: String,
    head: String,
    encrypted: Encrypted,
    /// The text differs, or the bytes if the text is unknown.
    changed: bool,
    /// A summary in one line.
    verdict: String,
    /// What is wrong with the file as a whole and around it, and was not before: its encryption, what git tracks, the
    /// deploy pair.
    repository: Vec<JsonFinding>,
    /// Why the sides cannot be compared.
    unreadable: Option<String>,
    /// Null if they cannot be compared.
    review: Option<JsonReview>,
    notes: Vec<String>,
}

/// Whether each side is encrypted.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Encrypted {
    base: bool,
    head: bool,
}

/// What a change does to access.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct JsonReview {
    changes: Vec<JsonRow>,
    /// Why `spin provision` fails before the change.
    failure_before: Option<JsonFinding>,
    /// Why it fails after it.
    failure: Option<JsonFinding>,
    /// Whether `spin provision` fails on a server that was provisioned before.
    fails_on_provisioned: bool,
    /// Findings that were not there before.
    findings: Vec<JsonFinding>,
    findings_gone: usize,
    /// What else changed, and may let anybody in.
    unknown: Vec<JsonUnknown>,
    /// Values that are gone and were known only to Ansible.
    unknown_gone: usize,
    /// Everything else that changed.
    others: Vec<JsonOther>,
    /// How many changes, findings and values are not listed, because there are too many.
    truncated: usize,
}

/// One thing that changes for an account.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonRow {
    kind: Kind,
    account: String,
    /// It is the deploy account.
    deploy: bool,
    /// A group, or the previous name, options or comment.
    name: Option<String>,
    key: Option<Key>,
    via: Option<Via>,
    place: Option<Place>,
    /// Why the key cannot log in.
    reason: Option<String>,
    /// The finding that explains it.
    code: Option<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum Kind {
    AccountAdded,
    AccountLeftFile,
    /// The same of an account that was left without keys and groups.
    EmptyAccountLeftFile,
    AccountRemoved,
    AccountRenamed,
    GroupGained,
    /// `use_passwordless_sudo` came into effect.
    SudoWithoutPassword,
    GroupLost,
    KeyGained,
    /// It was in the file before, and `spin provision` failed before it was installed.
    KeyInstalledNow,
    /// Certificates signed by this key can now log in.
    SignerGained,
    /// A key was added to the file and cannot log in.
    KeyWithoutEffect,
    KeyLost,
    /// The key was removed from the file and stays on the servers.
    KeyStays,
    KeyOptionsChanged,
    KeyCommentChanged,
    /// `spin configure gha` and `spin deploy` give the key to the tunnel.
    TunnelGained,
    /// They give it no longer.
    TunnelLost,
}

/// A difference whose effect on access is not known.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonUnknown {
    /// Such as `servers[0].ansible_host`; null if the place says it all.
    entry: Option<String>,
    /// Null if it is gone.
    place: Option<Place>,
    reason: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonOther {
    /// Such as `providers[0].api_token`; users by their names.
    entry: String,
    /// `added`, `removed` or `changed`.
    change: &'static str,
}

pub(crate) fn comparison(comparison: &Comparison) -> String {
    let review = comparison.review.as_ref();
    text(ReviewFile {
        path: comparison.file.display().to_string(),
        base: comparison.base.clone(),
        head: comparison.head.clone(),
        encrypted: Encrypted { base: comparison.encrypted.0, head: comparison.encrypted.1 },
        changed: comparison.is_changed,
        verdict: comparison.verdict(),
        repository: comparison.repository.iter().map(|finding| JsonFinding::of(finding, &comparison.file)).collect(),
        unreadable: review.err().cloned(),
        review: review.ok().map(|review| JsonReview::of(review, &comparison.file)),
        notes: comparison.notes.clone(),
    })
}

impl JsonReview {
    pub(super) fn of(review: &Review, file: &Path) -> Self {
        let finding = |finding| JsonFinding::of(finding, file);
        let (review, left_out) = &cut(review);
        Self {
            changes: review.rows.iter().map(|row| json_row(row, review, file)).collect(),
            failure_before: review.failure_before.as_ref().map(finding),
            failure: review.failure.as_ref().map(finding),
            fails_on_provisioned: match &review.provisioned {
                Some(failure) => failure.is_some(),
                None => review.failure.is_some(),
            },
            findings: review.findings.iter().map(finding).collect(),
            findings_gone: review.findings_gone,
            unknown: review.unknown.iter().map(|unknown| JsonUnknown::of(unknown, file)).collect(),
            unknown_gone: review.unknown_gone,
            others: review
                .others
                .iter()
                .map(|it| JsonOther { entry: it.path.clone(), change: words::other(it.change) })
                .collect(),
            truncated: left_out.count(),
        }
    }
}

impl JsonUnknown {
    fn of(unknown: &Unknown, file: &Path) -> Self {
        Self {
            entry: unknown.path.clone(),
            place: unknown.place.map(|(line, column)| Place::new(file, line, column)),
            reason: words_unknown::why(unknown.why),
        }
    }
}

fn json_row(row: &Row, review: &Review, file: &Path) -> JsonRow {
    let key = row.key.as_ref();
    JsonRow {
        kind: kind(&row.kind),
        account: row.account.clone(),
        deploy: row.is_deploy,
        name: words::name(row).map(str::to_owned),
        key: key.map(|it| Key::of(Some(&it.key))),
        via: key.map(|it| it.via.clone()),
        place: key.and_then(|it| it.place).map(|(line, column)| Place::new(file, line, column)),
        reason: words::without_effect(row, review.failure.as_ref()),
        code: match row.kind {
            RowKind::KeyWithoutEffect { rule, .. } => rule,
            _ => None,
        },
    }
}

fn kind(kind: &RowKind) -> Kind {
    match kind {
        RowKind::AccountAdded => Kind::AccountAdded,
        RowKind::AccountLeftFile => Kind::AccountLeftFile,
        RowKind::EmptyAccountLeftFile => Kind::EmptyAccountLeftFile,
        RowKind::AccountRemoved => Kind::AccountRemoved,
        RowKind::AccountRenamed { .. } => Kind::AccountRenamed,
        RowKind::GroupGained { .. } => Kind::GroupGained,
        RowKind::SudoWithoutPassword => Kind::SudoWithoutPassword,
        RowKind::GroupLost { .. } => Kind::GroupLost,
        RowKind::KeyGained => Kind::KeyGained,
        RowKind::KeyInstalledNow => Kind::KeyInstalledNow,
        RowKind::SignerGained => Kind::SignerGained,
        RowKind::KeyWithoutEffect { .. } => Kind::KeyWithoutEffect,
        RowKind::KeyLost => Kind::KeyLost,
        RowKind::KeyStays => Kind::KeyStays,
        RowKind::KeyOptions { .. } => Kind::KeyOptionsChanged,
        RowKind::KeyComment { .. } => Kind::KeyCommentChanged,
        RowKind::TunnelGained => Kind::TunnelGained,
        RowKind::TunnelLost => Kind::TunnelLost,
    }
}
