//! What a branch leaves lying: links, keys in the CI folder, password programs.

use super::git_hostile::run_in;
use super::review::{git, git_in, spin};
use super::vault::{PASSWORD, encrypted};
use crate::session::{BINARY, Ran, Session, key};
use std::fs;
use std::os::unix::fs::symlink;

const SECRET: &str = "hunter2-of-the-machine";
const CI: &str = "project/.infrastructure/conf/ci";
const NAME: &str = "SSH_DEPLOY_PRIVATE_KEY";
/// The commands that only look, in each format.
const LOOKING: [&[&str]; 12] = [
    &["list"],
    &["list", "--format", "json"],
    &["check"],
    &["check", "--format", "json"],
    &["check", "--format", "github"],
    &["check", "--fix", "--dry-run"],
    &["show"],
    &["review"],
    &["review", "--format", "markdown"],
    &["review", "--format", "json"],
    &["review", "--format", "github"],
    &["review", "--files", "old.yml", ".spin.yml"],
];

fn repository(text: &str) -> Session {
    let session = Session::new(text);
    session.write("project/old.yml", spin(""));
    git(&session, &["init", "-q", "-b", "main"]);
    git(&session, &["add", "."]);
    git(&session, &["commit", "-q", "-m", "one"]);
    session
}

/// Makes the `.spin.yml` a link.
fn linked(session: &Session, to: &str) {
    fs::remove_file(session.path("project/.spin.yml")).unwrap();
    symlink(to, session.path("project/.spin.yml")).unwrap();
}

#[test]
fn in_ci_no_link_out_of_the_repository_is_followed() {
    for (to, text) in [
        ("../home/.git-credentials", format!("https://user:{SECRET}@example.org\n")),
        ("../home/other.yml", format!("users:\n  - username: {SECRET}\n")),
        (".git/secret", SECRET.to_owned()),
    ] {
        let session = repository(&spin("")).env("CI", "true");
        session.write(&format!("project/{to}"), text);
        linked(&session, to);
        for args in LOOKING {
            let ran = session.run(args);
            let all = format!("{}{}", ran.out, ran.err);
            assert!(ran.code == Some(2) && !all.contains("hunter2"), "{args:?}: {all}");
            assert!(
                all.contains("is a link to ") && all.contains("in CI such a link is not followed"),
                "{args:?}: {all}"
            );
        }
    }
    // A folder on the way is a link, too; and the variables of those that are most used say where this runs.
    for variable in ["GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION"] {
        let session = repository(&spin("")).env(variable, "true");
        session.write("home/.spin.yml", format!("users:\n  - username: {SECRET}\n"));
        symlink("../home", session.path("project/apps")).unwrap();
        session.run(&["list", "-f", "apps/.spin.yml"]).expect_refusal(&["project/apps is a link to", "/home, which"]);
    }
}

/// What is refused in CI, and what is kept from a runner, is so in the same runs.
#[test]
fn ci_is_where_its_variable_is_set_and_does_not_say_no() {
    let session = repository(&(spin("") + "::add-mask::x: 1\n"));
    session.write("home/.spin.yml", spin(""));
    symlink("../home", session.path("project/apps")).unwrap();
    for (value, is_ci) in [("true", true), ("1", true), ("false", false), ("0", false), ("", false)] {
        let run = |args: &[&str]| Ran::of(session.command(args).env("CI", value).output().unwrap());
        let shown = run(&["show"]).expect(0, &[]).out;
        assert_eq!(!shown.contains("\n::add-mask::"), is_ci, "CI={value}: {shown}");
        assert_eq!(run(&["list", "-f", "apps/.spin.yml"]).code == Some(2), is_ci, "CI={value}");
    }
}

#[test]
fn a_link_is_named_where_it_is_followed() {
    let session = repository(&spin(""));
    let real = session.path("project").canonicalize().unwrap().join("old.yml").display().to_string();
    linked(&session, "old.yml");
    let told = format!(".spin.yml, a link to {real}");
    for env in ["", "true"] {
        let mut run = session.command(&["list"]);
        Ran::of(run.env("CI", env).output().unwrap()).expect(0, &[&told]);
    }
    session.run(&["check"]).expect(0, &[&told]);
    let ran = session.run(&["review", "--files", "old.yml", ".spin.yml", "--format", "json"]).expect(0, &[]);
    assert!(ran.out.contains(&told), "{}", ran.out);
    session.write("project/bob.pub", key("bob"));
    let add = ["add-user", "bob", "--key", "bob.pub"];
    let asked = session.run_with(&add, "no\n").expect(1, &[]);
    assert!(format!("{asked:?}").contains(&format!("Write this to {told}?")), "{asked:#?}");
    session.run(&[&add[..], &["--yes"]].concat()).expect(0, &[&format!("wrote {told}")]);
    assert!(session.path("project/.spin.yml").is_symlink());
}

