//! Text with tones, which become colors if the output is a terminal.

/// The meaning of a piece of text, shown as a color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Added,
    Removed,
    /// A risk.
    Warned,
    /// An error, or what keeps somebody out: also shown with `-q`.
    Failed,
    /// The place of a change, or something less than a warning.
    Hunk,
    Heading,
}

/// The pieces of a report, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    pieces: Vec<(Tone, String)>,
    is_annotations: bool,
}

impl Page {
    /// A page in one tone.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { pieces: vec![(Tone::Plain, text.into())], is_annotations: false }
    }

    /// A page of annotations for a runner, one a line.
    #[must_use]
    pub fn annotations(text: String) -> Self {
        Self { is_annotations: true, ..Self::plain(text) }
    }

    #[must_use]
    pub fn is_annotations(&self) -> bool {
        self.is_annotations
    }

    /// Adds to the last piece if the tone is the same.
    pub fn push(&mut self, tone: Tone, text: impl AsRef<str>) {
        let text = text.as_ref();
        match self.pieces.last_mut() {
            Some((last, piece)) if *last == tone => piece.push_str(text),
            _ => self.pieces.push((tone, text.to_owned())),
        }
    }

    /// The same with a line break after it.
    pub fn line(&mut self, tone: Tone, text: &str) {
        self.push(tone, text);
        self.push(tone, "\n");
    }

    pub fn append(&mut self, mut other: Self) {
        self.pieces.append(&mut other.pieces);
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub fn pieces(&self) -> impl Iterator<Item = (Tone, &str)> {
        self.pieces.iter().map(|(tone, text)| (*tone, text.as_str()))
    }

    /// Only its errors.
    #[must_use]
    pub fn errors(&self) -> Self {
        let pieces = self.pieces.iter().filter(|(tone, _)| *tone == Tone::Failed);
        Self { pieces: pieces.cloned().collect(), is_annotations: self.is_annotations }
    }

    /// Without the tones.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces().map(|(_, text)| text).collect()
    }
}
