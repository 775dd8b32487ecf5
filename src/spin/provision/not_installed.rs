//! The keys that are written down and not installed, with the reason of each.

use crate::key;
use crate::spin::config::{Config, Entry, KeyList, KeyText, Person, State};
use crate::spin::provision::outcome::{NotInstalled, Outcome};
use crate::yaml::LineIndex;
use crate::yaml::{Document, NodeId};
use std::collections::{HashMap, HashSet};

/// Where keys stand that a run came to, and why they did not get in.
pub(super) type Tried = HashMap<usize, Option<String>>;

/// All keys of the file that no account has at the end of a run.
pub(super) fn never(
    document: &Document<'_>,
    config: &Config<'_>,
    access: &Outcome,
    tried: &Tried,
) -> Vec<NotInstalled> {
    let installed = access.accounts.iter().flat_map(|account| &account.keys).map(|key| key.at).collect();
    let mut found = Finder {
        document,
        access,
        tried,
        installed,
        never: Vec::new(),
        told: HashSet::new(),
        replaced: HashSet::new(),
    };
    for person in &config.people {
        found.person(person);
    }
    if let Some(deploy) = &config.deploy {
        for list in deploy.keys.iter() {
            found.list(list, "docker_user", |_| None);
        }
        for list in deploy.unread.iter() {
            found.list(list, "docker_user", |_| Some("Spin never reads `authorized_keys` of docker_user".to_owned()));
        }
    }
    found.lost();
    found.never
}

struct Finder<'f, 't> {
    document: &'f Document<'t>,
    access: &'f Outcome,
    tried: &'f Tried,
    installed: HashSet<usize>,
    never: Vec<NotInstalled>,
    /// Keys of users and of the deploy account, which have a reason of their own.
    told: HashSet<usize>,
    /// Nodes below duplicate keys that were looked at.
    replaced: HashSet<NodeId>,
}

impl Finder<'_, '_> {
    fn person(&mut self, person: &Person<'_>) {
        let who = person.called();
        let is_gone = person.state == State::Absent;
        for list in person.keys.iter() {
            self.list(list, &who, |entry| {
                if is_gone {
                    return Some(format!("{who} has `state: absent`"));
                }
                (entry.state == State::Absent).then(|| "it has `state: absent`: Spin takes it away".to_owned())
            });
        }
        for list in person.unread.iter() {
            self.list(list, &who, |_| Some("Spin never reads `authorized_ssh_keys` of a user".to_owned()));
        }
    }

    fn list(&mut self, list: &KeyList<'_>, who: &str, reason: impl Fn(&Entry<'_>) -> Option<String>) {
        for entry in &list.entries {
            let at = self.document.node(entry.text_node).start;
            self.told.insert(at);
            if self.installed.contains(&at) {
                continue;
            }
            let text = match entry.text {
                KeyText::Text(text) => Some(text),
                KeyText::Unknown => None,
                KeyText::Missing | KeyText::Other => continue,
            };
            let reason = reason(entry).unwrap_or_else(|| self.reason(at, text));
            self.never.push(NotInstalled { who: who.to_owned(), at, text: text.map(str::to_owned), reason });
        }
    }

    fn reason(&self, at: usize, text: Option<&str>) -> String {
        match (self.tried.get(&at), &self.access.end) {
            (Some(Some(why)), _) => why.clone(),
            (Some(None), _) => {
                let same = text.map(key::materials).unwrap_or_default();
                let installed = self.access.accounts.iter().flat_map(|account| &account.keys);
                let again =
                    installed.flat_map(|key| key::materials(&key.line)).any(|material| same.contains(&material));
                if again { "the same key stands again, and that line counts" } else { "a later item takes it away" }
                    .to_owned()
            }
            (None, Some(end)) => format!("the run ends before it: {}", end.reason),
            (None, None) => "no account of this file gets it".to_owned(),
        }
    }

    /// Keys in values that a duplicate key replaced.
    fn lost(&mut self) {
        let lines = LineIndex::of(self.document.text);
        for duplicate in self.document.duplicates() {
            let (line, _) = lines.place(self.document.node(duplicate.kept_key).start);
            let name = self.document.scalar(duplicate.kept_key).unwrap_or("?");
            let reason = format!("a second `{}` on line {line} replaces it", crate::yaml::quote(name));
            self.below(duplicate.lost_value, &reason);
        }
    }

    /// The keys below a node that was replaced.
    fn below(&mut self, node: NodeId, reason: &str) {
        let document = self.document;
        let mut waiting = vec![node];
        while let Some(id) = waiting.pop() {
            if !self.replaced.insert(id) {
                continue;
            }
            waiting.extend(document.entries(id).iter().rev().map(|(_, value)| *value));
            waiting.extend(document.items(id).iter().rev());
            let at = document.node(id).start;
            let Some(text) = document.scalar(id).filter(|text| !key::materials(text).is_empty()) else { continue };
            if !self.installed.contains(&at) && !self.told.contains(&at) {
                let who = "(replaced)".to_owned();
                self.never.push(NotInstalled { who, at, text: Some(text.to_owned()), reason: reason.to_owned() });
            }
        }
    }
}
