//! The state of a simulated run: the file, the server, and the keys reached so far.

use super::asked::Asked;
use super::authorized_file::AuthorizedFile;
use super::authorized_key::refusal;
use super::not_installed::Tried;
use super::outcome::{Failure, Reason, Via};
use super::server::Server;
use crate::key::{ModuleResult, Written};
use crate::spin::config::Config;
use crate::spin::config::user::Person;
use crate::yaml::{Document, NodeId};

/// What follows a failed task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtFailure {
    /// The run ends, as in reality.
    End,
    /// The next task, to find out what the file intends.
    GoOn,
}

/// A file that is provisioned.
#[derive(Clone, Copy)]
pub(super) struct File<'r, 'd, 't> {
    pub(super) document: &'d Document<'t>,
    pub(super) config: &'r Config<'d>,
    /// What each person's entry asks for.
    pub(super) asked: &'r [Asked<'d>],
}

/// The account that a task gives a key to, or takes one from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiver {
    /// Its name is known only to Ansible.
    Unknown,
    /// There is no account with its name.
    Missing,
    /// Where it is on the server.
    At(usize),
}

pub(super) struct Run<'r, 'd, 't> {
    pub(super) document: &'d Document<'t>,
    pub(super) config: &'r Config<'d>,
    pub(super) asked: &'r [Asked<'d>],
    /// The task that comes next.
    pub(super) next: usize,
    pub(super) at_failure: AtFailure,
    /// The key that `spin configure` passes.
    pub(super) deploy_public_key: Option<&'r str>,
    pub(super) server: Server,
    /// Where the account of each entry is on the server, as far as it was created or changed.
    pub(super) placed: Vec<Option<usize>>,
    /// The entries whose accounts were created or changed, in order.
    pub(super) changed: Vec<usize>,
    /// The first failure.
    pub(super) failure: Option<Failure>,
    /// All failures so far, those of single items too, in the order of the tasks.
    pub(super) faults: Vec<Failure>,
    /// Keys that Spin reached, and why it did not install them.
    pub(super) tried: Tried,
}

impl Receiver {
    fn index(self) -> Option<usize> {
        match self {
            Self::At(index) => Some(index),
            Self::Unknown | Self::Missing => None,
        }
    }
}

impl<'r, 'd, 't> Run<'r, 'd, 't> {
    /// A run that starts.
    pub(super) fn of(file: File<'r, 'd, 't>, mut server: Server) -> Self {
        let File { document, config, asked } = file;
        server.start();
        Self {
            document,
            config,
            asked,
            next: 0,
            at_failure: AtFailure::End,
            deploy_public_key: None,
            server,
            placed: vec![None; config.people.len()],
            changed: Vec::new(),
            failure: None,
            faults: Vec::new(),
            tried: Tried::new(),
        }
    }
}

impl Run<'_, '_, '_> {
    pub(super) fn goes_on(&self) -> bool {
        self.at_failure == AtFailure::GoOn
    }

    /// The account with this name, if it is known.
    pub(super) fn receiver(&mut self, name: Option<&str>) -> Receiver {
        let Some(name) = name else { return Receiver::Unknown };
        self.server.index(name).map_or(Receiver::Missing, Receiver::At)
    }

    /// The account of an entry.
    pub(super) fn receiver_of(&mut self, entry: usize, person: &Person<'_>) -> Receiver {
        match self.placed.get(entry).copied().flatten().filter(|index| self.server.is_at(*index)) {
            Some(index) => Receiver::At(index),
            None => self.receiver(person.account.as_deref()),
        }
    }

    /// Installs what `ansible.posix.authorized_key` makes of a text.
    pub(super) fn give(
        &mut self,
        account: Receiver,
        written: &ModuleResult,
        text: &str,
        at: usize,
        via: &Via,
    ) -> Option<Failure> {
        let lines = match self.lines(account, written, text, at) {
            Ok(Some(lines)) => lines,
            Ok(None) => return None,
            Err(failure) => return self.fail(at, failure),
        };
        let known = (account == Receiver::Unknown).then_some(Reason::Unknown);
        self.tried.push((at, if lines.is_empty() { Some(Reason::NoKey) } else { known }));
        if let Some((file, owner)) = self.keys_of(account)
            && file.give(lines, at, via)
        {
            file.owner = Some(owner);
        }
        None
    }

    /// Removes what the module makes of a text, or what the server reads from an address or a file.
    pub(super) fn take_away(
        &mut self,
        account: Receiver,
        written: &ModuleResult,
        text: &str,
        at: usize,
    ) -> Option<Failure> {
        let lines = match self.lines(account, written, text, at) {
            Ok(Some(lines)) => lines,
            Ok(None) => return None,
            Err(failure) => return self.fail(at, failure),
        };
        if let Some((file, owner)) = self.keys_of(account)
            && file.take_away(lines)
        {
            file.owner = Some(owner);
        }
        None
    }

    /// The lines of a text; `None` if they are known only to Ansible.
    fn lines<'w>(
        &mut self,
        account: Receiver,
        written: &'w ModuleResult,
        text: &str,
        at: usize,
    ) -> Result<Option<&'w [Written]>, Failure> {
        match written {
            ModuleResult::Lines(lines) => {
                let made = account.index().and_then(|index| self.server.account_at(index));
                // The module cannot create a folder in it.
                if made.is_some_and(|made| &*made.home == "/nonexistent") && !lines.is_empty() {
                    return Err(Failure::at("SK236", at));
                }
                Ok(Some(lines))
            }
            ModuleResult::Refused { line } => Err(Failure::at(refusal(text, *line), at)),
            ModuleResult::Url | ModuleResult::File => {
                self.unknown(account, at);
                Ok(None)
            }
        }
    }

    pub(super) fn fail(&mut self, at: usize, failure: Failure) -> Option<Failure> {
        self.tried.push((at, Some(Reason::FailsHere)));
        Some(failure)
    }

    fn keys_of(&mut self, account: Receiver) -> Option<(&mut AuthorizedFile, u32)> {
        account.index().and_then(|index| self.server.keys_of(index))
    }

    pub(super) fn unknown(&mut self, account: Receiver, at: usize) {
        self.tried.push((at, Some(Reason::Unknown)));
        if let Some((file, owner)) = self.keys_of(account) {
            file.unknown.push(at);
            file.owner = Some(owner);
        }
    }

    pub(super) fn at(&self, node: NodeId) -> usize {
        self.document.node(node).start
    }
}
