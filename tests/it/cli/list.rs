//! `list`: the table, JSON, and the lines by which an account can be entered.

use super::check::json;
use crate::session::{Session, key, with_alice};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

/// A file with something of everything.
fn mixed() -> String {
    let (alice, bob, deploy) = (key("alice"), key("bob"), key("deploy"));
    format!(
        "users:\n  - username: alice\n    groups: ['sudo', 'adm']\n    authorized_keys:\n      - public_key: \"{alice}\"\n      - public_key: \"{deploy}\"\n        state: absent\n  - username: bob\n    groups: []\n    authorized_ssh_keys: [\"{bob}\"]\n  - username: carol\n    groups: []\n    authorized_keys:\n      - public_key: \"{{{{ carol_key }}}}\"\n      - public_key: \"ssh-rsa {}\"\ndocker_user:\n  username: deploy\n  authorized_ssh_keys:\n    - 'no-such-option {bob}'\n",
        bob.split(' ').nth(1).unwrap()
    )
}

#[test]
fn the_table_shows_the_file_and_who_really_gets_in() {
    let session = Session::new(mixed());
    let ran = session.run(&["list"]).expect(0, &[]);
    let has = |text: &str| assert!(ran.out.contains(text), "{text}\n{}", ran.out);
    has("IN THE FILE\nalice  .spin.yml:2  users[0]  groups sudo, adm\n  ed25519      256  SHA256:");
    has("absent\n    .spin.yml:6");
    has("Spin never reads `authorized_ssh_keys` here");
    has("WHO REALLY GETS IN");
    has("deploy  (the deploy account)");
    has("deploy <- alice (sudo, item 0)  .spin.yml:5");
    has("sshd ignores it: sshd does not know option 1 before the key");
    has("unknown: known only to Ansible");
    has("IN THE FILE BUT NEVER INSTALLED");
    has("Spin never reads `authorized_ssh_keys` of a user");
    let (never, taken) = ran.out.split_once("\nTAKEN AWAY FROM SERVERS (`state: absent`)\n").unwrap();
    assert!(
        taken.contains("it has `state: absent`: Spin removes it") && !never.contains("Spin removes it"),
        "{}",
        ran.out
    );
    assert!(ran.out.lines().all(|line| line.width() <= 80 && !line.ends_with(' ')), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'));
}

#[test]
fn the_table_is_the_same_for_an_encrypted_file() {
    let plain = Session::new(mixed()).run(&["list"]).expect(0, &[]).out;
    let session = super::vault::sealed(mixed());
    assert_eq!(session.run(&["list"]).expect(0, &[]).out, plain);
}

#[test]
fn json_has_these_names() {
    let session = Session::new(mixed());
    let ran = session.run(&["list", "--format", "json"]).expect(0, &[]);
    let told = json(&ran);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        names(&told),
        "accounts encrypted failure not_installed path principals provisioned truncated tunnel unresolved"
    );
    let principal = &told["principals"][0];
    assert_eq!(names(principal), "account entry groups is_revocation_entry keys place section state");
    assert_eq!(names(&principal["place"]), "column line path");
    assert_eq!(names(&principal["keys"][0]), "entry key place problem state");
    assert_eq!(names(&principal["keys"][0]["key"]), "bits comment fingerprint options type");
    assert_eq!(principal["keys"][0]["entry"], "users[0].authorized_keys[0]");
    assert_eq!(principal["groups"], json!(["sudo", "adm"]));
    assert_eq!(principal["keys"][1]["state"], "absent");
    let deploy = told["accounts"].as_array().unwrap().last().unwrap();
    assert_eq!(names(deploy), "account closed deploy groups keys unknown");
    assert_eq!(names(&deploy["keys"][0]), "authorized_key key lets_in place reason via");
    assert_eq!(names(&deploy["keys"][0]["key"]), "bits comment fingerprint options type");
    assert_eq!((&deploy["keys"][0]["lets_in"], &deploy["keys"][1]["lets_in"]), (&json!(false), &json!(true)));
    assert_eq!(deploy["keys"][1]["via"], json!({ "kind": "first_key", "of": "alice" }));
    let never = &told["not_installed"][0];
    assert_eq!(names(never), "key place principal reason");
    assert_eq!(told["failure"], Value::Null);
}

#[test]
fn for_gives_lines_that_ssh_takes_and_nothing_else() {
    let session = Session::new(mixed());
    let deploy = session.run(&["list", "--format", "authorized_keys", "--for", "deploy"]);
    let deploy = deploy.expect(0, &["sshd ignores this line", "no-such-option"]);
    assert_eq!(deploy.out, format!("{}\n", key("alice")));
    let carol = session.run(&["list", "--format", "authorized_keys", "--for", "carol"]);
    let carol = carol.expect(0, &["known only to Ansible", "its key data is of ssh-ed25519"]);
    assert_eq!(carol.out, "");
    let bob = session
        .run(&["list", "--format", "authorized_keys", "--for", "bob"])
        .expect(0, &["nobody can log in as bob with a key"]);
    assert_eq!(bob.out, "");
}

/// It is no key, and no way in where no key is.
#[test]
fn a_password_known_only_to_ansible_is_no_key() {
    let file = |password: &str| with_alice().replace("    groups:", &format!("    password: {password}\n    groups:"));
    let of_alice = ["list", "--format", "authorized_keys", "--for", "alice"];
    let session = Session::new(file("\"{{ vault_alice }}\""));
    let ran = session.run(&of_alice).expect(0, &["the password of alice is known only to Ansible; if it is locked"]);
    assert!(ran.out.starts_with("ssh-ed25519 ") && !ran.err.contains("the key that this gives"), "{ran:#?}");

    let sealed = "!vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6638";
    let session = Session::new(file(sealed).replace("ssh-ed25519", "expiry-time=\\\"20200101\\\" ssh-ed25519"));
    session.run(&of_alice).expect(0, &["the password of alice", "nobody can log in as alice with a key"]);
    let checked = session.run(&["check"]).expect(1, &[]);
    assert!(checked.out.contains("error[SK238]: no user in sudo can log in"), "{}", checked.out);
}

