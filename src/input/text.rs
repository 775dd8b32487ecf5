//! Decodes bytes to text and parses text to a tree: UTF-8, byte order mark, line breaks, YAML.

use crate::error::Error;
use crate::yaml::{self, Document, ProofError, Refusal, Syntax};
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To edit it: aliases and duplicate keys are not resolved, and anything that an edit could break is refused.
    Strict,
    /// To analyze it: as Ansible reads it.
    Ansible,
}

#[derive(Debug, Clone, Copy)]
pub struct Text<'b> {
    pub has_bom: bool,
    /// Without the byte order mark.
    pub text: &'b str,
}

impl<'b> Text<'b> {
    /// Decodes the bytes of a file.
    ///
    /// # Errors
    /// The bytes are not UTF-8, or there are line breaks on which parsers differ.
    pub fn decode(path: &Path, bytes: &'b [u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let (line, column) = yaml::line_column(valid, valid.len());
            Error::new("the file is not UTF-8 text")
                .hint("save it as UTF-8, or name the right file with --file")
                .at(path, line, column)
        })?;
        let (has_bom, text) = yaml::split_bom(text);
        check_breaks(text).map_err(|refusal| refused(path, &refusal))?;
        Ok(Self { has_bom, text })
    }

    /// Parses the text as YAML.
    ///
    /// # Errors
    /// The mode refuses the text, or Ansible's own parser cannot read it.
    pub fn document(self, path: &Path, mode: Mode) -> Result<Document<'b>, Error> {
        let syntax = if self.has_bom { Syntax::Yaml } else { Syntax::Any };
        match mode {
            Mode::Strict => Document::parse_in(self.text, syntax)
                .and_then(Document::loadable)
                .map_err(|refusal| refused(path, &refusal)),
            Mode::Ansible => Document::read_in(self.text, syntax).map_err(|refusal| refused(path, &refusal)),
        }
    }
}

/// Turns a refusal into an error.
#[must_use]
pub fn refused(path: &Path, refusal: &Refusal) -> Error {
    let error = Error::new(&refusal.message).hint(&refusal.hint);
    if refusal.line == 0 { error } else { error.at(path, refusal.line, refusal.column) }
}

/// Turns a failed proof into an error.
#[must_use]
pub fn unproved(path: &Path, error: &ProofError) -> Error {
    Error::new(format!("{}: {error}", path.display()))
        .hint("add the key by hand: its line is in the public key file")
        .hint("report this bug with the lines around the place, without secrets")
}

/// Refuses characters that one YAML parser takes for a line break and another for text: a bare CR, NEL, LS, PS.
///
/// libyaml and `PyYAML` (YAML 1.1) break lines at U+0085, U+2028 and U+2029, but YAML 1.2 does not: data could hide in
/// an apparent comment.
///
/// # Errors
/// The place of the first such character.
pub fn check_breaks(text: &str) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
    if text.is_ascii() && !text.contains('\r') {
        return Ok(());
    }
    for (at, byte) in bytes.iter().enumerate() {
        let name = match byte {
            b'\r' if bytes.get(at + 1) != Some(&b'\n') => "a carriage return without a line feed",
            0xC2 if bytes.get(at + 1) == Some(&0x85) => "the line break U+0085 (NEL)",
            0xE2 if bytes.get(at + 1..at + 3) == Some(&[0x80, 0xA8]) => "the line break U+2028 (LS)",
            0xE2 if bytes.get(at + 1..at + 3) == Some(&[0x80, 0xA9]) => "the line break U+2029 (PS)",
            _ => continue,
        };
        return Err(Refusal::at(
            text,
            at,
            format!("the file contains {name}: YAML parsers disagree on what it means"),
            "replace it with an ordinary line break, or remove it",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lf_and_crlf_are_line_breaks() {
        assert!(check_breaks("a: 1\r\nb: 2\n").is_ok());
        for bad in ["a: 1\rb: 2\n", "a: 1 # x\u{85}b: 2\n", "# \u{2028}b: 2", "\"\u{2029}\"", "a\r"] {
            assert!(check_breaks(bad).is_err(), "{bad:?}");
        }
        let error = check_breaks("x: 1\nä: \r#").unwrap_err();
        assert_eq!((error.line, error.column), (2, 4));
    }
}
