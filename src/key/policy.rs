//! Which decoded keys are taken: the algorithm, the form of the key data, and whether the key is any good.
//!
//! Promises: what passes decodes to its last byte, is of the algorithm the line names, and is not known to be weak.
//! Refuses DSA, certificates, short RSA, weak or invalid ed25519 points. Whether an ECDSA point lies on its curve is
//! not checked yet: a wrong one cannot log in, but lets nobody else in either.

use std::fmt;

use ed25519_dalek::VerifyingKey;

use super::error::KeyError;
use super::limits::{MAX_RSA_BITS, MIN_RSA_BITS};
use super::text::quoted;
use super::wire::Wire;

/// Most bits of an RSA exponent: OpenSSL's `OPENSSL_RSA_MAX_PUBEXP_BITS` for keys over 3072 bits.
const MAX_EXPONENT_BITS: u32 = 64;

/// Longest algorithm name (RFC 4251 section 6), in bytes.
const MAX_NAME: usize = 64;

/// The word of DSA keys, which nothing takes any more.
const DSA: &str = "ssh-dss";
/// How the name of every certificate algorithm ends (OpenSSH's PROTOCOL.certkeys).
const CERTIFICATE: &str = "-cert-v01@openssh.com";

/// Keys that documentation and example files show, as base64, and the name to call them by.
const PLACEHOLDERS: [(&str, &str); 4] = [
    ("AAAAC3NzaC1lmyfakeublickeyMVIzwQXBzxxD9b8Erd1FKVvu", "myfakepublickey"),
    ("AAAAC3NzaC1anotherfakekeyIMVIzwQXBzxxD9b8Erd1FKVvu", "anotherfakekey"),
    ("AAAAC3NzaC1lZDI1NTE5AAAAIKNJGtd7a4DBHsQi7HGrC5xz0eAEFHZ3Ogh3FEFI2345", "fake@key"),
    ("AAAAC3NzaC1lZDI1NTE5AAAAIFRfXxUZ8q9vHRcQZ6tLb0KwGHu8xjQHfYopZKLmnopQ", "anotherfake@key"),
];

/// The algorithms that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Ed25519,
    Rsa,
    EcdsaP256,
    EcdsaP384,
    EcdsaP521,
    SkEd25519,
    SkEcdsaP256,
}

/// What a key is, in the words of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ed25519,
    Rsa { bits: u32 },
    Ecdsa { bits: u32 },
    SkEd25519,
    SkEcdsa,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ed25519 => f.write_str("ed25519"),
            Self::Rsa { bits } => write!(f, "rsa {bits}"),
            Self::Ecdsa { bits } => write!(f, "ecdsa {bits}"),
            Self::SkEd25519 => f.write_str("ed25519-sk"),
            Self::SkEcdsa => f.write_str("ecdsa-sk"),
        }
    }
}

impl Algorithm {
    const ALL: [Self; 7] = [
        Self::Ed25519,
        Self::Rsa,
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::EcdsaP521,
        Self::SkEd25519,
        Self::SkEcdsaP256,
    ];

    /// The algorithm word, on the line as inside the key data.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::Rsa => "ssh-rsa",
            Self::EcdsaP256 => "ecdsa-sha2-nistp256",
            Self::EcdsaP384 => "ecdsa-sha2-nistp384",
            Self::EcdsaP521 => "ecdsa-sha2-nistp521",
            Self::SkEd25519 => "sk-ssh-ed25519@openssh.com",
            Self::SkEcdsaP256 => "sk-ecdsa-sha2-nistp256@openssh.com",
        }
    }

    /// The algorithm of that word.
    ///
    /// # Errors
    /// [`KeyError::Dsa`], [`KeyError::Certificate`] or [`KeyError::UnknownAlgorithm`].
    pub(super) fn of(word: &str) -> Result<Self, KeyError> {
        match Self::ALL.into_iter().find(|algorithm| algorithm.word() == word) {
            Some(algorithm) => Ok(algorithm),
            None if word == DSA => Err(KeyError::Dsa),
            None if word.ends_with(CERTIFICATE) => Err(KeyError::Certificate { name: quoted(word) }),
            None => Err(KeyError::UnknownAlgorithm { name: quoted(word) }),
        }
    }

    /// Whether the word names an algorithm, be it one that is refused.
    pub(super) fn is_named(word: &str) -> bool {
        word == DSA || word.ends_with(CERTIFICATE) || Self::ALL.into_iter().any(|algorithm| algorithm.word() == word)
    }
}

/// Refuses the placeholder keys, wherever they are in the line; two of them do not even decode.
pub(super) fn refuse_placeholder(line: &str) -> Result<(), KeyError> {
    match PLACEHOLDERS.into_iter().find(|(base64, _)| line.contains(base64)) {
        Some((_, name)) => Err(KeyError::Placeholder { name }),
        None => Ok(()),
    }
}

/// The algorithm name inside the key data (RFC 4253 section 6.6).
///
/// # Errors
/// [`KeyError::Cut`] or [`KeyError::Malformed`].
pub(super) fn inner_name(blob: &[u8]) -> Result<&str, KeyError> {
    let no_name = KeyError::Malformed { what: "it does not begin with the name of an algorithm" };
    let mut wire = Wire::new(blob);
    if wire.u32().is_some_and(|length| !(1..=MAX_NAME).contains(&(length as usize))) {
        return Err(no_name);
    }
    let name = std::str::from_utf8(Wire::new(blob).string().ok_or(KeyError::Cut)?);
    name.ok().filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic())).ok_or(no_name)
}

