//! Limits: of a line, and of the rounds of the key derivation (bcrypt) behind a passphrase.

/// Fewest rounds of the bcrypt KDF: what ssh-keygen used until OpenSSH 9.4.
pub const MIN_ROUNDS: u32 = 16;

/// Rounds that are right unless somebody knows better: four times what ssh-keygen uses since OpenSSH 9.4.
pub const DEFAULT_ROUNDS: u32 = 100;

/// Most rounds of the bcrypt KDF: more than a minute on a fast machine, and again each time the key is unlocked.
pub const MAX_ROUNDS: u32 = 10_000;

/// Longest line that is taken, in bytes: `SSH_MAX_PUBKEY_BYTES`, the line buffer of older sshd.
pub const MAX_LINE_BYTES: usize = 16_384;

/// Fewest bits of an RSA key that is taken.
pub(super) const MIN_RSA_BITS: u32 = 2048;

/// Fewest bits of an RSA key that is taken without advice (NIST SP 800-57: good beyond 2030).
pub const ADVISED_RSA_BITS: u32 = 3072;

/// Most bits of an RSA key: OpenSSH's `SSHBUF_MAX_BIGNUM`.
pub(super) const MAX_RSA_BITS: u32 = 16_384;
