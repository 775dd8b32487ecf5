//! The words of a line, and whether a key begins among them.

use base64ct::{Base64Unpadded, Encoding};

use super::policy::{self, Algorithm};
use super::text::SPACE_OR_TAB;

/// How the base64 of every key data begins: the length of a name of less than 64 Ki bytes.
pub(super) const KEY_DATA: &str = "AAAA";

/// The first word of `text`, and what follows it and the spaces after it.
pub(super) fn word(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start_matches(SPACE_OR_TAB))
}

/// Least bytes of key data that is told from any other base64: a name and more.
const MIN_DATA_BYTES: usize = 16;
/// Characters of base64 in which the longest name ends.
const MAX_DATA_CHARS: usize = 96;

/// Whether another key begins inside the comment: the line break between the two was lost, or its data alone was pasted.
/// Either may be glued to anything.
pub(super) fn holds_key(comment: &str) -> bool {
    names_key(comment) || holds_data(comment)
}

/// Whether the name of an algorithm and key data are in the text.
pub(super) fn names_key(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let (first, after) = word(rest);
        if after.starts_with(KEY_DATA) && Algorithm::ends(first) {
            return true;
        }
        rest = after;
    }
    false
}

/// Whether key data is in the text: base64 that begins with the name of an algorithm, and goes on.
fn holds_data(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(KEY_DATA) {
        if is_data(&rest[start..]) {
            return true;
        }
        rest = &rest[start + 1..];
    }
    false
}

/// Whether the base64 at the start of the text is key data, whatever follows it.
fn is_data(text: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let digits = text.bytes().take(MAX_DATA_CHARS).take_while(is_digit).count();
    let Ok(bytes) = Base64Unpadded::decode_vec(&text[..digits / 4 * 4]) else { return false };
    bytes.len() >= MIN_DATA_BYTES && policy::inner_name(&bytes).is_ok_and(Algorithm::is_inside)
}

#[cfg(test)]
mod tests {
    use super::super::test_keys::{CERT, DSA, ED25519, P256, RSA_3072, SK_ED25519, SK_P256, base64};
    use super::*;

    #[test]
    fn key_data_is_seen_whatever_it_is_glued_to() {
        for key in [ED25519, RSA_3072, P256, SK_ED25519, SK_P256, DSA, CERT] {
            let data = base64(key);
            for before in
                ["", "laptop ", "ssh-ed25519", "ssh-ed25519=", ",", "\"", ": ", "SSH-ED25519 ", "é", "A", "AAAA", "x\t"]
            {
                for after in ["", " bob", "\"", "x", "é"] {
                    assert!(holds_key(&format!("{before}{data}{after}")), "{before:?} {after:?} {key}");
                }
            }
            assert!(!names_key(data) && !holds_key(&data[..20]), "{key}");
        }
        for comment in [
            "alice@laptop",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAC3NzaC1lZDI1NTE5 is how they begin",
            "AAAABGFiY2QAAAAEYWJjZAAAAARhYmNk",
            "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert!(!holds_key(comment), "{comment}");
        }
    }

    #[test]
    fn a_key_is_seen_whatever_it_is_glued_to() {
        assert!(holds_key("alice ssh-rsa AAAAB3 bob"));
        for glued in ["alicessh-rsa AAAAB3", "alice,ssh-ed25519  AAAAC3 bob", "a sk-ssh-ed25519@openssh.com AAAAG"] {
            assert!(holds_key(glued), "{glued}");
        }
        assert!(
            holds_key("xecdsa-sha2-nistp256 AAAAE2")
                && holds_key("-rsa-sha2-512\tAAAAB3")
                && holds_key(".ssh-dss AAAA")
        );
        assert!(!holds_key("alice's ssh-rsa key") && !holds_key("ssh-rsaAAAA") && !holds_key("AAAA AAAA"));
    }
}
