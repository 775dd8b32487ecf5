//! How this file writes its collections, so that new ones look the same.

use super::brackets::{self, Brackets, Gap};
use super::document::Document;
use super::indicators::{blanks_before_colon, first_dash, gap_after};
use super::node::{Kind, NodeId};
use super::scalar::Quote;
use granit_parser::ScalarStyle;
use std::collections::HashMap;

/// So many of the last flow collections are asked for their habits.
const FLOWS_ASKED: usize = 64;

/// How a block sequence is indented below its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sequence {
    /// Columns from the key to the dash.
    pub(crate) offset: usize,
    /// The spaces between dash and content.
    pub(crate) gap: String,
}

/// The habits of a file, for what has no neighbours of its own.
#[derive(Debug)]
pub(crate) struct Style<'d> {
    pub(crate) document: &'d Document<'d>,
    by_key: HashMap<String, HashMap<Sequence, usize>>,
    all: HashMap<Sequence, usize>,
    /// Columns from a key to the keys of the mapping below it.
    mapping: usize,
    /// Whatever is below a key begins at a multiple of four columns, however deep the key is: so Go writes YAML.
    by_fours: bool,
    /// The file is JSON: every string, keys too, is in double quotes.
    pub(crate) json: bool,
    /// The quotes that all keys of mappings that are not in brackets have.
    pub(crate) of_keys: Option<Quote>,
    /// The quotes that all words around the place of an edit have.
    pub(crate) of_words: Option<Quote>,
    /// An edit writes a key anew that is in quotes: of its neighbours only those that are say which it has now.
    pub(crate) keeps_quotes: bool,
    /// All keys of mappings that are not in brackets have a blank before their colon.
    is_spaced: bool,
    /// There are no blanks after commas and colons: `{"a":1,"b":2}`.
    compact: bool,
}

impl<'d> Style<'d> {
    pub(crate) fn learn(document: &'d Document<'d>) -> Self {
        let (by_key, all) = (HashMap::new(), HashMap::new());
        let mut style = Self {
            document,
            by_key,
            all,
            mapping: 2,
            by_fours: false,
            json: false,
            of_keys: None,
            of_words: None,
            keeps_quotes: false,
            is_spaced: false,
            compact: false,
        };
        style.json = is_json(document);
        style.compact = style.json && is_compact(document);
        let mut mappings = HashMap::new();
        let (mut spaced, mut quotes) = (None, None);
        // Whether all that is below keys begins at such columns, and some of these keys do not.
        let (mut are_fours, mut is_shown) = (true, false);
        let mut is_below = |key: usize, below: usize| {
            are_fours &= below > key && below.is_multiple_of(4);
            is_shown |= !key.is_multiple_of(4);
        };
        for node in document.nodes() {
            let Kind::Mapping { flow: false, entries } = &node.kind else { continue };
            let Ok(column) = document.column(node.start) else { continue };
            for (key, value) in entries {
                if spaced != Some(false) {
                    spaced = Some(blanks_before_colon(document, *key) == Some(" "));
                }
                if quotes != Some(None) {
                    let own = Quote::of(document.node(*key).kind.style());
                    quotes = Some(own.filter(|own| quotes.is_none_or(|all| all == Some(*own))));
                }
                match &document.node(*value).kind {
                    Kind::Sequence { flow: false, .. } => {
                        let (Some(name), Some(dash)) = (document.scalar(*key), first_dash(document, *key)) else {
                            continue;
                        };
                        is_below(column, document.column(dash).unwrap_or(0));
                        style.count(name, column, document, dash);
                    }
                    Kind::Mapping { flow: false, .. } => {
                        let below = document.column(document.node(*value).start).unwrap_or(0);
                        is_below(column, below);
                        if let Some(offset @ 1..=8) = below.checked_sub(column) {
                            *mappings.entry(offset).or_insert(0_usize) += 1;
                        }
                    }
                    _ => {}
                }
            }
        }
        style.by_fours = are_fours && is_shown;
        (style.is_spaced, style.of_keys) = (spaced == Some(true), quotes.flatten());
        // Who indents lists by four does so with mappings.
        let of_lists = || most_common(&style.all, usual).map(|sequence| sequence.offset).filter(|offset| *offset > 2);
        let of_mappings = most_common(&mappings, |offset| *offset == 2).copied();
        style.mapping = of_mappings.or_else(of_lists).unwrap_or(2);
        style
    }

    /// A string in quotes that this file can have.
    pub(crate) fn quote(&self, quote: Quote) -> Quote {
        if self.json { Quote::Double } else { quote }
    }

    /// How most flow mappings, or lists, of the file are written, as far as they are on one line; in JSON on several as well,
    /// but for what is to be `on_line`.
    pub(crate) fn brackets(&self, mapping: bool, on_line: bool) -> Brackets {
        let found = self.usual_brackets(mapping, on_line);
        // A pretty file whose lists are all empty.
        let broken = || self.usual_brackets(!mapping, on_line).filter(Brackets::is_broken);
        found.or_else(broken).unwrap_or_else(|| {
            let none = || Gap::Spaces(String::new());
            Brackets { open: none(), comma: None, close: none(), trailing: false }
        })
    }

