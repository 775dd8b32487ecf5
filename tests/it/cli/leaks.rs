//! Secrets planted all over an encrypted file: none shows up in what any command prints, whatever happens, nor in what it
//! passes to the system.

use super::vault::{PASSWORD, plain_text, sealed};
use crate::session::{Ran, Session, fixtures};
use std::process::Command;

/// Every secret holds this.
const PLANTED: &str = "pl4nted";

/// A file with a secret at every kind of place: values, comments, blocks, flow maps, anchors, next to a key and on its line.
fn plain() -> String {
    let bob = crate::session::key("bob");
    format!(
        "# {PLANTED}-comment\n\
         base: &{PLANTED}-anchor {{a: {PLANTED}-flow, b: ['{PLANTED}-item']}}\n\
         other: *{PLANTED}-anchor\n\
         motd: |\n  {PLANTED}-block\n    {PLANTED}-deeper\n\n\
         folded: >-\n  {PLANTED}-folded\n  {PLANTED}-more\n\
         users: # {PLANTED}-users\n\
         \x20 # {PLANTED}-above\n\
         \x20 - username: bob # {PLANTED}-name\n\
         \x20   name: \"{PLANTED} full\n      {PLANTED} second line\"\n\
         \x20   password: '$6${PLANTED}$x'\n\
         \x20   groups: ['sudo'] # {PLANTED}-groups\n\
         \x20   authorized_keys:\n\
         \x20     # {PLANTED}-key-comment\n\
         \x20     - {{public_key: \"{bob}\", note: {PLANTED}-same-line}} # {PLANTED}-tail\n\
         \x20     - public_key: \"-----BEGIN OPENSSH PRIVATE KEY----- {PLANTED}-pasted\"\n\
         \x20       note: {PLANTED}-next-to-key\n\
         token: !vault |\n  {PLANTED}-vault\n\
         docker_user:\n\
         \x20 username: deploy\n\
         \x20 home: /{PLANTED}-home # {PLANTED}\n\
         # users:\n#   {PLANTED}-example\n\
         providers:\n  - name: x\n    api_token: {PLANTED}-token\n"
    )
}

#[track_caller]
fn silent(what: &str, ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        assert!(!text.contains(PLANTED) && !text.contains(PASSWORD), "{what}:\nprinted:\n{text}");
    }
}

/// The same with keys alone, and somebody else in sudo.
fn revocable() -> String {
    let [alice, carol] = ["alice", "carol"].map(crate::session::key);
    let zoe =
        format!("  - username: zoe\n    groups: [sudo]\n    authorized_keys: [{{public_key: \"{alice}\"}}]\ntoken:");
    let pasted = format!("-----BEGIN OPENSSH PRIVATE KEY----- {PLANTED}-pasted");
    plain().replace(&pasted, &carol).replace("token:", &zoe)
}

fn key(name: &str) -> String {
    fixtures().join(format!("keys/{name}.pub")).display().to_string()
}

#[test]
fn no_command_prints_a_secret() {
    let (alice, carol, bob) = (key("alice"), key("carol"), key("bob"));
    let adds: [&[&str]; 5] = [
        &["add-user", "alice", "--key", &alice],
        &["add-user", "bob", "--key", &carol],
        &["add-deploy", "--key", &alice],
        &["add-user", "bob", "--key", &bob],
        &["revoke", "--finish"],
    ];
    let ways: [&[&str]; 7] = [
        &["--dry-run"],
        &["--check"],
        &["--dry-run", "--verbose", "--color", "always"],
        &["--dry-run", "--format", "json"],
        &["--yes"],
        &["--yes", "--format", "json"],
        &[],
    ];
    for add in adds {
        for way in ways {
            let session = sealed(plain());
            let ran = session.run(&[add, way].concat());
            assert!(ran.code.is_some_and(|code| code <= 1), "{ran:?}");
            silent(&format!("{add:?} {way:?}"), &ran);
            let left = session.state().into_iter().filter(|(path, _)| !path.ends_with(".vault-password"));
            for (path, (_, bytes)) in left {
                assert!(!String::from_utf8_lossy(&bytes).contains(PLANTED), "{}", path.display());
            }
        }
    }
    let (whole, ecdsa) = (revocable(), key("ecdsa"));
    for way in ways {
        let session = sealed(&whole);
        let ran = session.run(&[&["revoke", "bob"], way].concat());
        assert!(ran.code.is_some_and(|code| code <= 1), "{ran:?}");
        silent(&format!("revoke {way:?}"), &ran);
        let rotation = ["rotate", "zoe", "--old", "alice@", "--key", &ecdsa];
        let ran = session.run(&[&rotation[..], way].concat());
        assert!(ran.code.is_some_and(|code| code <= 1), "{ran:?}");
        silent(&format!("rotate {way:?}"), &ran);
        silent("rotate --status", &session.run(&[&rotation[..], &["--status"]].concat()));
    }
    let session = sealed(plain());
    for args in [&["show"][..], &["show", "--verbose"], &["show", "--color", "always"]] {
        silent("show", &session.run(args).expect(0, &[]));
    }
}

