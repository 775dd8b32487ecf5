//! `revoke` to the login: a person who is logged in, the first key of a sudo user, a key of `docker_user`, the key of CI, and a
//! rotation. All on one server for each version of Ansible, on which everybody was provisioned before: each is one run of the
//! program on the file, and one provision brings them all. Doors are asked before it, after it, and after `--finish`.

use crate::ansible::{self, Ansible};
use crate::client::{Client, Open};
use crate::figures;
use crate::server::Server;
use crate::session::{Session, fixtures};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;

/// Who is on the server before, each with the names of their keys. Alice stays.
const PEOPLE: [(&str, &[&str]); 4] =
    [("alice", &["alice"]), ("bob", &["bob", "bob2"]), ("carol", &["carol", "carol2"]), ("dave", &["dave"])];
const CI: &str = "project/.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY";
const OLD_CI: &str = "keys/old-ci";

/// A key and a door that it is to lose.
struct Door {
    scenario: &'static str,
    key: &'static str,
    /// An account, or the tunnel.
    name: &'static str,
}

const TUNNEL: &str = "tunnel";

/// In the order of the scenarios.
const DOORS: [Door; 12] = [
    Door { scenario: "a person, logged in", key: "bob", name: "bob" },
    Door { scenario: "a person, logged in", key: "bob2", name: "bob" },
    Door { scenario: "a person, logged in", key: "bob", name: "deploy" },
    Door { scenario: "a person, logged in", key: "bob", name: TUNNEL },
    Door { scenario: "item 0 of a sudo user", key: "carol", name: "carol" },
    Door { scenario: "item 0 of a sudo user", key: "carol", name: "deploy" },
    Door { scenario: "item 0 of a sudo user", key: "carol", name: TUNNEL },
    Door { scenario: "a key of docker_user", key: "extra", name: "deploy" },
    Door { scenario: "the key of CI", key: OLD_CI, name: "deploy" },
    Door { scenario: "a rotation", key: "dave", name: "dave" },
    Door { scenario: "a rotation", key: "dave", name: "deploy" },
    Door { scenario: "a rotation", key: "dave", name: TUNNEL },
];

/// Whether the key and a colleague's get in by a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Answer {
    key: bool,
    colleague: bool,
}

struct Stage<'a> {
    ansible: &'a Ansible,
    session: &'a Session,
    server: &'a Server,
    client: Client<'a>,
}

impl Stage<'_> {
    /// Provisions, and makes the keys of the tunnel anew.
    fn provision(&self, variables: &[&str]) {
        let (well, said) = self.server.play(self.ansible, self.session, "both.yml", variables);
        assert!(well, "with {}:\n{said}", self.ansible.version);
    }

    /// The same with the public key in the CI folder, as `spin configure gha` passes it.
    fn configure_gha(&self) {
        self.provision(&[&json!({ "deploy_public_key": line(self.session, CI) }).to_string()]);
    }

    /// Asks at every door.
    fn ask(&self) -> Vec<Answer> {
        let tunnel: BTreeSet<String> = self.server.tunnel().iter().map(|line| blob(line)).collect();
        let is_open = |door: &str, key: &str| match door {
            TUNNEL => tunnel.contains(&blob(&line(self.session, key))),
            account => self.client.is_let_in(account, &path(key)),
        };
        // Alice, who stays, at her own account, at deploy and in the tunnel.
        let alice = ["alice", "deploy", TUNNEL].map(|door| (door, is_open(door, "alice")));
        let colleague = |door: &str| alice.iter().find(|(name, _)| *name == door).unwrap_or(&alice[0]).1;
        DOORS.iter().map(|door| Answer { key: is_open(door.name, door.key), colleague: colleague(door.name) }).collect()
    }

    /// Revokes without a terminal; what the program says.
    fn revoke(&self, args: &[&str]) -> String {
        self.session.run(&[&["revoke", "--yes"], args].concat()).expect(0, &["wrote .spin.yml"]).err
    }

    /// The session of before is still there; the command that is left to do ends it.
    fn end(&self, mut open: Open, left: &str) {
        assert!(open.answers("still here"), "the session ended by itself");
        let at = left.find("pkill -KILL -u bob").unwrap_or_else(|| panic!("{left}"));
        let command = left[at..].lines().next().unwrap();
        let killed = self.server.run("sh", &["-c", command]);
        assert_eq!(killed.code, Some(0), "{killed:#?}");
        assert!(!open.answers("and now"), "the session outlived {command}");
    }
}

/// The private key of this name, or at this path of the session. Those of the team are not in the home, where they would be
/// those of the person at the keyboard.
fn path(key: &str) -> String {
    if key.contains('/') { key.to_owned() } else { format!("keys/{key}") }
}

fn line(session: &Session, key: &str) -> String {
    String::from_utf8(session.read(&format!("{}.pub", path(key)))).unwrap().trim().to_owned()
}

fn blob(line: &str) -> String {
    line.split(' ').find(|word| word.starts_with("AAAA")).unwrap().to_owned()
}

