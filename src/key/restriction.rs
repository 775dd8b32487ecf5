//! Whether other options let a key do more (sshd(8), AUTHORIZED_KEYS FILE FORMAT).

use super::options::{name, past_option};

/// Whether a key with the options `after` can do no more than with `before`: they are the same in their order, with others
/// in between that only restrict. `None` if there are no options.
pub(crate) fn only_restrict(before: Option<&str>, after: Option<&str>) -> bool {
    if before == after {
        return true;
    }
    let (had, has) = (each(before.unwrap_or_default()), each(after.unwrap_or_default()));
    let (Some(had), Some(has)) = (had, has) else { return false };
    let mut had = had.into_iter().peekable();
    let all = has.into_iter().all(|option| had.next_if_eq(&option).is_some() || restricts(option));
    all && had.peek().is_none()
}

/// Whether the option can only take something away, wherever it stands.
fn restricts(option: &str) -> bool {
    let name = name(option);
    // Not `command`: its program runs as the account.
    let flags = ["restrict", "touch-required", "verify-required", "from", "expiry-time"];
    let is_negated = name.strip_prefix("no-").is_some_and(|flag| !flag.ends_with("required"));
    is_negated || flags.contains(&name.as_str())
}

/// The options one by one; `None` if sshd does not take them.
pub(super) fn each(options: &str) -> Option<Vec<&str>> {
    let (mut found, mut rest) = (Vec::new(), options);
    loop {
        let next = past_option(rest, 1).ok()?;
        found.push(rest.strip_suffix(next)?);
        if next.is_empty() {
            found.retain(|option| !option.is_empty());
            return Some(found);
        }
        rest = next.strip_prefix(',')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_only_restrict_are_told_from_those_that_open() {
        for (before, after, only) in [
            ("", "restrict", true),
            ("", r#"from="10.0.0.1,10.0.0.2""#, true),
            ("", r#"restrict,command="a, b""#, false),
            ("restrict,pty", "restrict,pty,no-pty", true),
            ("pty", "restrict,pty", true),
            ("restrict,pty", "pty,restrict", false),
            ("restrict", "", false),
            ("restrict", "restrict,pty", false),
            (r#"from="10.0.0.1""#, r#"from="0.0.0.0/0""#, false),
            ("", r#"permitopen="a:1""#, false),
            ("", "no-touch-required", false),
            ("", "cert-authority", false),
            ("", "environment=\"A=b\"", false),
            ("", "mistyped", false),
        ] {
            assert_eq!(only_restrict(Some(before), Some(after)), only, "{before} -> {after}");
        }
        assert!(only_restrict(None, None));
    }
}
