//! Lines of authorized_keys: word, key data, options, comment and frame, each as it should be or nearly so.

use crate::{one, ssh_keygen};
use base64ct::{Base64, Encoding};
use fastrand::Rng;
use std::fs;
use std::path::{Path, PathBuf};

/// A pair whose private half logs in, or a public half without one.
pub(crate) struct Pair {
    pub(crate) path: PathBuf,
    pub(crate) word: &'static str,
    blob: Vec<u8>,
    /// There is a private half.
    pub(crate) is_whole: bool,
}

/// A line, and how it was made.
pub(crate) struct Made {
    pub(crate) line: Vec<u8>,
    pub(crate) pair: usize,
    pub(crate) how: String,
}

const KINDS: [(&str, &str, &[&str]); 7] = [
    ("ed25519", "ssh-ed25519", &["-t", "ed25519"]),
    ("rsa2048", "ssh-rsa", &["-t", "rsa", "-b", "2048"]),
    ("rsa3072", "ssh-rsa", &["-t", "rsa", "-b", "3072"]),
    ("rsa1024", "ssh-rsa", &["-t", "rsa", "-b", "1024"]),
    ("ecdsa256", "ecdsa-sha2-nistp256", &["-t", "ecdsa", "-b", "256"]),
    ("ecdsa384", "ecdsa-sha2-nistp384", &["-t", "ecdsa", "-b", "384"]),
    ("ecdsa521", "ecdsa-sha2-nistp521", &["-t", "ecdsa", "-b", "521"]),
];

/// All pairs, and the public halves of two security keys.
pub(crate) fn pairs(folder: &Path) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = KINDS
        .into_iter()
        .map(|(name, word, args)| {
            let path = folder.join(name);
            let file = ["-q", "-N", "", "-C", "c", "-f", path.to_str().unwrap()];
            assert!(ssh_keygen(&[args, &file].concat()).status.success(), "{name}");
            let public = fs::read_to_string(path.with_extension("pub")).unwrap();
            let blob = Base64::decode_vec(public.split(' ').nth(1).unwrap()).unwrap();
            Pair { path, word, blob, is_whole: true }
        })
        .collect();
    for (name, word, of) in
        [("sk-ed25519", "sk-ssh-ed25519@openssh.com", 0), ("sk-ecdsa", "sk-ecdsa-sha2-nistp256@openssh.com", 4)]
    {
        let fields: Vec<u8> = pairs[of].blob[4 + pairs[of].word.len()..].to_vec();
        let blob = [string(word.as_bytes()), fields, string(b"ssh:")].concat();
        let path = folder.join(format!("{name}.pub"));
        fs::write(&path, format!("{word} {} c\n", Base64::encode_string(&blob))).unwrap();
        pairs.push(Pair { path, word, blob, is_whole: false });
    }
    pairs
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [u32::try_from(bytes.len()).unwrap().to_be_bytes().as_slice(), bytes].concat()
}

