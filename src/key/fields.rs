//! Splits one line of authorized_keys into its fields, as sshd does (OpenSSH's auth2-pubkeyfile.c).
//!
//! Promises: a first word that names an algorithm begins a key; any other begins options, which end at the first
//! space outside quotes. Refuses lines in which neither leads to a key, by what is most likely wrong with them.

use super::error::KeyError;
use super::foreign;
use super::options;
use super::policy::Algorithm;
use super::text::{SPACE_OR_TAB, quoted};
use super::unfilled::is_unfilled;
use super::words::{KEY_DATA, holds_key, word};

/// The fields of a line, as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    pub(super) options: Option<&'a str>,
    pub(super) algorithm: &'a str,
    pub(super) base64: &'a str,
    pub(super) comment: &'a str,
}

impl Fields<'_> {
    /// Whether another key begins after the first: in its comment, or glued to its data.
    pub(super) fn hold_two_keys(&self) -> bool {
        holds_key(self.comment) || Algorithm::ends(self.base64) && self.comment.starts_with(KEY_DATA)
    }
}

/// Splits `line`, which has no spaces around it.
///
/// # Errors
/// [`KeyError::NoAlgorithm`], [`KeyError::UnknownAlgorithm`], [`KeyError::NoKeyData`],
/// [`KeyError::Quoted`], or one about the options.
pub(super) fn split(line: &str) -> Result<Fields<'_>, KeyError> {
    if Algorithm::is_named(word(line).0) {
        return key(None, line);
    }
    let unquoted = line.trim_start_matches(['"', '\'', '`', '“', '‘']);
    if unquoted != line && Algorithm::is_named(word(unquoted).0) {
        return Err(KeyError::Quoted);
    }
    foreign::refuse(line)?;
    refuse_unknown(line)?;
    let end = options::end(line).ok_or(KeyError::UnterminatedQuote)?;
    let (before, rest) = line.split_at(end);
    let rest = rest.trim_start_matches(SPACE_OR_TAB);
    if Algorithm::is_named(word(rest).0) {
        options::check(before).map_err(|error| foreign::named(before, error))?;
        return key(Some(before), rest);
    }
    refuse_unknown(rest)?;
    Err(if is_unfilled(line) { KeyError::Unfilled } else { KeyError::NoAlgorithm })
}

/// Whether the line has nothing but the next part of a broken key: base64 where an algorithm should be.
pub(super) fn continues_key(line: &str) -> bool {
    let (first, rest) = word(line.trim_matches(SPACE_OR_TAB));
    !first.is_empty() && is_base64(first) && !Algorithm::is_named(word(rest).0)
}

/// Whether all characters are of base64.
pub(super) fn is_base64(word: &str) -> bool {
    word.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'='))
}

/// Splits what begins with the name of an algorithm.
fn key<'a>(options: Option<&'a str>, text: &'a str) -> Result<Fields<'a>, KeyError> {
    let (algorithm, rest) = word(text);
    let (base64, comment) = word(rest);
    if base64.is_empty() {
        return Err(KeyError::NoKeyData { algorithm: quoted(algorithm) });
    }
    Ok(Fields { options, algorithm, base64, comment })
}

/// Refuses an algorithm that nobody knows before key data. A word that could itself be base64, so part of a private
/// key, is never quoted.
fn refuse_unknown(text: &str) -> Result<(), KeyError> {
    let (first, rest) = word(text);
    if !rest.starts_with(KEY_DATA) || options::check(first).is_ok() {
        return Ok(());
    }
    if is_base64(first) || !first.contains('-') {
        return Err(KeyError::NoAlgorithm);
    }
    Err(KeyError::UnknownAlgorithm { name: quoted(first) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_split_as_sshd_splits_them() {
        let plain = Fields { options: None, algorithm: "ssh-rsa", base64: "AAAAB3", comment: "" };
        assert_eq!(split("ssh-rsa AAAAB3"), Ok(plain));
        let spaces = Fields { options: None, algorithm: "ssh-rsa", base64: "AAAAB3", comment: "a  b" };
        assert_eq!(split("ssh-rsa \t  AAAAB3\t \ta  b"), Ok(spaces));
        let options = r#"from="a,b",command="echo \"ssh-rsa AAAA\" x""#;
        let with = Fields { options: Some(options), algorithm: "ssh-rsa", base64: "AAAAB3", comment: "c" };
        assert_eq!(split(&format!("{options}\t ssh-rsa AAAAB3 c")), Ok(with));
    }

    #[test]
    fn lines_without_a_key_say_what_is_missing() {
        let unknown = |name: &str| KeyError::UnknownAlgorithm { name: name.into() };
        let cases = [
            ("hello", KeyError::NoAlgorithm),
            ("hello there world", KeyError::NoAlgorithm),
            ("AAAAC3NzaC1lZDI1NTE5AAAAI", KeyError::NoAlgorithm),
            ("ed25519 AAAAC3", KeyError::NoAlgorithm),
            ("restrict AAAAC3", KeyError::NoAlgorithm),
            ("restrict hello", KeyError::NoAlgorithm),
            ("\"ssh-rsa AAAAB3 c\"", KeyError::Quoted),
            ("'ssh-rsa AAAAB3 c'", KeyError::Quoted),
            ("\"x ssh-rsa AAAAB3 c\"", KeyError::NoAlgorithm),
            ("ssh-rsa", KeyError::NoKeyData { algorithm: "ssh-rsa".into() }),
            ("restrict ssh-rsa", KeyError::NoKeyData { algorithm: "ssh-rsa".into() }),
            ("ssh-foo AAAAC3 c", unknown("ssh-foo")),
            ("SSH-RSA AAAAC3 c", unknown("SSH-RSA")),
            ("no-pty ssh-'fo\"o AAAAC3 c", unknown("ssh-\\'fo\\\"o")),
            ("command=\"x ssh-rsa AAAAB3", KeyError::UnterminatedQuote),
            ("restrict,,ptty ssh-rsa AAAAB3", KeyError::UnknownOption { number: 3 }),
            ("- ssh-rsa AAAAB3", KeyError::YamlItem { is_plain: true }),
            ("example.com ssh-rsa AAAAB3", KeyError::KnownHosts),
        ];
        for (line, error) in cases {
            assert_eq!(split(line), Err(error), "{line}");
        }
    }

    #[test]
    fn the_rest_of_a_key_is_seen() {
        assert!(continues_key(" c5xz0eAEFHZ3Ogh3FEFI2345 fake@key"));
        assert!(continues_key("AAAA=="));
        assert!(!continues_key("ssh-rsa AAAAB3"));
        assert!(!continues_key("restrict ssh-rsa AAAAB3"));
        assert!(!continues_key("a-comment"));
    }
}
