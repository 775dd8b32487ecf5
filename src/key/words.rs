//! The words of a line, and whether a key begins among them.

use super::policy::Algorithm;
use super::text::SPACE_OR_TAB;

/// How the base64 of every key data begins: the length of a name of less than 64 Ki bytes.
pub(super) const KEY_DATA: &str = "AAAA";

/// The first word of `text`, and what follows it and the spaces after it.
pub(super) fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_at(text.find(SPACE_OR_TAB).unwrap_or(text.len()));
    (word, rest.trim_start_matches(SPACE_OR_TAB))
}

/// Whether another key begins inside the comment: the line break between the two was lost. The name of its algorithm may
/// be glued to anything.
pub(super) fn holds_key(comment: &str) -> bool {
    let mut rest = comment;
    while !rest.is_empty() {
        let (first, after) = word(rest);
        if after.starts_with(KEY_DATA) && Algorithm::ends(first) {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

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
