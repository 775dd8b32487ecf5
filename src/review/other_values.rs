//! What else changed: each value by its path, none by what it says.

use crate::yaml::{Document, Kind, Node, NodeId, Step, key_identity, path_text};
use std::collections::BTreeMap;

/// Fields of users and of `docker_user` that are told as access.
const TOLD: [&str; 5] = ["username", "groups", "state", "authorized_keys", "authorized_ssh_keys"];

/// Deeper than this nobody writes a `.spin.yml`; a circle of aliases does.
const DEEPEST: usize = 24;

/// How many are told; more say nothing more to a reader.
const MOST: usize = 500;

/// What happened to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherChange {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl OtherChange {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Where it stands, as `providers[0].api_token`; users by their names.
    pub path: String,
    /// What happened to it.
    pub change: OtherChange,
}

/// Everything that changed but what is told as access, in the order of the new file.
pub(super) fn others(old: &Document<'_>, new: &Document<'_>) -> Vec<Other> {
    let mut comparer = Comparer { old, new, found: Vec::new(), work: 0 };
    if let (Some(before), Some(after)) = (old.root(), new.root()) {
        comparer.compare(before, after, &mut Vec::new());
    }
    comparer.found
}

struct Comparer<'c, 't> {
    old: &'c Document<'t>,
    new: &'c Document<'t>,
    found: Vec<Other>,
    /// Nodes that were compared: aliases can multiply them.
    work: usize,
}

impl Comparer<'_, '_> {
    fn say(&mut self, path: &[Step], change: OtherChange) {
        if self.found.len() < MOST {
            self.found.push(Other { path: path_text(path), change });
        }
    }

    fn compare(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        const MOST_WORK: usize = 2_000_000;
        self.work += 1;
        if path.len() > DEEPEST || self.work > MOST_WORK {
            return;
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
            || matches!(path.as_slice(), [Step::Key(top)] if top == "docker_user");
        for (key, value) in new.entries(after) {
            let Some(name) = new.scalar(*key).filter(|name| !(is_principal && TOLD.contains(name))) else { continue };
            path.push(Step::Key(crate::yaml::quote(name)));
            match under(old, before, new.node(*key)) {
                Some(was) => self.compare(was, *value, path),
                None if is_people(path) => {}
                None => self.whole(new, *value, path, OtherChange::Added),
            }
            path.pop();
        }
        for (key, value) in old.entries(before) {
            let Some(name) = old.scalar(*key).filter(|name| !(is_principal && TOLD.contains(name))) else { continue };
            if under(new, after, old.node(*key)).is_none() {
                path.push(Step::Key(crate::yaml::quote(name)));
                if !is_people(path) {
                    self.whole(old, *value, path, OtherChange::Removed);
                }
                path.pop();
            }
        }
    }

    /// A value that is new or gone; of `docker_user` only what is not told as access.
    fn whole(&mut self, document: &Document<'_>, value: NodeId, path: &mut Vec<Step>, change: OtherChange) {
        if !matches!(path.as_slice(), [Step::Key(top)] if top == "docker_user") {
            return self.say(path, change);
        }
        for (key, _) in document.entries(value) {
            let Some(name) = document.scalar(*key).filter(|name| !TOLD.contains(name)) else { continue };
            path.push(Step::Key(crate::yaml::quote(name)));
            self.say(path, change);
            path.pop();
        }
    }

    /// Users are told apart by their names; who is new or gone is told as access.
    fn people(&mut self, before: NodeId, after: NodeId, path: &mut Vec<Step>) {
        let by_name = |document: &Document<'_>, list: NodeId| {
            let named = document.items(list).iter().filter_map(|item| {
                let name = document.get(*item, "username").and_then(|name| document.scalar(name))?;
                Some((name.to_owned(), *item))
            });
            named.collect::<BTreeMap<String, NodeId>>()
        };
        let had = by_name(self.old, before);
        for (name, item) in by_name(self.new, after) {
            if let Some(was) = had.get(&name) {
                path.push(Step::Key(crate::yaml::quote(&name)));
                self.compare(*was, item, path);
                path.pop();
            }
        }
    }

    /// Items that are the same at both ends stay out of it; between them they are paired in order.
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

    fn is_same(&mut self, before: NodeId, after: NodeId, depth: usize) -> bool {
        let (old, new) = (self.old, self.new);
        self.work += 1;
        if depth > DEEPEST {
            return true;
        }
        match (&old.node(before).kind, &new.node(after).kind) {
            (Kind::Scalar { value: one, .. }, Kind::Scalar { value: other, .. }) => one == other,
            (Kind::Sequence { items: one, .. }, Kind::Sequence { items: other, .. }) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| self.is_same(*one, *other, depth + 1))
            }
            (Kind::Mapping { entries: one, .. }, Kind::Mapping { entries: other, .. }) => {
                let pairs = |(key, value): &(NodeId, NodeId)| Some((*value, under(new, after, old.node(*key))?));
                one.len() == other.len()
                    && one.iter().all(|entry| pairs(entry).is_some_and(|(was, is)| self.is_same(was, is, depth + 1)))
            }
            _ => false,
        }
    }
}

/// The value under the same key, as Ansible tells keys apart: `yes` and `"yes"` are two.
fn under(document: &Document<'_>, mapping: NodeId, key: &Node<'_>) -> Option<NodeId> {
    let Kind::Scalar { value: text, .. } = &key.kind else { return None };
    let is_same =
        |other: NodeId| document.scalar(other) == Some(text) && key_identity(document.node(other)) == key_identity(key);
    document.entries(mapping).iter().find(|(other, _)| is_same(*other)).map(|(_, value)| *value)
}

fn is_section(key: &str) -> bool {
    key == "users" || key == "additional_users"
}

fn is_people(path: &[Step]) -> bool {
    matches!(path, [Step::Key(top)] if is_section(top))
}
