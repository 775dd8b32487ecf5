//! The rules, in the order of their codes: SK1 the file, SK2 people, SK3 the deploy account, SK4 keys, SK5 states and
//! several principals, SK6 the project around the file.

use super::rule::{Rule, Severity};

/// The statics of a group, and the list of them.
macro_rules! rules {
    ($list:ident: $($name:ident = $code:literal $word:literal $severity:ident $(+ $fix:ident)?, {
        title: $title:expr, effect: $effect:expr, help: $help:expr, source: $source:expr, why: $why:expr $(,)?
    })+) => {
        $(
            #[doc = $title]
            pub(crate) static $name: Rule = Rule {
                code: $code,
                name: $word,
                severity: Severity::$severity,
                title: $title,
                effect: $effect,
                help: $help,
                fixable: rules!(@fix $($fix)?),
                source: $source,
                why: $why,
            };
        )+
        pub(crate) static $list: &[&Rule] = &[$(&$name),+];
    };
    (@fix) => { false };
    (@fix fix) => { true };
}

pub(crate) mod deploy;
pub(crate) mod file;
pub(crate) mod keys;
pub(crate) mod people;
pub(crate) mod project;
pub(crate) mod states;

/// All rules, by code.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    let groups = [file::FILE, people::PEOPLE, deploy::DEPLOY, keys::KEYS, states::STATES, project::PROJECT];
    groups.into_iter().flatten().copied()
}
