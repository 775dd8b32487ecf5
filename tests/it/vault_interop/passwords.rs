//! Password files and programs give the password that they give Ansible.

use super::ansible::{Ansible, bytes};
use crate::vault_password::find;
use serde_json::json;
use spin_keys::vault::Vault;
use std::fs;

#[test]
fn password_files_and_programs_give_ansibles_password() {
    let Some(ansible) = Ansible::get() else { return };
    let texts: [&[u8]; 14] = [
        b"pass",
        b"pass\n",
        b"pass\r\n",
        b"\n\npass\n\n",
        b" pass word ",
        b"\t\x0b\x0cpass\x0c\x0b\t\r\n",
        b"a\nb\n",
        "\u{a0}pässword\u{a0}".as_bytes(),
        "\u{feff}pass".as_bytes(),
        b"\x1cpass\x1f",
        b"\x85pass\xff\n",
        b"\0",
        b"",
        b" \n",
    ];
    let (mut paths, mut jobs) = (Vec::new(), Vec::new());
    for (number, text) in texts.iter().enumerate() {
        let content = ansible.file(&format!("file{number}"), text, 0o600);
        let script = format!("#!/bin/sh\ncat {}\n", content.display());
        let program = ansible.file(&format!("program{number}"), script, 0o700);
        for path in [content, program] {
            jobs.push(json!({"file": path, "label": "default"}));
            paths.push(path);
        }
    }
    let mut refused = 0;
    for (path, answer) in paths.iter().zip(ansible.jobs(&jobs)) {
        match find(Some(path), &[ansible.dir.path().to_owned()], None, &mut |_| true) {
            Ok(password) => assert_eq!(bytes(&answer, "password"), password.bytes(), "{}", path.display()),
            Err(error) => assert!(answer["error"].is_string(), "{error}, but Ansible: {answer}"),
        }
        refused += usize::from(answer["error"].is_string());
    }
    assert_eq!(refused, 3, "nothing, blanks from a file, and nothing from a program");
}

#[test]
fn client_programs_are_asked_as_ansible_asks_them() {
    let Some(ansible) = Ansible::get() else { return };
    let names =
        ["a-client", "a-client.sh", "-client", ".a-client.py", "client", "a-client.tar.gz", "a-clients", "a.b-client"];
    let script = "#!/bin/sh\nprintf '%s,' \"$#\" \"$@\"\n";
    let (mut asked, mut jobs) = (Vec::new(), Vec::new());
    for name in names {
        let path = ansible.file(name, script, 0o700);
        for label in [None, Some("prod")] {
            // As --vault-password-file gives it, whatever the label of the vault.
            jobs.push(json!({"file": path, "label": "default"}));
            asked.push((path.clone(), label));
        }
    }
    let mut with_label = 0;
    for ((path, label), answer) in asked.iter().zip(ansible.jobs(&jobs)) {
        let password = find(Some(path), &[ansible.dir.path().to_owned()], *label, &mut |_| true).unwrap();
        assert_eq!(bytes(&answer, "password"), password.bytes(), "{} {label:?}", path.display());
        with_label += usize::from(password.bytes().starts_with(b"2,--vault-id,"));
    }
    assert_eq!(with_label, 8);
}

#[test]
fn what_the_real_command_encrypts_with_a_client_program_is_opened_with_it() {
    let Some(ansible) = Ansible::get() else { return };
    let script = "#!/bin/sh\n[ \"$1\" = --vault-id ] && echo \"pass for $2\"\n";
    let program = ansible.file("pw-client.sh", script, 0o700);
    let file = ansible.file("file", "", 0o600);
    for (args, label) in [
        (["encrypt", "--vault-id", "prod@pw-client.sh", "file"], Some("prod")),
        (["encrypt", "--vault-password-file", "pw-client.sh", "file"], None),
    ] {
        fs::write(&file, "users: []\n").unwrap();
        ansible.vault(&args, None);
        let text = fs::read(&file).unwrap();
        let vault = Vault::parse(&text).unwrap();
        assert_eq!(vault.label(), label);
        let mut fits = |password: &[u8]| vault.open(password).is_ok();
        let folders = [ansible.dir.path().to_owned()];
        let password = find(Some(&program), &folders, vault.label(), &mut fits).unwrap();
        assert_eq!(password.bytes(), format!("pass for {}", label.unwrap_or("default")).as_bytes());
    }
}
