//! Private keys in the PEM formats of OpenSSL: whether OpenSSH, which has OpenSSL read them, loads them.
//!
//! Promises: judges the marks, the lines and the length of what is inside; the key itself is not read.

use zeroize::Zeroizing;

use super::armour;
use super::error::KeyError;
use super::private_kind::PrivateKind;

/// The first byte of a key inside: a SEQUENCE of DER.
const SEQUENCE: u8 = 0x30;

/// Why a private key of this kind is not taken: it cannot be loaded, or its public half is not read here.
pub(super) fn refusal(text: &[u8], kind: PrivateKind) -> KeyError {
    let Some(label) = kind.label() else { return KeyError::PrivateFormat { kind } };
    let text = armour::without_cr(text);
    let Some(what) = fault(&text, label) else { return KeyError::PrivateFormat { kind } };
    match armour::unmarked(&text) {
        Some(body) if is_whole(&body) => KeyError::PrivateLayout { kind, what },
        _ => KeyError::PrivateDamaged { what },
    }
}

/// What keeps OpenSSL from reading the first key of a text without CR (PEM_read_bio): its marks have lines of their own, and
/// no blank line parts it. What is around it does not count.
fn fault(text: &[u8], label: &str) -> Option<&'static str> {
    let text = text.strip_prefix(armour::BOM).unwrap_or(text);
    let mark = |word: &str| format!("-----{word} {label}-----");
    let (begin, end) = (mark("BEGIN"), mark("END"));
    let lines = || text.split(|byte| *byte == b'\n');
    let mut body = lines().skip_while(|line| line.trim_ascii_end() != begin.as_bytes()).skip(1);
    let mut number = 0;
    let mut is_parted = false;
    let mut has_headers = false;
    loop {
        match body.next().map(<[u8]>::trim_ascii_end) {
            Some(line) if line == end.as_bytes() => {
                return (is_parted && !has_headers).then_some("a blank line is in it");
            }
            Some(line) => {
                has_headers |= line.contains(&b':');
                is_parted |= line.is_empty() && number > 0;
                number += 1;
            }
            None => break,
        }
    }
    let holds = |line: &[u8], mark: &str| line.windows(mark.len()).any(|window| window == mark.as_bytes());
    Some(match lines().find(|line| holds(line, &begin)) {
        _ if !holds(text, &end) => "its END line is missing",
        Some(line) if holds(line, &end) => "its line breaks are missing",
        Some(line) if line.trim_ascii() == begin.as_bytes() && line.first().is_some_and(u8::is_ascii_whitespace) => {
            "it is indented"
        }
        _ => "its BEGIN or END mark is not alone on a line",
    })
}

/// Whether the bytes are one SEQUENCE of DER, with the length that it says.
fn is_whole(body: &Zeroizing<Vec<u8>>) -> bool {
    let Some(([SEQUENCE, first], rest)) = body.split_first_chunk() else { return false };
    let Some(count) = first.checked_sub(0x80) else { return rest.len() == usize::from(*first) };
    let Some((length, content)) = rest.split_at_checked(usize::from(count)) else { return false };
    let length = length.iter().try_fold(0_usize, |sum, byte| Some(sum.checked_mul(256)? + usize::from(*byte)));
    length == Some(content.len())
}