#[test]
fn in_ci_no_line_of_another_file_is_shown() {
    for text in [
        format!("{SECRET}\n"),
        format!("token: {SECRET}\n"),
        format!("machine x login y password {SECRET}\n"),
        format!("- {SECRET}\n"),
        format!("region: {SECRET}\n"),
    ] {
        let session = repository(&spin("")).env("CI", "true");
        session.write("project/.vault-password", text);
        session.write("project/bob.pub", key("bob"));
        linked(&session, ".vault-password");
        let add: &[&str] = &["add-user", "bob", "--key", "bob.pub", "--dry-run"];
        for args in LOOKING.into_iter().chain([add]) {
            let ran = session.run(args);
            assert!(ran.code.is_some() && !format!("{ran:?}").contains("hunter2"), "{args:?}: {ran:#?}");
        }
    }
    // A file that is one of Spin's has its lines.
    let session = repository("users:\n  - username: alice\n    groups: sudo\n").env("CI", "true");
    assert!(session.run(&["check"]).out.contains("| "), "no line is shown");
}

/// A project with `.infrastructure/` in git.
fn with_infrastructure() -> Session {
    let session = repository(&spin(""));
    fs::create_dir_all(session.path(CI)).unwrap();
    session
}

fn pair(session: &Session, folder: &str) {
    let path = session.path(folder).join(NAME);
    fs::create_dir_all(session.path(folder)).unwrap();
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-C", "ci", "-f", &path.display().to_string()]);
}

#[track_caller]
fn no_deploy(session: &Session, words: &[&str]) {
    for last in ["--yes", "--dry-run"] {
        session.refuses(&["add-deploy", last], words);
    }
}

#[test]
fn what_a_branch_puts_into_the_ci_folder_is_not_taken() {
    let session = with_infrastructure();
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    assert_eq!(git_in(&session, "project", &["status", "--porcelain", "-uall"]).matches(NAME).count(), 0);
    session.run(&["add-deploy", "--yes"]).expect(0, &["nothing to do"]);

    if !crate::session::needs("ssh-keygen") {
        return;
    }
    // A pair that was committed.
    let session = with_infrastructure();
    pair(&session, CI);
    session.write(&format!("{CI}/.gitignore"), "*\n!.gitignore\n");
    git(&session, &["add", "-f", "."]);
    no_deploy(&session, &["git tracks ", NAME, "git rm ", "new pair"]);

    // Links: to a person's key, and to a folder that others can see.
    let session = with_infrastructure();
    session.write(&format!("{CI}/.gitignore"), "*\n!.gitignore\n");
    pair(&session, "home/.ssh");
    for name in [NAME, "SSH_DEPLOY_PRIVATE_KEY.pub"] {
        let link = session.path(&format!("{CI}/{name}"));
        symlink(session.path(&format!("home/.ssh/{name}")), &link).unwrap();
        no_deploy(&session, &[name, "is a link to", "/home/.ssh/", "rm ", "--key "]);
        fs::remove_file(link).unwrap();
    }
    for link in [CI, "project/.infrastructure/conf", "project/.infrastructure"] {
        let session = repository(&spin(""));
        fs::create_dir_all(session.path("project/public/conf/ci")).unwrap();
        fs::create_dir_all(session.path(link).parent().unwrap()).unwrap();
        symlink(session.path("project/public"), session.path(link)).unwrap();
        no_deploy(&session, &["is a link to", "/public", "rm ", "SPIN_CI_FOLDER="]);
    }

    // An empty .gitignore, with and without a pair; and one that another file undoes.
    let session = with_infrastructure();
    session.write(&format!("{CI}/.gitignore"), "");
    no_deploy(&session, &["git does not ignore ", "printf '*\\n!.gitignore\\n' > "]);
    pair(&session, CI);
    no_deploy(&session, &["git does not ignore "]);
    session.write(&format!("{CI}/.gitignore"), "*\n!.gitignore\n!SSH*\n");
    no_deploy(&session, &["git does not ignore "]);
    session.write(&format!("{CI}/.gitignore"), "*\n!.gitignore\n");
    session.run(&["add-deploy", "--yes"]).expect(0, &["wrote .spin.yml"]);
}

/// The link is a person's own where no repository brings it.
#[test]
fn a_ci_folder_that_is_named_may_be_a_link() {
    let session = repository(&spin(""));
    fs::create_dir(session.path("secrets")).unwrap();
    symlink("secrets", session.path("link")).unwrap();
    let folder = session.path("link").display().to_string();
    let session = session.env("SPIN_CI_FOLDER", &folder);
    let real = session.path("secrets").canonicalize().unwrap().display().to_string();
    session.run(&["add-deploy", "--yes"]).expect(0, &[&format!("{folder}, a link to {real}"), "wrote"]);
    assert!(session.exists(&format!("secrets/{NAME}")));
}

