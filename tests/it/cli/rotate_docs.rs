//! `docs/rotating.md`: a real run. `SPIN_KEYS_WRITE_DOCS=1 cargo test --test it rotate_docs` writes it anew. Keys, days and
//! folders are others in each run, and are compared as such.

use super::readme::shell;
use super::rotate::{SSH, public};
use crate::session::{Session, fixtures, key};
use std::fs;

const CI: &str = "project/.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY";

/// The team of `fixtures/session`, with the pairs of alice and of CI on this machine.
fn project() -> Session {
    let session = Session::new("users: []\n");
    fs::create_dir(session.path("project/.infrastructure")).unwrap();
    session.run(&["add-user", "alice", "--comment", "alice@laptop", "--no-passphrase", "--yes"]).expect(0, &["wrote"]);
    session.run(&["add-deploy", "--comment", "ci", "--yes"]).expect(0, &["wrote"]);
    let team = fs::read_to_string(fixtures().join("session/team.yml")).unwrap();
    let ci = key("deploy").rsplit_once(' ').unwrap().0.to_owned() + " ci";
    let text = team.replace(&key("alice"), &public(&session, SSH)).replace(&ci, &public(&session, CI));
    assert!(!text.contains(&key("alice")) && !text.contains(&ci));
    session.write("project/.spin.yml", text);
    session
}

/// As on a terminal in `/home/alice/project`, with the answer typed.
fn run(session: &Session, line: &str) -> String {
    let secret = "SPIN_KEYS_PASSPHRASE=geheim\nexport SPIN_KEYS_PASSPHRASE\n";
    let line = if line.contains("--deploy") { line.to_owned() } else { format!("{secret}{line}") };
    let (_, shown) = shell(session, &line);
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let shown = shown.replace("[y/N] \n", "[y/N] y\n").replace(&format!("alice@{host}"), "alice@laptop");
    let real = |name: &str| session.path(name).canonicalize().unwrap().display().to_string();
    let (project, home) = (real("project"), real("home"));
    shown.replace(&project, "/home/alice/project").replace(&home, "/home/alice")
}

/// With one word for each fingerprint, key and day.
fn masked(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/".contains(c);
    let mut text = text.to_owned();
    for (start, is_of) in [
        ("SHA256:", &is_base64 as &dyn Fn(char) -> bool),
        ("AAAAC3NzaC1lZDI1NTE5AAAA", &is_base64),
        (".old-", &|c| c.is_ascii_digit() || c == '-'),
    ] {
        let parts: Vec<&str> = text.split(start).collect();
        let rest = parts[1..].iter().map(|part| part.trim_start_matches(is_of));
        text = std::iter::once(parts[0]).chain(rest).collect::<Vec<_>>().join("<>");
    }
    text
}

#[test]
fn the_page_on_rotating_is_a_real_run() {
    let path = fixtures().join("../docs/rotating.md");
    let page = fs::read_to_string(&path).unwrap();
    let session = project();
    let (mut made, mut commands) = (String::new(), 0);
    for (index, part) in page.split("```console\n").enumerate() {
        if index == 0 {
            made.push_str(part);
            continue;
        }
        let (block, rest) = part.split_once("```\n").unwrap();
        made.push_str("```console\n");
        for line in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            made.push_str(&format!("$ {line}\n{}", run(&session, line)));
            commands += 1;
        }
        made.push_str(&format!("```\n{rest}"));
    }
    // Other keys alone are no reason to write it.
    if std::env::var_os("SPIN_KEYS_WRITE_DOCS").is_some() && masked(&made) != masked(&page) {
        fs::write(&path, &made).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap();
    assert!(
        commands >= 6 && masked(&made) == masked(&page),
        "write it anew: SPIN_KEYS_WRITE_DOCS=1 cargo test --test it rotate_docs\n{made}"
    );
    let told = session.run(&["rotate", "alice", "--status"]).expect(0, &[]);
    assert!(
        told.out.contains("the old key is no longer present in the file, and the new one is in its place"),
        "{}",
        told.out
    );
}

#[test]
fn what_is_masked_are_keys_and_days_alone() {
    let line = "SHA256:abc+/ (ed25519) ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabc= x.old-2026-11-26-2.pub";
    assert_eq!(masked(line), "<> (ed25519) ssh-ed25519 <>= x<>.pub");
}
