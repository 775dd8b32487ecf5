//! Hostile repositories: git starts nothing of theirs, and another repository is never taken for the one of the file.

use super::review::{changed, committed, git, git_in, spin, user};
use crate::session::{BINARY, Ran, Session, key, skipped};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The commands that ask git something.
const LOOKING: [&[&str]; 8] = [
    &["review"],
    &["review", "main", "work"],
    &["review", "main...work"],
    &["review", "--staged"],
    &["review", "no-such-revision"],
    &["check"],
    &["list"],
    &["add-user", "alice", "--key", "../key.pub", "--dry-run"],
];

pub(crate) fn with_bob() -> String {
    spin(&user("bob", "'sudo'", &[&key("bob")]))
}

/// A program of the session that leaves a mark, so that nobody can run it unseen.
fn evil(session: &Session) -> String {
    let mark = session.path("ran");
    let path = session.executable("evil", format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\nexit 1\n", mark.display()));
    path.display().to_string()
}

#[track_caller]
fn nothing_ran(session: &Session, after: &str) {
    let mark = session.path("ran");
    assert!(!mark.exists(), "{after}: {}", fs::read_to_string(&mark).unwrap_or_default());
}

pub(crate) fn run_in(session: &Session, folder: &str, args: &[&str]) -> Ran {
    Ran::of(session.command(args).current_dir(session.path(folder)).output().unwrap())
}

#[track_caller]
fn looks_without_running(session: &Session, folder: &str) {
    session.write("key.pub", key("alice"));
    for args in LOOKING {
        let ran = run_in(session, folder, args);
        assert!(ran.code.is_some(), "{args:?}: {ran:?}");
        nothing_ran(session, &format!("{args:?}"));
    }
}

/// Everything in a configuration that names a program for git to run.
fn steered(session: &Session, folder: &str) {
    let evil = evil(session);
    for (name, value) in [
        ("core.fsmonitor", evil.as_str()),
        ("core.pager", &evil),
        ("core.editor", &evil),
        ("core.sshCommand", &evil),
        ("core.askPass", &evil),
        ("core.gitProxy", &evil),
        ("core.alternateRefsCommand", &evil),
        ("core.hooksPath", &session.path("hooks").display().to_string()),
        ("credential.helper", &format!("!{evil}")),
        ("diff.external", &evil),
        ("diff.evil.command", &evil),
        ("diff.evil.textconv", &evil),
        ("filter.evil.clean", &evil),
        ("filter.evil.smudge", &evil),
        ("filter.evil.process", &evil),
        ("filter.evil.required", "true"),
        ("gpg.program", &evil),
        ("pager.diff", &evil),
        ("pager.ls-tree", &evil),
        ("alias.diff-index", &format!("!{evil}")),
        ("alias.rev-parse", &format!("!{evil}")),
        ("log.showSignature", "true"),
    ] {
        git_in(session, folder, &["config", name, value]);
    }
    for hook in ["post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"] {
        session.executable(&format!("hooks/{hook}"), format!("#!/bin/sh\n'{evil}' {hook}\n"));
    }
}

/// A renamed file whose clean filter any comparison with the working tree would run.
fn filtered() -> Session {
    let session = committed(&spin(""));
    session.write("project/.gitattributes", "* filter=evil diff=evil\n");
    git(&session, &["add", ".gitattributes"]);
    git(&session, &["commit", "-q", "-m", "attributes"]);
    fs::rename(session.path("project/.spin.yml"), session.path("project/.spin.prod.yml")).unwrap();
    session.write("project/.spin.yml", with_bob());
    session.write("project/README", "");
    session
}

#[test]
fn a_configuration_runs_nothing() {
    let session = filtered();
    steered(&session, "project");
    looks_without_running(&session, "project");
    session.run(&["review", "--file", ".spin.prod.yml"]);
    run_in(&session, "project", &["git", "install"]);
    nothing_ran(&session, "a file of another name, and git install");
    session.tool("git").args(["diff", "main"]).output().unwrap();
    assert!(session.exists("ran"), "git itself would have run it");
}

#[test]
fn an_included_configuration_runs_nothing() {
    let session = filtered();
    let evil = evil(&session);
    session.write("project/.settings", format!("[core]\n\tfsmonitor = {evil}\n[filter \"evil\"]\n\tclean = {evil}\n"));
    git(&session, &["config", "include.path", "../.settings"]);
    looks_without_running(&session, "project");
    session.run(&["review", "--file", ".spin.prod.yml"]);
    nothing_ran(&session, "a file of another name");
}

#[test]
fn the_environment_runs_nothing_and_changes_no_answer() {
    let session = filtered();
    let expected = session.run(&["review"]).expect(0, &[]).out;
    assert!(expected.contains("bob GAINS SUDO"), "{expected}");
    let evil = evil(&session);
    let elsewhere = session.path("elsewhere").display().to_string();
    let mut hostile = session;
    for (name, value) in [
        ("GIT_CONFIG_COUNT", "2"),
        ("GIT_CONFIG_KEY_0", "filter.evil.clean"),
        ("GIT_CONFIG_VALUE_0", &evil),
        ("GIT_CONFIG_KEY_1", "core.fsmonitor"),
        ("GIT_CONFIG_VALUE_1", &evil),
        ("GIT_CONFIG_PARAMETERS", &format!("'filter.evil.clean'='{evil}'")),
        ("GIT_EXTERNAL_DIFF", &evil),
        ("GIT_SSH", &evil),
        ("GIT_SSH_COMMAND", &evil),
        ("GIT_PAGER", &evil),
        ("GIT_EDITOR", &evil),
        ("GIT_ASKPASS", &evil),
        ("GIT_PROXY_COMMAND", &evil),
        ("GIT_EXEC_PATH", &elsewhere),
        ("GIT_TRACE", &elsewhere),
        ("GIT_TRACE2", &elsewhere),
        ("GIT_ALLOW_PROTOCOL", "ext:file"),
        ("GIT_OBJECT_DIRECTORY", &elsewhere),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &elsewhere),
        ("GIT_LITERAL_PATHSPECS", "0"),
        ("GIT_NAMESPACE", "x"),
        ("GIT_REPLACE_REF_BASE", "refs/heads/"),
        ("GIT_CEILING_DIRECTORIES", "/"),
        ("GIT_DEFAULT_HASH", "sha256"),
        ("LC_ALL", "de_DE.UTF-8"),
    ] {
        hostile = hostile.env(name, value);
    }
    assert_eq!(hostile.run(&["review"]).expect(0, &[]).out, expected);
    looks_without_running(&hostile, "project");
    hostile.run(&["review", "--file", ".spin.prod.yml"]);
    nothing_ran(&hostile, "a file of another name");
    assert!(!hostile.exists("elsewhere"), "a trace was written");
}

