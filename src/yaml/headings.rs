//! Headings: a short comment above the first of several items is about all of them, and stays while one of them does.
//!
//! Where it could as well be about the first alone, it stays: a heading that is lost is worse than a note left behind. What
//! names that item, or is worded as a note on one, goes with it.

use super::block_element::Element;
use super::commented::is_prose;
use super::comments::Comments;
use super::document::Document;
use super::edit::Along;
use super::error::Refusal;
use super::group::Group;
use super::node::{Kind, NodeId};
use super::text::{is_blank, line_at, line_start, next_line};
use std::collections::{BTreeSet, HashMap};

/// A heading has no more words.
const MOST_WORDS: usize = 5;
/// So many items below a heading are asked, or the time would grow with the square of the file.
const MOST_ITEMS: usize = 32;
/// Longer words are parts of keys.
const LONGEST_WORD: usize = 40;
/// Words of notes on one person or key.
const OF_NOTES: [&str; 46] = [
    "ask",
    "delete",
    "deleted",
    "desktop",
    "ex",
    "expired",
    "expires",
    "expiring",
    "fixme",
    "former",
    "formerly",
    "gone",
    "had",
    "has",
    "he",
    "her",
    "his",
    "is",
    "laptop",
    "leaver",
    "leaves",
    "leaving",
    "left",
    "lost",
    "old",
    "phone",
    "remove",
    "removed",
    "replaced",
    "retired",
    "revoke",
    "revoked",
    "see",
    "she",
    "since",
    "stolen",
    "tablet",
    "temp",
    "temporary",
    "their",
    "ticket",
    "till",
    "todo",
    "until",
    "was",
    "yubikey",
];

/// The removed items that come first: of their collection, or below a heading that stays.
#[derive(Default)]
pub(crate) struct Opening {
    /// Where the comments begin that go with an item below such a heading.
    headings: HashMap<usize, usize>,
    opens: BTreeSet<usize>,
}

impl Opening {
    /// What is above the removed ones of `elements`.
    pub(crate) fn of(
        document: &Document<'_>,
        comments: &Comments,
        group: &Group,
        elements: &[Element],
    ) -> Result<Self, Refusal> {
        let mut found = Self::default();
        let is_list = matches!(document.node(group.target.node).kind, Kind::Sequence { .. });
        let parted = is_list && are_all_parted(document.text, elements);
        for (at, along) in &group.removed {
            if is_list && *along == Along::All {
                let start = elements[*at].with_comments(document, comments)?.start;
                let list = List { document, comments, group, elements, parted };
                found.headings.extend(list.below_heading(*at, start)?.map(|start| (*at, start)));
            }
            let is_next = at.checked_sub(1).is_none_or(|before| found.opens.contains(&before));
            if is_next || found.headings.contains_key(at) {
                found.opens.insert(*at);
            }
        }
        Ok(found)
    }

    /// Where the comments of an item begin that go with it, if a heading above them stays.
    pub(crate) fn below_heading(&self, at: usize) -> Option<usize> {
        self.headings.get(&at).copied()
    }

    /// Whether nothing that stays is between an item and the start of its collection, or its heading.
    pub(crate) fn opens(&self, at: usize) -> bool {
        self.opens.contains(&at)
    }
}

/// Items with what is above them.
struct List<'d, 't> {
    document: &'d Document<'t>,
    comments: &'d Comments,
    group: &'d Group,
    elements: &'d [Element],
    /// Blank lines are between all of them, and so part no groups.
    parted: bool,
}

impl List<'_, '_> {
    /// Behind the heading in the comments from `start` on above a removed item, if it stays.
    fn below_heading(&self, at: usize, start: usize) -> Result<Option<usize>, Refusal> {
        let text = self.document.text;
        let line = line_start(text, self.elements[at].start);
        let mut lines = text[start..line].lines();
        let (Some(first), second, None) = (lines.next(), lines.next(), lines.next()) else { return Ok(None) };
        let own = words_of(self.document, self.elements[at].node);
        let (mut is_shared, mut stays) = (BTreeSet::new(), false);
        for (number, element) in self.elements.iter().enumerate().skip(at + 1).take(MOST_ITEMS) {
            let top = element.with_comments(self.document, self.comments)?.start;
            let words = words_of(self.document, element.node);
            let before = top.checked_sub(1).map_or(0, |end| line_start(text, end));
            let is_parted = is_prose(line_at(text, before)) || (is_blank(text, before) && !self.parted);
            let above = &text[top..line_start(text, element.start)];
            if is_parted || (!above.is_empty() && !above.lines().any(|line| is_note(line, &words))) {
                break;
            }
            is_shared.extend(words);
            stays |= !self.group.removed.contains_key(&number);
        }
        let own: BTreeSet<String> = own.difference(&is_shared).cloned().collect();
        let is_heading = !is_note(first, &own) && second.is_none_or(|note| names(note, &own));
        Ok((stays && is_heading).then(|| next_line(text, start)))
    }
}

/// Whether blank lines are between each item and the next.
fn are_all_parted(text: &str, elements: &[Element]) -> bool {
    elements.windows(2).all(|pair| {
        let between = &text[next_line(text, pair[0].last)..line_start(text, pair[1].start)];
        between.lines().any(|line| line.trim().is_empty())
    })
}

/// Whether a comment is about the one thing below it, which has these words.
fn is_note(line: &str, own: &BTreeSet<String>) -> bool {
    let text = line.trim().trim_matches(['#', '-', '=', ' ']);
    let words: Vec<String> = words(text).collect();
    let is_of_note = |word: &String| {
        OF_NOTES.contains(&word.as_str()) || word.chars().filter(char::is_ascii_digit).count() > 2 || own.contains(word)
    };
    words.is_empty()
        || words.len() > MOST_WORDS
        || text.ends_with('.')
        || text.contains(": ")
        || words.iter().any(is_of_note)
}

fn names(line: &str, own: &BTreeSet<String>) -> bool {
    words(line).any(|word| own.contains(&word))
}

/// The words of a text, but for keys.
fn words(text: &str) -> impl Iterator<Item = String> {
    let spoken = text.split_whitespace().filter(|word| word.len() <= LONGEST_WORD && !word.starts_with("AAAA"));
    let words = spoken.flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.len() > 1).map(str::to_lowercase)
}

/// The words of all values in a node.
fn words_of(document: &Document<'_>, id: NodeId) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = document.scalar(id).map(|text| words(text).collect()).unwrap_or_default();
    for below in document.items(id).iter().chain(document.entries(id).iter().map(|(_, value)| value)) {
        found.extend(words_of(document, *below));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_one_or_tells_of_one_is_a_note() {
        let own = BTreeSet::from(["bob".to_owned(), "laptop".to_owned()]);
        for note in [
            "# Bob",
            "  # bob's key",
            "# left 2024",
            "# until May",
            "# 2024-05-01",
            "#1234",
            "# state: absent",
            "# She helps out.",
            "# one two three four five six",
            "#",
            "# ----",
        ] {
            assert!(is_note(note, &own), "{note}");
        }
        for heading in ["# Ops", "#backend team", "# -- Devs --", "# On call:", "# Level 2 support", "# bobsled team"] {
            assert!(!is_note(heading, &own), "{heading}");
        }
    }
}
