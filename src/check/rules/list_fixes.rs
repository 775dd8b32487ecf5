//! The fixes of key lists that Spin does not read, and what is said of them.

use super::states::other_field;
use crate::spin::config::ansible_value::Value;
use crate::spin::config::key_list::{KeyList, KeyText};
use crate::spin::config::layout::Field;
use crate::spin::config::state::State;
use crate::spin::config::user::Person;
use crate::spin::plan::request::key_item;
use crate::yaml::{Document, Edit, New, Path, Quote, Step, quote};

/// The help for a list (`None`) or an item that Spin does not read yet, with what it will open besides the account.
pub(super) fn opens_more(help: &str, person: &Person<'_>, index: Option<usize>) -> String {
    match index {
        _ if !person.feeds_deploy() => help.to_owned(),
        None => format!(
            "{help}; the first key can then log in as deploy, too, and the tunnel accepts all of them, absent ones included"
        ),
        Some(0) => format!("{help}; the key can then log in as deploy, too, and the tunnel accepts it"),
        Some(_) => format!("{help}; the tunnel then accepts the key, too"),
    }
}

/// What to do about a mapping that has more than a key and its state.
pub(super) fn with_field(help: &str, field: &str) -> String {
    format!(
        "{help}; --fix does not lose the field `{}`, which Spin never reads: options are part of the key",
        quote(field)
    )
}

/// The edits that move a list to the field that Spin reads: the field is renamed, and each item is rewritten in that
/// field's form.
pub(super) fn moved(document: &Document<'_>, holder: &Path, list: &KeyList<'_>, to: Field) -> Vec<Edit> {
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
        if !wanted && other_field(document, entry.item).is_some() {
            return Vec::new();
        }
        if entry.state != State::Present {
            if wanted && entry.is_mapping {
                continue;
            }
            return Vec::new();
        }
        if !is_list && wanted {
            let items = vec![key_item(to, text, Quote::Double)];
            edits.push(Edit::Replace { path: path.clone(), with: New::List { items, flow: true } });
        } else if is_list && entry.is_mapping != wanted {
            edits.push(Edit::Replace {
                path: item_path(holder, from, entry.index),
                with: key_item(to, text, Quote::Double),
            });
        }
    }
    if is_list || !list.entries.is_empty() { edits } else { Vec::new() }
}

pub(super) fn field_path(holder: &Path, field: Field) -> Path {
    [holder.clone(), vec![Step::Key(field.key().to_owned())]].concat()
}

pub(super) fn item_path(holder: &Path, field: Field, index: usize) -> Path {
    [field_path(holder, field), vec![Step::Index(index)]].concat()
}
