//! The default pair: for a person `~/.ssh/id_ed25519`; for deploy a pair in the CI folder, on the Desktop or in
//! `~/.ssh`.

use super::candidate::{Loaded, without_passphrase};
use super::owner::{KeyOwner, only_the_comment, refused_at, with_own_comment};
use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES};
use crate::key::{KeyLine, Source, read_public_only, read_source, read_without_comments};
use crate::shell;
use crate::spin::config::layout::DEPLOY_KEY_FILE;
use crate::ui::Ui;
use std::path::{Path, PathBuf};

/// The name of the pair of the deploy user outside of the CI folder, as in Spin's documentation.
const DESKTOP_KEY_FILE: &str = "id_ed25519_deploy";

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
    Ok((folder.join(DESKTOP_KEY_FILE), false))
}

/// Spin's documentation has people make a deploy key on the desktop: says that it is there and not taken.
pub(super) fn name_desktop(path: &Path, owner: &KeyOwner<'_>, ui: &Ui) {
    let Some(home) = owner.home.as_deref().filter(|_| owner.user.is_none()) else { return };
    let desktop = home.join("Desktop").join(DESKTOP_KEY_FILE);
    if desktop != path && desktop.symlink_metadata().is_ok() {
        let shown = desktop.display().to_string();
        ui.note(&format!("{shown} exists and is not taken; to add that key instead: --key {}", shell::word(&shown)));
    }
}

/// Refuses a pair in `~/.ssh`, or in another folder of the home that is looked in, which others could have put there, as sshd's
/// `StrictModes` does. The home counts: whoever may write to it can put another folder there.
///
/// # Errors
/// The home, the folder or a file of the pair is one that others may write to, or belongs to somebody else.
pub(super) fn refuse_loose(private: &Path, owner: &KeyOwner<'_>) -> Result<(), Error> {
    let public = files::public_path(private);
    let (home, folder) = (owner.home.as_deref(), private.parent());
    match files::first_loose(home.into_iter().chain(folder).chain([private, &public])) {
        Some(loose) => Err(Error::new(format!("{loose}: the key there may be somebody else's")).hint(loose.remedy())),
        None => Ok(()),
    }
}

/// Whether a key is one in `~/.ssh`.
pub(super) fn is_in_ssh_folder(path: &Path, owner: &KeyOwner<'_>) -> bool {
    let real = |path: &Path| files::retried(|| path.canonicalize()).ok();
    let ssh = ssh_folder(owner.home.as_deref()).ok().and_then(|folder| real(&folder));
    let folder = path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    path != Path::new("-") && ssh.is_some() && folder.and_then(real) == ssh
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
            "{} does not exist; other keys there: {list}; to use one of them: --key {}",
            path.display(),
            shell::word(first)
        ));
    }
}

/// The default pair, if it exists: from its private key, else (but not for CI) from a public key alone.
pub(super) fn load(
    path: &Path,
    in_ci: bool,
    replaces_comment: bool,
    owner: &KeyOwner<'_>,
) -> Result<Option<Loaded>, Error> {
    let public_path = files::public_path(path);
    let exists = |path: &Path| path.symlink_metadata().is_ok();
    let public = if exists(&public_path) { Some(public_half(&public_path, in_ci, replaces_comment)?) } else { None };
    if !exists(path) {
        return match public {
            Some(_) if in_ci => Err(Error::new(format!("{} exists without its private key", public_path.display()))
                .hint("restore the private key, or remove the .pub: `spin configure gha` would create another pair")),
            public => Ok(public.map(|line| found(line, public_path.display().to_string(), None))),
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
            .hint(format!("remove it: {}", without_passphrase(&shown))));
    }
    match public {
        Some(line) if line.material() != info.key.material() => {
            let public = public_path.display().to_string();
            let (private, into) = (shell::word(&shown), shell::word(&public));
            Err(Error::new(format!("{public} does not belong to {shown}"))
                .hint(format!("write the matching .pub: ssh-keygen -y -f {private} > {into}")))
        }
        Some(line) => Ok(Some(found(line, shown, None))),
        None => Ok(Some(found(with_own_comment(info, owner)?, shown, Some(path.to_owned())))),
    }
}

/// The only key in the `.pub`.
fn public_half(path: &Path, in_ci: bool, replaces_comment: bool) -> Result<KeyLine, Error> {
    let bytes = files::read_limited(path, "public key", MAX_KEY_BYTES)?;
    let shown = path.display().to_string();
    if in_ci && bytes.starts_with("\u{feff}".as_bytes()) {
        let (private, public) = (path.with_extension("").display().to_string(), shell::word(&shown));
        return Err(Error::new(format!("{shown} begins with a byte order mark, on which `spin configure gha` fails"))
            .hint(format!("write it again: ssh-keygen -y -f {} > {public}", shell::word(&private))));
    }
    let keys = match (read_public_only(&bytes), read_without_comments(&bytes)) {
        (Ok(keys), _) => keys,
        (Err(_), Ok(keys)) if replaces_comment => keys,
        (Err(error), Ok(_)) => return Err(only_the_comment(&shown, &error)),
        (Err(error), Err(_)) => return Err(refused_at(path, &error)),
    };
    match <[_; 1]>::try_from(keys) {
        Ok([candidate]) => Ok(candidate.key),
        Err(keys) => {
            Err(Error::new(format!("{shown} contains {} keys", keys.len())).hint("name the right one with --key PATH"))
        }
    }
}

fn found(line: KeyLine, from: String, lacks_public: Option<PathBuf>) -> Loaded {
    Loaded { listed: line.clone(), line, from, is_default: true, lacks_public, is_locked: false }
}
