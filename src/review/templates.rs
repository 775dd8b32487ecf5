//! Templates that stay as they are: what a change of the values around them can do through them.

use super::differences::{Difference, by_name, entry_of, is_section};
use crate::spin::config::ansible_value::Value;
use crate::spin::config::layout::{DOCKER_USER, Section};
use crate::spin::config::template::{Evaluated, all_evaluated, evaluated, is_dynamic, is_shipped, may_evaluate, words};
use crate::spin::config::variables::ACCESS;
use crate::yaml::{Document, NodeId, Step};
use std::collections::{HashMap, HashSet};

/// The templates of both sides, but for those of the shipped file.
#[derive(Default)]
pub(super) struct Templates {
    /// First bytes of templates of the new side: the first among the keys,
    access: Option<usize>,
    /// the first that can use any variable,
    dynamic: Option<usize>,
    /// and the first that has each word.
    words: HashMap<String, usize>,
    /// Entries of users, and `docker_user`, with a template on either side.
    entries: HashSet<Vec<Step>>,
    /// Which account is the deploy account is known only to Ansible.
    is_deploy_unknown: bool,
    /// Entries with templates changed their order among the others.
    is_reordered: bool,
}

impl Templates {
    pub(super) fn of(old: Option<&Document<'_>>, new: &Document<'_>) -> Self {
        let mut found = Self::default();
        found.collect(new);
        for document in old.into_iter().chain([new]).filter(|document| may_evaluate(document)) {
            found.add_entries(document);
        }
        if let Some(old) = old.filter(|_| !found.entries.is_empty()) {
            found.is_reordered = Section::ALL.iter().any(|section| is_reordered(old, new, *section));
        }
        found
    }

    fn collect(&mut self, document: &Document<'_>) {
        let Some(root) = document.root().filter(|_| may_evaluate(document)) else { return };
        for (key, value) in document.entries(root) {
            let name = document.scalar(*key).unwrap_or_default();
            for id in all_evaluated(document, *value) {
                let (text, at) = (document.reading(id).unwrap_or_default(), document.node(id).start);
                if evaluated(document, id) != Some(Evaluated::Template) || is_shipped(name, text) {
                    continue;
                }
                if ACCESS.contains(&name) {
                    self.access.get_or_insert(at);
                }
                if is_dynamic(text) {
                    self.dynamic.get_or_insert(at);
                }
                for word in words(text) {
                    self.words.entry(word.to_owned()).or_insert(at);
                }
            }
        }
    }

    fn add_entries(&mut self, document: &Document<'_>) {
        let Some(root) = document.root() else { return };
        for section in Section::ALL {
            let Some(list) = document.get(root, section.key()) else { continue };
            for (name, item) in by_name(document, list) {
                if has_deciding(document, item) {
                    self.entries.insert(vec![Step::Key(section.key().to_owned()), super::differences::person(&name)]);
                }
            }
        }
        let Some(deploy) = document.get(root, DOCKER_USER).filter(|node| has_deciding(document, *node)) else { return };
        self.entries.insert(vec![Step::Key(DOCKER_USER.to_owned())]);
        let name = document.get(deploy, "username").unwrap_or(deploy);
        self.is_deploy_unknown |= evaluated(document, deploy).or_else(|| evaluated(document, name)).is_some();
    }

    /// The first byte of a template that a change of this variable can reach. Among the keys, any template counts.
    pub(super) fn using(&self, variable: &str) -> Option<usize> {
        let among_keys = self.access.filter(|_| !ACCESS.contains(&variable));
        among_keys.or(self.dynamic).or_else(|| self.words.get(variable).copied())
    }

    /// Whether what a difference does depends on a template beside it.
    pub(super) fn decide(&self, difference: &Difference, new: &Document<'_>) -> bool {
        let path = &difference.path;
        if self.is_reordered && matches!(path.first(), Some(Step::Key(top)) if is_section(top)) {
            return true;
        }
        // The first keys of everybody are for the deploy account.
        if self.is_deploy_unknown && matches!(path.first(), Some(Step::Key(top)) if ACCESS.contains(&top.as_str())) {
            return true;
        }
        let Some(entry) = entry_of(path).filter(|entry| self.entries.contains(*entry)) else { return false };
        if path.len() == entry.len() {
            // A new entry is what its own values are.
            return difference.before.is_some();
        }
        !is_plain_key(&path[entry.len()..], difference, new)
    }
}

/// A key that comes into a list beside templates: the others do what they did.
fn is_plain_key(inside: &[Step], difference: &Difference, new: &Document<'_>) -> bool {
    let (None, Some(item), [Step::Key(_), Step::Index(_)]) = (difference.before, difference.after, inside) else {
        return false;
    };
    let state = Value::at(new, item, "state");
    all_evaluated(new, item).is_empty() && matches!(state, None | Some(Value::Text("present")))
}

/// Whether a value of an entry that decides access is known only to Ansible.
fn has_deciding(document: &Document<'_>, entry: NodeId) -> bool {
    let decides = |key: NodeId| !matches!(document.scalar(key), Some("password" | "name"));
    let entries = document.entries(entry).iter().filter(|(key, _)| decides(*key));
    let mut values = entries.map(|(_, value)| *value);
    evaluated(document, entry).is_some() || values.any(|value| !all_evaluated(document, value).is_empty())
}

/// Whether the people that both sides have come in another order.
fn is_reordered(old: &Document<'_>, new: &Document<'_>, section: Section) -> bool {
    let list = |document: &Document<'_>| document.root().and_then(|root| document.get(root, section.key()));
    let (Some(before), Some(after)) = (list(old), list(new)) else { return false };
    let (had, has) = (by_name(old, before), by_name(new, after));
    let known: HashSet<_> = had.iter().map(|(name, _)| *name).collect();
    let kept: HashSet<_> = has.iter().map(|(name, _)| *name).collect();
    let common = |names: &[((_, usize), NodeId)], other: &HashSet<(_, usize)>| -> Vec<_> {
        names.iter().map(|(name, _)| *name).filter(|name: &(Option<&str>, usize)| other.contains(name)).collect()
    };
    common(&had, &kept) != common(&has, &known)
}
