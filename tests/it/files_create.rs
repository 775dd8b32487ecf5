//! Creating: modes, and that nothing that exists is ever touched.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;

use spin_keys::error::ErrorKind;
use spin_keys::files::{create_pair, ensure_ci_gitignore, ensure_dir, public_path, write_public};

const LEFTOVER: &str = ".key.spin-keys-new";

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o7777
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn whatever_has_the_name_of_the_private_key_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    let make: [fn(&Path); 3] = [
        |path| fs::write(path, "mine").unwrap(),
        |path| symlink("nowhere", path).unwrap(),
        |path| {
            fs::remove_file(path).ok();
            fs::create_dir(path).unwrap();
        },
    ];
    for make in make {
        fs::remove_file(&path).ok();
        make(&path);
        let error = create_pair(&path, "private", "public").unwrap_err();
        assert!(error.message.contains("exists already"), "{error}");
        assert!(error.hints[0].contains("--key"), "{error}");
        assert_eq!(names(dir.path()), ["key"]);
    }
}

#[test]
fn what_is_there_is_named_as_one_word_of_a_shell() {
    let dir = tempfile::tempdir().unwrap();
    let (path, quoted) = (dir.path().join("my key"), format!("--key '{}", dir.path().join("my key").display()));
    fs::write(public_path(&path), "old").unwrap();
    let error = create_pair(&path, "private", "public").unwrap_err();
    assert!(error.hints[0].ends_with(&format!("{quoted}.pub'")), "{error}");
    fs::write(&path, "old").unwrap();
    let error = create_pair(&path, "private", "public").unwrap_err();
    assert!(error.hints[0].ends_with(&format!("{quoted}'")), "{error}");
}

#[test]
fn a_public_half_without_its_private_one_is_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    for dangling in [false, true] {
        fs::remove_file(public_path(&path)).ok();
        if dangling {
            symlink("nowhere", public_path(&path)).unwrap();
        } else {
            fs::write(public_path(&path), "old").unwrap();
        }
        let error = create_pair(&path, "private", "public").unwrap_err();
        assert!(error.message.contains("key.pub exists, but its private key"), "{error}");
        assert_eq!((error.kind, error.hints.len()), (ErrorKind::Failed, 2));
        assert_eq!(names(dir.path()), ["key.pub"]);
    }
}

#[test]
fn a_leftover_is_replaced_and_a_link_at_its_name_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    fs::write(dir.path().join("victim"), "precious").unwrap();
    symlink("victim", dir.path().join(LEFTOVER)).unwrap();
    fs::write(dir.path().join(".key.pub.spin-keys-new"), "half").unwrap();
    create_pair(&path, "private", "public").unwrap();
    assert_eq!(fs::read(dir.path().join("victim")).unwrap(), b"precious");
    assert_eq!(names(dir.path()), ["key", "key.pub", "victim"]);

    fs::create_dir(dir.path().join(".two.spin-keys-new")).unwrap();
    let error = create_pair(&dir.path().join("two"), "private", "public").unwrap_err();
    assert!(error.message.contains("is in the way"), "{error}");
    assert_eq!(names(dir.path()), [".two.spin-keys-new", "key", "key.pub", "victim"]);
}

/// Also the second temporary file must not leave the first behind.
#[test]
fn an_error_at_the_public_half_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".key.pub.spin-keys-new")).unwrap();
    create_pair(&dir.path().join("key"), "private", "public").unwrap_err();
    assert_eq!(names(dir.path()), [".key.pub.spin-keys-new"]);
    create_pair(&dir.path().join("missing/key"), "private", "public").unwrap_err();
    create_pair(Path::new("/"), "private", "public").unwrap_err();
}

#[test]
fn a_missing_public_half_is_written_and_one_that_is_there_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (key, path) = (dir.path().join("key"), dir.path().join("key.pub"));
    // A run was killed when the private key had both names.
    fs::write(&key, "private").unwrap();
    fs::hard_link(&key, dir.path().join(LEFTOVER)).unwrap();
    write_public(&key, "line\n").unwrap();
    assert_eq!(names(dir.path()), ["key", "key.pub"]);
    assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"line\n".to_vec(), 0o644));
    let error = write_public(&key, "other").unwrap_err();
    assert!(error.message.contains("exists already"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"line\n");
}

#[test]
fn spins_gitignore_is_written_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".gitignore");
    assert!(ensure_ci_gitignore(dir.path()).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"*\n!.gitignore\n");
    fs::write(&path, "own").unwrap();
    assert!(!ensure_ci_gitignore(dir.path()).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"own");
    assert_eq!(names(dir.path()), [".gitignore"]);
}

#[test]
fn a_folder_is_not_made_through_a_dangling_link_nor_over_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    symlink("nowhere", at("dangling")).unwrap();
    fs::write(at("file"), "").unwrap();
    fs::create_dir(at("real")).unwrap();
    symlink("real", at("link")).unwrap();
    for path in [at("dangling"), at("dangling/sub"), at("file"), at("file/sub")] {
        let error = ensure_dir(&path, 0o700).unwrap_err();
        assert!(!error.hints.is_empty(), "{error}");
    }
    ensure_dir(&at("link/sub"), 0o700).unwrap();
    assert_eq!(names(&at("real")), ["sub"]);
    assert_eq!(names(dir.path()), ["dangling", "file", "link", "real"]);
}