/// In CI `check` does not look at a key that a link brings, and does not list a folder of the machine.
#[test]
fn in_ci_the_ci_folder_leads_nowhere_else() {
    let session = with_infrastructure().env("CI", "true");
    session.write("home/key", SECRET);
    symlink("../../../../home/key", session.path(&format!("{CI}/{NAME}"))).unwrap();
    let ran = session.run(&["check"]);
    assert!(
        ran.out.contains("SK615") && ran.out.contains("is a link to") && !ran.out.contains("hunter2"),
        "{}",
        ran.out
    );
    fs::remove_dir_all(session.path(CI)).unwrap();
    symlink("../../../home", session.path(CI)).unwrap();
    session.write("home/A_SECRET_NAME", "");
    let ran = session.run(&["check"]);
    assert!(ran.out.contains("is a link to") && !ran.out.contains("A_SECRET_NAME"), "{}", ran.out);
}

/// An encrypted file, and a program that prints its password and leaves a mark.
fn with_program(name: &str) -> Session {
    let session = repository(&encrypted(spin("")));
    let mark = session.path("ran").display().to_string();
    session.executable(name, format!("#!/bin/sh\ntouch '{mark}'\necho '{PASSWORD}'\n"));
    session
}

#[test]
fn a_password_program_in_the_working_tree_is_run_by_its_absolute_path_only() {
    let session = with_program("project/.vault-password");
    let told = ["program .vault-password is not run", "in the working tree", "absolute path: /"];
    for args in [&["list"][..], &["check"], &["add-deploy", "--dry-run"]] {
        session.run(&[args, &["--vault-password-file", ".vault-password"]].concat()).expect_refusal(&told);
        let mut run = session.command(args);
        Ran::of(run.env("ANSIBLE_VAULT_PASSWORD_FILE", ".vault-password").output().unwrap()).expect_refusal(&told);
    }
    let ran = session.run(&["review", "--vault-password-file", ".vault-password"]).expect(0, &[]);
    assert!(ran.out.contains("is not run"), "{}", ran.out);
    // From another folder of the tree, and through a link into it.
    fs::create_dir(session.path("project/sub")).unwrap();
    symlink("project/.vault-password", session.path("link")).unwrap();
    for path in ["../.vault-password", "../../link", "../sub/../.vault-password"] {
        let ran = run_in(&session, "project/sub", &["list", "--vault-password-file", path]);
        ran.expect_refusal(&["is not run", "in the working tree"]);
    }
    assert!(!session.exists("ran"));
    let absolute = session.path("project/.vault-password").display().to_string();
    session.run(&["list", "--vault-password-file", &absolute]).expect(0, &[]);
    assert!(session.exists("ran"));

    // Outside of the tree, and where the file is read and not run, a relative path is as good.
    let session = with_program("pass");
    session.run(&["list", "--vault-password-file", "../pass"]).expect(0, &[]);
    let session = repository(&encrypted(spin("")));
    session.write("project/password", PASSWORD);
    session.run(&["list", "--vault-password-file", "password"]).expect(0, &[]);
}

#[test]
fn a_textconv_runs_no_program() {
    let session = with_program("pass");
    let binaries = std::path::Path::new(&*BINARY).parent().unwrap().display().to_string();
    let path = format!("{binaries}:{}", std::env::var("PATH").unwrap());
    let program = session.path("pass").display().to_string();
    let session = session.env("PATH", &path).env("ANSIBLE_VAULT_PASSWORD_FILE", &program);
    session.run(&["git", "install"]).expect(0, &[]);
    let log = Ran::of(session.tool("git").args(["log", "-p"]).output().unwrap());
    assert!(log.out.contains("+$ANSIBLE_VAULT") && log.err.contains("is not run to show a file to git"), "{log:#?}");
    session.run(&["show", "--textconv", "--vault-password-file", &program]).expect(0, &["is not run to show"]);
    assert!(!session.exists("ran"));
    // A file beside it is read as before.
    session.write("project/.vault-password", PASSWORD);
    let log = Ran::of(session.tool("git").args(["log", "-p"]).output().unwrap());
    assert!(log.out.contains("username: alice") && !session.exists("ran"), "{log:#?}");
    // Whoever runs it by hand may.
    fs::remove_file(session.path("project/.vault-password")).unwrap();
    assert!(session.run(&["show"]).expect(0, &[]).out.contains("username: alice") && session.exists("ran"));
}
