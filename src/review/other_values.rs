//! Other values that changed: each with its path, never with its content.

use crate::spin::config::layout::{ACCESS_FIELDS, DOCKER_USER, Section};
use crate::yaml::{Document, Key, Kind, NodeId, Step, Tag, path_text, quote};
use std::collections::BTreeMap;

/// Stands for a missing file.
const NO_FILE: &str = "{}";

/// No real `.spin.yml` is deeper; a cycle of aliases is.
const DEEPEST: usize = 24;

/// How many nodes are compared: aliases can multiply them. No real file has more.
const MOST_WORK: usize = 2_000_000;

/// How many are reported; a reader would not read more.
const MOST: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherChange {
    Added,
    Removed,
    Changed,
}

impl OtherChange {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Such as `providers[0].api_token`; users by their names.
    pub path: String,
    pub change: OtherChange,
}

/// All changes except those reported as access, in the order of the new file.
pub(super) fn others(old: Option<&Document<'_>>, new: Option<&Document<'_>>) -> Vec<Other> {
    let Ok(nothing) = Document::read(NO_FILE) else { return Vec::new() };
    let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
    let mut comparer = Comparer { old, new, found: Vec::new(), work: 0, is_cut: false };
    if let (Some(before), Some(after)) = (old.root(), new.root()) {
        comparer.compare(before, after, &mut Vec::new());
    }
    comparer.found
}

/// Whether the two say the same, whatever their comments and layout.
pub(super) fn is_same(old: &Document<'_>, new: &Document<'_>) -> bool {
    let mut comparer = Comparer { old, new, found: Vec::new(), work: 0, is_cut: false };
    match (old.root(), new.root()) {
        (Some(before), Some(after)) => comparer.is_same(before, after, 0) && !comparer.is_cut,
        (before, after) => before.is_none() && after.is_none(),
    }
}

struct Comparer<'c, 'o, 'n> {
    old: &'c Document<'o>,
    new: &'c Document<'n>,
    found: Vec<Other>,
    /// The number of nodes compared; aliases can multiply it.
    work: usize,
    /// Something was too deep, or too much, to be compared.
    is_cut: bool,
}

