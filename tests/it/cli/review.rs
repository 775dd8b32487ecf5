//! `review` in real repositories: what it says, against `fixtures/review/NAME.txt`, in every format.
//!
//! `SPIN_KEYS_WRITE_REVIEWS=1` writes the reports anew: read them before they are committed.

use super::vault;
use crate::session::{Ran, Session, fixtures, key};
use spin_keys::vault::{Header, SALT_BYTES, seal};
use std::fs;

/// A file with alice in sudo, who is followed by `more`.
pub(crate) fn spin(more: &str) -> String {
    format!("server_timezone: UTC\nusers:\n{}{more}", user("alice", "'sudo'", &[&key("alice")]))
}

pub(crate) fn user(name: &str, groups: &str, keys: &[&str]) -> String {
    let keys: String = keys.iter().map(|key| format!("      - public_key: \"{key}\"\n")).collect();
    format!("  - username: {name}\n    groups: [{groups}]\n    authorized_keys:\n{keys}")
}

fn docker(keys: &[&str]) -> String {
    let keys: String = keys.iter().map(|key| format!("    - \"{key}\"\n")).collect();
    format!("docker_user:\n  username: deploy\n  authorized_ssh_keys:\n{keys}")
}

/// Runs git with fixed people and times, so that commits have the same names everywhere.
#[track_caller]
pub(crate) fn git_in(session: &Session, folder: &str, args: &[&str]) -> String {
    let mut command = session.tool("git");
    command.current_dir(session.path(folder)).args([
        "-c",
        "protocol.file.allow=always",
        "-c",
        "core.hooksPath=/dev/null",
    ]);
    for (name, value) in [("AUTHOR", "t"), ("COMMITTER", "t")] {
        command.env(format!("GIT_{name}_NAME"), value).env(format!("GIT_{name}_EMAIL"), "t@example.com");
        command.env(format!("GIT_{name}_DATE"), "2026-01-01T00:00:00Z");
    }
    let ran = Ran::of(command.args(args).output().unwrap());
    assert_eq!(ran.code, Some(0), "git {args:?}: {}", ran.err);
    ran.out
}

#[track_caller]
pub(crate) fn git(session: &Session, args: &[&str]) {
    git_in(session, "project", args);
}

/// A repository with `before` on main and `after` in the work tree of a branch.
pub(crate) fn changed(before: &str, after: &str) -> Session {
    let session = committed(before);
    session.write("project/.spin.yml", after);
    session
}

pub(crate) fn committed(before: &str) -> Session {
    let session = Session::new(before);
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", ".spin.yml"]);
    git(&session, &["commit", "-q", "-m", "one"]);
    git(&session, &["checkout", "-q", "-b", "work"]);
    session
}

fn commit(session: &Session, text: impl AsRef<[u8]>) {
    session.write("project/.spin.yml", text);
    git(session, &["add", ".spin.yml"]);
    git(session, &["commit", "-q", "-m", "next"]);
}

/// What `review` says in all formats, as it stands in a golden file.
pub(crate) fn reports(session: &Session, folder: &str, args: &[&str]) -> String {
    let mut all = String::new();
    for format in ["text", "markdown", "github"] {
        let mut command = session.command(&[&["review", "--format", format], args].concat());
        let ran = Ran::of(command.current_dir(session.path(folder)).output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        assert!(ran.out.len() < 65_536 && !ran.out.contains('\u{1b}'), "{}", ran.out);
        all.push_str(&format!("== {format}\n{}", ran.out));
        if format == "text" && !ran.err.is_empty() {
            all.push_str(&format!("-- standard error\n{}", ran.err));
        }
    }
    // The folder of the session has another name in each run.
    let folder = session.path("project").display().to_string();
    let entities: String = folder
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) })
        .collect();
    all.replace(&folder, "DIR").replace(&entities, "DIR")
}

