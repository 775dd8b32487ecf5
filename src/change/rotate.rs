//! The beginning of a rotation: the new key comes before the old one, which stays.

use super::add_key::AddKey;
use super::patch::Steps;
use super::run::Change;
use crate::error::Error;
use crate::input::text::{refused, unproved};
use crate::key::KeyLine;
use crate::shell;
use crate::spin::config::layout::DOCKER_USER;
use crate::spin::plan::rotate::{Elsewhere, HeldKey, elsewhere, held, keys_of, named, to_front};
use crate::spin::{deploy_account, is_close, users};
use crate::ui::Ui;
use crate::yaml::{self, Document, Edit, quote};
use std::path::Path;
use zeroize::Zeroizing;

/// Which key is the old one.
#[derive(Debug, Clone)]
pub enum OldKey {
    /// The key of a pair or a file.
    Line { key: KeyLine, from: String },
    /// `--old`: a fingerprint or a comment, or the beginning of one.
    Named(String),
    /// The default pair is not there.
    Missing { path: String },
}

/// Whose key it is: the account of a person, or the deploy user.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    pub name: Option<&'a str>,
    /// The file, for messages.
    pub path: &'a Path,
}

pub struct BeginRotation<'a> {
    add: AddKey<'a>,
    account: Account<'a>,
    old: &'a OldKey,
    /// The new key, or what stands for it in a preview.
    new: &'a KeyLine,
    /// Where the old key stands besides, as it was planned last.
    elsewhere: Elsewhere,
}

impl Change for BeginRotation<'_> {
    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error> {
        let old = self.old.find(document, self.account)?;
        if old.is_absent {
            return Err(Error::new(format!("the old key ({}) is `state: absent` already", in_words(&old)))
                .hint("to see how far that is: the same command with --status"));
        }
        if old.material == self.new.material() {
            return Err(
                Error::new("the new key is the old one").hint("name another key: --key PATH or --generate PATH")
            );
        }
        self.elsewhere = elsewhere(document, self.account.name, &old.material);
        let mut steps = self.add.plan(document)?;
        let first = match steps.rounds.first() {
            Some(edits) => self.front_after(document, edits)?,
            None => to_front(document, self.account.name, self.new.material(), false),
        };
        steps.rounds.extend(first.map(|edit| vec![edit]));
        Ok(steps)
    }

    fn asked(&self) -> Option<(Option<&str>, &KeyLine)> {
        self.add.asked()
    }

    fn not_yet_there(&self) -> Option<&KeyLine> {
        self.add.not_yet_there()
    }

    fn announce(&self, ui: &Ui) {
        self.add.announce(ui);
        if self.elsewhere.in_docker_user {
            ui.warn(
                "the old key stands in `docker_user` as well; the new one has to come there before --finish: \
                 spin-keys add-deploy --key PATH",
            );
        }
        for name in &self.elsewhere.people {
            ui.warn(&format!(
                "the old key is one of {} as well, who loses it with --finish; a key of their own: spin-keys add-user {} --key PATH",
                quote(name),
                shell::word(name)
            ));
        }
    }

    fn agreed(&mut self) -> Result<(), Error> {
        self.add.agreed()
    }

    fn before_writing(&mut self) -> Result<(), Error> {
        self.add.before_writing()
    }

    fn finish_hint(&self, error: Error) -> Error {
        self.add.finish_hint(error)
    }
}

impl<'a> BeginRotation<'a> {
    #[must_use]
    pub fn new(add: AddKey<'a>, account: Account<'a>, old: &'a OldKey, new: &'a KeyLine) -> Self {
        Self { add, account, old, new, elsewhere: Elsewhere::default() }
    }

    /// What makes the key the first once it is in the file.
    fn front_after(&self, document: &Document<'_>, edits: &[Edit]) -> Result<Option<Edit>, Error> {
        let path = self.account.path;
        let splices = yaml::splices(document, edits).map_err(|refusal| refused(path, &refusal))?;
        let text = Zeroizing::new(yaml::apply(document.text, &splices));
        let after = yaml::prove(document, &text, &splices, edits).map_err(|error| unproved(path, &error))?;
        let is_there =
            keys_of(document, self.account.name).is_some_and(|keys| held(&keys, self.new.material()).is_some());
        Ok(to_front(&after, self.account.name, self.new.material(), !is_there))
    }
}

