//! New pairs as ssh-keygen sees them, and ssh-keygen's pairs as we see them. Needs ssh-keygen on the PATH.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use spin_keys::key::{KeyLine, MIN_ROUNDS, NewKey, PrivateInfo, Source, public_half, read_public_only, read_source};
use ssh_key::rand_core::OsRng;
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse — battery";

/// Whether `ssh-keygen` is on this machine; required in CI.
fn has_ssh_keygen() -> bool {
    crate::support::session::needs("ssh-keygen")
}

fn run(args: &[&str]) -> Output {
    Command::new("ssh-keygen").args(args).output().expect("this test needs ssh-keygen on the PATH")
}

/// Runs ssh-keygen, which must succeed, and gives what it said.
fn ssh_keygen(args: &[&str]) -> String {
    let output = run(args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ssh-keygen {args:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a private key file as ssh-keygen demands it: for its owner only.
fn write_private(folder: &TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// Has ssh-keygen make a pair; gives the private file's text and the public line.
fn made_by_ssh_keygen(folder: &TempDir, name: &str, kind: &[&str], passphrase: &str) -> (String, String) {
    let path = folder.path().join(name);
    let common = ["-q", "-a", "16", "-C", "made by ssh-keygen", "-N", passphrase, "-f", text(&path)];
    ssh_keygen(&[kind, &common].concat());
    let public = fs::read_to_string(path.with_extension("pub")).unwrap();
    (fs::read_to_string(&path).unwrap(), public.trim_end().to_owned())
}

/// The same private file with its body in lines of `width` characters.
fn wrapped(file: &str, width: usize, end: &str) -> String {
    let (armour, body): (Vec<&str>, Vec<&str>) = file.lines().partition(|line| line.starts_with('-'));
    let body = body.concat();
    let lines = body.as_bytes().chunks(width).map(|line| str::from_utf8(line).unwrap());
    let all: Vec<&str> = std::iter::once(armour[0]).chain(lines).chain([armour[1], ""]).collect();
    all.join(end)
}

/// Every wrapping of the file must give the public line, and the comment where it stands in the clear.
fn assert_loads(file: &str, public: &str, encrypted: bool) -> PrivateInfo {
    let expected = KeyLine::parse(public).unwrap();
    let info = public_half(file.as_bytes()).unwrap();
    assert_eq!(info.key.to_line(), public.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" "));
    assert_eq!(info.key.fingerprint(), expected.fingerprint());
    assert_eq!((info.encrypted, info.rounds), (encrypted, encrypted.then_some(16)));
    assert_eq!(info.comment.as_deref(), (!encrypted).then_some(expected.comment()));
    for width in [64, 76, usize::MAX] {
        for end in ["\n", "\r\n"] {
            assert_eq!(public_half(wrapped(file, width, end).as_bytes()).as_ref(), Ok(&info));
        }
    }
    assert_eq!(read_source(file.as_bytes()), Ok(Source::Private(info.clone())));
    info
}

#[test]
fn ssh_keygen_reads_the_pairs_made_here() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = folder();
    for number in 0..50 {
        let passphrase = (number % 2 == 0).then_some(PASSPHRASE);
        let key = NewKey::ed25519(&mut OsRng, &format!("user{number}@höst 'x' \\")).unwrap();
        let file = key.private_file(&mut OsRng, passphrase, MIN_ROUNDS).unwrap();
        let path = write_private(&folder, &format!("key{number}"), &file);

        // Without a .pub beside it, the fingerprint comes out of the private file itself.
        let listed = ssh_keygen(&["-l", "-f", text(&path)]);
        assert_eq!(listed.split(' ').nth(1), Some(key.public().fingerprint().as_str()), "{listed}");
        let public = ssh_keygen(&["-y", "-P", passphrase.unwrap_or_default(), "-f", text(&path)]);
        assert_eq!(public.trim_end(), key.public().to_line(), "the comment inside is the public line's");
        assert_loads(&file, &key.public().to_line(), passphrase.is_some());
    }
}

#[test]
fn a_pair_made_here_changes_its_passphrase_and_signs_in_ssh_keygen() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = folder();
    let key = NewKey::ed25519(&mut OsRng, "alice").unwrap();
    let path = write_private(&folder, "key", &key.private_file(&mut OsRng, Some(PASSPHRASE), MIN_ROUNDS).unwrap());
    assert!(!run(&["-y", "-P", "wrong", "-f", text(&path)]).status.success());
    // To write it anew, ssh-keygen decrypts and checks everything: both halves, comment, padding.
    ssh_keygen(&["-q", "-p", "-a", "16", "-P", PASSPHRASE, "-N", "", "-f", text(&path)]);
    let file = fs::read_to_string(&path).unwrap();
    assert_eq!(assert_loads(&file, &key.public().to_line(), false).comment.as_deref(), Some("alice"));

    let message = write_private(&folder, "message", "hello");
    ssh_keygen(&["-q", "-Y", "sign", "-n", "test", "-f", text(&path), text(&message)]);
    let checked = Command::new("ssh-keygen")
        .args(["-Y", "check-novalidate", "-n", "test", "-s"])
        .arg(folder.path().join("message.sig"))
        .stdin(fs::File::open(&message).unwrap())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&checked.stdout).contains(&key.public().fingerprint()));
}

