//! The salt of the marks that `show` prints: random, and in the git configuration of one clone.

use crate::error::Error;
use crate::git::{Settings, local_setting};
use ssh_key::rand_core::{OsRng, RngCore as _};

pub(super) const KEY: &str = "diff.spin-keys.salt";
/// In hex digits.
const DIGITS: usize = 32;

/// A new one.
pub(super) fn random() -> String {
    let mut bytes = [0; DIGITS / 2];
    OsRng.fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The one of the repository around the working folder, where git runs a textconv; `None` if it has none.
pub(super) fn of_repository() -> Option<String> {
    local_setting(KEY).filter(|salt| is_one(salt))
}

/// Whether `git install` has to make one.
///
/// # Errors
/// Something else stands in its place, or git cannot tell.
pub(super) fn is_lacking(settings: &Settings) -> Result<bool, Error> {
    match settings.get_local(KEY)? {
        None => Ok(true),
        Some(salt) if is_one(&salt) => Ok(false),
        Some(_) => Err(Error::new(format!("{KEY} in git's configuration is not {DIGITS} hex digits"))
            .hint(format!("to remove it: git config --local --unset-all {KEY}, then run this again"))),
    }
}

fn is_one(salt: &str) -> bool {
    salt.len() == DIGITS && salt.bytes().all(|byte| byte.is_ascii_hexdigit())
}
