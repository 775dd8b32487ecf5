//! Values as Ansible reads them: YAML 1.1 (`PyYAML`), in which every string is a Jinja template.
//!
//! Knows what a scalar becomes, but not the result of a template: what is known only to Ansible is [`Value::Unknown`].

use crate::yaml::{Document, Kind, NodeId, ScalarStyle, resolves_to_text};
use std::borrow::Cow;

/// A node as Spin's roles see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'d> {
    /// An empty value, `~` or `null`.
    Null,
    /// A string.
    Text(&'d str),
    /// A boolean, which Jinja prints as `True` or `False`.
    Bool(bool),
    /// A number or a date, as Jinja prints it; `None` if only Python can format it.
    Number(Option<Cow<'d, str>>),
    /// A list.
    List(&'d [NodeId]),
    /// A mapping.
    Map,
    /// Known only to Ansible: a template, a `!vault` value without a password, a tag.
    Unknown,
}

impl<'d> Value<'d> {
    /// Reads a node.
    pub(crate) fn of(document: &'d Document<'_>, id: NodeId) -> Self {
        let node = document.node(id);
        match &node.kind {
            Kind::Sequence { .. } => Self::List(document.items(id)),
            Kind::Mapping { .. } => Self::Map,
            Kind::Alias => Self::Unknown,
            Kind::Scalar { style, .. } => {
                let text = document.reading(id).unwrap_or_default();
                match node.tag.as_deref() {
                    Some("!unsafe") => Self::Text(text),
                    Some("!vault") if document.reading(id) == document.scalar(id) => Self::Unknown,
                    None | Some("!!str" | "!vault" | "!") if is_template(text) => Self::Unknown,
                    Some("!!str" | "!vault" | "!") => Self::Text(text),
                    None if *style == ScalarStyle::Plain => plain(text),
                    None => Self::Text(text),
                    Some(_) => Self::Unknown,
                }
            }
        }
    }

    /// Reads the value of `key`; `None` if the key is missing.
    pub(crate) fn at(document: &'d Document<'_>, mapping: NodeId, key: &str) -> Option<Self> {
        document.get(mapping, key).map(|node| Self::of(document, node))
    }

    /// The value as a string, if Ansible converts it to one, as for a name.
    pub(crate) fn printed(&self) -> Option<Cow<'d, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Bool(true) => Some("True".into()),
            Self::Bool(false) => Some("False".into()),
            Self::Number(text) => text.clone(),
            _ => None,
        }
    }
}

/// Whether Ansible evaluates the text.
pub(crate) fn is_template(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark))
}

/// Whether every opening mark of a template is followed by its closing mark.
pub(crate) fn is_whole_template(text: &str) -> bool {
    let mut rest = text;
    loop {
        let opening = ["{{", "{%", "{#"].iter().filter_map(|mark| rest.find(mark).map(|at| (at, *mark))).min();
        let Some((at, mark)) = opening else { return true };
        let close = match mark {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let inside = &rest[at + 2..];
        match inside.find(close) {
            Some(end) => rest = &inside[end + 2..],
            None => return false,
        }
    }
}

/// As `PyYAML`'s resolver does for plain scalars.
fn plain(text: &str) -> Value<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ if is_template(text) => return Value::Unknown,
        _ => {}
    }
    if resolves_to_text(text) { Value::Text(text) } else { number(text) }
}

/// A number or date as `PyYAML`'s resolver and constructor read it, printed as Python does if that is easy to know.
fn number(text: &str) -> Value<'_> {
    let (is_negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let opens_with_digit = digits.starts_with(|c: char| c.is_ascii_digit());
    if let Some(value) = integer(digits).filter(|_| opens_with_digit) {
        let sign = if is_negative && value != 0 { "-" } else { "" };
        let printed = format!("{sign}{value}");
        return Value::Number(Some(if printed == text { Cow::Borrowed(text) } else { Cow::Owned(printed) }));
    }
    if is_date(text) {
        return Value::Number(Some(Cow::Borrowed(text)));
    }
    let is_float = digits.contains('.') && digits.chars().all(|c| c.is_ascii_digit() || "._eE+-:".contains(c));
    let is_special = matches!(digits.to_ascii_lowercase().as_str(), ".inf" | ".nan");
    let is_time = text.len() > 10 && text.get(..10).is_some_and(is_date);
    match is_float || is_special || is_time || text == "=" || text == "<<" {
        true if is_plain_decimal(digits) => Value::Number(Some(Cow::Borrowed(text))),
        true => Value::Number(None),
        false => Value::Text(text),
    }
}

