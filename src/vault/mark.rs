//! Marks for values that are masked: a change of a value shows as a change of its mark.

use std::fmt;

use hmac::Mac;
use zeroize::Zeroizing;

use super::cipher::{hex, hmac};

/// Sets these marks apart from all else that is ever made of the password.
const PURPOSE: &[u8] = b"spin-keys mask";
/// Length in bytes of a mark: two hex digits each.
const MARK_BYTES: usize = 3;

/// Makes marks, keyed by the vault password: without it nobody can try values against a mark. Whoever knows a value
/// can try passwords against its mark, and faster than against the vault: a mark is for people who have the password.
pub struct Marker {
    key: Zeroizing<[u8; 32]>,
}

/// Never shows the key.
impl fmt::Debug for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Marker").finish_non_exhaustive()
    }
}

impl Marker {
    /// For all marks of a run. Cheap: one HMAC.
    #[must_use]
    pub fn new(password: &[u8]) -> Self {
        Self { key: Zeroizing::new(hmac(password).chain_update(PURPOSE).finalize().into_bytes().into()) }
    }

    /// Six lower-case hex digits; the same for the same password and text, in every file.
    #[must_use]
    pub fn mark(&self, text: &str) -> String {
        let full = hmac(self.key.as_slice()).chain_update(text).finalize().into_bytes();
        hex(&full[..MARK_BYTES]).into_iter().map(char::from).collect()
    }
}
