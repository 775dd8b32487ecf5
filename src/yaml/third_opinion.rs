//! A third opinion on the proof, for small files: a parser of libyaml's family that shares no code with the other two.
//!
//! It has a say wherever it can load the file before. (It knows no duplicate keys, and not all of YAML's own tags.)

use super::edit::{Edit, New, Step};
use super::error::ProofError;
use super::fates::{Remaining, fates};
use serde_yaml::{Mapping, Value};

/// Above this many bytes it is not asked: it would take a third as long as all the rest.
const MOST: usize = 2 * 1024;

/// Confirms that read as data exactly `edits` happened, or says nothing.
///
/// # Errors
/// It reads something else.
pub(crate) fn agrees(before: &str, after: &str, edits: &[Remaining<'_>]) -> Result<(), ProofError> {
    if before.len() > MOST {
        return Ok(());
    }
    let Ok(before) = serde_yaml::from_str::<Value>(before) else { return Ok(()) };
    let expected =
        carry_out(before, edits).ok_or_else(|| ProofError("its place is not where it was expected".to_owned()))?;
    let read: Value =
        serde_yaml::from_str(after).map_err(|error| ProofError(format!("the result is not valid: {error}")))?;
    if read == expected { Ok(()) } else { Err(ProofError("the result reads as something else".to_owned())) }
}

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
    if let [(_, Edit::IntoList { item, .. })] = here[..] {
        return (edits.len() == 1 && old.is_string()).then(|| Value::Sequence(vec![old, value_of(item)]));
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
