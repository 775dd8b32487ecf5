//! What Spin has published, from v1.0.0 to v2.3.4: the tool's real input.

use crate::session::{Session, fixtures};
use std::fs;
use std::path::PathBuf;

/// The files of `../shared/corpus`; required in CI, else passed over with a word.
fn corpus() -> Vec<PathBuf> {
    let folder = fixtures().join("../../shared/corpus");
    let Ok(entries) = fs::read_dir(&folder) else {
        assert!(std::env::var_os("CI").is_none(), "{} is required in CI", folder.display());
        crate::session::skipped(&format!("{} is not there", folder.display()));
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yml"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 6);
    files
}

#[test]
fn published_files_take_users_and_a_deploy_key_by_added_lines_alone() {
    let key = |name: &str| fixtures().join(format!("keys/{name}.pub")).display().to_string();
    for file in corpus() {
        let session = Session::new(fs::read(&file).unwrap());
        let steps: [(&[&str], &str); 4] = [
            (&["add-user", "alice"], "alice"),
            (&["add-user", "alice"], "bob"),
            // In sudo, which wants a password in these files: the run would fail, and is said to.
            (&["add-user", "newcomer", "--full-name", "New Comer"], "carol"),
            (&["add-deploy"], "deploy"),
        ];
        for (args, name) in steps {
            let key = key(name);
            let before = session.file();
            let args = [args, &["--key", &key, "--yes"]].concat();
            let fails = file.ends_with("spin-molecule-vars-v2.3.4.yml") && ["carol", "deploy"].contains(&name);
            let said = if fails { "cannot log in with SHA256:" } else { " can log in with SHA256:" };
            let ran = session.run(&args).expect(0, &[said]);
            let why = "`spin provision` fails (line 26): newcomer is in sudo without a `password`";
            assert_eq!(ran.err.contains(why), fails, "{}: {}", file.display(), ran.err);
            assert_eq!(ran.err.contains("cannot log in"), fails, "{}: {}", file.display(), ran.err);
            let removed: Vec<_> = ran.out.lines().skip(2).filter(|line| line.starts_with('-')).collect();
            assert!(removed.is_empty(), "{}: {removed:?}", file.display());
            let after = session.file();
            assert!(after.len() > before.len());
            let mut lines = after.lines();
            assert!(before.lines().all(|old| lines.any(|new| new == old)), "{}: a line went", file.display());
            assert_eq!(before.ends_with('\n'), after.ends_with('\n'), "{}", file.display());
        }
    }
}
