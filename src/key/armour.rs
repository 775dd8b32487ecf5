//! The armour around keys: which kind a text wears, and the bytes inside OpenSSH's own (PROTOCOL.key section 1).
//!
//! Promises: tolerates every line width and CRLF, as OpenSSH does; what it decodes is wiped when dropped.
//! Refuses armour without its first or last line, several in one text, and base64 that is not whole.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::error::{KeyError, PrivateKind};

const BEGIN: &[u8] = b"-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &[u8] = b"-----END OPENSSH PRIVATE KEY-----";

/// The base64 of `openssh-key-v1`, so of a private key whose armour was lost.
const OPENSSH_MAGIC: &[u8] = b"b3BlbnNzaC1rZXktdjE";

/// Longest label that is looked at, in bytes.
const MAX_LABEL: usize = 40;

/// The kind of private key a text holds anywhere in it, if it holds one.
pub(super) fn private_kind(text: &[u8]) -> Option<PrivateKind> {
    if find(text, b"PuTTY-User-Key-File-").is_some() {
        return Some(PrivateKind::Putty);
    }
    let label =
        labels(text, b"BEGIN ").chain(labels(text, b"END ")).find(|label| find(label, b"PRIVATE KEY").is_some());
    match label {
        Some(b"OPENSSH PRIVATE KEY") => Some(PrivateKind::OpenSsh),
        Some(b"PRIVATE KEY") => Some(PrivateKind::Pkcs8),
        Some(b"ENCRYPTED PRIVATE KEY") => Some(PrivateKind::EncryptedPkcs8),
        Some(b"RSA PRIVATE KEY") => Some(PrivateKind::Pkcs1),
        Some(b"EC PRIVATE KEY") => Some(PrivateKind::Sec1),
        Some(b"DSA PRIVATE KEY") => Some(PrivateKind::Dsa),
        Some(_) => Some(PrivateKind::Other),
        None => find(text, OPENSSH_MAGIC).map(|_| PrivateKind::OpenSsh),
    }
}

/// The label of a PEM text (RFC 7468) that starts with its `BEGIN` line.
pub(super) fn pem_label(text: &str) -> Option<&str> {
    let (label, _) = text.strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let plain = |byte: u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ');
    (label.len() <= MAX_LABEL && label.bytes().all(plain)).then_some(label)
}

/// The bytes inside the armour of OpenSSH's private key format.
///
/// # Errors
/// [`KeyError::PrivateDamaged`] or [`KeyError::SeveralPrivateKeys`].
pub(super) fn openssh_body(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let damaged = |what| KeyError::PrivateDamaged { what };
    let body = text.trim_ascii_start().strip_prefix(BEGIN).ok_or(damaged("its BEGIN line is not the first one"))?;
    let end = find(body, END).ok_or(damaged("its END line is missing"))?;
    let (body, after) = body.split_at(end);
    let more = labels(body, b"BEGIN ").chain(labels(after, b"BEGIN ")).count();
    if more > 0 {
        return Err(KeyError::SeveralPrivateKeys { count: u32::try_from(more + 1).unwrap_or(u32::MAX) });
    }
    // Room for everything up front: growing would leave copies that nobody wipes.
    let mut packed = Zeroizing::new(Vec::with_capacity(body.len()));
    packed.extend(body.iter().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(vec![0; packed.len() / 4 * 3]);
    let length = Base64::decode(packed.as_slice(), &mut bytes).map_err(|_| damaged("its base64 is not whole"))?.len();
    bytes.truncate(length);
    Ok(bytes)
}

/// The upper-case words after each `marker`.
fn labels<'a>(text: &'a [u8], marker: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.get(find(rest, marker)? + marker.len()..)?;
        let plain = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ');
        let length = rest.iter().take(MAX_LABEL).take_while(|byte| plain(byte)).count();
        rest.get(..length).map(<[u8]>::trim_ascii)
    })
}

/// Where `needle`, which is not empty, first occurs.
fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        from += text.get(from..)?.iter().position(|&byte| byte == first)?;
        if text.get(from..)?.starts_with(needle) {
            return Some(from);
        }
        from += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let cases = [
            ("-----BEGIN OPENSSH PRIVATE KEY-----", PrivateKind::OpenSsh),
            ("-----BEGIN PRIVATE KEY-----", PrivateKind::Pkcs8),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----", PrivateKind::EncryptedPkcs8),
            ("# mine\n-----BEGIN RSA PRIVATE KEY-----", PrivateKind::Pkcs1),
            ("-----BEGIN EC PARAMETERS-----\n-----BEGIN EC PRIVATE KEY-----", PrivateKind::Sec1),
            ("-----BEGIN DSA PRIVATE KEY-----", PrivateKind::Dsa),
            ("PuTTY-User-Key-File-2: ssh-rsa", PrivateKind::Putty),
            ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", PrivateKind::Other),
            ("-----BEGIN PGP PRIVATE KEY BLOCK-----", PrivateKind::Other),
            ("AAAA\n-----END OPENSSH PRIVATE KEY-----", PrivateKind::OpenSsh),
            ("b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", PrivateKind::OpenSsh),
        ];
        for (text, kind) in cases {
            assert_eq!(private_kind(text.as_bytes()), Some(kind), "{text}");
        }
        assert_eq!(private_kind(b"ssh-ed25519 AAAA my PRIVATE KEY"), None);
        assert_eq!(private_kind(b""), None);
    }

    #[test]
    fn broken_armour_is_refused() {
        let whole = "-----BEGIN OPENSSH PRIVATE KEY-----\r\nAAAA\r\nAA\r\n==\r\n-----END OPENSSH PRIVATE KEY-----";
        assert_eq!(openssh_body(whole.as_bytes()).map(|body| body.len()), Ok(4));
        let what = |text: &str| match openssh_body(text.as_bytes()) {
            Err(KeyError::PrivateDamaged { what }) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(what(&format!("x{whole}")), "its BEGIN line is not the first one");
        assert_eq!(what(&whole[..60]), "its END line is missing");
        assert_eq!(what(&whole.replace("==", "=")), "its base64 is not whole");
        assert_eq!(what(&whole.replace("==", "é=")), "its base64 is not whole");
        let twice = format!("{whole}\n{whole}");
        assert_eq!(openssh_body(twice.as_bytes()), Err(KeyError::SeveralPrivateKeys { count: 2 }));
    }
}
