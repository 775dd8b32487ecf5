//! `review`: a vault that became plain, and what git tracks: the first row, a finding, an annotation.

use super::check::json;
use super::review::{changed, committed, git, git_in, spin};
use super::vault::{self, PASSWORD};
use crate::session::{Session, key};
use serde_json::Value;
use spin_keys::vault::{Header, SALT_BYTES, seal};
use std::fs;

/// The codes of what is reported about the repository, and the exit code with `--fail-on findings`.
fn repository(session: &Session, args: &[&str]) -> (Vec<String>, Option<i32>) {
    let ran = session.run(&[&["review", "--format", "json", "--fail-on", "findings"], args].concat());
    let told = json(&ran);
    let found: Vec<&Value> = told["repository"].as_array().unwrap().iter().collect();
    for finding in &found {
        assert!(finding["place"]["line"].is_null(), "{finding}");
        assert!(told["verdict"].as_str().unwrap().starts_with(['T', '1', '2']), "{told:#}");
    }
    (found.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect(), ran.code)
}

#[test]
fn a_vault_that_became_plain_is_the_first_row_a_finding_and_an_annotation() {
    let session = changed(&vault::encrypted(spin("")), &spin(""));
    session.write("project/.vault-password", PASSWORD);
    assert_eq!(repository(&session, &[]), (vec!["SK618".to_owned()], Some(1)));
    let text = session.run(&["review"]).expect(0, &[]).out;
    let mut lines = text.lines().skip(1);
    assert_eq!(lines.next(), Some("THE FILE IS NO LONGER ENCRYPTED; the text did not change"));
    assert_eq!(lines.next(), Some("! error[SK618] .spin.yml: the file was encrypted, and is PLAIN TEXT now"));
    let annotations = session.run(&["review", "--format", "github"]).expect(0, &[]).out;
    assert!(annotations.starts_with("::error file=.spin.yml,title=SK618::"), "{annotations}");
    let comment = session.run(&["review", "--format", "markdown"]).expect(0, &[]).out;
    assert!(comment.starts_with("### spin-keys review: THE FILE IS NO LONGER ENCRYPTED; "), "{comment}");
    assert!(comment.contains("\n❌ <code>"), "{comment}");

    // Without the password of the base nothing is compared, and this is seen all the same.
    fs::remove_file(session.path("project/.vault-password")).unwrap();
    assert_eq!(repository(&session, &[]), (vec!["SK618".to_owned()], Some(2)));
    // The other way round there is nothing to say.
    let session = changed(&spin(""), &vault::encrypted(spin("")));
    session.write("project/.vault-password", PASSWORD);
    assert_eq!(repository(&session, &[]), (Vec::new(), Some(0)));
}

#[test]
fn a_vault_that_is_none_any_more_is_said_whatever_its_first_line_claims() {
    let whole = vault::encrypted(spin(""));
    let header = whole.lines().next().unwrap();
    for after in
        [format!("{header}\n{}", spin("")), "-----BEGIN PGP MESSAGE-----\n".to_owned(), "{\"sops\": {}}".to_owned()]
    {
        let session = changed(&whole, &after);
        session.write("project/.vault-password", PASSWORD);
        assert_eq!(repository(&session, &[]).0, ["SK618"], "{after}");
    }
    let label = seal(spin("").as_bytes(), PASSWORD.as_bytes(), &[9; SALT_BYTES], Header::labelled("prod").unwrap());
    let session = changed(&whole, &label);
    session.write("project/.vault-password", PASSWORD);
    assert_eq!(repository(&session, &[]), (vec!["SK601".to_owned()], Some(1)));
}

#[test]
fn a_tracked_password_and_secrets_in_plain_text_are_said_once() {
    let secret = spin("") + "providers:\n  - name: hetzner\n    api_token: planted\n";
    let session = committed(&vault::encrypted(spin("")));
    session.write("project/.vault-password", PASSWORD);
    git(&session, &["add", "-f", ".vault-password"]);
    for args in [&["main"][..], &["--staged"]] {
        assert_eq!(repository(&session, args), (vec!["SK602".to_owned()], Some(1)), "{args:?}");
    }
    git(&session, &["commit", "-q", "-m", "password"]);
    assert_eq!(repository(&session, &["main", "HEAD"]), (vec!["SK602".to_owned()], Some(1)));
    assert_eq!(repository(&session, &["HEAD"]), (Vec::new(), Some(0)), "it was there before");

    let session = changed(&spin(""), &secret);
    assert_eq!(repository(&session, &[]), (vec!["SK603".to_owned()], Some(1)));
    git(&session, &["commit", "-q", "-a", "-m", "secret"]);
    session.write("project/.spin.yml", secret.replace("planted", "other"));
    assert_eq!(repository(&session, &["HEAD"]), (Vec::new(), Some(0)), "it was there before");
}

#[test]
fn a_deploy_pair_whose_key_left_the_file_is_said() {
    let folder = "project/.infrastructure/conf/ci";
    let session = Session::new("");
    fs::create_dir_all(session.path(folder)).unwrap();
    let path = session.path(&format!("{folder}/SSH_DEPLOY_PRIVATE_KEY")).display().to_string();
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-C", "deploy", "-f", &path]);
    let public = fs::read_to_string(format!("{path}.pub")).unwrap();
    let with = |key: &str| {
        spin(&format!("docker_user:\n  username: deploy\n  authorized_ssh_keys:\n    - \"{}\"\n", key.trim()))
    };
    session.write("project/.spin.yml", with(&public));
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", ".spin.yml"]);
    git(&session, &["commit", "-q", "-m", "one"]);
    assert_eq!(repository(&session, &["HEAD"]), (Vec::new(), Some(0)));
    session.write("project/.spin.yml", with(&key("bob")));
    assert_eq!(repository(&session, &["HEAD"]).0, ["SK617"]);
}

#[test]
fn each_side_asks_for_its_password_by_name() {
    let session = Session::new(vault::encrypted("users: []\n"));
    let git = |args: &[&str]| git_in(&session, "project", args);
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-f", ".spin.yml"]);
    git(&["commit", "-q", "-m", "one"]);
    session.write("project/.spin.yml", vault::encrypted("users: null\n"));
    let mut terminal = session.on_terminal(&["review", "HEAD"]);
    for side in ["HEAD", "working tree"] {
        terminal.wait_for("Vault password for .spin.yml (").wait_for(side).answer("): ", &format!("{PASSWORD}\r"));
    }
    terminal.end().expect(0, &[]).expect_sane();
}
