//! A server that lives as long as its value; see `server.sh`.

use crate::ansible::Ansible;
use crate::measured::Accounts;
use crate::session::{Ran, Session};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e");

pub(crate) struct Server {
    /// unshare(1), which takes everything in the namespaces with it.
    holder: Child,
    /// sshd, the first process in there.
    sshd: u32,
    root: TempDir,
}

impl Server {
    /// A new server, or one with all that another one had; it sees the session's folder.
    pub(crate) fn start(before: Option<&Path>, session: &Session) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut command = Command::new("unshare");
        command.args(["--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child"]);
        command.arg(format!("{SCRIPTS}/server.sh")).arg(root.path()).arg(PORT).arg(before.unwrap_or(Path::new("")));
        command.arg(folder(session)).arg(env!("CARGO_MANIFEST_DIR"));
        // What sshd says goes to a file, or a full pipe would stop it.
        let log = fs::File::create(root.path().with_extension("log")).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut holder = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let id = holder.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let server = Self { holder, sshd: children.trim().parse().unwrap_or_default(), root };
        assert!(line == "ready\n" && server.sshd > 0, "no server: {}", server.log());
        assert!(server.root().join("run/spin-keys-server").exists(), "this is the machine itself");
        server
    }

    /// Its file system, seen from here.
    fn root(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.sshd))
    }

    /// What sshd and the script said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.root.path().with_extension("log")
    }

    /// A program on the server, as its root.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("nsenter");
        // After that the machine is out of reach: see `server.sh`.
        let namespaces = ["--mount", "--net", "--pid", "--ipc", "--uts", "--root", "--wd", "--"];
        command.args(["--target", &self.sshd.to_string()]).args(namespaces).arg(program.as_ref());
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", "/root").env("LANG", "C.UTF-8");
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, program: &str, args: &[&str]) -> Ran {
        Ran::of(self.command(program).args(args).output().unwrap())
    }

    /// Brings the session's `.spin.yml` to the server, as `spin provision` would. Whether that went well, and what
    /// Ansible said.
    pub(crate) fn provision(&self, ansible: &Ansible, session: &Session) -> (bool, String) {
        self.play(ansible, session, "provision.yml", &[])
    }

    /// Runs a playbook of `tests/e2e` with the session's `.spin.yml` and other variables.
    pub(crate) fn play(
        &self,
        ansible: &Ansible,
        session: &Session,
        playbook: &str,
        variables: &[&str],
    ) -> (bool, String) {
        let python = ansible.python().display().to_string();
        let hosts = format!("localhost ansible_connection=local ansible_python_interpreter={python}\n");
        let hosts = session.write("hosts", hosts);
        let project = session.path("project");
        let mut command = self.command(ansible.program("ansible-playbook"));
        command.arg("--inventory").arg(hosts);
        command.arg("--extra-vars").arg(format!("@{}", project.join(".spin.yml").display()));
        if session.exists("project/.vault-password") {
            command.arg("--vault-password-file").arg(project.join(".vault-password"));
        }
        command.args(variables.iter().flat_map(|variable| ["--extra-vars", *variable]));
        command.arg(format!("{SCRIPTS}/{playbook}"));
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("ANSIBLE_NOCOLOR", "1").env("ANSIBLE_PIPELINING", "1");
        let ran = Ran::of(command.output().unwrap());
        // The tasks change what sshd is to do.
        kill_process(Pid::from_raw(self.sshd.try_into().unwrap()).unwrap(), Signal::HUP).unwrap();
        (ran.code == Some(0), ran.out + &ran.err)
    }

    /// The `authorized_keys` of each account that the machine itself does not have, line by line.
    pub(crate) fn accounts(&self) -> Accounts {
        let of_machine = passwd(Path::new("/"));
        let machine: BTreeSet<&str> = of_machine.iter().map(|(name, _)| name.as_str()).collect();
        let root = self.root();
        let added = passwd(&root).into_iter().filter(|(name, _)| !machine.contains(name.as_str()));
        let keys = |home: String| {
            let path = root.join(home.trim_start_matches('/')).join(".ssh/authorized_keys");
            let text = fs::read_to_string(path).unwrap_or_default();
            text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
        };
        added.map(|(name, home)| (name, keys(home))).collect()
    }

    /// The lines of the tunnel's file.
    pub(crate) fn tunnel(&self) -> Vec<String> {
        let text = fs::read_to_string(self.root().join("run/AUTHORIZED_KEYS")).unwrap_or_default();
        text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    /// All that was changed on the server so far, for another one to begin with.
    pub(crate) fn keep(&self, tar: &Path) {
        let mut command = self.command("tar");
        command.args(["--xattrs", "--xattrs-include=*", "-C", "/run/upper", "-c", "."]);
        let done = command.stdout(fs::File::create(tar).unwrap()).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.holder.kill().ok();
        self.holder.wait().ok();
        fs::remove_file(self.log_path()).ok();
    }
}

/// Of sshd: in a network of its own it can be any.
pub(crate) const PORT: &str = "2222";

/// The folder that holds the session's project and home.
pub(crate) fn folder(session: &Session) -> PathBuf {
    session.path("project").parent().unwrap().to_owned()
}

/// Names and home folders.
fn passwd(root: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(root.join("etc/passwd")).unwrap();
    let fields = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
    fields.filter(|fields| fields.len() > 5).map(|fields| (fields[0].to_owned(), fields[5].to_owned())).collect()
}
