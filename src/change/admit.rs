//! Selects the fixes of a file that can be made together, with the reason for each that cannot. Pure.
//!
//! Fixes are planned on their own result, until nothing is left to fix: what they make is one change, and nothing between
//! is written. What they do to access is compared with what their findings say. A fix that lets anybody in or out beyond
//! that is not made.

use super::access::Access;
use super::allowed::{Allowed, Concerned};
use super::difference::Difference;
use super::originals::{Now, Originals};
use crate::check::Context;
use crate::check::analysis::Analysis;
use crate::check::finding::Finding;
use crate::yaml::{self, Document, Edit, LineIndex, ProofError, Refusal, Splice};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

/// After so many rounds, what is left is not fixed. Each kind of fix needs one at most.
const MOST_ROUNDS: usize = 20;
/// How many sets of fixes are tried, at most, to find those that change who gets in: fewer in a large file.
const MOST_TRIALS: usize = 200;
/// How many bytes they may have together.
const MOST_BYTES: usize = 8 << 20;

/// The fixes of a file.
#[derive(Debug, Default)]
pub struct Admitted {
    /// Edits of the file, then edits of what they make of it, and so on.
    pub rounds: Vec<Vec<Edit>>,
    /// The findings that they fix, each with its place in the file.
    pub fixed: Vec<Finding>,
    /// The findings that stay, although they have a fix.
    pub refused: Vec<(Finding, Refusal)>,
}

/// Plans all fixes of a file.
#[must_use]
pub fn admit(document: &Document<'_>, context: &Context<'_>) -> Admitted {
    admit_after(document, context, 0)
}

/// [`admit`] of a file that some rounds have made.
fn admit_after(document: &Document<'_>, context: &Context<'_>, rounds: usize) -> Admitted {
    let analysis = Analysis::of(document, context);
    let found: Vec<Finding> = analysis.findings.list.iter().filter(|finding| finding.is_fixable()).cloned().collect();
    if found.is_empty() {
        return Admitted::default();
    }
    let fixes = Fixes {
        document,
        context,
        before: access(document, context, &analysis),
        originals: Originals::of(document.text, found),
        rounds,
    };
    let all: Vec<usize> = (0..fixes.originals.found.len()).collect();
    let (all_made, beyond) = fixes.made(&all);
    if beyond.is_empty() {
        return all_made.admitted();
    }
    let concerned = Concerned::of(&beyond);
    let is_suspect = |number: &usize| concerned.holds(&fixes.originals.found[*number], &analysis.config, &fixes.before);
    let (suspects, others): (Vec<usize>, Vec<usize>) = all.into_iter().partition(is_suspect);
    // Those of one rule may need each other, as a name in two places.
    let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for number in suspects {
        by_rule.entry(fixes.originals.found[number].rule.code).or_default().push(number);
    }
    fixes.without_those_that_go_too_far(by_rule.into_values().chain([others]).collect())
}

fn access(document: &Document<'_>, context: &Context<'_>, analysis: &Analysis<'_, '_>) -> Access {
    if document.differs_as_read() { Access::of_document(document, context) } else { Access::of(analysis) }
}

/// The fixes of a file, of which some are made.
struct Fixes<'f, 't> {
    document: &'f Document<'t>,
    context: &'f Context<'f>,
    before: Access,
    originals: Originals<'t>,
    /// The rounds before.
    rounds: usize,
}

/// What becomes of a file.
#[derive(Default)]
struct Made {
    rounds: Vec<Vec<Edit>>,
    /// The change from the file to `text`.
    splices: Vec<Splice>,
    /// Empty as long as nothing is made.
    text: Zeroizing<String>,
    fixed: Vec<Finding>,
    /// The numbers of those that are among the findings of the file.
    numbers: BTreeSet<usize>,
    refused: Vec<(Finding, Refusal)>,
    allowed: Allowed,
}

impl Made {
    fn admitted(mut self) -> Admitted {
        self.fixed.sort_by_key(|finding| (finding.line, finding.column));
        Admitted { rounds: self.rounds, fixed: self.fixed, refused: self.refused }
    }
}

