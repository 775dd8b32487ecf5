//! Selects fixes that can be made together, with the reason for each that cannot.

use crate::check::finding::Finding;
use crate::yaml::{self, Document, Edit, Refusal};

/// Splits findings into those whose edits can be made together, in the order of the text, and the others with the
/// reason.
#[must_use]
pub fn admit(document: &Document<'_>, mut findings: Vec<Finding>) -> (Vec<Finding>, Vec<(Finding, Refusal)>) {
    // Removals first: what is removed needs no other fix, and its fix would be refused beside the removal.
    findings.sort_by_key(|finding| !finding.fix.iter().any(|edit| matches!(edit, Edit::Remove { .. })));
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    let mut waiting = vec![findings];
    while let Some(mut group) = waiting.pop() {
        if group.is_empty() {
            continue;
        }
        match yaml::splices(document, &edits(accepted.iter().chain(&group))) {
            Ok(_) => accepted.append(&mut group),
            Err(refusal) if group.len() == 1 => refused.extend(group.pop().map(|finding| (finding, refusal))),
            Err(_) => {
                let rest = group.split_off(group.len() / 2);
                waiting.push(rest);
                waiting.push(group);
            }
        }
    }
    accepted.sort_by_key(|finding| (finding.line, finding.column));
    (accepted, refused)
}

/// The edits of findings.
#[must_use]
pub fn edits<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<Edit> {
    findings.into_iter().flat_map(|finding| &finding.fix).cloned().collect()
}
