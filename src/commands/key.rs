//! Which key is meant: the one that is named, the default pair where it is there, else a new one.

use super::new_key::NewPair;
use super::owner::{Owner, refused, refused_at};
use super::shell;
use crate::cli::KeyOptions;
use crate::error::Error;
use crate::files::{self, MAX_KEY_BYTES};
use crate::key::{KeyLine, PrivateInfo, Source, read_public_only, read_source};
use crate::prompt;
use crate::spin;
use crate::ui::{Ui, escape};
use crate::yaml::Document;
use std::path::{Path, PathBuf};

/// The key that shall get in.
pub(super) enum Key {
    /// It was there.
    Loaded {
        line: KeyLine,
        /// Where it was read, for messages.
        from: String,
        /// Nobody named it: it is the default pair.
        is_default: bool,
        /// The private key whose `.pub` is missing.
        lacks_public: Option<PathBuf>,
    },
    /// It is to be made.
    New(Box<NewPair>),
}

impl Key {
    /// The `authorized_keys` line, or what stands for it in a dry run.
    pub(super) fn line(&self) -> String {
        self.known().map_or_else(|| spin::NEW_KEY.to_owned(), KeyLine::to_line)
    }

    /// The key, unless it is yet to be made.
    pub(super) fn known(&self) -> Option<&KeyLine> {
        match self {
            Self::Loaded { line, .. } => Some(line),
            Self::New(new) => new.public(),
        }
    }
}

/// Finds or prepares the key.
///
/// # Errors
/// A source that cannot be read or holds what would let nobody in; a new key for which no passphrase can be had.
pub(super) fn choose(options: &KeyOptions, owner: &Owner<'_>, ui: &Ui) -> Result<Key, Error> {
    if let Some(path) = &options.key {
        let (line, from) = named(path, owner, ui)?;
        // A run that was killed has made it; else a private key without its public half is meant to be so.
        let lacks_public = Some(path.clone()).filter(|path| files::unfinished_public(path).is_some());
        tidy(path, lacks_public.is_none(), owner);
        return Ok(Key::Loaded { line: commented(line, options)?, from, is_default: false, lacks_public });
    }
    if let Some(path) = &options.generate {
        return Ok(Key::New(Box::new(NewPair::prepare(path, false, options, owner)?)));
    }
    let home = home();
    let (path, in_ci) = match owner.user {
        Some(_) => (ssh_folder(home.as_deref())?.join("id_ed25519"), false),
        None => deploy_path(owner.project, home.as_deref())?,
    };
    match load_pair(&path, in_ci, owner)? {
        Some((line, from, lacks_public)) => {
            ui.detail(&format!("the key is {from}"));
            tidy(&path, lacks_public.is_none(), owner);
            Ok(Key::Loaded { line: commented(line, options)?, from, is_default: true, lacks_public })
        }
        None => {
            if owner.user.is_some() {
                name_others(&path, ui);
            }
            Ok(Key::New(Box::new(NewPair::prepare(&path, in_ci, options, owner)?)))
        }
    }
}

/// What a killed run left beside a whole pair hinders nobody, so a failure means nothing.
fn tidy(path: &Path, is_whole: bool, owner: &Owner<'_>) {
    if is_whole && !owner.dry {
        files::remove_leftovers(path).ok();
    }
}

fn commented(line: KeyLine, options: &KeyOptions) -> Result<KeyLine, Error> {
    match &options.comment {
        Some(comment) => line.with_comment(comment).map_err(|error| refused("--comment", None, &error)),
        None => Ok(line),
    }
}

/// The key of `--key`.
fn named(path: &Path, owner: &Owner<'_>, ui: &Ui) -> Result<(KeyLine, String), Error> {
    let file = Some(path).filter(|path| *path != Path::new("-"));
    let (bytes, from) = match file {
        None => (prompt::read_stdin(MAX_KEY_BYTES)?, "standard input".to_owned()),
        Some(path) => (files::read_limited(path, "key file", MAX_KEY_BYTES)?, path.display().to_string()),
    };
    let is_public = path.extension().is_some_and(|extension| extension == "pub");
    let source = if is_public { read_public_only(&bytes).map(Source::Public) } else { read_source(&bytes) };
    let line = match source.map_err(|error| refused(&from, file, &error))? {
        Source::Private(info) => {
            let read = |path: PathBuf| one_of(&files::read_limited(&path, "public key", MAX_KEY_BYTES).ok()?);
            let beside = read(files::public_path(path)).or_else(|| read(files::unfinished_public(path)?));
            match beside.filter(|line| line.material() == info.key.material()) {
                Some(line) => line,
                None => with_own_comment(info, owner)?,
            }
        }
        Source::Public(mut candidates) if candidates.len() == 1 => candidates.remove(0).key,
        Source::Public(mut candidates) => {
            let shown = |key: &KeyLine| format!("{} {} {}", key.fingerprint(), key.kind(), escape(key.comment()));
            let list: Vec<String> = candidates.iter().map(|candidate| shown(&candidate.key)).collect();
            let chosen = prompt::choose(&format!("{from} holds {} keys: which one?", list.len()), &list)?;
            candidates.swap_remove(chosen).key
        }
    };
    ui.detail(&format!("the key is from {from}"));
    Ok((line, from))
}

fn one_of(bytes: &[u8]) -> Option<KeyLine> {
    let mut candidates = read_public_only(bytes).ok()?;
    if candidates.len() == 1 { candidates.pop().map(|candidate| candidate.key) } else { None }
}

