//! `docs/workflow.yml` and `docs/gitlab-ci.yml`: when they are red, and who can make them green.

use super::review::{committed, git, git_in, spin, user};
use super::runner::{AUTHOR, Event, Job, page, run};
use super::vault::{PASSWORD, encrypted};
use crate::session::{Ran, Session, fixtures, key};
use serde_yaml::Value;
use std::fs;

const PUSH: Event<'_> = Event { action: "synchronize", label: "", sender: AUTHOR, password: "" };
const APPROVAL: Event<'_> = Event { action: "labeled", label: "access-approved", sender: "alice", password: "" };
const RED: &str = "to approve: somebody other than mallory adds the label access-approved";

/// The branch `work` of a project, with one commit that leaves this as the `.spin.yml`.
fn proposed(base: &str, head: &str) -> Session {
    let session = committed(base);
    session.write("project/.spin.yml", head);
    session.write("project/README", "of the branch");
    git(&session, &["add", "."]);
    git(&session, &["commit", "-q", "-m", "two"]);
    session
}

fn with_bob() -> String {
    spin(&user("bob", "'sudo'", &[&key("bob")]))
}

#[track_caller]
fn is_red(session: &Session, event: &Event<'_>, words: &[&str]) -> Job {
    let job = run(session, event);
    assert!(!job.is_green && job.log.contains(RED), "{job:#?}");
    for word in words {
        assert!(job.log.contains(word) || job.summary.contains(word), "{word:?}: {job:#?}");
    }
    job
}

#[track_caller]
fn is_green(session: &Session, event: &Event<'_>, words: &[&str]) {
    let job = run(session, event);
    assert!(job.is_green && words.iter().all(|word| job.log.contains(word)), "{job:#?}");
}

#[test]
fn a_plain_file_is_held_to_the_policy_with_or_without_a_secret() {
    let gained = proposed(&spin(""), &with_bob());
    for event in [PUSH, Event { action: "opened", ..PUSH }, Event { password: PASSWORD, ..PUSH }] {
        let job = is_red(&gained, &event, &["::warning file=.spin.yml", "review: 1, check: 0"]);
        assert!(job.summary.starts_with("### spin-keys review: SUDO GAINED by 1 account"), "{job:#?}");
    }
    is_red(&proposed(&with_bob(), &spin("")), &PUSH, &["removed from the file", "review: 1, check: 0"]);
    let harmless = spin("").replace("UTC", "CET");
    is_green(&proposed(&spin(""), &harmless), &PUSH, &["review: 0, check: 0"]);
    // What was wrong before is no change, and remains wrong.
    let broken = |zone| spin("").replace("groups: ['sudo']", "groups: sudo").replace("UTC", zone);
    is_red(&proposed(&broken("UTC"), &broken("CET")), &PUSH, &["review: 0, check: 1", "::error file=.spin.yml"]);
    let gone = proposed(&spin(""), &spin(""));
    git(&gone, &["rm", "-q", ".spin.yml"]);
    git(&gone, &["commit", "-q", "-m", "three"]);
    is_red(&gone, &PUSH, &["review: 1, check: 2"]);
}

#[test]
fn an_encrypted_file_is_judged_with_the_password_and_red_without_it() {
    let gained = proposed(&encrypted(spin("")), &encrypted(with_bob()));
    let known = Event { password: PASSWORD, ..PUSH };
    let job = is_red(&gained, &known, &["SUDO GAINED by 1 account", "review: 1, check: 0"]);
    assert!(!job.log.contains(PASSWORD) && gained.mode("temp/vault-password") == 0o600, "{job:#?}");
    is_red(&gained, &PUSH, &["what the change does to access is unknown", "no vault password", "review: 2, check: 2"]);
    let harmless = proposed(&encrypted(spin("")), &encrypted(spin("").replace("UTC", "CET")));
    is_green(&harmless, &known, &["review: 0, check: 0"]);
    is_red(&harmless, &PUSH, &["review: 2, check: 2"]);
    // A fork that leaves the file alone has nothing to approve.
    let untouched = proposed(&encrypted(spin("")), &encrypted(spin("")));
    is_green(&untouched, &PUSH, &["the file did not change", "review: 0, check: 2"]);
    // Nor does its own password open anything.
    let own = proposed(&encrypted(spin("")), &with_bob());
    is_red(&own, &PUSH, &["SK618", "review: 2, check: 0"]);
}

