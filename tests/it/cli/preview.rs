//! What is shown without writing: diffs, JSON, exit codes; and the texts made from the command line itself.

use crate::session::{Session, fixtures, key, with_alice};
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;

fn pub_file(name: &str) -> String {
    fixtures().join(format!("keys/{name}.pub")).display().to_string()
}

#[track_caller]
fn json_of(session: &Session, args: &[&str], code: i32) -> Value {
    let ran = session.run(&[args, &["--format", "json"]].concat()).expect(code, &[]);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:#?}"))
}

#[test]
fn json_tells_of_a_new_user() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    let path = pub_file("bob");
    let told = json_of(&session, &["add-user", "bob", "--key", &path, "--yes"], 0);
    let names: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["changed", "changes", "diff", "file", "key", "warnings", "written"]);
    assert_eq!((&told["file"], &told["changed"], &told["written"]), (&json!(".spin.yml"), &json!(true), &json!(true)));
    let changes = json!([
        { "kind": "user_added", "account": "bob", "groups": ["sudo"] },
        { "kind": "key_added", "account": "bob", "path": "users[1].authorized_keys[0]", "read_by_spin": true },
        { "kind": "deploy_opened", "account": "deploy", "by": "bob" },
    ]);
    assert_eq!(told["changes"], changes);
    assert!(told["diff"].as_str().unwrap().starts_with("--- a/.spin.yml\n+++ b/.spin.yml\n@@ "));
    let fingerprint = session.keygen(&["-l", "-f", &path]).split(' ').nth(1).unwrap().to_owned();
    let expected =
        json!({ "kind": "ed25519", "fingerprint": fingerprint, "comment": "bob@laptop", "source": path, "new": false });
    assert_eq!(told["key"], expected);
    assert_eq!(told["warnings"], json!([]));
}

#[test]
fn json_tells_of_a_second_key_and_of_nothing() {
    let session = Session::new(with_alice());
    let args = ["add-user", "alice", "--key", &pub_file("bob"), "--yes"];
    let told = json_of(&session, &args, 0);
    let change =
        json!({ "kind": "key_added", "account": "alice", "path": "users[0].authorized_keys[1]", "read_by_spin": true });
    assert_eq!(told["changes"], json!([change]));
    let told = json_of(&session, &args, 0);
    assert_eq!((&told["changed"], &told["written"]), (&json!(false), &json!(false)));
    assert_eq!((&told["changes"], &told["diff"]), (&json!([]), &json!("")));
    for last in ["--check", "--dry-run"] {
        let told = json_of(&session, &["add-user", "alice", "--key", &pub_file("bob"), last], 0);
        assert_eq!(told["changed"], json!(false));
    }
}

#[test]
fn json_tells_of_a_key_yet_to_be_made_and_of_one_that_was() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    for (last, code) in [("--dry-run", 0), ("--check", 1)] {
        let told = json_of(&session, &["add-user", "bob", last], code);
        assert_eq!((&told["changed"], &told["written"]), (&json!(true), &json!(false)));
        let source = session.path("home/.ssh/id_ed25519").display().to_string();
        let expected =
            json!({ "kind": "ed25519", "fingerprint": null, "comment": null, "source": source, "new": true });
        assert_eq!(told["key"], expected);
        assert!(told["diff"].as_str().unwrap().contains("<new ed25519 key>"));
    }
    let told = json_of(&session, &["add-user", "bob", "--yes", "--no-passphrase"], 0);
    let public = session.path("home/.ssh/id_ed25519.pub").display().to_string();
    let fingerprint = session.keygen(&["-l", "-f", &public]).split(' ').nth(1).unwrap().to_owned();
    assert_eq!((&told["key"]["fingerprint"], &told["key"]["new"]), (&json!(fingerprint), &json!(true)));
    assert!(told["key"]["comment"].as_str().unwrap().starts_with("bob@"));
}

