//! Pairs that are made: where, for whom, behind which passphrase, and who gets to see it.

use crate::session::{Session, key, with_alice};
use std::fs;

/// Whether ssh-keygen opens the key at `path` with this passphrase; then its public half is the `.pub`.
fn opens(session: &Session, path: &str, passphrase: &str) -> bool {
    let mut keygen = session.tool("ssh-keygen");
    let output = keygen.args(["-y", "-P", passphrase, "-f"]).arg(session.path(path)).output().unwrap();
    let public = String::from_utf8(session.read(&format!("{path}.pub"))).unwrap();
    let same = output.status.success() && public.contains(String::from_utf8(output.stdout).unwrap().trim());
    assert_eq!(same, output.status.success());
    same
}

#[test]
fn a_missing_default_pair_is_made_with_the_modes_of_openssh() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    let ran = session.run(&["add-user", "bob", "--no-passphrase", "--yes"]).expect(0, &["new key SHA256:", "wrote"]);
    assert!(ran.err.contains("private: ") && ran.err.contains("public: "), "{}", ran.err);
    assert_eq!(session.mode("home/.ssh"), 0o700);
    assert_eq!(session.mode("home/.ssh/id_ed25519"), 0o600);
    assert_eq!(session.mode("home/.ssh/id_ed25519.pub"), 0o644);
    assert_eq!(fs::read_dir(session.path("home/.ssh")).unwrap().count(), 2);
    assert!(opens(&session, "home/.ssh/id_ed25519", ""));
    let public = String::from_utf8(session.read("home/.ssh/id_ed25519.pub")).unwrap();
    assert!(public.contains(" bob@") && session.file().contains(public.trim()), "{public}");
    let state = session.state();
    session.run(&["add-user", "bob"]).expect(0, &["nothing to do"]);
    assert_eq!(session.state(), state);
}

#[test]
fn to_look_makes_nothing_and_needs_no_passphrase() {
    let session = Session::new(with_alice());
    let before = session.state();
    for (last, code) in [("--dry-run", 0), ("--check", 1)] {
        for generate in [&[][..], &["--generate", "new"]] {
            let ran = session.run(&[&["add-user", "bob", last], generate].concat());
            let ran = ran.expect(
                code,
                &[
                    "does not exist yet, so this diff cannot be applied as a patch",
                    "bob can log in with a key (ed25519, bob@",
                ],
            );
            assert!(ran.out.contains("\"<new ed25519 key>\""), "{}", ran.out);
        }
    }
    assert_eq!(session.state(), before);
}

#[test]
fn other_keys_are_named_before_a_new_one_is_made() {
    let session = Session::new(with_alice());
    session.write("home/.ssh/id_rsa.pub", key("rsa"));
    session.write("home/.ssh/id_ecdsa.pub", key("ecdsa"));
    let ran = session.run(&["add-user", "bob", "--no-passphrase", "--dry-run"]);
    let ran = ran.expect(0, &["other keys there: ", "id_ecdsa.pub, ", "id_rsa.pub", "--key "]);
    let said = ran.err.find("other keys there").unwrap();
    assert!(said < ran.err.find("bob is a new account").unwrap(), "{}", ran.err);
    // The error that ends a run without terminal comes after that word too.
    session.run(&["add-user", "bob"]).expect_refusal(&["other keys there: ", "no terminal"]);
}

