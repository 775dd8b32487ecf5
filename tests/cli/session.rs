//! A project folder of its own with a home beside it, and runs of the binary in it that see nothing of the machine:
//! cleared environment, no terminal.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The folder `fixtures` of the project.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The text of a public key in `fixtures/keys`, without line break.
pub(crate) fn key(name: &str) -> String {
    fs::read_to_string(fixtures().join("keys").join(format!("{name}.pub"))).unwrap().trim().to_owned()
}

/// A folder with a project and a home.
pub(crate) struct Session {
    dir: TempDir,
    env: BTreeMap<String, String>,
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Session {
    /// A project whose `.spin.yml` is `text`.
    pub(crate) fn new(text: impl AsRef<[u8]>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let session = Self { dir, env: BTreeMap::new() };
        fs::create_dir(session.dir.path().join("home")).unwrap();
        fs::create_dir(session.dir.path().join("project")).unwrap();
        session.write("project/.spin.yml", text);
        session
    }

    /// The same with an environment variable more.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A path below the folder of the session (`project/...`, `home/...`).
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    pub(crate) fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
    }

    /// The `.spin.yml` as it is now.
    pub(crate) fn file(&self) -> String {
        String::from_utf8(self.read("project/.spin.yml")).unwrap()
    }

    /// A command of the binary in the project folder, without a terminal.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        // A session of its own has no controlling terminal, so that /dev/tty cannot be opened.
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(env!("CARGO_BIN_EXE_spin-keys")).args(args);
        command.current_dir(self.path("project")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.path("home"));
        command.envs(&self.env).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// A run with this on standard input.
    pub(crate) fn run_with(&self, args: &[&str], stdin: &str) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The program may end without reading it.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        Ran::of(child.wait_with_output().unwrap())
    }

    /// All files below the session's folder with their bytes and modes: two states are one if nothing was touched.
    pub(crate) fn state(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.dir.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let meta = path.symlink_metadata().unwrap();
                let bytes = if meta.is_file() { fs::read(&path).unwrap_or_default() } else { Vec::new() };
                if meta.is_dir() {
                    open.push(path.clone());
                }
                found.insert(path, (meta.permissions().mode(), bytes));
            }
        }
        found
    }
}

impl Ran {
    fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts the exit code and that standard error holds all of these; gives itself back.
    #[track_caller]
    pub(crate) fn expect(self, code: i32, messages: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for message in messages {
            assert!(self.err.contains(message), "{message:?} is missing in:\n{}", self.err);
        }
        self
    }
}
