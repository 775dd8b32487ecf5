//! The state of a simulated run: the file, the server, and the keys reached so far.

use super::accounts::Server;
use super::authorized_key::refusal;
use super::not_installed::Tried;
use super::outcome::{Failure, Reason, Via};
use crate::key::{self, ModuleResult};
use crate::spin::config::Config;
use crate::yaml::{Document, NodeId};

/// What follows a failed task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtFailure {
    /// The run ends, as in reality.
    End,
    /// The next task, to find out what the file intends.
    GoOn,
}

pub(super) struct Run<'r, 'd, 't> {
    pub(super) document: &'d Document<'t>,
    pub(super) config: &'r Config<'d>,
    pub(super) at_failure: AtFailure,
    pub(super) server: Server,
    /// Keys that Spin reached, and why it did not install them.
    pub(super) tried: Tried,
}

impl Run<'_, '_, '_> {
    pub(super) fn goes_on(&self) -> bool {
        self.at_failure == AtFailure::GoOn
    }

    /// Installs the lines of a text, as `ansible.posix.authorized_key` does.
    pub(super) fn give(&mut self, account: Option<&str>, text: &str, at: usize, via: &Via) -> Option<Failure> {
        let lines = match key::ansible_writes(text) {
            ModuleResult::Lines(lines) => lines,
            ModuleResult::Refused { line } => return self.fail(at, Failure::at(refusal(text, line), at)),
            ModuleResult::Url | ModuleResult::File => {
                self.unknown(account, at);
                return None;
            }
        };
        let known = if account.is_some() { None } else { Some(Reason::Unknown) };
        self.tried.insert(at, if lines.is_empty() { Some(Reason::NoKey) } else { known });
        self.server.give(account, lines, at, via);
        None
    }

    /// Removes the lines of a text, or those that the server reads from an address or a file.
    pub(super) fn take_away(&mut self, account: Option<&str>, text: &str, at: usize) -> Option<Failure> {
        match key::ansible_writes(text) {
            ModuleResult::Lines(lines) => {
                self.server.take_away(account, &lines);
                None
            }
            ModuleResult::Refused { line } => self.fail(at, Failure::at(refusal(text, line), at)),
            ModuleResult::Url | ModuleResult::File => {
                self.unknown(account, at);
                None
            }
        }
    }

    pub(super) fn fail(&mut self, at: usize, failure: Failure) -> Option<Failure> {
        self.tried.insert(at, Some(Reason::FailsHere));
        Some(failure)
    }

    pub(super) fn unknown(&mut self, account: Option<&str>, at: usize) {
        self.tried.insert(at, Some(Reason::Unknown));
        self.server.unknown(account, at);
    }

    pub(super) fn at(&self, node: NodeId) -> usize {
        self.document.node(node).start
    }
}
