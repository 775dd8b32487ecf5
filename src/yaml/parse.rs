//! The agreed events of both readers, made into nodes.

use super::error::Refusal;
use super::libyaml::Seen;
use super::node::{Data, Kind, Node, NodeId};
use super::syntax_error::{differs, word};
use super::tag::Tag;
use super::text::quote;
use granit_parser::{Event, ScalarStyle, StructureStyle};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

pub(crate) struct Built<'t> {
    /// In the order in which they are in the text.
    pub(crate) nodes: Vec<Node<'t>>,
    /// The top node; none for a text without content.
    pub(crate) root: Option<NodeId>,
    /// Where `...` or the end of the text closes the document.
    pub(crate) end: usize,
    /// Each alias and the node of its anchor.
    pub(crate) aliases: HashMap<NodeId, NodeId>,
    pub(crate) second: Option<usize>,
    /// Comments right behind a quote or bracket, which granit-parser did not get to see.
    pub(crate) tight_comments: Vec<Range<usize>>,
}

/// An open collection: its node, and where its own begin among the children.
struct Open {
    id: NodeId,
    first: usize,
}

pub(crate) struct Builder<'t> {
    text: &'t str,
    pub(crate) built: Built<'t>,
    open: Vec<Open>,
    /// The items, keys and values of all open collections: those of the last one at the end.
    children: Vec<NodeId>,
    /// The end of the first document was met.
    pub(crate) closed: bool,
    /// The nodes and names of granit-parser's anchors.
    anchors: HashMap<usize, (NodeId, String)>,
    names: HashSet<String>,
    /// The anchor that libyaml gives the node before.
    anchor: Option<String>,
}

