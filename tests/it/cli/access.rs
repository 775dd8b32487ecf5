//! `fixtures/access`: what the real roles of Spin installed for a file (v2.3.4, ansible-core 2.21, a new server), against
//! what `list` says.
//!
//! `unknown` names the accounts of which only Ansible can tell.

use super::fixtures::{cases, name};
use crate::measured::{Measured, Told};
use crate::session::{Session, skipped};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

#[test]
fn list_says_what_the_real_roles_install() {
    let cases = cases("access");
    assert!(cases.len() >= 55, "{} cases", cases.len());
    let mut compared = 0;
    for case in &cases {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        let Told { accounts: mut told, unknown, ends } = Told::of(&session);
        let mut real = Measured::of(case);
        if let Ok(text) = fs::read_to_string(case.join("unknown")) {
            let mut expected: Vec<&str> = text.lines().collect();
            expected.sort_unstable();
            let mut unknown = unknown.clone();
            unknown.sort();
            assert_eq!(unknown, expected, "{}", name(case));
            // An unresolved template ends the run; one that resolves gives keys that cannot be told.
            if !real.fails {
                for account in &unknown {
                    let real = real.accounts.remove(account).unwrap();
                    let told = told.remove(account).unwrap();
                    assert!(told.iter().all(|line| real.contains(line)), "{}: {account}", name(case));
                }
                assert_eq!(told, real.accounts, "{}", name(case));
            }
            continue;
        }
        assert_eq!(unknown, [""; 0], "{}", name(case));
        assert_eq!(told, real.accounts, "{}", name(case));
        assert_eq!(ends, real.fails, "{}", name(case));
        compared += 1;
    }
    assert!(compared >= 50, "{compared}");
}

/// The fingerprints of the keys that OpenSSH reads in this text.
fn openssh_reads(lines: &str) -> Vec<String> {
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-l", "-f", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = keygen.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap().stdout;
    String::from_utf8(out).unwrap().lines().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn for_prints_the_lines_that_openssh_reads_and_says_the_others() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        return skipped("ssh-keygen is not there");
    }
    for case in cases("access") {
        let session = Session::new(fs::read(case.join("in.yml")).unwrap());
        for (account, lines) in Told::of(&session).accounts {
            let ran = session.run(&["list", "--format", "authorized_keys", "--for", &account]).expect(0, &[]);
            let printed: Vec<&str> = ran.out.lines().collect();
            let others: Vec<&String> = lines.iter().filter(|line| !printed.contains(&line.as_str())).collect();
            assert_eq!(printed.len() + others.len(), lines.len(), "{}: {account}", name(&case));
            assert_eq!(openssh_reads(&ran.out).len(), printed.len(), "{}: {account}\n{}", name(&case), ran.out);
            for line in others {
                assert!(ran.err.contains(line.as_str()), "{}: {account}: {}", name(&case), ran.err);
                // ssh-keygen knows nothing of options that sshd does not take.
                let has_options = !line.starts_with("ssh-") && !line.trim_start().starts_with('#');
                assert!(has_options || openssh_reads(&format!("{line}\n")).is_empty(), "{}: {line}", name(&case));
            }
        }
    }
}
