//! The text as a tree of nodes with byte spans, made by granit-parser (YAML 1.2, pure Rust).
//!
//! Refuses more than one document, duplicate keys and deep nesting; aliases are kept as such and never expanded.

use super::error::Refusal;
use super::text::line_start;
use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, StructureStyle};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use zeroize::Zeroizing;

/// Index of a node in its [`Document`].
pub type NodeId = usize;

/// What a node is.
#[derive(Debug, Clone)]
pub enum Kind<'t> {
    /// A scalar: its value after escapes, and how it is written.
    Scalar {
        /// The value as text; `~` where nothing is written.
        value: Cow<'t, str>,
        /// Plain, quoted or block.
        style: ScalarStyle,
    },
    /// A sequence and its items.
    Sequence {
        /// `[a, b]` and not one item a line.
        flow: bool,
        /// The items in order.
        items: Vec<NodeId>,
    },
    /// A mapping and its entries.
    Mapping {
        /// `{a: b}` and not one entry a line.
        flow: bool,
        /// Key and value nodes in order.
        entries: Vec<(NodeId, NodeId)>,
    },
    /// `*name`.
    Alias,
}

/// A node: what it is and where it stands.
#[derive(Debug, Clone)]
pub struct Node<'t> {
    /// What it is.
    pub kind: Kind<'t>,
    /// First byte: of the first entry for a block collection. Anchors and tags are not part of it.
    pub start: usize,
    /// Behind the last byte. Empty (`start == end`) for a value that is not written; past trailing comments for a
    /// block collection.
    pub end: usize,
    /// It carries an anchor (`&name`).
    pub anchored: bool,
    /// It carries a tag other than those every parser implies.
    pub tag: Option<String>,
}

/// A parsed text: the one document in it.
#[derive(Debug)]
pub struct Document<'t> {
    /// The text that was parsed.
    pub text: &'t str,
    nodes: Vec<Node<'t>>,
    root: Option<NodeId>,
    /// Where `...` or the end of the text closes the document.
    end: usize,
    /// What scalars say that are not to be taken by their text.
    readings: HashMap<NodeId, Zeroizing<String>>,
}

