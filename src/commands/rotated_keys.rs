//! Which keys a rotation is about: the old one, and the new one.

use super::now;
use super::rotation::Rotating;
use crate::change::revoke::{Asked, Word};
use crate::change::rotate::OldKey;
use crate::error::Error;
use crate::input::text::Mode;
use crate::key::{self, KeyLine};
use crate::key_source::{Key, KeySource, choose};
use crate::spin::config::Config;
use crate::spin::plan::revoke::{deploy_public_key, line_of};
use crate::spin::plan::rotate::Pairs;

impl Rotating<'_> {
    /// The old key, and what is to be revoked: if the file has it in whatever state, or if it is that of CI, which
    /// `spin configure gha` installs without the file.
    pub(super) fn old_key(&self) -> anyhow::Result<Option<(Vec<u8>, Asked)>> {
        let document = self.file.document(self.file.decode(self.file.bytes())?, Mode::Ansible, None)?;
        let (material, from, own) = match &self.old {
            OldKey::Line { key, from } => (key.material().to_vec(), from.clone(), Some(key.to_line())),
            // Its file is renamed already.
            OldKey::Missing { .. } if self.rotated.is_begun() => return Ok(None),
            old => (old.find(&document, self.account())?.material, self.file.shown().display().to_string(), None),
        };
        let listed = line_of(&Config::of(&document), deploy_public_key(&document), &material).map(str::to_owned);
        let word = |line| Word::Key { material: material.clone(), line, from };
        let asked = match (listed, own) {
            (Some(line), _) => Asked { words: vec![word(line)], ..Asked::default() },
            (None, Some(line)) if self.owner.user.is_none() && self.rotated.is_begun() => {
                Asked { deploy: vec![word(line)], ..Asked::default() }
            }
            (None, Some(_)) if self.rotated.is_begun() => {
                self.ui.warn(&format!(
                    "the old key ({}) is not in the file, so nothing takes it from servers that have it: bring its line back \
                     (git log -p), then run this again",
                    key::fingerprint(&material)
                ));
                return Ok(None);
            }
            _ => return Ok(None),
        };
        Ok(Some((material, asked)))
    }

    /// The new key, if there is one.
    pub(super) fn new_key(&self) -> Result<Option<KeyLine>, Error> {
        let source = match (self.rotated.pairs, &self.source) {
            (Pairs::Apart, KeySource::Generate(path) | KeySource::Path(path)) => KeySource::Path(path.clone()),
            (Pairs::Apart, _) => KeySource::Default,
            _ => return Ok(self.rotated.new.clone()),
        };
        let key = choose(&source, &self.args.key.options(now())?, self.owner, self.ui)?;
        Ok(if let Key::Loaded(loaded) = key { Some(loaded.line) } else { None })
    }
}
