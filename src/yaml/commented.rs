//! What is commented out: to which thing it belongs is told by the column of the text behind its `#`.

use super::text::{line_at, next_line};

/// A comment line that looks like YAML which is commented out.
struct Commented<'t> {
    /// The column of the `#`.
    mark: usize,
    /// Where its text would be without the `#`: two columns are possible, with one blank after the `#` or none.
    column: usize,
    text: &'t str,
}

impl<'t> Commented<'t> {
    fn of(line: &'t str) -> Option<Self> {
        let behind = line.trim_start_matches([' ', '\t']).strip_prefix('#')?;
        let text = behind.trim_start_matches(' ');
        let (mark, column) = (line.len() - behind.len() - 1, line.len() - text.len() - 1);
        Some(Self { mark, column, text: text.trim_end() })
    }

    /// Whether it is commented out at `column` or deeper, or goes on (`is_in`) with what is.
    fn is_out_of(&self, column: usize, is_in: bool) -> bool {
        self.column >= column && (is_in || self.is_yaml())
    }

    /// Whether it is `- item`, `key:` or `key: value`.
    fn is_yaml(&self) -> bool {
        self.is_item() || self.key().is_some()
    }

    fn is_item(&self) -> bool {
        self.text == "-" || self.text.starts_with("- ")
    }

    /// The key of the item, or that of the field; whether it is of an item.
    fn inner_key(&self) -> (Option<&'t str>, bool) {
        let item = self.text.strip_prefix("- ").map(str::trim_start);
        (Commented { text: item.unwrap_or(self.text), ..*self }.key(), item.is_some())
    }

    /// The key, if there is one: a word.
    fn key(&self) -> Option<&'t str> {
        let (key, rest) = self.text.split_once(':')?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '"' | '\'');
        let is_key = !key.is_empty() && key.chars().all(is_word) && (rest.is_empty() || rest.starts_with(' '));
        is_key.then_some(key)
    }
}

/// What is known of the thing above comments.
pub(crate) struct Above<'k> {
    /// The column from which on things are its own.
    pub(crate) column: usize,
    /// Whether a key (`None` for an item that is a text) can only be of a list within it, if it is that of an item, or is one
    /// of its fields.
    pub(crate) has: &'k dyn Fn(Option<&str>, bool) -> bool,
}

impl Above<'_> {
    /// Whether something commented out right below it is its own though its text is not at `column`: a field whose first
    /// blank gave way to the `#`, or what it alone has.
    fn has_moved(&self, found: &Commented<'_>) -> bool {
        let (key, is_item) = found.inner_key();
        let is_replaced = self.column > 2 && found.column + 1 == self.column && !is_item && key.is_some();
        is_replaced || (found.is_yaml() && (self.has)(key, is_item))
    }
}

/// The place after the comment lines from `at` on that belong to what ends there: that are at its column or deeper, or are
/// commented out and have their text there. Blank lines above them do not part them from it; within them, only from what is
/// commented out at the start of a line.
pub(crate) fn after(text: &str, at: usize, above: &Above<'_>) -> usize {
    let column = above.column;
    let (mut end, mut next, mut is_in, mut is_parted) = (at, at, false, false);
    // The column of an item or field whose text is not at `column`.
    let mut moved = None;
    while next < text.len() {
        let line = line_at(text, next);
        let is_next = next == end;
        next = next_line(text, next);
        match Commented::of(line) {
            _ if line.trim().is_empty() => is_parted = is_in,
            _ if is_mark(line) => break,
            Some(found) if found.mark >= column || (!is_parted && found.is_out_of(column, is_in)) => {
                (end, is_in, is_parted, moved) = (next, true, false, None);
            }
            Some(found) if is_next && moved.is_some_and(|column| found.column > column && found.is_yaml()) => {
                end = next
            }
            Some(found) if is_next && above.has_moved(&found) => (end, moved) = (next, Some(found.column)),
            // A comment without a word, between two that have some.
            Some(found) if is_in && found.text.is_empty() => {}
            _ => break,
        }
    }
    end
}

