//! A list of keys in a field that Spin does not read.

use super::request::key_item;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{KeyList, KeyText};
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::written_keys::quotes_of;
use crate::yaml::{Document, Edit, New, NodeId, Path, ScalarStyle, Step};

/// The edits that move a list to the field that Spin reads: the field is renamed, and each item is rewritten in that
/// field's form.
pub(crate) fn moved(document: &Document<'_>, holder: &Path, list: &KeyList<'_>, to: Field) -> Vec<Edit> {
    let from = match to {
        Field::AuthorizedKeys => Field::AuthorizedSshKeys,
        Field::AuthorizedSshKeys => Field::AuthorizedKeys,
    };
    let path = field_path(holder, from);
    let mut edits = vec![Edit::Rename { path: path.clone(), to: to.key().to_owned() }];
    let is_list = matches!(list.value, Value::List(_));
    for entry in &list.entries {
        let wanted = to == Field::AuthorizedKeys;
        let KeyText::Text(text) = entry.text else { return Vec::new() };
        // A string has no room for other fields.
        if !wanted && has_other_field(document, entry.item) {
            return Vec::new();
        }
        if entry.state != State::Present {
            if wanted && entry.is_mapping {
                continue;
            }
            return Vec::new();
        }
        if !is_list && wanted {
            let text = text.strip_suffix('\n').unwrap_or(text);
            let items = vec![key_item(to, text, quotes_of(document, entry.text_node))];
            edits.push(Edit::Replace { path: path.clone(), with: New::List { items, flow: true } });
        } else if is_list && entry.is_mapping != wanted {
            edits.push(Edit::Replace {
                path: item_path(holder, from, entry.index),
                with: rewritten(document, to, text, entry.text_node),
            });
        }
    }
    if is_list || !list.entries.is_empty() { edits } else { Vec::new() }
}

/// A key of the file as an item of `field`, in its own quotes; without the line break that ends a block of text, where that
/// does not stay one.
pub(crate) fn rewritten(document: &Document<'_>, field: Field, text: &str, node: NodeId) -> New {
    let is_block = matches!(document.node(node).kind.style(), Some(ScalarStyle::Literal | ScalarStyle::Folded));
    let line = text.trim_end_matches('\n');
    let text = if line.contains('\n') || (is_block && field == Field::AuthorizedKeys) { text } else { line };
    key_item(field, text, quotes_of(document, node))
}

fn has_other_field(document: &Document<'_>, item: NodeId) -> bool {
    let fields = document.entries(item).iter().filter_map(|(key, _)| document.scalar(*key));
    fields.filter(|field| !["public_key", "state"].contains(field)).count() > 0
}

pub(crate) fn field_path(holder: &Path, field: Field) -> Path {
    [holder.clone(), vec![Step::Key(field.key().to_owned())]].concat()
}

pub(crate) fn item_path(holder: &Path, field: Field, index: usize) -> Path {
    [field_path(holder, field), vec![Step::Index(index)]].concat()
}
