//! Lines with a key in them that belong to another program: YAML, and known_hosts.

use super::error::KeyError;
use super::options;
use super::words::holds_key;

/// Refuses an item of YAML, and a line of known_hosts with a marker.
pub(super) fn refuse(line: &str) -> Result<(), KeyError> {
    let is_marked = line.starts_with("@cert-authority ") || line.starts_with("@revoked ");
    if is_marked && holds_key(line) {
        return Err(KeyError::KnownHosts);
    }
    if is_yaml(line) { Err(KeyError::YamlItem) } else { Ok(()) }
}

/// `error` about what stands before a key, or what that is instead of options.
pub(super) fn named(before: &str, error: KeyError) -> KeyError {
    match error {
        KeyError::UnknownOption { number: 1 } if is_hosts(before) => KeyError::KnownHosts,
        error => error,
    }
}

/// `- KEY`, `NAME: KEY`, or both, with or without quotes.
fn is_yaml(line: &str) -> bool {
    let item = line.strip_prefix("- ").map(str::trim_start);
    let rest = item.unwrap_or(line);
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let value = rest.split_once(": ").filter(|(name, _)| is_name(name)).map(|(_, value)| value);
    (item.is_some() || value.is_some()) && holds_key(value.unwrap_or(rest))
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
        for before in ["- ", "-   ", "public_key: ", "- public_key: ", "key: from=\"x\" ", "- no-pty "] {
            for (open, close) in [("", ""), ("\"", "\""), ("'", "'")] {
                assert_eq!(refused(&format!("{before}{open}{ED25519}{close}")), KeyError::YamlItem, "{before}");
            }
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
