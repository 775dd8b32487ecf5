//! Comments that end a file and stay at its end: lines that editors read, a mark of the end, and a licence.

use super::commented::{is_mark, is_rule};
use super::text::{line_at, line_start};

/// Where something new at the end of a file belongs that is to come above such comments: before the blank lines above
/// them. `from` is behind the last content, `end` behind the last comment.
pub(crate) fn above(text: &str, from: usize, end: usize) -> Option<usize> {
    let mut found = None;
    let mut at = end;
    loop {
        let bottom = up(text, from, at, |line| line.trim().is_empty());
        let top = up(text, from, bottom, |line| line.starts_with('#'));
        let blank = up(text, from, top, |line| line.trim().is_empty());
        let comments = &text[top..bottom];
        // One that ends each section is not that of the file.
        let is_of_file = |line: &str| is_mark(line) && !text[..top].lines().any(|other| other == line);
        let is_end = comments.lines().all(|line| is_of_file(line) || is_rule(line)) && comments.lines().any(is_of_file);
        let is_footer = is_end || (blank < top && is_apart(comments));
        if top == bottom || !is_footer {
            return found;
        }
        at = blank;
        found = Some(at);
    }
}

/// Whether a paragraph of comments is about the file as a whole: a licence, or variables for Emacs.
fn is_apart(comments: &str) -> bool {
    let words = comments.to_ascii_lowercase();
    ["local variables:", "license", "licence", "copyright", "spdx-"].iter().any(|word| words.contains(word))
}

/// The start of the lines right above `at` that are such, down to `from`.
fn up(text: &str, from: usize, mut at: usize, is_it: impl Fn(&str) -> bool) -> usize {
    while at > from {
        let start = line_start(text, at - 1);
        if start < from || !is_it(line_at(text, start)) {
            break;
        }
        at = start;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footer_is_apart_or_a_mark() {
        let rest = |comments: &str| above(comments, 0, comments.len()).map(|at| comments[at..].to_owned());
        for (comments, footer) in [
            ("\n# vim: a=b\n", Some("\n# vim: a=b\n")),
            ("# of it\n# vim: a=b\n", None),
            ("# of it\n\n# by hand\n\n# vim: a=b\n\n", Some("\n# vim: a=b\n\n")),
            ("\n# by hand\n# EOF", None),
            ("# a\n# end\n\n# end", None),
            ("\n# servers:\n", None),
            ("\n# License: MIT of all users\n\n# EOF", Some("\n# License: MIT of all users\n\n# EOF")),
            ("\n# Local Variables:\n# mode: yaml\n# End:\n", Some("\n# Local Variables:\n# mode: yaml\n# End:\n")),
            ("# End of users\n", None),
            ("\n# People\n", None),
            ("  # of it\n", None),
            ("\n\n", None),
            ("", None),
        ] {
            assert_eq!(rest(comments).as_deref(), footer, "{comments}");
        }
    }
}
