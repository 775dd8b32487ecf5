//! A project folder of its own with a home beside it, and runs of the binary in it that see nothing of the machine:
//! cleared environment, no terminal.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The program under test, which Cargo builds before the tests and puts two folders above them. Newer ones also name it.
pub static BINARY: LazyLock<String> = LazyLock::new(|| {
    let beside = || std::env::current_exe().unwrap().parent().unwrap().with_file_name("spin-keys");
    let path = std::env::var_os("CARGO_BIN_EXE_spin-keys").map_or_else(beside, PathBuf::from);
    assert!(path.is_file(), "{} is not there: cargo builds it for the tests", path.display());
    path.into_os_string().into_string().unwrap()
});

/// The folder `fixtures` of the project.
pub fn fixtures() -> PathBuf {
    crate::support::project().join("fixtures")
}

/// The text of a public key in `fixtures/keys`, without line break.
pub fn key(name: &str) -> String {
    fs::read_to_string(fixtures().join("keys").join(format!("{name}.pub"))).unwrap().trim().to_owned()
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A `.spin.yml` with one user, alice, and her key.
pub fn with_alice() -> String {
    format!(
        "users:\n  - username: alice\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: \"{}\"\n",
        key("alice")
    )
}

/// Says that something was passed over, past the capture of the test harness, or nobody would know. CI passes over
/// nothing.
pub fn skipped(why: &str) {
    writeln!(std::io::stderr(), "\nSKIPPED: {why}").ok();
    assert!(std::env::var_os("CI").is_none(), "CI requires it: {why}");
}

/// Whether a program is on this machine; required in CI, else the test says that it is passed over.
pub fn needs(program: &str) -> bool {
    let is_there = Command::new(program).arg("--help").stdin(Stdio::null()).output().is_ok();
    if !is_there {
        skipped(&format!("{program} is not there"));
    }
    is_there
}

/// A folder with a project and a home.
pub struct Session {
    dir: TempDir,
    env: BTreeMap<String, String>,
}

/// What a run left.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Session {
    /// A project whose `.spin.yml` is `text`.
    pub fn new(text: impl AsRef<[u8]>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let session = Self { dir, env: BTreeMap::new() };
        // Whatever the umask: others may not write there.
        fs::DirBuilder::new().mode(0o755).create(session.dir.path().join("home")).unwrap();
        fs::create_dir(session.dir.path().join("project")).unwrap();
        session.write("project/.spin.yml", text);
        session
    }

    /// A project without a `.spin.yml`.
    pub fn empty() -> Self {
        let session = Self::new("");
        fs::remove_file(session.path("project/.spin.yml")).unwrap();
        session
    }

    /// The same with an environment variable more.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A path below the folder of the session (`project/...`, `home/...`).
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A program that can be run at once.
    pub fn executable(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        crate::support::executable(&path, text);
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    pub fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
    }

    /// The `.spin.yml` as it is now.
    pub fn file(&self) -> String {
        String::from_utf8(self.read("project/.spin.yml")).unwrap()
    }

    /// A command of the binary in the project folder, without a terminal.
    pub fn command(&self, args: &[&str]) -> Command {
        // A session of its own has no controlling terminal, so that /dev/tty cannot be opened.
        let mut command = self.tool("setsid");
        command.arg("--wait").arg(&*BINARY).args(args);
        command
    }

    /// Any other program in the project folder, with the environment of the binary's runs.
    pub fn tool(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path("project")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.path("home"));
        command.envs(&self.env).stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// A run that is refused with all of these words and leaves everything as it is.
    #[track_caller]
    pub fn refuses(&self, args: &[&str], words: &[&str]) {
        let before = self.state();
        self.run(args).expect_refusal(words);
        assert_eq!(self.state(), before);
    }

    /// A run with this on standard input.
    pub fn run_with(&self, args: &[&str], stdin: &str) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The program may end without reading it.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        Ran::of(child.wait_with_output().unwrap())
    }

    /// A run by somebody who is not root, to whom project and home are given first.
    pub fn unprivileged(&self, uid: u32, args: &[&str]) -> Command {
        self.give_to(uid);
        self.unprivileged_as_is(uid, args)
    }

    /// The same without giving anything.
    pub fn unprivileged_as_is(&self, uid: u32, args: &[&str]) -> Command {
        if !is_root() {
            return self.command(args);
        }
        // Where the binary was built, others may not be able to look.
        let binary = self.path("spin-keys");
        if !self.exists("spin-keys") {
            // Not by this process: another thread may start a program just then, which would hold the copy open for
            // writing for a moment, and the system runs no such file.
            assert!(Command::new("cp").arg(&*BINARY).arg(&binary).status().unwrap().success());
        }
        let mut command = self.tool("setsid");
        command.args(["--wait", "setpriv", "--clear-groups", "--reuid", &uid.to_string(), "--regid", &uid.to_string()]);
        command.arg("--").arg(binary).args(args);
        command
    }

    /// Gives project and home to a user, where root runs the tests.
    pub fn give_to(&self, uid: u32) {
        if !is_root() {
            return;
        }
        fs::set_permissions(self.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for path in self.state().into_keys() {
            std::os::unix::fs::lchown(path, Some(uid), Some(uid)).unwrap();
        }
    }

    /// Runs ssh-keygen in the project folder.
    #[track_caller]
    pub fn keygen(&self, args: &[&str]) -> String {
        let ran = Ran::of(self.tool("ssh-keygen").args(args).output().unwrap());
        assert_eq!(ran.code, Some(0), "ssh-keygen {args:?}: {}", ran.err);
        ran.out
    }

    /// All files below the session's folder with their bytes and modes: two states are one if nothing was touched.
    pub fn state(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
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
    #[expect(clippy::needless_pass_by_value, reason = "it is always the last use")]
    pub fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts the exit code and that standard error holds all of these; gives itself back.
    #[track_caller]
    pub fn expect(self, code: i32, messages: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for message in messages {
            assert!(self.err.contains(message), "{message:?} is missing in:\n{}", self.err);
        }
        self
    }

    /// Asserts a refusal: exit 2, these words, what to do, and that nothing was written.
    #[track_caller]
    pub fn expect_refusal(self, messages: &[&str]) -> Self {
        let ran = self.expect(2, messages);
        assert!(ran.err.contains("error: ") && ran.err.contains("\n  help: "), "{}", ran.err);
        assert!(ran.err.ends_with("\n  nothing was written\n"), "{}", ran.err);
        ran
    }

    /// Asserts a refusal that left everything as it was.
    #[track_caller]
    pub fn expect_untouched(self, session: &Session, before: &BTreeMap<PathBuf, (u32, Vec<u8>)>) -> Self {
        assert!(self.err.contains("\n  help: ") && self.err.ends_with("\n  nothing was written\n"), "{}", self.err);
        assert!(session.state() == *before, "something was written");
        self
    }
}
