//! The options before a key in authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
//!
//! Promises: finds their end exactly where sshd's `sshkey_advance_past_options` does. Refuses what makes sshd's
//! `sshauthopt_parse` skip the whole line in silence: unknown or repeated options, missing, unwanted and wrong values;
//! and a `from` that matches nothing. Empty options are none: sshd takes `pty,,restrict`.

use super::error::KeyError;
use super::expiry;
use super::option_values as values;

/// Options without a value; all but the first two may be negated by `no-`.
const FLAGS: [&str; 9] = [
    "restrict",
    "cert-authority",
    "port-forwarding",
    "agent-forwarding",
    "x11-forwarding",
    "touch-required",
    "verify-required",
    "pty",
    "user-rc",
];

/// Options with a value in double quotes.
const VALUED: [&str; 8] =
    ["command", "principals", "from", "expiry-time", "environment", "permitopen", "permitlisten", "tunnel"];

/// Options that sshd takes once at most.
const ONCE: [&str; 3] = ["command", "principals", "from"];

/// Where the options that `line` starts with end, in bytes: at a space outside quotes, or at the end of the line.
/// `None` where a quote is not closed.
pub(super) fn end(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let (mut at, mut inside) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' if !inside => break,
            b'\\' if bytes.get(at + 1) == Some(&b'"') => at += 1,
            b'"' => inside = !inside,
            _ => {}
        }
        at += 1;
    }
    (!inside).then_some(at)
}

/// Whether sshd would take these options, as far as that can be seen without running them.
///
/// # Errors
/// [`KeyError::UnknownOption`], [`KeyError::OptionValue`], [`KeyError::RepeatedOption`], [`KeyError::FromNothing`],
/// [`KeyError::LonePrincipals`].
pub(super) fn check(options: &str) -> Result<(), KeyError> {
    let mut seen: Vec<String> = Vec::new();
    let mut rest = options;
    for number in 1.. {
        let name = name(rest);
        let next = past_option(rest, number)?;
        if ONCE.contains(&name.as_str()) && seen.contains(&name) {
            return Err(KeyError::RepeatedOption { number });
        }
        check_value(&name, &value(rest, next), number)?;
        seen.push(name);
        if next.is_empty() {
            break;
        }
        rest = next.strip_prefix(',').ok_or(KeyError::OptionValue { number })?;
    }
    match seen.iter().position(|name| name == "principals") {
        Some(index) if !seen.iter().any(|name| name == "cert-authority") => {
            Err(KeyError::LonePrincipals { number: index + 1 })
        }
        _ => Ok(()),
    }
}

/// Whether sshd takes the value of an option of this name.
fn check_value(name: &str, value: &str, number: usize) -> Result<(), KeyError> {
    let taken = match name {
        "from" if !values::from_can_match(value) => return Err(KeyError::FromNothing { number }),
        "expiry-time" => expiry::seconds(value).is_some_and(|time| time > 0),
        "environment" => values::is_environment(value),
        "permitopen" => values::is_permit(value),
        "permitlisten" if !value.contains(':') => values::is_port(value),
        "permitlisten" => values::is_permit(value),
        "tunnel" => values::is_tunnel(value),
        _ => true,
    };
    if taken { Ok(()) } else { Err(KeyError::OptionValue { number }) }
}

/// Whether the text looks like an option, or one that is mistyped.
pub(super) fn is_like_one(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let known = FLAGS.iter().chain(&VALUED).any(|name| strsim::levenshtein(name, &text) <= 2);
    known || text.starts_with("no-")
}

/// Whether the options make the key one that signs certificates, instead of one that logs in.
pub(super) fn has_cert_authority(options: &str) -> bool {
    let mut rest = options;
    while let Ok(next) = past_option(rest, 1) {
        if name(rest) == "cert-authority" {
            return true;
        }
        match next.strip_prefix(',') {
            Some(after) => rest = after,
            None => break,
        }
    }
    false
}

/// The time after which sshd does not take the key, in seconds since 1970, if the options name one: the earliest.
pub(super) fn expiry(options: &str) -> Option<u64> {
    let mut earliest: Option<u64> = None;
    let mut rest = options;
    while let Ok(next) = past_option(rest, 1) {
        if name(rest) == "expiry-time"
            && let Some(time) = expiry::seconds(&value(rest, next))
        {
            earliest = Some(earliest.map_or(time, |known| known.min(time)));
        }
        match next.strip_prefix(',') {
            Some(after) => rest = after,
            None => break,
        }
    }
    earliest
}

/// The name of the option that `text` starts with, in lower case, as sshd compares it.
pub(super) fn name(text: &str) -> String {
    text.split(['=', ',', '"', ' ', '\t']).next().unwrap_or_default().to_ascii_lowercase()
}

/// The value of the option that `text` starts with and that ends at `next`, without its quotes.
fn value(text: &str, next: &str) -> String {
    let option = text.get(..text.len() - next.len()).unwrap_or_default();
    let quoted = option.split_once("=\"").map_or("", |(_, value)| value.strip_suffix('"').unwrap_or(value));
    quoted.replace("\\\"", "\"")
}

