//! People who differ from each other in nothing but their names and keys, so that Spin does the same with all of them.

use crate::key;
use crate::spin::config::ansible_value::is_template;
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
    /// The lines of the keys.
    lines: Vec<&'d str>,
    /// The number of the shape: the section, and all fields with their values, but for names, passwords and keys.
    pub(super) shape: usize,
    /// The entry, up to its last node.
    text: &'d str,
}

impl<'d> Like<'d> {
    /// Whether both are written alike.
    pub(super) fn is_same(&self, other: &Like<'_>) -> bool {
        self.shape == other.shape && self.text == other.text
    }

    /// The data of the keys (base64).
    pub(super) fn keys(&self) -> impl Iterator<Item = &'d str> {
        self.lines.iter().map(|line| &line[START.len()..START.len() + DATA_LENGTH])
    }

    /// Whether all keys can log in: that is not looked at for each entry, since it takes longer than all else.
    pub(super) fn is_sound(&self) -> bool {
        self.lines.iter().all(|line| key::login(line, 0).lets_in())
    }
}

/// The shapes of the entries that were read, each with its number; none for one that Spin may not treat alike.
#[derive(Default)]
pub(super) struct Shapes<'d> {
    /// A file may have templates.
    may_evaluate: bool,
    known: HashMap<Vec<&'d str>, Option<usize>>,
    /// Mostly the next entry has the shape of the last one.
    last: (Vec<&'d str>, Option<usize>),
    words: Vec<&'d str>,
}

impl<'d> Shapes<'d> {
    /// None yet. `may_evaluate`: the files may have templates.
    pub(super) fn of(may_evaluate: bool) -> Self {
        Self { may_evaluate, ..Self::default() }
    }

    /// Reads an entry; `None` if there is anything about it that could make it unlike others.
    pub(super) fn read(&mut self, document: &'d Document<'_>, section: &'static str, item: NodeId) -> Option<Like<'d>> {
        self.words.clear();
        self.words.extend([section, END]);
        let words = &mut self.words;
        let mut reader = Reader { document, words, name: None, lines: Vec::new(), last: item };
        reader.person(item)?;
        let Reader { name, lines, last, .. } = reader;
        let text = &document.text[document.node(item).start..document.node(last).end];
        let is_evaluated = self.may_evaluate && (text.contains('\\') || is_template(text));
        let like = Like { item, last, name: name?, lines, shape: self.number()?, text };
        Some(like).filter(|_| !is_evaluated)
    }

    /// The number of the shape that was read.
    fn number(&mut self) -> Option<usize> {
        if self.words != self.last.0 {
            let next = self.known.len();
            let number =
                self.known.entry(self.words.clone()).or_insert_with_key(|words| are_there(words).then_some(next));
            self.last = (self.words.clone(), *number);
        }
        self.last.1
    }
}

/// Whether every new server has all groups of a shape: else there is no account, and it has no user id.
fn are_there(words: &[&str]) -> bool {
    words.split(|word| *word == END).all(|field| match field {
        ["groups", groups @ ..] => groups.iter().all(|group| system::has_group(group)),
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
    lines: Vec<&'d str>,
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
                "state" => drop(self.word(*value).filter(|state| *state == "present")?),
                "shell" => drop(self.word(*value).filter(|shell| shell.starts_with('/') && is_comment(shell))?),
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
        let known = self.lines.len();
        for (key, value) in self.fields(item)? {
            match self.word(*key)? {
                "public_key" => {
                    let line = self.text(*value).filter(|line| is_plain_key(line))?;
                    self.lines.push(line);
                }
                "state" => drop(self.word(*value)?),
                _ => return None,
            }
        }
        self.words.push(END_OF_KEY);
        (self.lines.len() == known + 1).then_some(())
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

/// What Ansible prints of other values than texts, as it does for a name.
const PRINTED: [&str; 5] = ["True", "False", "None", "inf", "nan"];

/// Whether no program takes the name for anything else, and nothing else becomes the same name.
fn is_own_name(name: &str) -> bool {
    let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    check_name(name).is_ok() && is_word && !PRINTED.contains(&name)
}

/// Whether useradd takes the text for a full name.
fn is_comment(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte == b':' || byte.is_ascii_control())
}

/// How the data of an ed25519 key begin: the algorithm with its length, and the length of the point (RFC 8709 section 4)
/// but for its last two bits.
pub(super) const DATA: &str = "AAAAC3NzaC1lZDI1NTE5AAAAI";

/// The length of the data: 51 bytes in base64, which has no other form for them.
pub(super) const DATA_LENGTH: usize = 68;

/// What is before the data.
const START: &str = "ssh-ed25519 ";

/// Whether a line is an ed25519 key without options, with a comment that is no key.
fn is_plain_key(line: &str) -> bool {
    let Some(rest) = line.strip_prefix(START) else { return false };
    let (data, comment) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_data = data.len() == DATA_LENGTH && data.starts_with(DATA) && data.bytes().all(is_base64);
    let has_length = data.as_bytes().get(DATA.len()).is_some_and(|byte| (b'A'..=b'P').contains(byte));
    let is_odd = |c: char| c.is_control() || c == '#';
    is_data && has_length && !comment.contains(is_odd) && !comment.contains("AAAA")
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/".contains(&byte)
}
