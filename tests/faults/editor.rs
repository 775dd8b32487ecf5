//! An editor that saves between any two system calls of a write: nothing of what it saves is lost.
//!
//! The run is stopped at each of its calls in turn, the editor saves, and the run goes on. Editors take no lock.

use crate::case::{Case, FILE, KeyOf, Known};
use crate::figures;
use crate::session::{BINARY, Session};
use crate::strace::{self, Call};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CASE: Case = Case { name: "an editor", sealed: false, key: KeyOf::File, always: &[] };
/// What the editor adds at the end of the file.
const SAVED: &str = "# saved meanwhile\n";

/// How editors save.
#[derive(Debug, Clone, Copy)]
enum Save {
    InPlace,
    Rename,
}

impl Save {
    fn save(self, session: &Session) {
        let text = session.file() + SAVED;
        match self {
            Self::InPlace => drop(session.write(FILE, text)),
            Self::Rename => {
                let new = session.write("project/.spin.yml~", text);
                fs::set_permissions(&new, fs::Permissions::from_mode(0o640)).unwrap();
                fs::rename(new, session.path(FILE)).unwrap();
            }
        }
    }
}

/// Stops the run right after the call, saves, and lets it go on.
fn save_after(call: &Call, save: Save, session: &Session) -> (Option<i32>, String) {
    let trace = session.path("home/trace");
    let only = format!("trace={}", call.name);
    let inject = format!("inject={}:signal=SIGSTOP:when={}", call.name, call.nth);
    let mut command = session.tool("setsid");
    // With -D the child is the program, and strace its grandchild.
    command.args(["strace", "-D", "-e", &inject, "-e", &only, "-o"]).arg(&trace).arg(&*BINARY);
    command.args(CASE.args(session)).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let start = Instant::now();
    while !fs::read_to_string(&trace).is_ok_and(|trace| trace.contains("stopped by SIGSTOP")) {
        assert!(start.elapsed() < Duration::from_secs(20), "it does not stop at {}", call.line);
        std::thread::sleep(Duration::from_millis(2));
    }
    save.save(session);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-CONT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_save_between_any_two_calls_is_not_lost() {
    if !strace::available() {
        return;
    }
    let known = Known::of(CASE);
    let position = |test: &dyn Fn(&Call) -> bool| known.calls.iter().position(test).unwrap();
    let first = position(&|call| call.line.contains(".spin.yml\""));
    let rename = position(&|call| call.name == "renameat");
    // The check before the rename reads the file for the last time. What is saved behind its back, in the few calls until
    // the rename, is what Limitations says.
    let before = &known.calls[..rename];
    let last_read = before.iter().rposition(|call| call.name == "openat" && call.line.contains(".spin.yml\"")).unwrap();
    assert!(rename - last_read <= 8, "the window has grown: {:#?}", &known.calls[last_read..=rename]);

    let calls = known.calls[first..last_read].iter().chain(&known.calls[rename..]);
    let mut runs = 0;
    for (index, call) in calls.filter(|call| call.name != "exit_group").enumerate() {
        let save = [Save::InPlace, Save::Rename][index % 2];
        let session = known.session();
        let (code, err) = save_after(call, save, &session);
        let file = session.file();
        let place = format!("{save:?} after {}\nexit {code:?}\n{err}\n{file}", call.line);
        assert!(file.ends_with(SAVED), "the save is lost: {place}");
        assert!(code == Some(0), "{place}");
        let rest = file.strip_suffix(SAVED).unwrap();
        assert!(known.is_new(rest.as_bytes(), None), "the key is missing: {place}");
        assert!(!session.exists("project/.spin.yml.spin-keys-new"), "{place}");
        runs += 1;
    }
    assert!(runs > 60, "{runs}");
    figures::note("an editor saves between two calls", runs);
}
