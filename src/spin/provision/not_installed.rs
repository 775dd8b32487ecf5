//! The keys in the file that are not installed, each with the reason.

use crate::key;
use crate::spin::config::Config;
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::provision::outcome::{NotInstalled, Outcome, Reason};
use crate::yaml::LineIndex;
use crate::yaml::{Document, NodeId};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// The places of keys that a run reached, in order, and why it did not install them. The last word on a place counts.
pub(super) type Tried = Vec<(usize, Option<Reason>)>;

/// All keys in the file that no account has at the end of a run.
pub(super) fn not_installed(
    document: &Document<'_>,
    config: &Config<'_>,
    outcome: &Outcome,
    tried: Tried,
) -> Vec<NotInstalled> {
    let installed = outcome.accounts.iter().flat_map(|account| &account.keys).map(|key| key.at).collect();
    let mut finder = Finder {
        document,
        outcome,
        tried: tried.into_iter().collect(),
        installed,
        found: Vec::new(),
        materials: OnceCell::new(),
        explained: HashSet::new(),
        replaced: HashSet::new(),
    };
    for person in &config.people {
        finder.person(person);
    }
    if let Some(deploy) = &config.deploy {
        for list in deploy.keys.iter() {
            finder.list(list, "docker_user", |_| None);
        }
        for list in deploy.unread.iter() {
            finder.list(list, "docker_user", |_| Some(Reason::FieldNeverRead(Field::AuthorizedKeys.key())));
        }
    }
    finder.lost();
    finder.found
}

struct Finder<'f, 't> {
    document: &'f Document<'t>,
    outcome: &'f Outcome,
    tried: HashMap<usize, Option<Reason>>,
    installed: HashSet<usize>,
    found: Vec<NotInstalled>,
    /// The keys that are installed, once they are asked for.
    materials: OnceCell<HashSet<Vec<u8>>>,
    /// Places (byte offsets) of keys whose reason is already known.
    explained: HashSet<usize>,
    /// Nodes below duplicate keys that were visited.
    replaced: HashSet<NodeId>,
}

impl Finder<'_, '_> {
    fn person(&mut self, person: &Person<'_>) {
        let who = person.called();
        let is_gone = person.state == State::Absent;
        for list in person.keys.iter() {
            self.list(list, &who, |entry| match entry.state {
                _ if is_gone => Some(Reason::UserAbsent),
                State::Absent => Some(Reason::KeyAbsent),
                _ => None,
            });
        }
        for list in person.unread.iter() {
            self.list(list, &who, |_| Some(Reason::FieldNeverRead(Field::AuthorizedSshKeys.key())));
        }
    }

    fn list(&mut self, list: &KeyList<'_>, who: &str, reason: impl Fn(&Entry<'_>) -> Option<Reason>) {
        for entry in &list.entries {
            let at = self.document.node(entry.text_node).start;
            self.explained.insert(at);
            if self.installed.contains(&at) {
                continue;
            }
            let text = match entry.text {
                KeyText::Text(text) => Some(text),
                KeyText::Unknown => None,
                KeyText::Missing | KeyText::Other => continue,
            };
            let reason = reason(entry).unwrap_or_else(|| self.reason(at, text));
            self.found.push(NotInstalled { who: who.to_owned(), at, text: text.map(str::to_owned), reason });
        }
    }

    fn reason(&self, at: usize, text: Option<&str>) -> Reason {
        match (self.tried.get(&at), &self.outcome.failure) {
            (Some(Some(why)), _) => why.clone(),
            (Some(None), _) => {
                let known = self.materials.get_or_init(|| {
                    let installed = self.outcome.accounts.iter().flat_map(|account| &account.keys);
                    installed.flat_map(|key| key::materials(&key.line)).collect()
                });
                let again = text.is_some_and(|text| key::materials(text).iter().any(|own| known.contains(own)));
                if again { Reason::ListedAgain } else { Reason::TakenAway }
            }
            (None, Some(_)) => Reason::RunEnds,
            (None, None) => Reason::NoAccount,
        }
    }

    /// Keys in values that a duplicate key replaces.
    fn lost(&mut self) {
        let lines = LineIndex::of(self.document.text);
        for duplicate in self.document.duplicates() {
            let (line, _) = lines.place(self.document.node(duplicate.kept_key).start);
            let key = crate::yaml::quote(self.document.scalar(duplicate.kept_key).unwrap_or("?"));
            self.below(duplicate.lost_value, &Reason::Replaced { key, line });
        }
    }

    /// The keys below a replaced node.
    fn below(&mut self, node: NodeId, reason: &Reason) {
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
            if !self.installed.contains(&at) && !self.explained.contains(&at) {
                let who = "(replaced)".to_owned();
                self.found.push(NotInstalled { who, at, text: Some(text.to_owned()), reason: reason.clone() });
            }
        }
    }
}
