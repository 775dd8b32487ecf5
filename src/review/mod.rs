//! What a change of the file does to access: compares two analyses by Spin's own rules.
//!
//! Promises: keys are distinguished by their material, accounts by their names. A key that was only removed from the
//! file is reported as still on the servers, because Spin removes nothing that is not `absent`. If a run fails on one
//! side, the accounts that the file intends are compared, and the failure is reported separately. Values that do not
//! affect access are named by their path and never shown.

mod accounts;
pub mod fail_on;
mod findings;
mod keys;
mod other_values;
mod pair;
pub mod row;
mod side;
mod tunnel;
mod unknown;

use crate::check::analysis::Analysis;
use crate::check::finding::Finding;
pub use keys::{options_of, without_effect};
pub use other_values::{Other, OtherChange};
use row::Row;
use side::Side;

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
    /// The number of findings that are gone.
    pub findings_gone: usize,
    /// Places after the change (line and column, from 1) of new values that are known only to Ansible (templates,
    /// vaulted values, URLs): who gains access with them is unknown.
    pub unknown: Vec<(usize, usize)>,
    /// The number of such values that are gone.
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
        let counts = |review: &Self| (review.findings_gone, review.unknown.len(), review.unknown_gone);
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

/// Compares two analyses. A missing side means a new or deleted file.
#[must_use]
pub fn compare(before: Option<&Analysis<'_, '_>>, after: Option<&Analysis<'_, '_>>) -> Review {
    let (old, new) = (Side::of(before), Side::of(after));
    let (findings, findings_gone) = findings::new_and_gone(before, after);
    let (unknown, unknown_gone) = unknown::new_and_gone(before, after);
    let mut rows = accounts::rows(&old, &new);
    rows.extend(tunnel::rows(before, after));
    let others = other_values::others(before.map(|side| side.document), after.map(|side| side.document));
    let is_quiet = rows.is_empty() && others.is_empty();
    let same = before
        .zip(after)
        .filter(|_| is_quiet)
        .is_some_and(|(before, after)| other_values::is_same(before.document, after.document));
    Review {
        rows,
        failure_before: before.and_then(|side| side.findings.failure.clone()),
        failure: after.and_then(|side| side.findings.failure.clone()),
        provisioned: after.and_then(|side| side.findings.provisioned.clone()),
        findings,
        findings_gone,
        unknown,
        unknown_gone,
        others,
        is_layout_only: same,
    }
}

#[cfg(test)]
mod tests;
