//! Comments right behind a quote or bracket (`"x"#comment`): YAML 1.2 wants a blank between, libyaml does not.
//!
//! granit-parser gets a text of the same length in which they are blanks. That both read the same is seen as anywhere.

use super::text::next_line;
use libyaml_safer::{Encoding, Scanner, TokenData};
use std::io::{BufReader, Read as _};
use std::ops::Range;

/// The comments, without their line breaks, as far as libyaml can read.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    let mut scanner = Scanner::new();
    scanner.set_encoding(Encoding::Utf8);
    scanner.set_input(BufReader::new(text.as_bytes().chain(&b"\n"[..])));
    let mut found = Vec::new();
    while let Some(Ok(token)) = super::libyaml::caught(|| Scanner::scan(&mut scanner)) {
        if matches!(token.data, TokenData::StreamEnd) {
            break;
        }
        let Ok(end) = usize::try_from(token.end_mark.index) else { break };
        let is_tight = end > 0
            && matches!(
                text.as_bytes().get(end - 1..=end),
                Some([b'"' | b'\'' | b'[' | b']' | b'{' | b'}' | b',', b'#'])
            );
        if is_tight && found.last().is_none_or(|last: &Range<usize>| last.end <= end) {
            let line_end = next_line(text, end);
            found.push(end..end + text[end..line_end].trim_end_matches(['\r', '\n']).len());
        }
    }
    found
}

/// The text with blanks in their place.
pub(crate) fn blanked(text: &str, comments: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for comment in comments {
        out.push_str(&text[done..comment.start]);
        out.extend(std::iter::repeat_n(' ', comment.len()));
        done = comment.end;
    }
    out + &text[done..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_right_behind_something_are_blanked() {
        let text = "a: \"x\"#é\nb: [c,#d\n  'e']#f # g\nh: i#j # k\nl: |\n  \"m\"#n\no: [#p\n]\n";
        let found = find(text);
        assert_eq!(found.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(), ["#é", "#d", "#f # g", "#p"]);
        let view = blanked(text, &found);
        assert_eq!(view.len(), text.len());
        assert_eq!(view, "a: \"x\"   \nb: [c,  \n  'e']      \nh: i#j # k\nl: |\n  \"m\"#n\no: [  \n]\n");
    }
}
