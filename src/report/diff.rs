//! A diff with colors.

use super::page::{Page, Tone};

/// One piece per line.
#[must_use]
pub fn page(diff: &str) -> Page {
    let mut page = Page::default();
    for (tone, line) in lines(diff) {
        page.line(tone, line);
    }
    page
}

/// The lines of a unified diff; each keeps its first character and has no line break.
fn lines(diff: &str) -> impl Iterator<Item = (Tone, &str)> {
    let mut in_header = true;
    diff.split_terminator('\n').map(move |line| {
        let tone = match line.as_bytes().first() {
            Some(b'@') => {
                in_header = false;
                Tone::Hunk
            }
            _ if in_header => Tone::Heading,
            Some(b'-') => Tone::Removed,
            Some(b'+') => Tone::Added,
            _ => Tone::Plain,
        };
        (tone, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_what_they_are() {
        let diff = "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n---a\n+++c\n b\n\\ No newline at end of file\n";
        let tones: Vec<Tone> = lines(diff).map(|(tone, _)| tone).collect();
        let heading = Tone::Heading;
        assert_eq!(tones, [heading, heading, Tone::Hunk, Tone::Removed, Tone::Added, Tone::Plain, Tone::Plain]);
    }
}