/// The public half with the comment of the private file where it can be read, else the default one.
fn with_own_comment(info: PrivateInfo, owner: &Owner<'_>) -> Result<KeyLine, Error> {
    let comment = info.comment.unwrap_or_else(|| owner.default_comment());
    info.key.with_comment(&comment).map_err(|error| refused("comment", None, &error))
}

type Pair = (KeyLine, String, Option<PathBuf>);

/// The default pair, if it is there: by its private half, else (not for CI) by a lone public one.
fn load_pair(path: &Path, in_ci: bool, owner: &Owner<'_>) -> Result<Option<Pair>, Error> {
    let public_path = files::public_path(path);
    let exists = |path: &Path| path.symlink_metadata().is_ok();
    let public = if exists(&public_path) {
        let bytes = files::read_limited(&public_path, "public key", MAX_KEY_BYTES)?;
        let shown = public_path.display().to_string();
        let mut candidates = read_public_only(&bytes).map_err(|error| refused_at(&public_path, &error))?;
        if candidates.len() != 1 {
            return Err(Error::new(format!("{shown} holds {} keys", candidates.len()))
                .hint("name the right one with --key PATH"));
        }
        candidates.pop().map(|candidate| candidate.key)
    } else {
        None
    };
    if !exists(path) {
        return match public {
            Some(_) if in_ci => Err(Error::new(format!("{} is there without its private key", public_path.display()))
                .hint("`spin configure gha` would make another pair: bring the private key back, or remove the .pub")),
            public => Ok(public.map(|line| (line, public_path.display().to_string(), None))),
        };
    }
    let shown = path.display().to_string();
    let bytes = files::read_limited(path, "private key", MAX_KEY_BYTES)?;
    let info = match read_source(&bytes).map_err(|error| refused_at(path, &error))? {
        Source::Private(info) => info,
        Source::Public(_) => {
            return Err(Error::new(format!("{shown} holds a public key, where a private one belongs"))
                .hint("name the key with --key PATH"));
        }
    };
    if in_ci && info.encrypted {
        return Err(Error::new(format!("{shown} has a passphrase, which CI cannot type"))
            .hint(format!("remove it: ssh-keygen -p -N '' -f {}", shell::word(&shown))));
    }
    match public {
        Some(line) if line.material() != info.key.material() => {
            let public = public_path.display().to_string();
            let (private, into) = (shell::word(&shown), shell::word(&public));
            Err(Error::new(format!("{public} does not belong to {shown}"))
                .hint(format!("write the right one: ssh-keygen -y -f {private} > {into}")))
        }
        Some(line) => Ok(Some((line, shown, None))),
        None => Ok(Some((with_own_comment(info, owner)?, shown, Some(path.to_owned())))),
    }
}

/// The home folder, if there is one.
pub(super) fn home() -> Option<PathBuf> {
    std::env::home_dir().filter(|home| home.is_absolute())
}

fn ssh_folder(home: Option<&Path>) -> Result<PathBuf, Error> {
    home.map(|home| home.join(".ssh")).ok_or_else(|| {
        Error::new("there is no home folder in which a key could lie (HOME is not set)")
            .hint("name a key with --key PATH, or make one with --generate PATH")
    })
}

/// The private key that `spin configure gha` uploads.
pub(super) const DEPLOY_KEY: &str = "SSH_DEPLOY_PRIVATE_KEY";

/// The folder from which `spin configure gha` uploads; none in a project that is none of Spin's.
pub(super) fn ci_folder(project: &Path) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("SPIN_CI_FOLDER").filter(|folder| !folder.is_empty()) {
        return Some(project.join(folder));
    }
    files::may_be_dir(&project.join(".infrastructure")).then(|| project.join(".infrastructure/conf/ci"))
}

/// Where the deploy pair is, and whether that is the folder from which `spin configure gha` uploads.
fn deploy_path(project: &Path, home: Option<&Path>) -> Result<(PathBuf, bool), Error> {
    if let Some(folder) = ci_folder(project) {
        return Ok((folder.join(DEPLOY_KEY), true));
    }
    let desktop = home.map(|home| home.join("Desktop")).filter(|desktop| files::may_be_dir(desktop));
    let folder = desktop.map_or_else(|| ssh_folder(home), Ok)?;
    Ok((folder.join("id_ed25519_deploy"), false))
}

/// Names the other public keys in the folder before a new pair is made: one of them may be meant.
fn name_others(path: &Path, ui: &Ui) {
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
            "{} is not there; other keys are: {list}; to take one of them: --key {first}",
            path.display()
        ));
    }
}

/// Refuses a default pair that stands under somebody else; says so of a key that was named.
pub(super) fn check_holders(key: &Key, user: Option<&str>, document: &Document<'_>, ui: &Ui) -> Result<(), Error> {
    let Some(line) = key.known() else { return Ok(()) };
    let deploy = spin::deploy_account(document);
    let is_own = |account: &str, is_deploy: bool| match user {
        Some(name) => !is_deploy && account == name,
        None => is_deploy || account == deploy,
    };
    let Some(other) = spin::other_holder(document, line.material(), is_own) else { return Ok(()) };
    let whose = if other.is_deploy { format!("the deploy user {}", other.account) } else { other.account };
    let name = user.unwrap_or(&deploy);
    match key {
        Key::Loaded { from, is_default: true, .. } => {
            Err(Error::new(format!("the key in {from} already stands under {whose} (line {})", other.line))
                .hint(format!("name {name}'s key with --key, or make one with --generate PATH")))
        }
        _ => {
            ui.warn(&format!("this key also stands under {whose} (line {}): whoever has it can be both", other.line));
            Ok(())
        }
    }
}
