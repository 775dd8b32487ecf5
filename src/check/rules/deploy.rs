//! SK3: the deploy account, `docker_user`.

use super::users::{BAD_USERNAME, USERNAME_IS_NUMBER, USERNAME_READ_AS_OTHER};
use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::{Value, is_template};
use crate::spin::config::layout::{DEFAULT_ACCOUNT, DOCKER_USER, DOCKER_USER_FIELDS};
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::yaml::{Edit, New, Quote, Step, quote};

rules! { DEPLOY:
    DEPLOY_WITHOUT_USERNAME = "SK301" "docker-user-without-username" Error + fix, {
        title: "`docker_user` has no `username`",
        effect: "the run fails before it creates the deploy account; the users can log in",
        help: "add `username: deploy`",
        source: "roles/docker_user/tasks/main.yml:9, roles/docker_user/defaults/main.yml:1",
        why: "The file is passed as extra variables, and an extra variable replaces the role's default of the same \
            name completely. Once `docker_user` is in the file, the default `username: deploy` no longer applies.",
    }
    DEPLOY_NOT_A_MAPPING = "SK302" "docker-user-not-a-mapping" Error, {
        title: "`docker_user` is not a mapping",
        effect: "the run fails before it creates the deploy account; the users can log in",
        help: "remove it to use the role's default, or write `username: deploy` below it",
        source: "roles/docker_user/tasks/main.yml:3 and :9",
        why: "The file is passed as extra variables, which replace the role's defaults completely. `docker_user:` with \
            nothing below it is null, and null has no `username`.",
    }
    DEPLOY_FIELD_NEVER_READ = "SK303" "docker-user-field-never-read" Error + fix, {
        title: "`docker_user.authorized_keys` is never read by Spin",
        effect: "Spin installs no key under it, and reports nothing",
        help: "rename it to `authorized_ssh_keys`, and write each key as a string",
        source: "roles/docker_user/tasks/main.yml:24",
        why: "The two fields belong in different places: `authorized_keys` (a list of mappings) is for users, \
            `authorized_ssh_keys` (a list of strings) is for `docker_user`. --fix renames it, and these keys can then \
            log in as deploy; not where an item has fields besides `public_key` and `state`, which would be lost.",
    }
    DEPLOY_KEY_NOT_A_STRING = "SK304" "docker-user-key-not-a-string" Error + fix, {
        title: "a key in `docker_user.authorized_ssh_keys` is not a string",
        effect: "the run fails at this key: `invalid key specified`",
        help: "write the item as a string: `- \"ssh-...\"`",
        source: "roles/docker_user/tasks/main.yml:23",
        why: "Each item is passed to `ansible.posix.authorized_key` unchanged. Only `authorized_keys` of users takes \
            mappings with `public_key`. --fix makes a string of it, and the key can then log in as deploy; not where \
            the mapping has fields besides `public_key` and `state`, which would be lost.",
    }
    DEPLOY_KEYS_NOT_A_LIST = "SK305" "docker-user-keys-not-a-list" Error, {
        title: "`docker_user.authorized_ssh_keys` is a mapping or a number",
        effect: "the run fails when it installs the keys of the deploy account",
        help: "write a list of strings, write `[]` for none, or omit the field",
        source: "roles/docker_user/tasks/main.yml:24",
        why: "The role expects a list. A single string works like a list with one item, and null like an empty list.",
    }
    DEPLOY_UNKNOWN_FIELD = "SK306" "docker-user-unknown-field" Warning, {
        title: "`docker_user` has a field that Spin never reads",
        effect: "Spin ignores the field, and reports nothing",
        help: "use one of username, authorized_ssh_keys, home, group, secondary_groups, uid and gid",
        source: "roles/docker_user/tasks/main.yml",
        why: "The usual cause is a typo (`authorized_ssh_key`), or a field that only users have (`groups`, `state`).",
    }
    DEPLOY_IS_USER = "SK307" "docker-user-is-a-user" Warning, {
        title: "the deploy account is also a user with groups",
        effect: "Spin sets the groups of the account to `docker` alone, so it loses sudo and all others; the keys of \
            both entries are installed",
        help: "give `docker_user` a different name",
        source: "roles/docker_user/tasks/main.yml:12 (after roles/linux_common)",
        why: "The account is first created as a user, then changed into the deploy account. An entry with `groups: \
            []`, which removes keys from the deploy account, is fine.",
    }
    DEPLOY_BAD_ID = "SK309" "docker-user-bad-id" Error, {
        title: "the `uid` or `gid` of `docker_user` is not a number, or somebody else has it",
        effect: "the run fails before it creates the deploy account; the users can log in",
        help: "omit `uid` and `gid`; the role's default is 9999",
        source: "roles/docker_user/tasks/main.yml:4 and :16, useradd(8), groupadd(8)",
        why: "The group and the account are created with these ids. 1000 is the first user's `uid`; as a `gid` it is \
            free, because users share the group `users`. A user with `uid: 9999` takes the role's default away.",
    }
    DEPLOY_BAD_GROUP = "SK310" "docker-user-bad-group" Error, {
        title: "the `group` of `docker_user` is no name of a group",
        effect: "the run fails before it creates the deploy account; the users can log in",
        help: "omit `group`; the role's default is `deploy`",
        source: "roles/docker_user/tasks/main.yml:3, groupadd(8)",
        why: "groupadd refuses an empty name, and one with spaces. Null is an empty name.",
    }
    DEPLOY_BAD_GROUPS = "SK311" "docker-user-bad-groups" Error, {
        title: "`docker_user.secondary_groups` is a mapping",
        effect: "the run fails before it creates the deploy account; the users can log in",
        help: "omit it (the role's default is `docker`), or write a list of names",
        source: "roles/docker_user/tasks/main.yml:11, ansible.builtin.user (groups)",
        why: "The module that creates the account takes a list of names, or a text of names that are joined by commas.",
    }
    DEPLOY_BAD_HOME = "SK312" "docker-user-bad-home" Error, {
        title: "the `home` of `docker_user` is not an absolute path",
        effect: "the run fails before it creates the deploy account; the users can log in",
        help: "omit `home`, or write a path that starts with `/` and has no colon",
        source: "roles/docker_user/tasks/main.yml:12, useradd(8)",
        why: "useradd refuses an empty or relative home, and one with `:`, which separates the fields of /etc/passwd.",
    }
    DEPLOY_IN_SUDO = "SK313" "docker-user-as-good-as-root" Warning, {
        title: "the deploy account can become root",
        effect: "everyone who can log in as deploy, and the CI, is root on the servers",
        help: "omit `group` and `secondary_groups`; the role's defaults are `deploy` and `docker`",
        source: "roles/docker_user/tasks/main.yml:10 and :11",
        why: "The groups `sudo` and `root` make deploy root at once. `docker` alone is as good as root for whoever can \
            start containers, but leaves traces of it.",
    }
    DEPLOY_VARIABLE_NOT_TEXT = "SK314" "deploy-public-key-not-text" Error, {
        title: "`deploy_public_key` is not a text",
        effect: "the run fails when it installs the keys of the deploy account",
        help: "omit it; `spin configure gha` passes it",
        source: "roles/docker_user/tasks/main.yml:27",
        why: "The value is passed to `ansible.posix.authorized_key` unchanged.",
    }
    DEPLOY_VARIABLE = "SK308" "deploy-public-key-in-file" Warning, {
        title: "the file sets the variable `deploy_public_key`",
        effect: "Spin installs its key for the deploy account on every run, and no list of keys in the file shows it",
        help: "move the key to `docker_user.authorized_ssh_keys`",
        source: "roles/docker_user/tasks/main.yml:27",
        why: "`spin configure gha` passes this variable on its command line. In the file it gives access to the deploy \
            account from a place where nobody looks for keys.",
    }
}

