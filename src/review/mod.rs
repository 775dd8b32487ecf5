//! What a change of the file does to access: compares two analyses by Spin's own rules.
//!
//! Promises: keys are distinguished by their material, accounts by their names. A key that was only removed from the
//! file is reported as still on the servers, because Spin removes nothing that is not `absent`. If a run fails on one
//! side, the accounts that the file intends are compared, and the failure is reported separately. Values that do not
//! affect access are named by their path and never shown.

mod accounted;
mod accounts;
mod alike;
mod beyond;
mod crowd;
mod differences;
pub mod edit;
pub mod fail_on;
mod findings;
mod index;
mod keys;
mod other_values;
mod pair;
pub mod row;
mod servers;
mod side;
mod templates;
mod tunnel;
mod unchanged;
mod unknown;
mod why_unknown;

use crate::check::analysis::Analysis;
use crate::check::finding::Finding;
use crate::yaml::{Data, Document};
use differences::differences;
pub use other_values::{Other, OtherChange};
use row::Row;
use side::Side;
use std::collections::HashSet;
pub use why_unknown::{Unknown, WhyUnknown};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    /// What changes for the accounts: those in the new file first, in its order.
    pub rows: Vec<Row>,
    /// Why `spin provision` fails before the change.
    pub failure_before: Option<Finding>,
    /// Why it fails after it.
    pub failure: Option<Finding>,
    /// The run on a server that was provisioned before ends otherwise than on a new one: why it fails there, if it does.
    pub provisioned: Option<Option<Finding>>,
    /// Findings that were not there before.
    pub findings: Vec<Finding>,
    /// The number of those that come after too many of one rule, where they are not those that were there before.
    pub findings_beyond: usize,
    /// The number of findings that are gone.
    pub findings_gone: usize,
    /// What else changed, and may let anybody in.
    pub unknown: Vec<Unknown>,
    /// The number of values that are gone and were known only to Ansible.
    pub unknown_gone: usize,
    /// Everything else that changed.
    pub others: Vec<Other>,
    /// Nothing but comments and layout differs.
    pub is_layout_only: bool,
}

impl Review {
    /// Whether both say the same, although lines of the file have moved.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let rows = |review: &Self| {
            let mut rows = review.rows.clone();
            rows.iter_mut().filter_map(|row| row.key.as_mut()).for_each(|key| key.place = None);
            rows
        };
        let findings = |review: &Self| {
            let all = review.findings.iter().chain(&review.failure_before).chain(&review.failure);
            all.map(findings::identity).collect::<Vec<_>>()
        };
        let counts =
            |review: &Self| (review.findings_beyond, review.findings_gone, review.unknown.len(), review.unknown_gone);
        rows(self) == rows(other)
            && findings(self) == findings(other)
            && counts(self) == counts(other)
            && (self.failure.is_some(), &self.others) == (other.failure.is_some(), &other.others)
            && self.provisioned.is_some() == other.provisioned.is_some()
    }

    /// Removes the fingerprint of a key that does not exist yet.
    pub fn forget_fingerprint(&mut self, fingerprint: &str) {
        let keys = self.rows.iter_mut().filter_map(|row| row.key.as_mut()).map(|key| &mut key.key);
        let of_findings = self.findings.iter_mut().chain(&mut self.failure).filter_map(|finding| finding.key.as_mut());
        for key in keys.chain(of_findings).filter(|key| key.fingerprint.as_deref() == Some(fingerprint)) {
            key.fingerprint = None;
        }
    }
}

/// Stands for a missing or empty file.
const NO_FILE: &str = "{}";

/// The document of a side, if it holds anything.
fn content<'d, 't>(side: Option<&Analysis<'d, 't>>) -> Option<&'d Document<'t>> {
    let document = side?.document;
    document.root().filter(|root| document.node(*root).data != Data::Null).map(|_| document)
}

/// Compares two analyses. A missing side means a new or deleted file.
#[must_use]
pub fn compare(before: Option<&Analysis<'_, '_>>, after: Option<&Analysis<'_, '_>>) -> Review {
    let (old, new) = (Side::of(before), Side::of(after));
    let (findings, findings_gone) = findings::new_and_gone(before, after);
    let mut rows = accounts::rows(&old, &new);
    rows.extend(tunnel::rows(before, after));
    let nothing = Document::read(NO_FILE).ok();
    let (had, has) = (content(before).or(nothing.as_ref()), content(after).or(nothing.as_ref()));
    let found = had.zip(has).map(|(had, has)| differences(had, has)).unwrap_or_default();
    rows.extend(servers::rows(&old, after, &found.list, &rows));
    let (unknown, unknown_gone) = unknown::new_and_gone(before, after, &found);
    let told: HashSet<&str> = unknown.iter().filter_map(|unknown| unknown.path.as_deref()).collect();
    let others = other_values::others(&found.list, had, has, |path| told.contains(path));
    let is_same = before.is_some() && after.is_some() && found.list.is_empty() && found.cut.is_none();
    let is_layout_only = is_same && rows.is_empty() && unknown.is_empty();
    Review {
        rows,
        failure_before: before.and_then(|side| side.findings.failure.clone()),
        failure: after.and_then(|side| side.findings.failure.clone()),
        provisioned: after.and_then(|side| side.findings.provisioned.clone()),
        findings,
        findings_beyond: findings::beyond(before, after),
        findings_gone,
        unknown,
        unknown_gone,
        others,
        is_layout_only,
    }
}

#[cfg(test)]
mod tests;