/// The strings of key data.
fn fields(mut blob: &[u8]) -> Vec<Vec<u8>> {
    let mut fields = Vec::new();
    while let Some((length, rest)) = blob.split_first_chunk::<4>() {
        let (field, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        fields.push(field.to_vec());
        blob = rest;
    }
    fields
}

pub(crate) fn make(rng: &mut Rng, pairs: &[Pair]) -> Made {
    let pair = rng.usize(..pairs.len());
    let mut how = Vec::new();
    let word = word(rng, &pairs[pair], &mut how);
    let data = data(rng, pairs, pair, &mut how);
    let options = options(rng, &mut how);
    let comment = comment(rng, pairs, &mut how);
    let gap = one(rng, &[" ", " ", " ", " ", "\t", "  ", " \t "]);
    let mut line = [options.as_bytes(), word.as_bytes(), gap.as_bytes(), data.as_bytes(), &comment].concat();
    if rng.u8(..8) == 0 {
        let (before, after) =
            [("  ", ""), ("\t", " "), ("", "\r"), ("\u{feff}", ""), ("\"", "\""), ("- ", ""), ("# ", "")]
                [rng.usize(..7)];
        how.push(format!("frame {before:?}{after:?}"));
        line = [before.as_bytes(), &line, after.as_bytes()].concat();
    }
    Made { line, pair, how: if how.is_empty() { "plain".to_owned() } else { how.join(", ") } }
}

fn word(rng: &mut Rng, pair: &Pair, how: &mut Vec<String>) -> String {
    let sha2 = ["rsa-sha2-256", "rsa-sha2-512"];
    let word = match rng.u8(..12) {
        0 | 1 if pair.word == "ssh-rsa" => (*one(rng, &sha2)).to_owned(),
        0 if pair.word.starts_with("sk-ecdsa") => "webauthn-sk-ecdsa-sha2-nistp256@openssh.com".to_owned(),
        2 => {
            let others = [
                "ssh-rsa",
                "ssh-ed25519",
                "ecdsa-sha2-nistp256",
                "ssh-dss",
                "ssh-foo",
                "rsa-sha2-512",
                "RSA",
                "ssh-rsa-cert-v01@openssh.com",
                "sk-ssh-ed25519@openssh.com",
                "ecdsa-sha2-nistp521",
                "",
            ];
            (*one(rng, &others)).to_owned()
        }
        3 if rng.bool() => pair.word.to_ascii_uppercase(),
        _ => return pair.word.to_owned(),
    };
    how.push(format!("word {word}"));
    word
}

fn data(rng: &mut Rng, pairs: &[Pair], pair: usize, how: &mut Vec<String>) -> String {
    let Pair { blob, word, .. } = &pairs[pair];
    let mut blob = blob.clone();
    let is_rsa = *word == "ssh-rsa";
    let kind = match rng.u8(..24) {
        0 => {
            blob.truncate(rng.usize(..blob.len()));
            "cut"
        }
        1 | 2 => {
            let at = rng.usize(..blob.len());
            blob[at] ^= 1 << rng.u8(..8);
            "a bit"
        }
        3 => {
            blob.extend(vec![0; rng.usize(1..4)]);
            "extra bytes"
        }
        4..=6 if is_rsa => {
            let parts = fields(&blob);
            let zeros = |rng: &mut Rng| vec![0; [0, 1, 2, 9, 1790, 1793, 2046, 2047][rng.usize(..8)]];
            let (e, n) = ([zeros(rng), parts[1].clone()].concat(), [zeros(rng), parts[2].clone()].concat());
            blob = [string(&parts[0]), string(&e), string(&n)].concat();
            "zeros"
        }
        7 | 8 => {
            let parts = fields(&blob);
            let names = [
                "RSA",
                "rsa",
                "rsa-sha2-256",
                "ED25519",
                "ed25519",
                "ECDSA",
                "ED25519-SK",
                "ECDSA-SK",
                "ssh-dss",
                "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
                "nothing",
            ];
            let name = one(rng, &names);
            blob = [string(name.as_bytes()), parts[1..].iter().flat_map(|part| string(part)).collect()].concat();
            how.push(format!("inside {name}"));
            ""
        }
        9 => {
            let other = rng.usize(..pairs.len());
            blob.clone_from(&pairs[other].blob);
            "data of another key"
        }
        10 => {
            let mut text = Base64::encode_string(&blob);
            let at = rng.usize(..text.len());
            let into = one(rng, &["!", "=", "-", "é", "\u{200b}", "A", " "]);
            text.replace_range(at..=at, into);
            how.push(format!("base64 {into:?}"));
            return text;
        }
        11 => {
            how.push("padding".to_owned());
            let text = Base64::encode_string(&blob);
            return if rng.bool() { text.trim_end_matches('=').to_owned() } else { format!("{text}=") };
        }
        _ => "",
    };
    if !kind.is_empty() {
        how.push(kind.to_owned());
    }
    Base64::encode_string(&blob)
}

/// What lets the account in from 127.0.0.1.
const GOOD: [&str; 24] = [
    "restrict",
    "no-pty",
    "NO-PTY",
    "pty",
    "user-rc",
    "no-user-rc",
    "no-touch-required",
    "verify-required",
    "X11-forwarding",
    "no-port-forwarding",
    "agent-forwarding",
    "",
    "from=\"127.0.0.1\"",
    "from=\"127.0.0.0/8,!10.0.0.1\"",
    "FROM=\"*\"",
    "from=\"x/y,127.*\"",
    "permitopen=\"h:80\"",
    "permitopen=\"[::1]:*\"",
    "permitlisten=\"8080\"",
    "tunnel=\"1\"",
    "environment=\"A=b c\"",
    "expiry-time=\"20991231\"",
    "expiry-time=\"209912312359Z\"",
    "command=\"echo \\\"a, b\\\"\"",
];
/// What does not.
const BAD: [&str; 36] = [
    "cert-authority",
    "principals=\"x\"",
    "cert-authority,principals=\"x\"",
    "expiry-time=\"20200101\"",
    "expiry-time=\"20201301\"",
    "expiry-time=\"soon\"",
    "expiry-time=\"\"",
    "from=\"\"",
    "from=\"127.0.0.1,\"",
    "from=\"10.0.0.1/8,*\"",
    "from=\"!10.0.0.1\"",
    "from=\"127.0.0.0/33\"",
    "from=127.0.0.1",
    "from='127.0.0.1'",
    "foo",
    "no-foo",
    "no-restrict",
    "no-cert-authority",
    "restrictx",
    "pty=\"x\"",
    "command=",
    "command",
    "command=\"a",
    "command=\"a\"b",
    "environment=\"A\"",
    "environment=\"=b\"",
    "environment=\"A-B=c\"",
    "permitopen=\"h\"",
    "permitopen=\"h:0\"",
    "permitopen=\"h:65536\"",
    "permitlisten=\"x:y:z\"",
    "tunnel=\"x\"",
    "tunnel=\"0:1\"",
    "\"\"",
    "-",
    "pty pty",
];

fn options(rng: &mut Rng, how: &mut Vec<String>) -> String {
    if rng.u8(..100) < 45 {
        return String::new();
    }
    let count = rng.usize(1..4);
    let mut chosen: Vec<&str> = (0..count).map(|_| one(rng, &GOOD)).collect();
    if rng.u8(..3) == 0 {
        let at = rng.usize(..count);
        chosen[at] = one(rng, &BAD);
    }
    let options = chosen.join(",");
    how.push(format!("options {options}"));
    format!("{options} ")
}

fn comment(rng: &mut Rng, pairs: &[Pair], how: &mut Vec<String>) -> Vec<u8> {
    let second = || {
        let Pair { word, blob, .. } = &pairs[1];
        format!("{word} {}", Base64::encode_string(blob))
    };
    let comment = match rng.u8(..30) {
        0..=5 => return Vec::new(),
        6 => b" J\xfcrgen".to_vec(),
        7 => b" a\0b".to_vec(),
        8 => b"\0b".to_vec(),
        9 => " {{ x }}".into(),
        10 => " a\u{200b}b".into(),
        11 => " a\tb".into(),
        12 => format!(" laptop{}{}", one(rng, &["", ",", " ", ": "]), second()).into(),
        13 => second().into(),
        14 => " # c".into(),
        15 => "\tZoë 💻".into(),
        16 => "  ".into(),
        17 => format!(" {}", "x".repeat(17_000)).into(),
        _ => return b" c@laptop".to_vec(),
    };
    how.push(format!("comment {:?}", String::from_utf8_lossy(&comment).chars().take(20).collect::<String>()));
    comment
}
