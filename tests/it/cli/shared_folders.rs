//! Folders in which other users may write, such as /tmp: what is theirs there is named.

use super::review::spin;
use crate::session::{Ran, Session, is_root, key};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::lchown;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Stdio;
use std::time::Duration;

const ME: u32 = 54321;
const OTHER: u32 = 54322;
const ADD: [&str; 5] = ["add-user", "bob", "--key", "bob.pub", "--yes"];

/// A folder that anybody may write and only its own users may tidy up, with a file of `ME` in it.
fn shared() -> Option<Session> {
    if !is_root() {
        // No more than CI can do where it is not root.
        writeln!(std::io::stderr(), "\nSKIPPED: only root can make files of several users").ok();
        return None;
    }
    let session = Session::new(spin(""));
    session.write("project/bob.pub", key("bob"));
    session.give_to(ME);
    lchown(session.path("project"), Some(0), Some(0)).unwrap();
    fs::set_permissions(session.path("project"), fs::Permissions::from_mode(0o1777)).unwrap();
    Some(session)
}

#[test]
fn a_temporary_name_that_another_user_took_is_told() {
    let Some(session) = shared() else { return };
    for folder in [false, true] {
        let path = session.path("project/.spin.yml.spin-keys-new");
        if folder {
            fs::create_dir(&path).unwrap()
        } else {
            fs::write(&path, "").unwrap()
        }
        lchown(&path, Some(OTHER), Some(OTHER)).unwrap();
        let ran = Ran::of(session.unprivileged_as_is(ME, &ADD).output().unwrap());
        ran.expect_refusal(&[".spin.yml.spin-keys-new is in the way", "belongs to user 54322", "rm "]);
        if folder { fs::remove_dir(&path).unwrap() } else { fs::remove_file(&path).unwrap() }
    }
    Ran::of(session.unprivileged_as_is(ME, &ADD).output().unwrap()).expect(0, &["wrote"]);
}

/// Whoever may read a folder may lock it.
#[test]
fn a_lock_of_another_user_is_told() {
    let Some(session) = shared() else { return };
    let mut holder = session.tool("setpriv");
    holder.args(["--clear-groups", "--reuid", &OTHER.to_string(), "--regid", &OTHER.to_string(), "--"]);
    // The program that holds it is the one that is killed.
    let mut holder = holder.args(["flock", "--no-fork", ".", "sleep", "50"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let mut run = session.unprivileged_as_is(ME, &ADD).stderr(Stdio::piped()).spawn().unwrap();
    let mut err = BufReader::new(run.stderr.take().unwrap()).lines().map(Result::unwrap);
    let told = err.find(|line| line.contains("waiting for ")).unwrap();
    let inode = format!(":{} ", session.path("project").metadata().unwrap().ino());
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    holder.kill().unwrap();
    holder.wait().unwrap();
    // Not every file system says who it is.
    let process = format!(" {} ", holder.id());
    let is_told = locks.lines().any(|line| line.contains(&process) && line.contains(&inode));
    let process = format!("process {} of user {OTHER}", holder.id());
    let who = if is_told { &*process } else { "another spin-keys" };
    assert!(told.contains(&format!("waiting for {who} to finish in this folder")), "{told}");
    assert!(err.any(|line| line.contains("wrote .spin.yml")));
    assert!(run.wait().unwrap().success());
}

/// As sshd's StrictModes: whoever may write there can put a key of theirs in the place of this one.
#[test]
fn a_key_that_others_could_have_put_there_is_not_taken() {
    for (place, mode) in
        [("home", 0o777), ("home/.ssh", 0o770), ("home/.ssh", 0o1777), ("home/.ssh/id_ed25519.pub", 0o666)]
    {
        let session = Session::new(spin(""));
        session.write("home/.ssh/id_ed25519.pub", key("bob"));
        let (right, set) = (session.mode(place), |mode| {
            fs::set_permissions(session.path(place), fs::Permissions::from_mode(mode)).unwrap();
        });
        set(mode);
        let path = session.path(place).display().to_string();
        let words = [&*format!("other users may write to {path} (mode {mode:04o})"), &*format!("chmod go-w {path}")];
        let named = session.path("home/.ssh/id_ed25519.pub").display().to_string();
        session.refuses(&["add-user", "bob", "--yes"], &words);
        session.refuses(&["add-user", "bob", "--key", &named, "--yes"], &words);
        let new = session.path("home/.ssh/new").display().to_string();
        if !place.ends_with(".pub") {
            session.refuses(&["add-user", "bob", "--generate", &new, "--no-passphrase", "--yes"], &words);
        }
        set(right);
        session.run(&["add-user", "bob", "--yes"]).expect(0, &["wrote"]);
    }
}

#[test]
fn a_key_folder_of_somebody_else_is_not_taken() {
    let Some(session) = shared() else { return };
    session.write("home/.ssh/id_ed25519.pub", key("bob"));
    session.give_to(ME);
    lchown(session.path("home/.ssh"), Some(OTHER), Some(OTHER)).unwrap();
    let ran = Ran::of(session.unprivileged_as_is(ME, &["add-user", "bob", "--yes"]).output().unwrap());
    ran.expect_refusal(&["home/.ssh belongs to user 54322", "ls -ld"]);
}

/// On a drive of Windows everybody may write, so this is no refusal.
#[test]
fn a_ci_folder_to_which_others_may_write_is_told() {
    let run = |session: &Session| session.run(&["add-deploy", "--yes"]).expect(0, &["wrote"]);
    for place in ["project/.infrastructure", "project/.infrastructure/conf/ci"] {
        let session = Session::new(spin(""));
        let mut init = session.tool("git");
        assert!(init.args(["init", "-q"]).status().unwrap().success());
        session.write("project/.infrastructure/conf/ci/.gitignore", "*\n!.gitignore\n");
        assert!(!run(&session).err.contains("warning"));
        fs::set_permissions(session.path(place), fs::Permissions::from_mode(0o777)).unwrap();
        session.write("project/.spin.yml", spin(""));
        let ran = run(&session);
        let path = session.path(place).display().to_string();
        let words = format!("warning: other users may write to {path} (mode 0777)");
        assert!(ran.err.contains(&words) && ran.err.contains(&format!("chmod go-w {path}")), "{}", ran.err);
    }
}
