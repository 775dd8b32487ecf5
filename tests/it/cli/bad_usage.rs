//! Options, names, paths for new keys and passphrases that cannot be.

use crate::session::{Session, key, with_alice};
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn usage_is_explained() {
    let session = Session::new(with_alice());
    let before = session.state();
    let cases: [(&[&str], &str); 14] = [
        (&[], "Usage: spin-keys"),
        (&["add-user"], "<NAME>"),
        (&["rotate"], "<NAME|--deploy>"),
        (&["add-user", "-x"], "unexpected argument '-x'"),
        (&["add-usr", "bob"], "'add-user'"),
        (&["add-user", "bob", "--kye", "x"], "unexpected argument '--kye'"),
        (&["add-user", "bob", "--key", "a", "--generate", "b"], "cannot be used with '--generate"),
        (&["add-user", "bob", "--key", "a", "--no-passphrase"], "cannot be used with '--no-passphrase'"),
        (&["add-user", "bob", "--yes", "--check"], "cannot be used with '--check'"),
        (&["add-user", "bob", "--yes", "--dry-run"], "cannot be used with '--dry-run'"),
        (&["add-user", "bob", "--rounds", "1"], "1 is not in 16..="),
        (&["add-user", "bob", "--rounds", "x"], "invalid"),
        (&["add-deploy", "bob"], "unexpected argument 'bob'"),
        (&["completions", "tcsh"], "bash"),
    ];
    for (args, words) in cases {
        let ran = session.run(args).expect(2, &[words]);
        assert_eq!(ran.out, "", "{args:?}");
        assert!(ran.err.contains("--help"), "{}", ran.err);
    }
    assert_eq!(session.state(), before);
    assert!(session.run(&["--help"]).expect(0, &[]).out.contains("Exit codes:"));
    assert!(session.run(&["--version"]).expect(0, &[]).out.starts_with("spin-keys "));
}

#[test]
fn usage_is_explained_in_json_to_who_asked_for_it() {
    let session = Session::new(with_alice());
    let private = "MC4CAQAwBQYDK2VwBCIEIBkgIBkgIBkgIBkgIBkgIBkgIBkgIBkgIBkg";
    let cases: [(&[&str], &str, &str); 7] = [
        (&["list", "--format", "json", "--bogus"], "unexpected argument '--bogus' found", "'--help'"),
        (&["list", "--bogus", "--format=json"], "unexpected argument '--bogus' found", "'--help'"),
        (&["add-user", "--format=json"], "the following required arguments were not provided: <NAME>", "'--help'"),
        (&["check", ".spin.yml", "--format", "json"], "unexpected argument '.spin.yml' found", "--file .spin.yml"),
        (&["users", "--format", "json"], "unrecognized subcommand 'users'", "spin-keys list"),
        (&["check", "a\x1b[2Jb", "--format", "json"], "unexpected argument 'a\\x1b[2Jb' found", "'--help'"),
        (&["list", private, "--format", "json"], "an argument is a private key", "--key PATH"),
    ];
    for (args, message, hint) in cases {
        let ran = session.run(args).expect(2, &["error: "]);
        let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&object["version"], &object["error"]["kind"]), (&1.into(), &"failed".into()), "{}", ran.out);
        assert!(object["error"]["message"].as_str().unwrap().starts_with(message), "{}", ran.out);
        assert!(object["error"]["hints"].to_string().contains(hint), "{}", ran.out);
    }
    for args in [&["list", "--format", "text", "--bogus"][..], &["list", "--bogus", "--", "--format", "json"]] {
        assert_eq!(session.run(args).expect(2, &["--bogus"]).out, "", "{args:?}");
    }
    let help = session.run(&["list", "--format", "json", "--help"]).expect(0, &[]);
    assert!(help.out.contains("Usage: spin-keys list"), "{}", help.out);
}

#[test]
fn a_file_that_is_named_without_its_option_is_named_with_it() {
    let session = Session::new(with_alice());
    for args in [&["check", ".spin.yml"][..], &["list", "./.spin.yml"], &["add-user", "bob", ".spin.yml", "-n"]] {
        let tip = format!("tip: to name the file: --file {}", args.iter().find(|arg| arg.ends_with(".yml")).unwrap());
        session.run(args).expect(2, &["unexpected argument", &tip]);
    }
    session.run(&["list", "alice"]).expect(2, &["tip: ", "spin-keys list --format authorized_keys --for alice"]);
    for args in [&["check", "bob"][..], &["explain", "SK210", "a.yml"], &["check", "--no-such.yml"]] {
        let ran = session.run(args).expect(2, &["unexpected argument"]);
        assert!(!ran.err.contains("--file"), "{}", ran.err);
    }
}

