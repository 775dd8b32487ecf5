//! `git install` in real repositories, and what git says about the files in them.

use crate::session::{Ran, Session, key};
use spin_keys::git::is_tracked;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const LINE: &str = ".spin.yml diff=spin-keys\n";
const ATTRIBUTES: &str = "project/.git/info/attributes";
const KEY: &str = "diff.spin-keys.textconv";

/// Runs git in a folder of the session; gives what it printed.
#[track_caller]
fn git_in(session: &Session, folder: &str, args: &[&str]) -> String {
    let who = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "protocol.file.allow=always"];
    let ran = Ran::of(session.tool("git").current_dir(session.path(folder)).args(who).args(args).output().unwrap());
    assert_eq!(ran.code, Some(0), "git {args:?}: {}", ran.err);
    ran.out
}

#[track_caller]
fn git(session: &Session, args: &[&str]) -> String {
    git_in(session, "project", args)
}

fn install_in(session: &Session, folder: &str) -> Ran {
    Ran::of(session.command(&["git", "install"]).current_dir(session.path(folder)).output().unwrap())
}

fn install(session: &Session) -> Ran {
    install_in(session, "project")
}

/// A repository with a committed `.spin.yml`, and a `spin-keys` on the path that stands for the real one.
fn repository() -> Session {
    let session = Session::new("token: hunter2\n");
    session.executable("bin/spin-keys", "#!/bin/sh\n[ \"$1 $2\" = 'show --textconv' ] && sed s/hunter/MASK/ \"$3\"\n");
    let path = format!("{}:{}", session.path("bin").display(), std::env::var("PATH").unwrap());
    let session = session.env("PATH", &path);
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", "."]);
    git(&session, &["commit", "-q", "-m", "one"]);
    session
}

fn value(session: &Session) -> String {
    git(session, &["config", "--local", "--default", "", "--get", KEY])
}

fn attribute(session: &Session, folder: &str) -> String {
    let told = git_in(session, folder, &["check-attr", "diff", "--", ".spin.yml"]);
    told.trim_end().rsplit(' ').next().unwrap().to_owned()
}

/// The commands that a run says undo it.
fn undo(ran: &Ran) -> String {
    let (_, lines) = ran.err.split_once("to undo it, in this folder:\n").unwrap();
    lines.to_owned()
}

#[track_caller]
fn sh(session: &Session, folder: &str, script: &str) {
    let ran = Ran::of(session.tool("sh").args(["-ec", script]).current_dir(session.path(folder)).output().unwrap());
    ran.expect(0, &[]);
}

#[test]
fn git_diff_goes_through_show_until_it_is_undone() {
    let session = repository();
    fs::remove_dir_all(session.path("project/.git/info")).unwrap();
    let before = session.state();
    let ran = install(&session).expect(0, &["git diff and git log -p", ".spin.yml diff=spin-keys", KEY, "to undo"]);
    assert!(ran.out.is_empty() && !ran.err.contains("warning"), "{ran:#?}");
    assert_eq!(session.read(ATTRIBUTES), LINE.as_bytes());
    assert_eq!((session.mode(ATTRIBUTES), value(&session)), (0o644, "spin-keys show --textconv\n".to_owned()));
    assert_eq!(git(&session, &["status", "--porcelain"]), "", "nothing of it is to be committed");

    session.write("project/.spin.yml", "token: hunter3\n");
    let shown = git(&session, &["diff"]);
    assert!(shown.contains("-token: MASK2\n+token: MASK3\n"), "{shown}");
    assert!(git(&session, &["log", "-p"]).contains("+token: MASK2\n"));
    session.write("project/.spin.yml", "token: hunter2\n");

    sh(&session, "project", &undo(&ran));
    assert!(git(&session, &["log", "-p"]).contains("+token: hunter2\n"));
    assert_eq!((attribute(&session, "project"), value(&session)), ("unspecified".to_owned(), "\n".to_owned()));
    let config = Path::new("project/.git/config").to_str().unwrap();
    assert_eq!(session.read(config), before[&session.path(config)].1);
    assert!(session.read(ATTRIBUTES).is_empty() && !session.exists("project/.git/info/attributes.bak"));
}

#[test]
fn a_second_run_changes_nothing_and_says_so() {
    let session = repository();
    install(&session).expect(0, &[]);
    let before = session.state();
    let ran = install(&session).expect(0, &["nothing to do"]);
    assert!(!ran.err.contains("undo"), "{}", ran.err);
    assert_eq!(session.state(), before);
    git(&session, &["config", KEY, "spin-keys show"]); // of an earlier version: it runs password programs
    install(&session).expect(0, &[KEY]);
    assert_eq!(session.state(), before);
}