#[test]
fn the_label_counts_when_somebody_else_puts_it_there_and_for_that_commit_only() {
    let plain = proposed(&spin(""), &with_bob());
    let sealed = proposed(&encrypted(spin("")), &encrypted(with_bob()));
    is_green(&plain, &APPROVAL, &["review: 1, check: 0", "approved by alice"]);
    is_green(&sealed, &APPROVAL, &["review: 2, check: 2", "approved by alice"]);
    for event in [
        Event { sender: AUTHOR, ..APPROVAL },
        Event { label: "access-approved-not", ..APPROVAL },
        // The label is still on the pull request, and says nothing about this.
        Event { action: "synchronize", ..APPROVAL },
        Event { action: "edited", ..APPROVAL },
        Event { action: "reopened", ..APPROVAL },
    ] {
        is_red(&plain, &event, &[]);
        is_red(&sealed, &event, &[]);
    }
    // A tool that fails is nothing that can be approved.
    let panics = plain.executable("stand-in", "#!/bin/sh\n[ \"$3\" = markdown ] || exit 101\n");
    let plain = plain.env("STAND_IN", panics.to_str().unwrap());
    let job = run(&plain, &APPROVAL);
    assert!(!job.is_green && job.log.contains("review: 101") && !job.log.contains("approve:"), "{job:#?}");
    let lost = proposed(&spin(""), &with_bob());
    git(&lost, &["branch", "-q", "-m", "main", "trunk"]);
    let job = run(&lost, &APPROVAL);
    assert!(!job.is_green && !job.log.contains("approved") && job.log.contains("main of the pull request"), "{job:#?}");
}

#[test]
fn nothing_that_a_branch_brings_is_built_or_run() {
    let session = proposed(&spin(""), &with_bob());
    let evil = format!("#!/bin/sh\ntouch '{}'\n", session.path("ran").display());
    for name in ["spin-keys", "cargo", "git", "bash", "tool/spin-keys", ".vault-password"] {
        session.executable(&format!("project/{name}"), &evil);
    }
    session.write("project/.cargo/config.toml", "[build]\nrustc-wrapper = \"./cargo\"\n");
    session.write("project/Cargo.toml", "[package]\nname = \"spin-keys\"\n");
    git(&session, &["add", "."]);
    git(&session, &["commit", "-q", "-m", "three"]);
    is_red(&session, &PUSH, &["SUDO GAINED by 1 account", "review: 1"]);
    assert!(!session.exists("ran"));
}

#[test]
fn the_workflow_may_read_and_no_more() {
    let workflow: Value = serde_yaml::from_str(&page("workflow.yml")).unwrap();
    assert_eq!(workflow["permissions"].as_mapping().unwrap().len(), 0);
    let jobs = workflow["jobs"].as_mapping().unwrap();
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    let permissions = workflow["jobs"]["access"]["permissions"].as_mapping().unwrap();
    assert!(permissions.len() == 1 && permissions["contents"] == "read", "{permissions:?}");
    // A change of the target is a change of what is compared, and a run for another target says nothing about this one.
    let starts = &workflow["on"]["pull_request"];
    assert!(starts["types"].as_sequence().unwrap().iter().any(|name| name == "edited"), "{starts:?}");
    assert_eq!(starts["branches"].as_sequence().unwrap().len(), 1, "{starts:?}");
    for line in page("workflow.yml").lines().filter(|line| line.contains("uses: ")) {
        let (hash, version) = line.split_once('@').unwrap().1.split_once(" # v").unwrap();
        let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_hash && version.split('.').count() == 3, "{line}");
    }
}