/// The files of a bare repository can be committed, and git takes such a folder for a repository.
#[test]
fn a_repository_beside_the_file_is_not_taken() {
    let session = Session::empty();
    session.write("project/apps/web/.spin.yml", spin(""));
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", "."]);
    git(&session, &["commit", "-q", "-m", "one"]);
    git(&session, &["checkout", "-q", "-b", "work"]);
    session.write("project/apps/web/.spin.yml", with_bob());
    git_in(&session, "project/apps/web", &["init", "-q", "--bare", "-b", "main", "."]);
    steered(&session, "project/apps/web");
    let planted = |args: &[&str]| {
        let all = [&["--git-dir=.", "--work-tree=."], args].concat();
        git_in(&session, "project/apps/web", &all).trim().to_owned()
    };
    session.write("project/apps/web/info/attributes", "* filter=evil\n");
    planted(&["config", "core.bare", "false"]);
    planted(&["config", "core.worktree", session.path("project/apps/web").to_str().unwrap()]);
    // It has a history without the file, so that git would look for another name of it.
    let commit = planted(&["commit-tree", "-m", "x", &planted(&["mktree"])]);
    planted(&["update-ref", "refs/heads/main", &commit]);
    looks_without_running(&session, "project/apps/web");
    let ran = run_in(&session, "project/apps/web", &["review"]).expect(0, &[]);
    assert!(ran.out.contains("bob GAINS SUDO") && ran.out.contains("apps/web/.spin.yml"), "{ran:#?}");
    let ran = run_in(&session, "project", &["review", "--file", "apps/web/.spin.yml"]).expect(0, &[]);
    assert!(ran.out.contains("bob GAINS SUDO"), "{ran:#?}");
    run_in(&session, "project/apps/web", &["git", "install"]).expect(0, &["project/.git/info/attributes"]);
    nothing_ran(&session, "git install");
}

