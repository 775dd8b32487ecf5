//! Layouts that Spin never reads or fails on (SPIN.md, "Who gets in"), said beside every edit of such a file.

use super::account::{Section, User, users};
use super::field::Field;
use crate::yaml::{Document, Kind, NodeId};
use serde::Serialize;

/// Something in the file that keeps a key, or everybody, out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What Spin does with it.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// One kind of problem: its first place, and how many more there are.
struct Found {
    rule: &'static str,
    node: NodeId,
    who: String,
    hint: &'static str,
    more: usize,
}

/// What Spin will not read, or fail on, in this file; of each kind the first, with the number of others.
#[must_use]
pub fn warnings(document: &Document<'_>) -> Vec<Warning> {
    let Some(root) = document.root() else { return Vec::new() };
    let all = users(document);
    let mut found = Findings { document, list: Vec::new() };
    for section in Section::ALL {
        let by_name = document.get(root, section.key()).filter(|node| !document.entries(*node).is_empty());
        if let (Some(_), Some((key, _))) = (by_name, document.entry(root, section.key())) {
            let hint = "write it as a list: `- username: NAME`, with the rest of the entry below";
            found.add(
                "is a mapping by name: Spin's run fails at once, and nobody gets in",
                key,
                &format!("`{}`", section.key()),
                hint,
            );
        }
    }
    let passwordless = document.get(root, "use_passwordless_sudo").and_then(|node| document.scalar(node));
    let needs_password =
        passwordless.is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "false" | "no" | "off"));
    for user in all.iter().filter(|user| !user.by_name && !document.entries(user.node).is_empty()) {
        found.user(user, needs_password);
    }
    // An alias or a template: only Ansible can tell who is there.
    let is_elsewhere = |node: &NodeId| {
        matches!(document.node(*node).kind, Kind::Scalar { .. } | Kind::Alias) && !document.is_null(*node)
    };
    let knows_users = !document.get(root, "users").as_ref().is_some_and(is_elsewhere);
    let in_sudo = |user: &User| user.section == Section::Users && user.groups(document).contains(&"sudo");
    if knows_users && !all.iter().any(|user| in_sudo(user) || (user.section == Section::Users && user.by_name)) {
        let node = document.entry(root, "users").map_or(root, |entry| entry.0);
        found.add(
            "has nobody in `sudo`: Spin's run fails, it wants at least one",
            node,
            "`users`",
            "add one: spin-keys add-user NAME",
        );
    }
    found.docker_user(root);
    found.list.iter().map(|one| one.warning(document)).collect()
}

impl Found {
    fn warning(&self, document: &Document<'_>) -> Warning {
        let (line, column) = document.place(self.node);
        let more = if self.more == 0 { String::new() } else { format!(" (and {} more like it)", self.more) };
        Warning { line, column, message: format!("{} {}{more}", self.who, self.rule), hint: self.hint.to_owned() }
    }
}

struct Findings<'d, 't> {
    document: &'d Document<'t>,
    list: Vec<Found>,
}

impl Findings<'_, '_> {
    fn add(&mut self, rule: &'static str, node: NodeId, who: &str, hint: &'static str) {
        match self.list.iter_mut().find(|found| found.rule == rule) {
            Some(found) => found.more += 1,
            None => self.list.push(Found { rule, node, who: who.to_owned(), hint, more: 0 }),
        }
    }

