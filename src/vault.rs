//! Ansible Vault text <-> plain text, formats 1.1 and 1.2.
//!
//! Promises: pure (no file, terminal, clock or randomness: the salt is given); nothing is decrypted before its HMAC
//! was checked, in constant time; plain text and derived keys live in [`Zeroizing`](zeroize::Zeroizing) only; what
//! [`seal`] writes is byte for byte what `ansible-vault encrypt` writes with the same salt. Reads whatever Ansible
//! reads of these formats, but for a header that contradicts itself. Refuses all else by name, and never panics.
//!
//! The format, after ansible-core's `parsing/vault`: a header line, then the hex of three hex texts with a line feed
//! between them: salt, HMAC-SHA256 of the ciphertext, ciphertext. PBKDF2-HMAC-SHA256 with 10,000 rounds makes the
//! keys for AES-256-CTR and HMAC and the counter's start; PKCS#7 pads to 16 bytes.
//!
//! A `!vault |` scalar of a plain file is the same text: give its value, which YAML has freed of indentation.

#![allow(missing_docs)]

mod cipher;
mod envelope;
mod error;
mod header;
mod mark;
#[cfg(test)]
mod tests;

pub use cipher::seal;
pub use envelope::Vault;
pub use error::{Part, VaultError};
pub use header::{Header, Version, detect, is_encrypted};
pub use mark::Marker;

/// Length in bytes of the salt that [`seal`] takes. Reading takes a salt of any length but none, as Ansible does:
/// its setting `VAULT_ENCRYPT_SALT` is a text of any length.
pub const SALT_BYTES: usize = 32;
/// Length in bytes of an HMAC-SHA256.
const HMAC_BYTES: usize = 32;
/// Length in bytes of a block of AES, to which the plain text is padded.
const BLOCK_BYTES: usize = 16;
