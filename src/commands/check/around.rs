//! What lies around a `.spin.yml`, gathered for the rules: the vault's header, git, the folder with the deploy pair.

use crate::check::{Aside, Pair, Project, project};
use crate::commands::file::SpinFile;
use crate::commands::key;
use crate::files::{self, MAX_KEY_BYTES};
use crate::git;
use crate::spin;
use crate::yaml::Document;
use std::path::Path;
use zeroize::Zeroizing;

/// Everything that is wrong around the file whose real path is `real`.
pub(super) fn findings(file: &SpinFile<'_>, document: &Document<'_>, real: &Path) -> Vec<Aside> {
    let has_secrets = !file.is_sealed() && !spin::secrets(document).is_empty();
    let password = file.shown.with_file_name(git::PASSWORD_FILE);
    let password_real = real.with_file_name(git::PASSWORD_FILE);
    let password_tracked = password_real.symlink_metadata().is_ok() && git::is_tracked(&password_real) == Some(true);
    project(&Project {
        spin_file: &file.shown,
        label: file.label(),
        secrets_tracked: has_secrets && git::is_tracked(real) == Some(true),
        password_tracked: password_tracked.then_some(password),
        pair: pair(file, real),
    })
}

/// The folder from which `spin configure gha` uploads, if it is there.
fn pair(file: &SpinFile<'_>, real: &Path) -> Option<Pair> {
    let real_folder = key::ci_folder(real.parent()?)?;
    let names = real_folder.read_dir().ok()?;
    let names: Vec<String> = names.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let path = real_folder.join(key::DEPLOY_KEY);
    // For messages: relative to the working folder where the file itself is named so.
    let folder = file.shown.parent().and_then(key::ci_folder).unwrap_or_else(|| real_folder.clone());
    Some(Pair { folder, private: read(&path), public: read(&files::public_path(&path)), names })
}

fn read(path: &Path) -> Option<Result<Zeroizing<Vec<u8>>, String>> {
    path.symlink_metadata().ok()?;
    Some(files::read_limited(path, "key file", MAX_KEY_BYTES).map_err(|error| error.message))
}
