//! SK1: the file as a whole, and whether Ansible can read it.

use crate::check::checker::Checker;
use crate::check::rule::{Rule, Severity, rules};
use crate::spin::config::ansible_value::Value;
use crate::spin::provision::validate_inputs;
use crate::yaml::{Kind, quote};

rules! { FILE:
    SEVERAL_DOCUMENTS = "SK101" "several-documents" Error, {
        title: "the file holds more than one YAML document",
        effect: "Ansible reads no variables from it, and the run fails immediately",
        help: "keep one document: remove the second `---` and whatever does not belong in the file",
        source: "ansible-core, `--extra-vars @FILE` (PyYAML: expected a single document in the stream)",
        why: "Spin passes the file to Ansible as `--extra-vars @./.spin.yml`, which must be exactly one document. A \
            `---` pasted into the middle of the file, or a second file appended to it, ends every run before it \
            reaches a server. The other findings are about the first document.",
    }
    DUPLICATE_KEY = "SK102" "duplicate-key" Warning, {
        title: "duplicate key in a mapping",
        effect: "Ansible reads only the last one, and prints a warning that is easily missed",
        help: "merge the two, or remove the wrong one",
        source: "ansible-core, `parsing/yaml/constructor.py` (Using last defined value only)",
        why: "YAML forbids it, but PyYAML does not refuse it. Nothing from the first value is merged into the second. \
            If users or keys are lost this way, the finding is SK103.",
    }
    KEYS_LOST = "SK103" "duplicate-key-loses-keys" Error, {
        title: "a duplicate key discards users or SSH keys",
        effect: "Ansible reads only the last one, and ignores the users and keys in the first",
        help: "merge the two into one",
        source: "ansible-core, `parsing/yaml/constructor.py` (Using last defined value only)",
        why: "The usual cause is a second `users:` below the one in the shipped file, or a merge of two branches. The \
            run prints a warning and continues. Users in the first list are not created and their keys are not \
            installed; on an existing server nothing of theirs is removed either.",
    }
    NOT_A_MAPPING = "SK104" "not-a-mapping" Error, {
        title: "the top level of the file is not a mapping",
        effect: "Ansible reads no variables from it, and the run fails immediately",
        help: "check that this is the right file: a .spin.yml has `users:`, `servers:` and so on at its top level",
        source: "ansible-core, `--extra-vars @FILE` (must be a dictionary)",
        why: "Variables have names, so Ansible wants a mapping. If the top level is a list or a single word, it is the \
            wrong file, or its first lines were lost.",
    }
    UNKNOWN_TAG = "SK105" "unknown-tag" Error, {
        title: "a value has a tag that Ansible does not know",
        effect: "Ansible cannot load the file, and the run fails immediately",
        help: "remove the tag, or quote the text if the `!` is part of it",
        source: "ansible-core, `--extra-vars @FILE` (could not determine a constructor for the tag)",
        why: "Besides YAML's own tags, Ansible knows `!vault` and `!unsafe`. A password or comment that starts with \
            `!` and is not quoted is read as a tag.",
    }
}

/// Duplicates of these lose users or SSH keys.
const LOSING: [&str; 6] =
    ["users", "additional_users", "docker_user", "authorized_keys", "authorized_ssh_keys", "public_key"];

impl Checker<'_, '_, '_> {
    /// SK1
    pub(crate) fn file(&mut self) {
        let document = self.document;
        if let Some(at) = document.second_document() {
            // After `...` it may start without dashes.
            let width = if document.text[at..].starts_with("---") { 3 } else { 0 };
            self.add_at(&SEVERAL_DOCUMENTS, at..at + width, "a second YAML document starts here");
        }
        if let Some(root) = document.root()
            && !matches!(Value::of(document, root), Value::Map | Value::Null)
        {
            self.add(&NOT_A_MAPPING, root, "the top level of the file is not a mapping");
        }
        if let Some(node) = validate_inputs::unknown_tag(document) {
            // A password that starts with `!` is such a tag: do not print it.
            let at = validate_inputs::tag_start(document, node);
            self.add_at(&UNKNOWN_TAG, at..at, "Ansible does not know this value's tag").unseen();
        }
        for duplicate in document.duplicates() {
            let key = document.scalar(duplicate.lost_key).unwrap_or("?");
            let loses = LOSING.contains(&key)
                && !document.is_null(duplicate.lost_value)
                && !self.is_same(duplicate.lost_value, duplicate.kept_value);
            let rule = if loses { &KEYS_LOST } else { &DUPLICATE_KEY };
            let last = self.lines.place(document.node(duplicate.kept_key).start).0;
            self.add(
                rule,
                duplicate.lost_key,
                format!("duplicate key `{}`: Ansible uses the one on line {last}", quote(key)),
            );
        }
    }

    /// Whether two scalars have the same value.
    fn is_same(&self, one: usize, other: usize) -> bool {
        let kind = |id| &self.document.node(id).kind;
        match (kind(one), kind(other)) {
            (Kind::Scalar { value: one, .. }, Kind::Scalar { value: other, .. }) => one == other,
            _ => false,
        }
    }
}
