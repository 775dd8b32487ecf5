//! Keys in the forms in which people have them, and private keys as CI settings mangle them: `fixtures/cases/keys`.

use crate::session::{Ran, Session, fixtures, key, with_alice};
use base64ct::{Base64, Encoding};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

const CI: &str = "project/.infrastructure/conf/ci";
const NAME: &str = "SSH_DEPLOY_PRIVATE_KEY";
/// The key of all cases but one.
const PLAIN: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGkFZfYcKNvHB/LZH/V0xPkakFQZd0fm5vI3Hb6DdEvZ";

/// A session with a file of the cases as `project/NAME`.
fn with(name: &str) -> Session {
    let session = Session::new(with_alice());
    session.write(&format!("project/{name}"), fs::read(fixtures().join("cases/keys").join(name)).unwrap());
    session
}

fn add(session: &Session, name: &str, more: &[&str]) -> Ran {
    session.run(&[&["add-user", "bob", "--key", name, "--yes"], more].concat())
}

/// Runs a command of a hint in the project, as a person pastes it.
fn paste(session: &Session, command: &str) {
    let done = Command::new("sh").args(["-c", command]).current_dir(session.path("project")).output().unwrap();
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
}

/// The command in back quotes.
fn command(said: &str) -> &str {
    said.split('`').nth(1).unwrap_or_else(|| panic!("no command: {said}"))
}

/// What `check` prints, with these words.
#[track_caller]
fn check(session: &Session, code: i32, words: &[&str]) -> String {
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

/// A session with a deploy pair in the CI folder that ssh-keygen made.
fn with_pair() -> Session {
    let session = Session::new(with_alice());
    fs::create_dir_all(session.path(CI)).unwrap();
    let path = session.path(&format!("{CI}/{NAME}")).display().to_string();
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-C", "deploy", "-f", &path]);
    session
}

/// What ssh-keygen says of a private key that Spin's action hands to ssh-add: without CR, with a last line end.
fn loads(session: &Session, text: &str) -> bool {
    let path = session.write("home/loads", format!("{}\n", text.replace('\r', "").trim_end_matches('\n')));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    session.tool("ssh-keygen").args(["-y", "-P", "", "-f"]).arg(path).output().unwrap().status.success()
}

#[test]
fn a_private_key_that_openssh_cannot_load_is_refused_with_the_command_that_repairs_it() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = with_pair();
    let path = format!("{CI}/{NAME}");
    let good = String::from_utf8(session.read(&path)).unwrap();
    let indented: String = good.lines().map(|line| format!("  {line}\n")).collect();
    for (text, what) in [
        (indented, "it is indented"),
        (format!("\n{good}"), "a blank line is before it"),
        (format!("\u{feff}{good}"), "a byte order mark is before it"),
        (good.replace('\n', " "), "its line breaks are missing"),
        (good.replace('\n', "\\n"), "its line breaks are missing"),
    ] {
        assert!(!loads(&session, &text), "{what}");
        session.write(&path, &text);
        let said = check(&session, 1, &["error[SK615]", what, "mv .infrastructure/conf/ci/"]);
        assert!(!said.contains("b3BlbnNz"), "{said}");
        for args in [
            &["add-deploy", "--yes"][..],
            &["add-deploy", "--yes", "--key", &format!(".infrastructure/conf/ci/{NAME}")],
        ] {
            session.write(&path, &text);
            let ran = session.run(args).expect_refusal(&["OpenSSH cannot load this private key", what]);
            assert!(!ran.err.contains("can log in"), "{}", ran.err);
            paste(&session, command(&ran.err));
            let repaired = String::from_utf8(session.read(&path)).unwrap();
            assert!(loads(&session, &repaired) && session.mode(&path) == 0o600, "{what}");
        }
        session.run(&["add-deploy", "--dry-run"]).expect(0, &["can log in with SHA256:"]);
    }
    // The command in the report of `check` is that of the refusal.
    session.write(&path, format!("\n{good}"));
    paste(&session, command(check(&session, 1, &[]).split_once("help: ").unwrap().1));
    session.run(&["check"]).expect(0, &[]);
}

