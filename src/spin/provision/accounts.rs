//! A new server while `spin provision` runs: its accounts and their `authorized_keys`, as
//! `ansible.posix.authorized_key` keeps them.

use crate::key::{self, Written};
use crate::spin::provision::outcome::{Account, Installed, Via};
use std::collections::HashMap;

/// The accounts that were made so far.
#[derive(Debug, Default)]
pub(super) struct Server {
    accounts: Vec<Option<Made>>,
    by_name: HashMap<String, usize>,
}

/// An account; lines, each with its form, that were replaced or taken away leave a gap.
#[derive(Debug)]
struct Made {
    name: String,
    is_deploy: bool,
    lines: Vec<Option<(String, Installed)>>,
    by_id: HashMap<String, usize>,
    unknown: Vec<usize>,
}

impl Server {
    /// Makes an account, if it is not there.
    pub(super) fn add(&mut self, name: &str, is_deploy: bool) {
        if let Some(made) = self.account(name) {
            made.is_deploy |= is_deploy;
            return;
        }
        self.by_name.insert(name.to_owned(), self.accounts.len());
        let name = name.to_owned();
        self.accounts.push(Some(Made {
            name,
            is_deploy,
            lines: Vec::new(),
            by_id: HashMap::new(),
            unknown: Vec::new(),
        }));
    }

    /// Removes an account.
    pub(super) fn remove(&mut self, name: &str) {
        if let Some(index) = self.by_name.remove(name) {
            self.accounts[index] = None;
        }
    }

    /// Whether the account is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    fn account(&mut self, name: &str) -> Option<&mut Made> {
        self.by_name.get(name).and_then(|index| self.accounts[*index].as_mut())
    }

    /// Installs lines: one that is there as it is stays, one with the same key and another text is replaced and comes
    /// last.
    pub(super) fn give(&mut self, name: Option<&str>, lines: Vec<Written>, at: usize, way: &Via, now: u64) {
        let Some(made) = name.and_then(|name| self.account(name)) else { return };
        for Written { line, id, form, .. } in lines {
            let known = made.by_id.get(&id).copied();
            if known.and_then(|known| made.lines[known].as_ref()).is_some_and(|known| known.0 == form) {
                continue;
            }
            if let Some(known) = known {
                made.lines[known] = None;
            }
            made.by_id.insert(id, made.lines.len());
            let login = key::login(&line, now);
            made.lines.push(Some((form, Installed { line, at, way: way.clone(), login })));
        }
    }

    /// Takes away the lines with these keys.
    pub(super) fn take_away(&mut self, name: Option<&str>, lines: &[Written]) {
        let Some(made) = name.and_then(|name| self.account(name)) else { return };
        for line in lines {
            if let Some(index) = made.by_id.remove(&line.id) {
                made.lines[index] = None;
            }
        }
    }

    /// Notes a key of an account that only Ansible can tell.
    pub(super) fn unknown(&mut self, name: Option<&str>, at: usize) {
        if let Some(made) = name.and_then(|name| self.account(name)) {
            made.unknown.push(at);
        }
    }

    /// The accounts as they are now, in the order in which they were made, the deploy account last.
    pub(super) fn finish(self, now: u64) -> Vec<Account> {
        let account = |made: Made| Account {
            name: made.name,
            is_deploy: made.is_deploy,
            keys: glued(made.lines.into_iter().flatten().map(|(_, line)| line), now),
            unknown: made.unknown,
        };
        let mut accounts: Vec<Account> = self.accounts.into_iter().flatten().map(account).collect();
        accounts.sort_by_key(|account| account.is_deploy);
        accounts
    }
}

/// The module writes an indented comment without a line break: the line that comes next becomes part of the comment.
fn glued(lines: impl Iterator<Item = Installed>, now: u64) -> Vec<Installed> {
    let mut out: Vec<Installed> = Vec::new();
    let mut is_open = false;
    for line in lines {
        let is_comment = line.line.trim_start_matches([' ', '\t']).starts_with('#');
        match out.last_mut().filter(|_| is_open) {
            Some(last) => {
                let line = format!("{}{}", last.line, line.line);
                *last = Installed { login: key::login(&line, now), line, ..last.clone() };
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
