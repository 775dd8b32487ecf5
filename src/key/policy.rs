//! Which decoded keys are taken: the algorithm, the form of the key data, and whether the key is any good.
//!
//! Promises: what passes decodes to its last byte, is of the algorithm the line names, and is not known to be weak.
//! Refuses DSA, certificates, short RSA, RSA exponents that let anybody sign, points that are weak, written in a second
//! way, or not on their curve. What sshd makes of what is refused is told by [`sshd`](super::sshd).

use std::fmt;

use ed25519_dalek::VerifyingKey;

use super::error::KeyError;
use super::known_points::{self, Point};
use super::rsa;
use super::text::quoted;
use super::wire::{self, Wire};

/// Longest algorithm name (RFC 4251 section 6), in bytes.
const MAX_NAME: usize = 64;

/// The word of DSA keys, which nothing takes any more.
const DSA: &str = "ssh-dss";
/// How the name of every certificate algorithm ends (OpenSSH's PROTOCOL.certkeys).
const CERTIFICATE: &str = "-cert-v01@openssh.com";

/// How all of [`PLACEHOLDERS`] begin.
const PLACEHOLDER_START: &str = "AAAAC3NzaC1";

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

    /// Names of signatures that sshd takes for names of keys (OpenSSH's sshkey.c, `sigonly`).
    const ALSO: [(&str, Self); 3] = [
        ("rsa-sha2-256", Self::Rsa),
        ("rsa-sha2-512", Self::Rsa),
        ("webauthn-sk-ecdsa-sha2-nistp256@openssh.com", Self::SkEcdsaP256),
    ];

    /// Short names that sshd takes inside the key data, in any case.
    const SHORT: [(&str, Self); 3] = [("RSA", Self::Rsa), ("ED25519", Self::Ed25519), ("ED25519-SK", Self::SkEd25519)];

    /// The algorithm word as ssh-keygen writes it, on the line as inside the key data.
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

    /// The algorithm of that word of a line.
    ///
    /// # Errors
    /// [`KeyError::Dsa`], [`KeyError::Certificate`] or [`KeyError::UnknownAlgorithm`].
    pub(super) fn of(word: &str) -> Result<Self, KeyError> {
        match Self::known(word) {
            Some(algorithm) => Ok(algorithm),
            None if word == DSA => Err(KeyError::Dsa),
            None if word.ends_with(CERTIFICATE) => Err(KeyError::Certificate { name: quoted(word) }),
            None => Err(KeyError::UnknownAlgorithm { name: quoted(word) }),
        }
    }

    fn known(word: &str) -> Option<Self> {
        let also = || Self::ALSO.into_iter().find(|(name, _)| *name == word).map(|(_, algorithm)| algorithm);
        Self::ALL.into_iter().find(|algorithm| algorithm.word() == word).or_else(also)
    }

    /// The algorithm of that name inside key data.
    fn inside(name: &str) -> Option<Self> {
        let short = || Self::SHORT.into_iter().find(|(short, _)| short.eq_ignore_ascii_case(name));
        Self::known(name).or_else(|| short().map(|(_, algorithm)| algorithm))
    }

    /// Whether the word names an algorithm, be it one that is refused.
    pub(super) fn is_named(word: &str) -> bool {
        word == DSA || word.ends_with(CERTIFICATE) || Self::known(word).is_some()
    }

    /// Whether key data of that name inside is that of a key, be it one that is refused.
    pub(super) fn is_inside(name: &str) -> bool {
        Self::inside(name).is_some() || Self::is_named(name)
    }

    /// Whether `text` ends with the name of an algorithm, whatever is before it.
    pub(super) fn ends(text: &str) -> bool {
        let names = Self::ALL.into_iter().map(Self::word).chain(Self::ALSO.into_iter().map(|(name, _)| name));
        names.chain([DSA, CERTIFICATE]).any(|name| text.ends_with(name))
    }
}

