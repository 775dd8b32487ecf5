//! SK2: the passwords of people.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::provision::validate_inputs;

rules! { PASSWORDS:
    NO_PASSWORD = "SK221" "sudo-without-password" Error, {
        title: "a user in sudo has no `password`, and `use_passwordless_sudo` is false",
        effect: "the run fails before it changes a server",
        help: "add `password:` with a hash from `spin mkpasswd`, or set `use_passwordless_sudo: true`",
        source: "roles/linux_common/tasks/validate-inputs.yml:12",
        why: "Without passwordless sudo, an account that has no password could never use sudo. The role refuses that.",
    }
    PASSWORD_SET = "SK222" "password-is-asked-to-be-changed" Note, {
        title: "a user has a `password`",
        effect: "the server accepts the key, but the first login demands a new password, which no script can give",
        help: "omit `password` if sudo is passwordless, above all for accounts used by scripts",
        source: "roles/linux_common/tasks/users.yml:26 (chage -d 0)",
        why: "After it sets a password the role expires it, so the user must choose a new one at the first login.",
    }
    BAD_PASSWORD = "SK224" "bad-password" Error, {
        title: "the `password` of a user is null, a number, or has a colon or a line break",
        effect: "the run fails when it creates the users, and installs nobody's keys",
        help: "write a hash from `spin mkpasswd` in quotes, or omit the field",
        source: "roles/linux_common/tasks/users.yml:31 (length of None)",
        why: "The role takes the length of the password, which null and numbers do not have; useradd refuses `:` and \
            line breaks, which separate the fields of /etc/shadow. An empty string is fine: it means no password.",
    }
}

impl Checker<'_, '_, '_> {
    pub(crate) fn password(&mut self, person: &Person<'_>, who: &str, needs_password: bool) {
        let (document, node) = (self.document, person.user.node);
        let has_password = validate_inputs::has_password(document, person);
        if needs_password && person.in_sudo() && !has_password {
            self.add(
                &NO_PASSWORD,
                person.user.name_node,
                format!("{who} is in sudo without a `password`, and `use_passwordless_sudo` is false"),
            );
        }
        if validate_inputs::has_bad_password(document, person) && person.state != State::Absent {
            let key = document.entry(node, "password").map_or(node, |entry| entry.0);
            self.add(&BAD_PASSWORD, key, format!("the `password` of {who} is null or a number"));
        } else if has_password && validate_inputs::is_known_password(document, person) && person.state != State::Absent
        {
            let key = document.entry(node, "password").map_or(node, |entry| entry.0);
            self.add(&PASSWORD_SET, key, format!("{who} has a `password`"));
        }
    }
}