impl Fixes<'_, '_> {
    /// Makes some of the fixes and all that follow from them; also gives what that does beyond what the findings say.
    fn made(&self, wanted: &[usize]) -> (Made, Vec<Difference>) {
        let mut made = Made::default();
        let wanted: BTreeSet<usize> = wanted.iter().copied().collect();
        let after = self.round(self.document, &wanted, &mut made);
        let beyond = made.allowed.beyond(&self.before, &after);
        (made, beyond)
    }

    /// One round and all that follow; who gets in afterwards.
    fn round(&self, document: &Document<'_>, wanted: &BTreeSet<usize>, made: &mut Made) -> Access {
        let analysis = Analysis::of(document, self.context);
        let now = access(document, self.context, &analysis);
        let (splices, fixed) = (made.splices.clone(), made.numbers.clone());
        let here = Now { text: document.text, lines: &analysis.lines, splices: &splices, fixed: &fixed };
        let open = analysis.findings.list.iter().filter(|finding| finding.is_fixable());
        let found: Vec<&Finding> = open.filter(|finding| self.originals.is_wanted(finding, &here, wanted)).collect();
        let shown = |at: usize| self.originals.shown(found[at], &here);
        let (mut accepted, refused) = compatible(document, &found);
        made.refused = refused.into_iter().map(|(at, why)| (shown(at), why)).collect();
        if self.rounds + made.rounds.len() >= MOST_ROUNDS {
            let many = || Refusal::whole_file("each fix leads to another one", "make some of them by hand");
            made.refused.extend(accepted.drain(..).map(|at| (shown(at), many())));
        }
        if accepted.is_empty() {
            return now;
        }
        for finding in accepted.iter().map(|at| found[*at]) {
            made.allowed.extend(Allowed::by(finding, &analysis.config, &now));
            made.numbers.extend(self.originals.number(finding, &here));
        }
        let fixed: Vec<Finding> = accepted.iter().map(|at| shown(*at)).collect();
        let edits = edits(accepted.iter().map(|at| found[*at]));
        let Ok((text, splices)) = cut(document, &edits) else { return now };
        let Ok(after) = yaml::prove(document, &text, &splices, &edits) else { return now };
        made.fixed.extend(fixed);
        made.splices = yaml::compose(self.document.text, &made.splices, &splices);
        made.rounds.push(edits);
        made.text = text.clone();
        self.round(&after, wanted, made)
    }

    /// Makes all fixes that do no more than they say, and names the others.
    fn without_those_that_go_too_far(&self, groups: Vec<Vec<usize>>) -> Admitted {
        let mut left = (MOST_BYTES / self.document.text.len().max(1)).clamp(8, MOST_TRIALS);
        let (accepted, too_far) = select(groups, &mut |numbers| {
            left = left.saturating_sub(1);
            if left == 0 {
                let message = "it is one of many of which some would change who gets in beyond what the findings say";
                return Err(Refusal::whole_file(message, "fix others by hand, then run this again"));
            }
            let (_, beyond) = self.made(numbers);
            beyond.first().map_or(Ok(()), |first| Err(too_much(first)))
        });
        let (mut made, _) = self.made(&accepted);
        let too_far = too_far.into_iter().map(|(number, why)| (self.originals.found[number].clone(), why));
        made.refused.extend(too_far);
        if made.rounds.is_empty() {
            return made.admitted();
        }
        // In what they make, another fix may do no more than it says.
        let text = made.text.clone();
        let Ok(after) = yaml::prove_all(self.document, &text, &made.splices) else { return Admitted::default() };
        let lines = LineIndex::of(&text);
        let more = admit_after(&after, self.context, self.rounds + made.rounds.len());
        let here = Now { text: &text, lines: &lines, splices: &made.splices, fixed: &made.numbers };
        let shown = |finding: &Finding| self.originals.shown(finding, &here);
        let fixed: Vec<Finding> = more.fixed.iter().map(shown).collect();
        let refused = more.refused.iter().map(|(finding, why)| (shown(finding), why.clone())).collect();
        made.fixed.extend(fixed);
        made.rounds.extend(more.rounds);
        made.refused = refused;
        made.admitted()
    }
}

fn too_much(difference: &Difference) -> Refusal {
    let message = format!("it would also {}, which the finding does not say", difference.words());
    Refusal::whole_file(message, "make this change by hand if you want that, too")
}

