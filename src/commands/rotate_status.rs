//! `rotate --status`: how far a rotation is, and what comes next.

use super::rotation::Rotating;
use crate::change::rotate::OldKey;
use crate::input::text::Mode;
use crate::key;
use crate::report::rotation::{Next, Rotation};
use crate::report::{Report, render};
use crate::spin::plan::rotate::{Pairs, Stage, held, keys_of, stage};

impl Rotating<'_> {
    /// `--status`
    pub(super) fn status(&self) -> anyhow::Result<u8> {
        let document = self.file.document(self.file.decode(self.file.bytes())?, Mode::Ansible, None)?;
        let (new, account) = (self.new_key()?, self.account());
        // A key that is no longer in the file is the old one of a rotation that is done.
        let old = match (&self.old, self.rotated.pairs) {
            (OldKey::Line { key, .. }, Pairs::Renamed | Pairs::Halfway | Pairs::Two) => Some(key.material().to_vec()),
            (old, _) => Some(old.find(&document, account)?.material),
        };
        let keys = keys_of(&document, account.name).unwrap_or_default();
        let has = |material: &[u8]| held(&keys, material).is_some_and(|key| !key.is_absent);
        let has_new = new.as_ref().is_some_and(|new| has(new.material()));
        let has_old = old.as_ref().is_some_and(|old| has(old));
        let stage = stage(has_old, has_new, self.rotated.pairs);
        let described = |material: &Vec<u8>| held(&keys, material).map(|key| key.key.clone());
        let rotation = Rotation {
            path: self.file.shown().to_owned(),
            is_encrypted: self.file.is_encrypted(),
            account: self.name.clone(),
            stage,
            old: old.as_ref().and_then(described),
            new: new.and_then(|new| key::describe(&new.to_line())),
            next: self.next(stage),
        };
        self.ui.page(&render(&Report::Rotation(&rotation), self.args.edit.format))?;
        Ok(0)
    }

    /// What comes next.
    pub(super) fn next(&self, stage: Stage) -> Vec<Next> {
        let finish = || Next::Finish { command: self.command(&["--finish"]) };
        match stage {
            Stage::NotBegun | Stage::PairMade => vec![Next::Begin { command: self.command(&[]) }],
            Stage::Begun => vec![Next::Provision, Next::LogIn { commands: self.logins.clone() }, finish()],
            Stage::Revoked | Stage::Halfway => vec![finish()],
            Stage::Finished => {
                let delete = Next::Delete { command: "spin-keys revoke --finish".to_owned() };
                let secret = Next::SetSecret { path: self.rotated.paths.current.display().to_string() };
                match (self.owner.user, self.rotated.paths.in_ci) {
                    (None, true) => vec![Next::Upload, Next::ProvisionAgain, delete],
                    (None, false) => vec![secret, Next::ProvisionAgain, delete],
                    (Some(_), _) => vec![Next::ProvisionAgain, delete, Next::Upload],
                }
            }
        }
    }
}
