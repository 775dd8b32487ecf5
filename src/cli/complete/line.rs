//! A command line that is being typed, as a shell reads it up to the cursor.

/// The quotes that are open at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    Nothing,
    Single,
    Double,
}

/// Up to the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Without their quotes; the last one is the word at the cursor, maybe empty.
    pub(super) words: Vec<String>,
    pub(super) open: Open,
}

impl Line {
    /// Splits a line; `None` for one of which a shell makes more than words: a redirection, another command.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut words = Vec::new();
        let (mut word, mut open) = (String::new(), Open::Nothing);
        // Two quotes are a word too.
        let mut is_word = false;
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match (open, c) {
                (Open::Nothing, ' ' | '\t' | '\n') => {
                    words.extend(is_word.then(|| std::mem::take(&mut word)));
                    is_word = false;
                    continue;
                }
                (Open::Nothing, '<' | '>' | '|' | '&' | ';' | '(' | ')' | '`') => return None,
                (Open::Nothing, '\'') => open = Open::Single,
                (Open::Nothing, '"') => open = Open::Double,
                (Open::Single, '\'') | (Open::Double, '"') => open = Open::Nothing,
                (Open::Nothing, '\\') => word.extend(chars.next()),
                (Open::Double, '\\') => match chars.next() {
                    Some(c @ ('"' | '\\' | '$' | '`')) => word.push(c),
                    next => word.extend(std::iter::once('\\').chain(next)),
                },
                (_, c) => word.push(c),
            }
            is_word = true;
        }
        words.push(word);
        Some(Self { words, open })
    }
}

/// What is still to be typed of a word, so that bash reads it as this text; `None` where it cannot be.
pub(super) fn typed(rest: &str, open: Open) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || "_-./@:+,=%".contains(c);
    match open {
        Open::Nothing => {
            let escaped = |c: char| (!plain(c)).then_some('\\').into_iter().chain([c]);
            Some(rest.chars().flat_map(escaped).collect())
        }
        Open::Single => (!rest.contains('\'')).then(|| rest.to_owned()),
        // There is no way to write `!` that a shell with a history leaves alone.
        Open::Double if rest.contains('!') => None,
        Open::Double => {
            let escaped = |c: char| "\"\\$`".contains(c).then_some('\\').into_iter().chain([c]);
            Some(rest.chars().flat_map(escaped).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        let split = |text: &str| Line::of(text).map(|line| (line.words.join("|"), line.open));
        assert_eq!(split("a b "), Some(("a|b|".into(), Open::Nothing)));
        assert_eq!(split(r"a SHA256:x\ y"), Some(("a|SHA256:x y".into(), Open::Nothing)));
        assert_eq!(split("a 'b c' \"d \\\"e"), Some(("a|b c|d \"e".into(), Open::Double)));
        assert_eq!(split("a '' 'b\\"), Some(("a||b\\".into(), Open::Single)));
        assert_eq!(split("a \"\\x\" \\"), Some(("a|\\x|".into(), Open::Nothing)));
        for other in ["a > b", "a; b", "a | b", "a $(b", "a `b"] {
            assert_eq!(split(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_typed_is_read_as_the_text() {
        assert_eq!(typed("my key's $x", Open::Nothing).as_deref(), Some(r"my\ key\'s\ \$x"));
        assert_eq!(typed("my key", Open::Single).as_deref(), Some("my key"));
        assert_eq!(typed("my $key", Open::Double).as_deref(), Some("my \\$key"));
        assert_eq!((typed("it's", Open::Single), typed("oh!", Open::Double)), (None, None));
    }
}
