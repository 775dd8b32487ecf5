//! What the system refuses: a folder that is not writable, a file of somebody else, a disk that is full.
//!
//! Root may do all of that, so these run this binary again as somebody else, or on a tiny file system.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::again_args;
use crate::support::session::{is_root, skipped};
use spin_keys::files::{MAX_BYTES, ReplaceError, Target, create_pair, public_path, read_limited};

const NOBODY: u32 = 65534;

/// A command that runs the ignored test `name` below, in `dir`.
fn again(runner: &[&str], name: &str, dir: &Path) -> Command {
    let exe = env::current_exe().unwrap();
    let mut words = runner.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    words.push(exe.to_str().unwrap().to_owned());
    words.extend(again_args(module_path!(), name));
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env("SPIN_KEYS_TEST_DIR", dir);
    command
}

/// Where the ignored tests work; they do nothing unless run by the others.
fn test_dir() -> Option<PathBuf> {
    env::var_os("SPIN_KEYS_TEST_DIR").map(Into::into)
}

#[track_caller]
fn check(output: &Output) {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success() && out.contains("1 passed"), "{out}{err}");
}

/// Runs the ignored test `name` as an ordinary user: this one, or nobody.
#[track_caller]
fn as_user(name: &str, dir: &Path) {
    let runner = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let runner = if is_root() { &runner[..] } else { &[] };
    let works = runner.is_empty()
        || Command::new(runner[0])
            .args(&runner[1..])
            .arg(env::current_exe().unwrap())
            .arg("--list")
            .output()
            .is_ok_and(|output| output.status.success());
    if !works {
        return skipped("root cannot run this test as somebody else here (setpriv)");
    }
    let output = again(runner, name, dir).output().unwrap();
    check(&output);
}

/// A folder that the ordinary user can look into, with a file that is hers.
fn folder_of_user() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("f"), "old").unwrap();
    if is_root() {
        chown(dir.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        chown(dir.path().join("f"), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    dir
}

#[test]
fn a_folder_that_is_not_writable() {
    let dir = folder_of_user();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o555)).unwrap();
    as_user("child_in_a_folder_that_is_not_writable", dir.path());
    assert_eq!(fs::read(dir.path().join("f")).unwrap(), b"old");
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
}

#[test]
#[ignore = "run by the test above"]
fn child_in_a_folder_that_is_not_writable() {
    let Some(dir) = test_dir() else { return };
    let target = Target::open(&dir.join("f")).unwrap();
    let error = target.check_writable().unwrap_err();
    assert!(error.message.contains("Permission denied") && error.hints.len() == 2, "{error}");
    let locked = target.lock(&mut |_| {}).unwrap();
    let Err(ReplaceError::Failed(error)) = locked.replace(b"new", target.snapshot()) else { panic!("written") };
    assert!(error.message.contains("Permission denied") && !error.hints.is_empty(), "{error}");
    let error = create_pair(&dir.join("key"), "private", "public").unwrap_err();
    assert!(error.message.contains("Permission denied"), "{error}");
}

#[test]
fn a_file_of_somebody_else_or_of_a_foreign_group() {
    if !is_root() {
        return skipped("only root can give files to others");
    }
    let dir = folder_of_user();
    let at = |name: &str| dir.path().join(name);
    for name in ["theirs", "secret", "group"] {
        fs::write(at(name), "old").unwrap();
    }
    fs::set_permissions(at("secret"), Permissions::from_mode(0o600)).unwrap();
    chown(at("group"), Some(NOBODY), Some(4321)).unwrap();
    as_user("child_with_a_file_of_somebody_else", dir.path());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
}

#[test]
#[ignore = "run by the test above"]
fn child_with_a_file_of_somebody_else() {
    let Some(dir) = test_dir() else { return };
    let at = |name: &str| dir.join(name);
    let error = Target::open(&at("theirs")).unwrap_err();
    assert!(error.message.contains("belongs to user 0"), "{error}");
    let error = read_limited(&at("secret"), "key file", MAX_BYTES).unwrap_err();
    assert!(error.message.contains("Permission denied") && !error.hints.is_empty(), "{error}");

    let target = Target::open(&at("group")).unwrap();
    let error = target.check_writable().unwrap_err();
    assert!(error.message.contains("cannot keep the group 4321"), "{error}");
    let locked = target.lock(&mut |_| {}).unwrap();
    let Err(ReplaceError::Failed(error)) = locked.replace(b"new", target.snapshot()) else { panic!("written") };
    assert!(error.message.contains("cannot keep the owner"), "{error}");
    assert_eq!(at("group").metadata().unwrap().gid(), 4321);

    let target = Target::open(&at("f")).unwrap();
    target.check_writable().unwrap();
    target.lock(&mut |_| {}).unwrap().replace(b"new", target.snapshot()).unwrap();
}

#[test]
fn a_disk_that_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let runner = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs \"$0\" && exec \"$@\""];
    let mut words = runner.to_vec();
    words.push(dir.path().to_str().unwrap());
    let works = Command::new(words[0]).args(&words[1..]).arg("true").output().is_ok_and(|it| it.status.success());
    if !works {
        return skipped("no tiny file system can be mounted here (unshare -rm, mount)");
    }
    let output = again(&words, "child_on_a_disk_that_is_full", dir.path()).output().unwrap();
    check(&output);
}

#[test]
#[ignore = "run by the test above"]
fn child_on_a_disk_that_is_full() {
    let Some(dir) = test_dir() else { return };
    let path = dir.join("f");
    fs::write(&path, "old").unwrap();
    let target = Target::open(&path).unwrap();
    let locked = target.lock(&mut |_| {}).unwrap();
    let Err(ReplaceError::Failed(error)) = locked.replace(&[b'x'; 100_000], target.snapshot()) else { panic!("fits") };
    assert!(error.message.contains("No space left") && error.hints[0].contains("free some space"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"old");

    // The private half fits, the public one does not: neither is there.
    let key = dir.join("key");
    create_pair(&key, "private", &"x".repeat(100_000)).unwrap_err();
    assert!(!key.exists() && !public_path(&key).exists());
    assert_eq!(fs::read_dir(dir).unwrap().count(), 1);
    locked.replace(b"new", target.snapshot()).unwrap();
}
