//! `revoke`: takes people and keys away, in rounds of edits that are proved each, and judged together.

use super::closed::{Closed, Closing, OwnKeys};
use super::patch::Steps;
use super::run::Change;
use crate::check::Context;
use crate::error::Error;
use crate::input::text::{refused, unproved};
use crate::key::{self, Described};
use crate::report::left::Left;
use crate::shell;
use crate::spin::config::Config;
use crate::spin::config::layout::DOCKER_USER;
use crate::spin::config::written_keys::unseal_keys;
use crate::spin::is_close;
use crate::spin::plan::revoke::{Named, Revocation, deploy_public_key, line_of, named, next};
use crate::ui::Ui;
use crate::yaml::{self, Document, Edit, quote};
use std::path::Path;
use zeroize::Zeroizing;

/// Each round has its own reason; there are never so many.
const MOST_ROUNDS: usize = 8;

/// A word on the command line.
#[derive(Debug, Clone)]
pub enum Word {
    /// Somebody's name, a fingerprint, a comment, or the beginning of one.
    Name(String),
    /// A key from a file.
    Key { material: Vec<u8>, line: String, from: String },
}

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Whoever goes, wherever they are.
    pub words: Vec<Word>,
    /// Keys that only the deploy account loses.
    pub deploy: Vec<Word>,
    /// Those who stay may be locked out.
    pub lock_out: bool,
}

pub struct Revoke<'a> {
    pub asked: &'a Asked,
    pub own: &'a OwnKeys,
    /// The file, for messages.
    pub path: &'a Path,
    pub context: &'a Context<'a>,
    /// Decrypts an inline `!vault` value, if there is a password for it.
    pub unseal: &'a dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>,
    /// What goes, as it was planned last.
    pub revocation: Revocation,
    pub closed: Closed,
}

impl Change for Revoke<'_> {
    fn announce(&self, ui: &Ui) {
        for name in &self.closed.others {
            ui.note(&format!(
                "Spin gives deploy no first key of {name} by this file; if {name} was in `sudo` once, it may have the first key of then: \
                 spin-keys revoke --deploy KEY"
            ));
        }
        for line in &self.closed.unknown {
            ui.note(&format!(
                "the keys on line {line} are known only to Ansible: if a revoked one is among them, it is installed again"
            ));
        }
        for line in &self.closed.sealed {
            ui.note(&format!(
                "the key on line {line} is encrypted (`!vault`); the entry that takes it from deploy has this public key in clear text"
            ));
        }
        if self.closed.keeps_tunnel {
            ui.note(
                "the tunnel of CI accepts the keys of sudo users although they are `absent`, until `revoke --finish` deletes them and the \
                 secrets are uploaded again",
            );
        }
    }

    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error> {
        self.revocation = self.asked.revocation(document, self.path, self.context.now)?;
        let (revocation, own, context) = (&self.revocation, self.own, self.context);
        let closing = Closing { revocation, lock_out: self.asked.lock_out, own, context, unseal: self.unseal };
        let (mut rounds, mut closed) = (Vec::new(), Closed::default());
        self.rounds(document, &mut rounds, &mut |after| {
            closed = closing.judge(document, after).map_err(|refusal| refused(self.path, &refusal))?;
            Ok(())
        })?;
        self.closed = closed;
        Ok(Steps { rounds, notes: Vec::new() })
    }
}

impl<'a> Revoke<'a> {
    #[must_use]
    pub fn new(
        asked: &'a Asked,
        own: &'a OwnKeys,
        path: &'a Path,
        context: &'a Context<'a>,
        unseal: &'a dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>,
    ) -> Self {
        let (revocation, closed) = (Revocation::default(), Closed::default());
        Self { asked, own, path, context, unseal, revocation, closed }
    }

    /// The keys that go, in words.
    #[must_use]
    pub fn keys(&self) -> Vec<Described> {
        let lines = self.revocation.keys.values().chain(self.revocation.deploy.values());
        lines.filter_map(|line| key::describe(line)).collect()
    }

    /// What is left to do when the file is written.
    ///
    /// `ci_pair`: the key that `spin configure gha` would upload. `command`: what finishes this revocation. `vault`: the file, if
    /// it is encrypted.
    #[must_use]
    pub fn left(&self, ci_pair: Option<&[u8]>, command: String, vault: Option<String>) -> Vec<Left> {
        let goes = |key: &&[u8]| self.revocation.keys.contains_key(*key) || self.revocation.deploy.contains_key(*key);
        let is_ci_pair = ci_pair.is_some_and(|key| goes(&key));
        let accounts: Vec<String> = self.closed.accounts.iter().cloned().collect();
        let steps = [
            is_ci_pair.then_some(Left::NewDeployPair),
            Some(Left::Provision),
            (!accounts.is_empty()).then_some(Left::EndSessions { accounts }),
            Some(Left::Finish { command }),
            (self.closed.has_tunnel || is_ci_pair).then_some(Left::Tunnel),
            vault.filter(|_| !self.revocation.people.is_empty()).map(|file| Left::Rekey { file }),
        ];
        steps.into_iter().flatten().collect()
    }

