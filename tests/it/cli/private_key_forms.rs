//! Private keys as CI settings mangle them, and passphrases that OpenSSH or CI cannot take.

use super::key_forms::{check, command, paste};
use crate::session::{Session, with_alice};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const CI: &str = "project/.infrastructure/conf/ci";
const NAME: &str = "SSH_DEPLOY_PRIVATE_KEY";

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

/// OpenSSH has OpenSSL read them.
#[test]
fn a_pem_key_that_openssl_cannot_read_is_refused_as_one_of_openssh() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    for (format, kind) in [("PEM", "rsa"), ("PKCS8", "rsa"), ("PEM", "ecdsa"), ("PKCS8", "ecdsa")] {
        let session = Session::new(with_alice());
        fs::create_dir_all(session.path(CI)).unwrap();
        let (path, here) = (format!("{CI}/{NAME}"), format!(".infrastructure/conf/ci/{NAME}"));
        session.keygen(&["-q", "-t", kind, "-m", format, "-N", "", "-C", "deploy", "-f", &here]);
        let good = String::from_utf8(session.read(&path)).unwrap();
        let (begin, body) = good.split_once('\n').unwrap();
        let (body, end) = body.trim_end().rsplit_once('\n').unwrap();
        let indented: String = good.lines().map(|line| format!("  {line}\n")).collect();
        for (text, what) in [
            (indented, "it is indented"),
            (good.replace('\n', " "), "its line breaks are missing"),
            (good.replace('\n', "\\n"), "its line breaks are missing"),
            (format!("{begin}\n{body}\n {end}\n"), "not alone on a line"),
            (format!("{begin} {body}\n{end}\n"), "not alone on a line"),
            (format!("{begin}\n{body}\n\n{end}\n"), "a blank line is in it"),
            (format!("{begin}\n{body}\n"), "its END line is missing"),
        ] {
            session.write(&path, &text);
            assert!(!loads(&session, &text), "{what}");
            let said = check(&session, 1, &["error[SK615]", "OpenSSH cannot load this private key", what]);
            session.run(&["add-deploy", "--key", &here, "--yes"]).expect_refusal(&["OpenSSH cannot load", what]);
            paste(&session, command(said.split_once("help: ").unwrap().1));
            let repaired = String::from_utf8(session.read(&path)).unwrap();
            assert!(loads(&session, &repaired) && session.mode(&path) == 0o600, "{what}");
            session.run(&["check"]).expect(0, &[]);
        }
        // Nothing repairs these.
        let cut = &body[..64];
        for (text, what) in [
            (format!("{begin}\n{cut}\n"), "its END line is missing"),
            (format!("  {begin}\n{cut}\n{end}\n"), "it is indented"),
        ] {
            session.write(&path, &text);
            assert!(!loads(&session, &text), "{what}");
            check(&session, 1, &["error[SK615]", "the private key file is damaged", what]);
        }
        for text in [
            format!("# mine\n\n{good}\nmore\n"),
            good.replace('\n', "\r\n"),
            good.trim_end().to_owned(),
            format!("{begin}  \n  {}\n{end}\n", body.replace('\n', "\n  ")),
            format!("{begin}\n{}\n{end}\n", body.replace('\n', "")),
        ] {
            assert!(loads(&session, &text), "{text}");
            session.write(&path, &text);
            session.run(&["check"]).expect(0, &[]);
        }
    }
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
