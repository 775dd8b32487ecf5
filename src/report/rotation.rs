//! `rotate`: how far it is, and what comes next.

use super::left::UPLOAD;
use super::page::{Page, Tone};
use super::words;
use crate::escape::escape;
use crate::key::Described;
use crate::spin::plan::rotate::Stage;
use std::path::PathBuf;

/// A rotation, as it is in the file and on this machine.
pub struct Rotation {
    /// As given on the command line.
    pub path: PathBuf,
    pub is_encrypted: bool,
    /// The name of the account.
    pub account: String,
    pub stage: Stage,
    pub old: Option<Described>,
    pub new: Option<Described>,
    pub next: Vec<Next>,
    /// The file has nothing of the old key any more.
    pub is_done: bool,
}

/// One step, in the order in which they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// `spin-keys rotate`
    Begin { command: String },
    /// `spin provision`, with both keys.
    Provision,
    /// `spin provision`, which takes the old key away.
    ProvisionAgain,
    /// A login with the new key alone.
    LogIn { commands: Vec<String> },
    /// `spin-keys rotate --finish`; `renames`: the pairs of this machine, too.
    Finish { command: String, renames: bool },
    /// The pair in the CI folder is the old one.
    ReplaceDeployPair { path: String },
    /// `spin configure gha ENVIRONMENT`
    Upload,
    /// The new private key goes into the secrets of CI.
    SetSecret { path: String },
    /// `spin-keys revoke --finish`
    Delete { command: String },
}

impl Next {
    /// What it is called in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Begin { .. } => "begin",
            Self::Provision | Self::ProvisionAgain => "provision",
            Self::LogIn { .. } => "log_in",
            Self::Finish { .. } => "finish",
            Self::ReplaceDeployPair { .. } => "replace_deploy_pair",
            Self::Upload => "upload",
            Self::SetSecret { .. } => "set_secret",
            Self::Delete { .. } => "delete",
        }
    }

    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        match self {
            Self::Begin { command } | Self::Finish { command, .. } | Self::Delete { command } => vec![command.clone()],
            Self::Provision | Self::ProvisionAgain => vec!["spin provision".to_owned()],
            Self::LogIn { commands } => commands.clone(),
            Self::Upload => vec![UPLOAD.to_owned()],
            Self::SetSecret { .. } | Self::ReplaceDeployPair { .. } => Vec::new(),
        }
    }

    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Begin { .. } => "Put the new key into the file, before the old one.".to_owned(),
            Self::Provision => "Provision every server. Both keys can log in until the old one is revoked.".to_owned(),
            Self::ProvisionAgain => {
                "Provision every server, connected with a key that stays: that takes the old key away.".to_owned()
            }
            Self::LogIn { .. } => "Log in with the new key alone, on every server.".to_owned(),
            Self::Finish { renames: true, .. } => "Revoke the old key in the file, and rename the pairs.".to_owned(),
            Self::Finish { renames: false, .. } => "Revoke the old key in the file. No pair is renamed.".to_owned(),
            Self::ReplaceDeployPair { path } => format!(
                "Put the new pair in the place of {path}, which is the old one: `spin configure gha` would upload and install it again."
            ),
            Self::Upload => {
                "If you deploy from GitHub Actions: upload the secrets again, for each environment, then deploy from there. Until then the \
                 deployments and the tunnel keep the keys that they have."
                    .to_owned()
            }
            Self::SetSecret { path } => {
                format!(
                    "Put the text of {path} into your CI as the secret SSH_DEPLOY_PRIVATE_KEY, then deploy from there."
                )
            }
            Self::Delete { .. } => {
                "When every server has been provisioned, delete what is `absent` from the file.".to_owned()
            }
        }
    }
}

/// What a stage is called in JSON.
#[must_use]
pub fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::NotBegun => "not_begun",
        Stage::PairMade => "pair_made",
        Stage::Begun => "begun",
        Stage::Revoked => "revoked",
        Stage::Halfway => "halfway",
        Stage::Finished => "finished",
    }
}

const DONE: &str = "done: the new key is in its place, and the file has nothing of the old one";

fn words_of(stage: Stage) -> &'static str {
    match stage {
        Stage::NotBegun => "no rotation has been begun",
        Stage::PairMade => "the new pair is there, and its key is not in the file",
        Stage::Begun => "both keys are in the file",
        Stage::Revoked => "the old key is no longer present in the file, and the pairs are not renamed yet",
        Stage::Halfway => "the old key is revoked in the file, and the pairs are renamed in part",
        Stage::Finished => "the old key is no longer present in the file, and the new one is in its place",
    }
}

/// The state and the steps for a terminal.
#[must_use]
pub fn page(rotation: &Rotation) -> Page {
    let mut page = Page::default();
    let state = if rotation.is_done { DONE } else { words_of(rotation.stage) };
    page.line(Tone::Heading, &format!("{}: {}", escape(&rotation.account), state));
    for (what, key) in [("new", &rotation.new), ("old", &rotation.old)] {
        let Some(key) = key else { continue };
        let print = key.fingerprint.as_deref().unwrap_or("a key");
        page.line(Tone::Plain, &format!("  {what}: {print} ({}, {})", escape(&words::kind(key)), escape(&key.comment)));
    }
    page.append(steps(&rotation.next));
    page
}

/// The steps alone.
#[must_use]
pub fn steps(next: &[Next]) -> Page {
    let mut page = Page::default();
    if !next.is_empty() {
        page.line(Tone::Heading, "next:");
    }
    for (step, number) in next.iter().zip(1..) {
        page.line(Tone::Plain, &format!("{number}. {}", escape(&step.words())));
        for command in step.commands() {
            page.line(Tone::Plain, &format!("     {}", escape(&command)));
        }
    }
    page
}
