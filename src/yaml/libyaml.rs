//! The second reader: libyaml in Rust (`libyaml-safer`), event by event.
//!
//! It needs a line break at the end of the text, gets one, and takes it from the value of a last block scalar again. It
//! panics on some malformed input: that is caught, and is an error like any other.

use super::tag::Tag;
use granit_parser::ScalarStyle;
use libyaml_safer::{Encoding, EventData, MappingStyle, Parser, ScalarStyle as Style, SequenceStyle};
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{BufRead, Chain, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

/// What is in the text, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    DocumentStart,
    DocumentEnd,
    /// The name of the anchor.
    Alias(String),
    Scalar {
        anchor: Option<String>,
        tag: Tag,
        value: String,
        style: ScalarStyle,
    },
    /// The start of a list or mapping.
    Start {
        anchor: Option<String>,
        tag: Tag,
        is_mapping: bool,
        flow: bool,
    },
    SequenceEnd,
    MappingEnd,
    End,
}

/// What the second reader refuses.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) problem: &'static str,
    /// Byte offset; none for a character that may be nowhere.
    pub(crate) at: Option<usize>,
}

/// How much of the text the reader gets at once, in bytes: it makes four of each before it looks at the first.
const PIECE: usize = 1024;

/// A text, piece by piece.
struct Pieces<'t>(&'t [u8]);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        Ok(&self.0[..self.0.len().min(PIECE)])
    }

    fn consume(&mut self, count: usize) {
        self.0 = &self.0[count..];
    }
}

pub(crate) struct Libyaml<'t> {
    parser: Parser<Chain<Pieces<'t>, &'static [u8]>>,
    len: usize,
    last_line_is_blank: bool,
}

impl<'t> Libyaml<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let mut parser = Parser::new();
        parser.set_encoding(Encoding::Utf8);
        let last: &'static [u8] = if text.is_empty() || text.ends_with('\n') { b"" } else { b"\n" };
        parser.set_input(Pieces(text.as_bytes()).chain(last));
        let last_line = text.rsplit('\n').next().unwrap_or_default();
        Self { parser, len: text.len(), last_line_is_blank: last_line.trim_matches(' ').is_empty() }
    }

    /// The next event, without that of the stream's start. May panic: see [`caught`].
    pub(crate) fn next(&mut self) -> Result<Seen, Refused> {
        loop {
            let event = self.parser.parse().map_err(|error| {
                let at = error.problem_mark().and_then(|mark| usize::try_from(mark.index).ok());
                Refused { problem: error.problem(), at: at.map(|at| at.min(self.len)) }
            })?;
            let reaches_past_the_end = usize::try_from(event.end_mark.index).is_ok_and(|end| end > self.len);
            return Ok(match event.data {
                EventData::StreamStart { .. } => continue,
                EventData::StreamEnd => Seen::End,
                EventData::DocumentStart { .. } => Seen::DocumentStart,
                EventData::DocumentEnd { .. } => Seen::DocumentEnd,
                EventData::Alias { anchor } => Seen::Alias(anchor),
                EventData::SequenceEnd => Seen::SequenceEnd,
                EventData::MappingEnd => Seen::MappingEnd,
                EventData::SequenceStart { anchor, tag, style, .. } => Seen::Start {
                    anchor,
                    tag: Tag::of(tag.as_deref()),
                    is_mapping: false,
                    flow: style == SequenceStyle::Flow,
                },
                EventData::MappingStart { anchor, tag, style, .. } => Seen::Start {
                    anchor,
                    tag: Tag::of(tag.as_deref()),
                    is_mapping: true,
                    flow: style == MappingStyle::Flow,
                },
                EventData::Scalar { anchor, tag, mut value, plain_implicit, style, .. } => {
                    let style = style_of(style);
                    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    if is_block && reaches_past_the_end && self.ends_in_added_break(&value) {
                        value.pop();
                    }
                    // The parser leaves of a `!` before a scalar only that it is to be resolved as a plain one.
                    let tag = match tag {
                        None if plain_implicit && style != ScalarStyle::Plain => Tag::Plain,
                        tag => Tag::of(tag.as_deref()),
                    };
                    Seen::Scalar { anchor, tag, value, style }
                }
            });
        }
    }
}

