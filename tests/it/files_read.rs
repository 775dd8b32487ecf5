//! Reading and finding: what is refused, and that nothing hangs.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use spin_keys::error::ErrorKind;
use spin_keys::files::{self, Target};
use spin_keys::git;
use spin_keys::input::discover;

/// Both ways of reading refuse `path` at once, with these words and a hint.
#[track_caller]
fn refused(path: &Path, words: &str) {
    let start = Instant::now();
    for error in [files::read_limited(path, "key file", files::MAX_BYTES).unwrap_err(), Target::open(path).unwrap_err()]
    {
        assert_eq!(error.kind, ErrorKind::Failed);
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.hints.is_empty(), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_file_is_read_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    for bytes in [&b""[..], b"\xef\xbb\xbfa\r\n\0\xff", &[7; 300_000]] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(*files::read_limited(&path, "file", files::MAX_BYTES).unwrap(), bytes);
        assert_eq!(Target::open(&path).unwrap().snapshot().bytes(), bytes);
    }
}

#[test]
fn what_is_no_regular_file_is_refused_and_never_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    refused(dir.path(), "is a folder");
    refused(Path::new("/"), "is a folder");
    refused(Path::new("/dev/null"), "is a device");
    refused(Path::new("/dev/zero"), "is a device");
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    refused(&at("pipe"), "is a pipe");
    let _listener = UnixListener::bind(at("socket")).unwrap();
    refused(&at("socket"), "is a socket");
}

#[test]
fn links_that_lead_nowhere_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    refused(&at("missing"), "No such file");
    symlink("nowhere", at("dangling")).unwrap();
    refused(&at("dangling"), "is a link to nowhere, which is not there");
    symlink("loop", at("loop")).unwrap();
    refused(&at("loop"), "form a loop");
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large");
    fs::File::create(&path).unwrap().set_len(65 << 20).unwrap();
    refused(&path, "is larger than 64 MiB");
    let error = files::read_limited(&path, "key file", files::MAX_KEY_BYTES).unwrap_err();
    assert!(error.to_string().contains("is larger than 1 MiB"), "{error}");
    fs::write(&path, [0; 10]).unwrap();
    assert_eq!(files::read_limited(&path, "file", 10).unwrap().len(), 10);
    files::read_limited(&path, "file", 9).unwrap_err();
}

/// A file that says it is empty and is not, as those of the kernel are: the limit holds while reading too.
#[cfg(target_os = "linux")]
#[test]
fn the_limit_holds_where_the_size_is_not_told() {
    let path = Path::new("/proc/self/status");
    assert!(files::read_limited(path, "file", files::MAX_BYTES).unwrap().len() > 100);
    files::read_limited(path, "file", 100).unwrap_err();
}

#[test]
fn the_nearest_spin_file_is_found_up_to_the_git_root() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let deep = root.join("repo/a/b");
    fs::create_dir_all(&deep).unwrap();
    fs::write(root.join(".spin.yml"), "").unwrap();
    assert_eq!(discover::find_spin_file(&deep, None).unwrap(), root.join(".spin.yml"));

    // A worktree or submodule has a file of that name.
    fs::write(root.join("repo/.git"), "gitdir: elsewhere").unwrap();
    assert_eq!(git::root(&deep).unwrap(), root.join("repo"));
    let error = discover::find_spin_file(&deep, None).unwrap_err();
    assert!(error.message.contains(&format!("up to {}", root.join("repo").display())), "{error}");
    assert!(error.hints[0].contains("--file"), "{error}");

    fs::write(root.join("repo/.spin.yml"), "").unwrap();
    assert_eq!(discover::find_spin_file(&deep, None).unwrap(), root.join("repo/.spin.yml"));
    symlink("nowhere", root.join("repo/a/.spin.yml")).unwrap();
    assert_eq!(discover::find_spin_file(&deep, None).unwrap(), root.join("repo/a/.spin.yml"));
}

#[test]
fn home_is_the_last_place_that_is_looked_in() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let start = root.join("home/work");
    fs::create_dir_all(&start).unwrap();
    symlink("home", root.join("link")).unwrap();
    fs::write(root.join(".spin.yml"), "").unwrap();
    for home in ["home", "link"] {
        discover::find_spin_file(&start, Some(&root.join(home))).unwrap_err();
    }
    fs::write(root.join("home/.spin.yml"), "").unwrap();
    let found = discover::find_spin_file(&start, Some(&root.join("home"))).unwrap();
    assert_eq!(found, root.join("home/.spin.yml"));
}
