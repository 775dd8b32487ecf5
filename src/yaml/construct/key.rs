//! Which keys of a mapping are the same: as Python compares and hashes them (`yes` and `1` are one key).

use super::number::{Int, float, int};
use super::time::{Moment, time};
use super::{Data, Duplicate, NodeId, Run};
use crate::yaml::node::Kind;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Up to as many keys are compared each with each.
const FEW: usize = 12;

/// What two keys that are the same have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key<'n> {
    Null,
    Text(Cow<'n, str>),
    /// Whole numbers, whole floats, true and false.
    Int(i128),
    /// The bits of any other float.
    Float(u64),
    Time(Moment),
    /// Base64.
    Bytes(String),
    /// The text of a number beyond 128 bits, or of a key with a tag that only Ansible knows.
    Other(String),
    /// Only itself.
    Node(NodeId),
}

/// The key that a node is, from its text and its data.
pub(crate) fn key_of(id: NodeId, text: Cow<'_, str>, data: Data) -> Key<'_> {
    match data {
        Data::Null => Key::Null,
        Data::Text => Key::Text(text),
        Data::Bool(value) => Key::Int(i128::from(value)),
        Data::Int => match int(&text) {
            Some(Int::Known(value)) => Key::Int(value),
            _ => Key::Other(text.into_owned()),
        },
        Data::Float => match float(&text) {
            Some(value) if value.is_nan() => Key::Node(id),
            // Whole floats up to 2^100 are whole numbers to `as` as well.
            #[expect(clippy::cast_possible_truncation, reason = "whole, and far within 128 bits")]
            Some(value) if value.fract() == 0.0 && value.abs() < 1e30 => Key::Int(value as i128),
            Some(value) => Key::Float(value.to_bits()),
            None => Key::Node(id),
        },
        Data::Time => time(&text).map_or(Key::Node(id), |time| Key::Time(time.moment())),
        Data::Bytes => Key::Bytes(base64_of(&text)),
        Data::Vault | Data::List | Data::Map | Data::Set | Data::Merge | Data::Unknown => Key::Node(id),
    }
}

/// The letters that count, up to the padding.
fn base64_of(text: &str) -> String {
    let is_letter = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let mut letters: String = text.chars().take_while(|c| *c != '=').filter(is_letter).collect();
    // The last bits of an unfinished group are not read.
    let unread = match letters.len() % 4 {
        2 => 0b1111,
        3 => 0b11,
        _ => 0,
    };
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if let Some(last) = letters.pop() {
        let value = ALPHABET.iter().position(|letter| char::from(*letter) == last).unwrap_or(0);
        letters.push(char::from(ALPHABET[value & !unread]));
    }
    letters
}

impl<'b> Run<'b, '_> {
    /// Of each key the last entry, at the place of the first; notes what is lost, where it is written in one mapping.
    pub(super) fn last_of_each(
        &mut self,
        mapping: NodeId,
        entries: &[(NodeId, NodeId)],
        has_merged: bool,
        is_set: bool,
    ) -> Option<Vec<(NodeId, NodeId)>> {
        if self.are_other_texts(entries) {
            return None;
        }
        let keys: Vec<Key<'b>> = entries.iter().map(|(key, _)| self.key(*key)).collect();
        let mut seen = HashSet::with_capacity(keys.len());
        if keys.iter().all(|key| seen.insert(key)) {
            return None;
        }
        if !has_merged {
            self.note_lost(mapping, entries, &keys);
        } else if let Kind::Mapping { entries: written, .. } = &self.node(mapping).kind {
            let own: Vec<_> = written.iter().map(|(key, value)| (self.target(*key), self.target(*value))).collect();
            let own_keys: Vec<_> = own.iter().map(|(key, _)| self.key(*key)).collect();
            self.note_lost(mapping, &own, &own_keys);
        }
        let mut places = HashMap::with_capacity(entries.len());
        let mut out: Vec<(NodeId, NodeId)> = Vec::with_capacity(entries.len());
        for (entry, key) in entries.iter().copied().zip(keys) {
            let place = *places.entry(key).or_insert(out.len());
            match out.get_mut(place) {
                // Python keeps the first key: that is the same text, but it may be another number (`1`, `true`).
                Some(earlier) if self.data[entry.0] == Data::Text && !is_set => *earlier = entry,
                Some(earlier) => earlier.1 = entry.1,
                None => out.push(entry),
            }
        }
        Some(out)
    }

    /// Whether these are few keys, all written as texts and none twice: then no table is needed. Nearly all mappings are
    /// so.
    fn are_other_texts(&self, entries: &[(NodeId, NodeId)]) -> bool {
        let text = |(key, _): &(NodeId, NodeId)| {
            let is_text = self.data[*key] == Data::Text && matches!(self.node(*key).kind, Kind::Scalar { .. });
            is_text.then(|| self.node(*key).text())
        };
        entries.len() <= FEW
            && entries.iter().enumerate().all(|(at, entry)| {
                text(entry).is_some_and(|own| entries[..at].iter().all(|other| text(other) != Some(own)))
            })
    }

    fn key(&self, id: NodeId) -> Key<'b> {
        // A mapping with `=` may be a text.
        let text = match self.out.changed.get(&id) {
            Some(Kind::Scalar { value, .. }) => Cow::Owned(value.to_string()),
            _ => Cow::Borrowed(self.node(id).text()),
        };
        key_of(id, text, self.data[id])
    }

    fn note_lost(&mut self, mapping: NodeId, entries: &[(NodeId, NodeId)], keys: &[Key<'b>]) {
        let last: HashMap<&Key<'b>, usize> = keys.iter().enumerate().map(|(at, key)| (key, at)).collect();
        for ((lost_key, lost_value), (at, key)) in entries.iter().copied().zip(keys.iter().enumerate()) {
            if let Some((kept_key, kept_value)) = last.get(key).filter(|last| **last != at).map(|last| entries[*last]) {
                // A merge key may be repeated.
                if self.data[lost_key] != Data::Merge {
                    self.out.duplicates.push(Duplicate { mapping, lost_key, lost_value, kept_key, kept_value });
                }
            }
        }
    }
}
