//! SK2: the groups of people.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::Value;
use crate::spin::config::layout::{SUDO, Section};
use crate::spin::config::state::State;
use crate::spin::config::user::{Groups, Person};
use crate::spin::provision::validate_inputs::may_be_in_sudo;
use crate::spin::provision::{groups, system};
use crate::yaml::{Edit, New, NodeId, Quote, Step, quote};

rules! { GROUPS:
    NO_GROUPS = "SK210" "no-groups" Error + fix, {
        title: "a user has no `groups`",
        effect: "the run fails: before it changes anything if `groups` is null, else at the deploy account, or with \
            ansible-core 2.18 before it installs any key",
        help: "write `groups: []`, or `groups: ['sudo']`",
        source: "roles/linux_common/tasks/users.yml:16, roles/docker_user/tasks/main.yml:40",
        why: "The roles join the groups without checking that there are any, and evaluate `'sudo' in item.groups` for \
            every entry of `users`. An empty list is right for a user without groups. --fix writes the empty list, \
            which gives nobody more rights than they have; not where another entry of the account has groups, which \
            it would take away.",
    }
    GROUPS_NOT_A_LIST = "SK211" "groups-not-a-list" Error + fix, {
        title: "`groups` is not a list of names",
        effect: "the run fails: a string is split into letters (`Group d does not exist`), and null becomes `None`",
        help: "write a list: `groups: ['sudo']`",
        source: "roles/linux_common/tasks/users.yml:16",
        why: "`item.groups | join(\",\")` turns `sudo` into `s,u,d,o`. --fix makes a list of the words in the string, and the \
            user is in these groups then.",
    }
    NO_SUCH_GROUP = "SK212" "group-of-a-later-role" Error, {
        title: "the group `docker` does not exist yet when a new server's users are created",
        effect: "on a new server the run fails when it creates this user, and installs nobody's keys",
        help: "remove `docker`: users in sudo can run Docker with sudo, and the deploy account is added to the group \
            anyway",
        source: "roles/linux_common/tasks/users.yml:16; the group comes with roles/docker, which runs later",
        why: "Users are created before Docker is installed, and useradd refuses unknown groups. At that point root \
            login is disabled and no key is installed yet, so nobody can log in to the new server. On a server that \
            already has Docker it works, until the next server is created.",
    }
    UNKNOWN_GROUP = "SK213" "unknown-group" Warning, {
        title: "the group does not exist on a new server",
        effect: "if the group does not exist, the run fails when it creates this user, and installs nobody's keys",
        help: "create the group on the servers first, or remove it here",
        source: "roles/linux_common/tasks/users.yml:16",
        why: "Spin creates no groups for users. The groups of a fresh Debian or Ubuntu are known (`sudo`, `adm`, \
            `www-data` and so on); any other group must exist before `spin provision` runs.",
    }
    AS_GOOD_AS_ROOT = "SK234" "group-as-good-as-root" Warning, {
        title: "the group is as good as root",
        effect: "the user can become root, though they are not in sudo",
        help: "write `sudo` if that is meant, or remove the group",
        source: "Debian's SystemGroups: disk, kmem, shadow; lxd, libvirt and docker start things as root",
        why: "Members of these groups can read or write the whole disk, read all passwords, or start a container or a \
            machine that mounts the disk.",
    }
    SUDO_NOT_COUNTED = "SK237" "sudo-not-counted" Warning, {
        title: "the user is in sudo, but Spin does not count them as such",
        effect: "the account can become root; the role requires another user in sudo, and neither deploy nor the tunnel \
            get this user's keys",
        help: "write each group as an item of its own: `groups: ['adm', 'sudo']`",
        source: "ansible.builtin.user (groups are split at commas, numbers are ids), roles/docker_user/tasks/main.yml:40",
        why: "The module that makes the account splits `adm,sudo` at the comma, trims spaces, and takes 27 for the id \
            of sudo. The conditions of the roles compare whole words.",
    }
    NO_SUDO = "SK214" "nobody-in-sudo" Error, {
        title: "nobody is in `sudo`",
        effect: "the run fails before it changes a server: it requires at least one user in sudo",
        help: "write `groups: ['sudo']` for one user, or add a user: spin-keys add-user NAME",
        source: "roles/linux_common/tasks/validate-inputs.yml:26",
        why: "Root cannot log in to a Spin server, so another user must be able to administer it. Spin counts the \
            entries of `users` and `additional_users` with `sudo` in `groups`.",
    }
}

