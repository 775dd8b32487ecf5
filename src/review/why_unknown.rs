//! What is not known of a change, as data: the words are in `report`.

use crate::spin::config::variables::Foreign;

/// A difference whose effect on access is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Such as `servers[0].ansible_host`; `None` if the place says it all.
    pub path: Option<String>,
    /// Its place after the change (line and column, from 1); `None` if it is gone.
    pub place: Option<(usize, usize)>,
    pub why: WhyUnknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyUnknown {
    /// Who gains access with this is known only to Ansible: a template, a vaulted value, a URL.
    OnlyAnsible,
    /// A template that was not there, which Ansible evaluates on the machine that provisions.
    Template,
    /// A `!vault` value that is not opened here.
    Vaulted,
    /// It is not in the shipped file.
    Variable(Foreign),
    /// The field is not in the shipped file.
    Field,
    /// The value has a form that the shipped file has not.
    Form,
    /// A template on this line may use it.
    UsedBy(usize),
    /// The entry depends on a template.
    OfTemplate,
    /// Passwords let in, and this is one.
    Password,
    /// It is an entry for root.
    Root,
    /// A home that can be a folder of settings.
    Home,
    /// A shell that may be anybody's program.
    Shell,
    /// Spin's inventory script may read another value than Ansible.
    Inventory,
    /// It is too deep or too large to be compared.
    TooMuch,
}
