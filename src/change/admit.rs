//! Selects fixes that can be made together, with the reason for each that cannot.

use crate::check::finding::Finding;
use crate::yaml::{self, Document, Edit, ProofError, Refusal};
use zeroize::Zeroizing;

/// Splits findings into those whose edits can be made together, in the order of the text, and the others with the
/// reason.
#[must_use]
pub fn admit(document: &Document<'_>, findings: Vec<Finding>) -> (Vec<Finding>, Vec<(Finding, Refusal)>) {
    let cut = |edits: &[Edit]| yaml::splices(document, edits).map(drop);
    let (accepted, mut refused) = select(findings, &cut);
    if accepted.is_empty() || proved(document, &edits(&accepted)).is_ok() {
        return (accepted, refused);
    }
    // One that cannot be proved does not keep the others from being made.
    let (accepted, more) = select(accepted, &|edits: &[Edit]| proved(document, edits));
    refused.extend(more);
    (accepted, refused)
}

/// Makes the splices of edits, and proves them.
fn proved(document: &Document<'_>, edits: &[Edit]) -> Result<(), Refusal> {
    let splices = yaml::splices(document, edits)?;
    let after = Zeroizing::new(yaml::apply(document.text, &splices));
    let unproved = |error: ProofError| Refusal::whole_file(error.to_string(), "make this change by hand");
    yaml::prove(document, &after, &splices, edits).map(drop).map_err(unproved)
}

/// Splits findings by whether their edits fit, together with those of the ones that were accepted before.
fn select(
    mut findings: Vec<Finding>,
    fit: &dyn Fn(&[Edit]) -> Result<(), Refusal>,
) -> (Vec<Finding>, Vec<(Finding, Refusal)>) {
    // Removals first: what is removed needs no other fix, and its fix would be refused beside the removal.
    findings.sort_by_key(|finding| !finding.fix.iter().any(|edit| matches!(edit, Edit::Remove { .. })));
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    let mut waiting = vec![findings];
    while let Some(mut group) = waiting.pop() {
        if group.is_empty() {
            continue;
        }
        match fit(&edits(accepted.iter().chain(&group))) {
            Ok(()) => accepted.append(&mut group),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Context;
    use crate::check::analysis::Analysis;

    #[test]
    fn one_that_does_not_fit_keeps_no_other_out() {
        let user = |name: &str| format!("- username: {name}\n  groups: sudo\n  authorized_keys: []\n");
        let text = format!("users:\n{}{}{}", user("a"), user("b"), user("c"));
        let document = Document::parse(&text).unwrap();
        let findings = || {
            let list = Analysis::of(&document, &Context::at(0)).findings.list;
            list.into_iter().filter(Finding::is_fixable).collect::<Vec<_>>()
        };
        let lines = |findings: &[Finding]| findings.iter().map(|finding| finding.line).collect::<Vec<_>>();
        let (accepted, refused) = admit(&document, findings());
        assert_eq!((lines(&accepted), refused.len()), (vec![3, 6, 9], 0));
        let fit = |edits: &[Edit]| match edits.iter().any(|edit| yaml::path_text(edit.path()).starts_with("users[1]")) {
            true => Err(Refusal::whole_file("no", "never")),
            false => Ok(()),
        };
        let (accepted, refused) = select(findings(), &fit);
        assert_eq!((lines(&accepted), refused.len(), refused[0].0.line), (vec![3, 9], 1, 6));
        let unproved = proved(&document, &accepted[0].fix).and(proved(&document, &[Edit::Remove { path: Vec::new() }]));
        assert!(unproved.is_err());
    }
}
