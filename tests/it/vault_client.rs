//! Client programs of Ansible's: asked for the label that Ansible asks for, then for that of the vault.

use std::fs;
use std::path::PathBuf;

use crate::vault_password::find;
use spin_keys::error::Error;
use tempfile::TempDir;

/// What comes out of a program for a file with this label, if this password fits.
fn asked(dir: &TempDir, name: &str, body: &str, label: Option<&str>, right: &str) -> Result<Vec<u8>, Error> {
    let path: PathBuf = dir.path().join(name);
    crate::support::executable(&path, format!("#!/bin/sh\n{body}\n"));
    let mut fits = |password: &[u8]| right.is_empty() || password == right.as_bytes();
    let found = find(Some(&path), &[dir.path().to_owned()], label, &mut fits);
    found.map(|password| password.bytes().to_vec())
}

#[test]
fn a_client_program_is_asked_for_the_default_then_for_the_label() {
    let dir = tempfile::tempdir().unwrap();
    let args = "printf '%s,' \"$@\"";
    for name in ["pw-client", "pw-client.sh", "-client.py", ".x-client"] {
        for label in [None, Some("prod"), Some("default")] {
            assert_eq!(asked(&dir, name, args, label, "").unwrap(), b"--vault-id,default,", "{name}");
        }
        let prod = "--vault-id,prod,";
        assert_eq!(asked(&dir, name, args, Some("prod"), prod).unwrap(), prod.as_bytes(), "{name}");
    }
    for name in ["client", "pw-client.tar.gz", "pw-clients", "pw-client-2.sh"] {
        assert_eq!(asked(&dir, name, args, Some("prod"), "").unwrap(), b",", "{name}");
    }
    // Neither fits: that is what is said.
    for body in ["echo wrong", "[ \"$2\" = default ] || exit 2; echo wrong"] {
        let error = asked(&dir, "a-client", body, Some("prod"), "right").unwrap_err();
        assert!(error.message.contains("does not fit"), "{error}");
    }
}

#[test]
fn a_client_program_may_have_no_password_for_a_label() {
    let dir = tempfile::tempdir().unwrap();
    let knows = |label: &str| format!("[ \"$2\" = {label} ] && echo pass || {{ echo \"no $2\" >&2; exit 2; }}");
    for known in ["default", "prod"] {
        assert_eq!(asked(&dir, "a-client", &knows(known), Some("prod"), "pass").unwrap(), b"pass");
    }
    let text = asked(&dir, "a-client", &knows("dev"), Some("prod"), "").unwrap_err().to_string();
    assert!(text.contains("failed with exit code 2") && text.contains("\n    no default"), "{text}");
    assert!(text.contains("help: it has no password for the label default or prod"), "{text}");
    let text = asked(&dir, "a-client", &knows("dev"), None, "").unwrap_err().to_string();
    assert!(text.contains("help: it has no password for the label default\n"), "{text}");
    // Of another program it says nothing.
    let text = asked(&dir, "program", "exit 2", Some("prod"), "").unwrap_err().to_string();
    assert!(!text.contains("label"), "{text}");
    // Any other failure is one.
    let counts = format!("echo x >>{}; exit 3", dir.path().join("runs").display());
    let text = asked(&dir, "a-client", &counts, Some("prod"), "").unwrap_err().to_string();
    assert!(text.contains("failed with exit code 3") && !text.contains("label"), "{text}");
    assert_eq!(fs::read(dir.path().join("runs")).unwrap(), b"x\n");
}

#[test]
fn a_label_that_a_program_could_misread_is_not_passed() {
    let dir = tempfile::tempdir().unwrap();
    let no_default = "[ \"$2\" = default ] && exit 2; echo \"$2\"";
    for label in ["-x", "--help", "../../etc", "a b", "a$(b)", "a/b", ".hidden", "a'b"] {
        for (body, right) in [(no_default, ""), ("echo wrong", "right")] {
            let error = asked(&dir, "a-client", body, Some(label), right).unwrap_err();
            assert!(error.message.contains("is not asked for the vault label"), "{error}");
        }
        assert_eq!(asked(&dir, "program", "echo pass", Some(label), "").unwrap(), b"pass");
        assert_eq!(asked(&dir, "a-client", "echo pass", Some(label), "pass").unwrap(), b"pass");
    }
    for label in ["prod", "_x", "a.b-c_d@e+f", "1"] {
        assert_eq!(asked(&dir, "a-client", no_default, Some(label), "").unwrap(), label.as_bytes());
    }
}
