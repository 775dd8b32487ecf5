//! Files that cannot be edited, each refused with a way out and nothing written.

use crate::session::{Ran, Session, fixtures, is_root, with_alice};
use rustix::fs::{FileType, Mode};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Stdio;

fn bob() -> String {
    fixtures().join("keys/bob.pub").display().to_string()
}

/// The run says this and what to do, and leaves everything as it was.
#[track_caller]
fn refused(session: &Session, args: &[&str], words: &str) {
    let before = session.state();
    for last in ["--yes", "--dry-run", "--check"] {
        let ran = session.run(&[args, &[last]].concat());
        ran.expect_refusal(&[words]);
    }
    assert_eq!(session.state(), before, "something was written");
}

#[test]
fn a_file_that_is_no_file() {
    type Make = fn(&Session);
    let fifo: Make = |session| {
        let path = session.path("project/.spin.yml");
        rustix::fs::mknodat(rustix::fs::CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    };
    let cases: [(Make, &str); 8] = [
        (|_| {}, "there is no .spin.yml in"),
        (|session| fs::create_dir(session.path("project/.spin.yml")).unwrap(), ".spin.yml: it is a folder"),
        (fifo, ".spin.yml: it is a pipe"),
        (|session| symlink("gone", session.path("project/.spin.yml")).unwrap(), "a link to gone, which is not there"),
        (|session| symlink(".spin.yml", session.path("project/.spin.yml")).unwrap(), "its links form a loop"),
        (|session| symlink("/dev/null", session.path("project/.spin.yml")).unwrap(), "it is a device"),
        (
            |session| drop(std::os::unix::net::UnixListener::bind(session.path("project/.spin.yml")).unwrap()),
            "it is a socket",
        ),
        (
            |session| File::create(session.path("project/.spin.yml")).unwrap().set_len(65 << 20).unwrap(),
            "it is larger than 64 MiB",
        ),
    ];
    let bob = bob();
    for (make, words) in cases {
        let session = Session::empty();
        make(&session);
        refused(&session, &["add-user", "bob", "--key", &bob], words);
        let words = if words.starts_with("there is no") { ".spin.yml: No such file" } else { words };
        refused(&session, &["add-user", "bob", "--key", &bob, "--file", ".spin.yml"], words);
    }
    let session = Session::empty();
    refused(&session, &["add-user", "bob", "--key", &bob, "--file", "/dev/null"], "it is a device");
    refused(&session, &["add-user", "bob", "--key", &bob, "--file", "/"], "it is a folder");
    refused(&session, &["add-user", "bob", "--key", &bob, "--file", ".spin.yml/x"], "cannot read the file");
}

#[test]
fn a_file_with_two_names() {
    let session = Session::new(with_alice());
    fs::hard_link(session.path("project/.spin.yml"), session.path("project/other")).unwrap();
    refused(&session, &["add-user", "bob", "--key", &bob()], "has 2 hard links");
}

#[test]
fn a_link_is_followed_to_its_file() {
    let session = Session::empty();
    let real = session.write("home/spin/real.yml", with_alice());
    symlink(&real, session.path("project/.spin.yml")).unwrap();
    session.run(&["add-user", "bob", "--key", &bob(), "--yes"]).expect(0, &["wrote .spin.yml"]);
    assert!(session.path("project/.spin.yml").is_symlink());
    assert!(fs::read_to_string(real).unwrap().contains("bob@laptop"));
}

#[test]
fn a_file_above_the_git_root_or_the_home_is_not_ours() {
    let session = Session::empty();
    session.write(".spin.yml", with_alice());
    fs::create_dir(session.path("project/.git")).unwrap();
    refused(&session, &["add-user", "bob", "--key", &bob()], "there is no .spin.yml in");
    fs::remove_dir(session.path("project/.git")).unwrap();
    let sub = session.path("project/a/b");
    fs::create_dir_all(&sub).unwrap();
    session.write("project/.spin.yml", with_alice());
    let mut command = session.command(&["add-user", "bob", "--key", &bob(), "--yes"]);
    Ran::of(command.current_dir(sub).output().unwrap()).expect(0, &["project/.spin.yml"]);
    assert!(session.file().contains("bob@laptop"));
}

#[test]
fn a_folder_that_another_run_holds_is_waited_for() {
    let session = Session::new(with_alice());
    let folder = File::open(session.path("project")).unwrap();
    rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let mut command = session.command(&["add-user", "bob", "--key", &bob(), "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("waiting for ") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it did not wait");
    }
    assert_eq!(session.file(), with_alice());
    drop(folder);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success() && rest.contains("wrote .spin.yml"), "{rest}");
    assert!(session.file().contains("bob@laptop"));
}

#[test]
fn a_folder_or_file_that_is_not_ours_to_write() {
    let session = Session::new(with_alice());
    let mode = |name: &str, mode| fs::set_permissions(session.path(name), fs::Permissions::from_mode(mode)).unwrap();
    let bob = session.write("project/bob.pub", crate::session::key("bob")).display().to_string();
    let args = ["add-user", "bob", "--key", &bob, "--yes"];

    mode("project", 0o555);
    let ran = Ran::of(session.unprivileged(65534, &args).output().unwrap());
    let ran = ran.expect_refusal(&["cannot write in the folder", "Permission denied"]);
    assert_eq!(ran.out, "", "said before the diff is shown");
    // To look is allowed.
    Ran::of(session.unprivileged(65534, &["add-user", "bob", "--key", &bob, "-n"]).output().unwrap()).expect(0, &[]);

    mode("project", 0o755);
    mode("project/.spin.yml", 0o000);
    let ran = Ran::of(session.unprivileged(65534, &args).output().unwrap());
    ran.expect_refusal(&["cannot read the file .spin.yml: Permission denied"]);

    mode("project/.spin.yml", 0o640);
    Ran::of(session.unprivileged(65534, &args).output().unwrap()).expect(0, &["wrote"]);
    assert_eq!(session.mode("project/.spin.yml"), 0o640);

    if is_root() {
        let session = Session::new(with_alice());
        session.write("project/bob.pub", crate::session::key("bob"));
        session.give_to(65534);
        std::os::unix::fs::chown(session.path("project/.spin.yml"), Some(0), Some(0)).unwrap();
        let mut command = session.unprivileged_as_is(65534, &["add-user", "bob", "--key", "bob.pub", "--yes"]);
        Ran::of(command.output().unwrap()).expect_refusal(&[".spin.yml belongs to user 0"]);
    }
}

#[test]
fn nobody_without_a_home_is_told_so() {
    if !is_root() {
        // No more than CI can do where it is not root.
        writeln!(std::io::stderr(), "\nSKIPPED: only root can become a user whom the system does not know").ok();
        return;
    }
    let session = Session::new(with_alice());
    for home in [None, Some("")] {
        for args in [&["add-user", "bob", "--yes"][..], &["add-deploy", "--yes"]] {
            let mut command = session.unprivileged(54321, args);
            command.env_remove("HOME");
            if let Some(home) = home {
                command.env("HOME", home);
            }
            Ran::of(command.output().unwrap()).expect_refusal(&["there is no home folder", "--key PATH"]);
        }
    }
    let bob = session.write("project/bob.pub", crate::session::key("bob")).display().to_string();
    let mut command = session.unprivileged(54321, &["add-user", "bob", "--key", &bob, "--yes"]);
    Ran::of(command.env_remove("HOME").output().unwrap()).expect(0, &["wrote"]);
}
