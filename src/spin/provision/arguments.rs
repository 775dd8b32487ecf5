//! What Ansible's modules get from a field of the file.

use crate::spin::config::ansible_value::{self, Value};
use crate::yaml::{Document, NodeId};
use std::borrow::Cow;
use std::rc::Rc;

/// A value of a field, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) text: Rc<str>,
    pub(super) at: usize,
}

/// A field that is in the file.
#[derive(Debug, Clone)]
pub(super) struct Argument<'d> {
    pub(super) node: NodeId,
    /// `None` if it is known only to Ansible.
    pub(super) text: Option<Cow<'d, str>>,
}

impl<'d> Argument<'d> {
    /// The field of a mapping, for an argument of type `str`; `None` if it is missing.
    pub(super) fn of(document: &'d Document<'_>, mapping: NodeId, key: &str) -> Option<Self> {
        document.get(mapping, key).map(|node| Self::at(document, node))
    }

    /// The value of a field.
    pub(super) fn at(document: &'d Document<'_>, node: NodeId) -> Self {
        Self { node, text: ansible_value::text(document, node) }
    }

    /// The same for an argument of type `int` or `path`, which the module takes for missing if it is null.
    pub(super) fn unless_null(document: &'d Document<'_>, mapping: NodeId, key: &str) -> Option<Self> {
        Self::of(document, mapping, key).filter(|argument| !document.is_null(argument.node))
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// An integer, as `check_type_int` of ansible-core reads it: a decimal without a fraction. `Err` if it is none.
    pub(super) fn int(&self) -> Option<Result<i64, ()>> {
        self.text().map(int)
    }
}

fn int(text: &str) -> Result<i64, ()> {
    let text = text.trim().replace('_', "");
    if let Ok(number) = text.parse::<i64>() {
        return Ok(number);
    }
    // Ansible reads `1e3`; more digits than these are no id.
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match text.parse::<f64>() {
        #[allow(clippy::cast_possible_truncation, reason = "it is a whole number of at most ten digits")]
        Ok(number) if is_decimal && number.fract() == 0.0 && number.abs() < 1e10 => Ok(number as i64),
        _ => Err(()),
    }
}

/// The words of a list argument (`type: list`, `elements: str`): a text is split at commas. `Err` if the module refuses
/// it, `None` if it is null or known only to Ansible.
pub(super) fn words(document: &Document<'_>, node: NodeId) -> Option<Result<Vec<String>, ()>> {
    match Value::of(document, node) {
        Value::Unknown | Value::Null => None,
        Value::Map => Some(Err(())),
        Value::List(items) => {
            let texts: Option<Vec<String>> =
                items.iter().map(|item| ansible_value::text(document, *item).map(Cow::into_owned)).collect();
            texts.map(|texts| Ok(split(&texts.join(",")).map(str::to_owned).collect()))
        }
        _ => ansible_value::text(document, node).map(|text| Ok(split(&text).map(str::to_owned).collect())),
    }
}

/// The names in a text, as the module `user` reads it (`get_groups_set`).
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|part| !part.is_empty()).map(str::trim)
}

/// A path without `.`, `..` and empty parts. `~` is the home of root, as whom the modules run (`type: path`).
pub(super) fn path(text: &str) -> String {
    let expanded = match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => Cow::Owned(format!("/root{rest}")),
        _ => Cow::Borrowed(text),
    };
    if !expanded.starts_with('/') {
        return expanded.into_owned();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in expanded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The home of an account for which no other is given.
pub(super) fn usual_home(name: &str) -> Rc<str> {
    let home = format!("/home/{name}");
    if name.contains(['/', '.']) || name.is_empty() { path(&home).into() } else { home.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_ansible() {
        for (text, expected) in [
            ("1000", Ok(1000)),
            ("01005", Ok(1005)),
            ("1e3", Ok(1000)),
            ("-1", Ok(-1)),
            (" 7 ", Ok(7)),
            ("9_998", Ok(9998)),
        ] {
            assert_eq!(int(text), expected, "{text}");
        }
        for text in ["", "x", "1.5", "True", "nan", "inf", "1e99", "0x10"] {
            assert_eq!(int(text), Err(()), "{text}");
        }
    }

    #[test]
    fn paths_are_put_in_order() {
        for (text, expected) in [
            ("~", "/root"),
            ("~/x", "/root/x"),
            ("/home//bob/", "/home/bob"),
            ("/home/x/../alice", "/home/alice"),
            ("/home/../root", "/root"),
            ("/", "/"),
            ("bob", "bob"),
            ("~bob", "~bob"),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
    }
}