impl Libyaml<'_> {
    /// Whether the last line break of a block scalar at the end of the text is the one that was added. Where the last line
    /// is but indentation, it is none of the value's, unless all line breaks are kept.
    fn ends_in_added_break(&self, value: &str) -> bool {
        let Some(lines) = value.strip_suffix('\n') else { return false };
        let last = lines.rsplit('\n').next().unwrap_or_default();
        !self.last_line_is_blank || last.trim_matches(' ').is_empty()
    }
}

/// The text with a blank between a tag and a comma right behind it, on which libyaml-safer 0.3 panics.
pub(crate) fn with_blanks_after_tags(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices('!') {
        // A tag follows a blank or a bracket; within a word or behind a quote this is none.
        let is_tag = text[..at].ends_with(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | '{'));
        let end = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
        let tag = text[at..].find(end).filter(|_| is_tag || at == 0);
        if let Some(end) = tag.map(|length| at + length).filter(|end| at >= done && text[*end..].starts_with(',')) {
            out.extend([&text[done..end], " "]);
            done = end;
        }
    }
    if done == 0 { Cow::Borrowed(text) } else { Cow::Owned(out + &text[done..]) }
}

/// The byte of `text` that is at `at` in `changed`, which is that text with blanks put in.
pub(crate) fn without_blanks(text: &str, changed: &str, at: usize) -> usize {
    let (own, other) = (text.as_bytes(), changed.as_bytes());
    let mut back = 0;
    for byte in &other[..at.min(other.len())] {
        // What is put in stands before a comma, and is none.
        back += usize::from(own.get(back) == Some(byte));
    }
    back
}

fn style_of(style: Style) -> ScalarStyle {
    match style {
        Style::SingleQuoted => ScalarStyle::SingleQuoted,
        Style::DoubleQuoted => ScalarStyle::DoubleQuoted,
        Style::Literal => ScalarStyle::Literal,
        Style::Folded => ScalarStyle::Folded,
        _ => ScalarStyle::Plain,
    }
}

thread_local! {
    /// Within [`caught`].
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    /// The last panic within [`caught`] was one of libyaml-safer.
    static IS_THEIRS: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, and takes a panic of libyaml-safer in it for an answer, without a word on standard error. Any other panic
/// goes on.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            let is_theirs = panic.location().is_some_and(|place| place.file().contains("libyaml-safer"));
            IS_THEIRS.set(is_theirs);
            if !(IS_GUARDED.get() && is_theirs) {
                usual(panic);
            }
        }));
    });
    let before = IS_GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(before);
    match result {
        Ok(value) => Some(value),
        Err(_) if IS_THEIRS.get() => None,
        Err(panic) => resume_unwind(panic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_scalar(text: &str) -> String {
        let mut reader = Libyaml::of(text);
        let mut last = String::new();
        loop {
            match reader.next().unwrap() {
                Seen::Scalar { value, .. } => last = value,
                Seen::End => return last,
                _ => {}
            }
        }
    }

    #[test]
    fn the_line_break_that_is_not_there_is_in_no_value() {
        for (text, value) in [
            ("a: |\n  x", "x"),
            ("a: |\n  x\n", "x\n"),
            ("a: |+\n  x\n\n", "x\n\n"),
            ("a: |-\n  x", "x"),
            ("a: >\n  x\n  y", "x y"),
            ("a: |\n  x\n   ", "x\n "),
            ("a: x", "x"),
            ("- |+\n   ", ""),
            ("k: |\n  a\n  ", "a\n"),
            ("k: |+\n  a\n  ", "a\n"),
            ("k: >\n  a\n\n  ", "a\n"),
        ] {
            assert_eq!(last_scalar(text), value, "{text:?}");
        }
    }

    #[test]
    fn a_panic_is_an_answer() {
        let text = "[!a, b]\n";
        let mut reader = Libyaml::of(text);
        let read = caught(|| {
            loop {
                match reader.next() {
                    Ok(Seen::End) | Err(_) => break,
                    Ok(_) => {}
                }
            }
        });
        assert!(read.is_none(), "libyaml-safer reads this now: the blank after tags can go");
        assert_eq!(with_blanks_after_tags("[!a, !!str,b]"), "[!a , !!str ,b]");
        assert_eq!(with_blanks_after_tags("[b!, '!c, d']"), "[b!, '!c, d']");
        assert_eq!(with_blanks_after_tags("a: !b c"), "a: !b c");
        let text = "[!a, é, !b,c]";
        let changed = with_blanks_after_tags(text);
        assert_eq!(without_blanks(text, &changed, changed.find('c').unwrap()), text.find('c').unwrap());
    }
}
