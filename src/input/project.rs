//! Collects the project around a `.spin.yml` for the rules: the vault header, git, the folder with the deploy pair.

use super::SpinFile;
use super::discover::ci_folder;
use super::links;
use super::password::FILE_NAME;
use crate::check::finding::Finding;
use crate::check::{Pair, Project, project};
use crate::files::{self, MAX_KEY_BYTES};
use crate::git;
use crate::key;
use crate::spin;
use crate::spin::config::layout::DEPLOY_KEY_FILE;
use crate::yaml::Document;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// How much of a project to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectChecks {
    /// Only files that git should not track.
    Git,
    /// Everything.
    All,
}

/// The findings of the project around a file on the disk.
#[must_use]
pub fn findings(file: &SpinFile, document: &Document<'_>, checks: ProjectChecks) -> Vec<Finding> {
    let shown = file.shown();
    let Some(real) = real_path(shown) else { return Vec::new() };
    let has_secrets = !file.is_encrypted() && !spin::secrets(document).is_empty();
    let password = shown.with_file_name(FILE_NAME);
    let password_real = real.with_file_name(FILE_NAME);
    let password_tracked = password_real.symlink_metadata().is_ok() && git::is_tracked(&password_real) == Some(true);
    project(&Project {
        spin_file: shown,
        was_encrypted: None,
        label: file.label(),
        secrets_tracked: has_secrets && git::is_tracked(&real) == Some(true),
        password_tracked: password_tracked.then_some(password),
        pair: if checks == ProjectChecks::All { pair(shown, &real, document) } else { None },
    })
}

fn real_path(path: &Path) -> Option<PathBuf> {
    files::retried(|| path.canonicalize()).ok()
}

/// The folder from which `spin configure gha` uploads, if it is there.
pub(super) fn pair_of(shown: &Path, document: &Document<'_>) -> Option<Pair> {
    pair(shown, &real_path(shown)?, document)
}

fn pair(shown: &Path, real: &Path, document: &Document<'_>) -> Option<Pair> {
    let real_folder = ci_folder(real.parent()?)?;
    if let Err(error) = links::refuse_links_out(&real_folder) {
        let refused = || Some(Err(error.message.clone()));
        return Some(Pair {
            folder: real_folder,
            private: refused(),
            public: refused(),
            names: vec![],
            in_file: vec![],
        });
    }
    let names = real_folder.read_dir().ok()?;
    let names: Vec<String> = names.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let path = real_folder.join(DEPLOY_KEY_FILE);
    // For messages: relative to the working folder if the file was named that way.
    let folder = shown.parent().and_then(ci_folder).unwrap_or_else(|| real_folder.clone());
    let in_file = spin::key_texts(document).flat_map(|(text, _)| key::materials(text)).collect();
    Some(Pair { folder, private: read(&path), public: read(&files::public_path(&path)), names, in_file })
}

fn read(path: &Path) -> Option<Result<Zeroizing<Vec<u8>>, String>> {
    path.symlink_metadata().ok()?;
    if let Err(error) = links::refuse_links_out(path) {
        return Some(Err(error.message));
    }
    Some(files::read_limited(path, "key file", MAX_KEY_BYTES).map_err(|error| error.message))
}
