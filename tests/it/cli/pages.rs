//! The pages of `docs/`: each session in them is a real run, in the order of the page, and each other command runs.
//! `SPIN_KEYS_WRITE_DOCS=1 cargo test --test it pages` writes the sessions anew. Keys, days, folders and the digits of
//! masks are others in each run, and are compared as such. Of Spin itself only the names of its commands are there.

use super::readme::shell;
use super::rotate::{CI, SSH, public};
use crate::session::{Session, fixtures, key};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

/// A page, the project it begins with, and how many commands it has at least.
struct Page {
    path: &'static str,
    project: fn() -> Session,
    least: usize,
}

const PAGES: [Page; 8] = [
    Page { path: "quickstart.md", project: empty, least: 8 },
    Page { path: "adding.md", project: example, least: 6 },
    Page { path: "github-actions.md", project: begun, least: 4 },
    Page { path: "access.md", project: unread, least: 6 },
    Page { path: "encrypted.md", project: secret, least: 5 },
    Page { path: "offboarding.md", project: team, least: 4 },
    Page { path: "rotating.md", project: team_with_pairs, least: 6 },
    Page { path: "json.md", project: example, least: 2 },
];

/// `spin`, as far as the pages name it: what it does on servers and at GitHub, no test can do.
const SPIN: &str = r#"#!/bin/sh
case "$1" in
  init) cp "$SPIN_EXAMPLE" .spin.yml ;;
  provision | deploy | "configure") ;;
  *) echo "what is spin $1?" >&2; exit 1 ;;
esac
"#;

fn empty() -> Session {
    let session = Session::new("");
    fs::remove_file(session.path("project/.spin.yml")).unwrap();
    fs::create_dir_all(session.path("project/.infrastructure")).unwrap();
    session
}

fn with_file(name: &str) -> Session {
    let session = empty();
    session.write("project/.spin.yml", fs::read(fixtures().join("session").join(name)).unwrap());
    for entry in fs::read_dir(fixtures().join("keys")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        session.write(&format!("project/keys/{name}"), fs::read(&path).unwrap());
    }
    session
}

fn example() -> Session {
    with_file(".spin.yml")
}

fn team() -> Session {
    with_file("team.yml")
}

/// In git, and with somebody in the file.
fn begun() -> Session {
    let session = example();
    let done = Command::new("git").args(["init", "-q", "-b", "main"]).current_dir(session.path("project")).status();
    assert!(done.unwrap().success());
    session
}

/// As Spin's own documentation leads to it.
fn unread() -> Session {
    with_file("unread.yml")
}

/// A file that is to be encrypted.
fn secret() -> Session {
    let session = begun();
    session.write("project/.vault-password", "correct horse\n");
    session.write("project/.gitignore", ".vault-password\n/keys/\n");
    session
}

/// With the pairs of alice and of CI on this machine.
fn team_with_pairs() -> Session {
    let session = empty();
    session.write("project/.spin.yml", "users: []\n");
    session.run(&["add-user", "alice", "--comment", "alice@laptop", "--no-passphrase", "--yes"]).expect(0, &["wrote"]);
    session.run(&["add-deploy", "--comment", "ci", "--yes"]).expect(0, &["wrote"]);
    let team = fs::read_to_string(fixtures().join("session/team.yml")).unwrap();
    let ci = key("deploy").rsplit_once(' ').unwrap().0.to_owned() + " ci";
    let text = team.replace(&key("alice"), &public(&session, SSH)).replace(&ci, &public(&session, CI));
    assert!(!text.contains(&key("alice")) && !text.contains(&ci));
    session.write("project/.spin.yml", text);
    session
}

/// The folder of `ansible-vault`.
fn ansible() -> Option<PathBuf> {
    std::env::var_os("SPIN_KEYS_ANSIBLE").map(PathBuf::from)
}

