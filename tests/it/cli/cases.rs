//! `fixtures/cases`: files of which two commands once said two things, or one of them something that a server does not do.
//!
//! `access/` for edits, `list` and `check`; `review/` pairs; `files/` how they are shown. What is right follows from the
//! runs of the real roles in `fixtures/access`.

use super::check::json;
use crate::session::{Ran, Session, fixtures, key, with_alice};
use serde_json::{Value, json};
use std::fs;

pub(super) fn case(name: &str) -> String {
    fs::read_to_string(fixtures().join("cases").join(name)).unwrap()
}

fn access(name: &str) -> Session {
    Session::new(case(&format!("access/{name}.yml")))
}

/// The path of a file of the cases, or of a key.
pub(super) fn path(name: &str) -> String {
    let own = fixtures().join("cases/access").join(format!("{name}.pub"));
    let path = if own.exists() { own } else { fixtures().join("keys").join(format!("{name}.pub")) };
    path.display().to_string()
}

pub(super) fn fingerprint(name: &str) -> String {
    let line = fs::read_to_string(path(name)).unwrap();
    spin_keys::key::describe(line.trim()).unwrap().fingerprint.unwrap()
}

fn list(session: &Session) -> Value {
    json(&session.run(&["list", "--format", "json"]).expect(0, &[]))
}

fn check(session: &Session) -> Value {
    json(&session.run(&["check", "--format", "json"]))
}

/// `CODE SEVERITY LINE` of each finding.
pub(super) fn findings(told: &Value) -> Vec<String> {
    let line = |it: &Value| {
        format!("{} {} {}", it["code"].as_str().unwrap(), it["severity"].as_str().unwrap(), it["place"]["line"])
    };
    told.as_array().unwrap().iter().map(line).collect()
}

/// Whether this key lets somebody in as that account, by `list`: itself, or by certificates that it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lets {
    In,
    CertificatesIn,
    Nobody,
}

fn gets_in(told: &Value, account: &str, fingerprint: &str) -> bool {
    lets(told, account, fingerprint) == Lets::In
}

fn lets(told: &Value, account: &str, fingerprint: &str) -> Lets {
    let accounts = told["accounts"].as_array().unwrap().iter().filter(|it| it["account"] == account);
    let keys = accounts.flat_map(|it| it["keys"].as_array().unwrap());
    let mut keys = keys.filter(|it| it["key"]["fingerprint"] == fingerprint && it["lets_in"] == true);
    match keys.next() {
        Some(key) if key["reason"].is_null() => Lets::In,
        Some(_) => Lets::CertificatesIn,
        None => Lets::Nobody,
    }
}

/// Where a row of an edit and `list` of the file after it contradict each other.
fn contradiction(rows: &Value, after: &Value) -> Option<String> {
    rows.as_array().unwrap().iter().find_map(|row| {
        let says = match row["kind"].as_str().unwrap() {
            "key_gained" => Lets::In,
            "signer_gained" => Lets::CertificatesIn,
            "key_without_effect" | "key_lost" => Lets::Nobody,
            _ => return None,
        };
        let fingerprint = row["key"]["fingerprint"].as_str()?;
        let is = lets(after, row["account"].as_str().unwrap(), fingerprint);
        (says != is).then(|| format!("the edit: {row:#}\nlist: {}", after["accounts"]))
    })
}

