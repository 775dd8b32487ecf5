//! The keys of one account before and after.

use super::{Presence, Side};
use crate::key::{self, Described};
use crate::spin::provision::outcome::{Installed, Via};
use std::collections::{BTreeSet, HashMap};

/// What becomes of a key of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyChange {
    /// It lets in now and did not.
    Gained,
    /// Spin takes it away.
    Lost,
    /// It left the file, or its place in it, and stays on the servers that have it.
    Stays,
    /// The same key with other options.
    Options {
        /// Those before.
        from: Option<String>,
    },
    /// The same key with another comment.
    Comment {
        /// The one before.
        from: String,
    },
}

/// A key of an account that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDelta {
    /// What becomes of it.
    pub change: KeyChange,
    /// The key, as it is after the change, else before.
    pub key: Described,
    /// How it came to the account.
    pub way: Via,
    /// Its line after the change, where it has one.
    pub line: Option<usize>,
}

/// The keys that let somebody in to an account, by material, in order.
fn installed<'s>(side: &'s Side<'_, '_>, name: &str) -> Vec<(Vec<u8>, &'s Installed)> {
    let keys = side.account(name).map_or(&[][..], |account| &account.keys);
    let keys = keys.iter().filter(|key| key.lets_in());
    keys.filter_map(|key| Some((key::materials(&key.line).into_iter().next()?, key))).collect()
}

/// The fingerprints of all keys that stand under an account itself, whether or not they get in.
pub(super) fn own<'s>(side: &'s Side<'_, '_>, name: &str) -> BTreeSet<&'s str> {
    let listed = side.entries(name).flat_map(|principal| &principal.keys);
    listed.filter_map(|listed| listed.key.as_ref()?.fingerprint.as_deref()).collect()
}

/// Whether a key stands under an account with this state, where Spin reads it.
fn stands(side: &Side<'_, '_>, name: &str, fingerprint: Option<&str>, state: &str) -> bool {
    let mut listed = side.entries(name).flat_map(|principal| &principal.keys);
    listed.any(|listed| {
        listed.is_read
            && listed.state == state
            && listed.key.as_ref().and_then(|key| key.fingerprint.as_deref()) == fingerprint
    })
}

/// What changes in the keys of an account.
pub(super) fn keys(
    old: &Side<'_, '_>,
    new: &Side<'_, '_>,
    (before, after): (&str, &str),
    presence: Presence,
) -> Vec<KeyDelta> {
    let (had, has) = (installed(old, before), installed(new, after));
    let had_by: HashMap<&[u8], &Installed> = had.iter().map(|(material, key)| (material.as_slice(), *key)).collect();
    let has_by: HashMap<&[u8], &Installed> = has.iter().map(|(material, key)| (material.as_slice(), *key)).collect();
    let mut found = Vec::new();
    for (material, key) in &has {
        let described = key::describe(&key.line).unwrap_or_default();
        let line = Some(new.lines.place(key.at).0);
        let change = match had_by.get(material.as_slice()).map(|key| key::describe(&key.line).unwrap_or_default()) {
            None => KeyChange::Gained,
            Some(was) if was.options != described.options => KeyChange::Options { from: was.options },
            Some(was) if was.comment != described.comment => KeyChange::Comment { from: was.comment },
            Some(_) => continue,
        };
        found.push(KeyDelta { change, key: described, way: key.way.clone(), line });
    }
    for (_, key) in had.iter().filter(|(material, _)| !has_by.contains_key(material.as_slice())) {
        let described = key::describe(&key.line).unwrap_or_default();
        let print = described.fingerprint.as_deref();
        // A run that fails installs nothing and takes nothing away.
        let is_still_written = new.access.end.is_some() && stands(new, after, print, "present");
        if is_still_written {
            continue;
        }
        let is_taken = new.access.end.is_none() && stands(new, after, print, "absent");
        let change = if is_taken || presence == Presence::Removed { KeyChange::Lost } else { KeyChange::Stays };
        found.push(KeyDelta { change, key: described, way: key.way.clone(), line: None });
    }
    found
}