#[test]
fn what_is_there_already_stays() {
    // A file without a final line break, of a mode of its own; undone to the same lines.
    let session = repository();
    session.write(ATTRIBUTES, "*.png binary\n\\\u{e9} text\r\n*.lock -diff");
    fs::set_permissions(session.path(ATTRIBUTES), fs::Permissions::from_mode(0o600)).unwrap();
    let ran = install(&session).expect(0, &[]);
    let old = "*.png binary\n\\\u{e9} text\r\n*.lock -diff\n";
    assert_eq!(session.read(ATTRIBUTES), format!("{old}{LINE}").as_bytes());
    assert_eq!((session.mode(ATTRIBUTES), attribute(&session, "project")), (0o600, "spin-keys".to_owned()));
    sh(&session, "project", &undo(&ran));
    assert_eq!(session.read(ATTRIBUTES), old.as_bytes());

    // A tracked .gitattributes says it already, and the person's own configuration; then only one of the two.
    let session = repository();
    session.write("project/.gitattributes", "/.spin.yml diff=spin-keys text\n");
    session.write("home/.gitconfig", "[diff \"spin-keys\"]\n\ttextconv = spin-keys show --textconv\n");
    git(&session, &["config", "diff.spin-keys.salt", &"0a".repeat(16)]);
    let before = session.state();
    install(&session).expect(0, &["nothing to do"]);
    assert_eq!(session.state(), before);
    fs::remove_file(session.path("home/.gitconfig")).unwrap();
    let ran = install(&session).expect(0, &[KEY]);
    assert!(!ran.err.contains("attributes") && !session.exists(&format!("{ATTRIBUTES}.bak")), "{}", ran.err);
    assert_eq!(undo(&ran).trim(), format!("git config --local --unset {KEY}"));
}

#[test]
fn another_setting_is_not_overwritten() {
    let session = repository();
    git(&session, &["config", KEY, "cat -A"]);
    let before = session.state();
    install(&session).expect_refusal(&["`cat -A`", "`spin-keys show --textconv`", "git config --local --unset-all"]);
    assert_eq!(session.state(), before);

    for (line, told) in [("*.yml diff=yaml", "`yaml`"), ("* -diff", "`unset`"), (".spin.yml binary", "`unset`")] {
        let session = repository();
        session.write(ATTRIBUTES, format!("{line}\n"));
        fs::create_dir(session.path("project/sub")).unwrap();
        let before = session.state();
        // From below it, too, though what is said is about the file at the top.
        for folder in ["project", "project/sub"] {
            install_in(&session, folder).expect_refusal(&[told, "`spin-keys`", "info/attributes"]);
        }
        assert_eq!(session.state(), before);
    }
    let session = repository();
    session.write(ATTRIBUTES, "/.spin.yml diff=yaml\n");
    fs::create_dir(session.path("project/sub")).unwrap();
    install_in(&session, "project/sub").expect_refusal(&["../.spin.yml is `yaml`"]);
    session.write(ATTRIBUTES, "/sub/.spin.yml diff=yaml\n");
    install_in(&session, "project/sub").expect_refusal(&["diff` of .spin.yml is `yaml`"]);
}

/// The file that the line is added to outranks those of a team and of a person.
#[test]
fn settings_of_a_lower_rank_are_outranked() {
    for line in ["*.yml diff=yaml", "* -diff", ".spin.yml binary", "/.spin.yml diff=yaml"] {
        let committed = repository();
        committed.write("project/.gitattributes", format!("{line}\n"));
        git(&committed, &["add", ".gitattributes"]);
        let own = repository();
        own.write("home/attributes", format!("{line}\n"));
        own.write("home/.gitconfig", "[core]\n\tattributesFile = ~/attributes\n");
        for session in [committed, own] {
            assert_ne!(attribute(&session, "project"), "unspecified");
            session.write(ATTRIBUTES, "*.lock -diff\n");
            let ran = install(&session).expect(0, &["added the line"]);
            assert_eq!(attribute(&session, "project"), "spin-keys");
            install(&session).expect(0, &["nothing to do"]);
            sh(&session, "project", &undo(&ran));
            assert_ne!(attribute(&session, "project"), "spin-keys");
        }
    }
}

#[test]
fn folders_below_worktrees_submodules_and_bare_repositories() {
    // A name that a shell would split.
    let session = repository();
    fs::create_dir(session.path("project/a b")).unwrap();
    let ran = install_in(&session, "project/a b").expect(0, &[]);
    assert_eq!(session.read(ATTRIBUTES), LINE.as_bytes());
    sh(&session, "project/a b", &undo(&ran));
    assert_eq!((attribute(&session, "project"), value(&session)), ("unspecified".to_owned(), "\n".to_owned()));

    // A worktree has its settings with the repository it is of.
    git(&session, &["worktree", "add", "-q", "-b", "other", "../work tree"]);
    let ran = install_in(&session, "work tree").expect(0, &[]);
    assert_eq!(
        (attribute(&session, "project"), attribute(&session, "work tree")),
        ("spin-keys".into(), "spin-keys".into())
    );
    install(&session).expect(0, &["nothing to do"]);
    sh(&session, "work tree", &undo(&ran));
    assert_eq!((attribute(&session, "work tree"), value(&session)), ("unspecified".to_owned(), "\n".to_owned()));

    // A submodule has its own, and the repository around it stays as it was.
    git(&session, &["submodule", "--quiet", "add", session.path("project").to_str().unwrap(), "inner"]);
    install_in(&session, "project/inner").expect(0, &["modules/inner/info/attributes"]);
    assert_eq!(
        (attribute(&session, "project/inner"), attribute(&session, "project")),
        ("spin-keys".into(), "unspecified".into())
    );

    git(&session, &["clone", "-q", "--bare", ".", "../bare"]);
    install_in(&session, "bare").expect(0, &[]);
    assert!(git_in(&session, "bare", &["log", "-p"]).contains("+token: MASK2\n"));
}