#[test]
fn what_an_edit_says_is_what_list_says_of_the_file_after_it() {
    let mut wrong = Vec::new();
    let mut judge = |name: &str, session: &Session, args: &[&str]| {
        let edit = json(&session.run(&[args, &["--yes", "--format", "json"]].concat()).expect(0, &[]));
        let rows = &edit["review"]["changes"];
        wrong.extend(contradiction(rows, &list(session)).map(|what| format!("{name}: {what}")));
        rows.as_array().unwrap().len()
    };
    for case in super::fixtures::cases("edit") {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        let args = super::fixtures::args(&case);
        judge(super::fixtures::name(&case), &session, &super::fixtures::with(&args, &[]));
    }
    let mut rows = 0;
    for name in [
        "broken-elsewhere",
        "broken-later",
        "expired-base",
        "second-entry-absent",
        "said-to-fail-and-does-not",
        "null-item",
    ] {
        for key in ["ecdsa", "expired", "cert-authority"] {
            for user in ["alice", "bob", "newcomer"] {
                let there = case(&format!("access/{name}.yml")).contains(&format!("username: {user}"));
                // Her key is in the file, with other options.
                if user == "alice" && key != "ecdsa" {
                    continue;
                }
                let create: &[&str] = if there { &[] } else { &["--create"] };
                rows += judge(name, &access(name), &[&["add-user", user, "--key", &path(key)], create].concat());
            }
        }
    }
    assert!(rows > 40, "{rows}");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_judge_of_edits_and_list_sees_each_difference() {
    let row = |kind: &str| json!([{ "kind": kind, "account": "alice", "key": { "fingerprint": "SHA256:a" } }]);
    let told = |lets_in: bool| json!({ "accounts": [{ "account": "alice", "keys": [{ "key": { "fingerprint": "SHA256:a" }, "lets_in": lets_in }] }] });
    let nobody = json!({ "accounts": [{ "account": "bob", "keys": [] }] });
    assert_eq!(contradiction(&row("key_gained"), &told(true)), None);
    assert_eq!(contradiction(&row("key_without_effect"), &told(false)), None);
    assert_eq!(contradiction(&row("key_without_effect"), &nobody), None);
    assert!(contradiction(&row("key_gained"), &told(false)).is_some());
    assert!(contradiction(&row("key_gained"), &nobody).is_some());
    for kind in ["key_without_effect", "signer_gained", "key_lost"] {
        assert!(contradiction(&row(kind), &told(true)).is_some(), "{kind}");
    }
    let mut signs = told(true);
    signs["accounts"][0]["keys"][0]["reason"] = json!("only certificates");
    assert_eq!(contradiction(&row("signer_gained"), &signs), None);
    assert!(contradiction(&row("key_gained"), &signs).is_some());
    assert!(contradiction(&row("signer_gained"), &told(false)).is_some());
}

/// `add-user` without writing, as text.
fn add(session: &Session, user: &str, key: &str) -> Ran {
    session.run(&["add-user", user, "--key", &path(key), "--dry-run"])
}

#[test]
fn a_run_that_fails_elsewhere_is_said() {
    let session = access("broken-elsewhere");
    let ran = add(&session, "alice", "ecdsa").expect(
        0,
        &[
            "warning: line 5: bob has `groups` as a string",
            "alice cannot log in with SHA256:",
            "the key is in the file, and does not work: `spin provision` fails (line 5): bob has `groups` as a string [SK211]",
        ],
    );
    assert!(!ran.err.contains("alice can log in with"), "{}", ran.err);
    let told = list(&session);
    assert_eq!((&told["failure"]["code"], &told["failure"]["place"]["line"]), (&json!("SK211"), &json!(5)));
    assert_eq!(findings(&check(&session)["findings"]), ["SK211 error 5"]);
    assert!(!gets_in(&told, "alice", &fingerprint("alice")));
}

#[test]
fn a_key_that_is_installed_before_the_run_fails_lets_in() {
    let session = access("broken-later");
    let told = list(&session);
    assert_eq!(told["failure"]["code"], "SK501");
    assert!(gets_in(&told, "alice", &fingerprint("alice")) && !gets_in(&told, "bob", &fingerprint("bob")));
    assert_eq!(findings(&check(&session)["findings"]), ["SK501 error 12"]);
}

#[test]
fn what_sshd_refuses_is_not_said_to_let_anyone_in() {
    let session = access("expired-base");
    let ran = add(&session, "bob", "expired").expect(
        0,
        &[
            "bob cannot log in with SHA256:",
            "the key is in the file, and does not work: sshd refuses it: its expiry-time has passed [SK417]",
        ],
    );
    assert!(!ran.err.contains("can log in with") || ran.err.contains("cannot log in with"), "{}", ran.err);
    let ran = add(&session, "bob", "cert-authority")
        .expect(0, &["bob lets in anyone with a certificate signed by SHA256:", "[SK425]"]);
    assert!(!ran.err.contains("can log in"), "{}", ran.err);
    // A key that sshd takes: the same line without options.
    add(&session, "bob", "alice").expect(0, &["bob can log in with SHA256:", "access gained by 1 key"]);
}

#[test]
fn a_second_entry_that_is_absent_is_one_failure_for_all() {
    let session = access("second-entry-absent");
    let told = list(&session);
    assert_eq!((&told["failure"]["code"], &told["failure"]["place"]["line"]), (&json!("SK208"), &json!(12)));
    session.run(&["check"]).expect(1, &[]);
    assert_eq!(findings(&check(&session)["findings"]), ["SK208 error 12"]);
    assert!(!gets_in(&told, "carol", &fingerprint("carol")));
    // The reason says what ends the run, and not what would happen to two entries that are present.
    let reason = told["failure"]["message"].as_str().unwrap();
    assert!(reason.contains("removes the account before its keys are installed"), "{reason}");
    // Two entries that are present are no failure.
    let session = Session::new(case("access/second-entry-absent.yml").replace("    state: absent\n", ""));
    assert_eq!(list(&session)["failure"], Value::Null);
    assert_eq!(findings(&check(&session)["findings"]), ["SK208 warning 12", "SK223 note 12"]);
}

#[test]
fn what_ansibles_module_takes_does_not_fail_the_run() {
    // sshd takes empty options.
    let text = case("access/said-to-fail-and-does-not.yml");
    let session = Session::new(text.clone());
    assert_eq!((&list(&session)["failure"], &check(&session)["findings"]), (&Value::Null, &json!([])));
    let session = Session::new(text.replace("restrict,,", "restrict,x,"));
    let told = list(&session);
    assert_eq!(told["failure"], Value::Null);
    let found = check(&session);
    assert_eq!(findings(&found["findings"]), ["SK416 error 10"]);
    assert!(!found["findings"][0]["effect"].as_str().unwrap().contains("fails"), "{found}");
    add(&session, "alice", "ecdsa").expect(0, &["alice can log in with SHA256:"]);
}

#[test]
fn a_null_key_is_one_finding_and_no_failure() {
    let session = access("null-item");
    assert_eq!(list(&session)["failure"], Value::Null);
    let found = check(&session);
    assert_eq!(findings(&found["findings"]), ["SK402 error 10"]);
    // With ansible-core 2.18 it does.
    let effect = found["findings"][0]["effect"].as_str().unwrap();
    assert!(effect.starts_with("Spin installs nothing for it, and reports no error"), "{effect}");
}

#[test]
fn who_gets_a_key_of_a_deploy_user_with_a_template_as_its_name_is_unknown() {
    let deploy = format!("docker_user:\n  username: \"{{{{ name }}}}\"\n  authorized_ssh_keys: [\"{}\"]\n", key("bob"));
    let told = list(&Session::new(with_alice() + &deploy));
    let keys: Vec<_> = told["not_installed"].as_array().unwrap().iter().map(|key| key["reason"].to_string()).collect();
    assert!(keys.len() == 1 && keys[0].contains("known only to Ansible"), "{told:#}");
}

#[test]
fn keys_of_an_absent_user_end_no_run_and_are_no_findings() {
    let session = access("keys-of-an-absent-user");
    assert_eq!(list(&session)["failure"], Value::Null);
    let told = check(&session);
    let errors = findings(&told["findings"]).into_iter().filter(|finding| finding.contains(" error "));
    assert_eq!(errors.collect::<Vec<_>>(), [""; 0], "{told:#}");
    // In sudo, the first of them opens the deploy account.
    let text = session.file();
    let session = Session::new(text.replace("groups: []", "groups: ['sudo']"));
    assert!(findings(&check(&session)["findings"]).iter().any(|finding| finding.starts_with("SK501")));
}

#[test]
fn a_key_that_becomes_present_and_does_not_work_is_said() {
    let session = Session::new(with_alice().replace(
        "authorized_keys:",
        &format!("authorized_keys:\n      - {{public_key: 'expiry-time=\"20200101\" {}', state: absent}}", key("bob")),
    ));
    let ran =
        add(&session, "alice", "bob").expect(0, &["alice cannot log in with", "its expiry-time has passed [SK417]"]);
    assert!(ran.out.contains("state: present"), "{ran:#?}");
}

#[test]
fn a_signer_in_the_file_is_not_the_plain_key_that_was_asked_for() {
    let signer = format!("cert-authority {}", key("bob"));
    let text = with_alice().replace("authorized_keys:", &format!("authorized_keys:\n      - public_key: '{signer}'"));
    let session = Session::new(text);
    let offered = "alice has different options on SHA256:";
    let said = add(&session, "alice", "bob").expect(0, &[offered, "before: cert-authority"]);
    assert!(said.out.contains(&format!("-      - public_key: '{signer}'\n+      - public_key: ")), "{said:#?}");
    // Asked for as a signer, it works.
    let line = session.write("signer.pub", &signer);
    let ran = session.run(&["add-user", "alice", "--key", line.to_str().unwrap(), "--dry-run"]);
    let ran = ran.expect(0, &["nothing to do: the key is already in .spin.yml"]);
    assert!(!ran.err.contains("does not work"), "{ran:#?}");
}