#[test]
fn where_the_run_fails_nothing_is_printed() {
    let session = Session::new(with_alice().replace("groups: ['sudo']", "groups: sudo"));
    let ran = session.run(&["list", "--format", "authorized_keys", "--for", "alice"]);
    let ran = ran.expect(
        0,
        &["`spin provision` fails on a new server", "alice has `groups` as a string [SK211]", "no key is installed"],
    );
    assert_eq!(ran.out, "");
}

#[test]
fn where_the_run_fails_those_who_got_in_before_still_do() {
    let head = "\nON A SERVER THAT WAS PROVISIONED BEFORE\n";
    for groups in ["sudo", "['sudo', 'nogroup-of-that-name']", "[null]"] {
        let session = Session::new(with_alice().replace("['sudo']", groups));
        let ran = session.run(&["list"]).expect(0, &[]);
        let (new, again) = ran.out.split_once(head).unwrap_or_else(|| panic!("{groups}:\n{}", ran.out));
        assert!(new.contains("    the run fails (.spin.yml:"), "{groups}: {new}");
        assert!(!new.contains("\nalice\n  ed25519"), "{groups}: {new}");
        assert!(again.starts_with("alice\n  ed25519      256  SHA256:"), "{groups}: {again}");
    }
}

#[test]
fn usage_that_makes_no_sense_is_refused() {
    let session = Session::new(with_alice());
    session.run(&["list", "--format", "authorized_keys"]).expect_refusal(&["--for NAME"]);
    session.run(&["list", "--for", "alice"]).expect_refusal(&["--format authorized_keys"]);
    session
        .run(&["list", "--format", "authorized_keys", "--for", "nobody"])
        .expect_refusal(&["there is no account `nobody`", "spin-keys list"]);
    session.run(&["list", "--file", "missing.yml"]).expect_refusal(&["missing.yml"]);
    session.write("project/.spin.yml", "users: [\n");
    session.run(&["list"]).expect_refusal(&[".spin.yml:"]);
}

#[test]
fn what_edits_refuse_is_read() {
    let (alice, bob) = (key("alice"), key("bob"));
    let session = Session::new(format!(
        "users:\n  - username: old\n    groups: ['sudo']\n    authorized_keys: [{{public_key: \"{bob}\"}}]\nusers:\n  - &a\n    username: alice\n    groups: &g ['sudo']\n    authorized_keys: [{{public_key: \"{alice}\"}}]\n  - <<: *a\n    username: eve\n"
    ));
    let ran = session.run(&["list"]).expect(0, &[]);
    assert!(ran.out.contains("eve  .spin.yml:11  users[1]  groups sudo"), "{}", ran.out);
    assert!(ran.out.contains("a duplicate `users` on line 5 replaces it"), "{}", ran.out);
    let eve = session.run(&["list", "--format", "authorized_keys", "--for", "eve"]).expect(0, &[]);
    assert_eq!(eve.out, format!("{alice}\n"));
}

#[test]
fn strange_names_and_comments_do_not_steer_a_terminal() {
    let odd = key("alice").replace("alice", "a\\e[31mlice\\u202e");
    let session = Session::new(format!(
        "users:\n  - username: \"eve\\e[2J\"\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: \"{odd}\"\n"
    ));
    let seen = session.on_terminal(&["list"]).end().expect(0, &[]).screen;
    assert!(seen.contains("eve\\x1b[2J") && seen.contains("a\\x1b[31mlice\\u{202e}"), "{seen:?}");
    assert!(!seen.contains("\u{1b}[2J") && !seen.contains("\u{1b}[31ml") && !seen.contains('\u{202e}'), "{seen:?}");
    assert!(seen.contains("\u{1b}[1m"), "coloured: {seen:?}");
    let piped = session.run(&["list"]).expect(0, &[]);
    assert!(!piped.out.contains('\u{1b}') && !piped.out.contains('\u{202e}'));
}

#[test]
fn only_the_width_of_a_terminal_cuts_what_decides() {
    let from: String = (0..20).map(|n| format!("192.0.2.{n},")).collect::<String>() + "*.evil.example";
    let line = format!("from=\"{from}\" {}", key("alice"));
    let session = Session::new(format!(
        "users:\n  - username: alice\n    groups: ['sudo']\n    authorized_keys:\n      - public_key: '{line}'\n"
    ));
    let piped = session.run(&["list"]).expect(0, &[]).out;
    assert_eq!(piped.matches(&format!("alice@laptop  [from=\"{from}\"]\n")).count(), 4, "{piped}");
    let seen = session.on_terminal(&["list"]).end().expect(0, &[]).screen;
    assert!(seen.contains("[from=\"192.0.2.0,") && seen.contains('…') && !seen.contains("evil"), "{seen}");
}

#[test]
fn standard_input_is_read_as_a_file_is() {
    let session = Session::new(with_alice());
    for command in ["list", "check", "show"] {
        let file = session.run(&[command]).expect(0, &[]);
        let piped = session.run_with(&[command, "-f", "-"], &with_alice()).expect(0, &[]);
        assert_eq!(piped.out.replace("<stdin>", ".spin.yml"), file.out);
    }
    let piped = session.run_with(&["add-user", "bob", "--key", "-", "-f", "-"], &with_alice());
    piped.expect_refusal(&["standard input cannot be changed", "name the file: -f PATH"]);
}
