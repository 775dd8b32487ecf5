//! The file as a whole: what Ansible reads of it at all.

use super::Checker;
use super::rules::file as rule;
use crate::spin::config::ansible_value::Value;
use crate::spin::provision::validate_inputs;
use crate::yaml::{Kind, quote};

/// Keys that lose people or keys when they stand twice.
const LOSING: [&str; 6] =
    ["users", "additional_users", "docker_user", "authorized_keys", "authorized_ssh_keys", "public_key"];

impl Checker<'_, '_, '_> {
    /// SK1
    pub(super) fn file(&mut self) {
        let document = self.document;
        if let Some(at) = document.second_document() {
            // Behind `...` it may start without dashes.
            let width = if document.text[at..].starts_with("---") { 3 } else { 0 };
            self.add_at(&rule::SEVERAL_DOCUMENTS, at..at + width, "a second YAML document starts here");
        }
        if let Some(root) = document.root()
            && !matches!(Value::of(document, root), Value::Map | Value::Null)
        {
            self.add(&rule::NOT_A_MAPPING, root, "the file is not a mapping at its top, as a .spin.yml is");
        }
        if let Some(node) = validate_inputs::unknown_tag(document) {
            // A password that opens with `!` is such a tag: it is not named.
            let start = document.node(node).start;
            let before = document.text[..start].trim_end();
            let at = before.rfind('!').filter(|at| !before[*at..].contains(char::is_whitespace)).unwrap_or(start);
            self.add_at(&rule::UNKNOWN_TAG, at..at, "Ansible does not know the tag of this value").unseen();
        }
        for duplicate in document.duplicates() {
            let key = document.scalar(duplicate.lost_key).unwrap_or("?");
            let loses = LOSING.contains(&key)
                && !document.is_null(duplicate.lost_value)
                && !self.is_same(duplicate.lost_value, duplicate.kept_value);
            let rule = if loses { &rule::KEYS_LOST } else { &rule::DUPLICATE_KEY };
            let last = self.lines.place(document.node(duplicate.kept_key).start).0;
            self.add(
                rule,
                duplicate.lost_key,
                format!("`{}` stands twice in one mapping: the one on line {last} counts", quote(key)),
            );
        }
    }

    /// Whether two scalars say the same.
    fn is_same(&self, one: usize, other: usize) -> bool {
        let kind = |id| &self.document.node(id).kind;
        match (kind(one), kind(other)) {
            (Kind::Scalar { value: one, .. }, Kind::Scalar { value: other, .. }) => one == other,
            _ => false,
        }
    }
}
