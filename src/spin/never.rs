//! The keys that are written down and not installed, with the reason of each.

use super::access::{Access, Never};
use super::lines::Lines;
use super::roster::{Entry, KeyList, KeyText, Person, Roster, State};
use crate::key;
use crate::yaml::{Document, NodeId};
use std::collections::HashMap;

/// Where keys stand that a run came to, and why they did not get in.
pub(super) type Tried = HashMap<usize, Option<String>>;

/// All keys of the file that no account has at the end of a run.
pub(super) fn never(document: &Document<'_>, roster: &Roster<'_>, access: &Access, tried: &Tried) -> Vec<Never> {
    let installed = access.accounts.iter().flat_map(|account| &account.keys).map(|key| key.at).collect();
    let mut found = Finder { document, access, tried, installed, never: Vec::new() };
    for person in &roster.people {
        found.person(person);
    }
    if let Some(deploy) = &roster.deploy {
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
    access: &'f Access,
    tried: &'f Tried,
    installed: std::collections::HashSet<usize>,
    never: Vec<Never>,
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
            if self.installed.contains(&at) {
                continue;
            }
            let text = match entry.text {
                KeyText::Text(text) => Some(text),
                KeyText::Unknown => None,
                KeyText::Missing | KeyText::Other => continue,
            };
            let reason = reason(entry).unwrap_or_else(|| self.reason(at, text));
            self.never.push(Never { who: who.to_owned(), at, text: text.map(str::to_owned), reason });
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
        let lines = Lines::of(self.document.text);
        for duplicate in self.document.duplicates() {
            let (line, _) = lines.place(self.document.node(duplicate.kept_key).start);
            let name = self.document.scalar(duplicate.kept_key).unwrap_or("?");
            let reason = format!("a second `{}` on line {line} replaces it", crate::yaml::short(name));
            self.below(duplicate.lost_value, &reason, 0);
        }
    }

    fn below(&mut self, node: NodeId, reason: &str, depth: usize) {
        const DEEPEST: usize = 8;
        let document = self.document;
        let at = document.node(node).start;
        if let Some(text) = document.scalar(node).filter(|text| !key::materials(text).is_empty()) {
            let is_known = self.installed.contains(&at) || self.never.iter().any(|never| never.at == at);
            if !is_known {
                self.never.push(Never {
                    who: "(replaced)".to_owned(),
                    at,
                    text: Some(text.to_owned()),
                    reason: reason.to_owned(),
                });
            }
        }
        if depth < DEEPEST {
            document.items(node).iter().for_each(|item| self.below(*item, reason, depth + 1));
            document.entries(node).iter().for_each(|(_, value)| self.below(*value, reason, depth + 1));
        }
    }
}
