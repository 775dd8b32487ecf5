//! Other values that changed: each with its path, never with its content.

use super::differences::{Difference, is_section};
use crate::spin::config::layout::{ACCESS_FIELDS, DOCKER_USER};
use crate::yaml::{Document, Step, path_text, quote};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherChange {
    Added,
    Removed,
    Changed,
}

impl OtherChange {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Such as `providers[0].api_token`; users by their names.
    pub path: String,
    pub change: OtherChange,
}

/// The differences that rows do not tell: neither accounts and their access fields, nor what is not known.
pub(super) fn others(
    differences: &[Difference],
    old: Option<&Document<'_>>,
    new: Option<&Document<'_>>,
    is_told: impl Fn(&str) -> bool,
) -> Vec<Other> {
    let mut found = Vec::new();
    for difference in differences {
        let change = match (difference.before, difference.after) {
            (None, _) => OtherChange::Added,
            (_, None) => OtherChange::Removed,
            _ => OtherChange::Changed,
        };
        let path = &difference.path;
        match path.as_slice() {
            [Step::Key(top)] if is_section(top) => {}
            // The deploy account: its fields.
            [Step::Key(top)] if top == DOCKER_USER && change != OtherChange::Changed => {
                let (document, node) = match difference.after {
                    Some(node) => (new, node),
                    None => (old, difference.before.unwrap_or_default()),
                };
                let Some(document) = document else { continue };
                for (key, _) in document.entries(node) {
                    let Some(name) = document.scalar(*key).filter(|name| !ACCESS_FIELDS.contains(name)) else {
                        continue;
                    };
                    found.push(Other { path: text(&[path[0].clone(), Step::Key(name.to_owned())]), change });
                }
            }
            // A new or missing entry is an account.
            [Step::Key(top), _] if is_section(top) && change != OtherChange::Changed => {}
            [Step::Key(top), _, Step::Key(field), ..] if is_section(top) && is_access(field) => {}
            [Step::Key(top), Step::Key(field), ..] if top == DOCKER_USER && is_access(field) => {}
            _ => found.push(Other { path: text(path), change }),
        }
    }
    found.retain(|other| !is_told(&other.path));
    found
}

/// A path in words.
pub(super) fn text(path: &[Step]) -> String {
    let quoted = path.iter().map(|step| match step {
        Step::Key(name) => Step::Key(quote(name)),
        index @ Step::Index(_) => index.clone(),
    });
    path_text(&quoted.collect::<Vec<_>>())
}

fn is_access(field: &str) -> bool {
    ACCESS_FIELDS.contains(&field)
}
