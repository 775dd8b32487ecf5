//! sshd's settings (roles/linux_common/templates/etc/ssh/sshd_config.d), and when it reads them.

use super::outcome::Failure;
use crate::spin::config::ansible_value::{Value, text};
use crate::yaml::Document;
use std::borrow::Cow;

/// What a file says of sshd.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// The values, as the templates write them.
    written: Vec<Option<String>>,
    /// A value with which sshd does not start: nobody can log in after the restart.
    pub(super) broken: Option<Failure>,
    pub(super) lets_root_in: bool,
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
        let Some(root) = root else { return Self::default() };
        let broken = broken(document).into_iter().next();
        let permitted = Value::at(document, root, "ssh_permit_root_login");
        let words = ["yes", "prohibit-password", "without-password"];
        let lets_root_in =
            matches!(permitted, Some(Value::Text(text)) if words.contains(&&*text.trim().to_ascii_lowercase()));
        let packages = document.get(root, PACKAGES).map_or(&[][..], |list| document.items(list));
        let packages = packages.iter().filter_map(|item| document.reading(*item)).map(str::to_owned).collect();
        let names = SETTINGS.iter().map(|(name, _)| *name).chain([PORT]);
        let value = |name| document.get(root, name).and_then(|node| text(document, node)).map(Cow::into_owned);
        Self { written: names.map(value).collect(), broken, lets_root_in, packages }
    }

    /// Whether a package that the file has installed brings a shell: it is named like it.
    pub(super) fn brings(&self, shell: &str) -> bool {
        let name = shell.strip_prefix("/bin/").or_else(|| shell.strip_prefix("/usr/bin/"));
        name.is_some_and(|name| SHELL_PACKAGES.contains(&name) && self.packages.iter().any(|package| package == name))
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

/// sshd on a server: it reads its settings when it is restarted, and the role restarts it at the end of a run that changed
/// them. A run that fails does not, and the next one finds them unchanged.
#[derive(Debug, Clone)]
pub(super) struct Sshd {
    written: Option<Settings>,
    is_changed: bool,
    running: Settings,
}

impl Default for Sshd {
    /// As the image has it: root can log in with a key.
    fn default() -> Self {
        let running = Settings { lets_root_in: true, ..Settings::default() };
        Self { written: None, is_changed: false, running }
    }
}

impl Sshd {
    /// roles/linux_common/tasks/security.yml:1
    pub(super) fn write(&mut self, settings: Settings) {
        self.is_changed = self.written.as_ref().is_none_or(|written| written.written != settings.written);
        self.written = Some(settings);
    }

    /// The handler `Restart ssh`, at the end of the run.
    pub(super) fn restart(&mut self) {
        if let Some(written) = self.written.clone().filter(|_| self.is_changed) {
            self.running = written;
        }
    }

    /// What sshd goes by.
    pub(super) fn running(&self) -> &Settings {
        &self.running
    }
}
