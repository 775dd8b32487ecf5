//! What is left to do after a revocation: a file alone takes nothing from a server.

use super::page::{Page, Tone};
use crate::escape::escape;
use crate::shell;
use crate::spin::plan::revoke::{Kept, WhyKept};

/// What uploads the keys and secrets of one environment; without its name it fails.
pub(super) const UPLOAD: &str = "spin configure gha ENVIRONMENT";

/// One step, in the order in which they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// The pair that `spin configure gha` would upload and install again is the revoked one.
    NewDeployPair,
    /// `spin provision`
    Provision,
    /// Sessions that are open stay open.
    EndSessions { accounts: Vec<String> },
    /// `spin-keys revoke --finish`
    Finish { command: String },
    /// The tunnel and the secrets of CI keep what they have.
    Tunnel,
    /// Who left may know the password.
    Rekey { file: String },
}

impl Left {
    /// What it is called in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NewDeployPair => "new_deploy_pair",
            Self::Provision => "provision",
            Self::EndSessions { .. } => "end_sessions",
            Self::Finish { .. } => "finish",
            Self::Tunnel => "tunnel",
            Self::Rekey { .. } => "rekey",
        }
    }

    /// The commands of this step.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        match self {
            Self::NewDeployPair => Vec::new(),
            Self::Provision => vec!["spin provision".to_owned()],
            Self::EndSessions { accounts } => {
                accounts.iter().map(|account| format!("sudo pkill -KILL -u {}", shell::word(account))).collect()
            }
            Self::Finish { command } => vec![command.clone()],
            Self::Tunnel => vec![UPLOAD.to_owned()],
            Self::Rekey { file } => vec![format!("ansible-vault rekey {}", shell::word(file))],
        }
    }

    /// What to do, and why.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::NewDeployPair => {
                "The pair in the CI folder is the revoked one: move it away, and make a new one with `spin-keys add-deploy`. \
                 `spin configure gha` would install the old one again."
            }
            Self::Provision => {
                "Provision every server, connected with a key that stays. Let everybody have this file: an older copy, provisioned \
                 later, brings the key back."
            }
            Self::EndSessions { .. } => {
                "On each server, end the sessions that are open, since nothing else does. The commands end every process of an account, \
                 a deployment that is running included."
            }
            Self::Finish { .. } => "When every server has been provisioned, delete what is `absent` from the file.",
            Self::Tunnel => {
                "Deploy again: until then the tunnel and CI keep the keys that they have. If GitHub Actions deploys, upload the secrets \
                 first, for each environment."
            }
            Self::Rekey { .. } => {
                "Whoever left may know the vault password: change it, here and in the secrets of CI. Old versions in git open with the \
                 old one, so change the secrets in the file, too."
            }
        }
    }
}

/// The steps for a terminal.
#[must_use]
pub fn page(steps: &[Left]) -> Page {
    let mut page = Page::default();
    if steps.is_empty() {
        return page;
    }
    page.line(Tone::Heading, "left to do:");
    for (step, number) in steps.iter().zip(1..) {
        page.line(Tone::Plain, &format!("{number}. {}", step.words()));
        for command in step.commands() {
            page.line(Tone::Plain, &format!("     {}", escape(&command)));
        }
    }
    page
}

/// What `revoke --finish` leaves, for a terminal.
#[must_use]
pub fn kept(kept: &[Kept]) -> Page {
    let mut page = Page::default();
    for item in kept {
        let (who, keys, why) = (escape(&item.who), kept_keys(item, str::to_owned), why_kept(item.why));
        page.line(Tone::Warned, &format!("stays `absent` on line {}: {keys} of {who}: {why}", item.line));
    }
    page
}

/// The keys of an item, which are not known of a template.
pub(super) fn kept_keys(item: &Kept, shown: impl Fn(&str) -> String) -> String {
    let keys: Vec<String> = item.fingerprints.iter().map(|print| shown(print)).collect();
    if keys.is_empty() { "a key".to_owned() } else { keys.join(", ") }
}

/// Why `revoke --finish` leaves an absent item.
#[must_use]
pub fn why_kept(why: WhyKept) -> &'static str {
    match why {
        WhyKept::FirstOfSudo => {
            "it is the first item of a sudo user, which Spin gives to the deploy account whatever its state: revoke the key first"
        }
        WhyKept::ListedToo => "the account gets the same key elsewhere in the file, and this item takes it away",
    }
}