impl<'t> Document<'t> {
    /// Parses `text`, which must not begin with a byte order mark.
    ///
    /// # Errors
    /// Text that is not one YAML document, nests deeper than 255 levels, or holds a key twice in one mapping.
    pub fn parse(text: &'t str) -> Result<Self, Refusal> {
        let mut options = Options::default();
        options.set_emit_comments(false);
        options.block_scalar_eof_without_line_feed = true;
        let mut builder = Builder { text, nodes: Vec::new(), open: Vec::new(), root: None, end: None };
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| syntax_error(text, &error))?;
            builder.event(event, &span)?;
        }
        let end = builder.end.unwrap_or(text.len());
        let readings = HashMap::new();
        let document = Self { text, nodes: builder.nodes, root: builder.root, end, readings };
        document.refuse_duplicate_keys()?;
        Ok(document)
    }

    /// The top node; none for a text without content.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// The node of an id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id]
    }

    /// All nodes, in the order in which they stand in the text.
    pub fn nodes(&self) -> impl Iterator<Item = &Node<'t>> {
        self.nodes.iter()
    }

    /// Where the content can be continued at the end: before `...`, else the end of the text.
    pub(crate) fn content_end(&self) -> usize {
        self.end
    }

    /// The value of a scalar, whatever its style; none for collections and aliases.
    #[must_use]
    pub fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            Kind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }

    /// What a scalar says: its value, or what it was found to stand for.
    #[must_use]
    pub fn reading(&self, id: NodeId) -> Option<&str> {
        self.readings.get(&id).map(|text| text.as_str()).or_else(|| self.scalar(id))
    }

    /// Has a scalar stand for this text: for `!vault` values whose password is there.
    pub fn read_as(&mut self, id: NodeId, text: Zeroizing<String>) {
        self.readings.insert(id, text);
    }

    /// The entries of a mapping; empty for everything else.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> &[(NodeId, NodeId)] {
        match &self.node(id).kind {
            Kind::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; empty for everything else.
    #[must_use]
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).kind {
            Kind::Sequence { items, .. } => items,
            _ => &[],
        }
    }

    /// The key and value nodes of `key` in a mapping.
    #[must_use]
    pub fn entry(&self, mapping: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.entries(mapping).iter().copied().find(|(name, _)| self.scalar(*name) == Some(key))
    }

    /// The value of `key` in a mapping.
    #[must_use]
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entry(mapping, key).map(|(_, value)| value)
    }

    /// Whether the node is null as YAML 1.1 reads it: nothing, `~`, `null`, `Null` or `NULL`, without a tag.
    #[must_use]
    pub fn is_null(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let Kind::Scalar { value, style: ScalarStyle::Plain } = &node.kind else { return false };
        node.tag.is_none() && matches!(&**value, "~" | "null" | "Null" | "NULL" | "")
    }

    /// Width of what stands before `offset` in its line, if that is only blanks and the marks `-` and `?`.
    ///
    /// # Errors
    /// The line is indented with something else, a tab above all.
    pub(crate) fn column(&self, offset: usize) -> Result<usize, Refusal> {
        let start = line_start(self.text, offset);
        let prefix = &self.text[start..offset];
        match prefix.find(|c| !matches!(c, ' ' | '-' | '?')) {
            None => Ok(prefix.len()),
            Some(at) => Err(self.refuse(
                start + at,
                "the line of the thing to be edited opens with a tab or an unusual mark",
                "indent this line with blanks only",
            )),
        }
    }

    /// A refusal at a byte offset of this text.
    pub(crate) fn refuse(&self, offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Refusal {
        Refusal::at(self.text, offset, message, hint)
    }

    /// A refusal at a node.
    pub(crate) fn refuse_node(&self, id: NodeId, message: impl Into<String>, hint: impl Into<String>) -> Refusal {
        self.refuse(self.node(id).start, message, hint)
    }

    /// Line and column of a node, from 1.
    #[must_use]
    pub fn place(&self, id: NodeId) -> (usize, usize) {
        super::text::line_column(self.text, self.node(id).start)
    }

    fn refuse_duplicate_keys(&self) -> Result<(), Refusal> {
        for node in &self.nodes {
            let Kind::Mapping { entries, .. } = &node.kind else { continue };
            let mut seen = HashSet::with_capacity(entries.len());
            for (key, _) in entries {
                let key_node = self.node(*key);
                let Kind::Scalar { value, style } = &key_node.kind else { continue };
                if !seen.insert((&**value, *style == ScalarStyle::Plain)) {
                    return Err(self.refuse(
                        key_node.start,
                        format!("the key `{}` stands twice in one mapping: Ansible reads only the last", short(value)),
                        "merge the two, or remove one of them",
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Untrusted text made printable and short.
pub(crate) fn short(text: &str) -> String {
    let escaped: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() { escaped + "..." } else { escaped }
}

/// An open collection: its node and, in a mapping, the key that waits for its value.
struct Open {
    id: NodeId,
    key: Option<NodeId>,
}

struct Builder<'t> {
    text: &'t str,
    nodes: Vec<Node<'t>>,
    open: Vec<Open>,
    root: Option<NodeId>,
    end: Option<usize>,
}

impl<'t> Builder<'t> {
    fn event(&mut self, event: Event<'t>, span: &Span) -> Result<(), Refusal> {
        let range = span.byte_range().unwrap_or(0..0);
        let is_block = |style| style == StructureStyle::Block;
        let tag = event.tag().map(granit_parser::Tag::original);
        match event {
            Event::Scalar(value, style, anchor, _) => {
                self.add(Kind::Scalar { value, style }, range, anchor, tag);
            }
            Event::Alias(_) => {
                self.add(Kind::Alias, range, 0, None);
            }
            Event::SequenceStart(style, anchor, _) => {
                let id = self.add(Kind::Sequence { flow: !is_block(style), items: Vec::new() }, range, anchor, tag);
                self.open.push(Open { id, key: None });
            }
            Event::MappingStart(style, anchor, _) => {
                let id = self.add(Kind::Mapping { flow: !is_block(style), entries: Vec::new() }, range, anchor, tag);
                self.open.push(Open { id, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.nodes[open.id].end = range.end;
                }
            }
            Event::DocumentStart(..) if self.end.is_some() => {
                return Err(Refusal::at(
                    self.text,
                    range.start,
                    "a second YAML document starts here: Spin reads a file with one",
                    "keep one document in the file: remove this `---` and what does not belong to it",
                ));
            }
            Event::DocumentEnd => self.end = Some(if range.is_empty() { self.text.len() } else { range.start }),
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind<'t>, range: std::ops::Range<usize>, anchor: usize, tag: Option<String>) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(Node { kind, start: range.start, end: range.end, anchored: anchor != 0, tag });
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(id);
            return id;
        };
        match (&mut self.nodes[parent.id].kind, parent.key.take()) {
            (Kind::Sequence { items, .. }, _) => items.push(id),
            (Kind::Mapping { entries, .. }, Some(key)) => entries.push((key, id)),
            (Kind::Mapping { .. }, None) => parent.key = Some(id),
            _ => {}
        }
        id
    }
}

fn syntax_error(text: &str, error: &ScanError) -> Refusal {
    let offset = error.marker().byte_offset().unwrap_or(0);
    let line = super::text::line_at(text, line_start(text, offset.min(text.len())));
    let blanks = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let (message, hint) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => (
            "the file nests deeper than 255 levels".to_owned(),
            "a .spin.yml nests less than ten: is this the right file?",
        ),
        _ if blanks.contains('\t') => {
            ("this line is indented with a tab: YAML allows only blanks".to_owned(), "replace the tab by blanks")
        }
        ErrorKind::UnknownAnchor => (
            "an alias (`*name`) stands here for an anchor that the file does not define".to_owned(),
            "define the anchor (`&name`) above, or quote the text if it is meant literally",
        ),
        _ => (
            format!("not valid YAML: {}", error.info()),
            "mend this line first; `spin-keys` edits only what it can read",
        ),
    };
    Refusal::at(text, offset, message, hint)
}
