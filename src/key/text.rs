//! Judges text before it is read as a key line: characters nobody sees, templates, and text that is something else.
//!
//! Promises: looks at characters only. Refuses invisible and control characters, Jinja, PEM, web pages and addresses.

use super::armour;
use super::error::KeyError;
use super::unfilled::is_unfilled;

/// What separates the fields of a line, as sshd sees it.
pub(super) const SPACE_OR_TAB: [char; 2] = [' ', '\t'];

/// Longest quotation of untrusted text in a message, in characters.
const MAX_QUOTED: usize = 40;

/// Characters that are not seen, or that change how others are seen: an inclusive range each.
const HIDDEN: [(char, char); 23] = [
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{a0}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffc}'),
    ('\u{fffe}', '\u{ffff}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// `text` for a message: escaped, and cut after [`MAX_QUOTED`] characters.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_QUOTED).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        shown.push('…');
    }
    shown
}

/// Refuses a character that nobody sees; the tab passes where `tabs` says so.
pub(super) fn refuse_hidden(text: &str, tabs: bool) -> Result<(), KeyError> {
    let hidden = |c: char| HIDDEN.iter().any(|&(first, last)| (first..=last).contains(&c)) && !(tabs && c == '\t');
    match text.chars().enumerate().find(|&(_, c)| !matches!(c, ' '..='~') && hidden(c)) {
        Some((index, c)) => Err(KeyError::Hidden { code: u32::from(c), at: index + 1 }),
        None => Ok(()),
    }
}

/// Refuses what Ansible would evaluate.
pub(super) fn refuse_jinja(text: &str) -> Result<(), KeyError> {
    // Almost no line has a brace.
    let Some(brace) = text.find('{') else { return Ok(()) };
    match ["{{", "{%", "{#"].into_iter().find(|marker| text[brace..].contains(marker)) {
        Some(marker) => Err(KeyError::Jinja { marker }),
        None => Ok(()),
    }
}

/// Refuses text that is plainly something else than key lines, by what it is.
pub(crate) fn refuse_foreign(text: &str) -> Result<(), KeyError> {
    if armour::private_kind(text.as_bytes()).is_some() {
        return Err(KeyError::PrivateKeyText);
    }
    let start = text.trim_start();
    let begins = |prefix: &str| start.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    if start.is_empty() {
        return Err(KeyError::Empty);
    }
    if begins("http://") || begins("https://") {
        return Err(KeyError::Url);
    }
    if start.starts_with('<') {
        return Err(if is_unfilled(start) { KeyError::Unfilled } else { KeyError::Html });
    }
    if start.starts_with("---- BEGIN SSH2 PUBLIC KEY") {
        return Err(KeyError::Rfc4716);
    }
    match armour::pem_label(start) {
        Some(label) if label.ends_with("PUBLIC KEY") => Err(KeyError::PemPublicKey),
        Some(label) => Err(KeyError::PemOther { label: quoted(label) }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_are_escaped_and_short() {
        assert_eq!(quoted("a\u{1b}[2J\u{202e}b"), "a\\u{1b}[2J\\u{202e}b");
        assert_eq!(quoted(&"x".repeat(41)), format!("{}…", "x".repeat(40)));
        assert_eq!(quoted(&"é".repeat(40)), "é".repeat(40));
    }

    #[test]
    fn every_hidden_character_is_named_with_its_place() {
        let listed = "\0\x07\x1b\x7f\u{80}\u{85}\u{9f}\u{a0}\u{ad}\u{200b}\u{200f}\u{2028}\u{202e}\u{2060}\u{2064}\
                      \u{2066}\u{2069}\u{feff}\u{e0041}";
        for c in listed.chars() {
            let found = refuse_hidden(&format!("é{c}x"), true);
            assert_eq!(found, Err(KeyError::Hidden { code: u32::from(c), at: 2 }));
        }
        assert_eq!(refuse_hidden("a\tb", true), Ok(()));
        assert_eq!(refuse_hidden("a\tb", false), Err(KeyError::Hidden { code: 9, at: 2 }));
        assert_eq!(refuse_hidden("Zoë's MacBook 💻 日本語 ~!", false), Ok(()));
    }

    #[test]
    fn jinja_is_what_opens_a_template() {
        for (text, marker) in [("a {{ 7*7 }}", "{{"), ("{% if %}", "{%"), ("x{#y", "{#")] {
            assert_eq!(refuse_jinja(text), Err(KeyError::Jinja { marker }));
        }
        assert_eq!(refuse_jinja("{ a }} %} #}"), Ok(()));
    }

    #[test]
    fn text_that_is_something_else_is_named() {
        let cases = [
            (" \n\t", KeyError::Empty),
            ("https://github.com/alice.keys", KeyError::Url),
            ("HTTP://example.org/é", KeyError::Url),
            ("<!DOCTYPE html>", KeyError::Html),
            ("\n  <html>", KeyError::Html),
            ("---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\n", KeyError::Rfc4716),
            ("-----BEGIN PUBLIC KEY-----\n", KeyError::PemPublicKey),
            ("-----BEGIN RSA PUBLIC KEY-----\n", KeyError::PemPublicKey),
            ("-----BEGIN CERTIFICATE-----\n", KeyError::PemOther { label: "CERTIFICATE".into() }),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\n", KeyError::PrivateKeyText),
            ("x -----BEGIN OPENSSH PRIVATE KEY----- b3Bl", KeyError::PrivateKeyText),
            ("PuTTY-User-Key-File-3: ssh-ed25519", KeyError::PrivateKeyText),
        ];
        for (text, error) in cases {
            assert_eq!(refuse_foreign(text), Err(error), "{text}");
        }
        assert_eq!(refuse_foreign("é"), Ok(()));
    }
}