#[test]
fn the_pairs_of_ssh_keygen_load() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = folder();
    let kinds: [(&[&str], &str); 5] = [
        (&["-t", "ed25519"], "ed25519"),
        (&["-t", "rsa", "-b", "3072"], "rsa 3072"),
        (&["-t", "ecdsa", "-b", "256"], "ecdsa 256"),
        (&["-t", "ecdsa", "-b", "384"], "ecdsa 384"),
        (&["-t", "ecdsa", "-b", "521"], "ecdsa 521"),
    ];
    for (number, (args, kind)) in kinds.into_iter().enumerate() {
        for passphrase in ["", PASSPHRASE] {
            let name = format!("key{number}-{}", passphrase.len());
            let (file, public) = made_by_ssh_keygen(&folder, &name, args, passphrase);
            let info = assert_loads(&file, &public, !passphrase.is_empty());
            assert_eq!(info.key.kind(), kind);
            let listed = ssh_keygen(&["-l", "-f", text(&folder.path().join(name))]);
            assert_eq!(listed.split(' ').nth(1), Some(info.key.fingerprint().as_str()));
            let [candidate] = <[_; 1]>::try_from(read_public_only(public.as_bytes()).unwrap()).unwrap();
            assert_eq!(candidate.key.to_line(), public);
        }
    }
}

/// ssh-key 0.6.7 fails on P-521 keys whose private number is short.
#[test]
fn many_p521_pairs_of_ssh_keygen_load() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = folder();
    for number in 0..24 {
        let passphrase = if number % 6 == 0 { PASSPHRASE } else { "" };
        let kind = ["-t", "ecdsa", "-b", "521"];
        let (file, public) = made_by_ssh_keygen(&folder, &format!("key{number}"), &kind, passphrase);
        assert_loads(&file, &public, !passphrase.is_empty());
    }
}

#[test]
fn every_kind_of_cipher_of_ssh_keygen_loads() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = folder();
    let ciphers = ["aes128-cbc", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"];
    for (number, cipher) in ciphers.into_iter().enumerate() {
        let kind = ["-t", "ed25519", "-Z", cipher];
        let (file, public) = made_by_ssh_keygen(&folder, &format!("key{number}"), &kind, PASSPHRASE);
        assert_eq!(assert_loads(&file, &public, true).cipher, cipher);
    }
}

#[test]
fn other_formats_are_named_and_their_hints_work() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = folder();
    let formats = [("rsa", "PEM", "PKCS#1"), ("ecdsa", "PEM", "SEC1"), ("rsa", "PKCS8", "PKCS#8")];
    for (number, (kind, format, name)) in formats.into_iter().enumerate() {
        let path = folder.path().join(format!("key{number}"));
        ssh_keygen(&["-t", kind, "-m", format, "-q", "-N", "", "-f", text(&path)]);
        let error = public_half(&fs::read(&path).unwrap()).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert!(error.hint().unwrap().contains("`ssh-keygen -y -f PATH > PATH.pub`"));
        KeyLine::parse(&ssh_keygen(&["-y", "-f", text(&path)])).unwrap();

        for (form, hint) in [("RFC4716", "ssh-keygen -i -f PATH"), ("PKCS8", "ssh-keygen -i -m PKCS8 -f PATH")] {
            let exported = ssh_keygen(&["-e", "-m", form, "-f", text(&path)]);
            assert!(read_source(exported.as_bytes()).unwrap_err().hint().unwrap().contains(hint));
            let converted = write_private(&folder, &format!("{form}{number}"), &exported);
            KeyLine::parse(&ssh_keygen(&["-i", "-m", form, "-f", text(&converted)])).unwrap();
        }
    }
}

#[test]
fn lines_with_options_are_the_same_key_to_ssh_keygen() {
    if !has_ssh_keygen() {
        return;
    }
    let folder = folder();
    let key = NewKey::ed25519(&mut OsRng, "").unwrap();
    let bare = key.public().to_line();
    let lines = [
        format!("  {bare}\tthe comment"),
        format!("restrict,pty {bare} c"),
        format!("from=\"10.0.0.0/8,!10.1.1.1\",no-pty\t{} c", bare.replacen(' ', " \t ", 1)),
        format!(r#"command="echo \"ssh-rsa AAAA\" # x",environment="A=b c" {bare} # c"#),
        format!("{bare}\r"),
    ];
    for line in lines {
        let parsed = KeyLine::parse(&line).unwrap();
        for text_of_line in [line, parsed.to_line()] {
            let file = write_private(&folder, "authorized_keys", &format!("# mine\n\n{text_of_line}\n"));
            let listed = ssh_keygen(&["-l", "-f", text(&file)]);
            assert_eq!(listed.split(' ').nth(1), Some(parsed.fingerprint().as_str()), "{text_of_line}: {listed}");
        }
    }
}