/// `0b101`, `0x1f`, `0123` (octal), `1_000`, `1:30` (sexagesimal).
fn integer(digits: &str) -> Option<u128> {
    let clean = digits.replace('_', "");
    if let Some(binary) = clean.strip_prefix("0b") {
        return u128::from_str_radix(binary, 2).ok();
    }
    if let Some(hex) = clean.strip_prefix("0x") {
        return u128::from_str_radix(hex, 16).ok();
    }
    if clean.len() > 1 && clean.starts_with('0') && !clean.contains(':') {
        return u128::from_str_radix(&clean, 8).ok();
    }
    clean.split(':').enumerate().try_fold(0_u128, |sum, (index, part)| {
        let value: u128 = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())??;
        (index == 0 || value < 60).then(|| sum.checked_mul(60)?.checked_add(value))?
    })
}

/// `2001-01-01`
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts.as_slice(), [year, month, day] if [year.len(), month.len(), day.len()] == [4, 2, 2])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `1.0`, `2.75`: what Python prints unchanged.
fn is_plain_decimal(digits: &str) -> bool {
    let Some((whole, fraction)) = digits.split_once('.') else { return false };
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_short = whole.len() + fraction.len() <= 15;
    all_digits(whole)
        && all_digits(fraction)
        && is_short
        && (whole == "0" || !whole.starts_with('0'))
        && (fraction == "0" || !fraction.ends_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        let document = Document::parse(text).unwrap();
        format!("{:?}", Value::of(&document, document.root().unwrap()))
    }

    #[test]
    fn plain_scalars_are_what_pyyaml_makes_of_them() {
        for (text, expected) in [
            ("alice", "Text(\"alice\")"),
            ("\"yes\"", "Text(\"yes\")"),
            ("yes", "Bool(true)"),
            ("Off", "Bool(false)"),
            ("y", "Text(\"y\")"),
            ("tRue", "Text(\"tRue\")"),
            ("~", "Null"),
            ("''", "Text(\"\")"),
            ("123", "Number(Some(\"123\"))"),
            ("0123", "Number(Some(\"83\"))"),
            ("1_000", "Number(Some(\"1000\"))"),
            ("0x1f", "Number(Some(\"31\"))"),
            ("-5", "Number(Some(\"-5\"))"),
            ("1:30", "Number(Some(\"90\"))"),
            ("2001-01-01", "Number(Some(\"2001-01-01\"))"),
            ("2001-01-01 10:00:00", "Number(None)"),
            ("1.5", "Number(Some(\"1.5\"))"),
            ("1.50", "Number(None)"),
            ("1.0e+3", "Number(None)"),
            ("1e3", "Text(\"1e3\")"),
            ("0o17", "Text(\"0o17\")"),
            ("\"{{ x }}\"", "Unknown"),
            ("!vault x", "Unknown"),
            ("!unsafe '{{ x }}'", "Text(\"{{ x }}\")"),
            ("[a]", "List([1])"),
            ("{a: b}", "Map"),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn templates_are_whole_where_each_mark_is_closed() {
        for whole in ["{{ a }}", "a {{ b }} {% c %} {# d #}", "{ }} %}", "{{ '{%' }}"] {
            assert!(is_whole_template(whole), "{whole}");
        }
        for broken in ["{{", "{{ a } }", "{% a }}", "{{ a }} {#", "}} {{"] {
            assert!(!is_whole_template(broken), "{broken}");
        }
    }
}