impl OldKey {
    /// The key in the list of its account.
    ///
    /// # Errors
    /// It is not there, or several may be meant.
    pub fn find(&self, document: &Document<'_>, account: Account<'_>) -> Result<HeldKey, Error> {
        let Some(keys) = keys_of(document, account.name) else { return Err(account.nobody(document)) };
        let key = match self {
            Self::Line { key, from } => match held(&keys, key.material()) {
                Some(found) => found,
                None => {
                    let message =
                        format!("the key in {from} ({}) is not one of {}", key.fingerprint(), account.whose());
                    return Err(account.other(Error::new(message), &keys));
                }
            },
            Self::Missing { path } => {
                let message = format!("{path} is not there, so the old key is not known");
                return Err(account.other(Error::new(message), &keys));
            }
            Self::Named(word) => match named(&keys, word).as_slice() {
                [found] => held(&keys, &found.material).unwrap_or(found),
                [] => {
                    let message = format!("no key of {} has the fingerprint or comment {}", account.who(), quote(word));
                    return Err(account.other(Error::new(message), &keys));
                }
                several => {
                    let list: String = several.iter().map(|key| format!("\n  {}", in_words(key))).collect();
                    return Err(Error::new(format!("`{}` is the beginning of several keys:{list}", quote(word)))
                        .hint("give more of the fingerprint"));
                }
            },
        };
        Ok(key.clone())
    }
}

impl Account<'_> {
    /// Refuses to end a rotation in the pairs alone, where the account has another key than the new one, or not the new one.
    ///
    /// # Errors
    /// It names the others.
    pub fn refuse_others(&self, document: &Document<'_>, new: Option<&KeyLine>) -> Result<(), Error> {
        let keys = keys_of(document, self.name).unwrap_or_default();
        if new.and_then(|new| held(&keys, new.material())).is_none_or(|new| new.is_absent) {
            return Err(Error::new(format!(
                "the new key is not one of {}, so there is nothing to finish",
                self.whose()
            ))
            .hint("begin with the same command without --finish, then provision and log in with the new key"));
        }
        let is_other = |key: &&HeldKey| !key.is_absent && new.is_none_or(|new| new.material() != key.material);
        let others: Vec<String> = keys.iter().filter(is_other).map(in_words).collect();
        if others.is_empty() {
            return Ok(());
        }
        Err(Error::new("the old pair is not there, so the old key is not known")
            .hint(format!("name it with --old, by its fingerprint or comment: {}", others.join(", "))))
    }

    /// Refuses the deploy account by its name: its keys are those of CI.
    ///
    /// # Errors
    /// It is that.
    pub fn refuse_deploy(&self, document: &Document<'_>) -> Result<(), Error> {
        match self.name.filter(|name| *name == DOCKER_USER || deploy_account(document) == *name) {
            Some(name) => Err(Error::new(format!("{} is the account of deployments, not a person", quote(name)))
                .hint("to replace the key of CI: spin-keys rotate --deploy")),
            None => Ok(()),
        }
    }

    pub(super) fn who(&self) -> String {
        self.name.map_or_else(|| "the deploy user".to_owned(), quote)
    }

    pub(super) fn whose(&self) -> String {
        self.name.map_or_else(|| "the keys of the deploy user".to_owned(), |name| format!("{}'s keys", quote(name)))
    }

    /// What to do where the old key is not in the list.
    fn other(&self, error: Error, keys: &[HeldKey]) -> Error {
        let present: Vec<String> = keys.iter().filter(|key| !key.is_absent).map(in_words).collect();
        let add = match self.name {
            Some(name) => format!("spin-keys add-user {}", shell::word(name)),
            None => "spin-keys add-deploy".to_owned(),
        };
        if present.is_empty() {
            return error.hint(format!("there is no key to replace; to add one: {add}"));
        }
        if self.name.is_none() {
            return error.hint(format!("where it is the key of CI, put it into the file first: {add}")).hint(format!(
                "else name the old key with --old, by its fingerprint or comment: {}",
                present.join(", ")
            ));
        }
        error
            .hint(format!("name the old key with --old, by its fingerprint or comment: {}", present.join(", ")))
            .hint("if its pair is on another machine, and you want the new pair there, run this there")
    }

    fn nobody(&self, document: &Document<'_>) -> Error {
        let path = self.path.display();
        let Some(name) = self.name else {
            return Error::new(format!("{path} has no docker_user: there is no key to replace"))
                .hint("put the key that CI uses into the file first: spin-keys add-deploy");
        };
        let all = users(document);
        let close = all.iter().filter_map(|user| user.name.as_deref()).find(|other| is_close(name, other));
        let error = Error::new(format!("nobody in {path} is named {}", quote(name)));
        match close {
            Some(other) => error.hint(format!("did you mean {}?", quote(other))),
            None => error.hint("to see everybody with their keys: spin-keys list"),
        }
    }
}

/// `SHA256:... (alice@laptop)`
fn in_words(key: &HeldKey) -> String {
    let print = key.key.fingerprint.as_deref().unwrap_or("a key");
    if key.key.comment.is_empty() { print.to_owned() } else { format!("{print} ({})", quote(&key.key.comment)) }
}
