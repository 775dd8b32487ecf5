//! Whom sshd lets in: its settings (roles/linux_common/templates/etc/ssh/sshd_config.d), and what it asks of an account
//! (OpenSSH `auth.c`, `allowed_user`; `misc.c`, `safe_path`).

use super::outcome::Failure;
use super::server::{Made, Server};
use super::system::{self, Folder};
use crate::spin::config::ansible_value::Value;
use crate::yaml::Document;

/// What the file says of sshd.
pub(super) struct Settings {
    /// A value with which sshd does not start: nobody can log in after the restart.
    broken: Option<Failure>,
    lets_root_in: bool,
    /// Names of packages that the file has installed.
    packages: Vec<String>,
}

/// The variables that the role writes into the settings, with the words that sshd takes.
const SETTINGS: [(&str, &[&str]); 4] = [
    ("ssh_permit_root_login", &["yes", "no", "prohibit-password", "without-password", "forced-commands-only"]),
    ("ssh_password_authentication", &["yes", "no"]),
    ("ssh_allow_tcp_forwarding", &["yes", "no", "all", "local", "remote"]),
    ("ssh_gateway_ports", &["yes", "no", "clientspecified"]),
];

/// The packages that the role installs before it creates users (roles/linux_common/tasks/setup-Debian.yml).
const PACKAGES: &str = "common_additional_packages";

/// Packages that bring a shell of their name.
const SHELL_PACKAGES: [&str; 6] = ["fish", "ksh", "mksh", "tcsh", "yash", "zsh"];

/// The variable with the port of sshd.
pub(crate) const PORT: &str = "ssh_port";

impl Settings {
    pub(super) fn of(document: &Document<'_>) -> Self {
        let root = document.root().filter(|root| Value::of(document, *root) == Value::Map);
        let Some(root) = root else { return Self { broken: None, lets_root_in: false, packages: Vec::new() } };
        let broken = broken(document).into_iter().next();
        let permitted = Value::at(document, root, "ssh_permit_root_login");
        let words = ["yes", "prohibit-password", "without-password"];
        let lets_root_in =
            matches!(permitted, Some(Value::Text(text)) if words.contains(&&*text.trim().to_ascii_lowercase()));
        let packages = document.get(root, PACKAGES).map_or(&[][..], |list| document.items(list));
        let packages = packages.iter().filter_map(|item| document.reading(*item)).map(str::to_owned).collect();
        Self { broken, lets_root_in, packages }
    }

    /// Whether a package that the file has installed brings a shell: it is named like it.
    fn brings(&self, shell: &str) -> bool {
        let name = shell.strip_prefix("/bin/").or_else(|| shell.strip_prefix("/usr/bin/"));
        name.is_some_and(|name| SHELL_PACKAGES.contains(&name) && self.packages.iter().any(|package| package == name))
    }

    /// Why nobody can log in to an account.
    pub(super) fn closes(&self, server: &Server, made: &Made, has_failed: bool) -> Option<Failure> {
        // A run that fails does not restart sshd.
        if let Some(broken) = self.broken.as_ref().filter(|_| !has_failed) {
            return Some(broken.clone());
        }
        let of = |failure: Failure| Some(failure.of(&made.name));
        if made.uid == 0 && !self.lets_root_in {
            return of(Failure::at("SK233", made.at));
        }
        if !can_log_in_as(&made.name) {
            return of(Failure::at("SK235", made.at));
        }
        let is_there = |path: &str| path.is_empty() || system::has_shell(path) || self.brings(path);
        if let Some(shell) = made.shell.as_ref().filter(|shell| !is_there(&shell.text)) {
            return of(Failure::at("SK229", shell.at));
        }
        if let Some(at) = made.expired_at.filter(|_| made.has_password == Some(false)) {
            return of(Failure::at("SK232", at));
        }
        (!is_home_sound(server, made)).then(|| Failure::at("SK227", made.home_at).of(&made.name))
    }
}

/// Each setting with which sshd does not start.
pub(crate) fn broken(document: &Document<'_>) -> Vec<Failure> {
    let Some(root) = document.root() else { return Vec::new() };
    let at = |node: usize| document.node(node).start;
    let mut found = Vec::new();
    for (name, words) in SETTINGS {
        let Some((_, node)) = document.entry(root, name) else { continue };
        let is_taken = match Value::of(document, node) {
            Value::Unknown => true,
            Value::Text(text) => words.iter().any(|word| word.eq_ignore_ascii_case(text.trim())),
            _ => false,
        };
        if !is_taken {
            found.push(Failure::at("SK701", at(node)));
        }
    }
    if let Some((_, node)) = document.entry(root, PORT) {
        let is_port = |text: &str| text.trim().parse::<u16>().is_ok_and(|port| port > 0);
        let value = Value::of(document, node);
        let is_taken = value == Value::Unknown || value.printed().is_some_and(|text| is_port(&text));
        if !is_taken {
            found.push(Failure::at("SK702", at(node)));
        }
    }
    found
}

/// Whether one can log in with this name: sshd finds no account whose name is a path, and OpenSSH's client refuses
/// signs of the shell (`ssh.c`, `valid_ruser`).
pub(crate) fn can_log_in_as(name: &str) -> bool {
    !name.contains(['/', '\'', '`', '"', ';', '&', '<', '>', '|', '(', ')', '{', '}']) && !name.ends_with('\\')
}

/// `StrictModes`: the home and the file belong to the account or to root, and nobody else can write to them.
fn is_home_sound(server: &Server, made: &Made) -> bool {
    let Some(home) = server.home_of(made) else { return true };
    let is_readable = match system::folder(&made.home) {
        Some(Folder::Private) => made.uid == 0,
        Some(Folder::Writable) => false,
        Some(Folder::OfRoot) => true,
        None => made.uid == 0 || !made.home.starts_with("/root/"),
    };
    let is_own = |owner: u32| owner == made.uid || owner == 0;
    is_readable && is_own(home.owner) && home.file.owner.is_none_or(|owner| owner == made.uid)
}
