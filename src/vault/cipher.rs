//! Keys, HMAC, cipher and padding.
//!
//! Promises: see [`crate::vault`]. Buffers that hold plain text or keys are never grown, so no copy of them stays in
//! freed memory. What the crates keep on the stack while they compute is theirs to clear.

use aes::Aes256;
use ctr::cipher::{KeyIvInit, StreamCipher};
use hmac::digest::generic_array::GenericArray;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::envelope::Vault;
use super::error::VaultError;
use super::header::Header;
use super::{BLOCK_BYTES, SALT_BYTES};

/// Rounds of PBKDF2, fixed by the format.
pub(super) const ROUNDS: u32 = 10_000;
/// Length in bytes of each of the two keys.
const KEY_BYTES: usize = 32;
/// Length in bytes of a block of SHA-256.
const HASH_BLOCK_BYTES: usize = 64;
/// Columns of the hex below the header.
const COLUMNS: usize = 80;

impl Vault<'_> {
    /// Decrypts with this password, which is taken as it is: white space around it counts. A few milliseconds.
    ///
    /// # Errors
    ///
    /// [`VaultError::DoesNotFit`] where the HMAC is another one; nothing was decrypted then. [`VaultError::Padding`]
    pub fn open(&self, password: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let keys = Keys::derive(password, &self.salt);
        keys.hmac(&self.ciphertext).verify_slice(&self.hmac).map_err(|_| VaultError::DoesNotFit)?;
        let mut plain = Zeroizing::new(self.ciphertext.clone());
        keys.apply(&mut plain);
        let length = unpadded(&plain).ok_or(VaultError::Padding)?;
        plain.truncate(length);
        Ok(plain)
    }
}

/// Encrypts: the file as `ansible-vault encrypt` writes it, with lower-case hex and one line feed at the end.
/// `salt` is to be random, and another one each time.
#[must_use]
pub fn seal(plain: &[u8], password: &[u8], salt: &[u8; SALT_BYTES], header: Header<'_>) -> String {
    let keys = Keys::derive(password, salt);
    let padding = BLOCK_BYTES - plain.len() % BLOCK_BYTES;
    let mut text = Zeroizing::new(Vec::with_capacity(plain.len() + padding));
    text.extend_from_slice(plain);
    text.extend((0..padding).map(|_| padding as u8));
    keys.apply(&mut text);
    let hmac = keys.hmac(&text).finalize().into_bytes();

    let inner = [hex(salt), hex(&hmac), hex(&text)].join(&b'\n');
    let digits = hex(&inner);
    let lines = digits.chunks(COLUMNS).flat_map(|line| line.iter().chain(b"\n"));
    let mut sealed = header.line();
    sealed.push('\n');
    sealed.extend(lines.copied().map(char::from));
    sealed
}

/// Cipher key, HMAC key and the start of the counter.
struct Keys(Zeroizing<[u8; 2 * KEY_BYTES + BLOCK_BYTES]>);

impl Keys {
    fn derive(password: &[u8], salt: &[u8]) -> Self {
        let mut keys = Zeroizing::new([0; 2 * KEY_BYTES + BLOCK_BYTES]);
        pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, ROUNDS, keys.as_mut_slice());
        Self(keys)
    }

    /// The HMAC of `text`, still to be finished or verified.
    fn hmac(&self, text: &[u8]) -> Hmac<Sha256> {
        hmac(&self.0[KEY_BYTES..2 * KEY_BYTES]).chain_update(text)
    }

    /// Encrypts or decrypts, which is the same: a 128-bit big-endian counter.
    fn apply(&self, text: &mut [u8]) {
        let (key, start) = (&self.0[..KEY_BYTES], &self.0[2 * KEY_BYTES..]);
        ctr::Ctr128BE::<Aes256>::new(GenericArray::from_slice(key), GenericArray::from_slice(start))
            .apply_keystream(text);
    }
}

/// An HMAC that is keyed and has seen nothing yet. RFC 2104, section 2: a key longer than a block of the hash is
/// hashed, then zeros fill the block.
pub(super) fn hmac(key: &[u8]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; HASH_BLOCK_BYTES]);
    let hashed = (key.len() > HASH_BLOCK_BYTES).then(|| Zeroizing::new(<[u8; 32]>::from(Sha256::digest(key))));
    let key = hashed.as_ref().map_or(key, |hashed| hashed.as_slice());
    block[..key.len()].copy_from_slice(key);
    <Hmac<_> as Mac>::new(GenericArray::from_slice(block.as_slice()))
}

/// The length without the padding (PKCS#7), where that is right. It is only asked about text whose HMAC is right, so
/// the time it takes tells nobody anything.
fn unpadded(text: &[u8]) -> Option<usize> {
    let &padding = text.last()?;
    let length = text.len().checked_sub(padding.into())?;
    let right = (1..=BLOCK_BYTES).contains(&padding.into()) && text[length..].iter().all(|&byte| byte == padding);
    right.then_some(length)
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|&byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[usize::from(digit)]).collect()
}
