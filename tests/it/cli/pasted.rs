//! Commands in hints can be pasted into a shell, whatever the names and paths in them.

use super::review::committed;
use crate::session::{Session, key, with_alice};
use std::fs;

fn with(name: &str, keys: &[&str]) -> String {
    let keys: String = keys.iter().map(|name| format!("      - public_key: \"{}\"\n", key(name))).collect();
    with_alice() + &format!("  - username: \"{name}\"\n    groups: ['sudo']\n    authorized_keys:\n{keys}")
}

#[test]
fn names_of_the_file_are_one_word() {
    let session = Session::new(with("jo e", &["bob"]));
    session.refuses(
        &["revoke", "bob@laptop", "--yes"],
        &["spin-keys add-user 'jo e' --key PATH; if jo e is to go: spin-keys revoke 'jo e' (or"],
    );
    session.refuses(
        &["revoke", "--deploy", "jo e", "--yes"],
        &["to revoke all keys of jo e, from deploy, too: spin-keys revoke 'jo e'\n"],
    );
    let plain = with("$USER", &["bob"]).replace("['sudo']", "[]").replacen("[]", "['sudo']", 1);
    let session = Session::new(plain);
    session.refuses(&["revoke", "bob@laptop", "--yes"], &["if $USER is to go: spin-keys revoke '$USER'; else"]);
}

#[test]
fn paths_are_one_word() {
    let session = Session::new(with_alice());
    session.write("project/old ci.pub", key("deploy"));
    session.refuses(&["revoke", "old ci.pub", "--yes"], &["spin-keys revoke --deploy 'old ci.pub'\n"]);

    session.write("project/my file.yml", with_alice());
    fs::hard_link(session.path("project/my file.yml"), session.path("project/other")).unwrap();
    let args = ["add-user", "bob", "--key", "old ci.pub", "--yes", "--file", "my file.yml"];
    session.refuses(&args, &["cp -p 'my file.yml' 'my file.yml.own' && mv 'my file.yml.own' 'my file.yml'\n"]);

    session.write("home/.ssh/id_my key.pub", key("bob"));
    let ran = session.run(&["add-user", "bob", "--no-passphrase", "--dry-run"]).expect(0, &["other keys there: "]);
    assert!(ran.err.contains("/id_my key.pub'\n"), "{}", ran.err);
}

#[test]
fn paths_in_a_revision_are_one_word() {
    let session = committed(&with_alice());
    session.write("project/my files/.spin.yml", with_alice());
    super::review::git(&session, &["add", "."]);
    super::review::git(&session, &["commit", "-q", "-m", "two"]);
    let words = ["a path in a revision", "work --file 'my files/.spin.yml'\n"];
    session.refuses(&["review", "work:my files/.spin.yml"], &words);
}
