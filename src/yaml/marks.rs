//! The characters with which begins what is more than its text says.

use super::document::Document;

/// Whether each of them is anywhere in a text, comments included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    /// `{`: a template, a mapping.
    pub(crate) brace: bool,
    /// `\`: an escape, which can be any other character.
    pub(crate) backslash: bool,
    /// `!`: a tag.
    pub(crate) exclamation: bool,
    /// `%`: a template's statement, a directive.
    pub(crate) percent: bool,
    /// `$`: the hash of a password.
    pub(crate) dollar: bool,
}

impl Document<'_> {
    /// The marks in the text, which is searched once.
    pub(crate) fn marks(&self) -> Marks {
        *self.marks.get_or_init(|| {
            let has = |mark: char| self.text.contains(mark);
            let (brace, backslash, exclamation, percent, dollar) = (has('{'), has('\\'), has('!'), has('%'), has('$'));
            Marks { brace, backslash, exclamation, percent, dollar }
        })
    }
}
