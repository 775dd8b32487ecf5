//! A text that is JSON, which Ansible reads as that before it tries YAML (`parsing/utils/yaml.py`), with the spans of its
//! nodes.
//!
//! As Python's `json` reads it: `NaN` and `Infinity` are numbers, control characters are not part of a string. An object
//! with `__ansible_unsafe` or `__ansible_vault` is the text that it holds there.

use super::json_scan::{escape, number};
use super::node::{Data, Kind, Node, NodeId};
use super::parse::Built;
use super::tag::{Core, Tag};
use granit_parser::ScalarStyle;
use std::borrow::Cow;
use std::collections::HashMap;

/// As deep as YAML.
const DEEPEST: usize = 255;

/// The nodes of a text that is one JSON object, and those whose data are known already. `None` if it is none.
pub(crate) fn read(text: &str) -> Option<(Built<'_>, Vec<Marked>)> {
    let mut reader = Reader { text, at: 0, nodes: Vec::new(), marked: Vec::new(), broken: Vec::new() };
    reader.skip_blanks();
    if !reader.rest().starts_with('{') {
        return None;
    }
    let root = reader.value(0)?;
    reader.skip_blanks();
    let built = Built {
        nodes: reader.nodes,
        root: Some(root),
        end: text.len(),
        aliases: HashMap::new(),
        second: None,
        tight_comments: Vec::new(),
    };
    (reader.at == text.len() && reader.broken.is_empty()).then_some((built, reader.marked))
}

/// A node that is not what its text says.
pub(crate) struct Marked {
    pub(crate) id: NodeId,
    pub(crate) tag: Tag,
    pub(crate) data: Data,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    nodes: Vec<Node<'t>>,
    marked: Vec<Marked>,
    /// Strings with half a surrogate pair, which Ansible refuses where they are not lost to a repeated key. In order.
    broken: Vec<NodeId>,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Takes this mark, with the blanks before and after it.
    fn take(&mut self, mark: char) -> bool {
        self.skip_blanks();
        let is_next = self.rest().starts_with(mark);
        if is_next {
            self.at += mark.len_utf8();
            self.skip_blanks();
        }
        is_next
    }

    fn add(&mut self, kind: Kind<'t>, start: usize, tag: Tag) -> NodeId {
        let (end, data) = (self.at, Data::Unknown);
        self.nodes.push(Node { kind, start, end, anchored: false, tag, data, is_unsafe: false });
        self.nodes.len() - 1
    }

    fn value(&mut self, depth: usize) -> Option<NodeId> {
        let start = self.at;
        match self.rest().bytes().next()? {
            _ if depth > DEEPEST => None,
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => {
                let value = self.string()?;
                Some(self.add_string(value, start))
            }
            _ => self.word(),
        }
    }

    /// `true`, `null` or a number.
    fn word(&mut self) -> Option<NodeId> {
        let (start, rest) = (self.at, self.rest());
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let tag = match word {
            "true" | "false" | "null" => Tag::None,
            "NaN" | "Infinity" | "-Infinity" => Tag::Core(Core::Float),
            _ => number(word)?,
        };
        self.at += word.len();
        Some(self.add(Kind::Scalar { value: Cow::Borrowed(word), style: ScalarStyle::Plain }, start, tag))
    }

    fn array(&mut self, depth: usize) -> Option<NodeId> {
        let id = self.add(Kind::Sequence { flow: true, items: Vec::new() }, self.at, Tag::None);
        let mut found = Vec::new();
        self.take('[');
        while self.close(']').is_none() {
            if !found.is_empty() {
                self.take(',').then_some(())?;
            }
            found.push(self.value(depth + 1)?);
        }
        self.nodes[id].end = self.at;
        self.nodes[id].kind = Kind::Sequence { flow: true, items: found };
        Some(id)
    }

    fn object(&mut self, depth: usize) -> Option<NodeId> {
        let id = self.add(Kind::Mapping { flow: true, entries: Vec::new() }, self.at, Tag::None);
        let mut found = Vec::new();
        self.take('{');
        while self.close('}').is_none() {
            if !found.is_empty() {
                self.take(',').then_some(())?;
            }
            let start = self.at;
            let name = self.rest().starts_with('"').then(|| self.string())??;
            let key = self.add_string(name, start);
            self.take(':').then_some(())?;
            found.push((key, self.value(depth + 1)?));
        }
        self.nodes[id].end = self.at;
        self.forget_lost(&found);
        // Ansible looks at each object when it is complete.
        self.broken.last().is_none_or(|broken| *broken < id).then_some(())?;
        self.nodes[id].kind = Kind::Mapping { flow: true, entries: found };
        self.marked_text(id)?;
        Some(id)
    }

    /// A string that ends here; without a value if it is broken.
    fn add_string(&mut self, value: Option<Cow<'t, str>>, start: usize) -> NodeId {
        if value.is_none() {
            self.broken.push(self.nodes.len());
        }
        self.add(Kind::Scalar { value: value.unwrap_or_default(), style: ScalarStyle::DoubleQuoted }, start, Tag::None)
    }

