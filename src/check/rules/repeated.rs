//! SK2: several entries for one account.

use super::entries::only_removes;
use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::yaml::quote;
use std::collections::HashMap;

rules! { REPEATED:
    DUPLICATE_USER = "SK208" "duplicate-user" Warning, {
        title: "the same account is listed twice",
        effect: "Spin applies both entries in order: the account gets the groups of the last one and the keys of both; \
            if the last one has `state: absent`, Spin removes the account, and the run fails at its first key",
        help: "merge both into one entry",
        source: "roles/linux_common/tasks/users.yml:12 and :34",
        why: "`ansible.builtin.user` sets the groups of the account to those of the current entry. A second entry \
            without `sudo` removes sudo again, while the first entry's first key can still log in as deploy. A second \
            entry with the same fields whose keys are all `absent` is no finding: it is a way to remove them.",
    }
}

impl Checker<'_, '_, '_> {
    pub(crate) fn same_names(&mut self) {
        let mut first: HashMap<&str, &Person<'_>> = HashMap::new();
        for person in &self.config.people {
            let Some(account) = person.account.as_deref() else { continue };
            let Some(earlier) = first.get(account) else {
                first.insert(account, person);
                continue;
            };
            if only_removes(self.document, earlier, person) {
                continue;
            }
            let line = self.lines.place(self.document.node(earlier.user.name_node).start).0;
            let mut message = format!("{} is already listed on line {line}", quote(account));
            if person.state == State::Absent && earlier.state != State::Absent {
                message.push_str(", and this entry removes the account before its keys are installed");
            }
            self.account = Some(person.called());
            self.add(&DUPLICATE_USER, person.user.name_node, message);
        }
        self.account = None;
    }
}
