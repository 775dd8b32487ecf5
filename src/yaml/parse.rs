//! granit-parser's events made into nodes, and its errors into refusals.

use super::error::Refusal;
use super::node::{Kind, Node, NodeId};
use super::text::{line_at, line_start, quote};
use granit_parser::{ErrorKind, Event, Options, Parser, ScanError, Span, StructureStyle};
use std::collections::{HashMap, HashSet};

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
}

/// Parses `text` into nodes.
///
/// # Errors
/// Those of [`build_first`], and text that is not one YAML document.
pub(crate) fn build(text: &str) -> Result<Built<'_>, Refusal> {
    run(text, false)
}

/// Parses the first document of `text` into nodes.
///
/// # Errors
/// Text that is not YAML, nests deeper than 255 levels, or does what `PyYAML` refuses: defines an anchor twice, has a list or
/// mapping as a key.
pub(crate) fn build_first(text: &str) -> Result<Built<'_>, Refusal> {
    run(text, true)
}

fn run(text: &str, lenient: bool) -> Result<Built<'_>, Refusal> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.emit_anchor_events = true;
    options.block_scalar_eof_without_line_feed = true;
    let mut builder = Builder {
        text,
        lenient,
        built: Built { nodes: Vec::new(), root: None, end: text.len(), aliases: HashMap::new(), second: None },
        open: Vec::new(),
        closed: false,
        anchors: HashMap::new(),
        names: HashSet::new(),
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| syntax_error(text, &error))?;
        builder.event(event, &span)?;
    }
    Ok(builder.built)
}

/// An open collection: its node and, in a mapping, the key that waits for its value.
struct Open {
    id: NodeId,
    key: Option<NodeId>,
}

struct Builder<'t> {
    text: &'t str,
    /// As [`build_first`] reads.
    lenient: bool,
    built: Built<'t>,
    open: Vec<Open>,
    /// The end of the first document was met.
    closed: bool,
    /// The nodes of the parser's anchors.
    anchors: HashMap<usize, NodeId>,
    names: HashSet<String>,
}

impl<'t> Builder<'t> {
    fn event(&mut self, event: Event<'t>, span: &Span) -> Result<(), Refusal> {
        let range = span.byte_range().unwrap_or(0..0);
        let is_block = |style| style == StructureStyle::Block;
        let tag = event.tag().map(granit_parser::Tag::original);
        if self.built.second.is_some() {
            return Ok(());
        }
        match event {
            Event::Scalar(value, style, anchor, _) => {
                self.add(Kind::Scalar { value, style }, range, anchor, tag);
            }
            Event::Alias(anchor) => {
                if self.anchors.get(&anchor).is_some_and(|target| is_collection(&self.built.nodes[*target].kind)) {
                    self.refuse_as_key(range.start)?;
                }
                let id = self.add(Kind::Alias, range, 0, None);
                if let Some(target) = self.anchors.get(&anchor) {
                    self.built.aliases.insert(id, *target);
                }
            }
            Event::Anchor(_, name) => {
                if let Some(name) = self.names.replace(name.to_string()) {
                    return Err(Refusal::at(
                        self.text,
                        range.start,
                        format!("the anchor `&{}` is defined twice: Ansible refuses such a file", quote(&name)),
                        "rename one of the two, and the aliases (`*name`) that refer to it",
                    ));
                }
            }
            Event::SequenceStart(style, anchor, _) => {
                self.refuse_as_key(range.start)?;
                let id = self.add(Kind::Sequence { flow: !is_block(style), items: Vec::new() }, range, anchor, tag);
                self.open.push(Open { id, key: None });
            }
            Event::MappingStart(style, anchor, _) => {
                self.refuse_as_key(range.start)?;
                let id = self.add(Kind::Mapping { flow: !is_block(style), entries: Vec::new() }, range, anchor, tag);
                self.open.push(Open { id, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.built.nodes[open.id].end = range.end;
                }
            }
            Event::DocumentStart(..) if self.closed && self.lenient => self.built.second = Some(range.start),
            Event::DocumentStart(..) if self.closed => {
                return Err(Refusal::at(
                    self.text,
                    range.start,
                    "a second YAML document starts here, and only one is allowed",
                    "keep one document in the file: remove this `---` and what does not belong to it",
                ));
            }
            Event::DocumentEnd => {
                self.closed = true;
                self.built.end = if range.is_empty() { self.text.len() } else { range.start };
            }
            _ => {}
        }
        Ok(())
    }

    /// Refuses a list or mapping where a key belongs: `PyYAML` cannot take it for one. It is most often a template.
    fn refuse_as_key(&self, at: usize) -> Result<(), Refusal> {
        let is_key = |open: &Open| open.key.is_none() && matches!(self.built.nodes[open.id].kind, Kind::Mapping { .. });
        if self.open.last().is_some_and(is_key) {
            return Err(Refusal::at(
                self.text,
                at,
                "a list or mapping is used as a key: Ansible cannot read such a file",
                "put a template in quotes: \"{{ ... }}\"; otherwise use a word as the key",
            ));
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind<'t>, range: std::ops::Range<usize>, anchor: usize, tag: Option<String>) -> NodeId {
        let id = self.built.nodes.len();
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        self.built.nodes.push(Node { kind, start: range.start, end: range.end, anchored: anchor != 0, tag });
        let Some(parent) = self.open.last_mut() else {
            self.built.root = Some(id);
            return id;
        };
        match (&mut self.built.nodes[parent.id].kind, parent.key.take()) {
            (Kind::Sequence { items, .. }, _) => items.push(id),
            (Kind::Mapping { entries, .. }, Some(key)) => entries.push((key, id)),
            (Kind::Mapping { .. }, None) => parent.key = Some(id),
            _ => {}
        }
        id
    }
}

fn is_collection(kind: &Kind<'_>) -> bool {
    matches!(kind, Kind::Sequence { .. } | Kind::Mapping { .. })
}

fn syntax_error(text: &str, error: &ScanError) -> Refusal {
    let offset = error.marker().byte_offset().unwrap_or(0);
    let line = line_at(text, line_start(text, offset.min(text.len())));
    let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let (message, hint) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            ("the file nests deeper than 255 levels".to_owned(), "is this the right file?")
        }
        _ if indentation.contains('\t') => {
            ("this line is indented with a tab: YAML allows only spaces".to_owned(), "replace the tab with spaces")
        }
        ErrorKind::UnknownAnchor => (
            "this alias (`*name`) refers to an anchor that the file does not define".to_owned(),
            "define the anchor (`&name`) above, or quote the text if it is meant literally",
        ),
        _ if line.matches(": ").count() + usize::from(line.trim_end().ends_with(':')) > 1 => (
            format!("not valid YAML: {}", error.info()),
            "text that holds `: `, or ends with `:`, needs quotes: put what follows the first `: ` of this line in double \
             quotes",
        ),
        _ => (format!("not valid YAML: {}", error.info()), "fix this line, then run this again"),
    };
    Refusal::at(text, offset, message, hint)
}
