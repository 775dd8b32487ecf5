//! Keys as written in the file, for edits and redaction, and which account already has a key.

use super::layout::{Field, Section};
use super::user::{deploy_account, docker_user, users};
use crate::key;
use crate::yaml::{Data, Document, Kind, LineIndex, NodeId, Quote};
use std::cell::LazyCell;
use zeroize::Zeroizing;

#[derive(Debug)]
pub(crate) struct KeyItem<'d> {
    /// The text of the key, possibly several lines.
    pub(crate) text: &'d str,
    /// Its node.
    pub(crate) text_node: NodeId,
    /// The value of `state`, if there is one.
    pub(crate) state: Option<(NodeId, &'d str)>,
    /// The item is a mapping.
    pub(crate) is_mapping: bool,
    /// The mapping has more than `public_key` and `state`.
    pub(crate) has_other_fields: bool,
}

/// The items of a key list that hold text, with their positions and with aliases resolved. A single string counts as a
/// list of one.
pub(crate) fn items<'d>(document: &'d Document<'_>, list: NodeId) -> Vec<(usize, KeyItem<'d>)> {
    let list = document.follow_alias(list);
    let whole = [list];
    let nodes =
        if document.scalar(list).is_some() && !document.is_null(list) { &whole[..] } else { document.items(list) };
    let get = |node, key| document.get(node, key).map(|value| document.follow_alias(value));
    let read = |node: NodeId| {
        let node = document.follow_alias(node);
        let text_node = if document.scalar(node).is_some() { node } else { get(node, "public_key")? };
        let state = get(node, "state").and_then(|state| document.scalar(state).map(|text| (state, text)));
        let fields = document.entries(node).iter().filter_map(|(key, _)| document.scalar(*key));
        let has_other_fields = fields.filter(|field| !["public_key", "state"].contains(field)).count() > 0;
        let is_mapping = document.scalar(node).is_none();
        Some(KeyItem { text: document.reading(text_node)?, text_node, state, is_mapping, has_other_fields })
    };
    nodes.iter().enumerate().filter_map(|(index, node)| read(*node).map(|item| (index, item))).collect()
}

/// The keys in the file that are inline `!vault` values, which need a password.
#[must_use]
pub fn sealed_keys(document: &Document<'_>) -> Vec<NodeId> {
    if !document.marks().exclamation {
        return Vec::new();
    }
    let texts = lists(document).flat_map(|list| items(document, list)).map(|(_, item)| item.text_node);
    texts.filter(|node| document.node(*node).data == Data::Vault).collect()
}

/// Replaces each key that is an inline `!vault` value with what `unseal` returns for it. Returns the lines of those for
/// which `unseal` returns `None`.
pub(crate) fn unseal_keys(
    document: &mut Document<'_>,
    unseal: &dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>,
) -> Vec<usize> {
    let mut unread = Vec::new();
    let text = document.text;
    let lines = LazyCell::new(|| LineIndex::of(text));
    for node in sealed_keys(document) {
        let plain = document.scalar(node).and_then(unseal);
        match plain.as_ref().and_then(|plain| std::str::from_utf8(plain).ok()) {
            Some(text) => document.read_as(node, Zeroizing::new(text.to_owned())),
            None => unread.push(lines.place(document.node(node).start).0),
        }
    }
    unread
}

/// The texts of all keys in lists, wherever they are, each with its `state`.
pub(crate) fn key_texts<'d>(document: &'d Document<'_>) -> impl Iterator<Item = (&'d str, Option<&'d str>)> {
    let items = lists(document).flat_map(|list| items(document, list));
    items.map(|(_, item)| (item.text, item.state.map(|(_, state)| state)))
}

/// All lists of keys.
fn lists(document: &Document<'_>) -> impl DoubleEndedIterator<Item = NodeId> {
    let root = document.root();
    let sections = Section::ALL.into_iter().filter_map(move |section| document.get(root?, section.key()));
    let people = sections.flat_map(|section| {
        let by_name = document.entries(section).iter().map(|(_, value)| *value);
        document.items(section).iter().copied().chain(by_name)
    });
    people.chain(docker_user(document)).flat_map(move |holder| {
        let fields = [Field::AuthorizedKeys, Field::AuthorizedSshKeys];
        fields.into_iter().filter_map(move |field| document.get(holder, field.key()))
    })
}

