//! `rotate` and `rotate --finish`, killed and interrupted at each of their system calls from the first write on: both private
//! keys are whole, and the next run knows where it stands and goes on.

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

/// Both at each call in the full run.
fn signals(index: usize) -> &'static [&'static str] {
    let is_turn = index.is_multiple_of(3) || std::env::var_os("SPIN_KEYS_FULL").is_some();
    if is_turn { &["SIGKILL", "SIGINT"] } else { &["SIGKILL"] }
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

    let mut halfway = [0, 0];
    for (index, call) in calls[first..].iter().enumerate() {
        for (signal, halfway) in signals(index).iter().zip(&mut halfway) {
            let session = begun.session();
            let fault = format!("signal={signal}");
            call.inject(&session, &fault, Path::new(&*BINARY), &begun.args(), &[]);
            let place = format!("{signal} at {}", call.line);
            assert_eq!(private_keys(&session), begun.private, "a private key is not whole after {place}");
            let told = session.run(&["rotate", who, "--status"]).expect(0, &[]).out;
            *halfway += usize::from(told.contains("renamed in part"));
            let args = begun.args();
            let again = session.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(again.code, Some(0), "after {place}: {}\n{told}", again.err);
            assert_eq!(look(&session), expected, "after {place}\n{told}");
        }
    }
    // Ctrl-C waits until all is renamed.
    assert!(calls.len() - first > 30 && halfway[0] >= 3 && halfway[1] == 0, "{halfway:?}");
}

#[test]
fn the_end_of_a_rotation_killed_anywhere() {
    killed_anywhere("alice");
}

#[test]
fn the_end_of_a_rotation_for_ci_killed_anywhere() {
    killed_anywhere("--deploy");
}

/// The pair, then the file.
#[test]
fn the_beginning_of_a_rotation_killed_anywhere() {
    if !strace::available() {
        return;
    }
    let begun = Begun::of("alice");
    let fresh = || {
        let session = begun.session();
        let new = session.path("home/.ssh/id_ed25519.new");
        let material = |path: &Path| fs::read_to_string(path).unwrap().split(' ').nth(1).unwrap().to_owned();
        let public = material(&new.with_extension("new.pub"));
        let text = session.file();
        let lines = text.lines().filter(|line| !line.contains(&public)).map(|line| format!("{line}\n"));
        session.write("project/.spin.yml", lines.collect::<String>());
        fs::remove_file(&new).unwrap();
        fs::remove_file(new.with_extension("new.pub")).unwrap();
        (session, material(Path::new(&new.with_file_name("id_ed25519.pub"))))
    };
    let args = ["rotate", "alice", "--no-passphrase", "--yes"].map(str::to_owned);
    let (whole, _) = fresh();
    let ended = strace::run(&whole, &[], Path::new(&*BINARY), &args);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let (names, calls) = (look(&whole).into_keys().collect::<Vec<_>>(), strace::calls(&ended.trace));
    let first = calls.iter().position(|call| call.line.contains("id_ed25519.new.spin-keys-new")).unwrap();
    let mut made = 0;
    for (index, call) in calls[first..].iter().enumerate() {
        for signal in signals(index) {
            let (session, old) = fresh();
            call.inject(&session, &format!("signal={signal}"), Path::new(&*BINARY), &args, &[]);
            let place = format!("{signal} at {}", call.line);
            let keys = private_keys(&session);
            assert!(
                keys.contains(&session.read("home/.ssh/id_ed25519")),
                "the old private key is not whole after {place}"
            );
            made += usize::from(session.exists("home/.ssh/id_ed25519.new"));
            let again = session.run(&["rotate", "alice", "--no-passphrase", "--yes"]);
            assert_eq!(again.code, Some(0), "after {place}: {}", again.err);
            assert_eq!(look(&session).into_keys().collect::<Vec<_>>(), names, "after {place}");
            let public = String::from_utf8(session.read("home/.ssh/id_ed25519.new.pub")).unwrap();
            let (new, text) = (public.split(' ').nth(1).unwrap(), session.file());
            assert!(
                text.find(new).unwrap() < text.find(&old).unwrap() && text.matches(new).count() == 1,
                "{place}: {text}"
            );
            let told = session.run(&["rotate", "alice", "--status"]).expect(0, &[]).out;
            assert!(told.contains("both keys are in the file"), "{place}: {told}");
        }
    }
    assert!(made > 20, "{made}");
}
