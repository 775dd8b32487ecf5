//! A change that makes an error of `check` is written only by an answer, not by `--yes`.

use crate::session::{Session, fixtures, with_alice};

fn pub_file(name: &str) -> String {
    fixtures().join(format!("keys/{name}.pub")).display().to_string()
}

#[test]
fn yes_does_not_add_what_check_calls_an_error() {
    let session = Session::new(with_alice());
    let (bob, before) = (pub_file("bob"), session.state());
    let cases: [(&[&str], &str); 4] = [
        (&["root"], "SK233"),
        (&["bob", "--groups", "nosuch"], "SK213"),
        (&["bob", "--groups", "docker"], "SK212"),
        (&["bob", "--field", "authorized_ssh_keys"], "SK215"),
    ];
    for (args, code) in cases {
        let args = [&["add-user"], args, &["--key", &bob]].concat();
        let yes = [&args[..], &["--yes"]].concat();
        session.refuses(&yes, &["the change makes an error of `check`", code, "without --yes"]);
        let json: serde_json::Value =
            serde_json::from_str(&session.run(&[&yes[..], &["--format", "json"]].concat()).expect(2, &[]).out).unwrap();
        assert!(json["error"]["message"].as_str().unwrap().contains(code), "{json}");
        // A preview shows it, and whoever reads it may agree.
        for (preview, exit) in [("--dry-run", 0), ("--check", 1)] {
            session.run(&[&args[..], &[preview]].concat()).expect(exit, &[code]);
        }
        session.run_with(&args, "n\n").expect(1, &[code]);
        assert_eq!(session.state(), before);
    }
    let args = ["add-user", "bob", "--groups", "nosuch", "--key", &bob];
    session.run_with(&args, "y\n").expect(0, &["wrote .spin.yml"]);
    // What is an error already is none that the change makes.
    session.run(&["add-user", "bob", "--key", &pub_file("carol"), "--yes"]).expect(0, &["SK213"]);
}

#[test]
fn where_the_run_fails_before_the_first_person_in_sudo_may_come_later() {
    let session = Session::new("users:\n");
    session.run(&["add-deploy", "--key", &pub_file("deploy"), "--yes"]).expect(0, &["still fails"]);
    session.run(&["add-user", "bob", "--groups", "adm", "--key", &pub_file("bob"), "--yes"]).expect(0, &["SK214"]);
    // But not somebody who makes it fail.
    let carol = ["add-user", "carol", "--groups", "sudo,nosuch", "--key", &pub_file("carol"), "--yes"];
    session.refuses(&carol, &["SK213"]);
    session.run(&["add-user", "carol", "--key", &pub_file("carol"), "--yes"]).expect(0, &["no longer fails"]);
}