/// Text under `public_key` that is no key goes to the tunnel all the same.
#[test]
fn no_report_prints_what_is_pasted_in_place_of_a_key() {
    let pasted = [
        format!(
            "public_key: |\n          -----BEGIN OPENSSH PRIVATE KEY-----\n          {PLANTED}\n          {PLANTED}-2"
        ),
        format!("public_key: \"{PLANTED} the password\""),
        format!("public_key: |\n          {}\n          {PLANTED}", crate::session::key("carol")),
    ];
    let alice = crate::session::key("alice");
    for pasted in &pasted {
        let text = format!(
            "users:\n  - username: alice\n    groups: [sudo]\n    authorized_keys:\n      - public_key: \"{alice}\"\n  \
             - username: bob\n    groups: []\n    authorized_keys:\n      - {pasted}\n"
        );
        let session = sealed(&text);
        session.write("project/none.yml", "");
        let reports: [&[&str]; 4] =
            [&["list"], &["list", "bob"], &["check"], &["review", "--files", "none.yml", ".spin.yml"]];
        for report in reports {
            for format in ["text", "json", "markdown", "github"] {
                let ran = session.run(&[report, &["--format", format]].concat());
                silent(&format!("{report:?} {format}"), &ran);
            }
        }
    }
}

#[test]
fn no_failure_prints_a_secret() {
    let (alice, whole) = (key("alice"), plain());
    let mut broken: Vec<String> = Vec::new();
    // Cut off behind each line, and with one thing put before each line that makes it something else.
    let mut at = 0;
    for line in whole.split_inclusive('\n') {
        at += line.len();
        broken.push(whole[..at - 1].to_owned());
        for put in ["\t", "}", "\"", "  - ", "%x\n", "a: b: ", "---\n", "!<", "*x ", "\u{85}"] {
            let start = at - line.len();
            broken.push(format!("{}{put}{}", &whole[..start], &whole[start..]));
        }
    }
    broken.push(whole.replace("providers:", "motd:"));
    broken.push(whole.replace("  - username: bob", "  - username: alice\n    state: absent\n  - username: alice"));
    for (number, text) in broken.iter().enumerate() {
        let session = sealed(text);
        let way = if number % 2 == 0 { "--dry-run" } else { "--check" };
        let ran = session.run(&["add-user", "alice", "--key", &alice, way]);
        assert!(ran.code.is_some_and(|code| code <= 2), "{ran:?}\n{text}");
        silent(text, &ran);
        if number % 8 == 0 {
            silent(text, &session.run(&["show"]).expect(0, &[]));
        }
    }
}

#[test]
fn a_plain_file_keeps_its_passwords_out_of_a_log() {
    let bob = crate::session::key("bob");
    let text = format!(
        "users:\n  - username: bob\n    password: \"$6$salt$hashhashhash\"\n    groups: ['sudo'] # stays\n    authorized_keys:\n      - public_key: \"{bob}\"\napi_token: tok3n\nport: 22\n"
    );
    let session = Session::new(text);
    let args = ["add-user", "alice", "--key", &key("alice"), "--dry-run"];
    let ran = session.run(&args).expect(0, &["secrets are masked, so this diff cannot be applied as a patch"]);
    assert!(ran.out.contains(" api_token: ********\n port: 22\n") && !ran.out.contains("tok3n"), "{}", ran.out);
}

