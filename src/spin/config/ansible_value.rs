//! Values as Ansible reads them: YAML 1.1 (`PyYAML`), in which every string is a Jinja template.
//!
//! Knows what a scalar becomes, but not the result of a template: what is known only to Ansible is [`Value::Unknown`].

use crate::yaml::{Data, Document, NodeId};
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
        let text = document.reading(id).unwrap_or_default();
        match node.data {
            Data::Null => Self::Null,
            Data::Bool(value) => Self::Bool(value),
            Data::Int | Data::Float | Data::Time => Self::Number(document.printed(id)),
            Data::Bytes => Self::Number(None),
            Data::Vault if document.reading(id) == document.scalar(id) => Self::Unknown,
            Data::Text | Data::Vault if !node.is_unsafe && is_template(text) => Self::Unknown,
            Data::Text | Data::Vault => Self::Text(text),
            Data::List | Data::Set => Self::List(document.items(id)),
            Data::Map => Self::Map,
            Data::Merge | Data::Unknown => Self::Unknown,
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

/// The text that Ansible makes of a node for an argument of type `str`: null gives an empty text. `None` if it is known
/// only to Ansible.
pub(crate) fn text<'d>(document: &'d Document<'_>, node: NodeId) -> Option<Cow<'d, str>> {
    match Value::of(document, node) {
        Value::Null => Some(Cow::Borrowed("")),
        Value::Unknown => None,
        Value::List(_) | Value::Map => printed(document, node, 0).map(Cow::Owned),
        value => value.printed(),
    }
}

/// Deeper values are not printed.
const DEEPEST: usize = 4;

/// A value as Python prints it inside of a list.
fn printed(document: &Document<'_>, node: NodeId, depth: usize) -> Option<String> {
    let inner = |node: NodeId| printed(document, node, depth + 1);
    match Value::of(document, node) {
        _ if depth > DEEPEST => None,
        Value::Null => Some("None".to_owned()),
        Value::Text(text) if text.contains('\'') && !text.contains('"') => Some(format!("\"{text}\"")),
        Value::Text(text) => Some(format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))),
        Value::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| inner(*item)).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Value::Map => {
            let entry = |(key, value): &(NodeId, NodeId)| Some(format!("{}: {}", inner(*key)?, inner(*value)?));
            let entries: Option<Vec<String>> = document.entries(node).iter().map(entry).collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
        value => value.printed().map(Cow::into_owned),
    }
}

/// Whether Ansible evaluates the text.
pub(crate) fn is_template(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| matches!(pair, b"{{" | b"{%" | b"{#"))
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
            ("2001-01-01 10:00:00", "Number(Some(\"2001-01-01 10:00:00\"))"),
            ("2001-01-01", "Number(Some(\"2001-01-01\"))"),
            ("1.5", "Number(Some(\"1.5\"))"),
            ("1.50", "Number(Some(\"1.5\"))"),
            ("1.0e+3", "Number(Some(\"1000.0\"))"),
            (".5", "Number(Some(\"0.5\"))"),
            ("! \"12\"", "Number(Some(\"12\"))"),
            ("!!str 12", "Text(\"12\")"),
            ("!unsafe 'yes'", "Bool(true)"),
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
    fn collections_are_printed_as_python_does() {
        let document = Document::parse("[x, 5, ~, {b: \"c'd\"}, yes]\n").unwrap();
        assert_eq!(text(&document, document.root().unwrap()).unwrap(), "['x', 5, None, {'b': \"c'd\"}, True]");
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
