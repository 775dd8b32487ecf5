//! People who differ from each other in nothing but their names and keys, so that Spin does the same with all of them.

use crate::spin::config::names::check_name;
use crate::spin::provision::system;
use crate::spin::provision::validate_inputs::is_hash;
use crate::yaml::{Data, Document, NodeId};
use std::collections::HashMap;

/// An entry of somebody who is like all others of the same shape.
pub(super) struct Like<'d> {
    pub(super) item: NodeId,
    /// The last node of the entry.
    pub(super) last: NodeId,
    pub(super) name: &'d str,
    /// The data of the keys (base64).
    pub(super) keys: Vec<&'d str>,
    /// The number of the shape: the section, and all fields with their values, but for names, passwords and keys.
    pub(super) shape: usize,
    /// The entry, up to the end of its last line.
    text: &'d str,
}

impl Like<'_> {
    /// Whether both are written alike.
    pub(super) fn is_same(&self, other: &Like<'_>) -> bool {
        self.shape == other.shape && self.text == other.text
    }
}

/// The shapes of the entries that were read, each with its number; none for one that Spin may not treat alike.
#[derive(Default)]
pub(super) struct Shapes<'d> {
    known: HashMap<Vec<&'d str>, Option<usize>>,
    /// Mostly the next entry has the shape of the last one.
    last: (Vec<&'d str>, Option<usize>),
    words: Vec<&'d str>,
}

impl<'d> Shapes<'d> {
    /// Reads an entry; `None` if there is anything about it that could make it unlike others.
    pub(super) fn read(&mut self, document: &'d Document<'_>, section: &'static str, item: NodeId) -> Option<Like<'d>> {
        self.words.clear();
        self.words.extend([section, END]);
        let words = &mut self.words;
        let mut reader = Reader { document, words, name: None, keys: Vec::new(), last: item };
        reader.person(item)?;
        let Reader { name, keys, last, .. } = reader;
        let (start, end) = (document.node(item).start, document.node(last).end);
        let line_end = document.text[end..].find('\n').map_or(document.text.len(), |length| end + length);
        Some(Like { item, last, name: name?, keys, shape: self.number()?, text: &document.text[start..line_end] })
    }

    /// The number of the shape that was read.
    fn number(&mut self) -> Option<usize> {
        if self.words != self.last.0 {
            let next = self.known.len();
            let number =
                self.known.entry(self.words.clone()).or_insert_with_key(|words| has_groups(words).then_some(next));
            self.last = (self.words.clone(), *number);
        }
        self.last.1
    }
}

/// Whether all groups of a shape are those that every server has by the end of a run.
fn has_groups(words: &[&str]) -> bool {
    let is_there = |group: &&str| *group == "docker" || system::has_group(group);
    words.split(|word| *word == END).all(|field| match field {
        ["groups", groups @ ..] => groups.iter().all(is_there),
        _ => true,
    })
}

/// Ends a field in a shape. No text of a plain file has it.
const END: &str = "\0";

/// Ends a key in a shape.
const END_OF_KEY: &str = "\u{1}";

struct Reader<'r, 'd, 't> {
    document: &'d Document<'t>,
    words: &'r mut Vec<&'d str>,
    name: Option<&'d str>,
    keys: Vec<&'d str>,
    /// The last node that was read.
    last: NodeId,
}

impl<'d> Reader<'_, 'd, '_> {
    fn person(&mut self, item: NodeId) -> Option<()> {
        for (key, value) in self.fields(item)? {
            let field = self.word(*key)?;
            match field {
                "username" => self.name = Some(self.text(*value).filter(|name| is_own_name(name))?),
                "name" => drop(self.text(*value).filter(|name| is_comment(name))?),
                "password" => drop(self.text(*value).filter(|password| is_hash(password))?),
                "state" | "shell" => drop(self.word(*value)?),
                "groups" => {
                    for group in self.list(*value)? {
                        self.word(*group)?;
                    }
                }
                "authorized_keys" => {
                    for item in self.list(*value)? {
                        self.key(*item)?;
                    }
                }
                _ => return None,
            }
            self.words.push(END);
        }
        Some(())
    }

    fn key(&mut self, item: NodeId) -> Option<()> {
        let known = self.keys.len();
        for (key, value) in self.fields(item)? {
            match self.word(*key)? {
                "public_key" => {
                    let data = data(self.text(*value)?)?;
                    self.keys.push(data);
                }
                "state" => drop(self.word(*value)?),
                _ => return None,
            }
        }
        self.words.push(END_OF_KEY);
        (self.keys.len() == known + 1).then_some(())
    }

    /// A text that is part of the shape.
    fn word(&mut self, id: NodeId) -> Option<&'d str> {
        let text = self.text(id)?;
        self.words.push(text);
        Some(text)
    }

    fn text(&mut self, id: NodeId) -> Option<&'d str> {
        self.plain(id)?;
        self.document.text_at(id)
    }

    fn list(&mut self, id: NodeId) -> Option<&'d [NodeId]> {
        (self.plain(id)? == Data::List).then(|| self.document.items(id))
    }

    fn fields(&mut self, id: NodeId) -> Option<&'d [(NodeId, NodeId)]> {
        (self.plain(id)? == Data::Map).then(|| self.document.entries(id))
    }

    /// What a node is that has neither tag nor anchor.
    fn plain(&mut self, id: NodeId) -> Option<Data> {
        let node = self.document.node(id);
        self.last = id;
        (node.tag.is_none() && !node.anchored && !node.is_unsafe).then_some(node.data)
    }
}

/// Whether no program takes the name for anything else.
fn is_own_name(name: &str) -> bool {
    check_name(name).is_ok() && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Whether useradd takes the text for a full name.
fn is_comment(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte == b':' || byte.is_ascii_control())
}

/// How the data of an ed25519 key begin: the algorithm with its length, and the length of the point (RFC 8709 section 4).
pub(super) const DATA: &str = "AAAAC3NzaC1lZDI1NTE5AAAAI";

/// The length of the data: 51 bytes in base64, which has no other form for them.
pub(super) const DATA_LENGTH: usize = 68;

/// The data of an ed25519 key without options, and with a comment that is no key.
fn data(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("ssh-ed25519 ")?;
    let (data, comment) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_data = data.len() == DATA_LENGTH && data.starts_with(DATA) && data.bytes().all(is_base64);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"@._-+ ".contains(&byte);
    (is_data && comment.bytes().all(is_word) && !comment.contains("AAAA")).then_some(data)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/".contains(&byte)
}
