//! The deploy account: `docker_user`.

use super::Checker;
use super::rules::{deploy as rule, people};
use crate::spin::config::ansible_value::{Value, is_template};
use crate::spin::config::{Groups, Person, State};
use crate::spin::provision::groups;
use crate::yaml::{Edit, New, Quote, Step, quote};

/// The fields of `docker_user` that the role reads (roles/docker_user/tasks/main.yml), and the one that has a rule.
const FIELDS: [&str; 8] =
    ["username", "authorized_ssh_keys", "authorized_keys", "home", "group", "secondary_groups", "uid", "gid"];

impl Checker<'_, '_, '_> {
    /// SK3, and the keys of the deploy account.
    pub(super) fn deploy(&mut self) {
        let document = self.document;
        self.deploy_variable();
        let Some(deploy) = &self.config.deploy else { return };
        match Value::of(document, deploy.node) {
            Value::Map => {}
            Value::Unknown => return,
            _ => {
                self.add(&rule::DEPLOY_NOT_A_MAPPING, deploy.key_node, "`docker_user` is no mapping");
                return;
            }
        }
        let path = vec![Step::Key("docker_user".to_owned())];
        match &deploy.username {
            None => {
                let username = New::Text { value: "deploy".to_owned(), quote: Quote::Plain };
                let edit =
                    Edit::Insert { path: path.clone(), entries: vec![("username".to_owned(), username)], above: None };
                self.add(&rule::DEPLOY_WITHOUT_USERNAME, deploy.key_node, "`docker_user` has no `username`")
                    .fix(vec![edit]);
            }
            Some(value) => self.deploy_name(value, deploy.node),
        }
        for (key, _) in document.entries(deploy.node) {
            let field = document.scalar(*key).unwrap_or_default();
            if !FIELDS.contains(&field) {
                self.add(&rule::DEPLOY_UNKNOWN_FIELD, *key, format!("`docker_user` has a field `{}`", quote(field)));
            }
        }
        if let Some(Value::Text(names)) = Value::at(document, deploy.node, "secondary_groups") {
            let names: Vec<&str> = names.split(',').filter(|name| name.trim() != "docker").collect();
            if let Some(group) = groups::missing(&names.join(",")) {
                let key = document.entry(deploy.node, "secondary_groups").map_or(deploy.node, |entry| entry.0);
                let message = format!("docker_user is in `{}`, a group that a new server does not have", quote(group));
                self.add(&people::UNKNOWN_GROUP, key, message);
            }
        }
        let account = &self.config.deploy_account;
        let same = self.config.people.iter().filter(|person| person.account.is_some() && person.account == *account);
        let has_groups = |person: &&Person<'_>| matches!(&person.groups, Groups::List(groups) if !groups.is_empty());
        if let Some(person) = same.filter(|person| person.state == State::Present).find(has_groups) {
            let message = format!(
                "{} is the deploy account and stands in `{}` with groups",
                person.called(),
                person.user.section.key()
            );
            let at = person.user.name_node;
            self.add(&rule::DEPLOY_IS_USER, at, message);
        }
        self.deploy_lists(&path, deploy.keys.as_ref(), deploy.unread.as_ref());
    }

    /// `deploy_public_key` at the top.
    fn deploy_variable(&mut self) {
        let document = self.document;
        let Some((key, node)) = document.root().and_then(|root| document.entry(root, "deploy_public_key")) else {
            return;
        };
        if Value::of(document, node) == Value::Null {
            return;
        }
        self.add(&rule::DEPLOY_VARIABLE, key, "`deploy_public_key` stands in the file");
        if let Value::Text(text) = Value::of(document, node) {
            self.key_lines(node, text, "deploy_public_key", false);
        }
    }

    fn deploy_name(&mut self, value: &Value<'_>, deploy: usize) {
        let document = self.document;
        let Some((key, node)) = document.entry(deploy, "username") else { return };
        let written = document.scalar(node).unwrap_or_default();
        let path = vec![Step::Key("docker_user".to_owned()), Step::Key("username".to_owned())];
        match value {
            Value::Null => {
                let with = New::Text { value: "deploy".to_owned(), quote: Quote::Plain };
                self.add(&rule::DEPLOY_WITHOUT_USERNAME, key, "`username` of `docker_user` is empty")
                    .fix(vec![Edit::Replace { path, with }]);
            }
            Value::Text(name) => self.text_name(name, node),
            Value::Number(Some(text)) if text == written => {
                self.add(&people::USERNAME_IS_NUMBER, node, format!("the name `{}` is a number", quote(written)));
            }
            Value::Bool(_) | Value::Number(_) => {
                let with = New::Text { value: written.to_owned(), quote: Quote::Double };
                self.add(
                    &people::USERNAME_READ_AS_OTHER,
                    node,
                    format!("without quotes `{}` is no text to YAML", quote(written)),
                )
                .fix(vec![Edit::Replace { path, with }]);
            }
            Value::Unknown if is_template(written) => self.template(node, written, "the name"),
            Value::Unknown => {}
            Value::List(_) | Value::Map => {
                self.add(&people::BAD_USERNAME, node, "a `username` is a word");
            }
        }
    }
}
