//! Comments that end a file and stay at its end: lines that editors read, a mark of the end, and what is set apart by a
//! blank line.

use super::commented::{has_commented_out, is_mark};
use super::text::{line_at, line_start};

/// Where something new at the end of a file belongs that is to come above such comments: before the blank lines above
/// them. `from` is behind the last content, `end` behind the last comment; a comment that names `what` is no footer.
pub(crate) fn above(text: &str, from: usize, end: usize, what: &str) -> Option<usize> {
    let mut found = None;
    let mut at = end;
    loop {
        let bottom = up(text, from, at, |line| line.trim().is_empty());
        let is_comment = |line: &str| line.starts_with('#');
        let top = up(text, from, bottom, is_comment);
        let marks = up(text, from, bottom, |line| is_comment(line) && is_mark(line));
        let blank = up(text, from, top, |line| line.trim().is_empty());
        let comments = &text[top..bottom];
        let is_for_emacs = comments.contains("Local Variables:");
        let is_apart = blank < top && (is_for_emacs || !has_commented_out(comments)) && !names(comments, what);
        at = match (top < bottom, marks < bottom) {
            (true, true) if marks == top => blank,
            (true, _) if is_apart => blank,
            (true, true) => marks,
            _ => return found,
        };
        found = Some(at);
    }
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

/// Whether comments may be the heading of a key: they have one of its words.
fn names(comments: &str, key: &str) -> bool {
    let comments = comments.to_ascii_lowercase();
    key.split('_').map(|word| word.trim_end_matches('s')).any(|word| comments.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footer_is_apart_or_a_mark() {
        let rest =
            |comments: &str| above(comments, 0, comments.len(), "docker_user").map(|at| comments[at..].to_owned());
        for (comments, footer) in [
            ("\n# vim: a\n", Some("\n# vim: a\n")),
            ("# of it\n# vim: a\n", Some("# vim: a\n")),
            ("# of it\n\n# by hand\n\n# vim: a\n\n", Some("\n# by hand\n\n# vim: a\n\n")),
            ("\n# by hand\n# EOF", Some("\n# by hand\n# EOF")),
            ("\n# - a: 1\n# EOF", Some("# EOF")),
            ("# of it\n", None),
            ("\n# servers:\n", None),
            ("\n# License: MIT\n", Some("\n# License: MIT\n")),
            ("\n# Local Variables:\n# mode: yaml\n# End:\n", Some("\n# Local Variables:\n# mode: yaml\n# End:\n")),
            ("# End of users\n", None),
            ("\n# Deploy user\n", None),
            ("  # of it\n", None),
            ("\n\n", None),
            ("", None),
        ] {
            assert_eq!(rest(comments).as_deref(), footer, "{comments}");
        }
    }
}
