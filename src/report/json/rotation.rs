//! `rotate --status --format json`.

use super::shapes::{Key, text};
use crate::report::rotation::{Next, Rotation, name};
use serde::Serialize;

/// How far a rotation is.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RotationFile {
    path: String,
    encrypted: bool,
    account: String,
    /// `not_begun`, `pair_made`, `begun`, `revoked`, `halfway` or `finished`.
    stage: &'static str,
    /// The key that is being replaced, if it is known here.
    old: Option<Key>,
    /// The key that replaces it, if there is one.
    new: Option<Key>,
    /// What comes next, in order.
    next: Vec<JsonNext>,
}

/// A step.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonNext {
    /// `begin`, `provision`, `log_in`, `finish`, `replace_deploy_pair`, `upload`, `set_secret` or `delete`.
    step: &'static str,
    commands: Vec<String>,
    text: String,
}

pub(crate) fn rotation(rotation: &Rotation) -> String {
    let key = |key: &Option<crate::key::Described>| key.as_ref().map(|key| Key::of(Some(key)));
    let next = |next: &Next| JsonNext { step: next.name(), commands: next.commands(), text: next.words() };
    text(RotationFile {
        path: rotation.path.display().to_string(),
        encrypted: rotation.is_encrypted,
        account: rotation.account.clone(),
        stage: name(rotation.stage),
        old: key(&rotation.old),
        new: key(&rotation.new),
        next: rotation.next.iter().map(next).collect(),
    })
}
