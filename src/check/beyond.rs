//! What follows so many findings of one rule that nobody reads them: it is counted, and counts as an error, because what it
//! is was not looked at.

use super::rule::Rule;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

/// How many findings of one rule are kept.
pub(super) const MOST_OF_RULE: usize = 1000;

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Beyond(BTreeMap<&'static str, Counted>);

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Counted {
    count: usize,
    /// Of their messages: other findings have another sum.
    sum: u64,
}

impl Beyond {
    pub(super) fn add(&mut self, rule: &'static Rule, message: &str) {
        let counted = self.0.entry(rule.code).or_default();
        counted.count += 1;
        // Without numbers: those of lines shift.
        let words: Vec<u8> = message.bytes().filter(|byte| !byte.is_ascii_digit()).collect();
        counted.sum = counted.sum.wrapping_add(BuildHasherDefault::<DefaultHasher>::default().hash_one(words));
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(|counted| counted.count).sum()
    }

    /// The number of findings for each rule, by code.
    pub fn by_rule(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.0.iter().map(|(code, counted)| (*code, counted.count))
    }

    /// How many there are of rules of which there are others than there were.
    #[must_use]
    pub fn changed(&self, before: Option<&Self>) -> usize {
        let is_same = |code: &str, counted: &Counted| before.and_then(|before| before.0.get(code)) == Some(counted);
        self.0.iter().filter(|(code, counted)| !is_same(code, counted)).map(|(_, counted)| counted.count).sum()
    }
}
