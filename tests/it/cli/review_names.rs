//! What the names on the command line of `review` stand for: no file that a branch brings hides a revision.

use super::review::{changed, committed, git, git_in, spin, user};
use crate::session::{Ran, Session, key};
use std::fs;

fn with_bob() -> String {
    spin(&user("bob", "'sudo'", &[&key("bob")]))
}

/// Main without bob, who comes with the branch.
fn branch() -> Session {
    let session = committed(&spin(""));
    session.write("project/.spin.yml", with_bob());
    git(&session, &["commit", "-q", "-a", "-m", "bob"]);
    session
}

#[track_caller]
fn tells_of_bob(session: &Session, args: &[&str]) -> Ran {
    let ran = session.run(&[&["review"], args].concat()).expect(0, &[]);
    assert!(ran.out.contains("bob GAINS SUDO"), "{args:?}: {ran:#?}");
    ran
}

/// `git diff FILE` is what people know.
#[test]
fn a_file_is_not_compared_with_itself() {
    let session = branch();
    std::os::unix::fs::symlink(".spin.yml", session.path("project/link.yml")).unwrap();
    for name in [".spin.yml", "./.spin.yml", "link.yml"] {
        let told = format!("to see what was changed in it: spin-keys review --file {name}");
        session.run(&["review", name]).expect_refusal(&[&told, "alone cannot be compared"]);
    }
    std::os::unix::fs::symlink(".spin.yml", session.path("project/my link.yml")).unwrap();
    session.run(&["review", "my link.yml"]).expect_refusal(&["review --file 'my link.yml'"]);
    tells_of_bob(&session, &["--file", ".spin.yml"]);
    session.write("project/old.yml", spin(""));
    tells_of_bob(&session, &["old.yml"]);
}

/// A branch can bring a file that has the name of the branch with which it is compared.
#[test]
fn a_name_that_is_both_a_file_and_a_revision_is_refused() {
    let session = branch();
    for name in ["main", "HEAD", "main..HEAD", "refs/heads/main"] {
        session.write(&format!("project/{name}"), with_bob());
    }
    for (args, told) in [
        (&["main"][..], "for the revision: refs/heads/main\n"),
        (&["main", "work"], "for the revision: refs/heads/main\n"),
        (&["work", "main"], "for the file: ./main, or --files OLD NEW"),
        (&["work", "HEAD"], "for the revision: 'HEAD^0'\n"),
        (&["main..HEAD"], "for the revision: 'refs/heads/main..HEAD^0'\n"),
        (&["refs/heads/main"], "for the revision: 'refs/heads/main^0'\n"),
        (&["main", "--fail-on", "gained"], "is both a revision and a file here"),
        (&["main", "--staged"], "is both a revision and a file here"),
    ] {
        session.run(&[&["review"], args].concat()).expect_refusal(&[told]);
    }
    // Each of them is what it says.
    tells_of_bob(&session, &["heads/main"]);
    tells_of_bob(&session, &["refs/heads/main^0"]);
    tells_of_bob(&session, &["heads/main..HEAD^0"]);
    session.write("project/old.yml", spin(""));
    for args in [&["./old.yml", "./main"][..], &["old.yml", "./main"], &["--files", "old.yml", "main"]] {
        let ran = tells_of_bob(&session, args);
        assert!(ran.out.starts_with("./main: ") || ran.out.starts_with("main: "), "{ran:#?}");
    }
    let main = session.path("project/main").display().to_string();
    session.run(&["review", &main, "./main", "--fail-on", "gained"]).expect(0, &[]);
    // A folder cannot be compared, so that there is no doubt.
    fs::create_dir(session.path("project/work")).unwrap();
    tells_of_bob(&session, &["heads/main", "work"]);
}

#[test]
fn ranges_are_those_of_git() {
    let session = branch();
    git(&session, &["checkout", "-q", "main"]);
    session.write("project/.spin.yml", spin(&user("carol", "", &[&key("carol")])));
    git(&session, &["commit", "-q", "-a", "-m", "carol"]);
    let ran = tells_of_bob(&session, &["main..work"]);
    assert!(ran.out.contains("main (") && ran.out.contains("carol"), "carol is only in main: {}", ran.out);
    let ran = tells_of_bob(&session, &["main...work"]);
    assert!(ran.out.contains("merge base with main (") && !ran.out.contains("carol"), "{}", ran.out);
    git(&session, &["checkout", "-q", "work"]);
    tells_of_bob(&session, &["main.."]);
    assert!(!tells_of_bob(&session, &["main..."]).out.contains("carol"));
    let ran = session.run(&["review", "...main"]).expect(0, &[]);
    assert!(ran.out.contains("merge base with HEAD (") && ran.out.contains("carol can log in"), "{}", ran.out);

    session.run(&["review", "main..nothing"]).expect_refusal(&["there is no revision `nothing`"]);
    session.run(&["review", "nothing...work"]).expect_refusal(&["there is no revision `nothing`"]);
    session.run(&["review", ".."]).expect_refusal(&["there is no revision `..`"]);
    let told = ["names both sides already", "BASE..HEAD"];
    session.run(&["review", "main..work", "work"]).expect_refusal(&told);
    session.run(&["review", "main", "main..work"]).expect_refusal(&told);
    session.run(&["review", "main..work", "--staged"]).expect_refusal(&["names both sides", "BASE --staged"]);
    git(&session, &["checkout", "-q", "--orphan", "other"]);
    git(&session, &["commit", "-q", "-m", "another root"]);
    session.run(&["review", "main...other"]).expect_refusal(&["main and other have no common commit here"]);
}

