//! The folder from which `spin configure gha` uploads, and what a branch may have left in it.
//!
//! Promises: no key is taken from there, or written to it, where a link leads elsewhere, git tracks the key, or git does not
//! ignore it. Where git cannot tell, or there is no repository, only links are refused.

use crate::error::Error;
use crate::files;
use crate::git;
use crate::input::links::{leads_to, links};
use crate::shell;
use crate::ui::Ui;
use std::path::Path;

/// Refuses a pair that cannot be trusted, by the path of its private key. Names where a link of a person leads, and warns of
/// others who may write there.
///
/// # Errors
/// There is a link on the way, or git tracks the private key or does not ignore it.
pub(super) fn check(private: &Path, ui: &Ui) -> Result<(), Error> {
    let folder = private.parent().unwrap_or(Path::new(""));
    let of_branch = |at: &Path| at.parent().and_then(git::root).is_some();
    if let Some(link) = links(folder).into_iter().find(|link| of_branch(&link.at)) {
        let (at, to) = (link.at.display(), link.to.display().to_string());
        return Err(Error::new(format!("{at} is a link to {to}, where the folder for the deploy key has to be"))
            .hint(format!("remove it and make a folder there: rm {}", word(&link.at)))
            .hint(format!("if it is meant, name the folder itself: SPIN_CI_FOLDER={}", shell::word(&to))));
    }
    if let Some(to) = leads_to(folder) {
        ui.note(&format!("the folder for the deploy key is {}, a link to {}", folder.display(), to.display()));
    }
    for path in [private.to_owned(), files::public_path(private)] {
        if let Ok(to) = path.read_link() {
            let to = files::retried(|| path.canonicalize()).unwrap_or(to);
            return Err(Error::new(format!("{} is a link to {}, not a key of its own", path.display(), to.display()))
                .hint(format!("see where it comes from, and remove it: rm {}", word(&path)))
                .hint(format!("to use that key: --key {}", word(&to))));
        }
    }
    if git::is_tracked(private) == Some(true) {
        let path = private.display();
        return Err(Error::new(format!("git tracks {path}: whoever has the repository has this key"))
            .hint(format!("remove it from git and from the disk: git rm {}", word(private)))
            .hint("then run this again for a new pair, and take the old key out of the .spin.yml"));
    }
    warn_of_others(private, ui);
    let is_there = private.symlink_metadata().is_ok() || folder.join(".gitignore").symlink_metadata().is_ok();
    if is_there { refuse_unignored(private) } else { Ok(()) }
}

/// Warns where others may put a pair of theirs there, as sshd's `StrictModes` judges it. No refusal: on a drive of Windows under
/// WSL, or in a folder that a container shares, everybody may write, and no chmod changes that.
fn warn_of_others(private: &Path, ui: &Ui) {
    let public = files::public_path(private);
    let folder = private.parent().unwrap_or(Path::new(""));
    let root = git::root(folder);
    let above = folder.ancestors().take_while(|path| root.as_ref().is_some_and(|root| path.starts_with(root)));
    if let Some(loose) = files::first_loose([private, &public, folder].into_iter().chain(above)) {
        let error = Error::new(format!("{loose}: the deploy key there may become somebody else's"));
        ui.warn_of(&error.hint(loose.remedy()));
    }
}

/// Refuses a place that git does not ignore.
///
/// # Errors
/// Git does not ignore it.
pub(super) fn refuse_unignored(private: &Path) -> Result<(), Error> {
    if git::is_ignored(private) != Some(false) {
        return Ok(());
    }
    let gitignore = private.with_file_name(".gitignore");
    Err(Error::new(format!("git does not ignore {}: the private key could be committed", private.display()))
        .hint(format!("let git ignore it, as Spin does: printf '*\\n!.gitignore\\n' > {}", word(&gitignore)))
        .hint("to see what decides: git check-ignore -v, with the path of the key"))
}

fn word(path: &Path) -> String {
    shell::word(&path.display().to_string()).into_owned()
}
