//! How this file writes its collections, so that new ones look the same.

use super::document::Document;
use super::indicators::{first_dash, gap_after};
use super::node::Kind;
use super::scalar::{Quote, write};
use granit_parser::ScalarStyle;
use std::collections::HashMap;

/// How a block sequence is indented below its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sequence {
    /// Columns from the key to the dash.
    pub(crate) offset: usize,
    /// The spaces between dash and content.
    pub(crate) gap: String,
}

/// The habits of a file.
#[derive(Debug)]
pub(crate) struct Style {
    by_key: HashMap<String, HashMap<Sequence, usize>>,
    all: HashMap<Sequence, usize>,
    /// Columns from a key to the keys of the mapping below it.
    pub(crate) mapping: usize,
    /// The file is JSON: every string, keys too, is in double quotes.
    json: bool,
    /// There are no blanks after commas and colons: `{"a":1,"b":2}`.
    compact: bool,
}

impl Style {
    pub(crate) fn learn(document: &Document<'_>) -> Self {
        let mut style = Self { by_key: HashMap::new(), all: HashMap::new(), mapping: 2, json: false, compact: false };
        style.json = is_json(document);
        style.compact = style.json && is_compact(document);
        let mut mappings = HashMap::new();
        for node in document.nodes() {
            let Kind::Mapping { flow: false, entries } = &node.kind else { continue };
            let Ok(column) = document.column(node.start) else { continue };
            for (key, value) in entries {
                match &document.node(*value).kind {
                    Kind::Sequence { flow: false, .. } => {
                        let (Some(name), Some(dash)) = (document.scalar(*key), first_dash(document, *key)) else {
                            continue;
                        };
                        style.count(name, column, document, dash);
                    }
                    Kind::Mapping { flow: false, .. } => {
                        let below = document.column(document.node(*value).start).unwrap_or(0);
                        if let Some(offset @ 1..=8) = below.checked_sub(column) {
                            *mappings.entry(offset).or_insert(0_usize) += 1;
                        }
                    }
                    _ => {}
                }
            }
        }
        style.mapping = most_common(&mappings, |offset| *offset == 2).copied().unwrap_or(2);
        style
    }

    /// A string as this file writes it.
    pub(crate) fn write(&self, value: &str, quote: Quote) -> String {
        write(value, if self.json { Quote::Double } else { quote })
    }

    /// Between two elements of a flow collection.
    pub(crate) fn comma(&self) -> &'static str {
        if self.compact { "," } else { ", " }
    }

    /// Between a key and its value in a flow collection.
    pub(crate) fn colon(&self) -> &'static str {
        if self.compact { ":" } else { ": " }
    }

    fn count(&mut self, key: &str, column: usize, document: &Document<'_>, dash: usize) {
        let below = document.column(dash).unwrap_or(0);
        let Some(offset @ 0..=8) = below.checked_sub(column) else { return };
        let sequence = Sequence { offset, gap: gap_after(document.text, dash) };
        match self.by_key.get_mut(key) {
            Some(counts) => *counts.entry(sequence.clone()).or_insert(0) += 1,
            None => {
                self.by_key.insert(key.to_owned(), HashMap::from([(sequence.clone(), 1)]));
            }
        }
        *self.all.entry(sequence).or_insert(0) += 1;
    }

    /// How a new sequence below `key` is to be written: as most under keys of that name, else as most in the file,
    /// else indented by two.
    pub(crate) fn sequence(&self, key: &str) -> Sequence {
        let usual = |sequence: &Sequence| sequence.offset == 2 && sequence.gap == " ";
        let of_key = self.by_key.get(key).and_then(|counts| most_common(counts, usual));
        of_key
            .or_else(|| most_common(&self.all, usual))
            .cloned()
            .unwrap_or_else(|| Sequence { offset: 2, gap: " ".to_owned() })
    }
}

/// Whether the file opens as JSON does: `{"key":`.
fn is_json(document: &Document<'_>) -> bool {
    let Some(root) = document.root() else { return false };
    let first = document.entries(root).first().map(|(key, _)| &document.node(*key).kind);
    let quoted = matches!(first, Some(Kind::Scalar { style: ScalarStyle::DoubleQuoted, .. }));
    quoted && matches!(document.node(root).kind, Kind::Mapping { flow: true, .. })
}

/// Whether the first key of such a file is right before its value.
fn is_compact(document: &Document<'_>) -> bool {
    let first = document.root().and_then(|root| document.entries(root).first());
    first.is_some_and(|(key, value)| document.node(*key).end + 1 == document.node(*value).start)
}

/// The key with the highest count; the usual one among equals, and the smallest text among the rest (so that one file
/// always gives one answer).
fn most_common<K: std::hash::Hash + Eq + std::fmt::Debug>(
    counts: &HashMap<K, usize>,
    usual: impl Fn(&K) -> bool,
) -> Option<&K> {
    let rank = |(key, count): &(&K, &usize)| (**count, usual(key), std::cmp::Reverse(format!("{key:?}")));
    counts.iter().max_by_key(rank).map(|(key, _)| key)
}
