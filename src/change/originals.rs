//! The findings of a file before any fix, and which of them a finding in what the fixes have made of it is. Pure.

use crate::check::finding::Finding;
use crate::yaml::{Document, LineIndex, Splice, origin};
use std::collections::{BTreeSet, HashMap};

/// The findings of a file that can be fixed.
pub struct Originals<'t> {
    pub found: Vec<Finding>,
    lines: LineIndex<'t>,
    by_place: HashMap<(&'static str, usize), usize>,
    by_message: HashMap<(&'static str, String), Vec<usize>>,
}

impl<'t> Originals<'t> {
    #[must_use]
    pub fn of(document: &Document<'t>, found: Vec<Finding>) -> Self {
        let mut by_place = HashMap::new();
        let mut by_message: HashMap<_, Vec<usize>> = HashMap::new();
        for (number, finding) in found.iter().enumerate() {
            by_place.insert((finding.rule.code, finding.span.start), number);
            by_message.entry((finding.rule.code, finding.message.clone())).or_default().push(number);
        }
        Self { found, lines: LineIndex::of(document.text), by_place, by_message }
    }

    /// Which of them a finding is in the text after `splices`, if it is one that is not fixed.
    #[must_use]
    pub fn number(&self, finding: &Finding, splices: &[Splice], fixed: &BTreeSet<usize>) -> Option<usize> {
        let code = finding.rule.code;
        let here = self.by_place.get(&(code, origin(splices, finding.span.start)));
        let same = self.by_message.get(&(code, finding.message.clone()));
        here.into_iter().chain(same.into_iter().flatten()).copied().find(|number| !fixed.contains(number))
    }

    /// A finding in the text `here` as it is shown: that of the file, or one that follows from a fix, with its place in the
    /// file.
    #[must_use]
    pub fn shown(&self, finding: &Finding, number: Option<usize>, splices: &[Splice], here: &LineIndex<'_>) -> Finding {
        if let Some(number) = number {
            return self.found[number].clone();
        }
        if splices.is_empty() {
            return finding.clone();
        }
        let start = origin(splices, finding.span.start);
        let (line, column) = self.lines.place(start);
        let message = with_line(&finding.message, |line| self.lines.place(origin(splices, here.range(line).start)).0);
        Finding { span: start..start, line, column, message, ..finding.clone() }
    }
}

/// A message with another number of the line that it names.
fn with_line(message: &str, line: impl Fn(usize) -> usize) -> String {
    const BEFORE: &str = " on line ";
    let named = message.split_once(BEFORE).and_then(|(before, rest)| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some(format!("{before}{BEFORE}{}{}", line(rest[..end].parse().ok()?), &rest[end..]))
    });
    named.unwrap_or_else(|| message.to_owned())
}
