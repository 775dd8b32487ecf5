//! Lines with a key in them that belong to another program: YAML, and known_hosts.

use super::error::KeyError;
use super::options;
use super::policy::Algorithm;
use super::words::{names_key, word};

/// Refuses an item of YAML, and a line of known_hosts with a marker.
pub(super) fn refuse(line: &str) -> Result<(), KeyError> {
    let is_marked = line.starts_with("@cert-authority ") || line.starts_with("@revoked ");
    if is_marked && names_key(line) {
        return Err(KeyError::KnownHosts);
    }
    yaml(line).map_or(Ok(()), |is_plain| Err(KeyError::YamlItem { is_plain }))
}

/// `error` about what stands before a key, or what that is instead of options.
pub(super) fn named(before: &str, error: KeyError) -> KeyError {
    match error {
        KeyError::UnknownOption { number: 1 } if is_hosts(before) => KeyError::KnownHosts,
        error => error,
    }
}

/// Of `- KEY`, `NAME: KEY`, or both, with or without quotes, or in brackets: whether it is without brackets, and its quotes
/// are those of the hint's command.
fn yaml(line: &str) -> Option<bool> {
    let item = line.strip_prefix("- ").map(str::trim_start);
    let rest = item.unwrap_or(line);
    let inner = rest.trim_start_matches(['{', '[', ' ']);
    // Names of hosts may be in brackets too.
    let is_list = || item.is_some() || inner.starts_with(['"', '\'']) || Algorithm::is_named(word(inner).0);
    if (rest.starts_with('{') || rest.starts_with('[') && is_list()) && names_key(inner) {
        return Some(false);
    }
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let value = rest.split_once(": ").filter(|(name, _)| is_name(name)).map(|(_, value)| value);
    let text = value.unwrap_or(rest);
    ((item.is_some() || value.is_some()) && names_key(text)).then(|| is_plain(text.trim()))
}

/// Whether the key is between quotes, or has neither quotes nor a YAML comment at its end.
fn is_plain(text: &str) -> bool {
    let inner = |quote| text.strip_prefix(quote).map(|rest| (quote, rest.strip_suffix(quote)));
    match inner('"').or_else(|| inner('\'')) {
        Some((quote, Some(inner))) => !inner.contains(quote) && !inner.contains('\\'),
        Some((_, None)) => false,
        None => !text.ends_with(['"', '\'']) && !text.contains(" #"),
    }
}

/// Names of hosts, hashed or not, rather than a mistyped option.
fn is_hosts(text: &str) -> bool {
    let of_hosts = |byte: u8| byte.is_ascii_alphanumeric() || b"._-,:*?![]|+/=".contains(&byte);
    if text.starts_with('-') || !text.bytes().all(of_hosts) {
        return false;
    }
    text.starts_with('|') || !text.contains('=') && (text.contains(['.', ':', '*', '[']) || !options::is_like_one(text))
}

#[cfg(test)]
mod tests {
    use super::super::test_keys::ED25519;
    use super::*;
    use crate::key::KeyLine;

    fn refused(line: &str) -> KeyError {
        KeyLine::parse(line).expect_err(line)
    }

    #[test]
    fn items_of_yaml_are_named() {
        for before in ["- ", "-   ", "public_key: ", "- public_key: "] {
            for (open, close) in
                [("", ""), ("\"", "\""), ("'", "'"), ("no-pty ", ""), ("from=\"x\" ", ""), ("'no-pty ", "'")]
            {
                let error = KeyError::YamlItem { is_plain: true };
                assert_eq!(refused(&format!("{before}{open}{ED25519}{close}")), error, "{before}{open}");
            }
        }
        for (before, after) in [
            ("- { public_key: \"", "\", state: present }"),
            ("{public_key: ", "}"),
            ("- [\"", "\"]"),
            ("[ ", " ]"),
            ("- \"", "\" # mine"),
            ("- ", " # mine"),
            ("- no-pty \"", "\""),
            ("key: \"from=\"x\" ", "\""),
            ("public_key: \"from=\\\"x\\\" ", "\""),
        ] {
            let error = KeyError::YamlItem { is_plain: false };
            assert_eq!(refused(&format!("{before}{ED25519}{after}")), error, "{before}");
        }
        assert_eq!(refused("- hello: world"), KeyError::NoAlgorithm);
    }

    #[test]
    fn lines_of_known_hosts_are_named() {
        let hashed = "|1|wWpAq8gWlFGEnT9oRTZlN5+NdOI=|lJyGnjXDaYqAOR+o/8hd6uT1yVc=";
        for before in [
            "@cert-authority *.example.com",
            "@revoked *",
            "example.com",
            "[10.0.0.1]:2222",
            "a,b",
            "server",
            "::1",
            hashed,
        ] {
            assert_eq!(refused(&format!("{before} {ED25519}")), KeyError::KnownHosts, "{before}");
        }
        for before in ["no-foo", "no-ptty", "restricted", "-", "from=10.0.0.1", "é"] {
            assert_ne!(refused(&format!("{before} {ED25519}")), KeyError::KnownHosts, "{before}");
        }
    }
}