/// The words of a comment, without what frames them.
fn comment(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix('#').map(|text| text.trim_matches(['#', ' ', '\t', '-', '=']))
}

/// Whether the line, at the first column, is a comment for an editor, or says that the file ends.
pub(crate) fn is_mark(line: &str) -> bool {
    let Some(text) = comment(line).filter(|_| line.starts_with('#')) else { return false };
    let sets_something = |rest: &str| rest.contains('=') || rest.contains(';') || rest.trim_start().starts_with("set ");
    let is_for_editor = ["vim:", "vi:", "ex:", "kate:", "yaml-language-server:"]
        .iter()
        .any(|word| text.strip_prefix(word).is_some_and(sets_something));
    let is_for_emacs = text.starts_with("*-") && text.ends_with("-*");
    let is_end =
        ["eof", "end", "the end", "end of file", "end of the file"].contains(&text.to_ascii_lowercase().as_str());
    is_for_editor || is_for_emacs || is_end
}

/// The key of a field that is commented out at this column: the `#` stands there, or its text would, with the blank behind
/// the `#` or without.
pub(crate) fn field(line: &str, column: usize) -> Option<&str> {
    let found = Commented::of(line)?;
    let is_there = found.mark == column || (found.mark < column && [column, column + 1].contains(&found.column));
    found.key().filter(|_| is_there)
}

/// Whether the line is an item that is commented out.
pub(crate) fn is_item(line: &str) -> bool {
    Commented::of(line).is_some_and(|found| found.is_item())
}

/// Whether the line is a field of the file that is commented out at the start of the line.
pub(crate) fn is_top_field(line: &str) -> bool {
    Commented::of(line).is_some_and(|found| found.mark == 0 && found.column <= 1 && found.key().is_some())
}

/// Whether the line is a comment in words.
pub(crate) fn is_prose(line: &str) -> bool {
    Commented::of(line).is_some_and(|found| !found.is_yaml())
}

/// Whether the line is a comment without a word, as above and below a banner.
pub(crate) fn is_rule(line: &str) -> bool {
    comment(line).is_some_and(str::is_empty)
}

/// Where in comment lines those begin that are about what is below: behind what is commented out, and behind the mark of a
/// section. A comment deeper than a commented item is part of it.
pub(crate) fn not_about_below(block: &str) -> usize {
    let lines: Vec<&str> = block.split_inclusive('\n').collect();
    let (mut at, mut begin, mut item) = (0, 0, None);
    for (number, line) in lines.iter().enumerate() {
        at += line.len();
        let line = line.trim_end();
        let Some(found) = Commented::of(line) else { continue };
        let child = lines.get(number + 1).and_then(|next| Commented::of(next)).filter(Commented::is_yaml);
        let opens = found.is_item()
            || (found.key().is_some_and(|key| found.text.len() == key.len() + 1)
                && child.is_some_and(|child| child.column > found.column));
        item = match item {
            Some(column) if found.column > column => Some(column),
            _ => opens.then_some(found.column),
        };
        if item.is_some() || is_section(line) {
            begin = at;
        }
    }
    begin
}

/// Whether the line marks a section: a rule, words between two rules, or what editors fold.
fn is_section(line: &str) -> bool {
    let text = line.trim().trim_start_matches('#').trim();
    let is_framed = ["--", "==", "**"].iter().any(|rule| text.starts_with(rule) && text.ends_with(rule));
    is_rule(line) || is_framed || text.starts_with("region ") || text == "endregion"
}

/// The start of the line with the commented example of a top-level key (`# users:`), next to which the real one belongs:
/// a line with the key alone, and below it its children. In a table of contents it has none.
pub(crate) fn example_line(text: &str, key: &str) -> Option<usize> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < text.len() {
        lines.push(at);
        at = next_line(text, at);
    }
    let found = |at: usize| Commented::of(line_at(text, at)).filter(|_| text[at..].starts_with('#'));
    let is_example = |pair: &[usize]| {
        let (Some(name), Some(child)) = (found(pair[0]), found(pair[1])) else { return false };
        let is_key = name.key() == Some(key) && name.text.len() == key.len() + 1;
        let is_child = child.column > name.column && child.is_yaml() || child.column == name.column && child.is_item();
        is_key && is_child && (child.inner_key().0.is_some() || !is_contents(text, pair[0], &child))
    };
    lines.windows(2).find(|pair| is_example(pair)).map(|pair| pair[0])
}