    fn user(&mut self, user: &User, needs_password: bool) {
        let document = self.document;
        let who = user.name.as_deref().map_or_else(|| user.place(), crate::yaml::short);
        let value = |key: &str| document.get(user.node, key);
        if document.entry(user.node, "<<").is_some()
            || value("state").and_then(|node| document.scalar(node)) == Some("absent")
        {
            return;
        }
        match value("groups").map(|node| (node, &document.node(node).kind)) {
            None => self.add(
                "has no `groups`: Spin's run fails",
                user.name_node,
                &who,
                "add `groups: []`, or `groups: ['sudo']`",
            ),
            Some((node, _)) if document.is_null(node) => {
                self.add(
                    "has an empty `groups`: Spin's run fails",
                    node,
                    &who,
                    "write `groups: []`, or `groups: ['sudo']`",
                );
            }
            Some((node, Kind::Scalar { value, .. })) if !value.contains("{{") => {
                self.add(
                    "has `groups` as a string, which Spin takes letter by letter: its run fails",
                    node,
                    &who,
                    "write a list: `groups: ['sudo']`",
                );
            }
            Some(_) => {}
        }
        self.lists(user, &who);
        let in_sudo = user.groups(document).contains(&"sudo");
        if in_sudo && needs_password && value("password").is_none() {
            let hint = "add `password:` with a hash from `spin mkpasswd`, or set `use_passwordless_sudo: true`";
            self.add(
                "is in sudo without a `password`, and `use_passwordless_sudo` is false: Spin's run fails",
                user.name_node,
                &who,
                hint,
            );
        }
    }

    fn lists(&mut self, user: &User, who: &str) {
        let document = self.document;
        let unread = document.entry(user.node, Field::AuthorizedSshKeys.key()).map(|entry| entry.0);
        let read = document.get(user.node, Field::AuthorizedKeys.key());
        if let Some(node) = unread {
            let hint = "rename it to `authorized_keys` and write each item as `- public_key: \"ssh-...\"`";
            self.add(
                "has `authorized_ssh_keys`, which Spin never reads for a user: those keys do not get in",
                node,
                who,
                hint,
            );
        }
        let in_sudo = user.section == Section::Users && user.groups(document).contains(&"sudo");
        let Some(list) = read else {
            if in_sudo {
                let hint = match unread {
                    Some(_) => "give them `authorized_keys` with items `- public_key: \"ssh-...\"`",
                    None => "give them a key: spin-keys add-user NAME",
                };
                self.add("is in sudo without `authorized_keys`: Spin's run fails", user.name_node, who, hint);
            }
            return;
        };
        let items = document.items(list);
        if items.iter().any(|item| document.scalar(*item).is_some()) {
            self.add(
                "has plain strings in `authorized_keys`: Spin's run fails",
                list,
                who,
                "write each item as `- public_key: \"ssh-...\"`",
            );
        }
        if document.is_null(list)
            || (in_sudo && items.is_empty() && document.scalar(list).is_none() && document.entries(list).is_empty())
        {
            self.add(
                "has an empty `authorized_keys`: Spin's run fails",
                list,
                who,
                "give them a key: spin-keys add-user NAME",
            );
        }
        let first_state = items.first().and_then(|item| document.get(*item, "state")).filter(|_| in_sudo);
        if let Some(state) = first_state.filter(|state| document.scalar(*state) == Some("absent")) {
            let hint = "put a present key first: Spin gives the first one to the deploy account whatever its state";
            self.add(
                "is in sudo and their first key is `absent`, yet Spin gives it to the deploy account",
                state,
                who,
                hint,
            );
        }
    }

    fn docker_user(&mut self, root: NodeId) {
        let document = self.document;
        let Some((key, docker)) = document.entry(root, "docker_user") else { return };
        if document.entries(docker).is_empty() {
            return;
        }
        if document.get(docker, "username").is_none() && document.entry(docker, "<<").is_none() {
            self.add(
                "has no `username`: Spin's run fails before the deploy account is made",
                key,
                "`docker_user`",
                "add `username: deploy`",
            );
        }
        if let Some((node, _)) = document.entry(docker, Field::AuthorizedKeys.key()) {
            let hint = "move its keys to `authorized_ssh_keys`, each as a string";
            self.add("has `authorized_keys`, which Spin silently ignores there", node, "`docker_user`", hint);
        }
        if let Some(list) = document.get(docker, Field::AuthorizedSshKeys.key())
            && document.items(list).iter().any(|item| !document.entries(*item).is_empty())
        {
            self.add(
                "has mappings in `authorized_ssh_keys`: Spin's run fails",
                list,
                "`docker_user`",
                "write each item as a string: `- \"ssh-...\"`",
            );
        }
    }
}