/// The numbers of the findings whose edits can be made together, and the others with the reason.
fn compatible(document: &Document<'_>, found: &[&Finding]) -> (Vec<usize>, Vec<(usize, Refusal)>) {
    // Removals first: what is removed needs no other fix, and its fix would be refused beside the removal.
    let removes = |number: &usize| found[*number].fix.iter().any(|edit| matches!(edit, Edit::Remove { .. }));
    let mut all: Vec<usize> = (0..found.len()).collect();
    all.sort_by_key(|number| !removes(number));
    let of = |numbers: &[usize]| edits(numbers.iter().map(|number| found[*number]));
    let (accepted, mut refused) = select(vec![all], &mut |numbers| yaml::splices(document, &of(numbers)).map(drop));
    if accepted.is_empty() || proved(document, &of(&accepted)).is_ok() {
        return (accepted, refused);
    }
    // One that cannot be proved does not keep the others from being made.
    let (accepted, more) = select(vec![accepted], &mut |numbers| proved(document, &of(numbers)));
    refused.extend(more);
    (accepted, refused)
}

/// The text with edits, and their splices.
fn cut(document: &Document<'_>, edits: &[Edit]) -> Result<(Zeroizing<String>, Vec<Splice>), Refusal> {
    let splices = yaml::splices(document, edits)?;
    Ok((Zeroizing::new(yaml::apply(document.text, &splices)), splices))
}

/// Makes the splices of edits, and proves them.
fn proved(document: &Document<'_>, edits: &[Edit]) -> Result<(), Refusal> {
    let (after, splices) = cut(document, edits)?;
    let unproved = |error: ProofError| Refusal::whole_file(error.to_string(), "make this change by hand");
    yaml::prove(document, &after, &splices, edits).map(drop).map_err(unproved)
}

/// Splits numbers by whether they fit, together with those that were accepted before; the last group first.
fn select(
    mut waiting: Vec<Vec<usize>>,
    fit: &mut dyn FnMut(&[usize]) -> Result<(), Refusal>,
) -> (Vec<usize>, Vec<(usize, Refusal)>) {
    let (mut accepted, mut refused): (Vec<usize>, Vec<(usize, Refusal)>) = (Vec::new(), Vec::new());
    while let Some(mut group) = waiting.pop() {
        if group.is_empty() {
            continue;
        }
        match fit(&[accepted.as_slice(), &group].concat()) {
            Ok(()) => accepted.append(&mut group),
            Err(refusal) if group.len() == 1 => refused.extend(group.pop().map(|number| (number, refusal))),
            Err(_) => {
                let rest = group.split_off(group.len() / 2);
                waiting.push(rest);
                waiting.push(group);
            }
        }
    }
    accepted.sort_unstable();
    (accepted, refused)
}

/// The edits of findings.
fn edits<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Vec<Edit> {
    findings.into_iter().flat_map(|finding| &finding.fix).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Along;

    #[test]
    fn one_that_does_not_fit_keeps_no_other_out() {
        let (accepted, refused) = select(vec![(0..9).collect()], &mut |numbers| {
            if numbers.contains(&4) { Err(Refusal::whole_file("no", "never")) } else { Ok(()) }
        });
        assert_eq!((accepted, refused.len(), refused[0].0), (vec![0, 1, 2, 3, 5, 6, 7, 8], 1, 4));
        let document = Document::parse("users: []\n").unwrap();
        assert!(proved(&document, &[Edit::Remove { path: Vec::new(), comments: Along::Nothing }]).is_err());
    }

    #[test]
    fn all_that_fit_are_fixed_in_one_round_and_nothing_after_many() {
        let user = |name: &str| format!("- username: {name}\n  groups: sudo\n  authorized_keys: []\n");
        let text = format!("users:\n{}{}{}", user("a"), user("b"), user("c"));
        let document = Document::parse(&text).unwrap();
        let late = admit_after(&document, &Context::at(0), MOST_ROUNDS);
        assert_eq!((late.rounds.len(), late.fixed.len(), late.refused.len()), (0, 0, 3));
        assert!(late.refused[0].1.message.contains("each fix leads to another"));
        let admitted = admit(&document, &Context::at(0));
        let lines: Vec<usize> = admitted.fixed.iter().map(|finding| finding.line).collect();
        assert_eq!((lines, admitted.rounds.len(), admitted.refused.len()), (vec![3, 6, 9], 1, 0));
    }
}
