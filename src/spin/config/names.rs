//! Checks names of accounts and groups, and other words that go into the file.

use std::borrow::Cow;

/// Checks the name of an account: letters, digits, `_`, `-` and `.`, at most 32 bytes, not starting with `-` or `.`.
///
/// useradd (shadow) on Debian and Ubuntu accepts these and some that break paths and scripts. Spin creates accounts
/// with upper case and all-digit names.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    check("user name", name)
}

/// Whether useradd on Debian and Ubuntu accepts the name. (Observed: it refuses spaces, `:` and `,`, a leading `-`, `+`
/// or `~`, and more than 32 characters; it accepts `/`, `@` and `$`.)
pub(crate) fn is_account_name(name: &str) -> bool {
    let refused = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ':' | ',');
    !name.is_empty() && name.len() <= 32 && !name.starts_with(['-', '+', '~']) && !name.contains(refused)
}

/// The name of an account for reports, which repeat it for each of its keys: cut where it is far too long to be one.
pub(crate) fn in_short(name: Cow<'_, str>) -> Cow<'_, str> {
    const LONG: usize = 256;
    if name.len() > LONG { Cow::Owned(crate::yaml::quote(&name)) } else { name }
}

/// [`check_name`] for a group.
///
/// # Errors
/// What is wrong with it.
pub fn check_group(name: &str) -> Result<(), String> {
    check("group name", name)
}

fn check(what: &str, name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err(format!("the {what} is empty"));
    }
    if name.len() > 32 {
        return Err(format!("the {what} is longer than 32 bytes, which Linux does not accept"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if let Some(odd) = name.chars().find(|c| !allowed(*c)) {
        return Err(format!("the {what} `{}` contains {}", crate::yaml::quote(name), describe(odd)));
    }
    if name.starts_with(['-', '.']) {
        return Err(format!("the {what} `{name}` starts with `{}`", &name[..1]));
    }
    Ok(())
}

fn describe(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        c => format!("`{}`", c.escape_debug()),
    }
}

/// Checks free text for the file, such as a full name: no control characters, no Jinja.
///
/// # Errors
/// What is wrong with it.
pub fn check_label(what: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(format!("the {what} is empty"));
    }
    if let Some(odd) = text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | ':'))
    {
        return Err(format!("the {what} contains {}", describe(odd)));
    }
    match ["{{", "{%", "{#"].iter().find(|mark| text.contains(**mark)) {
        Some(mark) => Err(format!("the {what} contains `{mark}`: Ansible would evaluate it as a template")),
        None => Ok(()),
    }
}

/// Whether `a` is likely a typo of `b`: they differ in case and punctuation only, by one typo in four letters or more,
/// or by two in eight or more (Damerau-Levenshtein).
#[must_use]
pub fn is_close(a: &str, b: &str) -> bool {
    let (shorter, longer) = (a.chars().count().min(b.chars().count()), a.chars().count().max(b.chars().count()));
    let slips = match longer {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    let are_few = || strsim::osa_distance(&a.to_ascii_lowercase(), &b.to_ascii_lowercase()) <= slips;
    a != b && (letters(a).eq(letters(b)) || (longer - shorter <= slips && are_few()))
}

/// A name in lower case, without punctuation.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !b"-_.".contains(byte)).map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_linux_takes() {
        for good in ["alice", "a", "_x", "web-1", "Alice", "123", "first.last", &"a".repeat(32)] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "alice;rm", "a b", "-a", ".a", "..", "a/b", "ä", "a:b", "a\n", "{{x}}", &"a".repeat(33)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn labels_carry_no_templates() {
        assert!(check_label("full name", "Zoë O'Hara-Smith").is_ok());
        for bad in ["", "{{ x }}", "a {% b", "{#", "a\nb", "a\u{1b}[0m", "a:b"] {
            assert!(check_label("full name", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn slips_are_close_and_other_people_are_not() {
        for (a, b) in
            [("alic", "alice"), ("alcie", "alice"), ("Alice", "alice"), ("a.smith", "asmith"), ("bobb", "bob")]
        {
            assert!(is_close(a, b), "{a} {b}");
        }
        for (a, b) in [("alice", "alice"), ("bob", "rob"), ("ann", "anna1"), ("alice", "clive"), ("dan", "dana2")] {
            assert!(!is_close(a, b), "{a} {b}");
        }
    }
}