/// Git and the program that prints the vault password have nothing to do with the passphrase of a new key.
#[test]
fn no_other_program_gets_the_passphrase() {
    let session = sealed(crate::session::with_alice()).env("SPIN_KEYS_PASSPHRASE", "sesame");
    let seen = session.path("seen");
    for name in ["bin/git", "bin/password", "bin/ssh-add"] {
        let script = format!("#!/bin/sh\necho \"$0\" >> '{0}'\nenv >> '{0}'\necho '{PASSWORD}'\n", seen.display());
        session.executable(name, script);
    }
    std::fs::create_dir(session.path("project/.git")).unwrap();
    let path = format!("{}:{}", session.path("bin").display(), std::env::var("PATH").unwrap());
    let session = session.env("PATH", &path);
    let password = session.path("bin/password").display().to_string();
    let args = ["add-user", "zoe", "--yes", "--rounds", "16", "--vault-password-file", &password];
    session.run(&args).expect(0, &["wrote"]);
    let session = session.env("SSH_AUTH_SOCK", "/nowhere");
    session.run(&["revoke", "zoe", "--yes", "--vault-password-file", &password]);
    let seen = std::fs::read_to_string(seen).unwrap();
    assert!(["git", "password", "ssh-add"].iter().all(|name| seen.contains(&format!("bin/{name}\n"))), "{seen}");
    assert!(!seen.contains("sesame"), "{seen}");
}

/// The limit is that of before in the program that prints the password, and 0 here, which it sees when it was started.
#[test]
fn no_crash_leaves_a_core_file_and_programs_keep_their_limit() {
    let session = sealed(crate::session::with_alice());
    let seen = session.path("seen");
    let script = format!(
        "#!/bin/sh\nulimit -S -c > '{0}'\nsleep 0.3\ngrep core /proc/$PPID/limits >> '{0}'\necho '{PASSWORD}'\n",
        seen.display()
    );
    let password = session.executable("bin/password", script).display().to_string();
    for limit in ["1000", "0"] {
        let mut shell = session.tool("sh");
        shell.args(["-c", &format!("ulimit -S -c {limit} && exec \"$@\""), "sh", "setsid", "--wait"]);
        shell.arg(&*crate::session::BINARY).args(["list", "--vault-password-file", &password]);
        Ran::of(shell.output().unwrap()).expect(0, &[]);
        let seen = std::fs::read_to_string(&seen).unwrap();
        let (given, own) = seen.split_once('\n').unwrap();
        assert_eq!(given, limit, "{seen}");
        // Only Linux has /proc.
        if cfg!(target_os = "linux") {
            assert_eq!(own.split_whitespace().nth(4), Some("0"), "{seen}");
        }
    }
}

#[test]
fn the_plain_text_is_passed_to_no_write() {
    let session = sealed(plain());
    let trace = session.path("trace");
    let mut strace = Command::new("strace");
    strace
        .args([
            "-f",
            "-s",
            "100000",
            "-e",
            "trace=write,pwrite64,writev,sendto,sendmsg,execve,memfd_create,openat",
            "-o",
        ])
        .arg(&trace);
    strace.arg("setsid").arg("--wait").arg(&*crate::session::BINARY);
    strace.args(["add-user", "alice", "--key", &key("alice"), "--yes"]);
    strace
        .current_dir(session.path("project"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", session.path("home"));
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success());
    if !works {
        assert!(std::env::var_os("CI").is_none(), "CI requires strace");
        crate::session::skipped("strace is not there, or may not trace");
        return;
    }
    let done = strace.stdin(std::process::Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(String::from_utf8_lossy(&plain_text(&session)).contains("username: alice"), "nothing was written");
    let trace = String::from_utf8_lossy(&std::fs::read(trace).unwrap()).into_owned();
    assert!(
        trace.contains("$ANSIBLE_VAULT;1.1;AES256") && trace.contains(".spin.yml.spin-keys-new"),
        "the trace does not see the write"
    );
    assert!(!trace.contains(PLANTED) && !trace.contains(PASSWORD), "the plain text went out");
}
