//! The reader of plain lines: block lists and mappings with short keys and values that end on their line, of which nearly
//! every file consists.
//!
//! It gives the events of granit-parser with the same spans, in a tenth of the time. A text with anything else in it (tags,
//! anchors, escapes, values over several lines, tabs ...) is left to granit-parser. It is held against libyaml as that one
//! is.

use super::plain_values::{Value, end_of_blanks, key, value};
use granit_parser::{Event, ScalarStyle, StructureStyle};
use std::ops::Range;

/// Takes the events, each with its bytes; `None` to stop.
pub(crate) type Sink<'s, 't> = &'s mut dyn FnMut(Event<'t>, Range<usize>) -> Option<()>;

/// Beyond this many levels nothing is plain.
const DEEPEST: usize = 64;

/// Reads the whole text, or gives `None` at the first place that is not plain, after the events of what is before.
pub(crate) fn read<'t>(text: &'t str, sink: Sink<'_, 't>) -> Option<()> {
    let mut reader = Reader { text, open: Vec::new(), waiting: None, is_begun: false, sink };
    let mut at = 0;
    while at < text.len() {
        let next = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        let line = &text[at..next];
        let end = at + line.strip_suffix("\r\n").or_else(|| line.strip_suffix('\n')).unwrap_or(line).len();
        let first = end_of_blanks(text, at, end);
        if first < end && text.as_bytes()[first] != b'#' {
            reader.line(Line { first, end, column: first - at })?;
        }
        at = next;
    }
    reader.finish()
}

/// What of a line is left to be read.
#[derive(Clone, Copy)]
struct Line {
    /// The first byte that is no blank.
    first: usize,
    /// The line break.
    end: usize,
    /// How far `first` is from the start of its line, in bytes.
    column: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Mapping,
    Sequence,
    /// A list as deep as the key that it is the value of.
    Indentless,
}

struct Level {
    block: Block,
    column: usize,
}

/// A key or dash with nothing behind it: its column, and where the value is if there is none.
#[derive(Clone, Copy)]
struct Waiting {
    is_key: bool,
    column: usize,
    at: usize,
}

struct Reader<'s, 't> {
    text: &'t str,
    open: Vec<Level>,
    waiting: Option<Waiting>,
    is_begun: bool,
    sink: Sink<'s, 't>,
}