/// Where `.git` is damaged, git would go on to such files.
#[test]
fn a_planted_repository_does_not_stand_in_for_a_damaged_one() {
    let session = changed(&spin(""), &with_bob());
    git_in(&session, "project", &["init", "-q", "--bare", "."]);
    steered(&session, "project");
    fs::remove_file(session.path("project/.git/HEAD")).unwrap();
    looks_without_running(&session, "project");
    session.run(&["review"]).expect_refusal(&["would use the files in", "not", "/.git", "come with a branch"]);
    run_in(&session, "project", &["git", "install"]).expect_refusal(&["come with a branch"]);
}

/// A clone that is to fetch what it lacks from a source that is a program.
#[test]
fn a_partial_clone_fetches_nothing() {
    for url in ["ext::EVIL %S", "ssh://host.invalid/x", "file:///nowhere"] {
        let session = changed(&spin(""), &with_bob());
        steered(&session, "project");
        let url = url.replace("EVIL", &session.path("evil").display().to_string());
        for (name, value) in [
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", "origin"),
            ("remote.origin.url", &url),
            ("remote.origin.promisor", "true"),
            ("remote.origin.uploadpack", &session.path("evil").display().to_string()),
            ("protocol.allow", "always"),
            ("protocol.ext.allow", "always"),
        ] {
            git(&session, &["config", name, value]);
        }
        let blob = git_in(&session, "project", &["rev-parse", "main:.spin.yml"]);
        let (folder, file) = blob.trim().split_at(2);
        fs::remove_file(session.path(&format!("project/.git/objects/{folder}/{file}"))).unwrap();
        looks_without_running(&session, "project");
        session.run(&["review"]).expect_refusal(&["git cat-file blob", "partial clone", "git fetch --refetch"]);
    }
}

#[test]
fn git_is_not_taken_from_the_folder_of_a_project() {
    let session = changed(&spin(""), &with_bob());
    let evil = evil(&session);
    for folder in ["", "bin/"] {
        session.executable(&format!("project/{folder}git"), format!("#!/bin/sh\nexec '{evil}'\n"));
    }
    for start in [".", "bin", ""] {
        let path = format!("{start}:{}", std::env::var("PATH").unwrap());
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(&*BINARY).arg("review").current_dir(session.path("project")).env_clear();
        let ran = Ran::of(command.env("PATH", path).output().unwrap());
        assert!(ran.code == Some(0) && ran.out.contains("bob GAINS SUDO"), "{start:?}: {ran:#?}");
        nothing_ran(&session, start);
    }
}

/// The programs that were started, by the last part of their names; what was not found was none.
fn started(trace: &Path) -> Vec<String> {
    let text = fs::read_to_string(trace).unwrap();
    let calls = text.lines().filter(|line| line.contains("execve(") && !line.contains(" = -1 "));
    let path = |line: &str| line.split_once("execve(\"").unwrap().1.split('"').next().unwrap().to_owned();
    calls.map(|line| path(line).rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn under_strace_nothing_but_git_is_started() {
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|it| it.success());
    if !works {
        return skipped("strace is not there, or may not trace: nobody saw which programs are started");
    }
    let session = filtered();
    steered(&session, "project");
    session.write("key.pub", key("alice"));
    git(&session, &["config", "extensions.partialClone", "origin"]);
    let more: [&[&str]; 2] = [&["git", "install"], &["review", "--file", ".spin.prod.yml"]];
    for args in LOOKING.iter().chain(&more) {
        let trace = session.path("trace");
        let mut command = session.tool("strace");
        command.args(["-f", "-qq", "-e", "trace=execve", "-o"]).arg(&trace).arg(&*BINARY).args(*args);
        let ran = Ran::of(command.output().unwrap());
        let programs = started(&trace);
        assert!(ran.code.is_some() && programs.first().is_some_and(|name| name == "spin-keys"), "{args:?}: {ran:?}");
        assert!(programs[1..].iter().all(|name| name == "git"), "{args:?}: {programs:?}");
        assert!(args[0] != "review" || programs.len() > 2, "{args:?}: git was not seen: {programs:?}");
    }
}
