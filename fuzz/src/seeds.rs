//! The inputs that mutation starts from, made of the fixtures of the project at run time, so that nothing is
//! committed twice.

use crate::expected::Key;
use crate::vault::PASSWORD;
use rand_core::{CryptoRng, RngCore};
use spin_keys::key::{self, KeyLine};
use spin_keys::vault::{Header, SALT_BYTES, seal};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The public keys of the fixtures; in the binary, for fuzz targets run anywhere.
const KEYS: [&str; 7] = [
    include_str!("../../fixtures/keys/alice.pub"),
    include_str!("../../fixtures/keys/bob.pub"),
    include_str!("../../fixtures/keys/carol.pub"),
    include_str!("../../fixtures/keys/deploy.pub"),
    include_str!("../../fixtures/keys/ecdsa.pub"),
    include_str!("../../fixtures/keys/options.pub"),
    include_str!("../../fixtures/keys/rsa.pub"),
];

/// Armour of OpenSSH's private keys.
const ARMOUR: [&str; 2] = ["-----BEGIN OPENSSH PRIVATE KEY-----\n", "-----END OPENSSH PRIVATE KEY-----\n"];

/// Random numbers that are the same each time.
pub(crate) struct Seeded(fastrand::Rng);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }
}

impl CryptoRng for Seeded {}

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        self.0.u32(..)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.u64(..)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

/// One of the fixtures' keys.
pub(crate) fn public(at: usize) -> KeyLine {
    KeyLine::parse(KEYS[at]).unwrap()
}

/// The fixtures' keys as they are asked for.
pub(crate) fn keys() -> &'static [Key] {
    static ALL: OnceLock<Vec<Key>> = OnceLock::new();
    ALL.get_or_init(|| {
        let key = |at| {
            let key = public(at);
            let line = key.to_line();
            let bare = line.strip_prefix(key.options().unwrap_or_default()).unwrap().trim_start();
            let words = bare.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ");
            Key { words, material: key.material().to_vec(), line }
        };
        (0..KEYS.len()).map(key).collect()
    })
}

/// Files of the fixtures that are YAML, in order of their paths.
fn files() -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures"), &mut paths);
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "yml") {
            found.push(path);
        }
    }
}

/// Each file with a request of one kind, in turn: alice, bob, deploy, mend, any edits. Mutation changes the request as well,
/// and cargo-fuzz reads all seeds before it does anything else.
pub fn yaml_edit() -> Vec<Vec<u8>> {
    let heads = [[0, 0, 32], [0, 9, 0], [3, 24, 0], [4, 0, 0], [5, 1, 1]];
    let files = files();
    files.iter().zip(heads.iter().cycle()).map(|(file, head)| with_head(head, file)).collect()
}

fn with_head(head: &[u8], rest: &[u8]) -> Vec<u8> {
    [head, rest].concat()
}

/// The keys, and the values of all files that look like one.
pub fn key_line() -> Vec<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = KEYS.iter().map(|line| line.as_bytes().to_vec()).collect();
    for file in files() {
        let text = String::from_utf8_lossy(&file).into_owned();
        let found =
            text.lines().filter_map(|line| line.find("ssh-").or_else(|| line.find("ecdsa-")).map(|at| &line[at..]));
        lines.extend(found.map(|line| line.trim_end_matches(['"', '\'']).as_bytes().to_vec()));
    }
    lines.sort();
    lines.dedup();
    lines
}

/// A new pair, with a passphrase and without, and files of the form for every key of the fixtures.
pub fn private_key() -> Vec<Vec<u8>> {
    let mut rng = Seeded::new(1);
    let pair = key::NewKey::ed25519(&mut rng, "alice@laptop").unwrap();
    let plain = pair.private_file(&mut rng, None, 0).unwrap();
    let guarded = pair.private_file(&mut rng, Some("passphrase"), key::MIN_ROUNDS).unwrap();
    let mut files = vec![plain.as_bytes().to_vec(), guarded.as_bytes().to_vec()];
    files.extend((0..KEYS.len()).map(|at| private_file(&public(at))));
    for label in ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] {
        files.push(format!("-----BEGIN {label}-----\nMIIB\n-----END {label}-----\n").into_bytes());
    }
    files.push(b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n".to_vec());
    files
}

/// PROTOCOL.key without encryption, around a public key and a private half of zeros.
fn private_file(key: &KeyLine) -> Vec<u8> {
    let string = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
    let public = key.material();
    let half = match fields(public).as_slice() {
        [name, exponent, modulus] if *name == b"ssh-rsa" => {
            [*name, *modulus, *exponent, &[0; 9], &[0; 9], &[0; 9], &[0; 9]]
                .iter()
                .flat_map(|field| string(field))
                .collect()
        }
        _ => [public, &string(&[0; 64])].concat(),
    };
    let section = [&[7; 8][..], &half, &string(b"alice@laptop"), &[1, 2, 3]].concat();
    let head = [b"openssh-key-v1\0".to_vec(), string(b"none"), string(b"none"), string(b"")].concat();
    let body = [head, vec![0, 0, 0, 1], string(public), string(&section)].concat();
    format!("{}{}\n{}", ARMOUR[0], base64(&body), ARMOUR[1]).into_bytes()
}

/// The strings (RFC 4251) of which a key consists.
fn fields(mut blob: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some((length, rest)) = blob.split_first_chunk::<4>() {
        let (field, behind) = rest.split_at(u32::from_be_bytes(*length) as usize);
        found.push(field);
        blob = behind;
    }
    found
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = |group: &[u8]| {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        (0..4)
            .map(move |at| if at <= group.len() { LETTERS[(bits >> (18 - 6 * at) & 63) as usize] } else { b'=' })
            .map(char::from)
            .collect::<String>()
    };
    bytes.chunks(3).map(letters).collect()
}

/// Some of the files, sealed in both formats, and text for each of the other ways in.
pub fn vault() -> Vec<Vec<u8>> {
    let some = files().into_iter().step_by(16);
    let seed = |(at, file): (usize, Vec<u8>)| {
        let header = if at % 2 == 0 { Header::V1_1 } else { Header::labelled("prod").unwrap() };
        let sealed = seal(&file[..file.len().min(600)], PASSWORD, &[at as u8; SALT_BYTES], header);
        let [looks, opens] = [2, 3].map(|head| with_head(&[head, 0, 0, 0], sealed.as_bytes()));
        [looks, opens, with_head(&[0, at as u8, 0, b'0'], &file)]
    };
    let mut seeds: Vec<Vec<u8>> = some.enumerate().flat_map(seed).collect();
    seeds.extend(["dev", "prod-1", "a b", "x;y"].map(|label| with_head(&[1, 0, 0, 0], label.as_bytes())));
    seeds
}
