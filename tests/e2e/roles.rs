//! The playbook of these tests against the real roles: `fixtures/access` says what those made of each layout.

use crate::ansible::{self, Ansible};
use crate::figures;
use crate::measured::Measured;
use crate::server::Server;
use crate::session::{Session, fixtures};
use std::fs;
use std::path::{Path, PathBuf};

/// Without `SPIN_KEYS_FULL`: each way in which a run fails on something missing, and what is easily done otherwise than
/// the roles do it.
const SOME: [&str; 6] = [
    "docker-user-without-username",
    "docs-authorized-ssh-keys-sudo",
    "groups-missing-middle",
    "key-state-absent-first",
    "present-then-absent",
    "users-mapping",
];

fn cases() -> Vec<PathBuf> {
    let folder = fixtures().join("access");
    if !ansible::is_full() {
        return SOME.iter().map(|name| folder.join(name)).collect();
    }
    let mut cases: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// Compares one layout; says what differs.
fn differs(ansible: &Ansible, case: &Path) -> Option<String> {
    let measured = Measured::of(case);
    let session = Session::new(fs::read(case.join("in.yml")).unwrap());
    let server = Server::start(None, &session);
    let (well, said) = server.provision(ansible, &session);
    let accounts = server.accounts();
    if !ansible.is_newest && measured.differs {
        // What 2.18 did instead is kept in words alone.
        return (accounts == measured.accounts && well != measured.fails).then(|| format!("2.18 is to differ\n{said}"));
    }
    let same = accounts == measured.accounts && well != measured.fails;
    (!same).then(|| format!("is {accounts:#?}\nwas {:#?}\nfails {}\n{said}", measured.accounts, measured.fails))
}

fn compare(is_newest: bool) {
    let Some(ansible) = ansible::versions().into_iter().find(|ansible| ansible.is_newest == is_newest) else { return };
    let (cases, mut wrong) = (cases(), Vec::new());
    for case in &cases {
        if let Some(how) = differs(&ansible, case) {
            wrong.push(format!("{} with {}: {how}", case.file_name().unwrap().display(), ansible.version));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
    figures::row("layouts of `fixtures/access`, as the real roles did", &ansible, "new", cases.len(), 0);
}

#[test]
fn the_playbook_does_what_the_real_roles_did() {
    compare(true);
}

#[test]
fn the_playbook_does_what_the_real_roles_did_with_2_18() {
    compare(false);
}
