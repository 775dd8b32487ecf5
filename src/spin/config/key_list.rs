//! Key lists as Ansible reads them.

use super::ansible_value::Value;
use super::layout::Field;
use super::state::State;
use crate::key;
use crate::yaml::{Data, Document, Kind, NodeId, ScalarStyle};

/// What an item holds as its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyText<'d> {
    /// A text.
    Text(&'d str),
    /// Null, or a mapping without `public_key`.
    Missing,
    /// A number, a list, a mapping.
    Other,
    /// Known only to Ansible.
    Unknown,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry<'d> {
    pub(crate) index: usize,
    /// The item.
    pub(crate) item: NodeId,
    /// The key.
    pub(crate) text: KeyText<'d>,
    /// The node of its text; the item if there is none.
    pub(crate) text_node: NodeId,
    /// The item is a mapping, as `authorized_keys` requires.
    pub(crate) is_mapping: bool,
    pub(crate) state: State,
    /// The node of the `state`.
    pub(crate) state_node: Option<NodeId>,
}

#[derive(Debug, Clone)]
pub(crate) struct KeyList<'d> {
    /// The field's name in the file.
    pub(crate) key_node: NodeId,
    /// The value of the field, as Ansible reads it.
    pub(crate) value: Value<'d>,
    /// A single string counts as one item.
    pub(crate) entries: Vec<Entry<'d>>,
}

impl<'d> KeyList<'d> {
    pub(crate) fn of(document: &'d Document<'_>, holder: NodeId, field: Field) -> Option<Self> {
        let (key_node, node) = document.entry(holder, field.key())?;
        let value = Value::of(document, node);
        let mut entries = Vec::with_capacity(document.items(node).len());
        match value {
            Value::Text(_) => entries.push(Entry::of(document, 0, node)),
            _ => {
                for (index, item) in document.items(node).iter().enumerate() {
                    match document.items(*item) {
                        // `with_items`, which loops over this field, flattens nested lists.
                        inner if field == Field::AuthorizedSshKeys && document.node(*item).data == Data::List => {
                            entries.extend(inner.iter().map(|item| Entry::of(document, index, *item)));
                        }
                        _ => entries.push(Entry::of(document, index, *item)),
                    }
                }
            }
        }
        Some(Self { key_node, value, entries })
    }
}

impl<'d> Entry<'d> {
    fn of(document: &'d Document<'_>, index: usize, item: NodeId) -> Self {
        let value = Value::of(document, item);
        let is_mapping = value == Value::Map;
        let text_node = if is_mapping { document.get(item, "public_key") } else { Some(item) };
        let text = match text_node.map(|node| Value::of(document, node)) {
            None | Some(Value::Null) => KeyText::Missing,
            Some(Value::Text(text)) => KeyText::Text(text),
            Some(Value::Unknown) => KeyText::Unknown,
            Some(_) => KeyText::Other,
        };
        let state_node = document.get(item, "state");
        let state = state_node.map_or(State::Present, |node| State::of(&Value::of(document, node)));
        Self { index, item, text, text_node: text_node.unwrap_or(item), is_mapping, state, state_node }
    }
}

impl Entry<'_> {
    /// The line of a key that a colon turned into a mapping.
    pub(crate) fn colon_line(&self, document: &Document<'_>) -> Option<String> {
        let [(key, value)] = document.entries(self.item) else { return None };
        let (key_node, value_node) = (document.node(*key), document.node(*value));
        document.scalar(*value)?;
        if key::materials(document.scalar(*key)?).is_empty()
            || !matches!(key_node.kind, Kind::Scalar { style: ScalarStyle::Plain, .. })
        {
            return None;
        }
        let end = if value_node.start < value_node.end {
            value_node.end
        } else {
            key_node.end + document.text[key_node.end..].find(':')? + 1
        };
        let line = document.text.get(key_node.start..end)?;
        (!line.contains('\n')).then(|| line.to_owned())
    }
}
