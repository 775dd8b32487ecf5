//! Words for commands in messages, so that they can be pasted into a shell as they stand.

use std::borrow::Cow;

/// `text` as one word of a shell, in single quotes where it needs them.
pub(super) fn word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@:+,=%".contains(c);
    let safe = !text.is_empty() && text.chars().all(plain);
    if safe { text.into() } else { format!("'{}'", text.replace('\'', r"'\''")).into() }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn words_are_quoted_where_a_shell_would_split_or_read_them() {
        assert_eq!(word("/home/a/.ssh/id_ed25519.pub"), "/home/a/.ssh/id_ed25519.pub");
        assert_eq!(word("my key"), "'my key'");
        assert_eq!(word("it's $x"), r"'it'\''s $x'");
        assert_eq!(word(""), "''");
    }
}