    /// The same for a list, as those of mappings, or those of words.
    pub(crate) fn list_brackets(&self, of_mappings: bool, on_line: bool) -> Option<Brackets> {
        let is_mapping = |id: &NodeId| matches!(self.document.node(*id).kind, Kind::Mapping { .. });
        self.most_usual(on_line, |kind| match kind {
            Kind::Sequence { flow: true, items } => items.first().map(is_mapping) == Some(of_mappings),
            _ => false,
        })
    }

    fn usual_brackets(&self, mapping: bool, on_line: bool) -> Option<Brackets> {
        self.most_usual(on_line, |kind| match kind {
            Kind::Sequence { flow: true, items } => !mapping && !items.is_empty(),
            Kind::Mapping { flow: true, entries } => mapping && !entries.is_empty(),
            _ => false,
        })
    }

    fn most_usual(&self, on_line: bool, is_it: impl Fn(&Kind<'_>) -> bool) -> Option<Brackets> {
        let flows = self.flows(is_it);
        let mut counts = HashMap::new();
        for id in flows {
            // Where there is no comma, nothing is said of it.
            let found = Brackets::of(self.document, id, usize::MAX);
            let is_it = |it: &Brackets| if on_line { it.is_on_line() } else { self.json || !it.is_broken() };
            if let Some(brackets) = found.filter(is_it) {
                *counts.entry(Brackets { comma: None, ..brackets }).or_insert(0_usize) += 1;
            }
        }
        most_common(&counts, |brackets| !brackets.is_broken()).cloned()
    }

    /// By how much what is between brackets on several lines is deeper than these, whose line has `outer` before it.
    pub(crate) fn step(&self, outer: &str) -> String {
        match self.brackets(true, false).open {
            Gap::Break(deeper) if !deeper.is_empty() => deeper,
            _ if outer.starts_with('\t') => "\t".to_owned(),
            _ => "  ".to_owned(),
        }
    }

    /// Between two elements of a flow collection: as between most on one line.
    pub(crate) fn comma(&self) -> String {
        let flows =
            self.flows(|kind| matches!(kind, Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. }));
        let mut counts = HashMap::new();
        for brackets in flows.into_iter().filter_map(|id| Brackets::of(self.document, id, usize::MAX)) {
            if let Some(Gap::Spaces(spaces)) = brackets.comma {
                *counts.entry(spaces).or_insert(0_usize) += 1;
            }
        }
        let usual = || if self.compact { "" } else { " " }.to_owned();
        format!(",{}", most_common(&counts, |spaces| *spaces == " ").cloned().unwrap_or_else(usual))
    }

    /// The last flow collections of a kind, the last first.
    fn flows(&self, is_it: impl Fn(&Kind<'_>) -> bool) -> Vec<NodeId> {
        let nodes = self.document.nodes().enumerate().rev();
        nodes.filter(|(_, node)| is_it(&node.kind)).map(|(id, _)| id).take(FLOWS_ASKED).collect()
    }

    /// Between a key and its value in a flow collection: as in most that have one of the usual forms.
    pub(crate) fn colon(&self) -> &'d str {
        let mut counts = HashMap::new();
        for id in self.flows(|kind| matches!(kind, Kind::Mapping { flow: true, .. })) {
            let first = self.document.entries(id).first();
            let found = first.and_then(|(key, value)| brackets::colon(self.document, *key, *value));
            if let Some(colon @ (": " | " : " | ":")) = found {
                *counts.entry(colon).or_insert(0_usize) += 1;
            }
        }
        let usual = if self.compact { ":" } else { ": " };
        most_common(&counts, |colon| *colon == usual).copied().unwrap_or(usual)
    }

    /// Between a key and its colon, where its neighbours do not say.
    pub(crate) fn before_colon(&self) -> &'static str {
        if self.is_spaced { " " } else { "" }
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

    /// How a new sequence below `key`, which is at `column`, is to be written: as most under keys of that name, else as
    /// most in the file, else indented by two.
    pub(crate) fn sequence(&self, key: &str, column: usize) -> Sequence {
        let of_key = self.by_key.get(key).and_then(|counts| most_common(counts, usual));
        let found = of_key.or_else(|| most_common(&self.all, usual)).cloned();
        let found = found.unwrap_or_else(|| Sequence { offset: 2, gap: " ".to_owned() });
        Sequence { offset: self.to_next_four(column).unwrap_or(found.offset), ..found }
    }

    /// Columns from a key at `column` to the keys of a new mapping below it.
    pub(crate) fn mapping(&self, column: usize) -> usize {
        self.to_next_four(column).unwrap_or(self.mapping)
    }

    fn to_next_four(&self, column: usize) -> Option<usize> {
        self.by_fours.then_some(4 - column % 4)
    }
}

fn usual(sequence: &Sequence) -> bool {
    sequence.offset == 2 && sequence.gap == " "
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
