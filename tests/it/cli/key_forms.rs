//! Keys in the forms in which people have them, and private keys as CI settings mangle them: `fixtures/cases/keys`.

use crate::session::{Ran, Session, fixtures, key, with_alice};
use base64ct::{Base64, Encoding};
use std::fs;
use std::process::Command;

/// The key of all cases but one.
const PLAIN: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGkFZfYcKNvHB/LZH/V0xPkakFQZd0fm5vI3Hb6DdEvZ";

/// A session with a file of the cases as `project/NAME`.
fn with(name: &str) -> Session {
    let session = Session::new(with_alice());
    session.write(&format!("project/{name}"), fs::read(fixtures().join("cases/keys").join(name)).unwrap());
    session
}

pub(super) fn add(session: &Session, name: &str, more: &[&str]) -> Ran {
    session.run(&[&["add-user", "bob", "--key", name, "--yes"], more].concat())
}

/// Runs a command of a hint in the project, as a person pastes it.
pub(super) fn paste(session: &Session, command: &str) {
    let done = Command::new("sh").args(["-c", command]).current_dir(session.path("project")).output().unwrap();
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The command in back quotes.
pub(super) fn command(said: &str) -> &str {
    said.split('`').nth(1).unwrap_or_else(|| panic!("no command: {said}"))
}

/// What `check` prints, with these words.
#[track_caller]
pub(super) fn check(session: &Session, code: i32, words: &[&str]) -> String {
    let said = session.run(&["check"]).expect(code, &[]).out;
    assert!(words.iter().all(|words| said.contains(words)), "{words:?}: {said}");
    said
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let session = with("bom.pub");
    add(&session, "bom.pub", &[]).expect(0, &["bob can log in with SHA256:", "wrote"]);
    assert!(session.file().contains(&format!("\"{PLAIN} new-a@laptop\"\n")), "{}", session.file());
}

#[test]
fn a_comment_that_cannot_be_written_is_replaced_where_that_is_asked_for() {
    let session = with("latin1-comment.pub");
    session.write("project/jinja.pub", format!("{PLAIN} {{{{ 7*7 }}}}\n"));
    for (name, why) in [("latin1-comment.pub", "not UTF-8"), ("jinja.pub", "Jinja template")] {
        let advice = "only the comment of the key is in the way: pass --comment TEXT";
        add(&session, name, &[]).expect_refusal(&[why, advice]);
        let ran = session.run(&["add-user", "bob", "--key", name, "--comment", "Jürgen", "--dry-run"]);
        ran.expect(0, &["bob can log in with SHA256:"]);
    }
    add(&session, "latin1-comment.pub", &["--comment", "Jürgen"]).expect(0, &["wrote"]);
    assert!(session.file().contains(&format!("\"{PLAIN} Jürgen\"\n")), "{}", session.file());
    // The default pair too.
    let session = with("latin1-comment.pub");
    session.write("home/.ssh/id_ed25519.pub", session.read("project/latin1-comment.pub"));
    session.run(&["add-user", "bob", "--yes"]).expect_refusal(&["not UTF-8", "--comment TEXT"]);
    session.run(&["add-user", "bob", "--yes", "--comment", "Jürgen"]).expect(0, &["wrote"]);
}

#[test]
fn yaml_around_a_key_is_named_and_taken_off_by_the_command_of_the_hint() {
    let session = with("pasted-yaml-item.pub");
    let ran = add(&session, "pasted-yaml-item.pub", &[]).expect_refusal(&["this is YAML with a key in it"]);
    paste(&session, command(&ran.err));
    let ran = add(&session, "pasted-yaml-item.pub.pub", &[]).expect(0, &["wrote"]);
    assert!(session.file().contains(&format!("\"{PLAIN} new-a@laptop\"\n")), "{ran:?}");
    for text in [format!("- '{PLAIN} it'"), format!("  public_key: {PLAIN} it"), format!("- no-pty {PLAIN} it")] {
        session.write("project/it", format!("{text}\n"));
        let ran = add(&session, "it", &[]).expect_refusal(&["this is YAML"]);
        paste(&session, command(&ran.err));
        let options = if text.contains("no-pty") { "no-pty " } else { "" };
        assert_eq!(session.read("project/it.pub"), format!("{options}{PLAIN} it\n").as_bytes(), "{text}");
    }
}

#[test]
fn advice_on_yaml_fits_what_is_around_the_key_and_the_name_of_its_file() {
    let session = Session::new(with_alice());
    for text in [format!("- {{ public_key: \"{PLAIN} it\", state: present }}"), format!("- [\"{PLAIN}\"] # mine")] {
        session.write("project/it", format!("{text}\n"));
        let ran = add(&session, "it", &[]).expect_refusal(&["this is YAML", "without the YAML around it"]);
        assert!(!ran.err.contains("sed"), "{}", ran.err);
    }
    for text in [format!("- '{PLAIN} it'\n"), format!("- public_key: {PLAIN} it\n  state: present\n")] {
        session.write("project/-x.pub", text);
        let ran = session.run(&["add-user", "bob", "--key=-x.pub", "--yes"]).expect_refusal(&["this is YAML"]);
        paste(&session, command(&ran.err));
        assert_eq!(session.read("project/-x.pub.pub"), format!("{PLAIN} it\n").as_bytes());
    }
}

#[test]
fn a_line_of_known_hosts_is_named() {
    let session = with("known_hosts-marker.pub");
    session.write("project/known_hosts", format!("example.com,10.0.0.7 {PLAIN}\n"));
    for name in ["known_hosts-marker.pub", "known_hosts"] {
        add(&session, name, &[]).expect_refusal(&["looks like a line of known_hosts", "~/.ssh/id_ed25519.pub"]);
    }
}

/// What is at its end lets in everybody.
#[test]
fn long_options_are_not_cut_in_a_review() {
    let session = with("long-from.pub");
    session.write("project/base.yml", with_alice());
    session.run(&["add-deploy", "--key", "long-from.pub", "--yes"]).expect(0, &["0.0.0.0/0"]);
    for format in ["text", "markdown", "json", "github"] {
        let ran = session.run(&["review", "base.yml", ".spin.yml", "--format", format]).expect(0, &[]);
        let shown = ran.out.replace("&#46;", ".").replace("&#47;", "/");
        assert!(shown.contains(",0.0.0.0/0") || shown.contains("&#44;0.0.0.0/0"), "{format}: {}", ran.out);
    }
}

#[test]
fn two_keys_glued_to_each_other_are_refused() {
    let session = with("two-keys-glued.pub");
    add(&session, "two-keys-glued.pub", &[]).expect_refusal(&["two keys are on one line", "a line of its own"]);
    // Whatever becomes of the comment.
    add(&session, "two-keys-glued.pub", &["--comment", "x"]).expect_refusal(&["two keys are on one line"]);
    for between in [",", " ", ""] {
        session.write("project/it", format!("{PLAIN}{between}{}\n", key("rsa")));
        add(&session, "it", &[]).expect_refusal(&["two keys are on one line"]);
    }
    // Its data alone, in a file too.
    let data = key("rsa").split(' ').nth(1).unwrap().to_owned();
    for between in ["laptop ", "ssh-rsa", ",", "\"", ": "] {
        let line = format!("{PLAIN} {between}{data}");
        session.write("project/it", format!("{line}\n"));
        add(&session, "it", &[]).expect_refusal(&["two keys are on one line"]);
        let user = format!("  - username: bob\n    groups: []\n    authorized_keys: [{{public_key: '{line}'}}]\n");
        let session = Session::new(with_alice() + &user);
        check(&session, 1, &["error[SK422]: bob: two keys are on one line"]);
    }
}

#[test]
fn a_nul_is_refused() {
    let session = with("key-plain.pub");
    session.write("project/it", format!("{PLAIN} a\0b\n"));
    add(&session, "it", &[]).expect_refusal(&["binary data"]);
    add(&session, "it", &["--comment", "x"]).expect_refusal(&["binary data"]);
}

#[test]
fn other_spellings_are_written_as_ssh_keygen_writes_them() {
    let session = Session::new(with_alice());
    for (user, word) in [("bob", "rsa-sha2-512"), ("carol", "rsa-sha2-256")] {
        session.write("project/it", key("rsa").replacen("ssh-rsa", word, 1));
        session.run(&["add-user", user, "--key", "it", "--yes"]).expect(0, &["can log in with SHA256:", "wrote"]);
    }
    assert_eq!(session.file().matches(&format!("\"{}\"\n", key("rsa"))).count(), 2, "{}", session.file());
}

/// Ways in that looked like damage.
#[test]
fn other_spellings_in_a_file_are_access() {
    let session = Session::new(with_alice());
    session.write("project/base.yml", with_alice());
    let blob = Base64::decode_vec(key("rsa").split(' ').nth(1).unwrap()).unwrap();
    let (exponent, modulus) = (&blob[11..18], &blob[22..]);
    let longer = u32::try_from(modulus.len() + 3).unwrap().to_be_bytes();
    let zeros = [&blob[..11], exponent, &longer, &[0; 3], modulus].concat();
    for line in
        [key("rsa").replacen("ssh-rsa", "rsa-sha2-512", 1), format!("ssh-rsa {}", Base64::encode_string(&zeros))]
    {
        let mallory =
            format!("  - username: mallory\n    groups: []\n    authorized_keys: [{{public_key: \"{line}\"}}]\n");
        session.write("project/.spin.yml", with_alice() + &mallory);
        let ran = session.run(&["review", "base.yml", ".spin.yml", "--fail-on", "gained"]);
        assert!(ran.expect(1, &[]).out.contains("mallory can log in with SHA256:"), "{line}");
        // It is the key that ssh-keygen writes.
        session.write("project/rsa.pub", key("rsa"));
        let ran = session.run(&["add-user", "bob", "--key", "rsa.pub", "--dry-run"]);
        ran.expect(0, &["bob can log in with SHA256:"]);
    }
}
