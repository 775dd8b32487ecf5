//! The proof before each write: a second parser, of the family Ansible uses, reads before and after, and the one
//! difference is the planned one.
//!
//! It shares nothing with the code that cut the splices: it starts from the edits as data. What it cannot confirm is
//! refused.

use super::edit::{Edit, New, Step};
use super::splice::{Splice, only_these};
use serde_yaml::{Mapping, Value};

/// Why a change was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The second parser refuses the file as it is.
    #[error("libyaml, which Ansible uses, cannot read this file: {message}")]
    Before {
        /// Its words.
        message: String,
        /// Line and column, from 1, where it says so.
        place: Option<(usize, usize)>,
    },
    /// The second parser refuses the file as it would be, or reads something else than was planned.
    #[error("the change could not be proved: {0}")]
    After(String),
}

/// Confirms that `after` is `before` with `splices` and nothing else, and that read as data exactly `edits` happened.
///
/// # Errors
/// Anything else; nothing may be written then.
pub fn prove(before: &str, after: &str, splices: &[Splice], edits: &[Edit]) -> Result<(), ProofError> {
    if !only_these(before, after, splices) {
        return Err(ProofError::After("bytes outside the change would differ".to_owned()));
    }
    let mut expected: Value = read_before(before)?;
    for edit in edits {
        carry_out(&mut expected, edit)
            .ok_or_else(|| ProofError::After("its place is not where it was expected".to_owned()))?;
    }
    let read: Value =
        serde_yaml::from_str(after).map_err(|error| ProofError::After(format!("the result is not valid: {error}")))?;
    if read == expected { Ok(()) } else { Err(ProofError::After("the result reads as something else".to_owned())) }
}

/// Confirms that libyaml can read `text`, one document, at all: a key that stands twice does not matter here.
///
/// # Errors
/// [`ProofError::Before`], with its words and place.
pub fn libyaml_reads(text: &str) -> Result<(), ProofError> {
    read_before::<serde::de::IgnoredAny>(text).map(|_| ())
}

fn read_before<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ProofError> {
    serde_yaml::from_str(text).map_err(|error| ProofError::Before {
        place: error.location().map(|place| (place.line(), place.column())),
        message: error.to_string(),
    })
}

fn carry_out(root: &mut Value, edit: &Edit) -> Option<()> {
    match edit {
        Edit::Append { path, item } => {
            let target = follow(root, path)?;
            if is_empty(target) {
                *target = Value::Sequence(Vec::new());
            }
            target.as_sequence_mut()?.push(value_of(item));
        }
        Edit::Insert { path, entries, .. } => {
            let target = follow(root, path)?;
            if is_empty(target) {
                *target = Value::Mapping(Mapping::new());
            }
            let mapping = target.as_mapping_mut()?;
            for (key, value) in entries {
                if mapping.insert(Value::String(key.clone()), value_of(value)).is_some() {
                    return None;
                }
            }
        }
        Edit::Set { path, value } => {
            let target = follow(root, path)?;
            if matches!(target, Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_)) {
                return None;
            }
            *target = Value::String(value.clone());
        }
    }
    Some(())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Sequence(items) => items.is_empty(),
        Value::Mapping(entries) => entries.is_empty(),
        _ => false,
    }
}

fn follow<'v>(root: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(root, |value, step| match step {
        Step::Key(key) => value.as_mapping_mut()?.get_mut(key.as_str()),
        Step::Index(index) => value.as_sequence_mut()?.get_mut(*index),
    })
}

fn value_of(new: &New) -> Value {
    match new {
        New::Text { value, .. } => Value::String(value.clone()),
        New::List { items, .. } => Value::Sequence(items.iter().map(value_of).collect()),
        New::Map(entries) => {
            Value::Mapping(entries.iter().map(|(key, value)| (Value::String(key.clone()), value_of(value))).collect())
        }
    }
}
