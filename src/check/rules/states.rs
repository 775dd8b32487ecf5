//! SK5: removed keys, and keys in several places: what only shows in the whole file.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::key::{self};
use crate::spin::config::key_list::{Entry, KeyList, KeyText};
use crate::spin::config::layout::{DOCKER_USER, Field};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::yaml::{Edit, NodeId, Path, Step};
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
        help: "move a key that is present to the first place",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "The deploy account gets `authorized_keys.0` of every entry of `users` in sudo, whatever its `state`. The \
            owner of a revoked key at item 0 can therefore log in as deploy, which runs every container. --fix moves \
            the first key that is present before it.",
    }
    ABSENT_USER_IN_SUDO = "SK503" "absent-user-in-sudo" Error, {
        title: "a user with `state: absent` is still in sudo",
        effect: "Spin removes the account, but installs its first key for the deploy account: its owner can log in as \
            deploy",
        help: "write `groups: []` for this user",
        source: "roles/docker_user/tasks/main.yml:38",
        why: "The deploy account gets the first key of every entry in sudo, whatever the state of the entry. Somebody \
            who left the team can log in as deploy on every new server.",
    }
    LOCKED_OUT = "SK504" "no-present-key" Error, {
        title: "all keys of a user are `absent`",
        effect: "Spin removes every key, and nobody can log in to the account",
        help: "add a key that is present, or remove the user with `state: absent` and `groups: []`",
        source: "roles/linux_common/tasks/users.yml:38",
        why: "`state: absent` on an item removes its key. When the last key is gone the account stays, and its owner \
            is locked out.",
    }
    REVOCATION_UNDONE = "SK505" "revocation-undone" Warning, {
        title: "a key is removed from the deploy account and installed again",
        effect: "Spin removes the key together with the users' keys, and installs it again when it sets up the deploy \
            account",
        help: "remove the key from the place that installs it, too",
        source: "roles/linux_common/tasks/users.yml:34, then roles/docker_user/tasks/main.yml:19 and :34",
        why: "An entry in `users` for the deploy account, with the key `absent`, is the only way to remove a key from \
            it. It runs before the keys of `docker_user` and the first keys of sudo users are installed, so a key that \
            is in one of these places comes back.",
    }
    KEY_ON_SEVERAL = "SK506" "key-on-several-principals" Warning, {
        title: "the same key is listed under several principals",
        effect: "anyone who holds the private key can log in as each of them, and logs cannot distinguish them",
        help: "give each user a separate key",
        source: "roles/linux_common/tasks/users.yml:34, roles/docker_user/tasks/main.yml:19",
        why: "Often the same line was pasted twice. If one person is meant to use several accounts, it works; to \
            revoke the key, remove it in every place.",
    }
    KEY_TWICE = "SK507" "key-twice" Warning + fix, {
        title: "the same key is listed twice",
        effect: "Spin installs it once, with the options and comment of the last one",
        help: "remove one of the two",
        source: "ansible.posix authorized_key (keys are distinguished by their base64)",
        why: "When the key is revoked, a second copy is easily forgotten. --fix removes the later one if the two \
            differ only in the comment.",
    }
    CONFLICTING_STATES = "SK508" "present-and-absent" Warning, {
        title: "the same key is present and absent in one list",
        effect: "Spin follows the order of the list: the later item wins",
        help: "remove one of the two",
        source: "roles/linux_common/tasks/users.yml:34",
        why: "Spin handles the items in order. Only the owner of the key knows which of the two is right.",
    }
}

struct Held<'h, 'd> {
    /// `None` for the deploy account.
    person: Option<&'h Person<'d>>,
    text: &'h str,
    node: NodeId,
}