    /// Forgets broken strings in entries whose key comes again.
    fn forget_lost(&mut self, entries: &[(NodeId, NodeId)]) {
        if self.broken.is_empty() {
            return;
        }
        let text = |key: NodeId| match &self.nodes[key].kind {
            Kind::Scalar { value, .. } => value.as_ref(),
            _ => "",
        };
        let last: HashMap<&str, NodeId> = entries.iter().map(|(key, _)| (text(*key), *key)).collect();
        let ends = entries.iter().skip(1).map(|(key, _)| *key).chain([self.nodes.len()]);
        let lost = entries.iter().zip(ends).filter(|((key, _), _)| last.get(text(*key)) != Some(key));
        let lost: Vec<_> = lost.map(|((key, _), end)| *key..end).collect();
        self.broken.retain(|id| !lost.iter().any(|lost| lost.contains(id)));
    }

    /// Goes behind the closing bracket, if that is next.
    fn close(&mut self, bracket: char) -> Option<()> {
        self.skip_blanks();
        let is_next = self.rest().starts_with(bracket);
        self.at += usize::from(is_next);
        is_next.then_some(())
    }

    /// Makes a text of an object that says so. `None` where Python raises an error.
    fn marked_text(&mut self, id: NodeId) -> Option<()> {
        let Kind::Mapping { entries, .. } = &self.nodes[id].kind else { return Some(()) };
        for (mark, tag, data) in
            [("__ansible_unsafe", Tag::Unsafe, Data::Text), ("__ansible_vault", Tag::Vault, Data::Vault)]
        {
            let is_mark = |key: NodeId| matches!(&self.nodes[key].kind, Kind::Scalar { value, .. } if value == mark);
            // Of a repeated key the last one counts.
            let Some((_, value)) = entries.iter().rev().find(|(key, _)| is_mark(*key)) else { continue };
            let text = &self.nodes[*value];
            let is_text = self.text[text.start..].starts_with('"');
            let kind = is_text.then(|| text.kind.clone())?;
            self.nodes[id].kind = kind;
            self.marked.push(Marked { id, tag, data });
            break;
        }
        Some(())
    }

    /// The string that starts here; `Some(None)` if it holds half a surrogate pair.
    fn string(&mut self) -> Option<Option<Cow<'t, str>>> {
        let mut is_broken = false;
        let from = self.at + 1;
        let mut out = String::new();
        let mut done = from;
        let mut at = from;
        loop {
            match self.text.as_bytes().get(at)? {
                b'"' => break,
                b'\\' => {
                    out.push_str(&self.text[done..at]);
                    let (c, width) = escape(&self.text[at..])?;
                    is_broken |= c.is_none();
                    out.extend(c);
                    at += width;
                    done = at;
                }
                0..0x20 => return None,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        let value =
            if done == from { Cow::Borrowed(&self.text[from..at]) } else { Cow::Owned(out + &self.text[done..at]) };
        Some((!is_broken).then_some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Option<Vec<String>> {
        let (built, _) = read(text)?;
        let value = |node: &Node<'_>| match &node.kind {
            Kind::Scalar { value, .. } if node.tag.is_none() => format!("{}={value}", &text[node.start..node.end]),
            Kind::Scalar { value, .. } => format!("{}{}={value}", &text[node.start..node.end], node.tag.shown()),
            _ => text[node.start..node.end].to_owned(),
        };
        Some(built.nodes.iter().map(value).collect())
    }

    #[test]
    fn spans_are_those_of_the_values() {
        let text = "{\"a\" : [1, 2.5e3 ,true ], \"b\\u0041\":{ } ,\t\"c\": [ ]}\n";
        assert_eq!(
            values(text).unwrap(),
            [
                text.trim_end(),
                "\"a\"=a",
                "[1, 2.5e3 ,true ]",
                "1!!int=1",
                "2.5e3!!float=2.5e3",
                "true=true",
                "\"b\\u0041\"=bA",
                "{ }",
                "\"c\"=c",
                "[ ]"
            ]
        );
        assert_eq!(values("{\"k\": \"\\ud83d\\ude00\"}").unwrap()[2], "\"\\ud83d\\ude00\"=\u{1f600}");
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in [
            "a: 1",
            "[]",
            "{a: 1}",
            "{\"a\": 01}",
            "{\"a\": 1,}",
            "{\"a\": 1} x",
            "{\"a\": '1'}",
            "{\"a\": \"\t\"}",
            "{\"a\": \"\\ud800\"}",
            "{\"a\": \"\\x41\"}",
            "{\"a\": +1}",
            "{\"a\": .5}",
            "{\"a\": 1.}",
            "{\"a\" 1}",
            "{\"a\": {\"__ansible_unsafe\": 1}}",
            "{\"a\": {}",
            "{",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn objects_of_ansible_are_texts() {
        let (built, marked) =
            read("{\"a\": {\"__ansible_unsafe\": \"x\"}, \"b\": {\"__ansible_vault\": \"y\"}}").unwrap();
        assert_eq!(marked.iter().map(|marked| marked.data).collect::<Vec<_>>(), [Data::Text, Data::Vault]);
        assert!(marked.iter().all(|marked| matches!(built.nodes[marked.id].kind, Kind::Scalar { .. })));
    }
}
