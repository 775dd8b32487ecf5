//! Whom sshd lets in: what it asks of an account (OpenSSH `auth.c`, `allowed_user`; `misc.c`, `safe_path`).

use super::outcome::Failure;
use super::server::{Made, Server};
use super::sshd_settings::Settings;
use super::system::{self, Folder};

/// Why nobody can log in to an account.
pub(super) fn closes(settings: &Settings, server: &Server, made: &Made) -> Option<Failure> {
    if let Some(broken) = &settings.broken {
        return Some(broken.clone());
    }
    let of = |failure: Failure| Some(failure.of(&made.name));
    if made.uid == 0 && !settings.lets_root_in {
        return of(Failure::at("SK233", made.at));
    }
    if !can_log_in_as(&made.name) {
        return of(Failure::at("SK235", made.at));
    }
    let is_there = |path: &str| path.is_empty() || system::has_shell(path) || settings.brings(path);
    if let Some(shell) = made.shell.as_ref().filter(|shell| !is_there(&shell.text)) {
        return of(Failure::at("SK229", shell.at));
    }
    if let Some(at) = made.expired_at.filter(|_| made.has_password == Some(false)) {
        return of(Failure::at("SK232", at));
    }
    (!is_home_sound(server, made)).then(|| Failure::at("SK227", made.home_at).of(&made.name))
}

/// Whether one can log in with this name: sshd finds no account whose name is a path, and OpenSSH's client refuses
/// signs of the shell (`ssh.c`, `valid_ruser`).
pub(crate) fn can_log_in_as(name: &str) -> bool {
    !name.contains(['/', '\'', '`', '"', ';', '&', '<', '>', '|', '(', ')', '{', '}']) && !name.ends_with('\\')
}

/// `StrictModes`: the home and the file belong to the account or to root, and nobody else can write to them.
fn is_home_sound(server: &Server, made: &Made) -> bool {
    let home = server.home_of(made);
    let is_readable = match system::folder(&made.home) {
        Some(Folder::Private) => made.uid == 0,
        Some(Folder::Writable) => false,
        Some(Folder::OfRoot) => true,
        None => made.uid == 0 || !made.home.starts_with("/root/"),
    };
    let is_own = |owner: u32| owner == made.uid || owner == 0;
    is_readable && is_own(home.owner) && home.file.owner.is_none_or(|owner| owner == made.uid)
}
