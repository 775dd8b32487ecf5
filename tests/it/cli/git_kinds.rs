//! Kinds of repositories, and what git says about them: hooks, worktrees, shared objects, those of other users.

use super::git_hostile::{run_in, with_bob};
use super::review::{changed, committed, git, git_in, spin};
use crate::session::{BINARY, is_root};
use std::fs;
use std::io::Write as _;

/// What `git replace` says is not what the commit says.
#[test]
fn a_commit_is_what_its_name_says() {
    let session = changed(&spin(""), &with_bob());
    let new = git_in(&session, "project", &["hash-object", "-w", ".spin.yml"]);
    git(&session, &["replace", "main:.spin.yml", new.trim()]);
    let ran = session.run(&["review"]).expect(0, &[]);
    assert!(ran.out.contains("bob GAINS SUDO"), "{ran:#?}");
}

#[test]
fn a_repository_of_another_user_is_told_with_what_to_do() {
    if !is_root() {
        // No more than CI can do where it is not root.
        writeln!(std::io::stderr(), "\nSKIPPED: only root can give a repository to another user").ok();
        return;
    }
    let session = changed(&spin(""), &with_bob());
    session.give_to(1234);
    let told = ["belongs to another user", "run this as the user", "git config --global --add safe.directory /"];
    session.run(&["review"]).expect_refusal(&told);
    session.run(&["git", "install"]).expect_refusal(&told);
    // Only a person's own settings can say otherwise.
    let project = session.path("project").display().to_string();
    let session = session.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_KEY_0", "safe.directory");
    let session = session.env("GIT_CONFIG_VALUE_0", &project);
    session.run(&["review"]).expect_refusal(&told);
    session.write("home/.gitconfig", format!("[safe]\n\tdirectory = {project}\n"));
    session.run(&["review"]).expect(0, &[]);
}

#[test]
fn what_a_link_or_a_folder_holds_is_no_file_of_the_index() {
    let session = committed(&spin(""));
    fs::remove_file(session.path("project/.spin.yml")).unwrap();
    std::os::unix::fs::symlink("users: []", session.path("project/.spin.yml")).unwrap();
    git(&session, &["add", ".spin.yml"]);
    session.run(&["review", "--staged"]).expect_refusal(&["not a file in the index, but a link to users: []"]);
    git(&session, &["commit", "-q", "-m", "a link"]);
    session.run(&["review", "main", "work"]).expect_refusal(&["in that revision, but a link to users: []"]);
}

/// Hooks say by variables which repository and index they are run for.
#[test]
fn a_hook_sees_what_is_committed() {
    let session = committed(&spin(""));
    git(&session, &["worktree", "add", "-q", "-b", "tree", "../tree"]);
    let out = session.path("told").display().to_string();
    let hook = format!("#!/bin/sh\nexec '{}' review --staged --fail-on gained > '{out}' 2>&1\n", &*BINARY);
    session.executable("project/.git/hooks/pre-commit", &hook);
    for folder in ["project", "tree"] {
        session.write(&format!("{folder}/.spin.yml"), with_bob());
        let commit = |args: &[&str]| {
            let who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x"];
            let mut command = session.tool("git");
            let done = command.current_dir(session.path(folder)).args([&who, args].concat()).output().unwrap();
            (done.status.code(), String::from_utf8(session.read("told")).unwrap())
        };
        // With an index of its own, which holds no more than the file that is named.
        let (code, told) = commit(&["--", ".spin.yml"]);
        assert!(code == Some(1) && told.contains("bob GAINS SUDO") && told.contains("-> index"), "{folder}: {told}");
        let (code, told) = commit(&["--allow-empty"]);
        assert!(code == Some(0) && !told.contains("bob"), "nothing is staged in {folder}: {told}");
    }
}

#[test]
fn clones_that_share_objects_and_names_that_a_shell_would_read() {
    let session = committed(&spin(""));
    session.write("project/.spin.yml", with_bob());
    git(&session, &["commit", "-q", "-a", "-m", "bob"]);
    for name in ["a;touch x", "$(touch x)", "`x`", "quo'te", "dou\"ble", "grö/ße", "-f", "--output=x", "main@x", "%s"]
    {
        let full = format!("refs/heads/{name}").replace(' ', "\u{a0}");
        git(&session, &["update-ref", &full, "work"]);
        let name = full.trim_start_matches("refs/heads/");
        for args in [&["review", "--", "main", name][..], &["review", "--", &format!("main...{name}")]] {
            let ran = session.run(args).expect(0, &[]);
            assert!(ran.out.contains("bob GAINS SUDO"), "{name}: {ran:#?}");
        }
    }
    assert!(!session.exists("project/x"));
    git_in(&session, ".", &["clone", "-q", "--shared", "project", "shared"]);
    let ran = run_in(&session, "shared", &["review", "origin/main", "origin/work"]).expect(0, &[]);
    assert!(ran.out.contains("bob GAINS SUDO"), "{ran:#?}");
}

#[test]
fn a_bare_repository_has_revisions_only() {
    let session = committed(&spin(""));
    session.write("project/.spin.yml", with_bob());
    git(&session, &["commit", "-q", "-a", "-m", "bob"]);
    git_in(&session, ".", &["clone", "-q", "--bare", "project", "bare.git"]);
    fs::create_dir(session.path("elsewhere")).unwrap();
    let told = ["a bare repository has no working tree", "review BASE HEAD"];
    run_in(&session, "bare.git", &["review"]).expect_refusal(&told);
    run_in(&session, "bare.git", &["review", "main", "--staged"]).expect_refusal(&["has no index", told[1]]);
    let session = session.env("GIT_DIR", "../bare.git");
    let ran = run_in(&session, "elsewhere", &["review", "main..work"]).expect(0, &[]);
    assert!(ran.out.contains("bob GAINS SUDO"), "{ran:#?}");
}
