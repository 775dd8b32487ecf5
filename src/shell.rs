//! Quotes words of commands in messages, so that the commands can be pasted into a shell.

use std::borrow::Cow;

/// The environment variable with the passphrase of a new key. It is not passed to child processes.
pub const PASSPHRASE_VARIABLE: &str = "SPIN_KEYS_PASSPHRASE";

/// `text` as one shell word, in single quotes if it needs them.
#[must_use]
pub fn word(text: &str) -> Cow<'_, str> {
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
