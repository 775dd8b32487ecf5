//! SK2: people, the entries of `users` and `additional_users`: their names and states.

use super::key_form::{BROKEN_TEMPLATE, TEMPLATE};
use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::{Value, is_template, is_whole_template};
use crate::spin::config::layout::{Section, USER_FIELDS};
use crate::spin::config::names::is_account_name;
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::provision::validate_inputs;
use crate::yaml::{Edit, New, NodeId, Quote, Step, quote};
use std::collections::HashSet;

rules! { USERS:
    NO_USERS = "SK201" "no-users" Error, {
        title: "`users` is missing or empty",
        effect: "the run fails before it changes a server",
        help: "add a user in sudo: spin-keys add-user NAME",
        source: "roles/linux_common/tasks/validate-inputs.yml:3 and :7",
        why: "The shipped file has `users:` with only comments below it, which is null. The role concatenates `users` \
            and `additional_users`, and null cannot be added to a list. `users: []` is a list, but then a user in \
            `additional_users` must be in sudo.",
    }
    USERS_NOT_A_LIST = "SK202" "users-not-a-list" Error, {
        title: "`users` or `additional_users` is not a list",
        effect: "the run fails immediately, and nobody can log in",
        help: "write it as a list: `- username: NAME`, with the rest of the entry below",
        source: "roles/linux_common/tasks/validate-inputs.yml:7 and users.yml:9",
        why: "The roles concatenate the two lists and loop over the result. A mapping by name (`alice: {...}`), as \
            other tools use, a string, or `additional_users:` with nothing below it cannot be added to a list.",
    }
    USER_NOT_A_MAPPING = "SK203" "user-not-a-mapping" Error, {
        title: "an entry of `users` or `additional_users` is not a mapping",
        effect: "the run fails, because the entry has no `username`",
        help: "write it as `- username: NAME`, with `groups` and `authorized_keys` below",
        source: "roles/linux_common/tasks/users.yml:14",
        why: "Each entry must be a mapping with a `username`. A name alone (`- alice`) or a dash with nothing after it \
            is not one.",
    }
    NO_USERNAME = "SK204" "no-username" Error, {
        title: "an entry has no `username`",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "write `username: NAME`, with the name of the account",
        source: "roles/linux_common/tasks/users.yml:14",
        why: "The account is named by `item.username`. `name` is only the full name, a comment in /etc/passwd. Keys \
            are installed after all accounts are created, so one bad entry locks everybody out of a new server, where \
            root login is already disabled.",
    }
    USERNAME_READ_AS_OTHER = "SK205" "username-is-not-text" Warning + fix, {
        title: "YAML does not read this name as text",
        effect: "Spin gives the account a different name: `yes` becomes `True`, `0123` becomes `83`",
        help: "quote the name with double quotes",
        source: "PyYAML `resolver.py` (YAML 1.1), roles/linux_common/tasks/users.yml:14",
        why: "Without quotes, YAML 1.1 reads `yes`, `no`, `on`, `off`, `true`, `false` as booleans, and `0123`, \
            `1_000`, `0x1f`, `1:30`, `2001-01-01` as numbers and dates. Ansible converts the value back to text, so no \
            account has the name that is in the file.",
    }
    USERNAME_IS_NUMBER = "SK206" "username-is-a-number" Note, {
        title: "the name of this account is a number",
        effect: "Spin creates the account, but tools such as chown and usermod may read its name as a user id",
        help: "choose a name that starts with a letter",
        source: "useradd(8), roles/linux_common/tasks/users.yml:14",
        why: "A name of digits works for Spin and for logging in. But some tools read `1001` as the user id 1001, not \
            as the user with that name.",
    }
    BAD_USERNAME = "SK207" "bad-username" Error, {
        title: "Linux does not accept this account name",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "use letters, digits, `_`, `-` and `.`, at most 32 characters, starting with a letter or `_`",
        source: "useradd(8), roles/linux_common/tasks/users.yml:14",
        why: "useradd on Debian and Ubuntu refuses spaces, `:` and `,`, a leading `-`, `+` or `~`, and more than 32 \
            characters. Upper case, digits, dots, `@` and `/` work, but other tools may fail on them.",
    }
    UNKNOWN_FIELD = "SK219" "unknown-field" Warning, {
        title: "a user has a field that Spin never reads",
        effect: "Spin ignores the field, and reports nothing",
        help: "use one of username, name, groups, authorized_keys, state, password, shell, homedir, uid and \
            update_password",
        source: "roles/linux_common/tasks/users.yml:13",
        why: "The usual cause is a typo (`authorized_key`, `group`, `home`), or a field of another tool.",
    }
    BAD_USER_STATE = "SK220" "bad-user-state" Error, {
        title: "`state` of a user is neither `present` nor `absent`",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "write `state: present` or `state: absent`, or omit it",
        source: "roles/linux_common/tasks/users.yml:20",
        why: "The value is passed to `ansible.builtin.user`, which accepts only these two, in lower case.",
    }
}

