//! Requests and plans, and the small pieces of new content that plans are made of.

use crate::spin::config::layout::Field;
use crate::yaml::{Edit, New, Quote};
use serde::Serialize;

/// A key that shall get in.
#[derive(Debug, Clone, Copy)]
pub struct NewKey<'k> {
    /// The `authorized_keys` line, or words in its place while the key is yet to be made.
    pub line: &'k str,
    /// The decoded blob; none while the key is yet to be made.
    pub material: Option<&'k [u8]>,
}

/// For whom.
#[derive(Debug, Clone, Copy)]
pub enum Who<'r> {
    /// A person.
    User {
        /// The account's name, already checked.
        name: &'r str,
        /// `name:` of a new user.
        full_name: Option<&'r str>,
        /// Groups of a new user; none: `sudo`, as in Spin's examples.
        groups: Option<&'r [String]>,
        /// Create the user even where the name is close to one that exists.
        create: bool,
    },
    /// The deploy user of CI/CD.
    Deploy,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// For whom.
    pub who: Who<'r>,
    /// The key.
    pub key: NewKey<'r>,
    /// The field to use where none is there.
    pub field: Option<Field>,
}

/// One effect of a plan, in Spin's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// An entry for a new person.
    UserAdded {
        /// The account.
        account: String,
        /// Their groups.
        groups: Vec<String>,
    },
    /// The entry `docker_user`, or its missing `username`.
    DeployUserNamed {
        /// The account.
        account: String,
    },
    /// The key now stands in a list.
    KeyAdded {
        /// The account.
        account: String,
        /// Where, as `users[0].authorized_keys[1]`.
        path: String,
        /// Spin installs keys from this field.
        read_by_spin: bool,
    },
    /// The key was there with `state: absent` and is now `present`.
    KeyMadePresent {
        /// The account.
        account: String,
        /// Where.
        path: String,
        /// Spin installs keys from this field.
        read_by_spin: bool,
    },
    /// The key is the first one of somebody in sudo: Spin gives it to the deploy account as well.
    DeployOpened {
        /// The deploy account.
        account: String,
        /// Whose key.
        by: String,
    },
}

/// What will be done to the file.
#[derive(Debug, Default)]
pub struct Plan {
    /// The edits; none where the key is there already.
    pub edits: Vec<Edit>,
    /// What they mean.
    pub changes: Vec<Change>,
    /// Things to be said that are no refusal.
    pub notes: Vec<String>,
}

/// A string without quotes where that is safe.
pub(crate) fn word(value: &str) -> New {
    New::Text { value: value.to_owned(), quote: Quote::Plain }
}

/// An item of a key list, in the form that its field has.
pub(crate) fn key_item(field: Field, line: &str, quote: Quote) -> New {
    let text = New::Text { value: line.to_owned(), quote };
    match field {
        Field::AuthorizedKeys => New::Map(vec![("public_key".to_owned(), text)]),
        Field::AuthorizedSshKeys => text,
    }
}

/// The start of the line with the commented example of a top-level key (`# users:`), beside which the real one belongs.
pub(crate) fn example_line(text: &str, key: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_example = line.starts_with('#')
            && line.trim_start_matches('#').trim().strip_prefix(key).is_some_and(|rest| rest.trim() == ":");
        if is_example {
            return Some(at);
        }
        at += line.len();
    }
    None
}