#[test]
fn private_keys_load_with_other_line_ends_and_without_the_last() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = with_pair();
    let path = format!("{CI}/{NAME}");
    let good = String::from_utf8(session.read(&path)).unwrap();
    for text in [good.replace('\n', "\r\n"), good.trim_end().to_owned(), good.trim_end().replace('\n', "\r\n")] {
        assert!(loads(&session, &text));
        session.write(&path, &text);
        session.run(&["check"]).expect(0, &[]);
        session.run(&["add-deploy", "--dry-run"]).expect(0, &["can log in with SHA256:"]);
    }
}

#[test]
fn a_pub_with_a_byte_order_mark_does_not_serve_ci() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = with_pair();
    let public = format!("{CI}/{NAME}.pub");
    let text = [b"\xef\xbb\xbf".to_vec(), session.read(&public)].concat();
    session.write(&public, text);
    let again = format!("ssh-keygen -y -f .infrastructure/conf/ci/{NAME} > .infrastructure/conf/ci/{NAME}.pub");
    check(&session, 1, &["error[SK615]", "a byte order mark is before the key", &again]);
    session.run(&["add-deploy", "--yes"]).expect_refusal(&["begins with a byte order mark", "ssh-keygen -y -f "]);
    paste(&session, &again);
    session.run(&["check"]).expect(0, &[]);
}

#[test]
fn a_passphrase_that_ci_cannot_enter_is_said() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = with_pair();
    let here = format!(".infrastructure/conf/ci/{NAME}");
    session.keygen(&["-q", "-p", "-a", "16", "-P", "", "-N", "secret", "-f", &here]);
    let without = format!("ssh-keygen -p -N '' -f {here}");
    check(&session, 1, &["error[SK612]", &without]);
    let ran = session.run(&["add-deploy", "--key", &here, "--yes"]);
    ran.expect(0, &["warning: the private key in ", "has a passphrase, which CI cannot enter", &without]);
    // A person enters it.
    let ran = session.run(&["add-user", "bob", "--key", &here, "--dry-run"]).expect(0, &[]);
    assert!(!ran.err.contains("passphrase"), "{}", ran.err);
    // Keys in the formats of OpenSSL load, but for those with a passphrase.
    for (passphrase, code) in [("", 0), ("secret", 1)] {
        let session = Session::new(with_alice());
        fs::create_dir_all(session.path(CI)).unwrap();
        session.keygen(&["-q", "-t", "rsa", "-b", "3072", "-m", "PEM", "-N", passphrase, "-C", "deploy", "-f", &here]);
        let said = check(&session, code, &[]);
        assert_eq!(said.contains("SK612"), code == 1, "{said}");
    }
}

#[test]
fn a_passphrase_that_openssh_cannot_take_is_refused_before_a_key_is_made() {
    let (long, longest) = ("x".repeat(1024), "x".repeat(1023));
    for (text, what) in
        [("a\0b", "it holds a NUL"), ("a\rb", "it holds a line break"), (&long, "it has 1,024 bytes or more")]
    {
        let session = Session::new(with_alice());
        session.write("project/passphrase", format!("{text}\n"));
        session.refuses(&["add-user", "bob", "--yes", "--passphrase-file", "passphrase"], &["passphrase: ", what]);
        if !text.contains('\0') {
            let session = session.env("SPIN_KEYS_PASSPHRASE", text);
            session.refuses(&["add-user", "bob", "--yes"], &["SPIN_KEYS_PASSPHRASE: OpenSSH cannot take", what]);
        }
    }
    let session = Session::new(with_alice()).env("SPIN_KEYS_PASSPHRASE", "a\nb");
    session.refuses(&["add-user", "bob", "--yes"], &["it holds a line break"]);
    let session = Session::new(with_alice()).env("SPIN_KEYS_PASSPHRASE", &longest);
    session.run(&["add-user", "bob", "--yes", "--rounds", "16"]).expect(0, &["wrote"]);
    if crate::session::needs("ssh-keygen") {
        // Through the buffer into which OpenSSH reads what is typed.
        let path = session.path("home/.ssh/id_ed25519");
        let ask = session.write("home/ask", format!("#!/bin/sh\necho {longest}\n"));
        fs::set_permissions(&ask, fs::Permissions::from_mode(0o700)).unwrap();
        let mut keygen = session.tool("ssh-keygen");
        keygen.args(["-y", "-f"]).arg(path).env("SSH_ASKPASS", ask).env("SSH_ASKPASS_REQUIRE", "force");
        assert!(keygen.output().unwrap().status.success());
    }
}