impl Checker<'_, '_, '_> {
    /// SK3, and the keys of the deploy account.
    pub(crate) fn deploy(&mut self) {
        let document = self.document;
        self.account = self.config.deploy_account.as_deref().map(str::to_owned);
        self.deploy_variable();
        let Some(deploy) = &self.config.deploy else { return };
        match Value::of(document, deploy.node) {
            Value::Map => {}
            Value::Unknown => return,
            _ => {
                self.add(&DEPLOY_NOT_A_MAPPING, deploy.key_node, "`docker_user` is not a mapping");
                return;
            }
        }
        let path = vec![Step::Key(DOCKER_USER.to_owned())];
        match &deploy.username {
            None => {
                let username = New::Text { value: DEFAULT_ACCOUNT.to_owned(), quote: Quote::Plain };
                let edit =
                    Edit::Insert { path: path.clone(), entries: vec![("username".to_owned(), username)], above: None };
                self.add(&DEPLOY_WITHOUT_USERNAME, deploy.key_node, "`docker_user` has no `username`").fix(vec![edit]);
            }
            Some(value) => self.deploy_name(value, deploy.node),
        }
        for (key, _) in document.entries(deploy.node) {
            let field = document.scalar(*key).unwrap_or_default();
            if !DOCKER_USER_FIELDS.contains(&field) {
                self.add(&DEPLOY_UNKNOWN_FIELD, *key, format!("`docker_user` has a field `{}`", quote(field)));
            }
        }
        self.deploy_groups(deploy.key_node);
        let account = &self.config.deploy_account;
        let same = self.config.people.iter().filter(|person| person.account.is_some() && person.account == *account);
        let has_groups = |person: &&Person<'_>| matches!(&person.groups, Groups::List(groups) if !groups.is_empty());
        if let Some(person) = same.filter(|person| person.state == State::Present).find(has_groups) {
            let message = format!(
                "{} is the deploy account, and is in `{}` with groups",
                person.called(),
                person.user.section.key()
            );
            let at = person.user.name_node;
            self.add(&DEPLOY_IS_USER, at, message);
        }
        self.deploy_lists(&path, deploy.keys.as_ref(), deploy.unread.as_ref());
    }

    /// The groups that the account gets.
    fn deploy_groups(&mut self, key_node: usize) {
        let document = self.document;
        let Some(deploy) = self.config.deploy.as_ref() else { return };
        let made = self.outcome.intended().iter().find(|account| account.is_deploy);
        let group = made.and_then(|made| made.groups.iter().find(|group| ["sudo", "root"].contains(&group.as_str())));
        if let Some(group) = group {
            let fields = ["group", "secondary_groups"].into_iter();
            let field = fields.filter_map(|field| document.entry(deploy.node, field)).map(|entry| entry.0).next_back();
            self.add(
                &DEPLOY_IN_SUDO,
                field.unwrap_or(key_node),
                format!("the deploy account is in `{}`", quote(group)),
            );
        }
    }

    /// `deploy_public_key` at the top level.
    fn deploy_variable(&mut self) {
        let document = self.document;
        let Some((key, node)) = document.root().and_then(|root| document.entry(root, "deploy_public_key")) else {
            return;
        };
        if matches!(Value::of(document, node), Value::Null | Value::List(_) | Value::Map) {
            return;
        }
        self.add(&DEPLOY_VARIABLE, key, "the file sets `deploy_public_key`");
        if let Value::Text(text) = Value::of(document, node) {
            self.key_lines(node, text, "deploy_public_key", false);
        }
    }

    fn deploy_name(&mut self, value: &Value<'_>, deploy: usize) {
        let document = self.document;
        let Some((key, node)) = document.entry(deploy, "username") else { return };
        let written = document.scalar(node).unwrap_or_default();
        let path = vec![Step::Key(DOCKER_USER.to_owned()), Step::Key("username".to_owned())];
        match value {
            Value::Null => {
                let with = New::Text { value: DEFAULT_ACCOUNT.to_owned(), quote: Quote::Plain };
                self.add(&DEPLOY_WITHOUT_USERNAME, key, "`username` of `docker_user` is empty")
                    .fix(vec![Edit::Replace { path, with }]);
            }
            Value::Text(name) => self.text_name(name, node),
            Value::Number(Some(text)) if text == written => {
                self.add(&USERNAME_IS_NUMBER, node, format!("the name `{}` is a number", quote(written)));
            }
            Value::Bool(_) | Value::Number(_) => {
                let with = New::Text { value: written.to_owned(), quote: Quote::Double };
                self.add(
                    &USERNAME_READ_AS_OTHER,
                    node,
                    format!("without quotes YAML does not read `{}` as text", quote(written)),
                )
                .fix(vec![Edit::Replace { path, with }]);
            }
            Value::Unknown if is_template(written) => self.template(node, written, "the name"),
            Value::Unknown => {}
            Value::List(_) | Value::Map => {
                self.add(&BAD_USERNAME, node, "`username` must be a single word");
            }
        }
    }
}
