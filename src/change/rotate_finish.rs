//! The end of a rotation: the old key is revoked, if the new one is in its place.

use super::patch::Steps;
use super::revoke::{Revoke, Word};
use super::rotate::Account;
use super::run::Change;
use crate::error::Error;
use crate::key::KeyLine;
use crate::spin::plan::rotate::{elsewhere, held, keys_of};
use crate::ui::Ui;
use crate::yaml::Document;

/// The end of a rotation in the file: the old key is revoked, if the new one is there.
pub struct FinishRotation<'a> {
    pub revoke: Revoke<'a>,
    pub account: Account<'a>,
    pub new: &'a KeyLine,
    /// What is done on this machine afterwards.
    pub renames: Option<String>,
}

impl Change for FinishRotation<'_> {
    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error> {
        let is_new = |word: &Word| matches!(word, Word::Key { material, .. } if material == self.new.material());
        let asked = self.revoke.asked;
        if asked.words.iter().chain(&asked.deploy).any(is_new) {
            return Err(Error::new(format!("the old key is the new one ({})", self.new.fingerprint()))
                .hint("name the old one with --old, by its fingerprint or comment (spin-keys list shows them)"));
        }
        let keys = keys_of(document, self.account.name).unwrap_or_default();
        if held(&keys, self.new.material()).is_none_or(|new| new.is_absent) {
            let (print, whose) = (self.new.fingerprint(), self.account.whose());
            return Err(Error::new(format!("the new key ({print}) is not one of {whose}, so the old one has to stay"))
                .hint("begin with the same command without --finish, then provision and log in with the new key"));
        }
        self.refuse_without_deploy(document)?;
        self.revoke.plan(document)
    }

    fn announce(&self, ui: &Ui) {
        self.revoke.announce(ui);
        let otherwise = match self.account.name {
            Some(_) => "the new key opens nothing yet, and over the old one the run that removes it dies half-way",
            None => "deployments with the new key fail",
        };
        ui.note(&format!(
            "the file does not say whether every server has been provisioned since the new key came into it: on one that has \
             not, {otherwise}"
        ));
        if let Some(renames) = &self.renames {
            ui.note(renames);
        }
    }
}

impl FinishRotation<'_> {
    /// Refuses to take the deploy account from somebody who has it by the old key alone.
    fn refuse_without_deploy(&self, document: &Document<'_>) -> Result<(), Error> {
        let goes = |word: &Word| match word {
            Word::Key { material, .. } => elsewhere(document, self.account.name, material).in_docker_user,
            Word::Name(_) => false,
        };
        let has_new = keys_of(document, None).unwrap_or_default();
        if !self.revoke.asked.words.iter().any(goes) || held(&has_new, self.new.material()).is_some() {
            return Ok(());
        }
        let who = self.account.who();
        Err(Error::new(format!(
            "the old key of {who} stands in `docker_user`, and the new one does not: deploy would lose it"
        ))
        .hint("put the new key there as well, then provision: spin-keys add-deploy --key PATH")
        .hint(format!("if {who} is to deploy no more, take the old key out: spin-keys revoke --deploy KEY")))
    }
}
