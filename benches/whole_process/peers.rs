//! What spin-keys is measured beside: `benches/peers` installs it into target/peers. What is not there is left out, by name.

use crate::measure::Program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The peers of this machine.
pub(crate) struct Peers {
    root: PathBuf,
    folder: PathBuf,
    /// Name and reason of each that is not there, once.
    pub(crate) left_out: Vec<(String, String)>,
}

impl Peers {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), folder: root.join("target/peers"), left_out: Vec::new() }
    }

    /// `command` under this name, if `needs` is in target/peers (or in the path, if it is a bare name), and `benches/peers` did
    /// not leave the peer out.
    fn program(&mut self, peer: &str, needs: &str, name: &str, command: &[&str]) -> Option<Program> {
        let is_there = if needs.contains('/') {
            self.folder.join(needs).exists()
        } else {
            Command::new(needs).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
        };
        let noted = fs::read_to_string(self.folder.join("left-out")).unwrap_or_default();
        let why = noted.lines().find_map(|line| line.strip_prefix(peer)?.strip_prefix(": "));
        if is_there && why.is_none() {
            return Some(Program::new(name, command));
        }
        let why = (peer.to_owned(), why.unwrap_or("run benches/peers").to_owned());
        if !self.left_out.contains(&why) {
            self.left_out.push(why);
        }
        None
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn editor(&self, name: &str) -> String {
        self.root.join("benches/editors").join(name).display().to_string()
    }

    /// Parses and prints.
    pub(crate) fn yaml_edit(&mut self, file: &str) -> Option<Program> {
        let program = self.path("bin/yaml-edit");
        self.program("yaml-edit", "bin/yaml-edit", "yaml-edit (parse, print)", &[&program, file])
    }

    /// What the others do with a file of this size, most of them the same edit.
    pub(crate) fn editors(&mut self, file: &str, key: &str) -> Vec<Program> {
        let (yerba, python, yq) = (self.path("bin/yerba"), self.path("python/bin/python"), self.path("python/bin/yq"));
        let [with_ruamel, with_npm, with_yq] =
            ["with_ruamel.py", "with_npm_yaml.js", "with_yq.sh"].map(|name| self.editor(name));
        // It has no way to add to `users:` without a value, as Spin's example has it.
        let line = fs::read_to_string(key).unwrap();
        let users =
            format!("[{{username: dave, groups: [sudo], authorized_keys: [{{public_key: \"{}\"}}]}}]", line.trim());
        let set = [&yerba, "set", file, "users", &users, "--plain", "--dry-run"];
        let mut npm = self.program("npm yaml", "node_modules/yaml", "npm yaml", &["node", &with_npm, file, key]);
        let modules = ("NODE_PATH".to_owned(), self.path("node_modules"));
        npm.iter_mut().for_each(|npm| npm.environment.push(modules.clone()));
        let programs = [
            self.program("ssh-keygen", "ssh-keygen", "ssh-keygen -l", &["ssh-keygen", "-l", "-f", key]),
            self.program("sed", "sed", "sed", &["sed", "-n", "s/x/y/p", file]),
            self.yaml_edit(file),
            self.program("yerba", "bin/yerba", "yerba set --dry-run", &set),
            self.program("ruamel.yaml", "python/bin/python", "ruamel.yaml", &[&python, &with_ruamel, file, key]),
            self.program("yq", "python/bin/yq", "yq", &[&with_yq, &yq, file, key]),
            npm,
        ];
        programs.into_iter().flatten().collect()
    }

    pub(crate) fn vault_view(&mut self, file: &str, password: &str) -> Option<Program> {
        let program = self.path("bin/ansible-vault");
        let view = [&program, "view", "--vault-password-file", password, file];
        self.program("ansible-vault", "bin/ansible-vault", "ansible-vault view", &view)
    }

    /// A new pair at another path in each run.
    pub(crate) fn keygen(&mut self, folder: &str) -> Option<Program> {
        let path = format!("{folder}/keygen-{{run}}");
        let words = ["ssh-keygen", "-q", "-t", "ed25519", "-a", "100", "-N", "a passphrase", "-f", &path];
        self.program("ssh-keygen", "ssh-keygen", "ssh-keygen -a 100", &words)
    }
}
