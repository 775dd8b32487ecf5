//! How a flow collection is written: what is between its brackets and its elements.

use super::document::Document;
use super::node::{Kind, NodeId};
use super::text::{line_at, line_start, next_line};
use std::ops::Range;

/// What is between two things in a flow collection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Gap {
    /// Spaces.
    Spaces(String),
    /// A line break, and what the next line has before it more than the line of the opening bracket.
    Break(String),
}

impl Gap {
    /// Its text, in a collection that opens on a line with `base` before it.
    pub(crate) fn text(&self, base: &str) -> String {
        match self {
            Self::Spaces(spaces) => spaces.clone(),
            Self::Break(deeper) => format!("\n{base}{deeper}"),
        }
    }

    /// What the text between two things says, where nothing else but a comma and comments is in it.
    fn of<'t>(text: &str, base: impl Fn() -> &'t str) -> Option<Self> {
        let last = text.rsplit('\n').next()?;
        let is_blank = |text: &str| text.chars().all(|c| matches!(c, ' ' | '\t' | '\r'));
        if last.len() < text.len() {
            return is_blank(last).then(|| Self::Break(last.strip_prefix(base()).unwrap_or_default().to_owned()));
        }
        is_blank(text).then(|| Self::Spaces(text.to_owned()))
    }
}

/// The one comma between two bytes of a text, past spaces, line breaks and comments. `Err`: where anything else is.
pub(crate) fn comma_in(text: &str, between: Range<usize>) -> Result<Option<usize>, usize> {
    let mut comma = None;
    let mut at = between.start;
    while at < between.end {
        match text.as_bytes()[at] {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => at = next_line(text, at),
            b',' if comma.is_none() => {
                comma = Some(at);
                at += 1;
            }
            _ => return Err(at),
        }
    }
    Ok(comma)
}

/// The habits of a flow collection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Brackets {
    /// After the opening bracket.
    pub(crate) open: Gap,
    /// After a comma; none where there is but one element.
    pub(crate) comma: Option<Gap>,
    /// Before the closing bracket.
    pub(crate) close: Gap,
    /// There is a comma after the last element.
    pub(crate) trailing: bool,
}

impl Brackets {
    /// Of a flow collection that holds something; the comma is that before the element with number `at`. None where it is
    /// written in a way that is not followed (commas that open lines).
    pub(crate) fn of(document: &Document<'_>, id: NodeId, at: usize) -> Option<Self> {
        let (text, node) = (document.text, document.node(id));
        let spans = spans(document, id)?;
        let ((first, _), (_, end)) = (*spans.first()?, *spans.last()?);
        let base = || blanks(line_at(text, line_start(text, node.start)));
        let between = |from: usize, to: usize| {
            let text = text.get(from..to)?;
            Gap::of(text.trim_start_matches([' ', '\t']).strip_prefix(',').unwrap_or(text), base)
        };
        let pair = spans.windows(2).nth(at.max(1) - 1).or_else(|| spans.windows(2).last());
        let rest = text.get(end..node.end.checked_sub(1)?)?;
        Some(Self {
            open: between(node.start + 1, first)?,
            comma: match pair {
                Some(pair) => Some(between(pair[0].1, pair[1].0)?),
                None => None,
            },
            close: between(end, node.end - 1)?,
            trailing: rest.trim_start().starts_with(','),
        })
    }

    /// The columns from what opens the line to the bracket of this collection, where its other lines begin below its first
    /// element.
    pub(crate) fn aligned(document: &Document<'_>, id: NodeId) -> Option<usize> {
        let start = document.node(id).start;
        let line = line_start(document.text, start);
        let before = start - line - blanks(line_at(document.text, line)).len();
        match Self::of(document, id, usize::MAX)? {
            Self { open: Gap::Spaces(open), comma: Some(Gap::Break(deeper)), .. } => {
                (deeper.len() == before + 1 + open.len()).then_some(before)
            }
            _ => None,
        }
    }

    /// Whether all that is between them is on their line.
    pub(crate) fn is_on_line(&self) -> bool {
        let is_broken = |gap: &Gap| matches!(gap, Gap::Break(_));
        !is_broken(&self.open) && !is_broken(&self.close) && !self.comma.as_ref().is_some_and(is_broken)
    }

    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.open, Gap::Break(_))
    }
}

/// What is between key and value of an entry in a flow mapping: a colon and blanks.
pub(crate) fn colon<'t>(document: &Document<'t>, key: NodeId, value: NodeId) -> Option<&'t str> {
    let (key, value) = (document.node(key), document.node(value));
    let between = document.text.get(key.end..value.start)?;
    (between.trim_matches([' ', '\t']) == ":" && value.start < value.end).then_some(between)
}

/// First and after the last byte of each element of a flow collection.
fn spans(document: &Document<'_>, id: NodeId) -> Option<Vec<(usize, usize)>> {
    let span = |first: NodeId, last: NodeId| {
        let (first, last) = (document.node(first), document.node(last));
        // Where a value is not written its place is not known well; what has an anchor begins before its span.
        (last.start < last.end && !first.anchored && first.tag.is_none()).then_some((first.start, last.end))
    };
    match &document.node(id).kind {
        Kind::Sequence { flow: true, items } => items.iter().map(|item| span(*item, *item)).collect(),
        Kind::Mapping { flow: true, entries } => entries.iter().map(|(key, value)| span(*key, *value)).collect(),
        _ => None,
    }
}

/// The spaces and tabs that open a line.
pub(crate) fn blanks(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
