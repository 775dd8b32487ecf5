//! `fixtures/edit` and `fixtures/reject`: every case as bytes, twice, and with `--check` and `--dry-run`.

use crate::session::{Session, fixtures};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn cases(kind: &str) -> Vec<PathBuf> {
    let mut cases: Vec<_> = fs::read_dir(fixtures().join(kind))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// The arguments of a case, one a line; `KEYS/` is the folder with the keys.
pub(crate) fn args(case: &Path) -> Vec<String> {
    let keys = format!("{}/", fixtures().join("keys").display());
    let text = fs::read_to_string(case.join("args")).unwrap();
    text.lines().map(|line| line.replacen("KEYS/", &keys, 1)).collect()
}

pub(crate) fn with<'a>(args: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    args.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

pub(crate) fn name(case: &Path) -> &str {
    case.file_name().unwrap().to_str().unwrap()
}

#[test]
fn edits_give_these_bytes_and_are_done_once() {
    let cases = cases("edit");
    assert!(cases.len() >= 80, "{} cases", cases.len());
    let (mut unusable, mut moved) = (0, 0);
    for case in &cases {
        let (before, after) = (fs::read(case.join("in.yml")).unwrap(), fs::read(case.join("out.yml")).unwrap());
        assert_ne!(before, after, "{}", name(case));
        let session = Session::new(&before);
        let args = args(case);

        session.run(&with(&args, &["--check"])).expect(1, &[]);
        session.run(&with(&args, &["--dry-run"])).expect(0, &[]);
        assert!(session.read("project/.spin.yml") == before, "{}: a preview wrote", name(case));

        let first = session.run(&with(&args, &["--yes"])).expect(0, &["wrote .spin.yml"]);
        let written = session.read("project/.spin.yml");
        assert!(written == after, "{}:\n{}", name(case), String::from_utf8_lossy(&written));
        assert!(first.out.starts_with("--- a/.spin.yml\n+++ b/.spin.yml\n@@ "), "{}", first.out);

        for again in ["--yes", "--check", "--dry-run"] {
            // Where nobody can log in with the key, that is said, and --check is 1. A list that Spin never reads is
            // followed first, and moved when the key that is in it is asked for again.
            let second = session.run(&with(&args, &[again]));
            if !second.out.is_empty() {
                let of = |sign: char, field: &str| {
                    second.out.lines().any(|line| line.starts_with(sign) && line.contains(field))
                };
                let is_move = of('-', "authorized_ssh_keys") && of('+', "authorized_keys");
                assert!(is_move, "{}: {second:#?}", name(case));
                moved += 1;
                session.write("project/.spin.yml", &after);
                continue;
            }
            let works = second.err.contains("nothing to do");
            assert!(second.err.contains("the key is already in"), "{}: {second:#?}", name(case));
            assert_eq!(second.code, Some(i32::from(!works && again == "--check")), "{}: {second:#?}", name(case));
            assert_eq!(second.out, "", "{}", name(case));
            unusable += usize::from(!works);
        }
        assert!(session.read("project/.spin.yml") == after, "{}: a second run wrote", name(case));
    }
    assert!(unusable < cases.len() && moved < cases.len(), "{unusable} {moved}");
}

#[test]
fn diffs_of_the_edits_are_patches() {
    let mut masked = 0;
    for case in cases("edit") {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        let args = args(&case);
        let ran = session.run(&with(&args, &["--dry-run"])).expect(0, &[]);
        let diff = ran.out;
        if diff.contains("********") {
            assert!(ran.err.contains("secrets are masked, so this diff cannot be applied as a patch"), "{}", ran.err);
            masked += 1;
            continue;
        }
        let patch = session.write("change.patch", &diff);
        let mut git = std::process::Command::new("git");
        git.args(["-c", "core.autocrlf=false", "apply", "--whitespace=nowarn"]).arg(patch);
        let done = git.current_dir(session.path("project")).output().unwrap();
        assert!(done.status.success(), "{}: {}\n{diff}", name(&case), String::from_utf8_lossy(&done.stderr));
        assert!(session.read("project/.spin.yml") == fs::read(case.join("out.yml")).unwrap(), "{}", name(&case));
    }
    assert_eq!(masked, 1, "one case has a secret beside the key");
}

#[test]
fn rejects_say_why_and_write_nothing() {
    let cases = cases("reject");
    assert!(cases.len() >= 40, "{} cases", cases.len());
    for case in &cases {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        let before = session.state();
        let message = fs::read_to_string(case.join("message")).unwrap();
        let args = args(case);
        for more in [&["--yes"][..], &["--check"], &["--dry-run"]] {
            let ran = session.run(&with(&args, more));
            let good = ran.code == Some(2) && ran.out.is_empty() && ran.err.contains(message.trim());
            assert!(good, "{} {more:?}: {message}{ran:#?}", name(case));
            assert!(ran.err.contains("\n  help: ") && ran.err.ends_with("\n  nothing was written\n"), "{}", ran.err);
        }
        assert!(session.state() == before, "{}: something was written", name(case));
    }
}
