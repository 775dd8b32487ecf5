//! The key is in the list already: the edit that makes it work, if one is needed.
//!
//! The items of a list are applied in order, so the last one with the key decides.

use super::moved::rewritten;
use super::request::{NewKey, Plan, key_item};
use crate::key::{self, KeyLine, is_in_use};
use crate::spin::config::layout::Field;
use crate::spin::config::written_keys::{KeyItem, quote_of};
use crate::yaml::{self, Document, Edit, New, NodeId, Path, Refusal, Step, quote};

/// An existing key list.
pub(super) struct Slot {
    pub(super) path: Path,
    pub(super) list: NodeId,
    pub(super) field: Field,
}

/// Plans what makes an item work that has the key: `state: present`, the form of its field, the options that were asked
/// for.
pub(super) fn settle(
    document: &Document<'_>,
    slot: &Slot,
    (index, item): (usize, &KeyItem<'_>),
    key: &NewKey<'_>,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let mut path = slot.path.clone();
    path.push(Step::Index(index));
    if make_present(document, &path, item, plan)? {
        return Ok(());
    }
    if let Some(wanted) = other_line(document, item, key)? {
        // A list of one text has no items.
        let is_text = document.scalar(slot.list).is_some();
        let quote = quote_of(document, slot.list);
        let at = if is_text { slot.path.clone() } else { path };
        let with = match item.is_mapping && slot.field == Field::AuthorizedKeys {
            true => {
                let at = [at, vec![Step::Key("public_key".to_owned())]].concat();
                plan.edits.push(Edit::Replace { path: at, with: New::Text { value: wanted, quote } });
                return Ok(());
            }
            false if is_text => New::Text { value: wanted, quote },
            false => key_item(slot.field, &wanted, quote),
        };
        plan.edits.push(Edit::Replace { path: at, with });
        return Ok(());
    }
    let has_form = item.is_mapping == (slot.field == Field::AuthorizedKeys);
    if !has_form && !item.has_other_fields && document.scalar(slot.list).is_none() {
        let with = rewritten(document, slot.field, item.text, item.text_node);
        let edit = Edit::Replace { path, with };
        // Where the text cannot be changed like that, the key is still there, and the reason is given.
        if yaml::splices(document, std::slice::from_ref(&edit)).is_ok() {
            plan.edits.push(edit);
        }
    }
    Ok(())
}

/// Sets an absent item to `present`. Whether that was needed.
fn make_present(document: &Document<'_>, path: &Path, item: &KeyItem<'_>, plan: &mut Plan) -> Result<bool, Refusal> {
    let Some((node, state)) = item.state else { return Ok(false) };
    match state {
        "present" => return Ok(false),
        "absent" => {}
        other => {
            return Err(document.refuse_node(
                node,
                format!("this key has `state: {}`, on which Spin's run fails", quote(other)),
                "write `state: present` or `state: absent` there",
            ));
        }
    }
    if has_several(item.text) {
        return Err(document.refuse_node(
            node,
            "this item contains several keys with `state: absent`: making it present would let all of them log in",
            "write the key as a separate item, then run this again",
        ));
    }
    let (line, _) = document.place(node);
    plan.notes.push(format!(
        "the file takes this key away (`state: absent`, line {line}): if it was revoked, this undoes it"
    ));
    let path = [path.clone(), vec![Step::Key("state".to_owned())]].concat();
    plan.edits.push(Edit::Set { path, value: "present".to_owned() });
    Ok(true)
}

fn has_several(text: &str) -> bool {
    text.lines().filter(|line| !line.trim().is_empty()).count() > 1
}

/// The line that was asked for, where it has other options than the one in the file. A key without options is no
/// request to remove those in the file, unless nobody can log in with them.
fn other_line(document: &Document<'_>, item: &KeyItem<'_>, key: &NewKey<'_>) -> Result<Option<String>, Refusal> {
    let Some(material) = key.material else { return Ok(None) };
    let Some((_, written)) = key::key_lines(item.text).find(|(_, line)| is_in_use(line, material)) else {
        return Ok(None);
    };
    let Ok(asked) = KeyLine::parse(key.line) else { return Ok(None) };
    let there = KeyLine::parse(written).ok();
    let asked = match (key.expires.filter(|_| asked.only_expires()), there.clone()) {
        // Nothing but a last day was asked for: the other options stay.
        (Some(day), Some(there)) => there.until(day).unwrap_or(asked),
        _ => asked,
    };
    let options = there.as_ref().and_then(KeyLine::options);
    let is_other = asked.options().is_some() && asked.options() != options;
    let lets_in = |line: &str| key::login(line, key.now) == key::Login::Yes;
    let line = asked.to_line();
    if !is_other && (lets_in(written) || !lets_in(&line)) {
        return Ok(None);
    }
    if has_several(item.text) {
        return Err(document.refuse_node(
            item.text_node,
            format!("this item has several keys, among them this one with the options {}", shown(options)),
            "write the key as a separate item, then run this again",
        ));
    }
    Ok(Some(line))
}

fn shown(options: Option<&str>) -> String {
    options.map_or_else(|| "(none)".to_owned(), |options| format!("`{}`", quote(options)))
}
