//! `rotate --status`: how far a rotation is, and what comes next.

use super::rotation::Rotating;
use crate::change::rotate::OldKey;
use crate::input::text::Mode;
use crate::key;
use crate::report::rotation::{Next, Rotation};
use crate::report::{Report, render};
use crate::spin::config::Config;
use crate::spin::plan::revoke::{deploy_public_key, line_of};
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
        let of_file =
            |material: &Vec<u8>| line_of(&Config::of(&document), deploy_public_key(&document), material).is_some();
        let is_done = stage == Stage::Finished && !old.as_ref().is_some_and(of_file);
        let described = |material: &Vec<u8>| held(&keys, material).map(|key| key.key.clone());
        let rotation = Rotation {
            path: self.file.shown().to_owned(),
            is_encrypted: self.file.is_encrypted(),
            account: self.name.clone(),
            stage,
            old: old.as_ref().and_then(described),
            new: new.and_then(|new| key::describe(&new.to_line())),
            next: if is_done { Vec::new() } else { self.next(stage, old.as_deref()) },
            is_done,
        };
        if stage == Stage::NotBegun
            && self.rotated.pairs == Pairs::One
            && keys.iter().filter(|key| !key.is_absent).count() > 1
        {
            self.ui.note("a rotation that was begun with --old or --key is found with the same options");
        }
        self.ui.page(&render(&Report::Rotation(&rotation), self.args.edit.format))?;
        Ok(0)
    }

    /// What comes next; `old`: the key that goes.
    pub(super) fn next(&self, stage: Stage, old: Option<&[u8]>) -> Vec<Next> {
        let finish = || Next::Finish { command: self.command(&["--finish"]) };
        match stage {
            Stage::NotBegun | Stage::PairMade => vec![Next::Begin { command: self.command(&[]) }],
            Stage::Begun => vec![Next::Provision, Next::LogIn { commands: self.logins.clone() }, finish()],
            Stage::Revoked | Stage::Halfway => vec![finish()],
            Stage::Finished => {
                let command = old.map_or_else(|| "spin-keys revoke --finish".to_owned(), |old| self.deletion(old));
                let delete = Next::Delete { command };
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
