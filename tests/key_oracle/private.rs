//! 200 private key files, mutated: what OpenSSH loads, and whether the command of a hint repairs the rest.

use crate::support::figures::Figures;
use crate::support::session::needs;
use crate::{cases, one, rng, ssh_keygen};
use base64ct::{Base64, Encoding};
use fastrand::Rng;
use serde_json::json;
use spin_keys::key::{self, KeyError};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

const PASSPHRASE: &str = "secret";
const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
const END: &str = "-----END OPENSSH PRIVATE KEY-----\n";

#[test]
fn private_keys_load_where_openssh_loads_them() {
    if !needs("ssh-keygen") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let kinds: [&[&str]; 5] = [
        &["-t", "ed25519", "-N", ""],
        &["-t", "rsa", "-b", "2048", "-N", ""],
        &["-t", "ecdsa", "-b", "256", "-N", ""],
        &["-t", "ecdsa", "-b", "521", "-N", ""],
        &["-t", "ed25519", "-a", "1", "-N", PASSPHRASE],
    ];
    let files: Vec<String> = kinds
        .iter()
        .enumerate()
        .map(|(number, kind)| {
            let path = folder.path().join(format!("key{number}"));
            let args = [kind, &["-q", "-C", "c", "-f", path.to_str().unwrap()][..]].concat();
            assert!(ssh_keygen(&args).status.success());
            fs::read_to_string(path).unwrap()
        })
        .collect();
    let mut rng = rng();
    let mut answers: BTreeMap<String, u64> = BTreeMap::new();
    let mut differences = Vec::new();
    let all = cases(200, 60);
    for _ in 0..all {
        let number = rng.usize(..files.len());
        let (mut text, mut how) = (files[number].clone().into_bytes(), Vec::new());
        for _ in 0..rng.usize(0..3) {
            how.push(mutate(&mut rng, &mut text, number == 4));
        }
        match judge(&folder.path().join("it"), &text) {
            Ok(answer) => *answers.entry(answer).or_default() += 1,
            Err(what) => differences.push(format!("key{number}, {how:?}: {what}")),
        }
    }
    let mut figures = Figures::new(&["private key file", "files"]);
    for (answer, count) in &answers {
        figures.count(answer, *count);
        figures.row([json!(answer), json!(count)]);
    }
    figures.differences = differences;
    figures.note =
        "A file is handed to OpenSSH as Spin's action does it: without CR, and with a last line end.".to_owned();
    figures.write("private-keys");
    assert!(figures.differences.is_empty(), "{}", figures.differences.join("\n"));
    let loading =
        answers.iter().filter(|(answer, _)| answer.starts_with("loads")).map(|(_, count)| *count).sum::<u64>() as usize;
    assert!(loading > all / 5 && loading < all * 4 / 5, "{answers:?}");
}

