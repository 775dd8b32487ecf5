//! The servers on which each scenario is played: a new one, and one that was provisioned before.

use crate::ansible::{self, Ansible};
use crate::client::Client;
use crate::figures;
use crate::measured::{Accounts, Told};
use crate::server::Server;
use crate::session::{Session, fixtures};
use spin_keys::vault::{Header, SALT_BYTES, seal};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const PASSWORD: &str = "correct horse";
/// The key of the colleague who provisioned the server before.
pub(crate) const BOB: &str = "home/.ssh/bob";

pub(crate) struct Scenario<'a> {
    pub(crate) name: &'a str,
    /// With Ansible Vault.
    pub(crate) encrypted: bool,
    /// What is done to the file, before it is brought to the server.
    pub(crate) change: fn(&Session),
    /// What is so on the server, then.
    pub(crate) then: fn(&Client<'_>),
}

impl Scenario<'_> {
    /// Plays it with each version of Ansible on both servers; without `SPIN_KEYS_FULL` with each version on one of them,
    /// which of the two in turns.
    pub(crate) fn play(&self) {
        let turn = self.name.len().is_multiple_of(2);
        let has_turn = |ansible: &Ansible, is_new: bool| ansible::is_full() || (ansible.is_newest == turn) == is_new;
        for ansible in ansible::versions() {
            if has_turn(&ansible, true) {
                self.on("new", &ansible, None);
            }
            if has_turn(&ansible, false) {
                self.on("provisioned before", &ansible, Some(Before::with(&ansible)));
            }
        }
    }

    fn on(&self, stage: &str, ansible: &Ansible, before: Option<&Before>) {
        let session = self.session(before);
        (self.change)(&session);
        let server = Server::start(before.map(|before| before.tar.as_path()), &session);
        let (well, said) = server.provision(ansible, &session);
        assert!(well, "{} on a server {stage}, with {}:\n{said}", self.name, ansible.version);
        let compared = compare(&session, &server, before.is_some());

        let client = Client::new(&server, &session);
        (self.then)(&client);
        if before.is_some() {
            client.logs_in("bob", BOB);
            client.is_refused("root", BOB);
        }
        figures::row(self.name, ansible, stage, compared, client.tried());
    }

    /// The file as it is before the change: as Spin ships it, or as bob left it.
    fn session(&self, before: Option<&Before>) -> Session {
        let text = before.map_or_else(template, |before| before.file.clone());
        let text = if self.encrypted {
            seal(text.as_bytes(), PASSWORD.as_bytes(), &[7; SALT_BYTES], Header::V1_1)
        } else {
            text
        };
        let session = Session::new(text);
        if self.encrypted {
            session.write("project/.vault-password", format!("{PASSWORD}\n"));
        }
        if let Some(before) = before {
            private(&session.write(BOB, &before.key));
        }
        session
    }
}

fn template() -> String {
    fs::read_to_string(fixtures().join("e2e/template.yml")).unwrap()
}

fn private(path: &Path) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// `list` against the files on the server; gives the number of accounts. Where there was something before, the new
/// keys stand behind the old ones, and the order is that of the runs.
#[track_caller]
fn compare(session: &Session, server: &Server, was_before: bool) -> usize {
    let told = Told::of(session);
    assert!(told.unknown.is_empty() && !told.ends, "{:?}", told.unknown);
    let real = server.accounts();
    if was_before {
        assert_eq!(sets(&told.accounts), sets(&real));
    } else {
        assert_eq!(told.accounts, real);
    }
    real.len()
}

fn sets(accounts: &Accounts) -> Vec<(&String, BTreeSet<&String>)> {
    accounts.iter().map(|(name, lines)| (name, lines.iter().collect())).collect()
}

/// A server on which bob is already, by one version of Ansible.
pub(crate) struct Before {
    tar: PathBuf,
    /// The `.spin.yml` that made it.
    file: String,
    /// Bob's private key.
    key: Vec<u8>,
}

impl Before {
    /// Made once for each version.
    fn with(ansible: &Ansible) -> &'static Self {
        static NEWEST: OnceLock<Before> = OnceLock::new();
        static OTHER: OnceLock<Before> = OnceLock::new();
        let cell = if ansible.is_newest { &NEWEST } else { &OTHER };
        cell.get_or_init(|| Self::make(ansible))
    }

    fn make(ansible: &Ansible) -> Self {
        let session = Session::new(template());
        fs::create_dir(session.path("home/.ssh")).unwrap();
        add(&session, &["add-user", "bob"], BOB);
        let server = Server::start(None, &session);
        let (well, said) = server.provision(ansible, &session);
        assert!(well, "{said}");
        let tar = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("server-{}.tar", ansible.version));
        server.keep(&tar);
        Self { tar, file: session.file(), key: session.read(BOB) }
    }
}

/// Runs spin-keys on the session's file, with a new key at `key`.
#[track_caller]
pub(crate) fn add(session: &Session, command: &[&str], key: &str) {
    fs::create_dir_all(session.path(key).parent().unwrap()).unwrap();
    let path = session.path(key).display().to_string();
    let more = ["--generate", &path, "--no-passphrase", "--yes"];
    session.run(&[command, &more].concat()).expect(0, &["can log in with", "wrote .spin.yml"]);
}
