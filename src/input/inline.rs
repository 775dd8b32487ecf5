//! Opens inline `!vault` values. A source of passwords is asked once for each label, however many values there are: it may be
//! a program that takes long, or that somebody has to touch.

use super::password::{self, Search};
use super::seal::{Plain, Seal};
use crate::error::Error;
use crate::threads;
use crate::vault::Vault;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use zeroize::Zeroizing;

/// What is known of the values of a file.
#[derive(Default)]
pub(super) struct Inline {
    /// By their texts, because deriving a key is slow.
    opened: RefCell<HashMap<String, Option<Plain>>>,
    /// By label.
    sources: RefCell<BTreeMap<Option<String>, Source>>,
}

/// The passwords for a label.
#[derive(Default)]
struct Source {
    tried: Vec<Zeroizing<Vec<u8>>>,
    /// Why there are no more.
    failure: Option<Error>,
}

impl Inline {
    /// Decrypts a value, if a password can be found without asking.
    pub(super) fn open(&self, text: &str, seal: Option<&Seal>, search: &Search<'_>) -> Option<Plain> {
        if let Some(known) = self.opened.borrow().get(text) {
            return known.clone();
        }
        let opened = self.decrypt(text, seal, search);
        self.opened.borrow_mut().insert(text.to_owned(), opened.clone());
        opened
    }

    fn decrypt(&self, text: &str, seal: Option<&Seal>, search: &Search<'_>) -> Option<Plain> {
        let vault = Vault::parse(text.as_bytes()).ok()?;
        threads::start().ok()?;
        if let Some(opened) = seal.and_then(|seal| vault.open(seal.password()).ok()) {
            return Some(opened);
        }
        let mut sources = self.sources.borrow_mut();
        let source = sources.entry(vault.label().map(str::to_owned)).or_default();
        if let Some(opened) = source.tried.iter().find_map(|password| vault.open(password).ok()) {
            return Some(opened);
        }
        if source.failure.is_some() {
            return None;
        }
        let mut opened = None;
        let mut fits = |password: &[u8]| {
            source.tried.push(Zeroizing::new(password.to_vec()));
            opened = vault.open(password).ok();
            opened.is_some()
        };
        let found = password::find(&Search { ask_for: None, ..*search }, vault.label(), &mut fits);
        source.failure = found.err();
        opened
    }

    /// Why no password was found for some value, and whether one was read that does not fit.
    pub(super) fn failure(&self) -> Option<(Error, bool)> {
        let sources = self.sources.borrow();
        sources.values().find_map(|source| Some((source.failure.clone()?, !source.tried.is_empty())))
    }
}
