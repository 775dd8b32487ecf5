//! The characters with which begins what is more than its text says.

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

impl Marks {
    pub(crate) fn of(text: &str) -> Self {
        let has = |mark: char| text.contains(mark);
        let (brace, backslash, exclamation, percent, dollar) = (has('{'), has('\\'), has('!'), has('%'), has('$'));
        Self { brace, backslash, exclamation, percent, dollar }
    }
}
