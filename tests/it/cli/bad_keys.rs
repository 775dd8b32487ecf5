//! Keys that would let nobody in, or the wrong one, and what is no key at all.

use crate::session::{Session, fixtures, key, with_alice};
use rustix::fs::{FileType, Mode};
use std::fs;
use std::os::unix::fs::symlink;

const DSA: &str = "ssh-dss AAAAB3NzaC1kc3MAAAAFAJYzb4kAAAAFAJYzb4kAAAAFAJYzb4kAAAAFAJYzb4k= old@laptop";
const RSA_1024: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDXmXG2Tf6w9sFz7o9DBqYbfwpCaYdVY5Zv1rL5zXDLYo2uJ4kJYdR1Cn8JPBjT\
CuHUH4fC5Q1zwvVt6o6L1X5P9m0cQqvJ3kQyKZ0mYw4dXlqv8cD2jD5b5s0C2nqXb0mTtqV3yXx1Y3tq0mJr3YQG5cB1mI5s3o7w0H5Jr1gS0w== a@b";

/// `--key` of a file with these bytes is refused in these words; no byte of a private key is repeated.
#[track_caller]
fn refused(session: &Session, name: &str, words: &[&str]) {
    let before = session.state();
    for last in ["--yes", "--dry-run"] {
        let ran = session.run(&["add-user", "bob", "--key", name, last]).expect_refusal(words);
        assert!(ran.err.starts_with(&format!("error: {name}: ")) || ran.err.contains(name), "{}", ran.err);
        assert!(!ran.err.contains("b3BlbnNz") && ran.out.is_empty(), "{ran:#?}");
    }
    assert_eq!(session.state(), before);
}

#[test]
fn text_that_is_no_usable_key() {
    let bob = key("bob");
    let (head, tail) = bob.split_at(60);
    let cases: [(&str, String, &str); 14] = [
        ("empty", String::new(), "there is no key in it"),
        ("comments", "# mine\n\n".into(), "there is no key in it"),
        ("html", "<!DOCTYPE html><html>404</html>".into(), "this is a web page (HTML)"),
        ("url", "https://github.com/bob.keys\n".into(), "this is a web address"),
        ("cut", bob[..70].into(), "cut off"),
        ("wrapped", format!("{head}\n{tail}\n"), "broken over several lines"),
        (
            "placeholder",
            "ssh-ed25519 AAAAC3NzaC1lmyfakeublickeyMVIzwQXBzxxD9b8Erd1FKVvu alice".into(),
            "placeholder key from documentation",
        ),
        ("dsa", DSA.into(), "this is a DSA key"),
        ("short", RSA_1024.into(), "1024 bits"),
        ("jinja", format!("{bob} {{{{ 7*7 }}}}"), "Jinja template"),
        ("control", format!("{bob} \x07"), "invisible or control character"),
        ("words", "let bob in, please\n".into(), "this is not a public key"),
        ("quoted", format!("\"{bob}\""), "there are quotes around the key"),
        ("other", bob.replacen("ssh-ed25519", "ssh-rsa", 1), "the line says ssh-rsa"),
    ];
    let session = Session::new(with_alice());
    for (name, text, words) in cases {
        session.write(&format!("project/{name}"), text);
        refused(&session, name, &[words]);
    }
    session.write("project/utf16", [&[0xff, 0xfe][..], b"s\0s\0h\0"].concat());
    refused(&session, "utf16", &["UTF-16", "Set-Content"]);
    session.write("project/binary", [0, 1, 2]);
    refused(&session, "binary", &["binary data"]);
}

#[test]
fn what_is_no_file_is_no_key_file() {
    let session = Session::new(with_alice());
    refused(&session, "gone", &["cannot read the key file gone: No such file or directory", "spelling"]);
    fs::create_dir(session.path("project/folder")).unwrap();
    refused(&session, "folder", &["cannot read the key file folder: it is a folder"]);
    let fifo = session.path("project/fifo");
    rustix::fs::mknodat(rustix::fs::CWD, fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    refused(&session, "fifo", &["it is a pipe", "pass the key on standard input, and - in place of the path"]);
    symlink("nowhere", session.path("project/link")).unwrap();
    refused(&session, "link", &["it is a link to nowhere, which is not there"]);
    refused(&session, "/dev/null", &["it is a device"]);
    session.write("project/large", vec![b'#'; (1 << 20) + 1]);
    refused(&session, "large", &["larger than 1 MiB"]);
}

#[test]
fn public_keys_of_other_forms_come_with_the_command_that_converts_them() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    fs::copy(fixtures().join("keys/rsa.pub"), session.path("project/rsa.pub")).unwrap();
    for (form, words) in [("RFC4716", "RFC 4716"), ("PKCS8", "PEM form"), ("PEM", "PEM form")] {
        let text = session.keygen(&["-e", "-m", form, "-f", "rsa.pub"]);
        session.write("project/my key", text);
        refused(&session, "my key", &[words, "ssh-keygen -i ", "-f 'my key' > 'my key.pub'"]);
    }
    // The advice holds.
    session.write("project/my key", session.keygen(&["-e", "-f", "rsa.pub"]));
    let mut shell = session.tool("sh");
    assert!(shell.args(["-c", "ssh-keygen -i -f 'my key' > 'my key.pub'"]).status().unwrap().success());
    session.run(&["add-user", "bob", "--key", "my key.pub", "--yes"]).expect(0, &["wrote"]);
}

