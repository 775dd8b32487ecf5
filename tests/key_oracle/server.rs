//! A real sshd on loopback, with one file of keys for the account that runs the tests.

use rustix::process::geteuid;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SSHD: &str = "/usr/sbin/sshd";
/// As root sshd wants a folder that a service makes; in a mount namespace it is not missed, and nobody sees it.
const AS_ROOT: &str = "mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec /usr/sbin/sshd \"$@\"";

pub(super) struct Server {
    sshd: Child,
    folder: TempDir,
    port: u16,
    account: String,
}

/// What a login by a pair came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Login {
    /// sshd took the key, before anybody signed.
    pub(super) accepted: bool,
    /// The holder of its private half is in.
    pub(super) is_in: bool,
}

impl Server {
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = folder.path().join("host").display().to_string();
        assert!(super::ssh_keygen(&["-q", "-t", "ed25519", "-N", "", "-f", &host]).status.success());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("config");
        let settings = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {host}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\n\
             StrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\nLogLevel QUIET\nMaxStartups 100\n",
            folder.path().join("keys").display()
        );
        // Newer ones shut out an address after a few refusals.
        fs::write(&config, format!("{settings}PerSourcePenalties no\n")).unwrap();
        if !run(&["-t", "-f", config.to_str().unwrap()]).status().unwrap().success() {
            fs::write(&config, settings).unwrap();
        }
        let sshd = run(&["-D", "-e", "-f", config.to_str().unwrap()]).spawn().unwrap();
        let account = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        let server = Self { sshd, folder, port, account: account.trim().to_owned() };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "sshd does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// Tries to log in with the pair (or, beside a path without a private key, with the public half) where `line` is all that
    /// the account has.
    pub(super) fn login(&self, line: &[u8], pair: &Path) -> Login {
        fs::write(self.folder.path().join("keys"), [line, b"\n"].concat()).unwrap();
        let done = Command::new("ssh")
            .args(["-F", "none", "-v", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"])
            .args(["-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"])
            .args(["-p", &self.port.to_string(), "-l", &self.account, "-i"])
            .arg(pair)
            .args(["127.0.0.1", "true"])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(said.contains("SSH2_MSG_SERVICE_ACCEPT received"), "no sshd: {said}");
        Login { accepted: said.contains("Server accepts key"), is_in: said.contains("Authenticated to") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.sshd.kill().ok();
        self.sshd.wait().ok();
    }
}

/// sshd with these arguments, not started yet.
fn run(args: &[&str]) -> Command {
    let mut command = if geteuid().is_root() && !PathBuf::from("/run/sshd").is_dir() {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", AS_ROOT, "sshd"]);
        command
    } else {
        Command::new(SSHD)
    };
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