/// Decodes the key data to its last byte and judges it.
///
/// # Errors
/// One of the kinds of [`KeyError`] that speak of key data.
pub(super) fn check(algorithm: Algorithm, blob: &[u8]) -> Result<Kind, KeyError> {
    let inner = inner_name(blob)?;
    if inner != algorithm.word() {
        return Err(KeyError::AlgorithmMismatch { word: algorithm.word(), inner: quoted(inner) });
    }
    let mut wire = Wire::new(blob);
    wire.string();
    let kind = match algorithm {
        Algorithm::Ed25519 => ed25519(&mut wire).map(|()| Kind::Ed25519),
        Algorithm::Rsa => rsa(&mut wire),
        Algorithm::EcdsaP256 => ecdsa(&mut wire, "nistp256", 256),
        Algorithm::EcdsaP384 => ecdsa(&mut wire, "nistp384", 384),
        Algorithm::EcdsaP521 => ecdsa(&mut wire, "nistp521", 521),
        Algorithm::SkEd25519 => ed25519(&mut wire).and_then(|()| application(&mut wire)).map(|()| Kind::SkEd25519),
        Algorithm::SkEcdsaP256 => {
            ecdsa(&mut wire, "nistp256", 256).and_then(|_| application(&mut wire)).map(|()| Kind::SkEcdsa)
        }
    }?;
    match wire.rest().len() {
        0 => Ok(kind),
        bytes => Err(KeyError::Trailing { bytes }),
    }
}

/// RFC 8709 section 4.
fn ed25519(wire: &mut Wire<'_>) -> Result<(), KeyError> {
    let point = wire.string().ok_or(KeyError::Cut)?;
    let point = point.try_into().map_err(|_| KeyError::Malformed { what: "an ed25519 key has 32 bytes" })?;
    let key = VerifyingKey::from_bytes(point).map_err(|_| KeyError::InvalidPoint)?;
    if key.is_weak() { Err(KeyError::WeakPoint) } else { Ok(()) }
}

/// RFC 4253 section 6.6: exponent, then modulus.
fn rsa(wire: &mut Wire<'_>) -> Result<Kind, KeyError> {
    let exponent = wire.string().ok_or(KeyError::Cut)?;
    let modulus = wire.string().ok_or(KeyError::Cut)?;
    let bits = positive_bits(modulus)?;
    let exponent_bits = positive_bits(exponent)?;
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    match bits {
        ..MIN_RSA_BITS => Err(KeyError::RsaTooShort { bits }),
        MIN_RSA_BITS..=MAX_RSA_BITS if !odd(modulus) => Err(KeyError::Malformed { what: "its RSA modulus is even" }),
        MIN_RSA_BITS..=MAX_RSA_BITS if !odd(exponent) || !(2..=MAX_EXPONENT_BITS).contains(&exponent_bits) => {
            Err(KeyError::Malformed { what: "its RSA exponent is even, 1, or longer than 64 bits" })
        }
        MIN_RSA_BITS..=MAX_RSA_BITS => Ok(Kind::Rsa { bits }),
        _ => Err(KeyError::RsaTooLong { bits }),
    }
}

/// Length in bits of an `mpint` (RFC 4251 section 5) that is not negative and has no needless zeros.
fn positive_bits(mpint: &[u8]) -> Result<u32, KeyError> {
    let number = match mpint {
        [0, rest @ ..] if rest.first() >= Some(&0x80) => rest,
        [0x80..=0xff, ..] => return Err(KeyError::Malformed { what: "an RSA number is negative" }),
        [0, ..] => return Err(KeyError::Malformed { what: "an RSA number begins with needless zeros" }),
        _ => mpint,
    };
    let unused = number.first().map_or(0, |byte| byte.leading_zeros());
    Ok(u32::try_from(number.len().saturating_mul(8)).unwrap_or(u32::MAX) - unused)
}

/// RFC 5656 section 3.1: the curve, then a point, which OpenSSH takes uncompressed only.
fn ecdsa(wire: &mut Wire<'_>, curve: &str, bits: u32) -> Result<Kind, KeyError> {
    if wire.string().ok_or(KeyError::Cut)? != curve.as_bytes() {
        return Err(KeyError::Malformed { what: "its curve is not the one its algorithm names" });
    }
    let point = wire.string().ok_or(KeyError::Cut)?;
    let length = 1 + 2 * bits.div_ceil(8) as usize;
    if point.first() != Some(&4) || point.len() != length {
        return Err(KeyError::Malformed { what: "its ECDSA point is not a whole uncompressed one" });
    }
    Ok(Kind::Ecdsa { bits })
}

/// OpenSSH's PROTOCOL.u2f: the application a security key signs for, mostly `ssh:`.
fn application(wire: &mut Wire<'_>) -> Result<(), KeyError> {
    let name = wire.string().ok_or(KeyError::Cut)?;
    let whole = std::str::from_utf8(name).is_ok_and(|name| !name.contains('\0'));
    if whole { Ok(()) } else { Err(KeyError::Malformed { what: "its application is not text" }) }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