impl Checker<'_, '_, '_> {
    /// SK2, and the keys of people.
    pub(crate) fn people(&mut self) {
        let config = self.config;
        for section in Section::ALL {
            self.section(section);
        }
        let needs_password = validate_inputs::needs_password(self.document);
        for person in &config.people {
            let who = person.called();
            self.account = Some(who.clone());
            self.person(person, &who, needs_password);
        }
        self.account = None;
        self.same_names();
        self.somebody_in_sudo();
    }

    fn section(&mut self, section: Section) {
        let document = self.document;
        let entry = document.root().and_then(|root| document.entry(root, section.key()));
        let name = section.key();
        let Some((key, node)) = entry else {
            if section == Section::Users
                && document.root().is_none_or(|root| matches!(Value::of(document, root), Value::Map | Value::Null))
            {
                let start = document.root().map_or(0, |root| document.node(root).start);
                self.add_at(&NO_USERS, start..start, "the file has no `users`");
            }
            return;
        };
        match Value::of(document, node) {
            Value::Null if section == Section::Users => {
                self.add(&NO_USERS, key, "`users` is null");
            }
            Value::Null => {
                self.add(&USERS_NOT_A_LIST, key, "`additional_users` is null")
                    .help("remove the line, or write `additional_users: []`");
            }
            Value::List(items) if items.is_empty() && section == Section::Users && self.config.people.is_empty() => {
                self.add(&NO_USERS, key, "`users` is empty");
            }
            Value::Map => {
                self.add(&USERS_NOT_A_LIST, key, format!("`{name}` is a mapping by name"));
            }
            Value::Text(_) | Value::Bool(_) | Value::Number(_) => {
                self.add(&USERS_NOT_A_LIST, key, format!("`{name}` is not a list"));
            }
            Value::List(_) | Value::Unknown => {}
        }
    }

    fn person(&mut self, person: &Person<'_>, who: &str, needs_password: bool) {
        let document = self.document;
        let node = person.user.node;
        match Value::of(document, node) {
            Value::Map => {}
            Value::Unknown => return,
            _ => {
                self.add(&USER_NOT_A_MAPPING, node, format!("{} is not a mapping", person.user.place()));
                return;
            }
        }
        if !person.user.by_name {
            self.name(person);
        }
        for (key, _) in document.entries(node) {
            let field = document.scalar(*key).unwrap_or_default();
            if !USER_FIELDS.contains(&field) {
                self.add(&UNKNOWN_FIELD, *key, format!("{who} has a field `{}`", quote(field)));
            }
        }
        if person.state == State::Wrong {
            self.add(
                &BAD_USER_STATE,
                document.get(node, "state").unwrap_or(node),
                format!("{who} has a `state` that is neither `present` nor `absent`"),
            );
        }
        self.groups(person, who);
        self.password(person, who, needs_password);
        self.key_lists(person, who);
    }

    fn name(&mut self, person: &Person<'_>) {
        let document = self.document;
        let node = document.get(person.user.node, "username");
        let set = |value: &str| {
            let path = [person.user.path.clone(), vec![Step::Key("username".to_owned())]].concat();
            vec![Edit::Replace { path, with: New::Text { value: value.to_owned(), quote: Quote::Double } }]
        };
        let at = node.unwrap_or(person.user.node);
        let written = document.scalar(at).unwrap_or_default();
        match node.map(|node| Value::of(document, node)) {
            None | Some(Value::Null) => {
                self.add(&NO_USERNAME, at, format!("{} has no `username`", person.user.place()));
            }
            Some(Value::Number(Some(text))) if text == written && text.contains('-') => {
                let message = format!(
                    "without quotes YAML reads `{}` as a date, on which ansible-core 2.18 fails",
                    quote(written)
                );
                self.add(&USERNAME_READ_AS_OTHER, at, message).fix(set(written));
            }
            Some(Value::Number(Some(text))) if text == written => {
                self.add(&USERNAME_IS_NUMBER, at, format!("the name `{}` is a number", quote(written)));
            }
            Some(Value::Bool(_) | Value::Number(_)) => {
                let becomes =
                    person.account.as_deref().map_or_else(|| "something else".to_owned(), |name| format!("`{name}`"));
                self.add(
                    &USERNAME_READ_AS_OTHER,
                    at,
                    format!(
                        "without quotes YAML does not read `{}` as text: the account becomes {becomes}",
                        quote(written)
                    ),
                )
                .fix(set(written));
            }
            // An account that is to be removed need not be one.
            Some(Value::Text(name)) if person.state != State::Absent || is_account_name(name) => {
                self.text_name(name, at)
            }
            Some(Value::Text(_)) => {}
            Some(Value::Unknown) if is_template(written) => self.template(at, written, "the name"),
            Some(Value::Unknown) => {}
            // A list becomes a name such as `['bob']`.
            Some(Value::List(_) | Value::Map) => {
                if !person.account.as_deref().is_some_and(is_account_name) {
                    self.add(&BAD_USERNAME, at, "`username` must be a single word");
                }
            }
        }
    }

    pub(crate) fn text_name(&mut self, name: &str, at: NodeId) {
        if !is_account_name(name) {
            self.add(&BAD_USERNAME, at, format!("Linux does not accept the account name `{}`", quote(name)));
        } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
            self.add(&USERNAME_IS_NUMBER, at, format!("the name `{name}` is a number"));
        }
    }

    /// Ansible evaluates all texts of users, not only names and keys, and some settings: a template in any of them that
    /// is broken, or that cannot be resolved, ends the run.
    pub(crate) fn other_templates(&mut self) {
        let document = self.document;
        let nodes =
            validate_inputs::unresolved(document).into_iter().chain(validate_inputs::unresolved_deploy(document));
        let codes = [BROKEN_TEMPLATE.code, TEMPLATE.code];
        let told = self.findings.iter().filter(|found| codes.contains(&found.rule.code));
        let told: HashSet<usize> = told.map(|found| found.span.start).collect();
        for node in nodes {
            let start = document.node(node).start;
            if told.contains(&start) {
                continue;
            }
            if is_whole_template(document.scalar(node).unwrap_or_default()) {
                self.add(&TEMPLATE, node, "a template decides what Spin does here: its value is known only to Ansible");
            } else {
                self.add(&BROKEN_TEMPLATE, node, "a template starts here and is not closed");
            }
        }
    }
}
