//! The armour around keys: which kind a text wears, and the bytes inside OpenSSH's own (PROTOCOL.key section 1).
//!
//! Promises: takes the layouts that OpenSSH loads, of a text without CR and with a last line end: that is how Spin's action
//! hands the key to ssh-add. What it decodes is wiped when dropped.
//! Refuses armour without its first or last line, and base64 that is not whole; what is merely laid out wrongly is named.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::error::KeyError;
use super::private_kind::PrivateKind;

const BEGIN: &[u8] = b"-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &[u8] = b"-----END OPENSSH PRIVATE KEY-----";

const DASHES: &[u8] = b"-----";
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";
/// White space of C that is none of Rust.
const VERTICAL_TAB: u8 = 0x0b;

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
/// [`KeyError::PrivateDamaged`].
pub(super) fn openssh_body(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    laid_out(&without_cr(text))
}

/// What the command of the remedy for [`KeyError::PrivateLayout`] makes of a text: the bytes of its base64 alone, without marks
/// and written line breaks; and what kept OpenSSH from loading them.
pub(super) fn repaired(text: &[u8]) -> Option<(Zeroizing<Vec<u8>>, &'static str)> {
    let text = without_cr(text);
    Some((unmarked(&text)?, layout(&text)))
}

/// The text without carriage returns.
pub(super) fn without_cr(text: &[u8]) -> Zeroizing<Vec<u8>> {
    // Room for everything up front: growing would leave copies that nobody wipes.
    let mut lines = Zeroizing::new(Vec::with_capacity(text.len()));
    lines.extend(text.iter().filter(|byte| **byte != b'\r'));
    lines
}

/// As `sshkey_parse_private2` reads it: the first line is the first of the text, and the last begins a line.
fn laid_out(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let damaged = |what| KeyError::PrivateDamaged { what };
    let body = text.strip_prefix(BEGIN).ok_or(damaged("its BEGIN line is not the first one"))?;
    let body = body.strip_prefix(b"\n").ok_or(damaged("its BEGIN line does not end there"))?;
    let mut end = 0;
    loop {
        end += find(body.get(end..).unwrap_or_default(), END).ok_or(damaged("its END line is missing"))?;
        let after = body.get(end + END.len());
        if end.checked_sub(1).and_then(|before| body.get(before)) == Some(&b'\n')
            && after.is_none_or(|byte| *byte == b'\n')
        {
            break;
        }
        end += END.len();
    }
    decoded(body.get(..end).unwrap_or_default(), |byte| !byte.is_ascii_whitespace() && byte != VERTICAL_TAB)
        .ok_or(damaged("its base64 is not whole"))
}

/// The bytes of the base64 alone.
pub(super) fn unmarked(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut kept = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = match rest.strip_prefix(DASHES).and_then(past_mark).or_else(|| rest.strip_prefix(b"\\n")) {
            Some(behind) => behind,
            None => {
                kept.push(*first);
                after
            }
        };
    }
    decoded(&kept, |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

/// The text after the label and the dashes of a mark.
fn past_mark(text: &[u8]) -> Option<&[u8]> {
    let label = text.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b' ').count();
    text.get(label..)?.strip_prefix(DASHES)
}

/// What keeps OpenSSH from loading a key that is all there.
fn layout(text: &[u8]) -> &'static str {
    match text.trim_ascii_start().strip_prefix(BEGIN) {
        _ if text.starts_with(BOM) => "a byte order mark is before it",
        _ if text.starts_with(b"\n") => "a blank line is before it",
        Some(_) if text.starts_with(b" ") || text.starts_with(b"\t") => "it is indented",
        Some(body) if !body.trim_ascii_end().contains(&b'\n') => "its line breaks are missing",
        Some(_) => "its BEGIN or END mark is not alone on a line",
        None => "something else is before it",
    }
}

/// The bytes of the base64 that `is_kept` leaves.
fn decoded(text: &[u8], is_kept: impl Fn(u8) -> bool) -> Option<Zeroizing<Vec<u8>>> {
    let mut packed = Zeroizing::new(Vec::with_capacity(text.len()));
    packed.extend(text.iter().copied().filter(|byte| is_kept(*byte)));
    let mut bytes = Zeroizing::new(vec![0; packed.len() / 4 * 3]);
    let length = Base64::decode(packed.as_slice(), &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
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
        // OpenSSH loads the first.
        assert_eq!(openssh_body(format!("{whole}\n{whole}").as_bytes()).map(|body| body.len()), Ok(4));
    }
}
