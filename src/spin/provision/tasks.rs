//! A run of `spin provision` on a new server, worked out from the file alone.
//!
//! Follows the roles of v2.3.4 task by task, as ansible-core 2.21 runs them: a task whose item fails goes on with its
//! other items, and then the run ends. Where only Ansible can tell (a template, a `!vault` value), the account is marked.

use crate::key::{self, Given};
use crate::spin::config::ansible_value::Value;
use crate::spin::config::names::is_account_name;
use crate::spin::config::user::Section;
use crate::spin::config::{Config, Entry, Groups, KeyList, KeyText, Person, State};
use crate::spin::provision::accounts::Server;
use crate::spin::provision::groups;
use crate::spin::provision::not_installed::Tried;
use crate::spin::provision::outcome::{Account, Failure, Via};
use crate::spin::provision::validate_inputs;
use crate::yaml::{Document, NodeId};

/// Runs the tasks; gives the accounts at the end, where the run ended early, and the keys that it came to.
pub(super) fn run(document: &Document<'_>, config: &Config<'_>, now: u64) -> (Vec<Account>, Option<Failure>, Tried) {
    let mut run = Run { document, config, now, server: Server::default(), tried: Tried::new() };
    let end = run.provision();
    (run.server.finish(now), end, run.tried)
}

struct Run<'r, 'd, 't> {
    document: &'d Document<'t>,
    config: &'r Config<'d>,
    now: u64,
    server: Server,
    /// Keys that Spin came to, and why they did not get in.
    tried: Tried,
}

