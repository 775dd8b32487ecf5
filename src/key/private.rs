//! The public half of a private key file in OpenSSH's format (PROTOCOL.key), read without its passphrase.
//!
//! Promises: no secret field is looked at, and the decoded file is wiped; the public half passes the same policy as a
//! public key line. Refuses other formats by name, several keys in a file, and files whose two halves differ.
//! ssh-key 0.6.7 is not used to read: it fails on bodies not wrapped at 70 columns and on some valid P-521 keys.

use super::armour;
use super::error::KeyError;
use super::line::KeyLine;
use super::pem;
use super::private_kind::PrivateKind;
use super::wire::Wire;

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Longest name of a cipher, in bytes; OpenSSH's longest has 29.
const MAX_CIPHER: usize = 64;

/// Length of the tag that `chacha20-poly1305` and `aes*-gcm` put after the encrypted section, in bytes.
const TAG: usize = 16;

/// What a private key file says about itself in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateInfo {
    /// The public half, without options or comment.
    pub key: KeyLine,
    /// Whether a passphrase guards it.
    pub encrypted: bool,
    /// The cipher, `none` where there is no passphrase.
    pub cipher: String,
    /// The rounds of the bcrypt KDF; `None` where there is no passphrase.
    pub rounds: Option<u32>,
    /// The comment inside, if the file is not encrypted and the comment is one that a [`KeyLine`] takes.
    pub comment: Option<String>,
}

/// Reads the public half of a private key file.
///
/// # Errors
/// [`KeyError::PrivateFormat`] for other formats, [`KeyError::PrivateLayout`] and [`KeyError::PrivateDamaged`] for what
/// OpenSSH does not load, [`KeyError::SeveralPrivateKeys`],
/// [`KeyError::Empty`] or [`KeyError::NoAlgorithm`] where there is no private key at all, and those of a public key.
pub fn public_half(text: &[u8]) -> Result<PrivateInfo, KeyError> {
    match armour::private_kind(text) {
        Some(PrivateKind::OpenSsh) => match armour::openssh_body(text) {
            Ok(body) => header(&body),
            Err(error) => match armour::repaired(text) {
                Some((body, what)) if header(&body).is_ok() => {
                    Err(KeyError::PrivateLayout { kind: PrivateKind::OpenSsh, what })
                }
                _ => Err(error),
            },
        },
        Some(kind) => Err(pem::refusal(text, kind)),
        None if text.trim_ascii().is_empty() => Err(KeyError::Empty),
        None => Err(KeyError::NoAlgorithm),
    }
}

fn damaged(what: &'static str) -> KeyError {
    KeyError::PrivateDamaged { what }
}

/// PROTOCOL.key section 1.
fn header(body: &[u8]) -> Result<PrivateInfo, KeyError> {
    let cut = || damaged("it ends too early");
    let mut wire = Wire::new(body.strip_prefix(MAGIC).ok_or(damaged("it does not begin with openssh-key-v1"))?);
    let cipher = wire.string().ok_or_else(cut)?;
    let kdf = wire.string().ok_or_else(cut)?;
    let kdf_options = wire.string().ok_or_else(cut)?;
    let count = wire.u32().ok_or_else(cut)?;
    if count != 1 {
        return Err(KeyError::SeveralPrivateKeys { count });
    }
    let public = wire.string().ok_or_else(cut)?;
    let section = wire.string().ok_or_else(cut)?;

    let cipher = cipher_name(cipher)?;
    let rounds = rounds(kdf, kdf_options)?;
    let encrypted = cipher != "none";
    if encrypted != rounds.is_some() {
        return Err(damaged("its cipher and its key derivation do not go together"));
    }
    let tag = if cipher.contains("poly1305") || cipher.contains("gcm") { TAG } else { 0 };
    if wire.rest().len() != tag {
        return Err(damaged("its length is not the one its parts add up to"));
    }
    let key = KeyLine::from_blob(public)?;
    let comment = if encrypted { None } else { comment(section, public)? };
    let comment = comment.filter(|comment| key.clone().with_comment(comment).is_ok());
    Ok(PrivateInfo { key, encrypted, cipher, rounds, comment })
}

fn cipher_name(name: &[u8]) -> Result<String, KeyError> {
    match std::str::from_utf8(name) {
        Ok(text) if name.len() <= MAX_CIPHER && name.iter().all(u8::is_ascii_graphic) => Ok(text.to_owned()),
        _ => Err(damaged("the name of its cipher is not a name")),
    }
}

/// PROTOCOL.key section 2: `none` has no options, `bcrypt` a salt and its rounds.
fn rounds(kdf: &[u8], options: &[u8]) -> Result<Option<u32>, KeyError> {
    let mut wire = Wire::new(options);
    let rounds = match kdf {
        b"none" => None,
        b"bcrypt" => Some(wire.string().and_then(|_| wire.u32()).ok_or(damaged("its KDF options are not whole"))?),
        _ => return Err(damaged("its key derivation is neither none nor bcrypt")),
    };
    if wire.rest().is_empty() { Ok(rounds) } else { Err(damaged("its KDF options are too long")) }
}

/// PROTOCOL.key section 3, unencrypted: two equal numbers, the key again, its comment, and the padding 1, 2, 3, …
fn comment(section: &[u8], public: &[u8]) -> Result<Option<String>, KeyError> {
    let mut wire = Wire::new(section);
    match (wire.u32(), wire.u32()) {
        (Some(one), Some(other)) if one == other => {}
        _ => return Err(damaged("its check numbers differ")),
    }
    past_key(&mut wire, public).ok_or(damaged("its private half is of another key, or cut off"))?;
    let comment = wire.string().ok_or(damaged("it ends before its comment"))?;
    if !wire.rest().iter().zip(1..=u8::MAX).all(|(&byte, expected)| byte == expected) {
        return Err(damaged("its padding is not in order"));
    }
    Ok(std::str::from_utf8(comment).ok().map(str::to_owned))
}

/// Skips the key in the private section, if its public fields are those of `public`.
fn past_key(wire: &mut Wire<'_>, public: &[u8]) -> Option<()> {
    let mut fields = Wire::new(public);
    let algorithm = fields.text()?;
    if algorithm == "ssh-rsa" {
        let (exponent, modulus) = (fields.string()?, fields.string()?);
        let same = wire.text()? == algorithm && wire.string()? == modulus && wire.string()? == exponent;
        return same.then(|| strings(wire, 4)).flatten();
    }
    if wire.bytes(public.len())? != public {
        return None;
    }
    if !algorithm.starts_with("sk-") {
        return strings(wire, 1);
    }
    wire.bytes(1)?;
    strings(wire, 2)
}

/// Skips `count` strings.
fn strings(wire: &mut Wire<'_>, count: usize) -> Option<()> {
    (0..count).try_for_each(|_| wire.string().map(|_| ()))
}

#[cfg(test)]
#[path = "private_tests.rs"]
mod tests;
