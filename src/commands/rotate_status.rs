//! `rotate --status`: how far a rotation is, and what comes next.

use super::rotation::Rotating;
use crate::change::rotate::OldKey;
use crate::input::text::Mode;
use crate::key;
use crate::key_source::{KeySource, own_keys};
use crate::report::rotation::Rotation;
use crate::report::{Report, render};
use crate::spin::config::Config;
use crate::spin::plan::revoke::{deploy_public_key, line_of};
use crate::spin::plan::rotate::{HeldKey, Pairs, Stage, begun_with, held, is_taken_from_deploy, keys_of, stage};
use std::path::{Path, PathBuf};

/// Stands for the path of a new key that is not on this machine.
const SOMEWHERE: &str = "PATH";

impl Rotating<'_> {
    /// `--status`
    pub(super) fn status(mut self) -> anyhow::Result<u8> {
        let document = self.file.document(self.file.decode(self.file.bytes())?, Mode::Ansible, None)?;
        let (new, account) = (self.new_key()?, self.account());
        // A key that is no longer in the file is the old one of a rotation that is done.
        let keys = keys_of(&document, account.name).unwrap_or_default();
        let old = match (&self.old, self.rotated.pairs) {
            (OldKey::Line { key, .. }, Pairs::Renamed | Pairs::Halfway | Pairs::Two) => Some(key.material().to_vec()),
            (OldKey::Line { key, .. }, _)
                if account.name.is_none()
                    && held(&keys, key.material()).is_none()
                    && is_taken_from_deploy(&document, key.material()) =>
            {
                Some(key.material().to_vec())
            }
            (old, _) => Some(old.find(&document, account)?.material),
        };
        let named = new.as_ref().and_then(|new| key::describe(&new.to_line()));
        let mut new = new.map(|new| new.material().to_vec()).filter(|new| old.as_ref() != Some(new));
        let has = |material: &Vec<u8>| held(&keys, material).is_some_and(|key| !key.is_absent);
        if !new.as_ref().is_some_and(has)
            && let Some(found) = old.as_ref().and_then(|old| self.begun_elsewhere(&keys, old))
        {
            new = Some(found);
        }
        let has_new = new.as_ref().is_some_and(has);
        let has_old = old.as_ref().is_some_and(has);
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
            new: new.as_ref().and_then(described).or(named),
            next: if is_done { Vec::new() } else { self.next(stage, old.as_deref()) },
            is_done,
        };
        self.ui.page(&render(&Report::Rotation(&rotation), self.args.edit.format))?;
        Ok(0)
    }

    /// The new key of a rotation that was begun with `--key` or `--generate`, from the file alone, where neither is given.
    fn begun_elsewhere(&mut self, keys: &[HeldKey], old: &[u8]) -> Option<Vec<u8>> {
        let is_asked_for = !self.args.key.is_default() || !matches!(self.rotated.pairs, Pairs::One | Pairs::Apart);
        let new = begun_with(keys, old).filter(|_| !is_asked_for)?;
        let path = own_keys(self.owner.home.as_deref()).remove(&new.material).filter(|path| Path::new(path).is_file());
        self.rotated.pairs = Pairs::Apart;
        self.source = KeySource::Path(PathBuf::from(path.as_deref().unwrap_or(SOMEWHERE)));
        if held(keys, old).is_some_and(|old| !old.is_absent) {
            self.ui.note(
                "the first key in the file is taken for the new one, as `rotate` with --key or --generate leaves it; if both \
                 keys are simply in use, no rotation has been begun",
            );
        }
        if path.is_none() {
            self.ui
                .note(&format!("{SOMEWHERE} stands for the file of the new key, which was not found on this machine"));
        }
        Some(new.material.clone())
    }
}
