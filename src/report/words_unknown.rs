//! What is not known of a change, in words.

use crate::review::{Unknown, WhyUnknown};
use crate::spin::config::variables::Foreign;

/// Where it is: `` `servers[0].ansible_user` (line 12) ``, the path as `shown` writes it.
pub(super) fn what(unknown: &Unknown, shown: impl Fn(&str) -> String) -> String {
    match (&unknown.path, unknown.place) {
        (Some(path), Some((line, _))) => format!("{} (line {line})", shown(path)),
        (Some(path), None) if unknown.why == WhyUnknown::TooMuch => shown(path),
        (Some(path), None) => format!("{} (removed)", shown(path)),
        (None, Some((line, _))) => format!("line {line}"),
        (None, None) => String::new(),
    }
}

/// Why it is not known, without a final full stop.
pub(super) fn why(why: WhyUnknown) -> String {
    let words = match why {
        WhyUnknown::OnlyAnsible => "who gains access with this is known only to Ansible",
        WhyUnknown::Template => "a new template, which Ansible evaluates on the machine that provisions",
        WhyUnknown::Vaulted => "a vaulted value, which cannot be decrypted here",
        WhyUnknown::Variable(Foreign::Ansible) => "the variable steers Ansible: how it connects, and what it runs",
        WhyUnknown::Variable(Foreign::OfTheRoles) => "the roles set this variable themselves; the file replaces it",
        WhyUnknown::Variable(Foreign::Sshd) => "the roles write it into sshd's configuration",
        WhyUnknown::Variable(Foreign::Unknown) => {
            "not a variable of Spin's own file, and the file can set every variable of the roles"
        }
        WhyUnknown::Field => "not a field of Spin's own file; the inventory makes a variable of it",
        WhyUnknown::Form => "the value does not have the form that it has in Spin's own file",
        WhyUnknown::UsedBy(line) => return format!("the template on line {line} can depend on it"),
        WhyUnknown::OfTemplate => "its effect depends on a template in the same entry",
        WhyUnknown::Password => "the file lets people log in with passwords",
        WhyUnknown::Root => "an entry for root: its password, home and shell are those of everybody who becomes root",
        WhyUnknown::Home => {
            "the home is made for the account and given to it, and can be a folder from which root runs programs"
        }
        WhyUnknown::Shell => "the shell is not a program of the system",
        WhyUnknown::Inventory => {
            "a merge, a tag or a duplicate, which Spin's inventory script may read otherwise than Ansible"
        }
        WhyUnknown::TooMuch => "too deep or too large to be compared",
    };
    words.to_owned()
}
