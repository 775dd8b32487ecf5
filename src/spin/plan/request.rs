//! Requests and plans, and the pieces of new content in a plan.

use crate::key::LastDay;
use crate::spin::config::layout::Field;
use crate::yaml::{Edit, New, Quote};

/// A key to add.
#[derive(Debug, Clone, Copy)]
pub struct NewKey<'k> {
    /// The `authorized_keys` line, or a placeholder while the key does not exist yet.
    pub line: &'k str,
    /// The decoded blob; `None` while the key does not exist yet.
    pub material: Option<&'k [u8]>,
    /// The last day that was asked for, which is in the line.
    pub expires: Option<LastDay>,
    /// The time at which it is to log in, in seconds since 1970.
    pub now: u64,
}

#[derive(Debug, Clone, Copy)]
pub enum Who<'r> {
    User {
        /// The account's name, already checked.
        name: &'r str,
        /// `name:` of a new user.
        full_name: Option<&'r str>,
        /// Groups of a new user; `None` means `sudo`, as in Spin's examples.
        groups: Option<&'r [String]>,
        /// Create the user even if the name is similar to an existing one.
        create: bool,
    },
    /// The deploy user of CI/CD.
    Deploy,
}

impl<'r> Who<'r> {
    /// The account of a person; `None` for the deploy user.
    #[must_use]
    pub fn user(&self) -> Option<&'r str> {
        match self {
            Self::User { name, .. } => Some(name),
            Self::Deploy => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    pub who: Who<'r>,
    pub key: NewKey<'r>,
    /// The field to create if the entry has none.
    pub field: Option<Field>,
}

/// A planned change of the file.
#[derive(Debug, Default)]
pub struct Plan {
    /// Empty if the key is already in the file.
    pub edits: Vec<Edit>,
    /// Notes for the user that are not refusals.
    pub notes: Vec<String>,
}

/// A string, unquoted if that is safe.
pub(crate) fn word(value: &str) -> New {
    New::Text { value: value.to_owned(), quote: Quote::Plain }
}

/// An item of a key list, in the form of its field.
pub(crate) fn key_item(field: Field, line: &str, quote: Quote) -> New {
    let text = New::Text { value: line.to_owned(), quote };
    match field {
        Field::AuthorizedKeys => New::Map(vec![("public_key".to_owned(), text)]),
        Field::AuthorizedSshKeys => text,
    }
}
