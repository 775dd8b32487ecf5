//! `fixtures/cases`: files of which two commands once said two things, or one of them something that a server does not do.
//!
//! `access/` for edits, `list` and `check`; `review/` pairs; `files/` how they are shown. What is right follows from the
//! runs of the real roles in `fixtures/access`.

use super::check::json;
use super::review::{changed, git};
use super::vault;
use crate::session::{Ran, Session, fixtures, key, with_alice};
use serde_json::{Value, json};
use std::fs;
use unicode_width::UnicodeWidthStr as _;

fn case(name: &str) -> String {
    fs::read_to_string(fixtures().join("cases").join(name)).unwrap()
}

fn access(name: &str) -> Session {
    Session::new(case(&format!("access/{name}.yml")))
}

/// The path of a file of the cases, or of a key.
fn path(name: &str) -> String {
    let own = fixtures().join("cases/access").join(format!("{name}.pub"));
    let path = if own.exists() { own } else { fixtures().join("keys").join(format!("{name}.pub")) };
    path.display().to_string()
}

fn fingerprint(name: &str) -> String {
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
fn findings(told: &Value) -> Vec<String> {
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
    assert!(!ran.err.contains("alice can log in"), "{}", ran.err);
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
    let session = access("said-to-fail-and-does-not");
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

/// A review of one file against another, and its exit code with `--fail-on WHAT`.
fn review(base: &str, head: &str, fail_on: &str) -> (Value, Option<i32>) {
    let session = Session::empty();
    for name in [base, head] {
        session.write(&format!("project/{name}.yml"), case(&format!("review/{name}.yml")));
    }
    session.write("project/.vault-password", case("review/inline-vault.password"));
    let [base, head] = [base, head].map(|name| format!("{name}.yml"));
    let ran = session.run(&["review", &base, &head, "--format", "json", "--fail-on", fail_on]);
    (json(&ran), ran.code)
}

fn kinds(told: &Value) -> Vec<String> {
    let rows = told["review"]["changes"].as_array().unwrap().iter();
    rows.map(|row| format!("{} {}", row["kind"].as_str().unwrap(), row["account"].as_str().unwrap())).collect()
}

#[test]
fn a_run_that_fails_on_one_side_takes_no_key_from_anybody() {
    let (told, code) = review("docker-group-base", "docker-group-head", "gained,gained-sudo,lost");
    assert_eq!((kinds(&told), code), (vec!["group_gained alice".to_owned()], Some(0)), "{told:#}");
    assert_eq!(told["review"]["failure"]["code"], "SK212");
    assert!(told["verdict"].as_str().unwrap().contains("FAILS"), "{told:#}");
    let (told, code) = review("docker-group-head", "docker-group-base", "gained,gained-sudo,deploy");
    // The keys were in the file before: they are reported, and are no gain.
    let now = ["key_installed_now alice", "key_installed_now deploy", "key_installed_now deploy"];
    assert_eq!(
        (kinds(&told), code),
        ([&["group_lost alice"], &now[..]].concat().iter().map(|kind| (*kind).to_owned()).collect(), Some(0)),
        "{told:#}"
    );
    assert!(!told["verdict"].as_str().unwrap().contains("gained"), "{told:#}");
    assert_eq!(
        (&told["review"]["failure"], &told["review"]["failure_before"]["code"]),
        (&Value::Null, &json!("SK212"))
    );
    // A key that came into a file on which the run fails is seen all the same.
    let session = changed(
        &case("review/docker-group-head.yml"),
        &case("review/docker-group-head.yml")
            .replace("docker_user:", &format!("      - public_key: \"{}\"\ndocker_user:", key("bob"))),
    );
    let told = json(&session.run(&["review", "--format", "json"]).expect(0, &[]));
    assert_eq!(told["review"]["changes"][0]["account"], "alice", "{told:#}");
    assert_eq!(told["review"]["changes"][0]["key"]["fingerprint"], fingerprint("bob"), "{told:#}");
}

#[test]
fn a_run_that_fails_later_than_before_installs_keys_that_were_in_the_file() {
    let (told, _) = review("run-reaches-further-base", "run-reaches-further-head", "findings");
    assert_eq!(kinds(&told), ["key_installed_now alice"], "{told:#}");
    assert_eq!(told["review"]["failure"]["code"], "SK217", "{told:#}");
    let (told, _) = review("run-reaches-further-head", "run-reaches-further-base", "findings");
    assert_eq!(kinds(&told), [""; 0], "{told:#}");
}

#[test]
fn a_key_that_is_listed_twice_is_not_said_to_be_without_effect() {
    let once = with_alice();
    let twice = once.replace(&key("alice"), &format!("{0}\"\n      - public_key: \"{0}", key("alice")));
    assert_ne!(once, twice);
    let session = changed("users: []\n", &twice);
    let told = json(&session.run(&["review", "--format", "json"]).expect(0, &[]));
    assert!(kinds(&told).contains(&"key_gained alice".to_owned()), "{told:#}");
    assert!(!kinds(&told).iter().any(|kind| kind.starts_with("key_without_effect")), "{told:#}");
}

#[test]
fn a_key_at_which_the_run_fails_before_and_after_is_no_new_finding() {
    let session = Session::new(case("review/failing-key-of-deploy.yml"));
    let ran =
        session.run(&["add-user", "zed", "--create", "--key", &path("carol"), "--dry-run"]).expect(0, &["still fails"]);
    assert!(!ran.err.contains("new finding"), "{ran:#?}");
}

#[test]
fn the_deploy_account_is_there_without_its_entry_too() {
    for (base, head) in [("docker-user-only", "no-docker-user"), ("no-docker-user", "docker-user-only")] {
        let (told, code) = review(base, head, "gained,gained-sudo,deploy,lost,findings");
        assert_eq!((kinds(&told), code), (vec![], Some(0)), "{told:#}");
        assert!(told["verdict"].as_str().unwrap().starts_with("nobody gains or loses access"), "{told:#}");
    }
}

#[test]
fn a_suppressed_finding_is_no_new_one() {
    let (told, code) = review("suppressed-base", "suppressed-head", "findings");
    assert_eq!((findings(&told["review"]["findings"]).len(), code), (0, Some(0)), "{told:#}");
    // The key that does not let anyone in is a row, and no finding.
    assert_eq!(kinds(&told), ["account_added bob", "key_without_effect bob"]);
    // Without the comment it is one, and edits warn of it.
    let text = case("review/suppressed-head.yml");
    let loud = text.replace(" # spin-keys: ignore SK218, SK223", "");
    let session = changed(&case("review/suppressed-base.yml"), &loud);
    session.run(&["review", "--fail-on", "findings"]).expect(1, &[]);
    for (text, count) in [(text, 0), (loud, 1)] {
        let edit = ["add-user", "alice", "--key", &path("ecdsa"), "--dry-run", "--format", "json"];
        let told = json(&Session::new(text).run(&edit).expect(0, &[]));
        assert_eq!(findings(&told["warnings"]).len(), count, "{told:#}");
    }
}

#[test]
fn an_inline_vault_key_is_opened_by_a_review() {
    let (told, code) = review("inline-vault-base", "inline-vault-head", "gained,gained-sudo,deploy,lost");
    assert_eq!((kinds(&told), code), (vec![], Some(0)), "{told:#}");
    assert_eq!(told["review"]["unknown"], json!([]));
    let (told, code) = review("inline-vault-head", "no-docker-user", "lost");
    assert_eq!((kinds(&told), code), (vec!["key_stays alice".to_owned()], Some(1)), "{told:#}");
    assert_eq!(told["review"]["changes"][0]["key"]["fingerprint"], fingerprint("bob"));
}

#[test]
fn the_caret_is_below_its_word_after_wide_characters() {
    let ran = Session::new(case("files/wide.yml")).run(&["check"]).expect(1, &[]);
    let lines: Vec<&str> = ran.out.lines().collect();
    let before = lines[1].split_once("groups").unwrap().0;
    assert!(before.contains("山田花子🙂"), "{}", ran.out);
    assert_eq!(before.width(), lines[2].split_once('^').unwrap().0.width(), "{}", ran.out);
    assert!(lines[2].ends_with("^^^^^^") && lines[1].width() <= 80, "{}", ran.out);
}

/// Runs in a repository with an encrypted file far below `.vault-password`, each from beside the file and from the root.
fn in_depth(text: &str, run: &dyn Fn(&Session, &str, &[&str]) -> Ran) -> Vec<(Vec<String>, Ran)> {
    let mut runs = Vec::new();
    for (folder, file) in [("project/deep/er", ".spin.yml"), ("project", "deep/er/.spin.yml")] {
        let commands: [&[&str]; 5] = [
            &["list", "-f", file],
            &["check", "-f", file],
            &["show", "-f", file],
            &["review", "--file", file],
            &["add-user", "alice", "--key", &path("ecdsa"), "--dry-run", "-f", file],
        ];
        for args in commands {
            let session = Session::empty();
            session.write("project/deep/er/.spin.yml", text);
            git(&session, &["init", "-q", "-b", "main"]);
            git(&session, &["add", "."]);
            git(&session, &["commit", "-q", "-m", "one"]);
            let ran = run(&session, folder, args);
            runs.push((args.iter().map(|arg| (*arg).to_owned()).collect(), ran));
        }
    }
    runs
}

#[test]
fn a_password_above_the_file_is_found_by_all_commands_alike() {
    let in_folder = |session: &Session, folder: &str, args: &[&str]| {
        let mut command = session.command(args);
        Ran::of(command.current_dir(session.path(folder)).output().unwrap())
    };
    let text = vault::encrypted(with_alice());
    let found = in_depth(&text, &|session, folder, args| {
        session.write("project/.vault-password", format!("{}\n", vault::PASSWORD));
        session.write("project/deep/er/.spin.yml", vault::encrypted(with_alice() + "# more\n"));
        in_folder(session, folder, args)
    });
    for (args, ran) in found {
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:#?}");
        let all = format!("{}{}", ran.out, ran.err);
        assert!(!all.contains("$ANSIBLE_VAULT") && !all.contains("no vault password"), "{args:?}: {all}");
        let word = match args[0].as_str() {
            "list" => "alice@laptop",
            "check" => "nothing found",
            "show" => "username: alice",
            "review" => "nobody gains or loses access",
            _ => "alice can log in with SHA256:",
        };
        assert!(all.contains(word), "{args:?}: {all}");
    }
    // Above the root of the repository it belongs to somebody else.
    let missed = in_depth(&text, &|session, folder, args| {
        session.write(".vault-password", format!("{}\n", vault::PASSWORD));
        session.write("project/deep/er/.spin.yml", vault::encrypted(with_alice() + "# more\n"));
        in_folder(session, folder, args)
    });
    for (args, ran) in missed {
        let all = format!("{}{}", ran.out, ran.err);
        match args[0].as_str() {
            "show" => assert!(ran.out.contains("$ANSIBLE_VAULT"), "{args:?}: {all}"),
            "review" => assert!(all.contains("access is unknown"), "{args:?}: {all}"),
            _ => assert!(ran.code == Some(2) && all.contains("no vault password was found"), "{args:?}: {all}"),
        }
    }
    // The same for a plain file with an inline value.
    let inline = in_depth(&case("review/inline-vault-head.yml"), &|session, folder, args| {
        session.write("project/.vault-password", case("review/inline-vault.password"));
        in_folder(session, folder, args)
    });
    for (args, ran) in inline {
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:#?}");
        let all = format!("{}{}", ran.out, ran.err);
        assert!(!all.contains("known only to Ansible") && !all.contains("no password"), "{args:?}: {all}");
        assert!(args[0] != "list" || all.contains("bob@laptop"), "{all}");
    }
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