/// Compares with the golden file of that name.
#[track_caller]
pub(crate) fn golden(name: &str, reports: &str) {
    let path = fixtures().join("review").join(format!("{name}.txt"));
    if std::env::var_os("SPIN_KEYS_WRITE_REVIEWS").is_some() {
        fs::write(&path, reports).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(reports == expected, "{name}:\n{reports}");
}

#[track_caller]
fn says(name: &str, before: &str, after: &str) {
    golden(name, &reports(&changed(before, after), "project", &[]));
}

#[test]
fn who_gains_access() {
    let (bob, carol, deploy) = (key("bob"), key("carol"), key("deploy"));
    let base = spin("");
    says("user-in-sudo-added", &base, &spin(&user("bob", "'sudo', 'adm'", &[&bob])));
    says("user-added", &base, &spin(&user("bob", "", &[&bob])));
    let with_bob = spin(&user("bob", "", &[&bob]));
    says("second-key-added", &with_bob, &spin(&user("bob", "", &[&bob, &carol])));
    says("sudo-gained", &with_bob, &spin(&user("bob", "'sudo'", &[&bob])));
    says("deploy-key-added", &base, &spin(&docker(&[&deploy])));
    let first = format!("server_timezone: UTC\nusers:\n{}", user("alice", "'sudo'", &[&carol, &key("alice")]));
    says("first-key-changed", &base, &first);
    says("options-dropped", &spin(&user("bob", "", &[&format!("restrict {bob}")])), &with_bob);
}

#[test]
fn who_loses_access_and_what_stays() {
    let (bob, carol) = (key("bob"), key("carol"));
    let with = |keys: &[&str]| spin(&user("bob", "", keys));
    says("key-deleted", &with(&[&bob, &carol]), &with(&[&bob]));
    says("deploy-key-deleted", &spin(&docker(&[&bob, &carol])), &spin(&docker(&[&bob])));
    let absent = with(&[&bob, &carol]) + "        state: absent\n";
    says("key-absent", &with(&[&bob, &carol]), &absent);
    says("user-deleted", &with(&[&bob]), &spin(""));
    says(
        "user-absent",
        &with(&[&bob]),
        &with(&[&bob]).replace("username: bob\n", "username: bob\n    state: absent\n"),
    );
    let sudo = spin(&user("bob", "'sudo'", &[&bob]));
    says("sudo-lost", &sudo, &with(&[&bob]));
    says("user-renamed", &with(&[&bob]), &with(&[&bob]).replace("username: bob", "username: robert"));
    let deploy = spin(&docker(&[&key("deploy")]));
    says("deploy-renamed", &deploy, &deploy.replace("username: deploy", "username: ci"));
}

#[test]
fn what_else_changes() {
    let secret = "providers:\n  - name: hetzner\n    api_token: never-to-be-shown\n";
    let base = spin(&user("bob", "", &[&key("bob")])) + secret;
    says("token-changed", &base, &base.replace("never-to-be-shown", "nor-this-one"));
    says("comment-changed", &base, &base.replace("bob@laptop", "bob@desktop"));
    says("only-layout-changed", &base, &(base.clone() + "# a comment of ours\n"));
    says("nothing-changed", &base, &base);
    says("run-fails-now", &base, &base.replace("groups: ['sudo']", "groups: sudo"));
    says("run-is-mended", &base.replace("groups: ['sudo']", "groups: sudo"), &base);
    let placeholder = "ssh-ed25519 AAAAC3NzaC1lmyfakeublickeyMVIzwQXBzxxD9b8Erd1FKVvu x";
    says("new-findings", &base, &base.replace(&key("bob"), placeholder));
    says("what-edits-refuse", &base, &(base.clone() + "x: &x [1]\ny: *x\nserver_timezone: CET\n"));
    let template = |name: &str| spin(&user("eve", "'sudo'", &[&format!("{{{{ {name} }}}}")]));
    says("what-only-ansible-can-tell", &template("one_key"), &template("another_key"));
    says("unreadable", &base, "users: [\n");
}

#[test]
fn encrypted_sides() {
    let (before, after) = (spin(""), spin(&user("bob", "", &[&key("bob")])));
    let password = |session: &Session| session.write("project/.vault-password", format!("{}\n", vault::PASSWORD));
    let session = changed(&vault::encrypted(&before), &vault::encrypted(&after));
    golden("encrypted-without-password", &reports(&session, "project", &[]));
    password(&session);
    golden("encrypted", &reports(&session, "project", &[]));

    let session = changed(&before, &vault::encrypted(&after));
    password(&session);
    golden("plain-to-encrypted", &reports(&session, "project", &[]));
    let session = changed(&vault::encrypted(&before), &after);
    password(&session);
    golden("encrypted-to-plain", &reports(&session, "project", &[]));

    let other = seal(before.as_bytes(), b"the old one", &[9; SALT_BYTES], Header::V1_1);
    let session = changed(&other, &vault::encrypted(&after));
    password(&session);
    golden("password-changed-unknown", &reports(&session, "project", &[]));
    session.write("old-password", "the old one\n");
    let args = ["--base-vault-password-file", "../old-password"];
    golden("password-changed", &reports(&session, "project", &args));
    // Only the password: nobody gains or loses anything.
    let session = changed(&other, &vault::encrypted(&before));
    password(&session);
    session.write("old-password", "the old one\n");
    golden("only-password-changed", &reports(&session, "project", &args));
}

#[test]
fn files_that_come_and_go() {
    let session = Session::new("");
    session.write("project/README", "x");
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", "README"]);
    git(&session, &["commit", "-q", "-m", "one"]);
    session.write("project/.spin.yml", spin(""));
    git(&session, &["add", ".spin.yml"]);
    golden("file-added", &reports(&session, "project", &[]));

    let session = committed(&spin(""));
    fs::remove_file(session.path("project/.spin.yml")).unwrap();
    golden("file-deleted", &reports(&session, "project", &[]));

    let session = committed(&spin(""));
    git(&session, &["mv", ".spin.yml", ".spin.prod.yml"]);
    session.write("project/.spin.prod.yml", spin(&user("bob", "", &[&key("bob")])));
    golden("file-renamed", &reports(&session, "project", &["--file", ".spin.prod.yml"]));

    let session = Session::new(spin(""));
    session.write("project/.gitignore", ".spin.yml\n.vault-password\n");
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", ".gitignore"]);
    git(&session, &["commit", "-q", "-m", "one"]);
    golden("file-ignored", &reports(&session, "project", &[]));

    let session = Session::new(spin(""));
    session.write("project/new.yml", spin(&user("bob", "", &[&key("bob")])));
    golden("two-files", &reports(&session, "project", &[".spin.yml", "new.yml"]));
}

#[test]
fn all_kinds_of_repositories() {
    let (before, after) = (spin(""), spin(&user("bob", "", &[&key("bob")])));
    let session = changed(&before, &after);
    git(&session, &["add", ".spin.yml"]);
    session.write("project/.spin.yml", &before);
    golden("staged", &reports(&session, "project", &["--staged"]));

    let session = committed(&before);
    commit(&session, &after);
    golden("two-revisions", &reports(&session, "project", &["main", "work"]));
    golden("head-of-a-branch", &reports(&session, "project", &[]));
    git(&session, &["checkout", "-q", "--detach"]);
    golden("detached-head", &reports(&session, "project", &[]));
    git(&session, &["worktree", "add", "-q", "../tree", "work"]);
    golden("worktree", &reports(&session, "tree", &[]));
    git_in(&session, ".", &["clone", "-q", "--bare", "project", "bare.git"]);
    golden("bare", &reports(&session, "bare.git", &["main", "work"]));

    // The base moved on: only what the branch itself did counts.
    let session = committed(&before);
    commit(&session, &after);
    git(&session, &["checkout", "-q", "main"]);
    commit(&session, spin(&user("carol", "", &[&key("carol")])).replace("UTC", "CET"));
    git(&session, &["checkout", "-q", "work"]);
    golden("base-moved-on", &reports(&session, "project", &[]));
    git(&session, &["merge", "-q", "-X", "ours", "-m", "merge", "main"]);
    golden("merge-commit", &reports(&session, "project", &[]));

    let session = Session::new(&before);
    git(&session, &["init", "-q", "-b", "main", "--object-format=sha256"]);
    git(&session, &["add", "."]);
    git(&session, &["commit", "-q", "-m", "one"]);
    session.write("project/.spin.yml", &after);
    golden("sha256", &reports(&session, "project", &[]));

    let session = Session::empty();
    session.write("project/größe – 数/.spin.yml", &before);
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", "."]);
    git(&session, &["commit", "-q", "-m", "one"]);
    session.write("project/größe – 数/.spin.yml", &after);
    golden("non-ascii-path", &reports(&session, "project", &["--file", "größe – 数/.spin.yml"]));

    let session = committed(&before);
    git_in(&session, ".", &["init", "-q", "-b", "main", "outer"]);
    git_in(&session, "outer", &["submodule", "--quiet", "add", "../project", "inner"]);
    session.write("outer/inner/.spin.yml", &after);
    golden("submodule", &reports(&session, "outer/inner", &[]));
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let session = committed(&spin(""));
    commit(&session, spin(&user("bob", "", &[&key("bob")])));
    let url = format!("file://{}", session.path("project").display());
    git_in(&session, ".", &["clone", "-q", "--depth", "1", "--branch", "work", &url, "shallow"]);
    let run = |session: &Session| {
        Ran::of(session.command(&["review"]).current_dir(session.path("shallow")).output().unwrap())
    };
    run(&session).expect(0, &["this clone has no history"]);
    let session = session.env("GITHUB_BASE_REF", "main");
    run(&session).expect_refusal(&[
        "the target branch main of the pull request is not in this clone",
        "fetch-depth: 0",
        "--unshallow",
    ]);
    git_in(&session, "shallow", &["fetch", "-q", "--unshallow", "origin"]);
    git_in(&session, "shallow", &["fetch", "-q", "origin", "main:refs/remotes/origin/main"]);
    golden("shallow-clone-deepened", &reports(&session, "shallow", &[]));
}
