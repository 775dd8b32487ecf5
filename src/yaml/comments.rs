//! Where the comments of a text are: the parser's own list of them is limited.

use super::document::Document;
use super::error::Refusal;
use super::node::Kind;
use super::text::{line_at, line_start, next_line};
use std::ops::Range;

/// The places of all `#` that open a comment, in order.
pub(crate) struct Comments(Vec<usize>);

impl Comments {
    /// Looks through all that is not a scalar.
    pub(crate) fn of(document: &Document<'_>) -> Self {
        let text = document.text;
        let is_leaf = |kind: &Kind<'_>| matches!(kind, Kind::Scalar { .. } | Kind::Alias);
        let mut leaves: Vec<Range<usize>> =
            document.nodes().filter(|node| is_leaf(&node.kind)).map(|node| node.start..node.end).collect();
        leaves.sort_by_key(|leaf| leaf.start);
        leaves.push(text.len()..text.len());
        let mut found = Vec::new();
        let mut at = 0;
        for leaf in leaves {
            while let Some(mark) = text.get(at..leaf.start).and_then(|between| between.find('#')) {
                let mark = at + mark;
                let opens = mark == 0 || matches!(text.as_bytes()[mark - 1], b' ' | b'\t' | b'\n');
                if opens {
                    found.push(mark);
                }
                at = if opens { next_line(text, mark) } else { mark + 1 };
            }
            at = at.max(leaf.end);
        }
        found.extend(document.tight_comments().iter().map(|comment| comment.start));
        found.sort_unstable();
        Self(found)
    }

    /// Whether a comment opens at this byte.
    pub(crate) fn has(&self, at: usize) -> bool {
        self.0.binary_search(&at).is_ok()
    }

    fn within(&self, range: Range<usize>) -> &[usize] {
        let first = self.0.partition_point(|at| *at < range.start);
        let after = self.0.partition_point(|at| *at < range.end);
        self.0.get(first..after).unwrap_or_default()
    }

    /// Refuses a comment that would go with `range`.
    pub(crate) fn refuse(&self, document: &Document<'_>, range: Range<usize>) -> Result<(), Refusal> {
        self.within(range).first().map_or(Ok(()), |at| Err(comment(document, *at, "be removed with what is changed")))
    }

    /// Refuses a comment on a line of its own in `range`.
    pub(crate) fn refuse_lines(&self, document: &Document<'_>, range: Range<usize>) -> Result<(), Refusal> {
        let text = document.text;
        let own_line = |at: &&usize| text[line_start(text, **at)..**at].trim().is_empty();
        match self.within(range).iter().find(own_line) {
            Some(at) => Err(comment(document, *at, "end up above another line")),
            None => Ok(()),
        }
    }
}

/// Refuses a comment on the line above the one that starts at `line`: it is about what goes or moves there, and would end
/// up above something else.
pub(crate) fn refuse_above(document: &Document<'_>, line: usize) -> Result<(), Refusal> {
    match line.checked_sub(1) {
        Some(end) => refuse_comment_line(document, line_start(document.text, end), "end up above something else"),
        None => Ok(()),
    }
}

/// Refuses a comment on the line that starts at `line`: it is about what goes or moves above it.
pub(crate) fn refuse_below(document: &Document<'_>, line: usize) -> Result<(), Refusal> {
    refuse_comment_line(document, line, "end up below something else")
}

fn refuse_comment_line(document: &Document<'_>, line: usize, fate: &str) -> Result<(), Refusal> {
    let text = line_at(document.text, line);
    let at = line + (text.len() - text.trim_start().len());
    let is_text =
        || document.nodes().any(|node| matches!(node.kind, Kind::Scalar { .. }) && node.start <= at && at < node.end);
    if text.trim_start().starts_with('#') && !is_text() { Err(comment(document, at, fate)) } else { Ok(()) }
}

fn comment(document: &Document<'_>, at: usize, fate: &str) -> Refusal {
    document.refuse(at, format!("this comment would {fate}"), "move or remove the comment by hand, then run this again")
}
