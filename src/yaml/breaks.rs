//! Line breaks on which parsers differ, looked for before any of them reads the text.

use super::error::Refusal;

/// Refuses characters that one YAML parser takes for a line break and another for text: a bare CR, NEL, LS, PS.
///
/// libyaml and `PyYAML` (YAML 1.1) break lines at U+0085, U+2028 and U+2029, YAML 1.2 does not: data could hide in what
/// looks like a comment.
///
/// # Errors
/// The place of the first such character.
pub fn check_breaks(text: &str) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
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
            format!("{name} stands here: YAML parsers disagree on what it means"),
            "replace it by an ordinary line break, or remove it",
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
