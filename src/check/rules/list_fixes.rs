//! The fixes of key lists that Spin does not read, and what is said of them.

use crate::spin::config::user::Person;
use crate::yaml::quote;

/// The help for a list (`None`) or an item that Spin does not read yet, with what it will open besides the account.
pub(super) fn opens_more(help: &str, person: &Person<'_>, index: Option<usize>) -> String {
    match index {
        _ if !person.feeds_deploy() => help.to_owned(),
        None => format!(
            "{help}; the first key can then log in as deploy, too, and the tunnel accepts all of them, absent ones included"
        ),
        Some(0) => format!("{help}; the key can then log in as deploy, too, and the tunnel accepts it"),
        Some(_) => format!("{help}; the tunnel then accepts the key, too"),
    }
}

/// What to do about a mapping that has more than a key and its state.
pub(super) fn with_field(help: &str, field: &str) -> String {
    format!(
        "{help}; --fix does not lose the field `{}`, which Spin never reads: options are part of the key",
        quote(field)
    )
}