#[test]
fn passphrases_come_from_file_or_environment() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    for (text, index) in [("geheim\n", 0), ("geheim\r\nmore\r\n", 1), ("geheim", 2)] {
        session.write("project/passphrase", text);
        let (user, path) = ([["ada", "grace", "linus"][index]][0], format!("key{index}"));
        let args = ["add-user", user, "--yes", "--rounds", "16", "--generate", &path];
        session.run(&[&args[..], &["--passphrase-file", "passphrase"]].concat()).expect(0, &["wrote"]);
        assert!(opens(&session, &format!("project/{path}"), "geheim"), "{text:?}");
        assert!(!opens(&session, &format!("project/{path}"), ""));
    }
    let session = Session::new(with_alice()).env("SPIN_KEYS_PASSPHRASE", "trésor 1 ");
    session.run(&["add-user", "bob", "--yes"]).expect(0, &["wrote"]);
    assert!(opens(&session, "home/.ssh/id_ed25519", "trésor 1 ") && !opens(&session, "home/.ssh/id_ed25519", ""));
    let text = String::from_utf8(session.read("home/.ssh/id_ed25519")).unwrap();
    assert!(text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"), "{text}");
    // An option is nearer than the environment.
    let args = ["add-user", "carol", "--yes", "--generate", "open", "--no-passphrase"];
    session.run(&args).expect(0, &["wrote"]);
    assert!(opens(&session, "project/open", ""));
}

/// The rounds stand in the clear behind the salt: `bcrypt`, options of 24 bytes (salt of 16), rounds.
#[test]
fn rounds_are_as_asked_for() {
    let session = Session::new(with_alice()).env("SPIN_KEYS_PASSPHRASE", "secret");
    for (args, rounds) in [(&["--rounds", "17"][..], 17), (&[], 100)] {
        let user = format!("user{rounds}");
        session.run(&[&["add-user", &user, "--create", "--yes", "--generate", &user], args].concat()).expect(0, &[]);
        let text = String::from_utf8(session.read(&format!("project/{user}"))).unwrap();
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let mut bytes = vec![0; body.len()];
        let bytes = <base64ct::Base64 as base64ct::Encoding>::decode(&body, &mut bytes).unwrap();
        let kdf = bytes.windows(6).position(|window| window == b"bcrypt").unwrap() + 6;
        assert_eq!(bytes[kdf + 24..kdf + 28], u32::to_be_bytes(rounds));
    }
}

#[test]
fn generate_makes_a_pair_where_it_is_told() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    fs::create_dir(session.path("project/my keys")).unwrap();
    let args = ["add-user", "bob", "--generate", "my keys/bob", "--no-passphrase", "--comment", "bob #2", "--yes"];
    session.run(&args).expect(0, &["private: my keys/bob", "public:  my keys/bob.pub"]);
    assert!(opens(&session, "project/my keys/bob", "") && !session.exists("home/.ssh"));
    assert!(session.file().contains(" bob #2\""));
    // A second run is no repetition: the path is taken.
    session.run(&args).expect_refusal(&["is never overwritten", "--key 'my keys/bob'"]);
    session.run(&["add-user", "bob", "--key", "my keys/bob"]).expect(0, &["nothing to do"]);
}

/// No program is started, so no argument or environment can carry a secret; what is written and said holds none.
#[test]
fn secrets_stay_inside() {
    let session = Session::new(with_alice()).env("SPIN_KEYS_PASSPHRASE", "sesame-in-the-environment");
    let args = ["add-user", "bob", "--yes", "-v", "--rounds", "16"];
    let ran = session.run(&args).expect(0, &["wrote"]);
    let private = String::from_utf8(session.read("home/.ssh/id_ed25519")).unwrap();
    let body = private.lines().nth(1).unwrap();
    for secret in ["sesame", body, "PRIVATE KEY"] {
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{ran:#?}");
        assert!(!session.file().contains(secret));
    }
    let session = Session::new(with_alice()).env("SPIN_KEYS_PASSPHRASE", "sesame-in-the-environment");
    let mut strace = session.tool("strace");
    strace.args(["-f", "-e", "trace=execve,execveat", "-o", "../trace", &*crate::session::BINARY]).args(args);
    match strace.output() {
        Ok(output) if output.status.success() => {
            let trace = String::from_utf8(session.read("trace")).unwrap();
            assert_eq!(trace.matches("exec").count(), 1, "{trace}");
        }
        _ => crate::session::skipped("there is no strace that works here, so nobody looked for started programs"),
    }
}
