//! `rotate --finish`: the old key is revoked in the file, and the pairs are renamed.

use super::now;
use super::revoked::Said;
use super::rotation::Rotating;
use crate::change::revoke::Revoke;
use crate::change::rotate_finish::FinishRotation;
use crate::change::run::{Done, Run, Until, after_writing};
use crate::check::Context;
use crate::error::Error;
use crate::input::text::Mode;
use crate::key_source::{deploy_pair, own_keys};
use crate::report::left::Left;
use crate::report::{Report, Revoked, render};
use crate::review::Review;
use crate::spin::plan::rotate::Pairs;

impl Rotating<'_> {
    /// Revokes the old key, and renames the pairs. What a run that was interrupted has done is not done again.
    pub(super) fn finish(&self) -> anyhow::Result<u8> {
        let (edit, until) = (&self.args.edit, self.args.edit.until());
        let Some(new) = self.new_key()? else {
            return Err(Error::new("there is no new key: no rotation has been begun")
                .hint(format!("to begin: {}", self.command(&[])))
                .hint("one that was begun with --key or --generate needs the same option again")
                .into());
        };
        let Some((old, asked)) = self.old_key()? else { return self.only_rename() };
        let (mut own, context) = (own_keys(self.owner.home.as_deref()), Context::at(now()));
        own.insert(new.material().to_vec(), self.private());
        let unseal = |text: &str| self.file.unseal(text);
        let revoke = Revoke::new(&asked, &own, self.file.shown(), &context, &unseal);
        let renames = self.rotated.renames(context.now);
        let mut change = FinishRotation { revoke, account: self.account(), new: &new, renames };
        let diff_on_stdout = edit.format.is_text();
        let run = Run { file: self.file, ui: self.ui, until, diff_on_stdout, says_warnings: true, now: context.now };
        let done = run.carry_out(&mut change)?;
        if until != Until::Shown {
            let renamed = self.rotated.rename(context.now, self.ui);
            renamed.map_err(|error| if matches!(done, Done::Written(_)) { after_writing(error) } else { error })?;
        }
        let is_apart = self.rotated.pairs == Pairs::Apart;
        let ci_pair = deploy_pair(self.owner).filter(|_| is_apart);
        let left = self.left(change.revoke.left(ci_pair.as_deref(), self.deletion(&old), None));
        if let (None, false, false) = (self.owner.user, self.rotated.paths.in_ci, until == Until::Shown) {
            let path = self.private();
            let path = if is_apart { path } else { self.rotated.paths.current.display().to_string() };
            self.ui.note(&format!(
                "put the text of {path} into your CI as the secret SSH_DEPLOY_PRIVATE_KEY before you provision"
            ));
        }
        let said = Said { file: self.file, edit, ui: self.ui };
        let code = said.revoked(&done, &change.revoke, &left)?;
        Ok(code.max(u8::from(edit.check && change.renames.is_some())))
    }

    /// The file has nothing of the old key any more.
    fn only_rename(&self) -> anyhow::Result<u8> {
        let edit = &self.args.edit;
        let document = self.file.document(self.file.decode(self.file.bytes())?, Mode::Ansible, None)?;
        self.account().refuse_others(&document, self.new_key()?.as_ref())?;
        let renames = self.rotated.renames(now());
        match &renames {
            None => self.ui.summary("nothing to do: the old key is not in the file, and the pairs have their names"),
            Some(renames) if edit.until() == Until::Shown => self.ui.note(renames),
            Some(_) => self.rotated.rename(now(), self.ui)?,
        }
        if !edit.format.is_text() {
            let (people, keys, review) = (Vec::new(), Vec::new(), &Review::default());
            let (file, is_changed, is_written) = (self.file.name(), false, false);
            let (diff, warnings, left, kept) = ("", &[], &[], &[]);
            let report = Revoked { file, is_changed, is_written, diff, people, keys, review, warnings, left, kept };
            self.ui.page(&render(&Report::Revoked(&report), edit.format))?;
        }
        Ok(u8::from(edit.check && renames.is_some()))
    }

    /// What is left to do. For CI the secrets come first, while the servers still have the old key.
    fn left(&self, steps: Vec<Left>) -> Vec<Left> {
        let is_ci = self.owner.user.is_none() && self.rotated.paths.in_ci;
        let goes = |step: &Left| matches!(step, Left::EndSessions { .. }) || is_ci && *step == Left::Tunnel;
        let mut left: Vec<Left> = steps.into_iter().filter(|step| !goes(step)).collect();
        if is_ci {
            let before = left.iter().position(|step| *step == Left::Provision).unwrap_or_default();
            left.insert(before, Left::Tunnel);
        }
        left
    }
}
