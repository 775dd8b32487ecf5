//! SK5: removed keys, and keys in several places: what only shows in the whole file.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::key::{self};
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::layout::{DOCKER_USER, Field};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::yaml::{Along, Document, Edit, NodeId, Path, Step, quote};
use std::cell::LazyCell;
use std::collections::HashMap;

rules! { STATES:
    BAD_KEY_STATE = "SK501" "bad-key-state" Error, {
        title: "`state` of a key is neither `present` nor `absent`",
        effect: "the run fails at this key",
        help: "write `state: absent` to remove the key, or omit `state` to install it",
        source: "roles/linux_common/tasks/users.yml:38",
        why: "The value is passed to `ansible.posix.authorized_key`, which accepts only these two, in lower case.",
    }
    ABSENT_KEY_FIRST = "SK502" "absent-key-first" Error + fix, {
        title: "the first key of a user in sudo is `absent`",
        effect: "Spin removes it from the user, but installs it for the deploy account: its owner can log in as deploy",
        help: "run `spin-keys revoke KEY`: it moves a present key to the first place, and takes the absent one from the \
            deploy account, too",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "The deploy account gets `authorized_keys.0` of every entry of `users` in sudo, whatever its `state`. The \
            owner of a revoked key at item 0 can therefore log in as deploy, which runs every container. --fix moves \
            the first key that is present before it: that one can then log in as deploy, and the absent one cannot on \
            a new server. --fix leaves a list alone in which a key is both present and absent, or in which the \
            absent item has other fields. A server that was provisioned before keeps the old key on the deploy \
            account until an entry of that name removes it: `- {username: deploy, groups: [], authorized_keys: \
            [{public_key: \"...\", state: absent}]}`.",
    }
    ABSENT_USER_IN_SUDO = "SK503" "absent-user-in-sudo" Error, {
        title: "a user with `state: absent` is still in sudo",
        effect: "Spin removes the account, but installs its first key for the deploy account: its owner can log in as \
            deploy",
        help: "delete `state: absent`, then run `spin-keys revoke NAME`: it takes keys and groups away, and the account \
            stays",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "The deploy account gets the first key of every entry in sudo, whatever the state of the entry. Somebody \
            who left the team can log in as deploy on every new server, and `groups: []` alone leaves the key on \
            servers that were provisioned before. What removes it there is an entry for the deploy account: \
            `- {username: deploy, groups: [], authorized_keys: [{public_key: \"...\", state: absent}]}`. Keep the \
            account until then: `state: absent` of a user fails, and ends the run, while any process of theirs runs.",
    }
    LOCKED_OUT = "SK504" "no-present-key" Error, {
        title: "all keys of a user are `absent`",
        effect: "Spin removes every key, and nobody can log in to the account",
        help: "add a key that is present; for somebody who is to have no access: spin-keys revoke NAME",
        source: "roles/linux_common/tasks/users.yml:38",
        why: "Spin handles the items in order, and the last word on a key counts. When the last key is gone the \
            account stays, with its groups, and its owner is locked out. To take all access from somebody, mark all \
            their keys `absent`, write `groups: []`, and list each key that was their first one while they were in \
            sudo under the deploy account, too: `- {username: deploy, groups: [], authorized_keys: [{public_key: \
            \"...\", state: absent}]}`. That is no finding. Do not mark the user `absent` instead: that fails, and \
            ends the run, while any process of theirs runs.",
    }
    REVOCATION_UNDONE = "SK505" "revocation-undone" Warning, {
        title: "a key is removed from the deploy account and installed again",
        effect: "Spin removes the key together with the users' keys, and installs it again when it sets up the deploy \
            account",
        help: "remove the key from the place that installs it, too: spin-keys revoke KEY",
        source: "roles/linux_common/tasks/users.yml:34, then roles/docker_user/tasks/main.yml:19 and :34",
        why: "An entry in `users` or `additional_users` for the deploy account, with `groups: []` and the key \
            `absent`, is the only way to remove a key from it. It runs before the keys of `docker_user` and the first \
            keys of sudo users are installed, so a key that is in one of these places comes back.",
    }
    KEY_ON_SEVERAL = "SK506" "key-on-several-principals" Warning, {
        title: "the same key is listed under several principals",
        effect: "anyone who holds the private key can log in as each of them, and logs cannot distinguish them",
        help: "give each user a separate key; to take this one away everywhere: spin-keys revoke KEY",
        source: "roles/linux_common/tasks/users.yml:34, roles/docker_user/tasks/main.yml:19",
        why: "Often the same line was pasted twice. If one person is meant to use several accounts, it works; to \
            revoke the key, remove it in every place.",
    }
    KEY_TWICE = "SK507" "key-twice" Warning + fix, {
        title: "the same key is listed twice",
        effect: "Spin installs it once, with the options and comment of the last one",
        help: "remove one of the two; to take the key away: spin-keys revoke KEY",
        source: "ansible.posix authorized_key (keys are distinguished by their base64)",
        why: "When the key is revoked, a second copy is easily forgotten. --fix removes the later one if the two \
            differ only in the comment, and it has no other fields; not in a list in which a key is both present \
            and absent.",
    }
    CONFLICTING_STATES = "SK508" "present-and-absent" Warning, {
        title: "the same key is present and absent in one list",
        effect: "Spin follows the order of the list: the later item wins",
        help: "remove one of the two; if the key is to go: spin-keys revoke KEY",
        source: "roles/linux_common/tasks/users.yml:34",
        why: "Spin handles the items in order. Only the owner of the key knows which of the two is right.",
    }
}