    /// What goes, in words: names, then the keys that go without one.
    #[must_use]
    pub fn subject(&self) -> String {
        let revocation = &self.revocation;
        let keys = revocation.keys.iter().filter(|_| revocation.people.is_empty()).chain(&revocation.deploy);
        let prints = keys.map(|(material, _)| key::fingerprint(material));
        revocation.people.iter().map(|name| quote(name)).chain(prints).collect::<Vec<_>>().join(", ")
    }

    /// Plans until nothing is left to change; `end` gets the last text.
    fn rounds(
        &self,
        document: &Document<'_>,
        rounds: &mut Vec<Vec<Edit>>,
        end: &mut dyn FnMut(&Document<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let edits =
            next(document, &self.revocation, self.context.now).map_err(|refusal| refused(self.path, &refusal))?;
        if edits.is_empty() {
            return end(document);
        }
        if rounds.len() >= MOST_ROUNDS {
            return Err(Error::new("the change leads to ever more changes, and was not made")
                .hint("please report this, with the file if you can"));
        }
        let splices = yaml::splices(document, &edits).map_err(|refusal| refused(self.path, &refusal))?;
        let text = Zeroizing::new(yaml::apply(document.text, &splices));
        let mut after = yaml::prove(document, &text, &splices, &edits).map_err(|error| unproved(self.path, &error))?;
        unseal_keys(&mut after, self.unseal);
        rounds.push(edits);
        self.rounds(&after, rounds, end)
    }
}

impl Asked {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.deploy.is_empty()
    }

    /// Whom and what the words mean in a file.
    ///
    /// # Errors
    /// A word means nothing in it, or several keys.
    pub fn revocation(&self, document: &Document<'_>, path: &Path, now: u64) -> Result<Revocation, Error> {
        let config = Config::of(document);
        let mut revocation = Revocation::default();
        for word in &self.words {
            match found(document, &config, word, path)? {
                Found::Person(name) => revocation.add_person(&config, &name),
                Found::Key(material, line) => revocation.keys.extend([(material, line)]),
            }
        }
        for word in &self.deploy {
            let key = match word {
                // A key that no file has any more can still be on the servers.
                Word::Key { material, line, .. } => (material.clone(), line.clone()),
                Word::Name(_) => match found(document, &config, word, path)? {
                    Found::Key(material, line) => (material, line),
                    Found::Person(name) => {
                        return Err(Error::new(format!("{} is a person, and --deploy needs a key", quote(&name)))
                            .hint(format!(
                                "to revoke all keys of {}, from deploy, too: spin-keys revoke {}",
                                quote(&name),
                                shell::word(&name)
                            )));
                    }
                },
            };
            revocation.deploy.extend([key]);
        }
        if self.lock_out {
            for name in revocation.left_without_key(&config, now) {
                revocation.add_person(&config, &name);
            }
        }
        Ok(revocation)
    }
}

enum Found {
    Person(String),
    Key(Vec<u8>, String),
}

fn found(document: &Document<'_>, config: &Config<'_>, word: &Word, path: &Path) -> Result<Found, Error> {
    let (shown, passed) = (path.display(), deploy_public_key(document));
    match word {
        Word::Key { material, from, .. } => match line_of(config, passed, material) {
            Some(line) => Ok(Found::Key(material.clone(), line.to_owned())),
            None => Err(Error::new(format!("the key in {from} ({}) is not in {shown}", key::fingerprint(material)))
                .hint("a key that was deleted from the file stays on the servers: bring its line back, then run this again")
                .hint(format!("to take it from the deploy account: spin-keys revoke --deploy {}", shell::word(from)))),
        },
        Word::Name(word) => match named(config, passed, word) {
            Named::Person(name) => Ok(Found::Person(name)),
            Named::Key(material, line) => Ok(Found::Key(material, line)),
            Named::Several(candidates) => {
                let list: String = candidates.iter().map(|candidate| format!("\n  {candidate}")).collect();
                Err(Error::new(format!("`{}` is the beginning of several keys:{list}", quote(word)))
                    .hint("give more of the fingerprint"))
            }
            Named::Nobody => Err(nobody(config, word, &shown.to_string())),
        },
    }
}

fn nobody(config: &Config<'_>, word: &str, path: &str) -> Error {
    if word == DOCKER_USER || Some(word) == config.deploy_account.as_deref() {
        return Error::new(format!("{} is the account of deployments, not a person", quote(word)))
            .hint("name the key: spin-keys revoke --deploy SHA256:... (or the path to its .pub)");
    }
    let message = format!("nobody in {path} is named {}, and no key has that fingerprint or comment", quote(word));
    let mut names = config.people.iter().filter_map(|person| person.account.as_deref());
    let close = names.find(|name| is_close(word, name) || (!word.is_empty() && name.starts_with(word)));
    let error = match close {
        Some(name) => Error::new(message).hint(format!("did you mean {}?", quote(name))),
        None if word.contains('/') || word.ends_with(".pub") => {
            Error::new(message).hint("no file has that name: check the path")
        }
        None => Error::new(message).hint("to see everybody with their keys: spin-keys list"),
    };
    let back = "whoever was deleted from the file without `revoke` stays on the servers: bring the entry back (git log -p), then run this again";
    error.hint(back)
}
