//! How much of a report is printed. A file can be made to give more findings and rows than anybody reads, or than a log
//! takes: what comes after the limit is counted, never lost in silence.
//!
//! Promises: what matters most is printed first. Counts, verdicts and `--fail-on` are of all.

use crate::check::finding::Finding;
use crate::check::rule::Severity;
use std::collections::HashMap;

/// How many findings of one rule are printed.
const MOST_OF_RULE: usize = 100;

/// Bytes of each part of a report.
pub(super) const ROOM: usize = 150_000;

/// What is about as long as a finding besides its message: place, effect, help, the line of the file.
const FINDING: usize = 500;

/// Takes pieces until their bytes are used up. The first piece always has room.
#[derive(Debug)]
pub(super) struct Room {
    left: Option<usize>,
    is_empty: bool,
    /// Pieces that had no room.
    pub(super) missing: usize,
}

impl Room {
    pub(super) fn of(bytes: usize) -> Self {
        Self { left: Some(bytes), is_empty: true, missing: 0 }
    }

    /// Whether one more piece of this length has room. After one that has none, none has.
    pub(super) fn takes(&mut self, length: usize) -> bool {
        let rest = self.left.and_then(|left| left.checked_sub(length));
        let rest = rest.or_else(|| self.is_empty.then_some(0));
        (self.left, self.is_empty) = (rest, false);
        self.missing += usize::from(rest.is_none());
        rest.is_some()
    }
}

impl Room {
    /// Of a part of `list`: an ordinary file of any size fits, at this many tenths of its own text.
    pub(super) fn of_list(text: &str, tenths: usize) -> Self {
        const LEAST: usize = 40_000;
        Self::of((text.len() / 10 * tenths).max(LEAST))
    }

    /// Whether there is room for one more piece, however long it is; counts it if there is none.
    pub(super) fn is_open(&mut self) -> bool {
        let is_open = self.left.is_some_and(|left| left > 0);
        self.missing += usize::from(!is_open);
        is_open
    }

    /// Uses bytes up.
    pub(super) fn spend(&mut self, bytes: usize) {
        self.left = self.left.map(|left| left.saturating_sub(bytes));
    }
}

/// Which items have room: those of the lowest rank first, else in order.
pub(super) fn fitting<T>(
    items: &[T],
    rank: impl Fn(&T) -> u8,
    length: impl Fn(&T) -> usize,
    bytes: usize,
) -> Vec<bool> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|index| rank(&items[*index]));
    let (mut room, mut fits) = (Room::of(bytes), vec![false; items.len()]);
    for index in order {
        fits[index] = room.takes(length(&items[index]));
    }
    fits
}

/// The more severe, the lower.
pub(super) fn rank(finding: &Finding) -> u8 {
    match finding.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    }
}

/// Which findings are printed.
pub(super) fn shown<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<bool> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut is_of_few = |finding: &Finding| {
        let count = counts.entry(finding.rule.code).or_default();
        *count += 1;
        *count <= MOST_OF_RULE
    };
    let all: Vec<(&Finding, bool)> = findings.map(|finding| (finding, is_of_few(finding))).collect();
    let length = |(finding, _): &(&Finding, bool)| {
        FINDING + finding.message.len() + finding.account.as_ref().map_or(0, String::len) + finding.help().len()
    };
    // What is of a rule with many comes behind everything else, where it has no room.
    let fits = fitting(&all, |(finding, is_of_few)| if *is_of_few { rank(finding) } else { 3 }, length, ROOM);
    fits.into_iter().zip(&all).map(|(fits, (_, is_of_few))| fits && *is_of_few).collect()
}

/// The items that are printed.
pub(super) fn only<'i, T>(items: &'i [T], fits: &'i [bool]) -> impl Iterator<Item = &'i T> {
    items.iter().zip(fits).filter(|(_, fits)| **fits).map(|(item, _)| item)
}

/// `and 4,312 more`
pub(super) fn and_more(count: usize) -> String {
    format!("and {} more", grouped(count))
}

/// A number with commas.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        let numbers = [0, 999, 1000, 4312, 1_234_567];
        assert_eq!(numbers.map(grouped), ["0", "999", "1,000", "4,312", "1,234,567"]);
    }

    #[test]
    fn what_matters_most_has_room_first() {
        let items = [("a", 1), ("b", 0), ("c", 1), ("d", 0)];
        let fits = |bytes| fitting(&items, |item| item.1, |_| 10, bytes);
        assert_eq!(fits(30), [true, true, false, true]);
        assert_eq!(fits(5), [false, true, false, false]);
        let mut room = Room::of(25);
        assert_eq!([10, 10, 10, 1].map(|length| room.takes(length)), [true, true, false, false]);
        assert_eq!(room.missing, 2);
    }
}
