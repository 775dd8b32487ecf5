//! What can be wrong with an encrypted file or its password: each with its own message, exit 2, nothing touched.

use super::vault::{PASSWORD, encrypted, sealed};
use crate::session::{Session, fixtures};
use std::fs;

const PLAIN: &str = "users:\n";

fn add(session: &Session, more: &[&str]) -> crate::session::Ran {
    let key = fixtures().join("keys/alice.pub").display().to_string();
    session.run(&[&["add-user", "alice", "--key", &key, "--yes"], more].concat())
}

/// Runs on a file with the right password beside it.
#[track_caller]
fn refused(file: impl AsRef<[u8]>, messages: &[&str]) {
    let session = Session::new(file);
    session.write("project/.vault-password", PASSWORD);
    let before = session.state();
    add(&session, &[]).expect(2, messages).expect_untouched(&session, &before);
}

/// The hex digits of the file with the one at this place of the decoded text's hex changed.
fn flipped(part: usize) -> String {
    let file = encrypted(PLAIN);
    let (header, body) = file.split_once('\n').unwrap();
    let digits: String = body.lines().collect();
    let inner: Vec<u8> =
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
    let mut parts: Vec<Vec<u8>> = inner.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    parts[part][5] = if parts[part][5] == b'0' { b'1' } else { b'0' };
    let inner = parts.join(&b'\n');
    let digits: String = inner.iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<&str> = digits.as_bytes().chunks(80).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("{header}\n{}\n", lines.join("\n"))
}

#[test]
fn damaged_files_are_told_apart_as_far_as_that_is_possible() {
    let whole = encrypted(PLAIN);
    for part in 0..3 {
        refused(flipped(part), &["does not fit"]);
    }
    refused(&whole[..whole.len() / 2], &["damaged"]);
    refused(&whole[..whole.len() - 2], &[".spin.yml"]);
    refused(whole.replace("AES256", "AES128"), &[".spin.yml:1:1", "AES128"]);
    refused(whole.replace(";1.1;", ";2.0;"), &[".spin.yml:1:1", "2.0"]);
    refused(whole.replace("AES256\n", "AES256\nxy"), &[".spin.yml:2:1"]);
    refused(format!("\u{feff}{whole}"), &[".spin.yml:1:1", "byte order mark"]);
    refused(format!("\n{whole}"), &[".spin.yml:1:1", "blank line"]);
    refused(encrypted(b"users: \xff\n"), &["not UTF-8"]);
    refused(encrypted("users: [\n"), &["not valid YAML"]);
}

#[test]
fn a_wrong_or_missing_password_is_told() {
    let session = Session::new(encrypted(PLAIN));
    let before = session.state();
    let ways = ["--vault-password-file", "ANSIBLE_VAULT_PASSWORD_FILE", ".vault-password"];
    add(&session, &[]).expect(2, &["no vault password was found"]).expect(2, &ways).expect_untouched(&session, &before);
    session.write("project/.vault-password", "wrong");
    let before = session.state();
    add(&session, &[]).expect(2, &["does not fit"]).expect_untouched(&session, &before);
}

#[test]
fn password_files_that_are_none() {
    let session = Session::new(encrypted(PLAIN));
    session.write("project/empty", " \n");
    fs::create_dir(session.path("project/folder")).unwrap();
    session.executable("project/fails", "#!/bin/sh\necho 'no \u{1b}[31mway' >&2\nexit 3\n");
    let before = session.state();
    for (file, message) in
        [("missing", "missing"), ("empty", "empty"), ("folder", "folder"), ("fails", "no \\x1b[31mway")]
    {
        add(&session, &["--vault-password-file", file]).expect(2, &[message]).expect_untouched(&session, &before);
    }
}

#[test]
fn only_a_named_password_file_is_run() {
    let session = sealed(PLAIN);
    let script = format!("#!/bin/sh\ntouch ran\necho '{PASSWORD}'\n");
    session.executable("project/.vault-password", &script);
    let before = session.state();
    add(&session, &[]).expect(2, &[".vault-password", "executable"]).expect_untouched(&session, &before);
    add(&session, &["--vault-password-file", ".vault-password"]).expect(0, &["wrote .spin.yml"]);
    assert!(session.exists("project/ran"));
}

#[test]
fn the_environment_gives_way_to_the_file_beside() {
    let session = sealed(PLAIN);
    let other = session.write("other", "something else");
    let session = session.env("ANSIBLE_VAULT_PASSWORD_FILE", other.to_str().unwrap());
    add(&session, &[]).expect(0, &["does not fit, the one from", "wrote .spin.yml"]);
}

#[test]
fn a_vault_of_64_mib_is_refused() {
    let session = sealed(PLAIN);
    let path = session.path("project/.spin.yml");
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len((64 << 20) + 1).unwrap();
    add(&session, &[]).expect(2, &["64 MiB", "nothing was written"]);
    assert_eq!(fs::metadata(path).unwrap().len(), (64 << 20) + 1);
}
