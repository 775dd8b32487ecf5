//! What a change does to the safety of the repository around the file: its encryption, what git tracks, the deploy pair.

use super::password::FILE_NAME;
use super::project::pair_of;
use crate::check::finding::Finding;
use crate::check::{Project, project};
use crate::spin;
use crate::yaml::Document;
use std::path::Path;

/// What is around the file on one side.
#[derive(Default)]
pub(super) struct Around<'a> {
    pub(super) is_there: bool,
    pub(super) is_encrypted: bool,
    /// The label in the vault header.
    pub(super) label: Option<String>,
    /// Git tracks the file.
    pub(super) is_tracked: bool,
    /// Git tracks `.vault-password` beside it.
    pub(super) is_password_tracked: bool,
    /// The file on the disk beside which the deploy pair may be.
    pub(super) on_disk: Option<&'a Path>,
    /// What the side says, if it can be read.
    pub(super) document: Option<&'a Document<'a>>,
}

/// The findings that only the new side has, the loudest first. `file`: from the root of the repository.
pub(super) fn findings(file: &Path, before: &Around<'_>, after: &Around<'_>) -> Vec<Finding> {
    let lost_seal = (before.is_encrypted && after.is_there && !after.is_encrypted).then_some(after.document.is_some());
    let had = of_side(file, before, None);
    let is_new = |finding: &Finding| {
        !had.iter().any(|known| (known.rule.code, &known.message) == (finding.rule.code, &finding.message))
    };
    of_side(file, after, lost_seal).into_iter().filter(is_new).collect()
}

fn of_side(file: &Path, side: &Around<'_>, was_encrypted: Option<bool>) -> Vec<Finding> {
    let has_secrets = || side.document.is_some_and(|document| !spin::secrets(document).is_empty());
    project(&Project {
        spin_file: file,
        was_encrypted,
        label: side.label.as_deref(),
        secrets_tracked: side.is_tracked && !side.is_encrypted && has_secrets(),
        password_tracked: side.is_password_tracked.then(|| file.with_file_name(FILE_NAME)),
        pair: side.on_disk.zip(side.document).and_then(|(shown, document)| pair_of(shown, document)),
    })
}