impl<'t> Reader<'_, 't> {
    fn line(&mut self, line: Line) -> Option<()> {
        let rest = &self.text[line.first..line.end];
        if !self.is_begun {
            self.is_begun = true;
            let is_start = line.column == 0 && rest.starts_with("---");
            self.emit(Event::DocumentStart(is_start, None), line.first..line.first)?;
            if is_start {
                return (self.behind(line.first + 3, line.end)? == line.end).then_some(());
            }
        }
        if is_dash(rest) { self.item(line) } else { self.entry(line) }
    }

    /// `- ...`
    fn item(&mut self, line: Line) -> Option<()> {
        let behind = self.behind(line.first + 1, line.end)?;
        match self.waiting.take() {
            Some(waiting) if line.column > waiting.column => {
                self.begin(Block::Sequence, line.column, line.first)?;
            }
            Some(waiting) if waiting.is_key && line.column == waiting.column => {
                self.begin(Block::Indentless, line.column, behind)?;
            }
            waiting => {
                self.missing(waiting)?;
                self.go_to(
                    line,
                    |level| level.block != Block::Mapping && level.column == line.column,
                    Block::Sequence,
                )?;
            }
        }
        if behind == line.end {
            self.waiting = Some(Waiting { is_key: false, column: line.column, at: line.end });
            return Some(());
        }
        let inner = Line { first: behind, end: line.end, column: line.column + behind - line.first };
        match key(self.text, inner.first, inner.end) {
            Some(found) => {
                self.begin(Block::Mapping, inner.column, inner.first)?;
                self.entry_of(found, inner)
            }
            None => self.value(inner.first, inner.end),
        }
    }

    /// `key: ...`
    fn entry(&mut self, line: Line) -> Option<()> {
        let found = key(self.text, line.first, line.end)?;
        match self.waiting.take() {
            Some(waiting) if line.column > waiting.column => self.begin(Block::Mapping, line.column, line.first)?,
            waiting => {
                self.missing(waiting)?;
                self.go_to(line, |level| level.block == Block::Mapping && level.column == line.column, Block::Mapping)?;
            }
        }
        self.entry_of(found, line)
    }

    fn entry_of(&mut self, key: Value, line: Line) -> Option<()> {
        let Value::Scalar { range, .. } = &key else { return None };
        let colon = range.end;
        self.scalar(key)?;
        match self.behind(colon + 1, line.end)? {
            behind if behind == line.end => {
                self.waiting = Some(Waiting { is_key: true, column: line.column, at: colon });
                Some(())
            }
            behind => self.value(behind, line.end),
        }
    }

    fn value(&mut self, at: usize, end: usize) -> Option<()> {
        let text = self.text;
        let after = value(text, at, end, &mut |part| match part {
            Value::Scalar { .. } => self.scalar(part),
            Value::Start { at, is_mapping: false } => {
                self.emit(Event::SequenceStart(StructureStyle::Flow, 0, None), at..at + 1)
            }
            Value::Start { at, .. } => self.emit(Event::MappingStart(StructureStyle::Flow, 0, None), at..at + 1),
            Value::End { at, is_mapping: false } => self.emit(Event::SequenceEnd, at..at + 1),
            Value::End { at, .. } => self.emit(Event::MappingEnd, at..at + 1),
        })?;
        (self.behind(after, end)? == end).then_some(())
    }

    /// What follows a blank, or the end of the line where that is nothing or a comment.
    fn behind(&self, at: usize, end: usize) -> Option<usize> {
        let next = end_of_blanks(self.text, at, end);
        match self.text.as_bytes()[next..end].first() {
            None => Some(end),
            Some(_) if next == at => None,
            Some(b'#') => Some(end),
            Some(_) => Some(next),
        }
    }

    /// Ends what a line is not part of any more. A text without a root gets one.
    fn go_to(&mut self, line: Line, is_it: impl Fn(&Level) -> bool, root: Block) -> Option<()> {
        if self.open.is_empty() {
            return self.begin(root, line.column, line.first);
        }
        loop {
            let level = self.open.last()?;
            if is_it(level) {
                return Some(());
            }
            let is_over =
                level.column > line.column || (level.block == Block::Indentless && level.column == line.column);
            if !is_over {
                return None;
            }
            self.end(line.first)?;
        }
    }

    fn begin(&mut self, block: Block, column: usize, at: usize) -> Option<()> {
        if self.open.len() == DEEPEST {
            return None;
        }
        self.open.push(Level { block, column });
        let event = match block {
            Block::Mapping => Event::MappingStart(StructureStyle::Block, 0, None),
            Block::Sequence | Block::Indentless => Event::SequenceStart(StructureStyle::Block, 0, None),
        };
        self.emit(event, at..at)
    }

    fn end(&mut self, at: usize) -> Option<()> {
        let event = match self.open.pop()?.block {
            Block::Mapping => Event::MappingEnd,
            Block::Sequence | Block::Indentless => Event::SequenceEnd,
        };
        self.emit(event, at..at)
    }

    /// The null that a key or dash without a value has.
    fn missing(&mut self, waiting: Option<Waiting>) -> Option<()> {
        let Some(Waiting { at, .. }) = waiting else { return Some(()) };
        self.emit(Event::Scalar("~".into(), ScalarStyle::Plain, 0, None), at..at)
    }

    fn scalar(&mut self, value: Value) -> Option<()> {
        let Value::Scalar { range, style } = value else { return None };
        let quote = usize::from(style != ScalarStyle::Plain);
        let body = &self.text[range.start + quote..range.end - quote];
        self.emit(Event::Scalar(body.into(), style, 0, None), range)
    }

    fn finish(mut self) -> Option<()> {
        let end = self.text.len();
        let waiting = self.waiting.take();
        self.missing(waiting)?;
        if self.open.is_empty() {
            return None;
        }
        while !self.open.is_empty() {
            self.end(end)?;
        }
        self.emit(Event::DocumentEnd, end..end)
    }

    fn emit(&mut self, event: Event<'t>, range: Range<usize>) -> Option<()> {
        (self.sink)(event, range)
    }
}

fn is_dash(rest: &str) -> bool {
    rest == "-" || rest.starts_with("- ")
}
