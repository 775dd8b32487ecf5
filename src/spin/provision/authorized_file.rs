//! A file `authorized_keys` on a server, as `ansible.posix.authorized_key` keeps it.

use crate::key::Written;
use crate::spin::provision::outcome::{Installed, Via};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::rc::Rc;

/// Lines that were replaced or removed leave a gap.
#[derive(Debug, Clone, Default)]
pub(super) struct AuthorizedFile {
    lines: Vec<Option<Line>>,
    /// Where the line of each key is, once there are many.
    by_id: Option<HashMap<Id, usize>>,
    /// Places of keys that are known only to Ansible.
    pub(super) unknown: Vec<usize>,
    /// User id of the last account for which it was written: the module gives it the file and its folder.
    pub(super) owner: Option<u32>,
}

/// A line, where its key is in it, and its form where it has options.
#[derive(Debug, Clone)]
struct Line {
    id: Range<usize>,
    form: Option<String>,
    installed: Installed,
}

impl Line {
    fn id(&self) -> &str {
        &self.installed.line[self.id.clone()]
    }

    fn shared_id(&self) -> Id {
        Id { line: Rc::clone(&self.installed.line), id: self.id.clone() }
    }
}

/// The base64 of a key, as part of its line.
#[derive(Debug, Clone)]
struct Id {
    line: Rc<str>,
    id: Range<usize>,
}

impl Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.line[self.id.clone()]
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        Borrow::<str>::borrow(self) == Borrow::<str>::borrow(other)
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Borrow::<str>::borrow(self).hash(state);
    }
}

impl AuthorizedFile {
    /// More lines than this are found by a table.
    const FEW: usize = 16;

    /// Installs lines: an identical line stays in place; a line with the same key and different text is removed, and
    /// the new one is appended. Whether anything changed.
    pub(super) fn give(&mut self, lines: &[Written], at: usize, via: &Via) -> bool {
        let mut is_changed = false;
        for written in lines {
            let known = self.position(written.id());
            let is_same = |known: &Line| match (&known.form, &written.form) {
                (None, None) => known.installed.line == written.line,
                (before, now) => before == now,
            };
            if known.and_then(|known| self.lines[known].as_ref()).is_some_and(is_same) {
                continue;
            }
            if let Some(known) = known {
                self.lines[known] = None;
            }
            is_changed = true;
            let installed = Installed { line: Rc::clone(&written.line), at, via: via.clone() };
            self.push(Line { id: written.id.clone(), form: written.form.clone(), installed });
        }
        is_changed
    }

    /// Removes the lines with these keys. Whether anything changed.
    pub(super) fn take_away(&mut self, lines: &[Written]) -> bool {
        let before = self.lines.iter().flatten().count();
        lines.iter().for_each(|line| self.remove(line.id()));
        before != self.lines.iter().flatten().count()
    }

    /// The lines, as sshd reads them.
    pub(super) fn read(&self) -> Vec<Installed> {
        glued(self.lines.iter().flatten().map(|line| line.installed.clone()))
    }

    /// Whether sshd reads these lines.
    pub(super) fn reads_as(&self, lines: &[Installed]) -> bool {
        let own = || self.lines.iter().flatten().map(|line| &line.installed);
        if own().any(is_comment) { self.read() == lines } else { own().eq(lines) }
    }

    fn position(&self, id: &str) -> Option<usize> {
        match &self.by_id {
            Some(by_id) => by_id.get(id).copied(),
            None => self.lines.iter().position(|line| line.as_ref().is_some_and(|line| line.id() == id)),
        }
    }

    fn push(&mut self, line: Line) {
        if let Some(by_id) = &mut self.by_id {
            by_id.insert(line.shared_id(), self.lines.len());
        }
        // Most accounts have one.
        if self.lines.is_empty() {
            self.lines.reserve_exact(1);
        }
        self.lines.push(Some(line));
        if self.by_id.is_none() && self.lines.len() > Self::FEW {
            let known = self.lines.iter().enumerate().filter_map(|(at, line)| Some((line.as_ref()?.shared_id(), at)));
            self.by_id = Some(known.collect());
        }
    }

    fn remove(&mut self, id: &str) {
        if let Some(at) = self.position(id) {
            self.lines[at] = None;
            if let Some(by_id) = &mut self.by_id {
                by_id.remove(id);
            }
        }
    }
}

fn is_comment(line: &Installed) -> bool {
    line.line.trim_start_matches([' ', '\t']).starts_with('#')
}

/// The module writes an indented comment without a line break, so the next line becomes part of the comment.
fn glued(lines: impl Iterator<Item = Installed>) -> Vec<Installed> {
    let mut out: Vec<Installed> = Vec::new();
    let mut is_open = false;
    for line in lines {
        let is_comment = is_comment(&line);
        match out.last_mut().filter(|_| is_open) {
            Some(last) => {
                let line = format!("{}{}", last.line, line.line).into();
                *last = Installed { line, ..last.clone() };
                is_open = false;
            }
            None => {
                // Most accounts have one.
                if out.is_empty() {
                    out.reserve_exact(1);
                }
                out.push(line);
                is_open = is_comment;
            }
        }
    }
    out
}
