//! A revocation in one text.

use super::revocation::Revocation;
use crate::spin::config::Config;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::layout::DEPLOY_PUBLIC_KEY;
use crate::yaml::Document;

pub(super) struct Revoking<'r, 'd, 't> {
    pub(super) document: &'d Document<'t>,
    pub(super) config: &'r Config<'d>,
    pub(super) revocation: &'r Revocation,
    /// Seconds since 1970.
    pub(super) now: u64,
}

/// The key that `spin configure gha` passes, where the file itself has it.
#[must_use]
pub fn deploy_public_key<'d>(document: &'d Document<'_>) -> Option<&'d str> {
    match document.root().and_then(|root| Value::at(document, root, DEPLOY_PUBLIC_KEY)) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