#[test]
fn private_keys_of_other_forms_come_with_the_command_that_helps() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    for (name, args, words) in [
        ("pkcs8", ["-t", "ecdsa", "-b", "256", "-m", "PKCS8", "-N", ""], "PKCS#8"),
        ("locked", ["-t", "ecdsa", "-b", "256", "-m", "PKCS8", "-N", "secret"], "PKCS#8"),
        ("pkcs1", ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""], "PKCS#1 (RSA)"),
        ("sec1", ["-t", "ecdsa", "-b", "384", "-m", "PEM", "-N", ""], "SEC1 (EC)"),
    ] {
        session.keygen(&[&["-q", "-f", name], &args[..]].concat());
        fs::remove_file(session.path(&format!("project/{name}.pub"))).unwrap();
        refused(&session, name, &[words, &format!("ssh-keygen -y -f {name} > {name}.pub")]);
        // Beside its public half nothing of it has to be read.
        let from_stdin = String::from_utf8(session.read(&format!("project/{name}"))).unwrap();
        let ran = session.run_with(&["add-user", "bob", "--key", "-", "--yes"], &from_stdin);
        ran.expect_refusal(&["standard input: ", "ssh-keygen -y -f PATH > PATH.pub"]);
    }
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "whole"]);
    let whole = session.read("project/whole");
    session.write("project/leaked.pub", &whole);
    refused(
        &session,
        "leaked.pub",
        &["this .pub holds a PRIVATE key: treat it as leaked", "replace this key everywhere"],
    );
    session.write("project/cut-off", &whole[..200]);
    refused(&session, "cut-off", &["the private key file is damaged", "ssh-keygen -y -f cut-off"]);
}

#[test]
fn certificates_are_refused_by_name() {
    if !crate::session::needs("ssh-keygen") {
        return;
    }
    let session = Session::new(with_alice());
    session.keygen(&["-q", "-t", "ed25519", "-N", "", "-f", "ca"]);
    fs::copy(fixtures().join("keys/bob.pub"), session.path("project/bob.pub")).unwrap();
    session.keygen(&["-q", "-s", "ca", "-I", "id", "bob.pub"]);
    refused(&session, "bob-cert.pub", &["this is a certificate", "without -cert in its name"]);
}

#[test]
fn several_keys_without_a_terminal_are_listed() {
    let session = Session::new(with_alice());
    session.write("project/keys", format!("{}\n{}\n", key("bob"), key("carol")));
    refused(&session, "keys", &["keys contains 2 keys", "1) SHA256:", "2) SHA256:", "carol@laptop"]);
    // One bad line among them is named by its number.
    session.write("project/keys", format!("{}\n# old\n{DSA}\n", key("bob")));
    refused(&session, "keys", &["line 3: this is a DSA key"]);
}

#[test]
fn keys_are_taken_as_windows_and_editors_save_them() {
    let bob = key("bob");
    for text in
        [format!("{bob}\r\n"), format!("\u{feff}{bob}\r\n"), format!("\n# bob\n  {bob}"), bob.replace(' ', "\t")]
    {
        let session = Session::new(with_alice());
        session.write("project/bob.pub", &text);
        session.run(&["add-user", "bob", "--key", "bob.pub", "--yes"]).expect(0, &["wrote"]);
        assert!(session.file().contains(&format!("\"{bob}\"\n")), "{text:?}: {}", session.file());
    }
}

/// As an argument, joined to its option or to `-f`, and split by a shell that found no quotes.
fn given(args: &[&str], key: &str) -> [Vec<String>; 3] {
    let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
    let joined = match args.split_last() {
        Some((option, before)) if option.starts_with("--") => [before, &[format!("{option}={key}")]].concat(),
        _ => [&args[..], &[format!("-f{key}")]].concat(),
    };
    let words: Vec<String> = key.split_whitespace().map(str::to_owned).collect();
    [[&args[..], &[key.to_owned()]].concat(), joined, [args, words].concat()]
}

/// Where an argument may stand, and what a person may take for the place of a key.
const PLACES: [&[&str]; 16] = [
    &["add-user", "bob", "--yes", "--key"],
    &["add-user", "bob", "--dry-run", "--generate"],
    &["add-user", "bob", "--yes", "--comment"],
    &["add-user", "bob", "--yes", "--no-passphrase", "--groups"],
    &["add-user", "bob", "--yes", "--passphrase-file"],
    &["add-user", "bob", "--yes", "--file"],
    &["add-user", "bob", "--yes", "--vault-password-file"],
    &["add-user", "bob", "--yes"],
    &["add-user"],
    &["add-deploy", "--yes", "--key"],
    &["list", "--file"],
    &["check", "--format"],
    &["review", "--files", ".spin.yml"],
    &["review"],
    &["show"],
    &["explain"],
];

#[test]
fn a_key_on_the_command_line_is_never_printed() {
    let session = Session::new(with_alice());
    let before = session.state();
    let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQ";
    let pem = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF";
    let whole = |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    let private = [whole("OPENSSH PRIVATE KEY", body), whole("PRIVATE KEY", pem), body.to_owned(), pem.to_owned()];
    for place in PLACES {
        for (number, args) in private.iter().flat_map(|key| given(place, key)).enumerate() {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = session.run(&args).expect(2, &["private key", "replace"]);
            let text = format!("{}{}", ran.out, ran.err);
            assert!(!text.contains(&body[..12]) && !text.contains(&pem[..12]), "{number} {args:?}:\n{text}");
        }
        for args in given(place, &key("bob")) {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = session.run(&args).expect(2, &["an argument is a public key itself", "--key -"]);
            assert!(ran.out.is_empty() && !ran.err.contains(&key("bob")[12..60]), "{args:?}: {}", ran.err);
        }
    }
    let ran = session.run(&["list", "--format", "json", &format!("--file={}", private[0])]).expect(2, &["private key"]);
    assert!(ran.out.starts_with('{') && ran.out.contains("an argument is a private key"), "{}", ran.out);
    assert_eq!(session.state(), before);
}