impl Checker<'_, '_, '_> {
    /// SK5
    pub(crate) fn states(&mut self) {
        let config = self.config;
        for person in &config.people {
            self.account = Some(person.called());
            self.person_states(person);
        }
        if let Some(deploy) = &config.deploy {
            let path = || vec![Step::Key(DOCKER_USER.to_owned()), Step::Key(Field::AuthorizedSshKeys.key().to_owned())];
            if let Some(list) = &deploy.keys {
                self.twice(list, &path, DOCKER_USER);
            }
        }
        self.locked_out();
        self.account = None;
        self.several();
        self.undone();
    }

    fn person_states(&mut self, person: &Person<'_>) {
        let who = person.called();
        if person.state == State::Absent && person.feeds_deploy() {
            let at = self.document.get(person.user.node, "groups").unwrap_or(person.user.name_node);
            self.add(&ABSENT_USER_IN_SUDO, at, format!("{who} has `state: absent` and is in sudo"));
        }
        for list in [&person.keys, &person.unread].into_iter().flatten() {
            for entry in list.entries.iter().filter(|entry| entry.state == State::Wrong) {
                let at = entry.state_node.unwrap_or(entry.item);
                self.add(
                    &BAD_KEY_STATE,
                    at,
                    format!("{who}: the `state` of this key is neither `present` nor `absent`"),
                );
            }
        }
        let Some(list) = &person.keys else { return };
        let path = || [person.user.path.clone(), vec![Step::Key(Field::AuthorizedKeys.key().to_owned())]].concat();
        if person.state != State::Absent {
            self.absent_first(person, list, &path, &who);
        }
        self.twice(list, &path, &who);
    }

    fn absent_first(&mut self, person: &Person<'_>, list: &KeyList<'_>, path: &dyn Fn() -> Path, who: &str) {
        let Some(first) = list.entries.first().filter(|first| first.state == State::Absent && person.feeds_deploy())
        else {
            return;
        };
        let is_sound = |entry: &&Entry<'_>| {
            entry.state == State::Present
                && matches!(entry.text, KeyText::Text(text) if key::KeyLine::parse(text).is_ok())
        };
        let next = list.entries.iter().find(is_sound);
        let kept = self.why_kept(has_both_states(list), first);
        let fix = next.filter(|_| kept.is_none());
        let fix = fix.map(|entry| Edit::MoveFirst {
            path: [path(), vec![Step::Index(entry.index)]].concat(),
            comments: Along::Nothing,
        });
        let at = first.state_node.unwrap_or(first.item);
        let message = format!("{who} is in sudo and their first key is `absent`");
        let added = self.add(&ABSENT_KEY_FIRST, at, message).fix(fix.into_iter().collect());
        if let Some(why) = kept.filter(|_| next.is_some()) {
            added.help(format!("{}; --fix does not do it: {why}", ABSENT_KEY_FIRST.help));
        }
    }

    /// Why --fix neither moves nor removes an item of a list that has a key with both states, or not.
    fn why_kept(&self, has_both_states: bool, entry: &Entry<'_>) -> Option<String> {
        if has_both_states {
            return Some("a key in this list is both present and absent, and the order decides".to_owned());
        }
        let field = other_field(self.document, entry.item)?;
        Some(format!("the item has a field `{}`", quote(field)))
    }

    /// The same key more than once in one list.
    fn twice(&mut self, list: &KeyList<'_>, path: &dyn Fn() -> Path, who: &str) {
        if let [Entry { text: KeyText::Text(text), .. }] = list.entries.as_slice()
            && !text.contains('\n')
        {
            return;
        }
        let both = LazyCell::new(|| has_both_states(list));
        let mut last: HashMap<Vec<u8>, &Entry<'_>> = HashMap::new();
        for entry in &list.entries {
            let KeyText::Text(text) = entry.text else { continue };
            for material in key::materials(text) {
                let Some(known) = last.insert(material, entry) else { continue };
                let line = self.lines.place(self.document.node(known.text_node).start).0;
                if known.state != entry.state {
                    let message = format!("{who} has this key on line {line} with a different `state`");
                    self.add(&CONFLICTING_STATES, entry.text_node, message);
                    continue;
                }
                let is_copy = known.index != entry.index && is_same_but_comment(known, entry);
                let kept = if is_copy { self.why_kept(*both, entry) } else { None };
                let fix = match kept {
                    None if is_copy => vec![Edit::Remove {
                        path: [path(), vec![Step::Index(entry.index)]].concat(),
                        comments: Along::Nothing,
                    }],
                    _ => Vec::new(),
                };
                let message = format!("{who} already has this key on line {line}");
                let added = self.add(&KEY_TWICE, entry.text_node, message).fix(fix);
                if let Some(why) = kept {
                    added.help(format!("{}; --fix does not do it: {why}", KEY_TWICE.help));
                }
            }
        }
    }
}

/// Whether a key of a list is present in one item and absent in another.
fn has_both_states(list: &KeyList<'_>) -> bool {
    let mut states: HashMap<Vec<u8>, &State> = HashMap::new();
    list.entries.iter().any(|entry| {
        let KeyText::Text(text) = entry.text else { return false };
        key::materials(text).into_iter().any(|material| *states.entry(material).or_insert(&entry.state) != &entry.state)
    })
}

/// A field of an item besides those that Spin reads: what moves or removes the item could lose it.
pub(crate) fn other_field<'d>(document: &'d Document<'_>, item: NodeId) -> Option<&'d str> {
    let names = document.entries(item).iter().map(|(key, _)| document.scalar(*key).unwrap_or("?"));
    names.into_iter().find(|name| !["public_key", "state"].contains(name))
}

/// Whether two items differ only in the comments of their keys.
fn is_same_but_comment(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let (KeyText::Text(one), KeyText::Text(other)) = (one.text, other.text) else { return false };
    let line = |text| key::KeyLine::parse(text).ok();
    line(one)
        .zip(line(other))
        .is_some_and(|(one, other)| one.options() == other.options() && one.material() == other.material())
}