/// Whether a child without a key is of a table of contents: it is in words, or its paragraph has a key that is in the file.
fn is_contents(text: &str, at: usize, child: &Commented<'_>) -> bool {
    let is_comment = |line: &&str| line.starts_with('#');
    let (above, below) = (text[..at].lines().rev().take_while(is_comment), text[at..].lines().take_while(is_comment));
    let mut keys = above.chain(below).filter_map(|line| Commented::of(line)?.key());
    let is_there = |key: &str| {
        text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')))
    };
    child.text.trim_start_matches("- ").contains(' ') || keys.any(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_has_children() {
        let at = |text: &str| example_line(text, "users").map(|at| text[at..].to_owned());
        assert_eq!(at("# users:\n# servers:\n#users:\n#  - a\n"), Some("#users:\n#  - a\n".to_owned()));
        assert_eq!(at("x: 1\n# users:\n# - a\n"), Some("# users:\n# - a\n".to_owned()));
        assert_eq!(at("# users:\n#   username: a"), Some("# users:\n#   username: a".to_owned()));
        for text in [
            "# users:",
            "# users:\n# -----\n",
            "# users:\n#   who logs in\n",
            "# users: a\n#   - a\n",
            "#   users:\n# - a\n",
            "  # users:\n  #   - a\n",
            "# users:\n\n#   - a\n",
            "# users:\n# - who logs in\n",
            "# users:\n# - a\n# servers:\n# - b\nservers: []\n",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn marks_are_for_editors_or_of_the_end() {
        for line in [
            "# vim: ft=yaml",
            "#vi:ts=2",
            "# -*- mode: yaml -*-",
            "# yaml-language-server: $schema=x",
            "## EOF ##",
            "# vi: set x:",
        ] {
            assert!(is_mark(line), "{line}");
        }
        for line in
            ["# vimrc", "# end of May", "vim: a=b", "# - a", "#", "# --- ", "  # EOF", "# ex: phone", "# kate: asked"]
        {
            assert!(!is_mark(line), "{line}");
        }
    }

    #[test]
    fn what_is_commented_out_belongs_to_what_is_left_of_it() {
        let has = |key: Option<&str>, is_item: bool| key == Some(if is_item { "k" } else { "f" });
        let rest = |text: &str, column: usize| text[after(text, 0, &Above { column, has: &has })..].to_owned();
        assert_eq!(rest("#      - a\n#    b: 1\n#  - c\n", 4), "#  - c\n");
        assert_eq!(rest("    # b: 1\n    # and more\nx: 1\n", 4), "x: 1\n");
        assert_eq!(rest("\n#    b: 1\n\n#    c: 1\n", 4), "\n#    c: 1\n");
        assert_eq!(rest("    # b: 1\n\n    # c: 1\n\nx: 1\n", 4), "\nx: 1\n");
        assert_eq!(rest("\n    # since May\n  # who is next\n", 4), "  # who is next\n");
        assert_eq!(rest("#    b: 1\n#\n#    c: 1\n#\n# next\n", 4), "#\n# next\n");
        assert_eq!(rest("#   a: 1\n# b: 1\n", 4), "# b: 1\n");
        assert_eq!(rest("# - k: 1\n#   b: 1\n# - a: 1\n", 4), "# - a: 1\n");
        assert_eq!(rest("# - k: 1\n# Servers\nx: 1\n", 4), "# Servers\nx: 1\n");
        assert_eq!(rest("# f: 1\n# a: 1\nx: 1\n", 2), "# a: 1\nx: 1\n");
        assert_eq!(rest("\n# - k: 1\n", 4), "\n# - k: 1\n");
        for text in ["#     Servers\n", "####\n#    a: 1\n", "  # - a\n", "# a: 1\n", "\n\nx: 1\n", "    a: 1\n"] {
            assert_eq!(rest(text, 4), text, "{text}");
        }
    }
}
