//! People who log in, with the real ssh(1) from the server's own network.

use crate::server::{PORT, Server};
use crate::session::{Ran, Session};
use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The socket of an agent on the server.
const AGENT: &str = "/run/agent";

pub(crate) struct Client<'a> {
    pub(crate) server: &'a Server,
    pub(crate) session: &'a Session,
    tried: Cell<usize>,
}

impl<'a> Client<'a> {
    pub(crate) fn new(server: &'a Server, session: &'a Session) -> Self {
        Self { server, session, tried: Cell::new(0) }
    }

    /// How many logins were tried.
    pub(crate) fn tried(&self) -> usize {
        self.tried.get()
    }

    fn ssh(&self, account: &str) -> Command {
        self.tried.set(self.tried.get() + 1);
        let mut command = self.server.command("ssh");
        command.args(["-F", "none", "-p", PORT, "-o", "BatchMode=yes", "-o", "ConnectionAttempts=9"]);
        command.args(["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]);
        command.args(["-o", "PreferredAuthentications=publickey", "-l", account, "127.0.0.1"]);
        command
    }

    /// A login with the private key in this file of the session; what `id -un` says then.
    fn with(&self, account: &str, key: &str) -> Ran {
        let mut command = self.ssh(account);
        command.args(["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-i"]).arg(self.session.path(key));
        Ran::of(command.arg("id -un").output().unwrap())
    }

    #[track_caller]
    pub(crate) fn logs_in(&self, account: &str, key: &str) {
        let ran = self.with(account, key);
        assert!(ran.code == Some(0) && ran.out == format!("{account}\n"), "{ran:#?}\n{}", self.server.log());
    }

    #[track_caller]
    pub(crate) fn is_refused(&self, account: &str, key: &str) {
        let ran = self.with(account, key);
        assert!(ran.code == Some(255) && ran.err.contains("Permission denied (publickey"), "{ran:#?}");
    }

    /// Whether the key lets in; anything but an answer of sshd is an error.
    #[track_caller]
    pub(crate) fn is_let_in(&self, account: &str, key: &str) -> bool {
        let ran = self.with(account, key);
        let is_refused = ran.code == Some(255) && ran.err.contains("Permission denied (publickey");
        let is_in = ran.code == Some(0) && ran.out == format!("{account}\n");
        assert!(is_in || is_refused, "{ran:#?}\n{}", self.server.log());
        is_in
    }

    /// A login that stays.
    pub(crate) fn open(&self, account: &str, key: &str) -> Open {
        let mut command = self.ssh(account);
        command.args(["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-i"]).arg(self.session.path(key));
        let mut child = command.arg("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut open = Open { child, input, output };
        assert!(open.answers("here"), "{}", self.server.log());
        open
    }

    /// The key lets in, but to this output alone.
    #[track_caller]
    pub(crate) fn is_held_to(&self, account: &str, key: &str, output: &str) {
        let ran = self.with(account, key);
        assert!(ran.code == Some(0) && ran.out == output, "{ran:#?}");
    }

    /// The same through an agent that was given the key and its passphrase.
    #[track_caller]
    pub(crate) fn logs_in_by_agent(&self, account: &str, key: &str, passphrase: &str) {
        let ask = self.session.executable("ask", format!("#!/bin/sh\necho '{passphrase}'\n"));
        let started = self.server.run("ssh-agent", &["-a", AGENT]);
        assert_eq!(started.code, Some(0), "{started:#?}");
        let mut add = self.server.command("ssh-add");
        add.env("SSH_AUTH_SOCK", AGENT).env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force");
        let added = Ran::of(add.arg(self.session.path(key)).output().unwrap());
        assert_eq!(added.code, Some(0), "{added:#?}");
        let mut command = self.ssh(account);
        let ran = Ran::of(command.env("SSH_AUTH_SOCK", AGENT).arg("id -un").output().unwrap());
        assert!(ran.code == Some(0) && ran.out == format!("{account}\n"), "{ran:#?}\n{}", self.server.log());
    }
}

/// An open session, in which cat(1) says again what it is told.
pub(crate) struct Open {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Open {
    pub(crate) fn answers(&mut self, word: &str) -> bool {
        // Where the session has ended, this fails, or the end of the output is read.
        writeln!(self.input, "{word}").ok();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line == format!("{word}\n")
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
