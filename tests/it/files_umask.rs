//! The modes of what is created. The umask belongs to the process, so this runs in one of its own.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::Mode;
use spin_keys::files::{create_pair, ensure_dir, public_path};

fn mode(path: &Path) -> u32 {
    path.metadata().map(|meta| meta.mode() & 0o7777).unwrap_or_default()
}

#[test]
fn the_modes_are_ours_whatever_the_umask() {
    let output = crate::support::again(module_path!(), "child_with_other_umasks").output().unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success() && out.contains("1 passed"), "{out}{err}");
}

#[test]
#[ignore = "run by the test above"]
fn child_with_other_umasks() {
    let dir = tempfile::tempdir().unwrap();
    for mask in [0o000, 0o077, 0o777] {
        rustix::process::umask(Mode::from_bits_truncate(mask));
        let path = dir.path().join(format!("key{mask}"));
        create_pair(&path, "private\n", "public").unwrap();
        assert_eq!((mode(&path), mode(&public_path(&path))), (0o600, 0o644));
        assert_eq!(fs::read(&path).unwrap(), b"private\n");
        assert_eq!(fs::read(public_path(&path)).unwrap(), b"public\n");
    }
    rustix::process::umask(Mode::from_bits_truncate(0o022));
    let ssh = dir.path().join("a/b/.ssh");
    ensure_dir(&ssh, 0o700).unwrap();
    assert_eq!((mode(&ssh), mode(ssh.parent().unwrap())), (0o700, 0o755));
}
