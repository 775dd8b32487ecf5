//! `fixtures/fix`: what `check --fix` makes of a file, byte for byte, and what it says: a line of `says` each.
//!
//! Each was a fix that let somebody in or out, lost a field, or gave a comment to something else, or is near to one.

use super::fixtures::{cases, name};
use super::vault;
use crate::session::{Ran, Session};
use std::fs;
use std::path::Path;

fn read(case: &Path, file: &str) -> String {
    fs::read_to_string(case.join(file)).unwrap()
}

fn fix(session: &Session, more: &str) -> Ran {
    session.run(&["check", "--fix", more])
}

#[test]
fn fixes_give_these_bytes_in_one_run() {
    let cases = cases("fix");
    assert!(cases.len() >= 18, "{} cases", cases.len());
    for case in &cases {
        let (before, after) = (read(case, "in.yml"), read(case, "out.yml"));
        let session = Session::new(&before);
        let ran = fix(&session, "--yes");
        assert!(session.file() == after, "{}:\n{}\n{ran:#?}", name(case), session.file());
        for line in read(case, "says").lines() {
            assert!(ran.err.contains(line), "{}: {line}\n{}", name(case), ran.err);
        }
        assert_eq!(ran.err.contains("wrote .spin.yml"), before != after, "{}", name(case));
        // Nothing is left for a second run.
        let again = fix(&session, "--yes");
        assert!(again.err.contains("nothing to fix") && session.file() == after, "{}: {again:#?}", name(case));

        let sealed = vault::sealed(&before);
        fix(&sealed, "--yes");
        assert_eq!(String::from_utf8(vault::plain_text(&sealed)).unwrap(), after, "{}", name(case));
    }
}

#[test]
fn a_preview_shows_the_change_that_is_written_and_writes_nothing() {
    for case in cases("fix") {
        let (before, after) = (read(&case, "in.yml"), read(&case, "out.yml"));
        let session = Session::new(&before);
        let state = session.state();
        let ran = fix(&session, "--dry-run");
        assert!(session.state() == state, "{}: a preview wrote", name(&case));
        for line in read(&case, "says").lines().filter(|line| !line.contains("wrote")) {
            assert!(ran.err.contains(line), "{}: {line}\n{}", name(&case), ran.err);
        }
        let Some(start) = ran.out.find("--- a/.spin.yml\n") else {
            assert_eq!(before, after, "{}", name(&case));
            continue;
        };
        // The report on what is left comes after the diff.
        let diff = ran.out[start..].split("\n.spin.yml:").next().unwrap().to_owned() + "\n";
        let patch = session.write("change.patch", diff.trim_end_matches('\n').to_owned() + "\n");
        let mut git = std::process::Command::new("git");
        git.args(["apply", "--whitespace=nowarn"]).arg(patch).current_dir(session.path("project"));
        let done = git.output().unwrap();
        assert!(done.status.success(), "{}: {}\n{diff}", name(&case), String::from_utf8_lossy(&done.stderr));
        assert_eq!(session.file(), after, "{}", name(&case));
    }
}