/// Changes the file as settings, editors and disks do.
fn mutate(rng: &mut Rng, text: &mut Vec<u8>, is_locked: bool) -> String {
    let written = String::from_utf8_lossy(text).into_owned();
    let replaced = |from: &str, to: &str| written.replace(from, to).into_bytes();
    let lines = |change: &dyn Fn(&str) -> String| {
        written.lines().map(|line| change(line) + "\n").collect::<String>().into_bytes()
    };
    let (what, changed) = match rng.u8(..if is_locked { 20 } else { 24 }) {
        0 => ("bom", [b"\xef\xbb\xbf", &text[..]].concat()),
        1 => ("indented", lines(&|line| format!("  {line}"))),
        2 => ("indented by a tab", lines(&|line| format!("\t{line}"))),
        3 => {
            ("body indented", lines(&|line| if line.starts_with('-') { line.to_owned() } else { format!("  {line}") }))
        }
        4 => ("blank line first", [b"\n", &text[..]].concat()),
        5 => ("crlf", replaced("\n", "\r\n")),
        6 => ("no last line end", written.trim_end().into()),
        7 => ("flattened", replaced("\n", " ")),
        8 => ("written line breaks", replaced("\n", "\\n")),
        9 => ("blanks at line ends", replaced("\n", " \n")),
        10 => ("glued to END", replaced("\n-----END", "-----END")),
        11 => ("blank lines inside", replaced("\n", "\n\n")),
        12 => ("text before", [b"# key\n", &text[..]].concat()),
        13 => ("text after", [&text[..], b"other\n"].concat()),
        14 => ("twice", text.repeat(2)),
        15 => ("quoted", format!("\"{}\"", written.trim_end()).into()),
        16 => ("cut", text[..rng.usize(..=text.len())].to_vec()),
        17 => ("fewer dashes", replaced("-----", one(rng, &["----", "------"]))),
        18 => ("all on one line", format!("{BEGIN}{}\n{END}", body(&written)).into()),
        19 => ("cr alone", replaced("\n", "\r")),
        20 => ("a character of base64", {
            let mut changed = text.clone();
            let Some(last) = text.len().checked_sub(1) else { return "nothing".to_owned() };
            let at = rng.usize(BEGIN.len().min(last)..=last);
            changed[at] = *b"AZz9+/=-!".get(rng.usize(..9)).unwrap();
            changed
        }),
        _ => ("a bit inside", {
            let Ok(mut bytes) = Base64::decode_vec(&body(&written)) else { return "nothing".to_owned() };
            if bytes.is_empty() {
                return "nothing".to_owned();
            }
            // Up to the private numbers, which are never looked at here.
            let at = rng.usize(..bytes.len().min(110));
            bytes[at] ^= 1 << rng.u8(..8);
            format!("{BEGIN}{}\n{END}", Base64::encode_string(&bytes)).into()
        }),
    };
    *text = changed;
    what.to_owned()
}

fn body(text: &str) -> String {
    text.lines().filter(|line| !line.contains("-----")).map(str::trim).collect()
}

/// What OpenSSH loads of it: the public half, and whether it has a passphrase.
fn loaded(path: &Path, text: &[u8]) -> Option<(String, bool)> {
    let mut handed: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\r').collect();
    if handed.last() != Some(&b'\n') {
        handed.push(b'\n');
    }
    fs::write(path, handed).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    for (passphrase, is_locked) in [("", false), (PASSPHRASE, true)] {
        let done = ssh_keygen(&["-y", "-P", passphrase, "-f", path.to_str().unwrap()]);
        if done.status.success() {
            return Some((String::from_utf8(done.stdout).unwrap().trim().to_owned(), is_locked));
        }
    }
    None
}

fn judge(path: &Path, text: &[u8]) -> Result<String, String> {
    let seen = loaded(path, text);
    let read = key::public_half(text);
    match (&seen, &read) {
        (Some((public, is_locked)), Ok(info)) => {
            let is_same = key::materials(public) == [info.key.material().to_vec()] && *is_locked == info.encrypted;
            let what = if *is_locked { "loads with its passphrase" } else { "loads" };
            if is_same {
                Ok(format!("{what}, and is read"))
            } else {
                Err(format!("another key: {public} {is_locked}, {info:?}"))
            }
        }
        (None, Err(error @ KeyError::PrivateLayout { .. })) => {
            fs::write(path, text).unwrap();
            let hint = error.hint().unwrap();
            let command = hint.split('`').nth(1).unwrap().replace("PATH", path.to_str().unwrap());
            let done = Command::new("sh").args(["-c", &command]).status().unwrap();
            let is_repaired = done.success() && loaded(path, &fs::read(path).unwrap()).is_some();
            if is_repaired {
                Ok("does not load, and the command repairs it".to_owned())
            } else {
                Err(format!("not repaired: {error}"))
            }
        }
        (None, Err(_)) => Ok("does not load, and is refused".to_owned()),
        _ => Err(format!("OpenSSH: {seen:?}, read: {read:?}")),
    }
}
