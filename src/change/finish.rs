//! `revoke --finish`: what is `absent`, and has been provisioned, leaves the file.

use super::access::{Access, Door};
use super::difference::{Difference, differences};
use super::patch::Steps;
use super::revoke::Asked;
use super::run::Change;
use crate::check::Context;
use crate::error::Error;
use crate::input::text::{refused, unproved};
use crate::spin::config::written_keys::unseal_keys;
use crate::spin::plan::revoke::{Finished, Kept, finish};
use crate::ui::Ui;
use crate::yaml::{self, Document, Refusal};
use std::path::Path;
use zeroize::Zeroizing;

pub struct Finish<'a> {
    pub asked: &'a Asked,
    /// The file, for messages.
    pub path: &'a Path,
    pub context: &'a Context<'a>,
    /// Decrypts an inline `!vault` value, if there is a password for it.
    pub unseal: &'a dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>,
    /// What goes and what stays, as it was planned last.
    pub kept: Vec<Kept>,
    pub people: Vec<String>,
    /// Keys that the deploy account may keep, each with whose it is.
    pub not_taken: Vec<(String, String)>,
}

impl Change for Finish<'_> {
    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error> {
        let of = match self.asked.is_empty() {
            true => None,
            false => Some(self.asked.revocation(document, self.path, self.context.now)?),
        };
        let Finished { edits, kept, people, not_taken } = finish(document, of.as_ref());
        (self.kept, self.people, self.not_taken) = (kept, people, not_taken);
        if edits.is_empty() {
            return Ok(Steps::default());
        }
        let shown = |refusal: &Refusal| refused(self.path, refusal);
        let splices = yaml::splices(document, &edits).map_err(|refusal| shown(&refusal))?;
        let text = Zeroizing::new(yaml::apply(document.text, &splices));
        let mut after = yaml::prove(document, &text, &splices, &edits).map_err(|error| unproved(self.path, &error))?;
        unseal_keys(&mut after, self.unseal);
        self.judge(document, &after).map_err(|refusal| shown(&refusal))?;
        Ok(Steps { rounds: vec![edits], notes: Vec::new() })
    }

    fn announce(&self, ui: &Ui) {
        for (who, print) in &self.not_taken {
            ui.warn(&format!(
                "nothing in the file takes {print} from the deploy account, which has it if it was the first key of {who} once: if so, \
                 run `spin-keys revoke {print}` and provision before this"
            ));
        }
        ui.note(
            "the file does not say whether every server has been provisioned since: one that has not would keep these keys for good",
        );
    }
}

impl<'a> Finish<'a> {
    #[must_use]
    pub fn new(
        asked: &'a Asked,
        path: &'a Path,
        context: &'a Context<'a>,
        unseal: &'a dyn Fn(&str) -> Option<Zeroizing<Vec<u8>>>,
    ) -> Self {
        Self { asked, path, context, unseal, kept: Vec::new(), people: Vec::new(), not_taken: Vec::new() }
    }

    /// Nobody may get in by it, and nobody else be kept out.
    fn judge(&self, before: &Document<'_>, after: &Document<'_>) -> Result<(), Refusal> {
        let [before, after] = [before, after].map(|document| Access::of_document(document, self.context));
        let is_meant = |difference: &Difference| match difference {
            Difference::Keeps(..) | Difference::ShutsOut(Door::Tunnel, _) => true,
            // Another entry of an account whose entry goes may give it groups again.
            Difference::Account(name) => {
                before.deploy.as_ref() == Some(name)
                    || (self.people.contains(name) && !after.accounts.contains_key(name))
            }
            // It goes with the entry. With a key that stays, it decides whether that key logs in.
            Difference::Password(name) => after.is_closed(name),
            _ => false,
        };
        match differences(&before, &after).into_iter().find(|difference| !is_meant(difference)) {
            Some(difference) => Err(Refusal::whole_file(
                format!("deleting what is absent would also {}", difference.words()),
                "name only those that have done their work, or make the change by hand and run `spin-keys review`",
            )),
            None => Ok(()),
        }
    }
}