#[test]
fn json_has_the_warnings_and_errors_leave_no_json() {
    let session = Session::new("users:\n  - username: alice\n    groups: ['sudo']\n    authorized_ssh_keys: []\n");
    let told = json_of(&session, &["add-user", "alice", "--key", &pub_file("bob"), "--dry-run"], 0);
    let warnings = told["warnings"].as_array().unwrap();
    assert!(!warnings.is_empty());
    for warning in warnings {
        let mut names: Vec<_> = warning.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["code", "column", "hint", "line", "message"]);
        assert!(warning["line"].as_u64().unwrap() > 0 && warning["column"].as_u64().unwrap() > 0, "{warning}");
    }
    assert_eq!(told["changes"][0]["read_by_spin"], false);
    let ran = session.run(&["add-user", "a b", "--format", "json"]).expect_refusal(&[]);
    assert_eq!(ran.out, "");
}

#[test]
fn paths_in_a_diff_are_those_that_git_knows() {
    let session = Session::new("");
    session.write("project/deep/er/.spin.yml", with_alice());
    let args = ["add-user", "bob", "--key", &pub_file("bob"), "--dry-run", "--file", "deep/er/.spin.yml"];
    assert!(session.run(&args).expect(0, &[]).out.starts_with("--- a/.spin.yml\n+++ b/.spin.yml\n"));
    fs::create_dir(session.path("project/.git")).unwrap();
    let head = "--- a/deep/er/.spin.yml\n+++ b/deep/er/.spin.yml\n";
    assert!(session.run(&args).expect(0, &[]).out.starts_with(head));
    // From another folder too, and through a link.
    std::os::unix::fs::symlink(session.path("project/deep"), session.path("home/link")).unwrap();
    let mut command = session.command(&["add-user", "bob", "--key", &pub_file("bob"), "-n", "-f", "link/er/.spin.yml"]);
    let ran = crate::session::Ran::of(command.current_dir(session.path("home")).output().unwrap());
    assert!(ran.expect(0, &[]).out.starts_with(head));
}

#[test]
fn quiet_and_verbose() {
    let session = Session::new(with_alice());
    let args = ["add-user", "bob", "--key", &pub_file("bob"), "--dry-run"];
    let [quiet, plain, verbose] = [&["-q"][..], &[], &["-v"]].map(|more| session.run(&[&args[..], more].concat()));
    assert_eq!(quiet.err, "");
    assert!(plain.err.contains("bob can log in") && verbose.err.contains("the key is from "), "{verbose:#?}");
    assert!(quiet.out == plain.out && plain.out == verbose.out && plain.err.len() < verbose.err.len());
    session.run(&["-q", "-v", "man"]).expect(2, &["cannot be used with"]);
    // Warnings and errors are said with -q too.
    session.write("home/.ssh/id_ed25519.pub", key("alice"));
    session.run(&["add-user", "bob", "-q", "-n"]).expect_refusal(&["already stands under alice"]);
}

/// The script of a shell is read by that shell.
#[test]
fn completions_are_scripts() {
    let session = Session::new("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = session.run(&["completions", shell]).expect(0, &[]).out;
        assert!(script.contains("add-user") && script.contains("no-passphrase"), "{shell}");
        let check = match shell {
            "bash" | "zsh" => "-n",
            "fish" => "--no-execute",
            _ => continue,
        };
        let path = session.write("script", &script);
        match session.tool(shell).arg(check).arg(path).stderr(Stdio::piped()).output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
            Err(_) => crate::session::skipped(&format!("there is no {shell} to read its completions")),
        }
    }
}

#[test]
fn the_manual_is_a_page() {
    let session = Session::new("");
    let page = session.run(&["man"]).expect(0, &[]).out;
    for section in [".SH NAME", ".SH ADD\\-USER", ".SH ADD\\-DEPLOY", "Exit codes", "SPIN_CI_FOLDER"] {
        let plain = section.replace("\\-", "-");
        assert!(page.contains(section) || page.contains(&plain), "{section} is missing in:\n{page}");
    }
    let path = session.write("spin-keys.1", &page);
    match session.tool("groff").args(["-man", "-ww", "-Tascii", "-P-cbou"]).arg(&path).output() {
        Ok(output) => {
            assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(text.contains("--passphrase-file") && text.contains("ADD-DEPLOY"), "{text}");
            // There is one page: it refers to no others, and has no section that tells nothing.
            assert!(!text.contains("-add-user(1)") && !text.contains("EXTRA"), "{text}");
        }
        Err(_) => crate::session::skipped("there is no groff to set the manual page"),
    }
}
