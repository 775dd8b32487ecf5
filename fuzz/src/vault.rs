//! Ansible Vault text of any bytes: refused in words, or opened to what was sealed; and damage of any one byte.
//!
//! The first four bytes choose what is done, the rest is the text.

use crate::check_message;
use spin_keys::vault::{self, Header, Marker, SALT_BYTES, Vault, VaultError};
use std::sync::OnceLock;

/// How many bytes choose what is done.
pub(crate) const HEAD: usize = 4;
/// What seeds are sealed with.
pub(crate) const PASSWORD: &[u8] = b"correct horse";
/// Longest text that is encrypted: a derived key takes milliseconds, and more text finds nothing more.
const LONGEST: usize = 4096;

/// Runs one input.
pub fn vault(data: &[u8]) {
    let Some((head, text)) = data.split_first_chunk::<HEAD>() else { return };
    let text = &text[..text.len().min(LONGEST)];
    match head[0] % 4 {
        0 => damaged(*head, text),
        1 => labelled(text),
        2 => arbitrary(text, false),
        _ => arbitrary(text, true),
    }
}

fn check_error(error: &VaultError) {
    check_message(&error.to_string());
    check_message(error.hint());
}

/// Takes a text apart, and opens it if asked to, which takes a thousand times as long.
fn arbitrary(text: &[u8], opens: bool) {
    let detected = vault::detect(text);
    assert!(!vault::is_encrypted(text) || detected == Ok(true));
    let parsed = match Vault::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => return check_error(&error),
    };
    assert_eq!(detected, Ok(true));
    assert!(parsed.label().is_none_or(|label| Header::labelled(label).is_ok()));
    let ends: Vec<u8> =
        text.iter().flat_map(|byte| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] }).collect();
    assert_eq!(Vault::parse(&ends).as_ref(), Ok(&parsed), "line ends matter");
    if !opens {
        return;
    }
    match parsed.open(PASSWORD) {
        Ok(opened) => {
            let again = vault::seal(&opened, PASSWORD, &salt(*b"salt"), parsed.header());
            let again = Vault::parse(again.as_bytes()).expect("it cannot be read again");
            assert_eq!((again.version(), again.label()), (parsed.version(), parsed.label()));
            assert!(*again.open(PASSWORD).expect("it cannot be opened again") == *opened);
        }
        Err(error) => check_error(&error),
    }
}

fn salt(from: [u8; HEAD]) -> [u8; SALT_BYTES] {
    std::array::from_fn(|at| from[at % HEAD].wrapping_add(at as u8))
}

/// Seals, changes one byte, opens.
fn damaged(head: [u8; HEAD], plain: &[u8]) {
    let header = if head[0] & 4 > 0 { Header::labelled("prod").unwrap() } else { Header::V1_1 };
    let mut sealed = vault::seal(plain, PASSWORD, &salt(head), header).into_bytes();
    let columns = sealed.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
    assert!(sealed.ends_with(b"\n") && columns <= Some(80));
    let at = usize::from(u16::from_le_bytes([head[1], head[2]])) % sealed.len();
    sealed[at] = head[3];
    let opened = Vault::parse(&sealed).and_then(|vault| vault.open(PASSWORD));
    match opened {
        Ok(opened) => assert!(*opened == plain, "byte {at} as {:#x} gives another text", head[3]),
        Err(error) => check_error(&error),
    }
}

/// A label goes round; marks are six digits.
fn labelled(text: &[u8]) {
    static MARKER: OnceLock<Marker> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(text) else { return };
    let mark = MARKER.get_or_init(|| Marker::new(PASSWORD, b"salt")).mark(text);
    assert!(mark.len() == 6 && mark.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let label = text.lines().next().unwrap_or_default();
    let Ok(header) = Header::labelled(label) else { return };
    let sealed = vault::seal(b"", PASSWORD, &salt(*b"mark"), header);
    let parsed = Vault::parse(sealed.as_bytes()).expect("a label that was taken cannot be read");
    assert_eq!(parsed.label(), Some(label));
    assert_eq!(parsed.open(PASSWORD).map(|plain| plain.len()), Ok(0));
}
