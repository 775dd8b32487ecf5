//! Pairs of `fixtures/cases` that `review` once judged in a way that a server does not, and how files are opened and shown.

use super::cases::{case, findings, fingerprint, path};
use super::check::json;
use super::review::{changed, git};
use super::vault;
use crate::session::{Ran, Session, key, with_alice};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

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
    let (told, code) = review("docker-group-base", "docker-group-head", "gained-sudo");
    assert_eq!((kinds(&told), code), (vec!["group_gained alice".to_owned()], Some(1)), "{told:#}");
    // It is as good as root where it exists: on a server that was provisioned before, on which the run does not fail.
    assert_eq!(told["review"]["fails_on_provisioned"], false);
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
    assert_eq!(
        (kinds(&told), code),
        (vec!["key_stays alice".to_owned(), "tunnel_lost alice".to_owned()], Some(1)),
        "{told:#}"
    );
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
fn a_rename_is_in_the_verdict() {
    let session = changed(&with_alice(), &with_alice().replace("username: alice", "username: alicia"));
    let told = json(&session.run(&["review", "--format", "json"]).expect(0, &[]));
    let verdict = told["verdict"].as_str().unwrap();
    assert!(verdict.contains("1 account renamed, but the old name STAYS on the servers"), "{told:#}");
    assert!(!verdict.contains("nobody"), "{told:#}");
}
