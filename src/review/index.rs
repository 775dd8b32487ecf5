//! The keys of one side by what they are looked up by: found once for each account, not again for each of its keys.

use crate::key;
use crate::spin::config::state::State;
use crate::spin::provision::outcome::{Account, Installed, NotInstalled};
use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::rc::Rc;

/// Filled as it is asked.
#[derive(Default)]
pub(super) struct Index<'s> {
    /// Under an account, in a field that Spin reads: the states of each key.
    pub(super) listed: ByName<HashMap<Vec<u8>, Vec<&'s State>>>,
    /// Under an account: the keys that nothing but a failing run keeps from logging in.
    pub(super) working: ByName<HashSet<Vec<u8>>>,
    /// What a failing run leaves of an account.
    pub(super) left: ByName<Lines<'s>>,
    /// What the file intends for an account.
    pub(super) intended: ByName<Intended<'s>>,
    pub(super) not_installed: OnceCell<HashMap<usize, &'s NotInstalled>>,
}

pub(super) type ByName<T> = RefCell<HashMap<String, Rc<T>>>;

#[derive(Default)]
pub(super) struct Lines<'s> {
    pub(super) lines: HashSet<&'s str>,
    pub(super) materials: HashSet<Vec<u8>>,
}

#[derive(Default)]
pub(super) struct Intended<'s> {
    /// The materials of each line that lets somebody in.
    pub(super) letting_in: HashSet<Vec<Vec<u8>>>,
    pub(super) by_place: HashMap<usize, &'s Installed>,
}

/// The value for a name, made if it is not there.
pub(super) fn known<T>(cache: &ByName<T>, name: &str, make: impl FnOnce() -> T) -> Rc<T> {
    if let Some(found) = cache.borrow().get(name) {
        return Rc::clone(found);
    }
    let made = Rc::new(make());
    cache.borrow_mut().insert(name.to_owned(), Rc::clone(&made));
    made
}

/// The first of several values for a key stays.
pub(super) fn first_of_each<K: Eq + Hash, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, V> {
    let mut found = HashMap::new();
    for (key, value) in pairs {
        found.entry(key).or_insert(value);
    }
    found
}

impl<'s> Lines<'s> {
    pub(super) fn of(account: Option<&'s Account>) -> Self {
        let keys = || account.iter().flat_map(|account| &account.keys);
        let materials = keys().flat_map(|key| key::materials(&key.line)).collect();
        Self { lines: keys().map(|key| &*key.line).collect(), materials }
    }
}
