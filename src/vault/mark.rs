//! Marks for values that are masked: a change of a value shows as a change of its mark.

use std::fmt;

use hmac::Mac;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::cipher::{ROUNDS, hex, hmac};

/// Sets these marks apart from all else that is ever made of the password.
const PURPOSE: &[u8] = b"spin-keys mask";
/// Length in bytes of a mark: two hex digits each.
const MARK_BYTES: usize = 3;

/// Makes marks, keyed by the vault password and a salt: without the password nobody can try values against a mark. Anyone who
/// knows a value can try passwords against its mark, and so the key is derived as slowly as that of a vault. With a salt of
/// its own for each clone no table of marks that was made before, or elsewhere, is of use. What they tell on purpose: which
/// values are the same.
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
    /// For all marks of a run: PBKDF2-HMAC-SHA256 with the rounds of a vault, a millisecond or two. With the same salt a
    /// value has the same mark in every commit.
    #[must_use]
    pub fn new(password: &[u8], salt: &[u8]) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        let salt = [PURPOSE, salt].concat();
        pbkdf2::pbkdf2_hmac::<Sha256>(password, &salt, ROUNDS, key.as_mut_slice());
        Self { key }
    }

    /// Six lower-case hex digits; the same for the same password, salt and text, in every file.
    #[must_use]
    pub fn mark(&self, text: &str) -> String {
        let full = hmac(self.key.as_slice()).chain_update(text).finalize().into_bytes();
        hex(&full[..MARK_BYTES]).into_iter().map(char::from).collect()
    }
}