fn pair(session: &Session, key: &str) {
    let to = session.path(&path(key));
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let comment = format!("{}@laptop", to.file_name().unwrap().display());
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-C", &comment, "-f", &to.display().to_string()]);
}

/// The file before, and all keys.
fn session() -> Session {
    let session = Session::new("");
    for key in PEOPLE.iter().flat_map(|(_, keys)| *keys).chain(&["extra", CI, "dave2"]) {
        pair(&session, key);
    }
    let item = |key: &&str| format!("      - public_key: \"{}\"\n", line(&session, key));
    let user = |(name, keys): &(&str, &[&str])| {
        let keys: String = keys.iter().map(item).collect();
        format!("  - username: {name}\n    groups: ['sudo']\n    authorized_keys:\n{keys}")
    };
    let users: String = PEOPLE.iter().map(user).collect();
    let docker =
        format!("docker_user:\n  username: deploy\n  authorized_ssh_keys:\n    - \"{}\"\n", line(&session, "extra"));
    let text = fs::read_to_string(fixtures().join("e2e/template.yml")).unwrap();
    session
        .write("project/.spin.yml", text.replacen("\nusers:\n", &format!("\nusers:\n{users}"), 1) + "\n\n" + &docker);
    session
}

/// One step of a rotation; the old key is on the servers, the new one in a file.
fn rotate(session: &Session, more: &[&str]) {
    let [old, new] = ["dave", "dave2"].map(|key| session.path(&format!("{}.pub", path(key))).display().to_string());
    let args = ["rotate", "dave", "--key", &new, "--old", &old, "--yes"];
    session.run(&[&args, more].concat()).expect(0, &["wrote .spin.yml"]);
}

/// A new pair in the CI folder; the old one goes where nothing uploads it.
fn renew_ci(session: &Session) {
    for end in ["", ".pub"] {
        fs::rename(session.path(&format!("{CI}{end}")), session.path(&format!("{OLD_CI}{end}"))).unwrap();
    }
    pair(session, CI);
}

/// All scenarios with one version; gives a row of the table for each door.
fn play(ansible: &Ansible) -> Vec<String> {
    let session = session();
    let server = Server::start(None, &session);
    let stage = Stage { ansible, session: &session, server: &server, client: Client::new(&server, &session) };
    stage.configure_gha();
    renew_ci(&session);
    let before = stage.ask();
    let open = stage.client.open("bob", &path("bob"));

    rotate(&session, &[]);
    let left = stage.revoke(&["bob"]);
    stage.revoke(&["carol@laptop"]);
    stage.revoke(&["extra@laptop"]);
    stage.revoke(&["--deploy", &session.path(&format!("{OLD_CI}.pub")).display().to_string()]);
    rotate(&session, &["--finish"]);
    stage.provision(&[]);
    let after = stage.ask();
    stage.end(open, &left);

    session.run(&["revoke", "--finish", "--yes"]).expect(0, &["wrote .spin.yml"]);
    stage.configure_gha();
    let finished = stage.ask();
    for (account, key) in
        [("carol", "carol2"), ("deploy", "carol2"), ("dave", "dave2"), ("deploy", "dave2"), ("deploy", CI)]
    {
        stage.client.logs_in(account, &path(key));
    }
    figures::row(
        "`revoke`: a person, item 0, docker_user, CI, a rotation",
        ansible,
        "provisioned before",
        DOORS.len(),
        stage.client.tried(),
    );
    let answers = before.iter().zip(after.iter().zip(&finished));
    DOORS
        .iter()
        .zip(answers)
        .map(|(door, (before, (after, finished)))| row(ansible, door, *before, *after, *finished))
        .collect()
}

/// A row of the table. The tunnel closes with `--finish`, accounts before it.
fn row(ansible: &Ansible, door: &Door, before: Answer, after: Answer, finished: Answer) -> String {
    let word = |is_in: bool| if is_in { "accepted" } else { "refused" };
    let last = if door.name == TUNNEL { finished.key } else { after.key || finished.key };
    let colleague = before.colleague && after.colleague && finished.colleague;
    let Door { scenario, key, name } = door;
    let key = key.rsplit('/').next().unwrap();
    format!(
        "| {scenario} | {} | {name} by {key} | {} | {} | {} |",
        ansible.version,
        word(before.key),
        word(last),
        word(colleague)
    )
}

fn all_doors_close(is_newest: bool) {
    let Some(ansible) = ansible::versions().into_iter().find(|ansible| ansible.is_newest == is_newest) else { return };
    let rows = play(&ansible);
    let head = "| scenario | ansible | door | before | after | colleague |\n|---|---|---|---|---|---|\n";
    // Past the capture of the test harness.
    writeln!(std::io::stderr(), "\n{head}{}", rows.join("\n")).ok();
    assert_eq!(rows.len(), 12);
    let wrong: Vec<&String> = rows.iter().filter(|row| !row.ends_with("| accepted | refused | accepted |")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_revoked_is_refused_and_a_colleague_is_not() {
    all_doors_close(true);
}

#[test]
fn what_is_revoked_is_refused_and_a_colleague_is_not_with_2_18() {
    all_doors_close(false);
}