#[test]
fn names_are_those_of_accounts() {
    let session = Session::new(with_alice());
    let long = "a".repeat(33);
    for (name, words) in [
        ("alice;rm", "`;`"),
        ("../x", "`/`"),
        ("", "empty"),
        ("a b", "contains a space"),
        ("{{x}}", "`{`"),
        ("a\x1b[2J", "u{1b}"),
        (&long, "32"),
    ] {
        session.refuses(&["add-user", "--no-passphrase", "--yes", "--", name], &[words]);
    }
    session.refuses(&["add-user", "--yes", "--", "-x"], &["-x"]);
    session.refuses(&["add-user", "bob", "--groups", "sudo,a b", "--yes"], &["a b", "--groups"]);
    session.refuses(&["add-user", "bob", "--full-name", "{{ x }}", "--yes"], &["{{"]);
}

#[test]
fn a_new_key_never_takes_a_place_that_is_taken() {
    let session = Session::new(with_alice());
    session.write("project/there", "");
    session.write("project/half.pub", "");
    symlink("nowhere", session.path("project/link")).unwrap();
    fs::create_dir(session.path("project/folder")).unwrap();
    let generate = |path| ["add-user", "bob", "--no-passphrase", "--yes", "--generate", path];
    let never = "already exists, and is never overwritten";
    session.refuses(&generate("there"), &["there ", never, "--key there"]);
    session.refuses(&generate("half"), &["half.pub ", never, "--key half.pub"]);
    session.refuses(&generate("link"), &["link ", never]);
    session.refuses(&generate("folder"), &["folder ", never]);
    session.refuses(&generate("gone/key"), &["the folder gone for the new key does not exist", "mkdir -m 700 gone"]);
    session.refuses(&generate("new/"), &["new/ is a folder", "--generate new/NAME"]);
    session.refuses(&generate(".."), &[".. is a folder", "--generate ../NAME"]);
    let dry = ["add-user", "bob", "--dry-run", "--generate", "there"];
    session.refuses(&dry, &[never]);
}

#[test]
fn comments_are_checked() {
    let session = Session::new(with_alice());
    session.write("project/bob.pub", key("bob"));
    for source in [&["--key", "bob.pub"][..], &["--no-passphrase"], &["--no-passphrase", "--generate", "new"]] {
        for (comment, words) in
            [("{{ x }}", "Jinja"), ("a\nb", "U+000A"), ("a\x1b]0;x\x07", "U+001B"), ("{# x", "Jinja")]
        {
            let args = [&["add-user", "bob", "--yes", "--comment", comment], source].concat();
            session.refuses(&args, &["--comment: ", words]);
            let args = [&["add-user", "bob", "--dry-run", "--comment", comment], source].concat();
            session.refuses(&args, &["--comment: ", words]);
        }
    }
}

#[test]
fn a_passphrase_is_never_guessed() {
    let session = Session::new(with_alice());
    session.write("project/empty", "\nsecond line\n");
    session.write("project/latin1", b"tr\xe9sor\n");
    fs::create_dir(session.path("project/folder")).unwrap();
    let with = |file| ["add-user", "bob", "--yes", "--passphrase-file", file];
    session.refuses(&with("gone"), &["cannot read the passphrase file gone", "spelling"]);
    session.refuses(&with("folder"), &["it is a folder"]);
    session.refuses(&with("empty"), &["the passphrase in empty is empty", "--no-passphrase"]);
    session.refuses(&with("latin1"), &["not UTF-8"]);
    // As `<(pass show x)`: what a password manager has is not to be written to the disk.
    rustix::fs::mkfifoat(rustix::fs::CWD, session.path("project/pipe"), rustix::fs::Mode::RWXU).unwrap();
    let pipe = session
        .run(&with("pipe"))
        .expect_refusal(&["it is a pipe", "help: pass the passphrase in SPIN_KEYS_PASSPHRASE"]);
    assert!(!pipe.err.contains("write what"), "{}", pipe.err);
    let rotate = ["rotate", "alice", "--old", "./pipe", "--key", "bob.pub", "--yes"];
    session.write("project/bob.pub", key("bob"));
    session.refuses(&rotate, &["it is a pipe", "help: name the old key by its fingerprint or comment"]);
    fs::remove_file(session.path("project/pipe")).unwrap();
    session.refuses(&["add-user", "bob", "--yes"], &["no terminal to ask for its passphrase", "--passphrase-file"]);
    session.refuses(&["add-user", "bob", "--yes", "--generate", "new"], &["no terminal to ask for its passphrase"]);
    let session = session.env("SPIN_KEYS_PASSPHRASE", "");
    session.refuses(&["add-user", "bob", "--yes"], &["no terminal to ask for its passphrase"]);
}
