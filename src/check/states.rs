//! Taking keys away, and keys that stand in several places: what only shows when all of the file is looked at.

use super::rules::states as rule;
use super::{Checker, Scope};
use crate::key;
use crate::spin::config::layout::Field;
use crate::spin::config::{Entry, KeyList, KeyText, Person, State};
use crate::yaml::{Edit, NodeId, Path, Step};
use std::collections::HashMap;

/// A key under a principal.
struct Held {
    who: String,
    node: NodeId,
}

impl Checker<'_, '_, '_> {
    /// SK5
    pub(super) fn states(&mut self) {
        let config = self.config;
        for person in &config.people {
            self.person_states(person);
        }
        if let Some(deploy) = &config.deploy {
            let path = vec![Step::Key("docker_user".to_owned()), Step::Key(Field::AuthorizedSshKeys.key().to_owned())];
            if let Some(list) = &deploy.keys {
                self.twice(list, &path, "docker_user");
            }
        }
        if self.context.scope == Scope::All {
            self.several();
            self.undone();
        }
    }

    fn person_states(&mut self, person: &Person<'_>) {
        let who = person.called();
        if person.state == State::Absent && person.feeds_deploy() {
            let at = self.document.get(person.user.node, "groups").unwrap_or(person.user.name_node);
            self.add(&rule::ABSENT_USER_IN_SUDO, at, format!("{who} has `state: absent` and is in sudo"));
        }
        for list in [&person.keys, &person.unread].into_iter().flatten() {
            for entry in list.entries.iter().filter(|entry| entry.state == State::Wrong) {
                let at = entry.state_node.unwrap_or(entry.item);
                self.add(
                    &rule::BAD_KEY_STATE,
                    at,
                    format!("{who}: the `state` of this key is neither `present` nor `absent`"),
                );
            }
        }
        let Some(list) = &person.keys else { return };
        let path = [person.user.path.clone(), vec![Step::Key(Field::AuthorizedKeys.key().to_owned())]].concat();
        if person.state != State::Absent {
            self.absent_first(person, list, &path, &who);
        }
        self.twice(list, &path, &who);
    }

    fn absent_first(&mut self, person: &Person<'_>, list: &KeyList<'_>, path: &Path, who: &str) {
        let all_absent = !list.entries.is_empty() && list.entries.iter().all(|entry| entry.state == State::Absent);
        if all_absent && !self.is_deploy_entry(person) {
            self.add(&rule::LOCKED_OUT, list.key_node, format!("all keys of {who} are `absent`"));
        }
        let Some(first) = list.entries.first().filter(|first| first.state == State::Absent && person.feeds_deploy())
        else {
            return;
        };
        let is_sound = |entry: &&Entry<'_>| {
            entry.state == State::Present
                && matches!(entry.text, KeyText::Text(text) if key::KeyLine::parse(text).is_ok())
        };
        let next = list.entries.iter().find(is_sound);
        let fix = next.map(|entry| Edit::MoveFirst { path: [path.clone(), vec![Step::Index(entry.index)]].concat() });
        let at = first.state_node.unwrap_or(first.item);
        self.add(&rule::ABSENT_KEY_FIRST, at, format!("{who} is in sudo and their first key is `absent`"))
            .fix(fix.into_iter().collect());
    }

    /// The same key more than once in one list.
    fn twice(&mut self, list: &KeyList<'_>, path: &Path, who: &str) {
        if self.context.scope == Scope::Layout {
            return;
        }
        let mut first: HashMap<Vec<u8>, &Entry<'_>> = HashMap::new();
        for entry in &list.entries {
            let KeyText::Text(text) = entry.text else { continue };
            for material in key::materials(text) {
                let Some(known) = first.get(&material).copied() else {
                    first.insert(material, entry);
                    continue;
                };
                let line = self.lines.place(self.document.node(known.text_node).start).0;
                if known.state != entry.state {
                    self.add(
                        &rule::CONFLICTING_STATES,
                        entry.text_node,
                        format!("{who} has this key on line {line} with another `state`"),
                    );
                    continue;
                }
                let fix = if is_same_but_comment(known, entry) && known.index != entry.index {
                    vec![Edit::Remove { path: [path.clone(), vec![Step::Index(entry.index)]].concat() }]
                } else {
                    Vec::new()
                };
                self.add(&rule::KEY_TWICE, entry.text_node, format!("{who} has this key on line {line} already"))
                    .fix(fix);
            }
        }
    }

    /// The same key under several principals.
    fn several(&mut self) {
        let mut holders: HashMap<Vec<u8>, Vec<Held>> = HashMap::new();
        let mut order = Vec::new();
        let config = self.config;
        let people =
            config.people.iter().filter(|person| person.state != State::Absent && !self.is_deploy_entry(person));
        let lists = people.flat_map(|person| {
            [&person.keys, &person.unread].into_iter().flatten().map(|list| (person.called(), list))
        });
        let deploy = config.deploy.iter().flat_map(|deploy| [&deploy.keys, &deploy.unread].into_iter().flatten());
        for (who, list) in lists.chain(deploy.map(|list| ("docker_user".to_owned(), list))) {
            for entry in list.entries.iter().filter(|entry| entry.state != State::Absent) {
                let KeyText::Text(text) = entry.text else { continue };
                for material in key::materials(text) {
                    let held = holders.entry(material.clone()).or_insert_with(|| {
                        order.push(material);
                        Vec::new()
                    });
                    if !held.iter().any(|held| held.who == who) {
                        held.push(Held { who: who.clone(), node: entry.text_node });
                    }
                }
            }
        }
        for material in order {
            let held = &holders[&material];
            let [first, rest @ ..] = held.as_slice() else { continue };
            for other in rest {
                let line = self.lines.place(self.document.node(first.node).start).0;
                self.add(
                    &rule::KEY_ON_SEVERAL,
                    other.node,
                    format!("{} has the same key as {} on line {line}", other.who, first.who),
                );
            }
        }
    }

    /// Keys that an entry for the deploy account takes away, and that it gets again.
    fn undone(&mut self) {
        let config = self.config;
        let mut given: HashMap<Vec<u8>, String> = HashMap::new();
        let feeding = config.people.iter().filter(|person| person.feeds_deploy());
        let items = feeding.filter_map(|person| Some((person.called(), person.keys.as_ref()?.entries.first()?)));
        let deploy = config.deploy.iter().filter_map(|deploy| deploy.keys.as_ref());
        let listed = deploy.flat_map(|list| &list.entries).map(|entry| ("docker_user".to_owned(), entry));
        for (who, entry) in items.chain(listed) {
            let KeyText::Text(text) = entry.text else { continue };
            given.extend(key::materials(text).into_iter().map(|material| (material, who.clone())));
        }
        let entries: Vec<&Person<'_>> = config.people.iter().filter(|person| self.is_deploy_entry(person)).collect();
        for person in entries {
            for entry in person.keys.iter().flat_map(|list| &list.entries).filter(|entry| entry.state == State::Absent)
            {
                let KeyText::Text(text) = entry.text else { continue };
                if let Some(who) = key::materials(text).iter().find_map(|material| given.get(material)) {
                    let message = format!(
                        "{} gives this key to the deploy account again",
                        if who == "docker_user" {
                            who.clone()
                        } else {
                            format!("{who}, in sudo with it as first key,")
                        }
                    );
                    self.add(&rule::REVOCATION_UNDONE, entry.text_node, message);
                }
            }
        }
    }
}

/// Whether two items differ in nothing but the comments of their keys.
fn is_same_but_comment(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let (KeyText::Text(one), KeyText::Text(other)) = (one.text, other.text) else { return false };
    let line = |text| key::KeyLine::parse(text).ok();
    line(one)
        .zip(line(other))
        .is_some_and(|(one, other)| one.options() == other.options() && one.material() == other.material())
}
