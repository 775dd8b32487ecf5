//! `rotate --finish`, killed at each of its system calls from the first write on: both private keys are whole, and the
//! next run knows where it stands and goes on.

use crate::session::{BINARY, Session, key};
use crate::strace;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Paths in the session, with modes and bytes.
type Files = BTreeMap<PathBuf, (u32, Vec<u8>)>;

const FINISH: [&str; 3] = ["rotate", "--finish", "--yes"];

struct Begun {
    who: &'static str,
    files: Files,
    private: BTreeSet<Vec<u8>>,
}

impl Begun {
    fn of(who: &'static str) -> Self {
        let bob = format!(
            "users:\n  - username: bob\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: \"{}\"\n",
            key("bob")
        );
        let session = Session::new(bob);
        let mut add = vec!["add-user", who, "--no-passphrase", "--yes"];
        if who == "--deploy" {
            fs::create_dir(session.path("project/.infrastructure")).unwrap();
            add = vec!["add-deploy", "--yes"];
        }
        session.run(&add).expect(0, &["wrote"]);
        session.run(&["rotate", who, "--no-passphrase", "--yes"]).expect(0, &["wrote"]);
        let root = session.path("");
        let relative = |(path, state): (PathBuf, _)| (path.strip_prefix(&root).unwrap().to_owned(), state);
        let files: Files = session
            .state()
            .into_iter()
            .map(relative)
            .filter(|(path, _)| session.path(path.to_str().unwrap()).is_file())
            .collect();
        let private = files.values().map(|(_, bytes)| bytes.clone()).filter(|bytes| is_private(bytes)).collect();
        Self { who, files, private }
    }

    fn session(&self) -> Session {
        let session = Session::new("");
        for (path, (mode, bytes)) in &self.files {
            let path = session.write(path.to_str().unwrap(), bytes);
            fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7777)).unwrap();
        }
        if self.who == "--deploy" {
            let aside = session.path("project/.infrastructure/conf/ci-rotation");
            fs::set_permissions(aside, fs::Permissions::from_mode(0o700)).unwrap();
        }
        session
    }

    fn args(&self) -> Vec<String> {
        [FINISH[0], self.who, FINISH[1], FINISH[2]].map(str::to_owned).to_vec()
    }
}

fn is_private(bytes: &[u8]) -> bool {
    bytes.starts_with(b"-----BEGIN OPENSSH PRIVATE KEY-----\n")
}

/// The private keys that lie somewhere, whole.
fn private_keys(session: &Session) -> BTreeSet<Vec<u8>> {
    session.state().into_values().map(|(_, bytes)| bytes).filter(|bytes| is_private(bytes)).collect()
}

/// Names and bytes.
fn look(session: &Session) -> BTreeMap<PathBuf, Vec<u8>> {
    let root = session.path("");
    let all = session.state().into_iter().filter(|(path, _)| path.is_file());
    all.map(|(path, (_, bytes))| (path.strip_prefix(&root).unwrap().to_owned(), bytes)).collect()
}

fn killed_anywhere(who: &'static str) {
    if !strace::available() {
        return;
    }
    let begun = Begun::of(who);
    assert_eq!(begun.private.len(), 2);
    let whole = begun.session();
    let ended = strace::run(&whole, &[], Path::new(&*BINARY), &begun.args());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let expected = look(&whole);
    let calls = strace::calls(&ended.trace);
    let first = calls.iter().position(|call| call.line.contains(".spin.yml.spin-keys-new")).unwrap();
    let renames = calls.iter().filter(|call| call.name == "renameat2").count();
    assert_eq!(renames, 4, "the renames of the pairs are not seen");

    let (mut runs, mut halfway) = (0, 0);
    for call in &calls[first..] {
        let session = begun.session();
        call.inject(&session, "signal=SIGKILL", Path::new(&*BINARY), &begun.args(), &[]);
        assert_eq!(private_keys(&session), begun.private, "a private key is not whole after {}", call.line);
        let told = session.run(&["rotate", who, "--status"]).expect(0, &[]).out;
        halfway += usize::from(told.contains("renamed in part"));
        let args = begun.args();
        let again = session.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(again.code, Some(0), "after {}: {}\n{told}", call.line, again.err);
        assert_eq!(look(&session), expected, "after {}\n{told}", call.line);
        runs += 1;
    }
    assert!(runs > 30 && halfway >= 3, "{runs} runs, {halfway} halfway");
}

#[test]
fn the_end_of_a_rotation_killed_anywhere() {
    killed_anywhere("alice");
}

#[test]
fn the_end_of_a_rotation_for_ci_killed_anywhere() {
    killed_anywhere("--deploy");
}
