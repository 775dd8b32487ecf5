//! Where two documents differ in what Ansible constructs of them: the smallest values that do.

use crate::spin::config::layout::{DOCKER_USER, Section};
use crate::yaml::{Document, Key, Kind, NodeId, Step, Tag};
use std::collections::HashMap;

/// As deep as a document can be.
const DEEPEST: usize = 256;

/// How many nodes are compared for each node of the two, because aliases can multiply them.
const MOST_WORK: usize = 8;

/// How many differences are kept.
const MOST: usize = 100_000;

/// A value that is new, gone or another one.
pub(super) struct Difference {
    /// Users by their names.
    pub(super) path: Vec<Step>,
    pub(super) before: Option<NodeId>,
    pub(super) after: Option<NodeId>,
}

#[derive(Default)]
pub(super) struct Differences {
    pub(super) list: Vec<Difference>,
    /// Something was too deep, or too much, to be compared: where that was first.
    pub(super) cut: Option<Vec<Step>>,
}

/// All differences, in the order of the new document; what is gone from a mapping or a list comes behind the rest of it.
pub(super) fn differences(old: &Document<'_>, new: &Document<'_>) -> Differences {
    let most_work = MOST_WORK * (old.nodes().count() + new.nodes().count()) + 1000;
    let found = Differences::default();
    let mut comparer = Comparer { old, new, found, same: HashMap::new(), work: 0, most_work };
    match (old.root(), new.root()) {
        (Some(before), Some(after)) => comparer.compare(before, after, &mut Vec::new()),
        (None, None) => {}
        (before, after) => comparer.say(&[], before, after),
    }
    comparer.found
}

struct Comparer<'c, 'o, 'n> {
    old: &'c Document<'o>,
    new: &'c Document<'n>,
    found: Differences,
    /// What is known of two collections.
    same: HashMap<(NodeId, NodeId), bool>,
    /// The number of nodes compared.
    work: usize,
    most_work: usize,
}

impl<'c> Comparer<'c, '_, '_> {
    fn say(&mut self, path: &[Step], before: Option<NodeId>, after: Option<NodeId>) {
        if self.found.list.len() < MOST {
            self.found.list.push(Difference { path: path.to_vec(), before, after });
        } else {
            self.cut(path);
        }
    }

    fn cut(&mut self, path: &[Step]) {
        self.found.cut.get_or_insert_with(|| path.to_vec());
    }

    fn compare(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        match self.is_same(before, after, path.len()) {
            Some(true) => {}
            None => self.cut(path),
            Some(false) if !self.is_alike(before, after) => self.say(path, Some(before), Some(after)),
            Some(false) => match (&self.old.node(before).kind, &self.new.node(after).kind) {
                (Kind::Mapping { .. }, Kind::Mapping { .. }) => self.mappings(before, after, path),
                (Kind::Sequence { .. }, Kind::Sequence { .. }) if is_people(path) => self.people(before, after, path),
                (Kind::Sequence { .. }, Kind::Sequence { .. }) => self.sequences(before, after, path),
                _ => self.say(path, Some(before), Some(after)),
            },
        }
    }

    fn mappings(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        let (old, new) = (self.old, self.new);
        let (had, has) = (by_key(old, before), by_key(new, after));
        for (key, value) in new.entries(after) {
            let name = new.key(*key);
            if has.get(&name) == Some(value) {
                let was = had.get(&name).copied();
                self.under(step(new, *key), was, Some(*value), path);
            }
        }
        for (key, value) in old.entries(before) {
            let name = old.key(*key);
            if !has.contains_key(&name) && had.get(&name) == Some(value) {
                self.under(step(old, *key), Some(*value), None, path);
            }
        }
    }

    /// Compares what is below a step.
    fn under(&mut self, step: Step, before: Option<NodeId>, after: Option<NodeId>, path: &mut Vec<Step>) {
        path.push(step);
        match (before, after) {
            (Some(before), Some(after)) => self.compare(before, after, path),
            _ => self.say(path, before, after),
        }
        path.pop();
    }

    /// Users are distinguished by name; of several entries with one name, each is compared with the one as far down.
    fn people(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        let (had, has) = (by_name(self.old, before), by_name(self.new, after));
        let known: HashMap<&(Option<&str>, usize), NodeId> = had.iter().map(|(name, item)| (name, *item)).collect();
        let kept: HashMap<&(Option<&str>, usize), NodeId> = has.iter().map(|(name, item)| (name, *item)).collect();
        for (name, item) in &has {
            self.under(person(name), known.get(name).copied(), Some(*item), path);
        }
        for (name, item) in had.iter().filter(|(name, _)| !kept.contains_key(name)) {
            self.under(person(name), Some(*item), None, path);
        }
    }

    /// Skips equal items at both ends; pairs those in between in order.
    fn sequences(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        let (had, has) = (self.old.items(before), self.new.items(after));
        let depth = path.len() + 1;
        let mut first = 0;
        while first < had.len().min(has.len()) && self.is_same(had[first], has[first], depth) == Some(true) {
            first += 1;
        }
        let (mut old_end, mut new_end) = (had.len(), has.len());
        while old_end > first
            && new_end > first
            && self.is_same(had[old_end - 1], has[new_end - 1], depth) == Some(true)
        {
            (old_end, new_end) = (old_end - 1, new_end - 1);
        }
        for index in first..old_end.max(new_end) {
            let at = |items: &[NodeId], end: usize| (index < end).then(|| items[index]);
            self.under(Step::Index(index), at(had, old_end), at(has, new_end), path);
        }
    }

