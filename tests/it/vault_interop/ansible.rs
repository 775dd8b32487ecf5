//! Ansible: its code in one Python process, and runs of the real `ansible-vault`.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(super) struct Ansible {
    bin: PathBuf,
    python: PathBuf,
    /// Home folder and scratch space.
    pub(super) dir: TempDir,
}

impl Ansible {
    pub(super) fn get() -> Option<Self> {
        let Some(place) = std::env::var_os("SPIN_KEYS_ANSIBLE").map(PathBuf::from) else {
            crate::support::session::skipped(
                "SPIN_KEYS_ANSIBLE names no bin folder with ansible: not held against Ansible",
            );
            return None;
        };
        let (bin, python) = match place.is_dir() {
            true => (place.clone(), place.join("python")),
            false => (place.parent().unwrap().to_owned(), place),
        };
        Some(Self { bin, python, dir: tempfile::tempdir().unwrap() })
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").env("HOME", self.dir.path());
        command.current_dir(self.dir.path());
        command
    }

    /// Lets Ansible's code do these jobs, in order.
    pub(super) fn jobs(&self, jobs: &[Value]) -> Vec<Value> {
        let mut command = self.command(&self.python);
        command.arg(crate::support::project().join("tests/it/vault_interop/oracle.py"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let lines: String = jobs.iter().map(|job| format!("{job}\n")).collect();
        let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "the Python of SPIN_KEYS_ANSIBLE has no ansible-core, or it failed");
        feed.join().unwrap().unwrap();
        let answers: Vec<Value> = output
            .stdout
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!(answers.len(), jobs.len());
        answers
    }

    pub(super) fn file(&self, name: &str, text: impl AsRef<[u8]>, mode: u32) -> PathBuf {
        let path = self.dir.path().join(name);
        crate::support::executable(&path, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    /// Runs the real command and gives what it printed.
    pub(super) fn vault(&self, args: &[&str], salt: Option<&str>) -> Vec<u8> {
        let mut command = self.command(&self.bin.join("ansible-vault"));
        salt.map(|salt| command.env("ANSIBLE_VAULT_ENCRYPT_SALT", salt));
        let output = command.args(args).output().unwrap();
        assert!(output.status.success(), "ansible-vault {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn bytes(answer: &Value, field: &str) -> Vec<u8> {
    let hex = answer[field].as_str().unwrap_or_else(|| panic!("no {field} in {answer}"));
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}
