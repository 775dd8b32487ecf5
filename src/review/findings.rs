//! Findings that only one side has.

use crate::check::analysis::Analysis;
use crate::check::finding::Finding;
use std::collections::HashMap;

/// The findings that only the new side has, and the number of those that only the old side has.
pub(super) fn new_and_gone(
    before: Option<&Analysis<'_, '_>>,
    after: Option<&Analysis<'_, '_>>,
) -> (Vec<Finding>, usize) {
    let mut known: HashMap<(&str, String), usize> = HashMap::new();
    for finding in before.iter().flat_map(|side| &side.findings.list) {
        *known.entry(identity(finding)).or_default() += 1;
    }
    let mut found = Vec::new();
    for finding in after.iter().flat_map(|side| &side.findings.list) {
        match known.get_mut(&identity(finding)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => found.push(finding.clone()),
        }
    }
    (found, known.values().sum())
}

/// How many there are beyond what is listed, and not as before.
pub(super) fn beyond(before: Option<&Analysis<'_, '_>>, after: Option<&Analysis<'_, '_>>) -> usize {
    after.map_or(0, |after| after.findings.beyond.changed(before.map(|side| &side.findings.beyond)))
}

/// What makes two findings the same, wherever they are: the rule and the message.
pub(super) fn identity(finding: &Finding) -> (&'static str, String) {
    (finding.rule.code, without_lines(&finding.message))
}

/// A message without its line numbers, which shift.
fn without_lines(message: &str) -> String {
    let mut words: Vec<&str> = message.split(' ').collect();
    for index in 1..words.len() {
        if matches!(words[index - 1], "line" | "lines") {
            words[index] = "";
        }
    }
    words.join(" ")
}