impl Held<'_, '_> {
    fn who(&self) -> String {
        self.person.map_or_else(|| DOCKER_USER.to_owned(), Person::called)
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
        let all_absent = !list.entries.is_empty() && list.entries.iter().all(|entry| entry.state == State::Absent);
        if all_absent && !self.is_deploy_entry(person) {
            self.add(&LOCKED_OUT, list.key_node, format!("all keys of {who} are `absent`"));
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
        let fix = next.map(|entry| Edit::MoveFirst { path: [path(), vec![Step::Index(entry.index)]].concat() });
        let at = first.state_node.unwrap_or(first.item);
        self.add(&ABSENT_KEY_FIRST, at, format!("{who} is in sudo and their first key is `absent`"))
            .fix(fix.into_iter().collect());
    }

    /// The same key more than once in one list.
    fn twice(&mut self, list: &KeyList<'_>, path: &dyn Fn() -> Path, who: &str) {
        if let [Entry { text: KeyText::Text(text), .. }] = list.entries.as_slice()
            && !text.contains('\n')
        {
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
                        &CONFLICTING_STATES,
                        entry.text_node,
                        format!("{who} has this key on line {line} with a different `state`"),
                    );
                    continue;
                }
                let fix = if is_same_but_comment(known, entry) && known.index != entry.index {
                    vec![Edit::Remove { path: [path(), vec![Step::Index(entry.index)]].concat() }]
                } else {
                    Vec::new()
                };
                self.add(&KEY_TWICE, entry.text_node, format!("{who} already has this key on line {line}")).fix(fix);
            }
        }
    }

    /// The same key under several principals.
    fn several(&mut self) {
        let config = self.config;
        let people =
            config.people.iter().filter(|person| person.state != State::Absent && !self.is_deploy_entry(person));
        let lists = people.flat_map(|person| {
            [&person.keys, &person.unread].into_iter().flatten().map(move |list| (Some(person), list))
        });
        let deploy = config.deploy.iter().flat_map(|deploy| [&deploy.keys, &deploy.unread].into_iter().flatten());
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut holders: Vec<Vec<Held<'_, '_>>> = Vec::new();
        for (person, list) in lists.chain(deploy.map(|list| (None, list))) {
            for entry in list.entries.iter().filter(|entry| entry.state != State::Absent) {
                let KeyText::Text(text) = entry.text else { continue };
                for word in key::data_words(text) {
                    let number = *numbers.entry(word).or_insert(holders.len());
                    if number == holders.len() {
                        holders.push(Vec::new());
                    }
                    holders[number].push(Held { person, text, node: entry.text_node });
                }
            }
        }
        for held in holders.into_iter().filter(|held| held.len() > 1) {
            self.shared(&held);
        }
    }

    /// A key under several principals; each is named once.
    fn shared(&mut self, held: &[Held<'_, '_>]) {
        // Data that cannot be decoded is not a key.
        let [first, rest @ ..] = held else { return };
        if key::materials(first.text).is_empty() {
            return;
        }
        let mut named = vec![first.who()];
        for other in rest {
            let who = other.who();
            if named.contains(&who) {
                continue;
            }
            let line = self.lines.place(self.document.node(first.node).start).0;
            let message = format!("{who} has the same key as {} on line {line}", named[0]);
            self.add(&KEY_ON_SEVERAL, other.node, message);
            named.push(who);
        }
    }

    /// Keys that an entry for the deploy account removes and that are installed again.
    fn undone(&mut self) {
        let config = self.config;
        let entries: Vec<&Person<'_>> = config.people.iter().filter(|person| self.is_deploy_entry(person)).collect();
        if entries.is_empty() {
            return;
        }
        let mut given: HashMap<Vec<u8>, String> = HashMap::new();
        let feeding = config.people.iter().filter(|person| person.feeds_deploy());
        let items = feeding.filter_map(|person| Some((person.called(), person.keys.as_ref()?.entries.first()?)));
        let deploy = config.deploy.iter().filter_map(|deploy| deploy.keys.as_ref());
        let listed = deploy.flat_map(|list| &list.entries).map(|entry| (DOCKER_USER.to_owned(), entry));
        for (who, entry) in items.chain(listed) {
            let KeyText::Text(text) = entry.text else { continue };
            given.extend(key::materials(text).into_iter().map(|material| (material, who.clone())));
        }
        for person in entries {
            for entry in person.keys.iter().flat_map(|list| &list.entries).filter(|entry| entry.state == State::Absent)
            {
                let KeyText::Text(text) = entry.text else { continue };
                if let Some(who) = key::materials(text).iter().find_map(|material| given.get(material)) {
                    let message = format!(
                        "{} installs this key for the deploy account again",
                        if who == DOCKER_USER {
                            who.clone()
                        } else {
                            format!("{who}, who is in sudo and has it as the first key,")
                        }
                    );
                    self.add(&REVOCATION_UNDONE, entry.text_node, message);
                }
            }
        }
    }
}

/// Whether two items differ only in the comments of their keys.
fn is_same_but_comment(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let (KeyText::Text(one), KeyText::Text(other)) = (one.text, other.text) else { return false };
    let line = |text| key::KeyLine::parse(text).ok();
    line(one)
        .zip(line(other))
        .is_some_and(|(one, other)| one.options() == other.options() && one.material() == other.material())
}
