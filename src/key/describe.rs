//! What a key line says of itself, sound or not: for lists of keys that are in use.

use base64ct::{Base64, Base64Unpadded, Encoding};
use ssh_key::HashAlg;

use super::error::KeyError;
use super::fields;
use super::line::KeyLine;
use super::policy::{self, Algorithm, Kind};
use super::text::SPACE_OR_TAB;

/// A key line in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// `ed25519`, `rsa`, `ecdsa`, `ed25519-sk`, `ecdsa-sk`, `dsa`, or the algorithm's own word.
    pub kind: String,
    /// The size of the key, as `ssh-keygen -l` shows it, if known.
    pub bits: Option<u32>,
    /// `SHA256:…`, where the key data can be decoded.
    pub fingerprint: Option<String>,
    /// The comment; empty where there is none.
    pub comment: String,
    /// The options before the key, as written.
    pub options: Option<String>,
}

/// The key data of an ed25519 key (RFC 8709, section 4): its name and the point, each after its length.
const ED25519_BLOB_BYTES: usize = 4 + "ssh-ed25519".len() + 4 + 32;

/// `SHA256:…` of the data of a key, as `ssh-keygen -l` shows it.
pub(crate) fn fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", Base64Unpadded::encode_string(&HashAlg::Sha256.digest(blob)))
}

/// Describes a line; none where no key can be seen in it.
#[must_use]
pub fn describe(line: &str) -> Option<Described> {
    let fields = fields::split(line.trim_matches(SPACE_OR_TAB)).ok()?;
    let blob = Base64::decode_vec(fields.base64).ok().map(policy::canonical);
    let (kind, bits) = match (Algorithm::of(fields.algorithm), &blob) {
        // All have one size: no need to decode the point, which takes longer than all else here.
        (Ok(Algorithm::Ed25519), Some(blob)) if blob.len() == ED25519_BLOB_BYTES => ("ed25519".to_owned(), Some(256)),
        (Ok(algorithm), Some(blob)) => judged(algorithm, &policy::check(algorithm, blob)),
        (Ok(algorithm), None) => (family(algorithm).to_owned(), None),
        (Err(KeyError::Dsa), _) => ("dsa".to_owned(), None),
        (Err(_), _) => (fields.algorithm.to_owned(), None),
    };
    Some(Described {
        kind,
        bits,
        fingerprint: blob.map(|blob| fingerprint(&blob)),
        comment: fields.comment.to_owned(),
        options: fields.options.map(str::to_owned),
    })
}

impl KeyLine {
    /// `SHA256:…`, as `ssh-keygen -l` shows it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(self.material())
    }

    /// What [`describe`] says of the line it was read from.
    #[must_use]
    pub fn described(&self) -> Described {
        let (kind, bits) = judged(self.algorithm, &Ok(self.kind));
        Described {
            kind,
            bits,
            fingerprint: Some(self.fingerprint()),
            comment: self.comment().to_owned(),
            options: self.options().map(str::to_owned),
        }
    }
}

fn judged(algorithm: Algorithm, judged: &Result<Kind, KeyError>) -> (String, Option<u32>) {
    let bits = match judged {
        Ok(Kind::Rsa { bits } | Kind::Ecdsa { bits })
        | Err(KeyError::RsaTooShort { bits } | KeyError::RsaTooLong { bits } | KeyError::WeakExponent { bits }) => {
            Some(*bits)
        }
        Ok(Kind::Ed25519 | Kind::SkEd25519 | Kind::SkEcdsa) | Err(KeyError::WeakPoint | KeyError::OtherPoint) => {
            Some(256)
        }
        Err(_) => None,
    };
    (family(algorithm).to_owned(), bits)
}

fn family(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Ed25519 => "ed25519",
        Algorithm::Rsa => "rsa",
        Algorithm::EcdsaP256 | Algorithm::EcdsaP384 | Algorithm::EcdsaP521 => "ecdsa",
        Algorithm::SkEd25519 => "ed25519-sk",
        Algorithm::SkEcdsaP256 => "ecdsa-sk",
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_keys::*;
    use super::*;

    #[test]
    fn a_line_that_was_read_is_described_as_its_text() {
        for key in [ED25519, RSA_2048, RSA_3072, P256, P384, P521, SK_ED25519, SK_P256] {
            let options = format!("restrict,from=\"10.0.0.1\"  {key}");
            let signature = key.replace("ssh-rsa", "rsa-sha2-512");
            for line in [key, &options, &signature] {
                assert_eq!(Some(KeyLine::parse(line).unwrap().described()), describe(line), "{line}");
            }
        }
    }

    #[test]
    fn lines_are_described_sound_or_not() {
        let said = |line: &str| describe(line).map(|it| (it.kind, it.bits, it.fingerprint.is_some(), it.comment));
        assert_eq!(said(ED25519), Some(("ed25519".into(), Some(256), true, "alice@laptop".into())));
        assert_eq!(said(RSA_1024), Some(("rsa".into(), Some(1024), true, "r1".into())));
        assert_eq!(said(P521), Some(("ecdsa".into(), Some(521), true, "e521".into())));
        assert_eq!(said(SK_P256), Some(("ecdsa-sk".into(), Some(256), true, "key".into())));
        assert_eq!(said(DSA), Some(("dsa".into(), None, true, "dsa".into())));
        assert_eq!(said("ssh-ed25519 AAAAC x"), Some(("ed25519".into(), None, false, "x".into())));
        assert_eq!(said("hello"), None);
    }
}
