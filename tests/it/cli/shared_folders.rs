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
