//! Templates: where they stand in a file, and which of its variables one can use.

use super::ansible_value::is_template;
use crate::yaml::{Data, Document, Kind, NodeId};
use std::collections::HashSet;

/// What stands at a place where Ansible evaluates something that the text of the file does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evaluated {
    Template,
    /// A `!vault` value that is not opened.
    Vaulted,
}

/// The templates of the shipped file, without their braces, by the variable that they are the value of.
const SHIPPED: [(&str, &str); 1] = [("postfix_hostname", "inventory_hostname")];

/// Words with which a template can use variables whose names it does not have, files, or programs.
const DYNAMIC: [&str; 13] = [
    "caller", "context", "extends", "from", "hostvars", "import", "include", "lookup", "q", "query", "self", "vars",
    "varnames",
];

/// Words of Jinja with which a template runs a plugin that reads outside of the file.
const LOOKUPS: [&str; 3] = ["lookup", "q", "query"];

/// What Ansible evaluates in a scalar.
pub(crate) fn evaluated(document: &Document<'_>, id: NodeId) -> Option<Evaluated> {
    let node = document.node(id);
    let text = document.reading(id)?;
    match node.data {
        Data::Vault if document.reading(id) == document.scalar(id) => Some(Evaluated::Vaulted),
        Data::Text | Data::Vault if !node.is_unsafe && is_template(text) => Some(Evaluated::Template),
        _ => None,
    }
}

/// Whether the shipped file has this text as the value of this variable.
pub(crate) fn is_shipped(variable: &str, text: &str) -> bool {
    SHIPPED.iter().any(|(name, inside)| *name == variable && expression(text) == Some(*inside))
}

/// Whether a template can depend on variables of the file whose names are not among its [`words`].
pub(crate) fn is_dynamic(text: &str) -> bool {
    !is_env_lookup(text) && (text.contains("__") || words(text).any(|word| DYNAMIC.contains(&word)))
}

/// Whether a template calls a lookup plugin, but for the value of an environment variable.
pub(crate) fn has_lookup(text: &str) -> bool {
    !is_env_lookup(text) && words(text).any(|word| LOOKUPS.contains(&word))
}

/// Whether a lookup of this template can run a program on the machine that provisions.
pub(crate) fn may_run(text: &str) -> bool {
    const PROGRAMS: [&str; 3] = ["pipe", "lines", "template"];
    // The name of a plugin need not stand in the text as one word.
    has_lookup(text) && (words(text).any(|word| PROGRAMS.contains(&word)) || text.contains(['~', '+', '%', '\\']))
}

/// Whether the text is `{{ lookup('env', 'NAME') }}` and nothing else.
fn is_env_lookup(text: &str) -> bool {
    let arguments = || {
        let arguments = expression(text)?.strip_prefix("lookup")?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
        let (plugin, name) = arguments.split_once(',')?;
        Some((quoted(plugin)?, quoted(name)?))
    };
    let is_word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    arguments().is_some_and(|(plugin, name)| plugin == "env" && is_word(name))
}

/// What is between the braces of a text that is one template.
fn expression(text: &str) -> Option<&str> {
    Some(text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim())
}

fn quoted(text: &str) -> Option<&str> {
    let inside = |quote| text.trim().strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inside('\'').or_else(|| inside('"'))
}

/// The words of a template, those in its quotes too.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Whether the text can hold anything that Ansible evaluates: an escape sequence may produce a brace.
pub(crate) fn may_evaluate(document: &Document<'_>) -> bool {
    may_hold_templates(document)
        || document.marks().percent
        || (document.marks().exclamation && document.text.contains("!vault"))
}

/// Whether a text of the document may be a template: an escape may produce a brace.
pub(crate) fn may_hold_templates(document: &Document<'_>) -> bool {
    let marks = document.marks();
    marks.backslash || document.has_readings() || (marks.brace && is_template(document.text))
}

/// All scalars below a node of which Ansible evaluates something, each once, in the order of the file.
pub(crate) fn all_evaluated(document: &Document<'_>, node: NodeId) -> Vec<NodeId> {
    let (mut found, mut seen, mut waiting) = (Vec::new(), HashSet::new(), vec![node]);
    while let Some(id) = waiting.pop() {
        match &document.node(id).kind {
            Kind::Scalar { .. } if evaluated(document, id).is_some() => found.push(id),
            Kind::Sequence { items, .. } if seen.insert(id) => waiting.extend(items.iter().rev()),
            Kind::Mapping { entries, .. } if seen.insert(id) => {
                waiting.extend(entries.iter().rev().flat_map(|(key, value)| [*value, *key]));
            }
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_can_use_what_it_names_and_with_some_words_everything() {
        let uses_key = |text: &str| is_dynamic(text) || words(text).any(|word| word == "key");
        for (text, uses) in [
            ("{{ key }}", true),
            ("{{ other }}", false),
            ("{{ keys }}", false),
            ("{{ lookup('env', 'HOME') }}", false),
            ("{{ lookup( \"env\" , 'HCLOUD_TOKEN' ) }}", false),
            ("{{ lookup('env', key) }}", true),
            ("{{ lookup('env', 'A') }}{{ key }}", true),
            ("{{ lookup('env', 'A', default=vars.x) }}", true),
            ("{{ vars['k' ~ 'ey'] }}", true),
            ("{{ query('vars', 'x') }}", true),
            ("{% include 'x' %}", true),
            ("{{ x.__class__ }}", true),
        ] {
            assert_eq!(uses_key(text), uses, "{text}");
        }
        assert!(may_run("{{ lookup('pipe', 'id') }}") && may_run("{{ lookup('pi' ~ 'pe', 'id') }}"));
        assert!(!may_run("{{ lookup('file', 'x') }}") && has_lookup("{{ lookup('file', 'x') }}"));
        assert!(!has_lookup("{{ lookup('env', 'HOME') }}"));
        assert!(is_shipped("postfix_hostname", "{{  inventory_hostname }}"));
        assert!(is_shipped("postfix_hostname", "{{inventory_hostname}}"));
        assert!(!is_shipped("postfix_hostname", "{{ inventory_hostname }}{{ x }}"));
        assert!(!is_shipped("server_contact", "{{ inventory_hostname }}"));
    }
}
