//! The findings of a file before any fix, and which of them a finding in what the fixes have made of it is. Pure.

use crate::check::finding::Finding;
use crate::yaml::{LineIndex, Splice, origin};
use std::collections::{BTreeSet, HashMap};

/// The findings of a file that can be fixed.
pub struct Originals<'t> {
    pub found: Vec<Finding>,
    text: &'t str,
    lines: LineIndex<'t>,
    by_place: HashMap<(&'static str, usize), usize>,
    by_message: HashMap<(&'static str, String), Vec<usize>>,
}

/// What fixes have made of the file so far.
pub struct Now<'n> {
    pub text: &'n str,
    pub lines: &'n LineIndex<'n>,
    /// The change from the file.
    pub splices: &'n [Splice],
    /// The numbers of the findings that are fixed.
    pub fixed: &'n BTreeSet<usize>,
}

impl<'t> Originals<'t> {
    #[must_use]
    pub fn of(text: &'t str, found: Vec<Finding>) -> Self {
        let mut by_place = HashMap::new();
        let mut by_message: HashMap<_, Vec<usize>> = HashMap::new();
        for (number, finding) in found.iter().enumerate() {
            by_place.insert((finding.rule.code, finding.span.start), number);
            by_message.entry((finding.rule.code, finding.message.clone())).or_default().push(number);
        }
        Self { found, text, lines: LineIndex::of(text), by_place, by_message }
    }

    /// Which of them a finding is, if it is one that is not fixed: the one at its place, or in text that moved the one that
    /// says the same of the same text.
    #[must_use]
    pub fn number(&self, finding: &Finding, now: &Now<'_>) -> Option<usize> {
        let code = finding.rule.code;
        let is_open = |number: &usize| !now.fixed.contains(number);
        if let (at, true) = origin(now.splices, finding.span.start) {
            return self.by_place.get(&(code, at)).copied().filter(is_open);
        }
        let same = self.by_message.get(&(code, finding.message.clone()))?;
        let text = now.text.get(finding.span.clone());
        let is_same = |number: &usize| self.text.get(self.found[*number].span.clone()) == text;
        same.iter().copied().find(|number| is_open(number) && is_same(number))
    }

    /// Whether a finding is among the wanted ones, or follows from them. One in text that was put in may be any that says the
    /// same.
    #[must_use]
    pub fn is_wanted(&self, finding: &Finding, now: &Now<'_>, wanted: &BTreeSet<usize>) -> bool {
        if let Some(number) = self.number(finding, now) {
            return wanted.contains(&number);
        }
        let same = self.by_message.get(&(finding.rule.code, finding.message.clone()));
        let is_there = origin(now.splices, finding.span.start).1;
        is_there || same.into_iter().flatten().all(|number| wanted.contains(number))
    }

    /// A finding as it is shown: that of the file, or one that follows from a fix, with its place in the file.
    #[must_use]
    pub fn shown(&self, finding: &Finding, now: &Now<'_>) -> Finding {
        if let Some(number) = self.number(finding, now) {
            return self.found[number].clone();
        }
        if now.splices.is_empty() {
            return finding.clone();
        }
        let (start, _) = origin(now.splices, finding.span.start);
        let (line, column) = self.lines.place(start);
        let was = |line| self.lines.place(origin(now.splices, now.lines.range(line).start).0).0;
        Finding { span: start..start, line, column, message: with_line(&finding.message, was), ..finding.clone() }
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
