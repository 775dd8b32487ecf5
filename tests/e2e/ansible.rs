//! The versions of Ansible that the tests run.

use crate::session::skipped;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One installed ansible-core with the collection `ansible.posix`.
pub(crate) struct Ansible {
    bin: PathBuf,
    /// `2.21.5`
    pub(crate) version: String,
    pub(crate) is_newest: bool,
}

impl Ansible {
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// The Python that Ansible itself runs in; its modules take the same.
    pub(crate) fn python(&self) -> PathBuf {
        self.bin.join("python")
    }

    fn at(variable: &str, is_newest: bool) -> Option<Self> {
        let Some(bin) = std::env::var_os(variable).map(PathBuf::from) else {
            skipped(&format!("{variable} names no bin folder with ansible"));
            return None;
        };
        let version =
            version(&bin).unwrap_or_else(|| panic!("{variable}: no ansible-playbook runs in {}", bin.display()));
        assert!(is_newest || version.starts_with("2.18."), "{variable} is {version}");
        Some(Self { bin, version, is_newest })
    }
}

/// `ansible-playbook [core 2.21.5]` -> `2.21.5`
fn version(bin: &Path) -> Option<String> {
    let out = Command::new(bin.join("ansible-playbook")).arg("--version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    Some(text.lines().next()?.split_once("[core ")?.1.trim_end_matches(']').to_owned())
}

/// Whether all is to be played, as `.ci/reliability e2e` does, or a share of it.
pub(crate) fn is_full() -> bool {
    std::env::var_os("SPIN_KEYS_FULL").is_some()
}

/// Every version that is here; empty where a server cannot be had at all. CI requires both.
pub(crate) fn versions() -> Vec<Ansible> {
    if !can_serve() {
        return Vec::new();
    }
    let both = [("SPIN_KEYS_ANSIBLE", true), ("SPIN_KEYS_ANSIBLE_2_18", false)];
    both.into_iter().filter_map(|(variable, is_newest)| Ansible::at(variable, is_newest)).collect()
}

fn can_serve() -> bool {
    if !crate::session::is_root() {
        skipped("only root can make a server with accounts of its own");
        return false;
    }
    for program in ["/usr/sbin/sshd", "/usr/sbin/useradd", "unshare", "nsenter", "ip", "tar", "ssh", "ssh-agent"] {
        if Command::new(program).arg("--help").stdin(Stdio::null()).output().is_err() {
            skipped(&format!("{program} is not there"));
            return false;
        }
    }
    true
}