#[test]
fn a_file_and_a_revision_are_not_compared() {
    let session = branch();
    session.write("project/old.yml", spin(""));
    let told = ["old.yml` is a file and", "--file PATH", "review --files OLD NEW"];
    session.run(&["review", "main", "old.yml"]).expect_refusal(&told);
    session.run(&["review", "old.yml", "main"]).expect_refusal(&told);
    session.run(&["review", "old.yml", "--staged"]).expect_refusal(&["old.yml is a file", "--staged"]);
    session.run(&["review", "--files", "old.yml"]).expect(2, &["--files"]);
    session.run(&["review", "main", "--files", "old.yml", ".spin.yml"]).expect(2, &["--files"]);
    session.run(&["review", "--files", "old.yml", "none.yml"]).expect_refusal(&["none.yml"]);
    // One file is compared with that of the project, as before.
    tells_of_bob(&session, &["old.yml"]);
}

#[test]
fn a_name_with_several_meanings_is_refused() {
    let session = branch();
    git(&session, &["branch", "both", "main"]);
    git(&session, &["tag", "both", "work"]);
    let told = ["`both` can stand for several revisions", "refs/tags/both, refs/heads/both"];
    session.run(&["review", "both"]).expect_refusal(&told);
    session.run(&["review", "main..both"]).expect_refusal(&told);
    tells_of_bob(&session, &["heads/both"]);
    // These have one meaning, whatever branches there are.
    let id = git_in(&session, "project", &["rev-parse", "main"]);
    git(&session, &["update-ref", "refs/heads/HEAD", "main"]);
    git(&session, &["update-ref", &format!("refs/heads/{}", id.trim()), "work"]);
    tells_of_bob(&session, &[id.trim(), "HEAD"]);
    tells_of_bob(&session, &["main..HEAD"]);
    tells_of_bob(&session, &[]);
}

#[test]
fn what_is_no_revision_is_told_as_what_it_is() {
    let session = branch();
    for (name, told) in [
        ("main:.spin.yml", "names a path in a revision, not a revision"),
        ("HEAD^{tree}", "is not a commit, but a tree"),
        ("^main", "there is no revision `^main`"),
        ("work@{upstream}", "git branch --set-upstream-to"),
        ("-x", "there is no revision `-x`"),
        ("", "there is no revision ``"),
        ("main\u{1b}[2J", "there is no revision `main\\u{1b}[2J`"),
    ] {
        session.run(&["review", "--", name]).expect_refusal(&[told]);
    }
}

/// Also where another branch is checked out.
#[test]
fn a_rename_between_two_revisions_is_followed() {
    let session = committed(&spin(""));
    git(&session, &["mv", ".spin.yml", ".spin.prod.yml"]);
    session.write("project/.spin.prod.yml", with_bob());
    git(&session, &["commit", "-q", "-a", "-m", "renamed"]);
    git(&session, &["checkout", "-q", "main"]);
    let ran = tells_of_bob(&session, &["main", "work", "--file", ".spin.prod.yml"]);
    assert!(ran.out.contains(" as .spin.yml -> work"), "{ran:#?}");
    // The comparison is that of commits: what only the working tree renamed is a new file.
    let session = changed(&spin(""), &spin(""));
    fs::rename(session.path("project/.spin.yml"), session.path("project/other.yml")).unwrap();
    session.run(&["review", "--file", "other.yml"]).expect(0, &["new file: not in"]);
}

/// As a hook that reviews what is staged does from the first commit on.
#[test]
fn before_the_first_commit_all_is_new() {
    let session = Session::new(spin(""));
    git(&session, &["init", "-q", "-b", "main"]);
    let untracked = session.run(&["review"]).expect(0, &["git does not track this file"]);
    assert!(untracked.out.contains("alice can log in with"), "{}", untracked.out);
    git(&session, &["add", ".spin.yml"]);
    let staged = session.run(&["review", "--staged", "--fail-on", "gained"]).expect(1, &[]);
    for words in ["a repository without a commit", "new file", "alice GAINS SUDO", "alice can log in with"] {
        assert!(format!("{}{}", staged.out, staged.err).contains(words), "{words}: {staged:#?}");
    }
    session.run(&["review", "--staged", "--format", "json"]).expect(0, &[]);
    session.refuses(&["review", "HEAD"], &["there is no revision `HEAD` here"]);
    git(&session, &["rm", "-q", "--cached", ".spin.yml"]);
    session.refuses(&["review", "--staged"], &[".spin.yml is not in a repository without a commit and not in index"]);

    // A branch that cannot be read is none without a commit.
    session.write("project/.git/refs/heads/main", "broken");
    session.run(&["review"]).expect_refusal(&[]);

    // A branch without a commit in a repository with some.
    let session = changed(&spin(""), &spin(""));
    git(&session, &["checkout", "-q", "--orphan", "other"]);
    session.refuses(&["review", "--staged"], &["nothing is committed on this branch yet", "spin-keys review BASE"]);
    session.run(&["review", "main", "--staged"]).expect(0, &[]);
}
