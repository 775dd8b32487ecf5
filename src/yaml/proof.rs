//! The proof before each write: a second parser, of the family Ansible uses, reads before and after, and the one
//! difference is the planned one.
//!
//! It shares nothing with the code that cut the splices: it starts from the edits as data. What it cannot confirm is
//! refused.

use super::edit::{Edit, New, Step};
use super::splice::{Splice, only_these};
use serde_yaml::{Mapping, Value};
use std::collections::{HashMap, HashSet};

/// Why a change was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The second parser refuses the file as it is.
    #[error("libyaml, which Ansible uses, cannot read this file: {message}")]
    Before {
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
    let before: Value = read_before(before)?;
    let edits: Vec<Remaining<'_>> = edits.iter().map(|edit| (edit.path(), edit)).collect();
    let expected = carry_out(before, &edits)
        .ok_or_else(|| ProofError::After("its place is not where it was expected".to_owned()))?;
    let read: Value =
        serde_yaml::from_str(after).map_err(|error| ProofError::After(format!("the result is not valid: {error}")))?;
    if read == expected { Ok(()) } else { Err(ProofError::After("the result reads as something else".to_owned())) }
}

/// Confirms that libyaml can read `text`, one document, at all: duplicate keys do not matter here.
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

/// An edit and what is left of its path below the value at hand.
type Remaining<'e> = (&'e [Step], &'e Edit);

/// The value after all edits at and below it, children before what holds them: the paths are those of `old`.
fn carry_out(old: Value, edits: &[Remaining<'_>]) -> Option<Value> {
    if edits.is_empty() {
        return Some(old);
    }
    let (here, below): (Vec<Remaining<'_>>, Vec<Remaining<'_>>) = edits.iter().partition(|(path, _)| path.is_empty());
    let replaces = |edit: &Edit| matches!(edit, Edit::Replace { .. } | Edit::Set { .. });
    if let Some((_, edit)) = here.iter().find(|(_, edit)| replaces(edit)) {
        return if edits.len() == 1 { replaced(&old, edit) } else { None };
    }
    let mut new = match old {
        Value::Sequence(items) => Value::Sequence(sequence(items, &below)?),
        Value::Mapping(entries) => Value::Mapping(mapping(entries, &below)?),
        Value::Tagged(mut tagged) => {
            tagged.value = carry_out(tagged.value, edits)?;
            return Some(Value::Tagged(tagged));
        }
        other if below.is_empty() => other,
        _ => return None,
    };
    for (_, edit) in here {
        grow(&mut new, edit)?;
    }
    Some(new)
}

fn replaced(old: &Value, edit: &Edit) -> Option<Value> {
    match (edit, old) {
        (_, Value::Tagged(_)) | (Edit::Set { .. }, Value::Sequence(_) | Value::Mapping(_)) => None,
        (Edit::Set { value, .. }, _) => Some(Value::String(value.clone())),
        (Edit::Replace { with, .. }, _) => Some(value_of(with)),
        _ => None,
    }
}

/// What becomes of the elements of a collection.
struct Fates<'e> {
    /// For each element the edits at and below it.
    inner: Vec<Vec<Remaining<'e>>>,
    removed: HashSet<usize>,
    renamed: HashMap<usize, &'e str>,
    first: Option<usize>,
}

/// Sorts edits by the element that they are about; `place` finds it.
fn fates<'e>(count: usize, edits: &[Remaining<'e>], place: impl Fn(&Step) -> Option<usize>) -> Option<Fates<'e>> {
    let mut fates =
        Fates { inner: vec![Vec::new(); count], removed: HashSet::new(), renamed: HashMap::new(), first: None };
    for (path, edit) in edits {
        let (step, rest) = path.split_first()?;
        let at = place(step).filter(|at| *at < count)?;
        let is_new = match edit {
            Edit::Remove { .. } if rest.is_empty() => fates.removed.insert(at),
            Edit::Rename { to, .. } if rest.is_empty() => fates.renamed.insert(at, to).is_none(),
            Edit::MoveFirst { .. } if rest.is_empty() => fates.first.replace(at).is_none(),
            _ => {
                fates.inner[at].push((rest, edit));
                true
            }
        };
        if !is_new {
            return None;
        }
    }
    let touched =
        |at: &usize| !fates.inner[*at].is_empty() || fates.renamed.contains_key(at) || fates.first == Some(*at);
    (!fates.removed.iter().any(touched)).then_some(fates)
}

fn sequence(items: Vec<Value>, edits: &[Remaining<'_>]) -> Option<Vec<Value>> {
    let fates = fates(items.len(), edits, |step| match step {
        Step::Index(index) => Some(*index),
        Step::Key(_) => None,
    })?;
    if !fates.renamed.is_empty() || fates.first == Some(0) {
        return None;
    }
    let mut out = Vec::with_capacity(items.len());
    for (at, (item, inner)) in items.into_iter().zip(&fates.inner).enumerate() {
        let item = carry_out(item, inner)?;
        match fates.first {
            _ if fates.removed.contains(&at) => {}
            Some(first) if first == at => out.insert(0, item),
            _ => out.push(item),
        }
    }
    Some(out)
}

fn mapping(entries: Mapping, edits: &[Remaining<'_>]) -> Option<Mapping> {
    let fates = fates(entries.len(), edits, |step| match step {
        Step::Key(key) => entries.keys().position(|name| name.as_str() == Some(key)),
        Step::Index(_) => None,
    })?;
    if fates.first.is_some() {
        return None;
    }
    let mut out = Mapping::with_capacity(entries.len());
    for (at, ((key, value), inner)) in entries.into_iter().zip(&fates.inner).enumerate() {
        let value = carry_out(value, inner)?;
        let key = fates.renamed.get(&at).map_or(key, |to| Value::String((*to).to_owned()));
        if !fates.removed.contains(&at) && out.insert(key, value).is_some() {
            return None;
        }
    }
    Some(out)
}

/// Puts something into a collection; an empty one or null becomes the one that is needed.
fn grow(target: &mut Value, edit: &Edit) -> Option<()> {
    match edit {
        Edit::Append { item, .. } => {
            if is_empty(target) {
                *target = Value::Sequence(Vec::new());
            }
            target.as_sequence_mut()?.push(value_of(item));
        }
        Edit::Insert { entries, .. } => {
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
        _ => return None,
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

fn value_of(new: &New) -> Value {
    match new {
        New::Text { value, .. } => Value::String(value.clone()),
        New::List { items, .. } => Value::Sequence(items.iter().map(value_of).collect()),
        New::Map(entries) => {
            Value::Mapping(entries.iter().map(|(key, value)| (Value::String(key.clone()), value_of(value))).collect())
        }
    }
}