impl<'t> Builder<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let built = Built {
            nodes: Vec::new(),
            root: None,
            end: text.len(),
            aliases: HashMap::new(),
            second: None,
            tight_comments: Vec::new(),
        };
        let (anchors, names) = (HashMap::new(), HashSet::new());
        Self { text, built, open: Vec::new(), children: Vec::new(), closed: false, anchors, names, anchor: None }
    }

    pub(crate) fn event<'v>(
        &mut self,
        event: Event<'v>,
        range: Range<usize>,
        seen: Seen,
        keep: impl Fn(Cow<'v, str>) -> Cow<'t, str>,
    ) -> Result<(), Refusal> {
        if self.anchor.is_some() {
            return Err(differs(self.text, range.start, "an anchor", "none"));
        }
        let tag = event.tag().map(|tag| Tag::of(Some(&[tag.handle(), tag.suffix()].concat())));
        let id = event.anchor_id();
        match (event, seen) {
            (Event::Scalar(value, style, ..), Seen::Scalar { anchor, tag: other, value: text, style: other_style }) => {
                let is_unwritten = text.is_empty() && value == "~" && style == ScalarStyle::Plain;
                if style != other_style || (value != text && !(is_unwritten && range.is_empty())) {
                    return Err(differs(self.text, range.start, "one text", "another"));
                }
                let tag = self.same_tag(tag, other, &range)?;
                self.add(Kind::Scalar { value: keep(value), style }, range, tag, id, anchor)?;
            }
            (Event::Alias(target), Seen::Alias(name)) => {
                let Some((target, own)) = self.anchors.get(&target) else {
                    return Err(differs(self.text, range.start, "an alias", "none"));
                };
                if *own != name {
                    return Err(differs(self.text, range.start, "one alias", "another"));
                }
                let target = *target;
                let id = self.add(Kind::Alias, range, Tag::None, None, None)?;
                self.built.aliases.insert(id, target);
            }
            (Event::SequenceStart(style, ..), Seen::Start { anchor, tag: other, is_mapping: false, flow })
                if flow == is_flow(style) =>
            {
                let tag = self.same_tag(tag, other, &range)?;
                let id = self.add(Kind::Sequence { flow, items: Vec::new() }, range, tag, id, anchor)?;
                self.open.push(Open { id, first: self.children.len() });
            }
            (Event::MappingStart(style, ..), Seen::Start { anchor, tag: other, is_mapping: true, flow })
                if flow == is_flow(style) =>
            {
                let tag = self.same_tag(tag, other, &range)?;
                let id = self.add(Kind::Mapping { flow, entries: Vec::new() }, range, tag, id, anchor)?;
                self.open.push(Open { id, first: self.children.len() });
            }
            (Event::SequenceEnd, Seen::SequenceEnd) | (Event::MappingEnd, Seen::MappingEnd) => {
                if let Some(open) = self.open.pop() {
                    self.close(&open, range.end);
                }
            }
            (Event::DocumentStart(..), Seen::DocumentStart) => {}
            (Event::DocumentEnd, Seen::DocumentEnd) => {
                self.closed = true;
                self.built.end = if range.is_empty() { self.text.len() } else { range.start };
            }
            (event, seen) => return Err(differs(self.text, range.start, seen.word(), word(&event))),
        }
        Ok(())
    }

    /// Gives a collection that ends its children.
    fn close(&mut self, open: &Open, end: usize) {
        let (node, own) = (&mut self.built.nodes[open.id], &self.children[open.first..]);
        node.end = end;
        match &mut node.kind {
            Kind::Sequence { items, .. } => *items = own.to_vec(),
            Kind::Mapping { entries, .. } => *entries = own.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect(),
            _ => {}
        }
        self.children.truncate(open.first);
    }

    fn same_tag(&self, granit: Option<Tag>, libyaml: Tag, range: &Range<usize>) -> Result<Tag, Refusal> {
        match (granit.unwrap_or(Tag::None), libyaml) {
            // libyaml drops a `!` that changes nothing.
            (Tag::Plain, Tag::None | Tag::Plain) => Ok(Tag::Plain),
            // No other is one that Ansible can load, and they decode %-escapes otherwise.
            (Tag::Other, Tag::Other) => Ok(Tag::Other),
            (granit, libyaml) if granit == libyaml => Ok(libyaml),
            (granit, libyaml) => {
                let words = |tag: Tag| format!("the tag `{}`", tag.shown());
                Err(differs(self.text, range.start, &words(libyaml), &words(granit)))
            }
        }
    }

    /// The name of the anchor of the node before.
    pub(crate) fn anchor(&mut self, id: usize, name: &str, range: &Range<usize>) -> Result<(), Refusal> {
        if self.anchor.take().as_deref() != Some(name) {
            return Err(differs(self.text, range.start, "another anchor, or none", "this one"));
        }
        if let Some((_, own)) = self.anchors.get_mut(&id) {
            name.clone_into(own);
        }
        if !self.names.insert(name.to_owned()) {
            return Err(Refusal::at(
                self.text,
                range.start,
                format!("the anchor `&{}` is defined twice: Ansible refuses such a file", quote(name)),
                "rename one of the two, and the aliases (`*name`) that refer to it",
            ));
        }
        Ok(())
    }

    fn add(
        &mut self,
        kind: Kind<'t>,
        range: Range<usize>,
        tag: Tag,
        anchor_id: Option<usize>,
        anchor: Option<String>,
    ) -> Result<NodeId, Refusal> {
        let id = self.built.nodes.len();
        if anchor_id.is_some() != anchor.is_some() {
            return Err(differs(self.text, range.start, "an anchor", "none, or the other way round"));
        }
        if let Some(anchor_id) = anchor_id {
            self.anchors.insert(anchor_id, (id, String::new()));
        }
        self.built.nodes.push(Node {
            kind,
            start: range.start,
            end: range.end,
            anchored: anchor.is_some(),
            tag,
            data: Data::Unknown,
            is_unsafe: false,
        });
        self.anchor = anchor;
        if self.open.is_empty() {
            self.built.root = Some(id);
        } else {
            self.children.push(id);
        }
        Ok(id)
    }
}

fn is_flow(style: StructureStyle) -> bool {
    style != StructureStyle::Block
}