impl Run<'_, '_, '_> {
    /// The tasks in their order; gives where the run ends early.
    fn provision(&mut self) -> Option<Failure> {
        if let Some(end) = validate_inputs::end(self.document, self.config) {
            return Some(end);
        }
        self.create_users()
            .or_else(|| self.expire_passwords())
            .or_else(|| self.install_keys())
            .or_else(|| self.deploy())
    }

    /// roles/linux_common/tasks/users.yml:12
    fn create_users(&mut self) -> Option<Failure> {
        let mut end = None;
        for person in &self.config.people {
            match self.refused_user(person) {
                Some(reason) => {
                    end.get_or_insert(Failure { at: self.at(person.user.name_node), reason });
                }
                None => {
                    let Some(name) = person.account.as_deref() else { continue };
                    match person.state {
                        State::Absent => self.server.remove(name),
                        _ => self.server.add(name, false),
                    }
                }
            }
        }
        end
    }

    /// Why `ansible.builtin.user` fails for an entry.
    fn refused_user(&self, person: &Person<'_>) -> Option<String> {
        let who = person.called();
        if !matches!(Value::of(self.document, person.user.node), Value::Map | Value::Unknown) {
            return Some(format!("{who} is no mapping"));
        }
        if person.state == State::Wrong {
            return Some(format!("the `state` of {who} is neither present nor absent"));
        }
        match (Value::at(self.document, person.user.node, "username"), person.account.as_deref()) {
            (Some(Value::Unknown), _) => return None,
            (_, Some(name)) if is_account_name(name) => {}
            (_, Some(_)) => return Some(format!("Linux takes no account of the name {who}")),
            (Some(Value::Number(None)), None) => return None,
            (_, None) => return Some(format!("{who} has no `username`")),
        }
        let wrong = match &person.groups {
            Groups::Text(text) => text.chars().next().map(|letter| letter.to_string()),
            Groups::List(names) => names.iter().find_map(|name| groups::missing(name)).map(str::to_owned),
            _ => None,
        };
        let wrong = wrong.filter(|_| person.state != State::Absent);
        wrong.map(|group| format!("a new server has no group `{}`, which {who} is in", crate::yaml::quote(&group)))
    }

    /// roles/linux_common/tasks/users.yml:26
    fn expire_passwords(&self) -> Option<Failure> {
        let mut there = self.config.people.iter().filter(|person| person.state != State::Absent);
        let person = there.find(|person| validate_inputs::has_bad_password(self.document, person))?;
        Some(Failure {
            at: self.at(person.user.name_node),
            reason: format!("the `password` of {} is null or a number", person.called()),
        })
    }

    /// roles/linux_common/tasks/users.yml:34
    fn install_keys(&mut self) -> Option<Failure> {
        let lists: Vec<(&Person<'_>, &KeyList<'_>)> =
            self.config.people.iter().filter_map(|person| Some((person, person.keys.as_ref()?))).collect();
        let odd = lists.iter().find(|(_, list)| !matches!(list.value, Value::List(_) | Value::Unknown));
        if let Some((person, list)) = odd {
            return Some(Failure {
                at: self.at(list.key_node),
                reason: format!("`authorized_keys` of {} is no list", person.called()),
            });
        }
        let mut end = None;
        for (person, list) in lists.into_iter().filter(|(person, _)| person.state != State::Absent) {
            let account = person.account.as_deref();
            if list.value == Value::Unknown {
                self.unknown(account, self.at(list.key_node));
            }
            for entry in &list.entries {
                let failed = self.own_key(person, account, entry);
                end = end.or(failed);
            }
        }
        end
    }

    /// One item of a user's `authorized_keys`.
    fn own_key(&mut self, person: &Person<'_>, account: Option<&str>, entry: &Entry<'_>) -> Option<Failure> {
        let who = person.called();
        let at = self.at(entry.text_node);
        if account.is_none() {
            self.unknown(None, at);
            return None;
        }
        let failed = |reason: String| Some(Failure { at, reason });
        if !entry.is_mapping && entry.text != KeyText::Unknown
            || self.document.entry(entry.item, "public_key").is_none() && entry.is_mapping
        {
            return self.fail(at, failed(format!("a key of {who} has no `public_key`")));
        }
        if entry.state == State::Wrong {
            return self.fail(at, failed(format!("the `state` of a key of {who} is neither present nor absent")));
        }
        if account.is_some_and(|name| !self.server.has(name)) {
            return self.fail(at, failed(format!("the account {who} was removed by another entry")));
        }
        match entry.text {
            KeyText::Text(text) if entry.state == State::Absent => self.take_away(account, text, at, &who),
            KeyText::Text(text) if entry.state == State::Present => self.give(account, text, at, &Via::Own, &who),
            KeyText::Other => self.fail(at, failed(format!("a key of {who} is no key"))),
            KeyText::Missing => None,
            KeyText::Text(_) | KeyText::Unknown => {
                self.unknown(account, at);
                None
            }
        }
    }

    /// roles/docker_user/tasks/main.yml
    fn deploy(&mut self) -> Option<Failure> {
        let account = match &self.config.deploy {
            None => self.config.deploy_account.clone(),
            Some(deploy) => match &deploy.username {
                Some(Value::Unknown) => None,
                Some(value) if value.printed().is_some_and(|name| is_account_name(&name)) => value.printed(),
                _ if Value::of(self.document, deploy.node) == Value::Unknown => None,
                _ => {
                    let reason = "`docker_user` has no `username` that can be an account".to_owned();
                    return Some(Failure { at: self.at(deploy.key_node), reason });
                }
            },
        };
        let name = account.as_deref();
        if let Some(end) = self.secondary_groups() {
            return Some(end);
        }
        if let Some(name) = name {
            self.server.add(name, true);
        }
        self.deploy_list(name).or_else(|| self.deploy_variable(name)).or_else(|| self.first_keys(name))
    }

    /// Line 12: groups beside `docker`, which is there by now.
    fn secondary_groups(&self) -> Option<Failure> {
        let deploy = self.config.deploy.as_ref()?;
        let (key, node) = self.document.entry(deploy.node, "secondary_groups")?;
        let Value::Text(names) = Value::of(self.document, node) else { return None };
        let names: Vec<&str> = names.split(',').filter(|name| name.trim() != "docker").collect();
        let names = names.join(",");
        let group = groups::missing(&names)?;
        Some(Failure { at: self.at(key), reason: format!("a new server has no group `{}`", crate::yaml::quote(group)) })
    }

    /// Line 19: `docker_user.authorized_ssh_keys`.
    fn deploy_list(&mut self, name: Option<&str>) -> Option<Failure> {
        let list = self.config.deploy.as_ref().and_then(|deploy| deploy.keys.as_ref())?;
        match list.value {
            Value::List(_) | Value::Text(_) | Value::Null => {}
            Value::Unknown => self.unknown(name, self.at(list.key_node)),
            _ => {
                let reason = "`docker_user.authorized_ssh_keys` holds neither a list nor a key".to_owned();
                return Some(Failure { at: self.at(list.key_node), reason });
            }
        }
        let mut end = None;
        for entry in &list.entries {
            let at = self.at(entry.text_node);
            let failed = match entry.text {
                KeyText::Text(text) if !entry.is_mapping => self.give(name, text, at, &Via::DockerUser, "docker_user"),
                KeyText::Missing if !entry.is_mapping => None,
                KeyText::Unknown if !entry.is_mapping => {
                    self.unknown(name, at);
                    None
                }
                _ => self.fail(at, Some(Failure { at, reason: "a key of docker_user is no string".to_owned() })),
            };
            end = end.or(failed);
        }
        end
    }

    /// Line 27: a variable that `spin configure` passes, and that may stand in the file as well.
    fn deploy_variable(&mut self, name: Option<&str>) -> Option<Failure> {
        let node = self.document.root().and_then(|root| self.document.get(root, "deploy_public_key"))?;
        let at = self.at(node);
        match Value::of(self.document, node) {
            Value::Text(text) => self.give(name, text, at, &Via::DeployPublicKey, "deploy_public_key"),
            Value::Unknown => {
                self.unknown(name, at);
                None
            }
            _ => None,
        }
    }

    /// Line 34: the first key of everybody in sudo, whatever the states.
    fn first_keys(&mut self, name: Option<&str>) -> Option<Failure> {
        let mut end = None;
        for person in self.config.people.iter().filter(|person| person.user.section == Section::Users) {
            let who = person.called();
            let entry_at = self.at(person.user.name_node);
            if person.groups == Groups::None {
                end = end.or(Some(Failure { at: entry_at, reason: format!("{who} has no `groups`") }));
                continue;
            }
            if person.groups == Groups::Unknown
                || (person.in_sudo() && person.keys.as_ref().is_some_and(|list| list.value == Value::Unknown))
            {
                self.unknown(name, entry_at);
                continue;
            }
            if !person.in_sudo() {
                continue;
            }
            let first = person.keys.as_ref().and_then(|list| list.entries.first());
            let Some(first) = first else {
                end = end.or(Some(Failure { at: entry_at, reason: format!("{who} is in sudo and has no first key") }));
                continue;
            };
            let at = self.at(first.text_node);
            let failed = match first.text {
                KeyText::Text(text) => self.give(name, text, at, &Via::FirstKey { of: who.clone() }, &who),
                KeyText::Unknown => {
                    self.unknown(name, at);
                    None
                }
                KeyText::Missing | KeyText::Other => None,
            };
            end = end.or(failed);
        }
        end
    }

    /// Installs the lines of a text, as `ansible.posix.authorized_key` does.
    fn give(&mut self, account: Option<&str>, text: &str, at: usize, way: &Via, who: &str) -> Option<Failure> {
        let lines = match key::given(text) {
            Given::Lines(lines) => lines,
            Given::Refused { .. } => {
                return self
                    .fail(at, Some(Failure { at, reason: format!("a key of {who} is none that Ansible takes") }));
            }
            Given::Url | Given::File => {
                self.unknown(account, at);
                return None;
            }
        };
        self.tried.insert(at, lines.is_empty().then(|| "there is no key in it".to_owned()));
        self.server.give(account, lines, at, way, self.now);
        None
    }

    /// Takes the lines of a text away.
    fn take_away(&mut self, account: Option<&str>, text: &str, at: usize, who: &str) -> Option<Failure> {
        let Given::Lines(lines) = key::given(text) else {
            return self.fail(at, Some(Failure { at, reason: format!("a key of {who} is none that Ansible takes") }));
        };
        self.server.take_away(account, &lines);
        None
    }

    fn fail(&mut self, at: usize, end: Option<Failure>) -> Option<Failure> {
        self.tried.insert(at, end.as_ref().map(|end| format!("the run fails here: {}", end.reason)));
        end
    }

    fn unknown(&mut self, account: Option<&str>, at: usize) {
        self.tried.insert(at, Some("only Ansible can tell what this is".to_owned()));
        self.server.unknown(account, at);
    }

    fn at(&self, node: NodeId) -> usize {
        self.document.node(node).start
    }
}