    /// Whether Ansible makes the same kind of value of both.
    fn is_alike(&self, before: NodeId, after: NodeId) -> bool {
        let (one, other) = (self.old.node(before), self.new.node(after));
        let is_alike = (one.data, one.is_unsafe, one.tag) == (other.data, other.is_unsafe, other.tag);
        is_alike && (one.tag != Tag::Other || self.old.tag_text(before) == self.new.tag_text(after))
    }

    /// Whether Ansible makes the same value of both; `None` if that was too deep, or too much, to be compared.
    fn is_same(&mut self, before: NodeId, after: NodeId, depth: usize) -> Option<bool> {
        self.work += 1;
        if depth > DEEPEST || self.work > self.most_work {
            return None;
        }
        if !self.is_alike(before, after) {
            return Some(false);
        }
        let (old, new): (&'c Document<'_>, &'c Document<'_>) = (self.old, self.new);
        if let (Kind::Scalar { .. }, Kind::Scalar { .. }) = (&old.node(before).kind, &new.node(after).kind) {
            return Some(old.reading(before) == new.reading(after));
        }
        if let Some(known) = self.same.get(&(before, after)) {
            return Some(*known);
        }
        // A collection can hold itself: below, the two count as the same, and a difference is found where it is.
        self.same.insert((before, after), true);
        let found = self.are_same(before, after, depth);
        match found {
            Some(known) => self.same.insert((before, after), known),
            None => self.same.remove(&(before, after)),
        };
        found
    }

    fn are_same(&mut self, before: NodeId, after: NodeId, depth: usize) -> Option<bool> {
        let (old, new) = (self.old, self.new);
        match (&old.node(before).kind, &new.node(after).kind) {
            (Kind::Sequence { items: one, .. }, Kind::Sequence { items: other, .. }) => {
                if one.len() != other.len() {
                    return Some(false);
                }
                for (one, other) in one.iter().zip(other) {
                    if !self.is_same(*one, *other, depth + 1)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            (Kind::Mapping { entries: one, .. }, Kind::Mapping { entries: other, .. })
                if have_same_names(old, one, new, other) =>
            {
                for ((_, was), (_, is)) in one.iter().zip(other) {
                    if !self.is_same(*was, *is, depth + 1)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            (Kind::Mapping { .. }, Kind::Mapping { .. }) => {
                let (had, has) = (by_key(old, before), by_key(new, after));
                if had.len() != has.len() {
                    return Some(false);
                }
                for (key, _) in old.entries(before) {
                    let name = old.key(*key);
                    match (had.get(&name), has.get(&name)) {
                        (Some(was), Some(is)) if self.is_same(*was, *is, depth + 1)? => {}
                        _ => return Some(false),
                    }
                }
                Some(true)
            }
            _ => Some(false),
        }
    }
}

/// Whether two mappings have the same keys in the same order, all of them texts. No tree of a review has one twice.
fn have_same_names(
    old: &Document<'_>,
    one: &[(NodeId, NodeId)],
    new: &Document<'_>,
    other: &[(NodeId, NodeId)],
) -> bool {
    let is_same = |((was, _), (is, _)): (&(NodeId, NodeId), &(NodeId, NodeId))| {
        old.name(*was).is_some_and(|name| new.name(*is) == Some(name))
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}

/// The values of a mapping. As for Ansible, `yes` and `"yes"` are different keys, and `yes` and `true` the same.
fn by_key<'d>(document: &'d Document<'_>, mapping: NodeId) -> HashMap<Key<'d>, NodeId> {
    document.entries(mapping).iter().map(|(key, value)| (document.key(*key), *value)).collect()
}

fn step(document: &Document<'_>, key: NodeId) -> Step {
    Step::Key(document.scalar(key).unwrap_or("?").to_owned())
}

/// The step to an entry.
pub(super) fn person((name, index): &(Option<&str>, usize)) -> Step {
    match name {
        // The second entry of a name is another one.
        Some(name) if *index > 0 => Step::Key(format!("{name} ({})", index + 1)),
        Some(name) => Step::Key((*name).to_owned()),
        None => Step::Index(*index),
    }
}

/// The items of a list of people, each with its name and how many of that name are before it.
pub(super) fn by_name<'d>(document: &'d Document<'_>, list: NodeId) -> Vec<((Option<&'d str>, usize), NodeId)> {
    let items = document.items(list);
    let mut seen: HashMap<Option<&str>, usize> = HashMap::with_capacity(items.len());
    let mut named = Vec::with_capacity(items.len());
    for item in items {
        let name = document.get(*item, "username").and_then(|name| document.scalar(name));
        let count = seen.entry(name).or_default();
        named.push(((name, *count), *item));
        *count += 1;
    }
    named
}

fn is_people(path: &[Step]) -> bool {
    matches!(path, [Step::Key(top)] if is_section(top))
}

pub(super) fn is_section(name: &str) -> bool {
    Section::ALL.iter().any(|section| section.key() == name)
}

/// The path of the entry in which a difference is, if it is one of a user or of `docker_user`.
pub(super) fn entry_of(path: &[Step]) -> Option<&[Step]> {
    match path {
        [Step::Key(top), _, ..] if is_section(top) => Some(&path[..2]),
        [Step::Key(top), ..] if top == DOCKER_USER => Some(&path[..1]),
        _ => None,
    }
}
