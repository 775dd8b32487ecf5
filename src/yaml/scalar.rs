//! Strings as YAML scalars that YAML 1.1 (Ansible) and YAML 1.2 read alike.

use granit_parser::ScalarStyle;

/// How a string is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// Without quotes where every parser reads the string back, else in double quotes.
    Plain,
    /// `'...'` where that is possible, else in double quotes.
    Single,
    /// `"..."`, which can hold anything.
    Double,
}

impl Quote {
    /// How a scalar on one line is written; none for a block of text.
    #[must_use]
    pub fn of(style: Option<ScalarStyle>) -> Option<Self> {
        match style? {
            ScalarStyle::Plain => Some(Self::Plain),
            ScalarStyle::SingleQuoted => Some(Self::Single),
            ScalarStyle::DoubleQuoted => Some(Self::Double),
            _ => None,
        }
    }
}

/// `value` as the text of a scalar that is on one line, in block or flow context.
pub(crate) fn write(value: &str, quote: Quote) -> String {
    match quote {
        Quote::Plain if is_safe_plain(value) => value.to_owned(),
        Quote::Single if !value.chars().any(needs_escape) => format!("'{}'", value.replace('\'', "''")),
        _ => double_quoted(value),
    }
}

fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn double_quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Letters, digits and a few marks that mean nothing to YAML, opening with a letter; not a word with a meaning.
pub(crate) fn is_safe_plain(value: &str) -> bool {
    let opens_well = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '+' | '=' | ' ');
    opens_well && value.chars().all(harmless) && !value.ends_with(' ') && resolves_to_text(value)
}

/// Whether YAML 1.1, as `PyYAML` has it (`resolver.py`), reads this plain scalar as a string.
///
/// `yes`, `0x1f`, `1_000`, `1:30`, `2001-01-01`, `=` and the like are something else there. Where it is close, the
/// answer is no.
#[must_use]
pub(crate) fn resolves_to_text(plain: &str) -> bool {
    const WORDS: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"];
    let is_word = || WORDS.iter().any(|word| word.eq_ignore_ascii_case(plain));
    !plain.is_empty() && !is_word() && !is_number_or_date(plain)
}

fn is_number_or_date(plain: &str) -> bool {
    let body = plain.strip_prefix(['+', '-']).unwrap_or(plain);
    if !body.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let lower = body.to_ascii_lowercase();
    let all = |text: &str, allowed: &dyn Fn(char) -> bool| !text.is_empty() && text.chars().all(allowed);
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    if let Some(digits) = lower.strip_prefix("0x") {
        return all(digits, &|c| c.is_ascii_hexdigit() || c == '_');
    }
    if let Some(digits) = lower.strip_prefix("0o").or(lower.strip_prefix("0b")) {
        return all(digits, &|c| c.is_ascii_digit() || c == '_');
    }
    let starts_as_number = lower.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    let (mantissa, exponent) = lower.split_once('e').unwrap_or((&lower, "0"));
    let is_number = all(mantissa, &|c| c.is_ascii_digit() || matches!(c, '_' | '.' | ':'))
        && all(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), &|c| c.is_ascii_digit());
    let is_date = lower.len() >= 8
        && lower.as_bytes()[..4].iter().all(u8::is_ascii_digit)
        && all(&lower, &|c| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 't' | 'z' | ' ' | '+'));
    starts_as_number && (is_number || is_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traps_of_yaml_1_1_are_quoted() {
        for trap in [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "N",
            "true",
            "null",
            "~",
            "=",
            "<<",
            "1",
            "0777",
            "0x1f",
            "0o7",
            "0b1",
            "1_000",
            "1:30",
            "1.5",
            "1e3",
            "1.e+3",
            ".5",
            ".inf",
            "-.INF",
            ".nan",
            "2001-01-01",
            "2001-1-1 10:00:00",
            "",
            "-",
            "+1",
        ] {
            assert!(write(trap, Quote::Plain).starts_with('"'), "{trap}");
        }
        for traps in ["1", "yes", "2001-01-01", "1e3", "0o17", "-1", "+12_3", "1:2:3", "1.2.3"] {
            assert!(!resolves_to_text(traps), "{traps}");
        }
        for text in ["alice", "a1", "1a", "e1", "deploy.2", "2nd", "0xy", "12-ab", "noon", "1e", "dead-beef"] {
            assert!(resolves_to_text(text), "{text}");
        }
    }

    #[test]
    fn ordinary_words_stay_plain() {
        for word in ["alice", "Alice Smith", "a.b-c_d", "me@host", "Zoë Müller"] {
            assert_eq!(write(word, Quote::Plain), word);
        }
        for odd in ["a: b", "/bin/bash", "a #b", "a,b", "{a", "'a", "a\\", "*a", "!a", "a ", " a", "a\tb", "É"] {
            assert!(write(odd, Quote::Plain).starts_with('"'), "{odd}");
        }
    }

    #[test]
    fn quotes_hold_anything() {
        assert_eq!(write("a\"b\\c", Quote::Double), r#""a\"b\\c""#);
        assert_eq!(write("it's", Quote::Single), "'it''s'");
        assert_eq!(write("a\nb\t\u{7}\u{85}", Quote::Single), "\"a\\nb\\t\\u0007\\u0085\"");
    }
}