impl Checker<'_, '_, '_> {
    pub(crate) fn groups(&mut self, person: &Person<'_>, who: &str) {
        let document = self.document;
        let node = person.user.node;
        let at = document.entry(node, "groups").map_or(person.user.name_node, |entry| entry.0);
        let path = || [person.user.path.clone(), vec![Step::Key("groups".to_owned())]].concat();
        let list = |items: Vec<New>| New::List { items, flow: true };
        match &person.groups {
            Groups::None if document.entry(node, "groups").is_none() => {
                let entries = vec![("groups".to_owned(), list(Vec::new()))];
                let edit = Edit::Insert { path: person.user.path.clone(), entries, above: None };
                self.add(&NO_GROUPS, at, format!("{who} has no `groups`")).fix(vec![edit]);
            }
            Groups::None => {
                let edit = Edit::Replace { path: path(), with: list(Vec::new()) };
                self.add(&NO_GROUPS, at, format!("{who} has an empty `groups`")).fix(vec![edit]);
            }
            Groups::Text("") => {}
            Groups::Text(text) => {
                let words = text.split([',', ' ']).filter(|word| !word.is_empty());
                let items = words.map(|word| New::Text { value: word.to_owned(), quote: Quote::Single }).collect();
                let edit = Edit::Replace { path: path(), with: list(items) };
                self.add(&GROUPS_NOT_A_LIST, at, format!("{who} has `groups` as a string")).fix(vec![edit]);
            }
            Groups::Other => {
                self.add(&GROUPS_NOT_A_LIST, at, format!("{who} has a `groups` that is not a list"));
            }
            Groups::List(_) if person.state != State::Absent => self.group_names(person, who),
            Groups::List(_) | Groups::Unknown => {}
        }
    }

    fn group_names(&mut self, person: &Person<'_>, who: &str) {
        let document = self.document;
        let list = document.get(person.user.node, "groups");
        let mut words = Vec::new();
        for item in list.iter().flat_map(|list| document.items(*list)) {
            let value = Value::of(document, *item);
            if matches!(value, Value::Null | Value::List(_) | Value::Map) {
                self.add(&GROUPS_NOT_A_LIST, *item, format!("an item in `groups` of {who} is not a name"));
            }
            let Some(names) = value.printed() else { continue };
            words.extend(names.split(',').map(|name| (name.trim().to_owned(), *item)));
            let Some(group) = groups::missing(&names) else { continue };
            let message = if group == "docker" {
                format!("{who} is in `docker`, which does not exist yet on a new server")
            } else {
                format!("{who} is in `{}`, a group that does not exist on a new server", quote(group))
            };
            let rule = if groups::rule_of(group) == NO_SUCH_GROUP.code { &NO_SUCH_GROUP } else { &UNKNOWN_GROUP };
            self.add(rule, *item, message);
        }
        self.powerful(person, who, &words);
    }

    /// Groups that make a user root, though Spin does not count them as in sudo.
    fn powerful(&mut self, person: &Person<'_>, who: &str, words: &[(String, NodeId)]) {
        if person.in_sudo() {
            return;
        }
        // What else is in `sudo` or `docker` has a rule of its own.
        let known = words.iter().filter(|(word, _)| word != "docker");
        for (word, item) in known {
            let name = system::group_name(word);
            if name == SUDO {
                self.add(
                    &SUDO_NOT_COUNTED,
                    *item,
                    format!("{who} is in sudo by `{}`, which Spin does not count", quote(word)),
                );
            } else if system::is_as_good_as_root(name) {
                self.add(&AS_GOOD_AS_ROOT, *item, format!("{who} is in `{}`, which is as good as root", quote(name)));
            }
        }
    }

    pub(crate) fn somebody_in_sudo(&mut self) {
        let document = self.document;
        let knows_all = Section::ALL.iter().all(|section| {
            let value = document.root().and_then(|root| Value::at(document, root, section.key()));
            matches!(value, None | Some(Value::List(_)))
        });
        let people = &self.config.people;
        if !knows_all || people.is_empty() || people.iter().any(|person| may_be_in_sudo(document, person)) {
            return;
        }
        let entry = document.root().and_then(|root| document.entry(root, "users"));
        if let Some((key, _)) = entry {
            self.add(&NO_SUDO, key, "nobody in `users` is in `sudo`");
        }
    }
}
