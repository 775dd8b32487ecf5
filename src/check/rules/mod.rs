//! The rules: a family a file, with its texts and its check side by side. SK1 is the file, SK2 people, SK3 the deploy
//! account, SK4 keys, SK5 states and keys shared by several principals, SK6 the project around the file, SK7 settings, SK8 what
//! steers Ansible or the roles.

mod accounts;
pub(super) mod ci_pair;
mod deploy;
mod entries;
mod file;
mod found;
mod groups;
mod key_form;
mod key_lists;
mod key_use;
mod list_fixes;
mod passwords;
pub(super) mod project;
mod repeated;
mod settings;
mod states;
mod steering;
mod tunnel;
mod users;

use super::rule::Rule;
use std::sync::LazyLock;

/// All rules, by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    static ALL: LazyLock<Vec<&Rule>> = LazyLock::new(|| {
        let families = [
            file::FILE,
            users::USERS,
            accounts::ACCOUNTS,
            repeated::REPEATED,
            groups::GROUPS,
            passwords::PASSWORDS,
            key_lists::KEY_LISTS,
            deploy::DEPLOY,
            key_form::KEY_FORM,
            key_use::KEY_USE,
            states::STATES,
            tunnel::TUNNEL,
            settings::SETTINGS,
            steering::STEERING,
            project::PROJECT,
            ci_pair::CI_PAIR,
        ];
        let mut all: Vec<&Rule> = families.into_iter().flatten().copied().collect();
        all.sort_by_key(|rule| rule.code);
        all
    });
    ALL.iter().copied()
}

/// The rule with a code; upper and lower case are alike.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.eq_ignore_ascii_case(code))
}
