//! `check`: what lies around the file: the header of its vault, git, the pair that `spin configure gha` uploads.

use super::check::json;
use super::key_forms::{check, paste};
use super::vault::PASSWORD;
use crate::session::{Ran, Session, key, with_alice};
use spin_keys::vault::{Header, SALT_BYTES, seal};
use std::fs;

const CI: &str = "project/.infrastructure/conf/ci";
const PAIR: &str = "project/.infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY";

/// The findings as `CODE FILE`, without those of the text.
fn around(session: &Session) -> Vec<String> {
    let told = json(&session.run(&["check", "--format", "json"]));
    let findings = told["findings"].as_array().unwrap().iter();
    let found = findings.map(|it| {
        assert!(it["place"]["line"].is_null() && it["place"]["column"].is_null(), "{it}");
        format!("{} {}", it["code"].as_str().unwrap(), it["place"]["path"].as_str().unwrap())
    });
    found.collect()
}

fn git(session: &Session, args: &[&str]) {
    let mut command = session.tool("git");
    let done = command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(args).output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A project with a sound deploy pair, made by ssh-keygen, and what Spin itself puts beside it.
fn with_pair(options: &[&str]) -> Session {
    let session = Session::new(with_alice());
    fs::create_dir_all(session.path(CI)).unwrap();
    let path = session.path(PAIR).display().to_string();
    session.keygen(&[&["-q", "-t", "ed25519", "-f", &path], options].concat());
    in_file(&session);
    for name in [".gitignore", "AUTHORIZED_KEYS", "SSH_REMOTE_KNOWN_HOSTS", "PRODUCTION_SSH_REMOTE_HOSTNAME"] {
        session.write(&format!("{CI}/{name}"), "x\n");
    }
    session
}

/// Puts the public key of the pair into the file.
fn in_file(session: &Session) {
    let public = fs::read_to_string(session.path(&format!("{PAIR}.pub"))).unwrap();
    let (kind, data) = (public.split(' ').next().unwrap(), public.split(' ').nth(1).unwrap().trim());
    let text = format!("{}docker_user: {{username: deploy, authorized_ssh_keys: [\"{kind} {data}\"]}}\n", with_alice());
    session.write("project/.spin.yml", text);
}

fn sound_pair() -> Session {
    let session = with_pair(&["-N", "", "-C", "deploy"]);
    assert_eq!(around(&session), [""; 0]);
    session
}

#[test]
fn a_label_of_the_vault_is_found_sk601() {
    let session = Session::new("");
    let header = Header::labelled("team").unwrap();
    session.write("project/.spin.yml", seal(with_alice().as_bytes(), PASSWORD.as_bytes(), &[7; SALT_BYTES], header));
    session.write("project/.vault-password", format!("{PASSWORD}\n"));
    assert_eq!(around(&session), ["SK601 .spin.yml"]);
    let twin = super::vault::sealed(with_alice());
    assert_eq!(around(&twin), [""; 0]);
}

#[test]
fn what_git_tracks_is_found_sk602_sk603() {
    let secret = format!("hetzner_api_token: not-to-be-told\n{}", with_alice());
    let session = Session::new(&secret);
    session.write("project/.vault-password", "pw\n");
    git(&session, &["init", "-q"]);
    assert_eq!(around(&session), [""; 0], "nothing is tracked yet");
    git(&session, &["add", "-f", ".spin.yml", ".vault-password"]);
    assert_eq!(around(&session), ["SK602 .vault-password", "SK603 .spin.yml"]);
    let ran = session.run(&["check"]).expect(1, &["1 error, 1 warning"]);
    assert!(ran.out.starts_with(".vault-password: error[SK602]: GIT TRACKS the vault password\n"), "{}", ran.out);
    assert!(!format!("{ran:?}").contains("not-to-be-told"));
    // Without secrets a tracked file is nothing to speak of.
    session.write("project/.spin.yml", with_alice());
    git(&session, &["rm", "-q", "--cached", ".vault-password"]);
    assert_eq!(around(&session), [""; 0]);
}

#[test]
fn a_pair_that_does_not_match_is_found_sk611() {
    let session = sound_pair();
    session.write(&format!("{PAIR}.pub"), format!("{}\n", key("deploy")));
    assert_eq!(around(&session), ["SK611 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY.pub"]);
    session.write(&format!("{PAIR}.pub"), format!("{}\n{}\n", key("deploy"), key("bob")));
    assert_eq!(around(&session), ["SK611 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY.pub"]);
    says_the_command(&session);
}

/// The command of the hint writes the .pub from the folder of the project.
fn says_the_command(session: &Session) {
    let here = ".infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY";
    let command = format!("ssh-keygen -y -f {here} > {here}.pub");
    check(session, 1, &[&command]);
    paste(session, &command);
    assert_eq!(around(session), [""; 0]);
}

#[test]
fn a_passphrase_on_the_deploy_key_is_found_sk612() {
    let session = with_pair(&["-N", "secret words", "-C", "deploy"]);
    assert_eq!(around(&session), ["SK612 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY"]);
}

#[test]
fn a_deploy_key_without_its_pub_is_found_sk613() {
    let session = sound_pair();
    fs::remove_file(session.path(&format!("{PAIR}.pub"))).unwrap();
    assert_eq!(around(&session), ["SK613 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY"]);
    says_the_command(&session);
    fs::remove_file(session.path(&format!("{PAIR}.pub"))).unwrap();
    // Without a private key Spin makes a pair of its own.
    fs::remove_file(session.path(PAIR)).unwrap();
    assert_eq!(around(&session), [""; 0]);
}

#[test]
fn a_comment_that_breaks_a_shell_is_found_sk614() {
    for comment in ["bob's laptop", "a\\b"] {
        let session = with_pair(&["-N", "", "-C", comment]);
        assert_eq!(around(&session), ["SK614 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY.pub"], "{comment}");
    }
}

#[test]
fn a_pair_that_is_none_is_found_sk615() {
    let session = sound_pair();
    session.write(PAIR, "not a key\n");
    assert_eq!(around(&session), ["SK615 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY"]);
    let session = sound_pair();
    session.write(&format!("{PAIR}.pub"), "not a key\n");
    assert_eq!(around(&session), ["SK615 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY.pub"]);
    let session = sound_pair();
    let private = session.read(PAIR);
    session.write(&format!("{PAIR}.pub"), &private);
    assert_eq!(around(&session), ["SK615 .infrastructure/conf/ci/SSH_DEPLOY_PRIVATE_KEY.pub"]);
    let ran: Ran = session.run(&["check"]);
    let line = String::from_utf8(private).unwrap().lines().nth(1).unwrap().to_owned();
    assert!(!format!("{ran:?}").contains(&line));
}

#[test]
fn files_that_would_become_secrets_are_found_sk616() {
    let session = sound_pair();
    session.write(&format!("{CI}/backup"), "x");
    session.write(&format!("{CI}/NOTES"), "x");
    session.write(&format!("{CI}/notes.txt"), "x");
    let expected = ["SK616 .infrastructure/conf/ci/NOTES", "SK616 .infrastructure/conf/ci/backup"];
    assert_eq!(around(&session), expected);
    session.run(&["check"]).expect(0, &["2 warnings"]);
}

#[test]
fn the_folder_is_the_one_that_spin_uses() {
    let session = sound_pair().env("SPIN_CI_FOLDER", "elsewhere");
    session.write("project/elsewhere/stray", "x");
    assert_eq!(around(&session), ["SK616 elsewhere/stray"]);
    // From a folder below, and with a file that is named.
    let session = sound_pair();
    session.write(&format!("{CI}/stray"), "x");
    let named = session.path("project/.spin.yml").display().to_string();
    let told = json(&session.run(&["check", "--format", "json", "-f", &named]));
    let file = told["findings"][0]["place"]["path"].as_str().unwrap();
    assert!(file.ends_with("/project/.infrastructure/conf/ci/stray") && file.starts_with('/'), "{file}");
}

#[test]
fn a_deploy_key_that_no_list_has_is_found_sk617() {
    let session = sound_pair();
    session.write("project/.spin.yml", with_alice());
    assert_eq!(around(&session), [format!("SK617 {}.pub", PAIR.trim_start_matches("project/"))]);
    session.run(&["check"]).expect(0, &["1 warning"]);
    // In any list of the file it is known.
    in_file(&session);
    assert_eq!(around(&session), [""; 0]);
}
