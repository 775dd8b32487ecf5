//! Many runs at one time on one file: every key is there, once, and no run fails.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests make their own files")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod support;

use crate::support::figures::Figures;
use crate::support::session::{self, Ran, Session, with_alice};
use serde_json::json;
use serde_yaml::Value;
use spin_keys::vault::{Header, SALT_BYTES, Vault, seal};
use ssh_key::rand_core::OsRng;
use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const RUNS: usize = 100;
const PASSWORD: &str = "correct horse";
/// The documented time after which a run gives up.
const TIME_OUT: Duration = Duration::from_secs(60);

/// One at a time: each is to be measured, and has the machine to itself.
static ALONE: Mutex<BTreeMap<&str, [String; 2]>> = Mutex::new(BTreeMap::new());

/// A session with `RUNS` keys, `home/0.pub` and so on.
fn with_keys(sealed: bool) -> (Session, Vec<String>) {
    let plain = with_alice();
    let session = if sealed {
        let session = Session::new(seal(plain.as_bytes(), PASSWORD.as_bytes(), &[7; SALT_BYTES], Header::V1_1));
        session.write("project/.vault-password", PASSWORD);
        session
    } else {
        Session::new(plain)
    };
    let keys = (0..RUNS).map(|number| {
        let key = spin_keys::key::NewKey::ed25519(&mut OsRng, &format!("key-{number}")).unwrap();
        let line = key.public().to_line();
        session.write(&format!("home/{number}.pub"), &line);
        line.trim_end().to_owned()
    });
    let keys = keys.collect();
    (session, keys)
}

/// Starts all runs, waits for all; each has to succeed. The time for all, and of the slowest.
fn at_once(session: &Session, args: impl Fn(usize) -> Vec<String>) -> (Duration, Duration) {
    let start = Instant::now();
    let children: Vec<_> = (0..RUNS)
        .map(|number| {
            let args = args(number);
            let mut command = session.command(&args.iter().map(String::as_str).collect::<Vec<_>>());
            (Instant::now(), command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
        })
        .collect();
    let waiters = children.into_iter().map(|(start, child)| {
        std::thread::spawn(move || (Ran::of(child.wait_with_output().unwrap()), start.elapsed()))
    });
    let ended: Vec<_> = waiters.collect::<Vec<_>>().into_iter().map(|waiter| waiter.join().unwrap()).collect();
    let all = start.elapsed();
    let slowest = ended.into_iter().map(|(ran, time)| {
        ran.expect(0, &["wrote .spin.yml"]);
        time
    });
    let slowest = slowest.max().unwrap();
    assert!(slowest < TIME_OUT, "{slowest:?}");
    (all, slowest)
}

fn add_user(user: &str, number: usize) -> Vec<String> {
    let key = format!("../home/{number}.pub");
    ["add-user", user, "--key", &key, "--yes", "--create"].map(str::to_owned).to_vec()
}

/// The file as data.
fn data(session: &Session) -> Value {
    let bytes = session.read("project/.spin.yml");
    let plain = if bytes.starts_with(b"$ANSIBLE_VAULT") {
        Vault::parse(&bytes).unwrap().open(PASSWORD.as_bytes()).unwrap().to_vec()
    } else {
        bytes
    };
    serde_yaml::from_slice(&plain).unwrap()
}

/// All `public_key` of a user, sorted.
fn keys_of(user: &Value) -> Vec<String> {
    let keys = user["authorized_keys"].as_sequence().unwrap().iter();
    let mut keys: Vec<_> = keys.map(|key| key["public_key"].as_str().unwrap().to_owned()).collect();
    keys.sort();
    keys
}

fn sorted<'k>(keys: impl IntoIterator<Item = &'k String>) -> Vec<String> {
    let mut keys: Vec<_> = keys.into_iter().cloned().collect();
    keys.sort();
    keys
}

/// Nothing lies in the project but what was there.
#[track_caller]
fn no_leftovers(session: &Session, sealed: bool) {
    let names = std::fs::read_dir(session.path("project")).unwrap().map(|entry| entry.unwrap().file_name());
    let expected: &[&str] = if sealed { &[".spin.yml", ".vault-password"] } else { &[".spin.yml"] };
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, expected);
}

/// Adds a row to the figures: in each, nothing was lost and nobody failed.
fn figure(rows: &mut BTreeMap<&str, [String; 2]>, what: &'static str, times: (Duration, Duration)) {
    let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
    rows.insert(what, [seconds(times.0), seconds(times.1)]);
    let head = ["what", "processes at once", "seconds for all", "slowest process", "keys lost or twice", "failed"];
    let mut figures = Figures::new(&head);
    for (what, [all, slowest]) in rows {
        figures.row([json!(what), json!(RUNS), json!(all), json!(slowest), json!(0), json!(0)]);
        figures.count("processes", RUNS as u64);
    }
    figures.count("keys lost or twice", 0);
    figures.count("failed", 0);
    figures.write("concurrency");
}

fn another_key_each(what: &'static str, sealed: bool) {
    let mut rows = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (session, keys) = with_keys(sealed);
    let before = data(&session);
    let times = at_once(&session, |number| add_user("alice", number));
    let mut after = data(&session);
    let alice = session::key("alice");
    assert_eq!(keys_of(&after["users"][0]), sorted(keys.iter().chain([&alice])));
    // Without the new keys it is the file of before.
    after["users"][0]["authorized_keys"]
        .as_sequence_mut()
        .unwrap()
        .retain(|key| key["public_key"].as_str() == Some(&alice));
    assert_eq!(after, before);
    no_leftovers(&session, sealed);
    figure(&mut rows, what, times);
}

#[test]
fn a_hundred_runs_each_add_another_key_to_a_plain_file() {
    another_key_each("each adds a key, plain file", false);
}

#[test]
fn a_hundred_runs_each_add_another_key_to_an_encrypted_file() {
    another_key_each("each adds a key, encrypted file", true);
}

/// New users, more keys of alice, and the deploy user, all at once.
#[test]
fn a_hundred_runs_make_different_changes() {
    let mut rows = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (session, keys) = with_keys(false);
    let times = at_once(&session, |number| match number % 4 {
        0 => add_user("alice", number),
        1 => ["add-deploy", "--key", &format!("../home/{number}.pub"), "--yes"].map(str::to_owned).to_vec(),
        _ => add_user(&format!("user{number}"), number),
    });
    let after = data(&session);
    let of_turn =
        |turn: usize| keys.iter().enumerate().filter(move |(number, _)| number % 4 == turn).map(|(_, key)| key);
    let users = after["users"].as_sequence().unwrap();
    let alice = session::key("alice");
    assert_eq!(keys_of(&users[0]), sorted(of_turn(0).chain([&alice])));
    let deploy = after["docker_user"]["authorized_ssh_keys"].as_sequence().unwrap().iter();
    let deploy: Vec<_> = deploy.map(|key| key.as_str().unwrap().to_owned()).collect();
    assert_eq!(sorted(&deploy), sorted(of_turn(1)));
    assert_eq!(users.len(), 1 + RUNS / 2);
    for user in &users[1..] {
        let name = user["username"].as_str().unwrap();
        let number: usize = name.strip_prefix("user").unwrap().parse().unwrap();
        assert_eq!(keys_of(user), [keys[number].clone()], "{name}");
    }
    no_leftovers(&session, false);
    figure(&mut rows, "keys, new users and deploy keys, plain file", times);
}