#[test]
fn git_dir_is_followed_as_git_does() {
    let session = repository();
    fs::create_dir(session.path("elsewhere")).unwrap();
    let session = session.env("GIT_DIR", "../project/.git");
    install_in(&session, "elsewhere").expect(0, &["../project/.git/info/attributes"]);
    assert_eq!(session.read(ATTRIBUTES), LINE.as_bytes());
}

#[test]
fn without_git_without_a_repository_and_without_itself_on_the_path() {
    let session = Session::new("");
    let before = session.state();
    install(&session).expect_refusal(&["finds no repository", "not a git repository", "that holds the .spin.yml"]);
    assert_eq!(session.state(), before);

    let mut command = session.tool(&*crate::session::BINARY);
    let ran = Ran::of(command.args(["git", "install"]).env("PATH", session.path("home")).output().unwrap());
    ran.expect_refusal(&["cannot run `git`", "install git"]);

    git(&session, &["init", "-q"]);
    install(&session).expect(0, &["warning: `spin-keys` is not in PATH"]);
}

#[test]
fn what_cannot_be_written_is_said_with_what_was() {
    let session = repository();
    session.write("project/.git/config.lock", "");
    let ran =
        install(&session).expect(2, &["could not lock config file", "added the line", "has no effect on its own"]);
    assert!(!ran.err.contains("nothing was written"), "{}", ran.err);
    fs::remove_file(session.path("project/.git/config.lock")).unwrap();
    install(&session).expect(0, &[KEY]);

    let session = repository();
    fs::create_dir_all(session.path(ATTRIBUTES)).unwrap();
    let before = session.state();
    install(&session).expect_refusal(&["it is a folder"]);
    assert_eq!(session.state(), before);
}

#[test]
fn git_tells_what_it_tracks_and_runs_nothing_for_that() {
    let session = repository();
    let marker = session.path("ran");
    session.executable("bin/monitor", format!("#!/bin/sh\ntouch '{}'\n", marker.display()));
    git(&session, &["config", "core.fsmonitor", session.path("bin/monitor").to_str().unwrap()]);
    let path = |name: &str| session.path(&format!("project/{name}"));
    // Not a pattern: there is a tracked file that it would fit.
    for name in ["*.yml", ":(icase).SPIN.yml", "new.yml", "missing.yml", ".git/config"] {
        if name == "new.yml" {
            session.write("project/new.yml", "");
        }
        assert_eq!(is_tracked(&path(name)), Some(false), "{name}");
    }
    assert_eq!(is_tracked(&path(".spin.yml")), Some(true));
    std::os::unix::fs::symlink(session.path("project"), session.path("link")).unwrap();
    assert_eq!(is_tracked(&session.path("link/.spin.yml")), Some(true));
    assert!(!marker.exists());
    git(&session, &["status"]);
    assert!(marker.exists(), "git itself would have run it");

    let elsewhere = Session::new("");
    assert_eq!(is_tracked(&elsewhere.path("project/.spin.yml")), None);
    fs::create_dir(elsewhere.path("project/.git")).unwrap();
    assert_eq!(is_tracked(&elsewhere.path("project/.spin.yml")), None, "no repository, only the name of one");
}

#[test]
fn an_edit_warns_of_what_git_tracks() {
    let session = repository();
    let add = || session.run(&["add-user", "alice", "--key", "key.pub", "--dry-run"]).err;
    session.write("project/key.pub", key("alice"));
    session.write("project/.vault-password", "x\n");
    assert!(!add().contains("SK602"), "there, but not tracked");
    git(&session, &["add", ".vault-password"]);
    let told = add();
    assert!(told.contains("[SK602]") && told.contains("git rm --cached .vault-password"), "{told}");
    git(&session, &["rm", "-q", "--cached", ".vault-password"]);
    assert!(!add().contains("SK602"));
    let secret = session.file() + "api_token: abcdefgh\n";
    session.write("project/.spin.yml", secret);
    git(&session, &["add", "-f", ".spin.yml"]);
    assert!(add().contains("spin vault encrypt .spin.yml"));
}
