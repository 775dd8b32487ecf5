//! What the nearest plain file names, for completions.
//!
//! Promises: never asks, never decrypts, never takes long: a file that is encrypted, over 1 MiB or in any way wrong names nothing.

use super::discover;
use super::links;
use super::text::{Mode, Text};
use crate::files;
use crate::spin::config::layout::{DOCKER_USER, SUDO};
use crate::spin::{Config, Principal, principals};
use crate::vault;
use std::collections::HashSet;
use std::path::Path;

/// Where reading and judging take a few hundredths of a second.
const MAX_BYTES: u64 = 1 << 20;

/// The names in a file, in its order, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub people: Vec<String>,
    /// The name of the deploy account.
    pub deploy: Option<String>,
    pub keys: Vec<KnownKey>,
    pub groups: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct KnownKey {
    pub fingerprint: String,
    pub comment: String,
    /// The first account that has it.
    pub of: String,
}

impl Known {
    /// Of the file given on the command line, else of the nearest one.
    #[must_use]
    pub fn of(named: Option<&Path>) -> Self {
        let bytes = discover::spin_file(named).and_then(|path| {
            links::refuse_links_out(&path)?;
            Ok((files::read_limited(&path, "file", MAX_BYTES)?, path))
        });
        match bytes {
            Ok((bytes, path)) if !vault::is_encrypted(&bytes) => Self::of_text(&path, &bytes).unwrap_or_default(),
            _ => Self::default(),
        }
    }

    fn of_text(path: &Path, bytes: &[u8]) -> Option<Self> {
        let document = Text::decode(path, bytes).ok()?.document(path, Mode::Ansible).ok()?;
        let config = Config::of(&document);
        let mut known = Self { deploy: config.deploy_account.as_deref().map(str::to_owned), ..Self::default() };
        known.groups.push(SUDO.to_owned());
        principals(&document, &config).into_iter().for_each(|principal| known.add(principal));
        only_first(&mut known.people, String::clone);
        only_first(&mut known.groups, String::clone);
        only_first(&mut known.keys, |key| key.fingerprint.clone());
        Some(known)
    }

    fn add(&mut self, principal: Principal) {
        let of = principal.account.unwrap_or_default();
        for key in principal.keys.into_iter().filter_map(|listed| listed.key) {
            if let Some(fingerprint) = key.fingerprint {
                self.keys.push(KnownKey { fingerprint, comment: key.comment, of: of.clone() });
            }
        }
        self.groups.extend(principal.groups.into_iter().flatten().filter(|group| !group.is_empty()));
        if principal.section != DOCKER_USER && !of.is_empty() {
            self.people.push(of);
        }
    }
}

/// Keeps the first of those with the same name.
fn only_first<T>(list: &mut Vec<T>, name: impl Fn(&T) -> String) {
    let mut seen = HashSet::new();
    list.retain(|item| seen.insert(name(item)));
}