/// The address of the project, as `.ci/release` reads it.
pub(super) fn address() -> String {
    let manifest = fs::read_to_string(fixtures().join("../Cargo.toml")).unwrap();
    let line = manifest.lines().find_map(|line| line.strip_prefix("address = "));
    line.unwrap().trim_matches('"').to_owned()
}

/// No name of a registry or of somebody's account that anybody could take.
#[test]
fn the_project_has_no_address_but_the_one_of_its_manifest() {
    let address = address();
    let whose = address.split('/').next().unwrap();
    for name in ["workflow.yml", "gitlab-ci.yml"] {
        assert_eq!(page(name).matches(&address).count(), 1, "{name}");
        assert!(page(name).contains("cargo install --locked --path .\n") || name == "gitlab-ci.yml");
    }
    let readme = fs::read_to_string(fixtures().join("../README.md")).unwrap();
    for text in [page("review.md"), page("security.md"), page("workflow.yml"), page("gitlab-ci.yml"), readme] {
        for line in text.lines().filter(|line| line.contains("cargo install")) {
            assert!(line.contains("--path ."), "{line}");
        }
        for (at, _) in text.match_indices("/spin-keys") {
            let owner = text[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap();
            assert!([whose, "completions", "man1", ""].contains(&owner), "{owner}/spin-keys");
        }
    }
}

/// The job of GitLab on a merge request, with the variables that GitLab sets.
fn gitlab(session: &Session, password: Option<&str>, approved: &str) -> Ran {
    let pipeline: Value = serde_yaml::from_str(&page("gitlab-ci.yml")).unwrap();
    let lines = pipeline["access"]["script"].as_sequence().unwrap();
    let script = lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n");
    fs::remove_dir_all(session.path("home/.cargo")).ok();
    super::runner::cargo(session);
    if !session.exists("tool") {
        session.write("tool/Cargo.toml", "[package]\nname = \"spin-keys\"\n");
        git_in(session, "tool", &["init", "-q", "-b", "main"]);
        git_in(session, "tool", &["add", "."]);
        git_in(session, "tool", &["commit", "-q", "-m", "one"]);
    }
    let commit = |folder, name| git_in(session, folder, &["rev-parse", name]).trim().to_owned();
    let path = format!("{}:{}", session.path("home/.cargo/bin").display(), std::env::var("PATH").unwrap());
    let mut command = session.tool("setsid");
    command.args(["--wait", "bash", "-eo", "pipefail", "-c", &script]).env("PATH", path);
    command.env("GITLAB_CI", "true").env("CI_MERGE_REQUEST_DIFF_BASE_SHA", commit("project", "main"));
    command.env("SPIN_KEYS", session.path("tool")).env("SPIN_KEYS_COMMIT", commit("tool", "HEAD"));
    command.env("CI_MERGE_REQUEST_APPROVED", approved).env("TMPDIR", session.path("home"));
    if let Some(password) = password {
        command.env("ANSIBLE_VAULT_PASSWORD_FILE", session.write("password", password));
    }
    Ran::of(command.output().unwrap())
}

#[test]
fn the_job_of_gitlab_holds_the_same_policy() {
    let plain = proposed(&spin(""), &with_bob());
    let sealed = proposed(&encrypted(spin("")), &encrypted(with_bob()));
    let untouched = proposed(&encrypted(spin("")), &encrypted(spin("")));
    for (session, password, approved, code, says) in [
        (&plain, None, "", 1, "bob GAINS SUDO"),
        (&plain, None, "true", 0, "review: 1, check: 0"),
        (&sealed, Some(PASSWORD), "", 1, "review: 1, check: 0"),
        (&sealed, None, "", 1, "review: 2, check: 2"),
        (&sealed, None, "true", 0, "review: 2, check: 2"),
        (&untouched, None, "", 0, "review: 0, check: 2"),
    ] {
        let ran = gitlab(session, password, approved).expect(code, &[]);
        assert!(ran.out.contains(says), "{says}: {ran:#?}");
    }
}
