//! `rotate`: the steps that come next.

use super::rotation::Rotating;
use crate::key_source::deploy_pair;
use crate::report::rotation::Next;
use crate::shell;
use crate::spin::plan::rotate::{Pairs, Stage};

impl Rotating<'_> {
    /// What comes next; `old`: the key that goes.
    pub(super) fn next(&self, stage: Stage, old: Option<&[u8]>) -> Vec<Next> {
        let is_apart = self.rotated.pairs == Pairs::Apart;
        let finish = || Next::Finish { command: self.command(&["--finish"]), renames: !is_apart };
        match stage {
            Stage::NotBegun | Stage::PairMade => vec![Next::Begin { command: self.command(&[]) }],
            Stage::Begun => vec![Next::Provision, Next::LogIn { commands: self.logins() }, finish()],
            Stage::Revoked | Stage::Halfway => vec![finish()],
            Stage::Finished => {
                let command = old.map_or_else(|| "spin-keys revoke --finish".to_owned(), |old| self.deletion(old));
                let delete = Next::Delete { command };
                let current = self.rotated.paths.current.display().to_string();
                let secret = Next::SetSecret { path: if is_apart { self.private() } else { current.clone() } };
                // No pair was renamed: the one in the CI folder may be the old one.
                let is_left = is_apart && old.is_some() && deploy_pair(self.owner).as_deref() == old;
                let replace = is_left.then_some(Next::ReplaceDeployPair { path: current });
                match (self.owner.user, self.rotated.paths.in_ci) {
                    (None, true) => replace.into_iter().chain([Next::Upload, Next::ProvisionAgain, delete]).collect(),
                    (None, false) => vec![secret, Next::ProvisionAgain, delete],
                    (Some(_), _) => vec![Next::ProvisionAgain, delete, Next::Upload],
                }
            }
        }
    }

    /// The commands that log in with the new key.
    pub(super) fn logins(&self) -> Vec<String> {
        let (addresses, port) = &self.servers;
        let unknown = ["SERVER".to_owned()];
        let addresses = if addresses.is_empty() { &unknown[..] } else { addresses };
        let port = port.as_ref().map(|port| format!(" -p {port}")).unwrap_or_default();
        let (private, name) = (self.private(), shell::word(&self.name));
        let login = |address| format!("ssh -i {} -o IdentitiesOnly=yes{port} {name}@{address}", shell::word(&private));
        addresses.iter().map(login).collect()
    }
}