/// The quotes for a new key in a list: those of its last key, or of the last one in the file; else double.
pub(crate) fn quote_of(document: &Document<'_>, list: NodeId) -> Quote {
    last_quote(document, list).unwrap_or_else(|| usual_quote(document))
}

/// The quotes for a new key in a new list: those of the last one in the file; else double.
pub(crate) fn usual_quote(document: &Document<'_>) -> Quote {
    lists(document).rev().find_map(|list| last_quote(document, list)).unwrap_or(Quote::Double)
}

fn last_quote(document: &Document<'_>, list: NodeId) -> Option<Quote> {
    items(document, list).iter().rev().find_map(|(_, item)| written_quote(document, item.text_node))
}

/// The quotes of a key that is written anew: its own; for a block of text those of the last key in the file.
pub(crate) fn quotes_of(document: &Document<'_>, text: NodeId) -> Quote {
    written_quote(document, text).unwrap_or_else(|| usual_quote(document))
}

fn written_quote(document: &Document<'_>, text: NodeId) -> Option<Quote> {
    match &document.node(text).kind {
        Kind::Scalar { style, .. } => Quote::of(Some(*style)),
        _ => None,
    }
}

/// Somebody who already has a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The account's name, or the path of the entry if it has none.
    pub account: String,
    /// The key is under `docker_user`.
    pub is_deploy: bool,
    /// Line of the key, from 1.
    pub line: usize,
}

/// The first account in the file that has the key with this material (the decoded blob), whatever its `state`, and is
/// not `own` (an account's name, and whether it is that of `docker_user`).
#[must_use]
pub fn other_holder(document: &Document<'_>, material: &[u8], own: impl Fn(&str, bool) -> bool) -> Option<Holder> {
    let place_in = |node: NodeId| {
        [Field::AuthorizedKeys, Field::AuthorizedSshKeys].into_iter().find_map(|field| {
            let list = document.get(node, field.key())?;
            let found = items(document, list).into_iter().find(|(_, item)| holds(item.text, material));
            found.map(|(_, item)| item.text_node)
        })
    };
    let holder = |account: String, is_deploy, node| Holder { account, is_deploy, line: document.place(node).0 };
    for user in users(document) {
        let Some(node) = place_in(user.node) else { continue };
        let account = user.name.clone().unwrap_or_else(|| user.place());
        if !own(&account, false) {
            return Some(holder(account, false, node));
        }
    }
    let docker = document.root().and_then(|root| document.get(root, "docker_user"))?;
    let account = deploy_account(document);
    let node = place_in(docker).filter(|_| !own(&account, true))?;
    Some(holder(account, true, node))
}

/// Whether one of the lines in `text` is the key with this material.
fn holds(text: &str, material: &[u8]) -> bool {
    key::materials(text).iter().any(|found| found == material)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL";

    /// The texts and states of the keys of the one user.
    fn found(list: &str) -> Vec<(String, Option<String>)> {
        let text =
            format!("key: &key {KEY}\nitem: &item {{public_key: *key, state: absent}}\nusers: [{{keys: {list}}}]\n");
        let document = Document::parse(&text).unwrap();
        let users = document.get(document.root().unwrap(), "users").unwrap();
        let list = document.get(document.items(users)[0], "keys").unwrap();
        let items = items(&document, list).into_iter();
        items.map(|(_, item)| (item.text.to_owned(), item.state.map(|(_, state)| state.to_owned()))).collect()
    }

    #[test]
    fn a_key_behind_an_alias_is_there() {
        let absent = (KEY.to_owned(), Some("absent".to_owned()));
        assert_eq!(found("[*key, {public_key: *key}]"), [(KEY.to_owned(), None), (KEY.to_owned(), None)]);
        assert_eq!(found("[*item]"), [absent]);
    }
}
