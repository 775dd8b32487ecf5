//! What a word on the command line stands for: a person, or a key in the file.

use crate::key;
use crate::spin::config::Config;
use crate::spin::config::key_list::{KeyList, KeyText};
use crate::spin::config::layout::{DEPLOY_PUBLIC_KEY, DOCKER_USER};
use std::collections::BTreeMap;

/// How every fingerprint begins.
const FINGERPRINT: &str = "SHA256:";

/// What a word stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    /// All entries of this account.
    Person(String),
    /// The key with this decoded blob, and its line in the file.
    Key(Vec<u8>, String),
    /// Nothing in the file.
    Nobody,
    /// Several keys: each with its fingerprint, its comment and who has it.
    Several(Vec<String>),
}

/// A key in the file, with the first place where it stands.
struct Found<'d> {
    line: &'d str,
    fingerprint: String,
    comment: String,
    holder: String,
}

/// What a word stands for: the name of a person's account that has an entry, a fingerprint or a comment, or the beginning of one
/// of those if only one key has it.
#[must_use]
pub fn named(config: &Config<'_>, deploy_public_key: Option<&str>, word: &str) -> Named {
    let is_person = config.people.iter().any(|person| person.account.as_deref() == Some(word));
    // The deploy account has an entry here once something is revoked from it.
    if is_person && config.deploy_account.as_deref() != Some(word) {
        return Named::Person(word.to_owned());
    }
    let keys = keys(config, deploy_public_key);
    let is_print = word.starts_with(FINGERPRINT) && word.len() > FINGERPRINT.len();
    let text = |key: &Found<'_>| if is_print { key.fingerprint.clone() } else { key.comment.clone() };
    let those = |fits: &dyn Fn(&str) -> bool| -> Vec<(&Vec<u8>, &Found<'_>)> {
        keys.iter().filter(|(_, key)| fits(&text(key))).collect()
    };
    let exact = those(&|text| text == word);
    // The beginning of a name is no comment.
    let mut names = config.people.iter().filter_map(|person| person.account.as_deref());
    if exact.is_empty() && names.any(|name| name.starts_with(word)) {
        return Named::Nobody;
    }
    let found = if exact.is_empty() && !word.is_empty() { those(&|text| text.starts_with(word)) } else { exact };
    match found.as_slice() {
        [] => Named::Nobody,
        [(material, key)] => Named::Key((*material).clone(), key.line.to_owned()),
        several => Named::Several(several.iter().map(|(_, key)| key.described()).collect()),
    }
}

/// The line in the file of the key with this decoded blob.
#[must_use]
pub fn line_of<'d>(config: &Config<'d>, deploy_public_key: Option<&'d str>, material: &[u8]) -> Option<&'d str> {
    all_lines(config, deploy_public_key)
        .find(|(line, _)| key::materials(line).iter().any(|it| it == material))
        .map(|(line, _)| line)
}

impl Found<'_> {
    fn described(&self) -> String {
        let comment = if self.comment.is_empty() { "no comment" } else { &self.comment };
        format!("{} ({comment}), of {}", self.fingerprint, self.holder)
    }
}

/// All keys in the file by their decoded blobs.
fn keys<'d>(config: &Config<'d>, deploy_public_key: Option<&'d str>) -> BTreeMap<Vec<u8>, Found<'d>> {
    let mut found = BTreeMap::new();
    for (line, holder) in all_lines(config, deploy_public_key) {
        for material in key::materials(line) {
            let fingerprint = key::fingerprint(&material);
            let comment = key::describe(line).map(|key| key.comment).unwrap_or_default();
            found.entry(material).or_insert(Found { line, fingerprint, comment, holder: holder.clone() });
        }
    }
    found
}

/// The lines of all lists, in the order of the file, each with whose it is.
fn all_lines<'d>(config: &Config<'d>, deploy_public_key: Option<&'d str>) -> impl Iterator<Item = (&'d str, String)> {
    let people = config.people.iter().flat_map(|person| {
        let lists = [person.keys.as_ref(), person.unread.as_ref()].into_iter().flatten();
        lists.flat_map(lines).map(|line| (line, person.called()))
    });
    let deploy = config.deploy.iter().flat_map(|deploy| {
        let lists = [deploy.keys.as_ref(), deploy.unread.as_ref()].into_iter().flatten();
        lists.flat_map(lines).map(|line| (line, DOCKER_USER.to_owned()))
    });
    let passed = deploy_public_key.into_iter().flat_map(key_lines).map(|line| (line, DEPLOY_PUBLIC_KEY.to_owned()));
    people.chain(deploy).chain(passed)
}

/// The lines of a list.
pub(super) fn lines<'d>(list: &KeyList<'d>) -> impl Iterator<Item = &'d str> {
    let texts = list.entries.iter().filter_map(|entry| match entry.text {
        KeyText::Text(text) => Some(text),
        _ => None,
    });
    texts.flat_map(key_lines)
}

pub(super) fn key_lines(text: &str) -> impl Iterator<Item = &str> {
    key::key_lines(text).map(|(_, line)| line)
}
