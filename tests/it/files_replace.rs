//! Replacing: what stays, what is refused, and that nothing is lost between two runs.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use spin_keys::files::{LockState, ReplaceError, Target, Wait};

/// Past the capture of the test harness, or nobody would know.
fn skipped(why: &str) {
    writeln!(io::stderr(), "SKIPPED: {why}").ok();
}

fn quick() -> Wait {
    Wait { say_after: Duration::from_millis(40), give_up_after: Duration::from_millis(200) }
}

fn replace(path: &Path, new: &[u8]) -> Result<(), ReplaceError> {
    let target = Target::open(path)?;
    let locked = target.lock_within(quick(), &mut |_| {})?;
    locked.replace(new, target.snapshot())
}

/// The names in a folder, sorted.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[track_caller]
fn failure(result: Result<(), ReplaceError>) -> String {
    match result.unwrap_err() {
        ReplaceError::Failed(error) => error.to_string(),
        ReplaceError::Changed => "changed".to_owned(),
    }
}

#[test]
fn the_whole_file_is_new_and_its_mode_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    for mode in [0o600, 0o640, 0o664, 0o400, 0o755] {
        fs::remove_file(&path).ok();
        fs::write(&path, "a longer text than the new one").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        replace(&path, b"new\r\n").unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, mode);
        assert_eq!(fs::read(&path).unwrap(), b"new\r\n");
    }
    assert_eq!(names(dir.path()), [".spin.yml"]);
}

#[test]
fn the_owner_stays_when_root_writes() {
    if !rustix::process::geteuid().is_root() {
        return skipped("only root can give a file to somebody");
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    fs::write(&path, "old").unwrap();
    std::os::unix::fs::chown(&path, Some(1234), Some(4321)).unwrap();
    replace(&path, b"new").unwrap();
    let meta = path.metadata().unwrap();
    assert_eq!((meta.uid(), meta.gid()), (1234, 4321));
}

#[test]
fn a_link_stays_a_link_and_its_file_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("real")).unwrap();
    fs::write(dir.path().join("real/file.yml"), "old").unwrap();
    let link = dir.path().join(".spin.yml");
    symlink("real/file.yml", &link).unwrap();
    replace(&link, b"new").unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(dir.path().join("real/file.yml")).unwrap(), b"new");
    assert_eq!(names(&dir.path().join("real")), ["file.yml"]);
}

#[test]
fn several_hard_links_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, dir.path().join("other")).unwrap();
    let error = Target::open(&path).unwrap_err();
    assert!(error.message.contains("2 hard links") && error.hints[0].contains("cp -p"), "{error}");
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn what_a_killed_run_left_is_removed_but_a_folder_of_that_name_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    let leftover = dir.path().join(".spin.yml.spin-keys-new");
    fs::write(&path, "old").unwrap();
    fs::write(&leftover, "half").unwrap();
    // Also where there is nothing to change.
    drop(Target::open(&path).unwrap().lock_within(quick(), &mut |_| {}).unwrap());
    assert_eq!(names(dir.path()), [".spin.yml"]);
    assert_eq!(names(dir.path()), [".spin.yml"]);

    fs::write(dir.path().join("victim"), "precious").unwrap();
    symlink("victim", &leftover).unwrap();
    replace(&path, b"two").unwrap();
    assert_eq!(fs::read(dir.path().join("victim")).unwrap(), b"precious");
    assert_eq!(names(dir.path()), [".spin.yml", "victim"]);

    fs::create_dir(&leftover).unwrap();
    assert!(failure(replace(&path, b"three")).contains("is in the way"));
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert!(leftover.is_dir());
}

#[test]
fn a_change_in_between_is_noticed_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    fs::write(&path, "old").unwrap();
    let target = Target::open(&path).unwrap();
    let locked = target.lock_within(quick(), &mut |_| {}).unwrap();
    fs::write(&path, "own").unwrap();
    assert!(matches!(locked.replace(b"new", target.snapshot()), Err(ReplaceError::Changed)));
    assert_eq!(fs::read(&path).unwrap(), b"own");

    // Planned again on what is there now, it is written; also if an editor replaced the file by the same text.
    let again = locked.reread().unwrap();
    assert!(!again.same_bytes(target.snapshot()));
    fs::write(dir.path().join("by-editor"), "own").unwrap();
    fs::rename(dir.path().join("by-editor"), &path).unwrap();
    locked.replace(b"new", &again).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(dir.path()), [".spin.yml"]);
}