/// Refuses the placeholder keys, wherever they are in the line; two of them do not even decode.
pub(super) fn refuse_placeholder(line: &str) -> Result<(), KeyError> {
    let at = |start: usize| PLACEHOLDERS.into_iter().find(|(base64, _)| line[start..].starts_with(base64));
    match line.match_indices(PLACEHOLDER_START).find_map(|(start, _)| at(start)) {
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

/// The key data as ssh-keygen would write it: two spellings of one key become one. What is no key stays as it is.
pub(super) fn canonical(blob: Vec<u8>) -> Vec<u8> {
    let rewritten = || {
        let name = inner_name(&blob).ok()?;
        let algorithm = Algorithm::inside(name)?;
        let mut wire = Wire::new(&blob);
        wire.string()?;
        let is_rsa = algorithm == Algorithm::Rsa;
        if name == algorithm.word() && !is_rsa {
            return None;
        }
        let rest = wire.rest();
        let mut written = wire::string(algorithm.word().as_bytes());
        if !is_rsa {
            written.extend_from_slice(rest);
            return Some(written);
        }
        for _ in 0..2 {
            let number = wire.string().filter(|number| rsa::positive(number).is_ok())?;
            written.extend(wire::string(rsa::minimal(number)));
        }
        written.extend_from_slice(wire.rest());
        Some(written)
    };
    rewritten().unwrap_or(blob)
}

/// The algorithm of key data, by the name inside.
pub(super) fn algorithm_of(blob: &[u8]) -> Result<Algorithm, KeyError> {
    let name = inner_name(blob)?;
    Algorithm::inside(name).map_or_else(|| Algorithm::of(name), Ok)
}

/// Decodes the key data to its last byte and judges it.
///
/// # Errors
/// One of the kinds of [`KeyError`] that speak of key data.
pub(super) fn check(algorithm: Algorithm, blob: &[u8]) -> Result<Kind, KeyError> {
    let inner = inner_name(blob)?;
    if Algorithm::inside(inner) != Some(algorithm) {
        return Err(KeyError::AlgorithmMismatch { word: algorithm.word(), inner: quoted(inner) });
    }
    let mut wire = Wire::new(blob);
    wire.string();
    let kind = match algorithm {
        Algorithm::Ed25519 => ed25519(&mut wire).map(|()| Kind::Ed25519),
        Algorithm::Rsa => rsa::judge(&mut wire).map(|bits| Kind::Rsa { bits }),
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
    if point.len() != 32 {
        return Err(KeyError::Malformed { what: "an ed25519 key has 32 bytes" });
    }
    match known_points::of(point, point_of_ed25519) {
        Point::Good => Ok(()),
        Point::Invalid => Err(KeyError::InvalidPoint),
        Point::Weak => Err(KeyError::WeakPoint),
        Point::Other => Err(KeyError::OtherPoint),
    }
}

fn point_of_ed25519(bytes: &[u8]) -> Point {
    let Ok(bytes) = bytes.try_into() else { return Point::Invalid };
    match VerifyingKey::from_bytes(bytes) {
        Err(_) => Point::Invalid,
        Ok(key) if key.is_weak() => Point::Weak,
        Ok(_) if is_canonical(bytes) => Point::Good,
        Ok(_) => Point::Other,
    }
}

/// Whether the y of an ed25519 point is below 2^255 - 19 (RFC 8032 section 5.1.3). An x of 0 with a sign is one of the
/// weak points.
fn is_canonical(point: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = point;
    *first < 0xed || last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
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
    let judge = |point: &[u8]| {
        let is_on_curve = match bits {
            256 => p256::PublicKey::from_sec1_bytes(point).is_ok(),
            384 => p384::PublicKey::from_sec1_bytes(point).is_ok(),
            _ => p521::PublicKey::from_sec1_bytes(point).is_ok(),
        };
        if is_on_curve { Point::Good } else { Point::Invalid }
    };
    match known_points::of(point, judge) {
        Point::Good => Ok(Kind::Ecdsa { bits }),
        _ => Err(KeyError::OffCurve),
    }
}

/// OpenSSH's PROTOCOL.u2f: the application a security key signs for, mostly `ssh:`.
fn application(wire: &mut Wire<'_>) -> Result<(), KeyError> {
    let name = wire.string().ok_or(KeyError::Cut)?;
    if name.contains(&0) { Err(KeyError::Malformed { what: "its application is not text" }) } else { Ok(()) }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
