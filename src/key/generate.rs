//! New ed25519 key pairs, written as `ssh-keygen -t ed25519 -a ROUNDS` writes them.
//!
//! Promises: the randomness is the caller's; the private file's text is wiped when dropped; `Debug` shows no secret.
//! Refuses a comment that no [`KeyLine`] takes, an empty passphrase, and rounds outside sensible limits.

use std::fmt;

use ssh_key::rand_core::CryptoRngCore;
use ssh_key::{Algorithm, Cipher, Kdf, LineEnding, PrivateKey};
use zeroize::Zeroizing;

use super::error::KeyError;
use super::limits::{MAX_ROUNDS, MIN_ROUNDS};
use super::line::KeyLine;

/// Length of the KDF's salt, in bytes, as ssh-keygen has it.
const SALT: usize = 16;

/// A key pair that is on no disk yet.
pub struct NewKey {
    private: PrivateKey,
    public: KeyLine,
}

/// Most bytes of a passphrase that OpenSSH reads, and one (`read_passphrase`).
const PASSPHRASE_BUFFER: usize = 1024;

/// Refuses a passphrase that OpenSSH cannot read back: it takes one line, as a text of C, into a buffer of fixed size.
///
/// # Errors
/// [`KeyError::Passphrase`].
pub fn check_passphrase(passphrase: &str) -> Result<(), KeyError> {
    let what = match passphrase {
        _ if passphrase.contains('\0') => "it holds a NUL",
        _ if passphrase.contains(['\n', '\r']) => "it holds a line break",
        _ if passphrase.len() >= PASSPHRASE_BUFFER => "it has 1,024 bytes or more",
        _ => return Ok(()),
    };
    Err(KeyError::Passphrase { what })
}

impl NewKey {
    /// Makes an ed25519 pair (RFC 8709) out of 32 bytes of `rng`.
    ///
    /// # Errors
    /// Those of [`KeyLine::with_comment`], or [`KeyError::Generate`].
    pub fn ed25519(rng: &mut impl CryptoRngCore, comment: &str) -> Result<Self, KeyError> {
        let mut private = PrivateKey::random(rng, Algorithm::Ed25519).map_err(|_| KeyError::Generate)?;
        let blob = private.public_key().to_bytes().map_err(|_| KeyError::Generate)?;
        let public = KeyLine::from_blob(&blob)?.with_comment(comment)?;
        private.set_comment(public.comment());
        Ok(Self { private, public })
    }

    /// The public half, with its comment.
    #[must_use]
    pub fn public(&self) -> &KeyLine {
        &self.public
    }

    /// The text of the private key file, with LF line ends and a final one: encrypted by aes256-ctr under a key that
    /// `rounds` of bcrypt derive from the passphrase, or, with `None`, not encrypted. `rounds` counts as ssh-keygen's
    /// `-a` does; without a passphrase it is not looked at.
    ///
    /// # Errors
    /// [`KeyError::Rounds`], [`KeyError::EmptyPassphrase`], [`KeyError::Passphrase`] or [`KeyError::Generate`].
    pub fn private_file(
        &self,
        rng: &mut impl CryptoRngCore,
        passphrase: Option<&str>,
        rounds: u32,
    ) -> Result<Zeroizing<String>, KeyError> {
        let text = match passphrase {
            None => self.private.to_openssh(LineEnding::LF),
            Some("") => return Err(KeyError::EmptyPassphrase),
            Some(_) if !(MIN_ROUNDS..=MAX_ROUNDS).contains(&rounds) => return Err(KeyError::Rounds { rounds }),
            Some(passphrase) => {
                check_passphrase(passphrase)?;
                let mut salt = vec![0; SALT];
                rng.fill_bytes(&mut salt);
                let kdf = Kdf::Bcrypt { salt, rounds };
                self.private
                    .encrypt_with(Cipher::Aes256Ctr, kdf, rng.next_u32(), passphrase)
                    .and_then(|encrypted| encrypted.to_openssh(LineEnding::LF))
            }
        };
        text.map_err(|_| KeyError::Generate)
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "generate_tests.rs"]
mod tests;