/// The text after the option that `text` starts with.
pub(super) fn past_option(text: &str, number: usize) -> Result<&str, KeyError> {
    let name = name(text);
    let rest = text.get(name.len()..).unwrap_or_default();
    if name.is_empty() {
        let is_empty = rest.is_empty() || rest.starts_with(',');
        return if is_empty { Ok(rest) } else { Err(KeyError::UnknownOption { number }) };
    }
    if VALUED.contains(&name.as_str()) {
        return rest.strip_prefix("=\"").and_then(past_quoted).ok_or(KeyError::OptionValue { number });
    }
    let negated = name.strip_prefix("no-").is_some_and(|flag| FLAGS[2..].contains(&flag));
    if negated || FLAGS.contains(&name.as_str()) { Ok(rest) } else { Err(KeyError::UnknownOption { number }) }
}

/// The text after the closing quote; `\"` is a quote inside.
fn past_quoted(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'\\' if bytes.get(at + 1) == Some(&b'"') => at += 2,
            b'"' => return text.get(at + 1..),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_end_where_sshd_says() {
        assert_eq!(end("no-pty ssh"), Some(6));
        assert_eq!(end("no-pty\tssh"), Some(6));
        assert_eq!(end(r#"command="a b" x"#), Some(13));
        assert_eq!(end(r#"command="say \"a b\" c" x"#), Some(23));
        assert_eq!(end(r#"a\"b c"#), Some(4));
        assert_eq!(end("whole"), Some(5));
        assert_eq!(end(r#"command="a b x"#), None);
        assert_eq!(end(r#"command="a\" b x"#), None);
    }

    #[test]
    fn options_that_sshd_takes_pass() {
        let taken = [
            "restrict",
            "no-pty,no-X11-forwarding",
            "restrict,,pty",
            ",pty,",
            r#"from="10.0.0.0/8,!10.1.1.1",command="echo \"a, b\" c",restrict,pty"#,
            r#"RESTRICT,permitopen="a:1",permitopen="b:2",expiry-time="20991231""#,
            r#"cert-authority,principals="deploy""#,
            r#"principals="deploy",Cert-Authority"#,
            "no-touch-required,verify-required",
            r#"command="""#,
            r#"tunnel="any",environment="A_1=b c",permitlisten="8080",permitlisten="localhost:*""#,
        ];
        for options in taken {
            assert_eq!(check(options), Ok(()), "{options}");
        }
    }

    #[test]
    fn options_that_make_sshd_skip_the_line_are_refused() {
        let refused = [
            ("fromm=\"a\"", KeyError::UnknownOption { number: 1 }),
            ("pty,\"x\"", KeyError::UnknownOption { number: 2 }),
            ("no-restrict", KeyError::UnknownOption { number: 1 }),
            ("no-cert-authority", KeyError::UnknownOption { number: 1 }),
            ("-", KeyError::UnknownOption { number: 1 }),
            ("é", KeyError::UnknownOption { number: 1 }),
            ("command", KeyError::OptionValue { number: 1 }),
            ("pty,from=10.0.0.1", KeyError::OptionValue { number: 2 }),
            ("pty=\"x\"", KeyError::OptionValue { number: 1 }),
            ("From=\"a\",pty,from=\"b\"", KeyError::RepeatedOption { number: 3 }),
            ("command=\"a\"b", KeyError::OptionValue { number: 1 }),
            ("command=\"a\\\"", KeyError::OptionValue { number: 1 }),
            ("pty,expiry-time=\"soon\"", KeyError::OptionValue { number: 2 }),
            ("expiry-time=\"19700101\"", KeyError::OptionValue { number: 1 }),
            ("environment=\"A-B=c\"", KeyError::OptionValue { number: 1 }),
            ("permitopen=\"host\"", KeyError::OptionValue { number: 1 }),
            ("permitlisten=\"0\"", KeyError::OptionValue { number: 1 }),
            ("tunnel=\"tun0\"", KeyError::OptionValue { number: 1 }),
            ("from=\"\"", KeyError::FromNothing { number: 1 }),
            ("pty,from=\"10.0.0.1/8\"", KeyError::FromNothing { number: 2 }),
            ("pty,principals=\"a\"", KeyError::LonePrincipals { number: 2 }),
            ("principals=\"a\",principals=\"b\"", KeyError::RepeatedOption { number: 2 }),
        ];
        for (options, error) in refused {
            assert_eq!(check(options), Err(error), "{options}");
        }
    }

    #[test]
    fn the_earliest_expiry_counts() {
        assert_eq!(expiry("restrict,pty"), None);
        assert_eq!(expiry(r#"expiry-time="19700102",expiry-time="19700101000001""#), Some(1));
        assert_eq!(expiry(r#"command="expiry-time=\"x\"",,Expiry-Time="19700102""#), Some(86_400));
    }

    #[test]
    fn a_certificate_authority_is_seen() {
        assert!(has_cert_authority("restrict,,Cert-Authority"));
        assert!(has_cert_authority(r#"cert-authority,principals="a""#));
        assert!(!has_cert_authority(r#"command="cert-authority",pty"#));
    }
}
