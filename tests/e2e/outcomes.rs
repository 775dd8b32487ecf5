//! The playbooks of these tests against the real roles: `fixtures/outcomes` says what those made of each layout, and of the
//! tunnel.

use crate::ansible::{self, Ansible};
use crate::figures;
use crate::server::Server;
use crate::session::Session;
use crate::support::outcomes::{Case, cases};
use std::collections::BTreeMap;

/// Without `SPIN_KEYS_FULL`: a field of each kind that decides, and the tunnel with and without its keys.
const SOME: [&str; 6] = [
    "docker-home-alice",
    "docker-is-only-sudo-user",
    "single groups=[\"adm, sudo\"]",
    "single shell=bash",
    "single authorized_keys=[{public_key: \"@bob@\"}, {public_key: \"@bob@\", state: absent}]",
    "uid-octal",
];

/// The roles do more before the users than the playbook: these fail there, or their files come from elsewhere.
fn is_comparable(case: &Case) -> bool {
    let needs_more = ["https://", "file:", "{{", "{%"];
    case.first.is_empty() && !needs_more.iter().any(|word| case.text.contains(word))
}

fn chosen() -> Vec<Case> {
    let all = cases().into_iter().filter(is_comparable);
    if ansible::is_full() {
        return all.collect();
    }
    let some: Vec<Case> = all.filter(|case| SOME.contains(&case.name.as_str())).collect();
    assert_eq!(some.len(), SOME.len());
    some
}

/// Compares one layout; says what differs.
fn differs(ansible: &Ansible, case: &Case) -> Option<String> {
    let session = Session::new(&case.text);
    let server = Server::start(None, &session);
    let own_groups = if case.has_private_groups { "own_groups=yes" } else { "own_groups=" };
    let (well, said) = server.play(ansible, &session, "provision.yml", &[own_groups]);
    let names = |lines: &Vec<String>| lines.iter().map(|line| case.name_of(line)).collect::<Vec<_>>();
    let is_read = |name: &String| case.keys.contains_key(name);
    let accounts = server.accounts();
    let keys: BTreeMap<String, Vec<String>> =
        accounts.iter().filter(|(name, _)| is_read(name)).map(|(name, lines)| (name.clone(), names(lines))).collect();
    let measured: BTreeMap<String, Vec<String>> = case
        .keys
        .iter()
        .filter(|(name, _)| !case.is_of_the_system(name))
        .map(|(name, keys)| (name.clone(), keys.clone()))
        .collect();
    if keys != measured || well == case.fails {
        return Some(format!("is {keys:?}, went well: {well}\nwas {}\n{said}", case.measured()));
    }
    if !case.says_tunnel {
        return None;
    }
    let (well, said) = server.play(ansible, &session, "tunnel.yml", &[]);
    let told = well.then(|| names(&server.tunnel()));
    let measured = case.tunnel.clone().map(|keys| keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>());
    (told != measured).then(|| format!("the tunnel is {told:?}\nwas {measured:?}\n{said}"))
}

#[test]
fn the_playbooks_do_what_the_real_roles_did_with_each_field() {
    let Some(ansible) = ansible::versions().into_iter().find(|ansible| ansible.is_newest) else { return };
    let (cases, mut wrong) = (chosen(), Vec::new());
    for case in &cases {
        wrong.extend(differs(&ansible, case).map(|how| format!("{}: {how}", case.name)));
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
    figures::row(
        "layouts of `fixtures/outcomes`, with the tunnel, as the real roles did",
        &ansible,
        "new",
        cases.len(),
        0,
    );
}