#[test]
fn a_file_that_is_gone_or_elsewhere_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("one"), "one").unwrap();
    fs::write(at("two"), "one").unwrap();
    symlink("one", at("link")).unwrap();
    let target = Target::open(&at("link")).unwrap();
    let locked = target.lock_within(quick(), &mut |_| {}).unwrap();
    fs::remove_file(at("link")).unwrap();
    assert!(failure(locked.replace(b"new", target.snapshot())).contains("No such file"));
    symlink("two", at("link")).unwrap();
    assert!(failure(locked.replace(b"new", target.snapshot())).contains("no longer leads to the same file"));
    assert_eq!((fs::read(at("one")).unwrap(), fs::read(at("two")).unwrap()), (b"one".to_vec(), b"one".to_vec()));
    assert_eq!(names(dir.path()), ["link", "one", "two"]);
}

#[test]
fn a_folder_that_was_exchanged_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("a")).unwrap();
    fs::write(at("a/f"), "old").unwrap();
    let target = Target::open(&at("a/f")).unwrap();
    fs::rename(at("a"), at("b")).unwrap();
    fs::create_dir(at("a")).unwrap();
    fs::write(at("a/f"), "old").unwrap();
    let locked = target.lock_within(quick(), &mut |_| {}).unwrap();
    assert!(failure(locked.replace(b"new", target.snapshot())).contains("no longer leads to the same file"));
    assert_eq!(fs::read(at("a/f")).unwrap(), b"old");
}

#[test]
fn a_held_folder_is_waited_for_said_once_and_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    fs::write(&path, "old").unwrap();
    let other = File::open(dir.path()).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::LockExclusive).unwrap();

    let target = Target::open(&path).unwrap();
    let (start, mut said) = (Instant::now(), 0);
    let error = target.lock_within(quick(), &mut |_| said += 1).unwrap_err();
    // Not every file system says who it is.
    let who = [format!("process {} of user", std::process::id()), "somebody else has held".to_owned()];
    assert!(who.iter().any(|who| error.message.contains(who)) && !error.hints.is_empty(), "{error}");
    assert!(said == 1 && start.elapsed() >= quick().give_up_after && start.elapsed() < Duration::from_secs(5));

    drop(other);
    assert_eq!(target.lock_within(quick(), &mut |_| {}).unwrap().state(), LockState::Held);
}

/// The key may be made in the folder of the `.spin.yml`: then the run must not wait for itself.
#[test]
fn one_run_can_lock_a_folder_twice_and_lets_go_once_both_are_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    fs::write(&path, "old").unwrap();
    let target = Target::open(&path).unwrap();
    let locked = target.lock_within(quick(), &mut |_| {}).unwrap();
    spin_keys::files::create_pair(&dir.path().join("key"), "private\n", "public").unwrap();
    let busy = |expected: bool| {
        let path = path.clone();
        let held = thread::spawn(move || Target::open(&path).unwrap().lock_within(quick(), &mut |_| {}).is_err());
        assert_eq!(held.join().unwrap(), expected);
    };
    busy(true);
    locked.replace(b"new", target.snapshot()).unwrap();
    drop(locked);
    busy(false);
}

#[test]
fn of_many_runs_at_once_no_line_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".spin.yml");
    fs::write(&path, "").unwrap();
    thread::scope(|scope| {
        for run in 0..3 {
            let path = &path;
            scope.spawn(move || (0..50).for_each(|line| add_line(path, &format!("{run}-{line}\n"))));
        }
    });
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 150);
    for run in 0..3 {
        assert!((0..50).all(|line| text.lines().any(|there| there == format!("{run}-{line}"))));
    }
    assert_eq!(names(dir.path()), [".spin.yml"]);
}

fn add_line(path: &Path, line: &str) {
    let target = Target::open(path).unwrap();
    let locked = target.lock(&mut |_| {}).unwrap();
    let now = locked.reread().unwrap();
    let new = [now.bytes(), line.as_bytes()].concat();
    locked.replace(&new, &now).unwrap();
}