impl Comparer<'_, '_, '_> {
    fn say(&mut self, path: &[Step], change: OtherChange) {
        if self.found.len() < MOST {
            let quoted = path.iter().map(|step| match step {
                Step::Key(name) => Step::Key(quote(name)),
                index @ Step::Index(_) => index.clone(),
            });
            self.found.push(Other { path: path_text(&quoted.collect::<Vec<_>>()), change });
        }
    }

    fn compare(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        self.work += 1;
        if path.len() > DEEPEST || self.work > MOST_WORK {
            return;
        }
        if !self.is_alike(before, after) && !is_people(path) {
            return self.say(path, OtherChange::Changed);
        }
        match (&self.old.node(before).kind, &self.new.node(after).kind) {
            (Kind::Mapping { .. }, Kind::Mapping { .. }) => self.mappings(before, after, path),
            (Kind::Sequence { .. }, Kind::Sequence { .. }) if is_people(path) => self.people(before, after, path),
            (Kind::Sequence { .. }, Kind::Sequence { .. }) => self.sequences(before, after, path),
            (Kind::Scalar { value: one, .. }, Kind::Scalar { value: other, .. }) if one == other => {}
            _ if is_people(path) => {}
            _ => self.say(path, OtherChange::Changed),
        }
    }

    fn mappings(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        let (old, new) = (self.old, self.new);
        let is_principal = matches!(path.as_slice(), [Step::Key(top), Step::Key(_)] if is_section(top))
            || matches!(path.as_slice(), [Step::Key(top)] if top == DOCKER_USER);
        for (key, value) in new.entries(after) {
            let Some(name) = new.scalar(*key).filter(|name| !(is_principal && ACCESS_FIELDS.contains(name))) else {
                continue;
            };
            path.push(Step::Key(name.to_owned()));
            match under(old, before, &new.key(*key)) {
                Some(was) => self.compare(was, *value, path),
                None if is_people(path) => {}
                None => self.whole(new, *value, path, OtherChange::Added),
            }
            path.pop();
        }
        for (key, value) in old.entries(before) {
            let Some(name) = old.scalar(*key).filter(|name| !(is_principal && ACCESS_FIELDS.contains(name))) else {
                continue;
            };
            if under(new, after, &old.key(*key)).is_none() {
                path.push(Step::Key(name.to_owned()));
                if !is_people(path) {
                    self.whole(old, *value, path, OtherChange::Removed);
                }
                path.pop();
            }
        }
    }

    /// A value that is new or gone; in `docker_user` only fields that are not reported as access.
    fn whole(&mut self, document: &Document<'_>, value: NodeId, path: &mut Vec<Step>, change: OtherChange) {
        if !matches!(path.as_slice(), [Step::Key(top)] if top == DOCKER_USER) {
            return self.say(path, change);
        }
        for (key, _) in document.entries(value) {
            let Some(name) = document.scalar(*key).filter(|name| !ACCESS_FIELDS.contains(name)) else { continue };
            path.push(Step::Key(name.to_owned()));
            self.say(path, change);
            path.pop();
        }
    }

    /// Users are distinguished by their names; a new or missing user is reported as access.
    fn people(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        let had = by_name(self.old, before);
        for (name, item) in by_name(self.new, after) {
            if let Some(was) = had.get(name) {
                path.push(Step::Key(name.to_owned()));
                self.compare(*was, item, path);
                path.pop();
            }
        }
    }

    /// Skips equal items at both ends; pairs those in between in order.
    fn sequences(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        let (had, has) = (self.old.items(before).to_vec(), self.new.items(after).to_vec());
        let same = |comparer: &mut Self, one: NodeId, other: NodeId| comparer.is_same(one, other, 0);
        let mut first = 0;
        while first < had.len().min(has.len()) && same(self, had[first], has[first]) {
            first += 1;
        }
        let (mut old_end, mut new_end) = (had.len(), has.len());
        while old_end > first && new_end > first && same(self, had[old_end - 1], has[new_end - 1]) {
            (old_end, new_end) = (old_end - 1, new_end - 1);
        }
        for index in first..old_end.max(new_end) {
            path.push(Step::Index(index));
            match (index < old_end, index < new_end) {
                (true, true) => self.compare(had[index], has[index], path),
                (true, false) => self.say(path, OtherChange::Removed),
                _ => self.say(path, OtherChange::Added),
            }
            path.pop();
        }
    }

    /// Whether Ansible makes the same kind of value of both.
    fn is_alike(&self, before: NodeId, after: NodeId) -> bool {
        let (one, other) = (self.old.node(before), self.new.node(after));
        let is_alike = (one.data, one.is_unsafe, one.tag) == (other.data, other.is_unsafe, other.tag);
        is_alike && (one.tag != Tag::Other || self.old.tag_text(before) == self.new.tag_text(after))
    }

    fn is_same(&mut self, before: NodeId, after: NodeId, depth: usize) -> bool {
        let (old, new) = (self.old, self.new);
        self.work += 1;
        if depth > DEEPEST || self.work > MOST_WORK {
            self.is_cut = true;
            return true;
        }
        if !self.is_alike(before, after) {
            return false;
        }
        match (&old.node(before).kind, &new.node(after).kind) {
            (Kind::Scalar { value: one, .. }, Kind::Scalar { value: other, .. }) => one == other,
            (Kind::Sequence { items: one, .. }, Kind::Sequence { items: other, .. }) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| self.is_same(*one, *other, depth + 1))
            }
            (Kind::Mapping { entries: one, .. }, Kind::Mapping { entries: other, .. }) => {
                let pairs = |(key, value): &(NodeId, NodeId)| Some((*value, under(new, after, &old.key(*key))?));
                one.len() == other.len()
                    && one.iter().all(|entry| pairs(entry).is_some_and(|(was, is)| self.is_same(was, is, depth + 1)))
            }
            _ => false,
        }
    }
}

/// The value of the same key. As for Ansible, `yes` and `"yes"` are different keys, and `yes` and `true` the same.
fn under(document: &Document<'_>, mapping: NodeId, key: &Key<'_>) -> Option<NodeId> {
    document.entries(mapping).iter().find(|(other, _)| document.key(*other) == *key).map(|(_, value)| *value)
}

fn by_name<'d>(document: &'d Document<'_>, list: NodeId) -> BTreeMap<&'d str, NodeId> {
    let named = document.items(list).iter().filter_map(|item| {
        let name = document.get(*item, "username").and_then(|name| document.scalar(name))?;
        Some((name, *item))
    });
    named.collect()
}

fn is_section(key: &str) -> bool {
    Section::ALL.iter().any(|section| section.key() == key)
}

fn is_people(path: &[Step]) -> bool {
    matches!(path, [Step::Key(top)] if is_section(top))
}
