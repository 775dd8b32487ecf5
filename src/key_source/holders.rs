//! Refuses a default pair whose key is already listed under somebody else.

use super::candidate::{Key, Loaded};
use crate::error::Error;
use crate::spin;
use crate::yaml::Document;

/// Refuses a default pair whose key is listed under somebody else. For a named key there is a finding instead.
///
/// # Errors
/// The key is listed under somebody else.
pub fn check_holders(key: &Key, user: Option<&str>, document: &Document<'_>) -> Result<(), Error> {
    let Key::Loaded(loaded) = key else { return Ok(()) };
    let Loaded { line, from, is_default: true, .. } = &**loaded else { return Ok(()) };
    let deploy = spin::deploy_account(document);
    let is_own = |account: &str, is_deploy: bool| match user {
        Some(name) => !is_deploy && account == name,
        None => is_deploy || account == deploy,
    };
    let Some(other) = spin::other_holder(document, line.material(), is_own) else { return Ok(()) };
    let whose = if other.is_deploy { format!("the deploy user {}", other.account) } else { other.account };
    let name = user.unwrap_or(&deploy);
    Err(Error::new(format!("the key in {from} is already listed under {whose} (line {})", other.line))
        .hint(format!("name {name}'s key with --key, or create one with --generate PATH")))
}
