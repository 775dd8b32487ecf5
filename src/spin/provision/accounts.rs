//! A new server while `spin provision` runs: its accounts and their `authorized_keys`, as
//! `ansible.posix.authorized_key` keeps them.

use crate::key::Written;
use crate::spin::provision::outcome::{Account, Installed, Via};
use std::collections::HashMap;
use std::ops::Range;

/// The accounts that exist so far.
#[derive(Debug, Default)]
pub(super) struct Server {
    accounts: Vec<Option<Made>>,
    by_name: HashMap<String, usize>,
}

/// An account. Lines that were replaced or removed leave a gap.
#[derive(Debug)]
struct Made {
    name: String,
    is_deploy: bool,
    lines: Vec<Option<Line>>,
    /// Where the line of each key is, once there are many.
    by_id: Option<HashMap<String, usize>>,
    unknown: Vec<usize>,
}

/// A line, where its key is in it, and its form where it has options.
#[derive(Debug)]
struct Line {
    id: Range<usize>,
    form: Option<String>,
    installed: Installed,
}

impl Made {
    /// More lines than this are found by a table.
    const FEW: usize = 16;

    fn position(&self, id: &str) -> Option<usize> {
        match &self.by_id {
            Some(by_id) => by_id.get(id).copied(),
            None => self.lines.iter().position(|line| line.as_ref().is_some_and(|line| line.id() == id)),
        }
    }

    fn push(&mut self, line: Line) {
        if let Some(by_id) = &mut self.by_id {
            by_id.insert(line.id().to_owned(), self.lines.len());
        }
        // Most accounts have one.
        if self.lines.is_empty() {
            self.lines.reserve_exact(1);
        }
        self.lines.push(Some(line));
        if self.by_id.is_none() && self.lines.len() > Self::FEW {
            let known =
                self.lines.iter().enumerate().filter_map(|(at, line)| Some((line.as_ref()?.id().to_owned(), at)));
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

impl Line {
    fn id(&self) -> &str {
        &self.installed.line[self.id.clone()]
    }
}

impl Server {
    /// Creates an account unless it exists.
    pub(super) fn add(&mut self, name: &str, is_deploy: bool) {
        if let Some(made) = self.account(name) {
            made.is_deploy |= is_deploy;
            return;
        }
        self.by_name.insert(name.to_owned(), self.accounts.len());
        let name = name.to_owned();
        self.accounts.push(Some(Made { name, is_deploy, lines: Vec::new(), by_id: None, unknown: Vec::new() }));
    }

    pub(super) fn remove(&mut self, name: &str) {
        if let Some(index) = self.by_name.remove(name) {
            self.accounts[index] = None;
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    fn account(&mut self, name: &str) -> Option<&mut Made> {
        self.by_name.get(name).and_then(|index| self.accounts[*index].as_mut())
    }

    /// Installs lines: an identical line stays in place; a line with the same key and different text is removed, and
    /// the new one is appended.
    pub(super) fn give(&mut self, name: Option<&str>, lines: Vec<Written>, at: usize, via: &Via) {
        let Some(made) = name.and_then(|name| self.account(name)) else { return };
        for written in lines {
            let known = made.position(written.id());
            let is_same = |known: &Line| match (&known.form, &written.form) {
                (None, None) => known.installed.line == written.line,
                (before, now) => before == now,
            };
            if known.and_then(|known| made.lines[known].as_ref()).is_some_and(is_same) {
                continue;
            }
            if let Some(known) = known {
                made.lines[known] = None;
            }
            let installed = Installed { line: written.line, at, via: via.clone() };
            made.push(Line { id: written.id, form: written.form, installed });
        }
    }

    /// Removes the lines with these keys.
    pub(super) fn take_away(&mut self, name: Option<&str>, lines: &[Written]) {
        let Some(made) = name.and_then(|name| self.account(name)) else { return };
        lines.iter().for_each(|line| made.remove(line.id()));
    }

    /// Records a key of an account that is known only to Ansible.
    pub(super) fn unknown(&mut self, name: Option<&str>, at: usize) {
        if let Some(made) = name.and_then(|name| self.account(name)) {
            made.unknown.push(at);
        }
    }

    /// The current accounts in the order of their creation, the deploy account last.
    pub(super) fn finish(self) -> Vec<Account> {
        let account = |made: Made| Account {
            name: made.name,
            is_deploy: made.is_deploy,
            keys: glued(made.lines.into_iter().flatten().map(|line| line.installed)),
            unknown: made.unknown,
        };
        let mut accounts: Vec<Account> = self.accounts.into_iter().flatten().map(account).collect();
        accounts.sort_by_key(|account| account.is_deploy);
        accounts
    }
}

/// The module writes an indented comment without a line break, so the next line becomes part of the comment.
fn glued(lines: impl Iterator<Item = Installed>) -> Vec<Installed> {
    let mut out: Vec<Installed> = Vec::new();
    let mut is_open = false;
    for line in lines {
        let is_comment = line.line.trim_start_matches([' ', '\t']).starts_with('#');
        match out.last_mut().filter(|_| is_open) {
            Some(last) => {
                let line = format!("{}{}", last.line, line.line);
                *last = Installed { line, ..last.clone() };
                is_open = false;
            }
            None => {
                out.push(line);
                is_open = is_comment;
            }
        }
    }
    out
}
