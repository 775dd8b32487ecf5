//! What Ansible makes of the nodes of a document.

use super::construct::{Key, key_of, printed};
use super::document::Document;
use super::error::Refusal;
use super::node::{Data, NodeId};
use super::tag::{Core, Tag};
use std::borrow::Cow;

impl Document<'_> {
    /// The document, if Ansible can load it.
    ///
    /// # Errors
    /// It has a tag that Ansible does not know.
    pub fn loadable(self) -> Result<Self, Refusal> {
        match self.unknown_tags().first() {
            None => Ok(self),
            Some(node) => Err(self.refuse_node(
                *node,
                "this has a tag that Ansible does not know, so it cannot load the file",
                "remove the tag, then run this again",
            )),
        }
    }

    /// What a key says; none where Ansible does not read it as a text.
    pub(crate) fn name(&self, key: NodeId) -> Option<&str> {
        self.text_at(key)
    }

    /// The text that Ansible reads here, template or not; none where it is something else.
    #[must_use]
    pub fn text_at(&self, id: NodeId) -> Option<&str> {
        (self.node(id).data == Data::Text).then(|| self.node(id).text())
    }

    /// A number or date as Python prints it; none where only Python knows.
    #[must_use]
    pub fn printed(&self, id: NodeId) -> Option<Cow<'_, str>> {
        printed(self.node(id))
    }

    /// The tag as it is written, where it is right before the node.
    pub(crate) fn tag_text(&self, id: NodeId) -> &str {
        let before = self.text[..self.node(id).start].trim_end();
        let at = before.rfind('!').filter(|_| !self.node(id).tag.is_none()).unwrap_or(before.len());
        let word = before[..at].rfind([' ', '\t', '\n', '[', '{', ',']).map_or(0, |at| at + 1);
        if before[word..].contains(char::is_whitespace) { "" } else { &before[word..] }
    }

    /// What makes this key the same as another, to Ansible.
    pub(crate) fn key(&self, id: NodeId) -> Key<'_> {
        let node = self.node(id);
        match node.data {
            Data::Unknown => Key::Other(format!("{} {}", self.tag_text(id), node.text())),
            data => key_of(id, node.text().into(), data),
        }
    }

    /// Whether Ansible makes pairs of the items of a list (`!!omap`, `!!pairs`).
    pub(crate) fn is_of_pairs(&self, id: NodeId) -> bool {
        matches!(self.node(id).tag, Tag::Core(Core::Omap | Core::Pairs))
    }

    /// Whether Ansible reads the node as null.
    #[must_use]
    pub fn is_null(&self, id: NodeId) -> bool {
        self.node(id).data == Data::Null
    }

    /// The key and value nodes of `key` in a mapping: the last ones, where it is repeated.
    #[must_use]
    pub fn entry(&self, mapping: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.entries(mapping).iter().copied().rfind(|(name, _)| self.name(*name) == Some(key))
    }

    /// The value of `key` in a mapping.
    #[must_use]
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entry(mapping, key).map(|(_, value)| value)
    }

    /// The values of several keys in a mapping.
    pub(crate) fn get_each<const N: usize>(&self, mapping: NodeId, keys: [&str; N]) -> [Option<NodeId>; N] {
        let mut found = [None; N];
        for (name, value) in self.entries(mapping) {
            let at = self.name(*name).and_then(|name| keys.iter().position(|key| *key == name));
            if let Some(at) = at {
                found[at] = Some(*value);
            }
        }
        found
    }
}
