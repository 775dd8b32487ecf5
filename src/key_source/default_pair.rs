//! The default pair: for a person `~/.ssh/id_ed25519`; for deploy a pair in the CI folder, on the Desktop or in
//! `~/.ssh`.

use super::owner::{KeyOwner, refused_at, with_own_comment};
use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES};
use crate::key::{KeyLine, Source, read_public_only, read_source};
use crate::shell;
use crate::spin::config::layout::DEPLOY_KEY_FILE;
use crate::ui::Ui;
use std::path::{Path, PathBuf};

/// The path of the default pair, and whether `spin configure gha` uploads it.
///
/// # Errors
/// There is no home folder.
pub(super) fn place(owner: &KeyOwner<'_>) -> Result<(PathBuf, bool), Error> {
    let home = owner.home.as_deref();
    if owner.user.is_some() {
        return Ok((ssh_folder(home)?.join("id_ed25519"), false));
    }
    if let Some(folder) = &owner.ci_folder {
        return Ok((folder.join(DEPLOY_KEY_FILE), true));
    }
    let desktop = home.map(|home| home.join("Desktop")).filter(|desktop| files::may_be_dir(desktop));
    let folder = desktop.map_or_else(|| ssh_folder(home), Ok)?;
    Ok((folder.join("id_ed25519_deploy"), false))
}

fn ssh_folder(home: Option<&Path>) -> Result<PathBuf, Error> {
    home.map(|home| home.join(".ssh")).ok_or_else(|| {
        Error::new("there is no home folder for a key (HOME is not set)")
            .hint("name a key with --key PATH, or create one with --generate PATH")
    })
}

/// Lists the other public keys in the folder before a new pair is created: one of them may be the intended key.
pub(super) fn name_others(path: &Path, ui: &Ui) {
    let Some(entries) = path.parent().and_then(|folder| folder.read_dir().ok()) else { return };
    let is_key = |name: &str| name.starts_with("id_") && name.ends_with(".pub");
    let mut others: Vec<String> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_key))
        .map(|path| path.display().to_string())
        .collect();
    others.sort();
    if let Some(first) = others.first() {
        let list = others.join(", ");
        ui.note(&format!(
            "{} does not exist; other keys there: {list}; to use one of them: --key {first}",
            path.display()
        ));
    }
}

type Pair = (KeyLine, String, Option<PathBuf>);

/// The default pair, if it exists: from its private key, else (but not for CI) from a public key alone.
pub(super) fn load(path: &Path, in_ci: bool, owner: &KeyOwner<'_>) -> Result<Option<Pair>, Error> {
    let public_path = files::public_path(path);
    let exists = |path: &Path| path.symlink_metadata().is_ok();
    let public = if exists(&public_path) {
        let bytes = files::read_limited(&public_path, "public key", MAX_KEY_BYTES)?;
        let shown = public_path.display().to_string();
        let mut candidates = read_public_only(&bytes).map_err(|error| refused_at(&public_path, &error))?;
        if candidates.len() != 1 {
            return Err(Error::new(format!("{shown} contains {} keys", candidates.len()))
                .hint("name the right one with --key PATH"));
        }
        candidates.pop().map(|candidate| candidate.key)
    } else {
        None
    };
    if !exists(path) {
        return match public {
            Some(_) if in_ci => Err(Error::new(format!("{} exists without its private key", public_path.display()))
                .hint("restore the private key, or remove the .pub: `spin configure gha` would create another pair")),
            public => Ok(public.map(|line| (line, public_path.display().to_string(), None))),
        };
    }
    let shown = path.display().to_string();
    let bytes = files::read_limited(path, "private key", MAX_KEY_BYTES)?;
    let info = match read_source(&bytes).map_err(|error| refused_at(path, &error))? {
        Source::Private(info) => info,
        Source::Public(_) => {
            return Err(Error::new(format!("{shown} contains a public key instead of a private key"))
                .hint("name the key with --key PATH"));
        }
    };
    if in_ci && info.encrypted {
        return Err(Error::new(format!("{shown} has a passphrase, which CI cannot enter"))
            .hint(format!("remove it: ssh-keygen -p -N '' -f {}", shell::word(&shown))));
    }
    match public {
        Some(line) if line.material() != info.key.material() => {
            let public = public_path.display().to_string();
            let (private, into) = (shell::word(&shown), shell::word(&public));
            Err(Error::new(format!("{public} does not belong to {shown}"))
                .hint(format!("write the matching .pub: ssh-keygen -y -f {private} > {into}")))
        }
        Some(line) => Ok(Some((line, shown, None))),
        None => Ok(Some((with_own_comment(info, owner)?, shown, Some(path.to_owned())))),
    }
}