/// As on a terminal in `/home/alice/project`, with the answer typed; whether it succeeded, and what is shown.
fn run(session: &Session, line: &str) -> (bool, String) {
    let stub = session.write("bin/spin", SPIN);
    fs::set_permissions(stub, PermissionsExt::from_mode(0o755)).unwrap();
    let mut path = vec![session.path("bin")];
    path.extend(ansible());
    let path: Vec<String> = path.iter().map(|folder| folder.display().to_string()).collect();
    let example = fixtures().join("session/init.yml").canonicalize().unwrap();
    let secret = if line.contains("deploy") { "" } else { "export SPIN_KEYS_PASSPHRASE=geheim\n" };
    let script = format!("PATH={}:$PATH\nexport SPIN_EXAMPLE='{}'\n{secret}{line}", path.join(":"), example.display());
    let (done, shown) = shell(session, &script);
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let user = format!("@{host}");
    let shown = shown.replace("[y/N] \n", "[y/N] y\n").replace(&user, "@laptop").replace("root@laptop", "alice@laptop");
    let real = |name: &str| session.path(name).canonicalize().unwrap().display().to_string();
    let (project, home) = (real("project"), real("home"));
    (done, shown.replace(&project, "/home/alice/project").replace(&home, "/home/alice"))
}

/// With one word for each fingerprint, key, day, commit and mask.
fn masked(text: &str) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/".contains(c);
    let mut text = text.to_owned();
    for (start, is_of) in [
        ("SHA256:", &is_base64 as &dyn Fn(char) -> bool),
        ("AAAAC3NzaC1lZDI1NTE5AAAA", &is_base64),
        (".old-", &|c| c.is_ascii_digit() || c == '-'),
        ("******** ", &|c: char| c.is_ascii_hexdigit()),
        ("index ", &|c: char| c.is_ascii_hexdigit() || c == '.'),
    ] {
        let parts: Vec<&str> = text.split(start).collect();
        let rest = parts[1..].iter().map(|part| part.trim_start_matches(is_of));
        text = std::iter::once(parts[0]).chain(rest).collect::<Vec<_>>().join("<>");
    }
    text
}

/// The page with its sessions from this run, and how many commands it has.
fn made(page: &Page, text: &str) -> (String, usize) {
    let session = (page.project)();
    let (mut made, mut commands, mut rest) = (String::new(), 0, text);
    while let Some(at) = rest.find("```") {
        let (before, block) = rest.split_at(at);
        let (language, after) = block[3..].split_once('\n').unwrap();
        let (body, after) = after.split_once("```\n").unwrap_or_else(|| panic!("{}: a block without end", page.path));
        made.push_str(&format!("{before}```{language}\n"));
        match language {
            "console" => {
                for line in body.lines().filter_map(|line| line.strip_prefix("$ ")) {
                    made.push_str(&format!("$ {line}\n{}", run(&session, line).1));
                    commands += 1;
                }
            }
            "sh" => {
                for line in body.lines() {
                    let (done, shown) = run(&session, line);
                    assert!(done, "{}: `{line}` failed:\n{shown}", page.path);
                    made.push_str(&format!("{line}\n"));
                    commands += 1;
                }
            }
            "text" | "yaml" | "json" => made.push_str(body),
            other => panic!("{}: a block of {other:?}", page.path),
        }
        made.push_str("```\n");
        rest = after;
    }
    made.push_str(rest);
    (made, commands)
}

#[test]
fn pages_are_real_runs() {
    for page in &PAGES {
        if page.path == "encrypted.md" && ansible().is_none() {
            crate::session::skipped("there is no ansible-vault to encrypt the file of docs/encrypted.md");
            continue;
        }
        let path = fixtures().join("../docs").join(page.path);
        let text = fs::read_to_string(&path).unwrap();
        let (made, commands) = made(page, &text);
        // Other keys alone are no reason to write it.
        if std::env::var_os("SPIN_KEYS_WRITE_DOCS").is_some() && masked(&made) != masked(&text) {
            fs::write(&path, &made).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(commands >= page.least, "{}: {commands} commands", page.path);
        assert!(
            masked(&made) == masked(&text),
            "write {} anew: SPIN_KEYS_WRITE_DOCS=1 cargo test --test it pages\n{made}",
            page.path
        );
    }
}

#[test]
fn what_is_masked_are_keys_days_and_digits_alone() {
    let line =
        "SHA256:abc+/ (ed25519) ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabc= x.old-2026-11-26-2.pub ******** 0a1b2c";
    assert_eq!(masked(line), "<> (ed25519) ssh-ed25519 <>= x<>.pub <>");
}
