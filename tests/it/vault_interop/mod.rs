//! Vaults and vault passwords against Ansible itself: its code in one Python process, and some runs of the real
//! `ansible-vault`. `SPIN_KEYS_ANSIBLE` is the `bin` folder of a virtual environment with ansible-core, or its Python:
//!
//!     python3 -m venv /tmp/ansible && /tmp/ansible/bin/pip install ansible-core
//!     SPIN_KEYS_ANSIBLE=/tmp/ansible/bin cargo test --test it vault_interop
//!
//! Without it these tests are skipped, but not in CI.

mod ansible;
mod passwords;

use ansible::{Ansible, bytes, hex};
use fastrand::Rng;
use serde_json::json;
use spin_keys::vault::{Header, SALT_BYTES, Vault, Version, seal};
use std::fs;

/// Combinations of length, password and label.
const TEXTS: usize = 220;
/// Texts with some damage. Their keys take as long as those of whole ones.
const DAMAGED: usize = 200;

struct Case {
    plain: Vec<u8>,
    password: Vec<u8>,
    salt: [u8; SALT_BYTES],
    label: Option<&'static str>,
}

impl Case {
    fn header(&self) -> Header<'static> {
        self.label.map_or(Header::V1_1, |label| Header::labelled(label).unwrap())
    }

    fn sealed(&self) -> String {
        seal(&self.plain, &self.password, &self.salt, self.header())
    }

    fn opened(&self, text: &[u8]) -> Vec<u8> {
        let vault = Vault::parse(text).unwrap();
        assert_eq!(vault.header(), self.header());
        vault.open(&self.password).unwrap().to_vec()
    }
}

fn cases() -> Vec<Case> {
    let passwords: [&[u8]; 8] = [
        b"correct horse",
        b"x",
        b"  blanks inside and around  ",
        "пароль — 密码 🗝".as_bytes(),
        &[b'p'; 512],
        &[b'p'; 64],
        &[b'p'; 65],
        b"\xff\0\xfe\n",
    ];
    let labels = [None, Some("prod"), None, Some("my label"), None];
    let mut lengths = vec![4095, 4096, 4999, 5000];
    lengths.extend((0..=70).chain([127, 128, 129, 255, 256, 257]));
    let mut rng = Rng::with_seed(3);
    lengths.extend((lengths.len()..TEXTS).map(|_| rng.usize(0..=5000)));
    let case = |(number, length): (usize, usize)| {
        let text = b"users:\r\n  - username: alice\r\n    password: \"\xc3\xa9\"\r\n\r\n".iter().copied().cycle();
        let mut plain: Vec<u8> = match number % 4 {
            0 => text.filter(|&byte| byte != b'\r').take(length).collect(),
            1 => text.take(length).collect(),
            2 => std::iter::repeat_with(|| rng.u8(..)).take(length).collect(),
            _ => b"users: []".iter().copied().chain(std::iter::repeat(b'\n')).take(length).collect(),
        };
        // Padding in the plain text is not to be taken for padding.
        if let (Some(last), true) = (plain.last_mut(), number % 7 == 0) {
            *last = 1;
        }
        let salt = std::array::from_fn(|_| rng.u8(..));
        let (password, label) = (passwords[number % passwords.len()].to_vec(), labels[number % labels.len()]);
        Case { plain, password, salt, label }
    };
    lengths.into_iter().enumerate().map(case).collect()
}

#[test]
fn texts_of_all_lengths_are_the_same_both_ways() {
    let Some(ansible) = Ansible::get() else { return };
    let cases = cases();
    assert_eq!(cases.len(), TEXTS);
    let sealed: Vec<String> = cases.iter().map(Case::sealed).collect();
    let mut jobs = Vec::new();
    for (case, sealed) in cases.iter().zip(&sealed) {
        let (plain, password, salt) = (hex(&case.plain), hex(&case.password), hex(&case.salt));
        jobs.push(json!({"seal": {"plain": plain, "password": password, "salt": salt, "label": case.label}}));
        jobs.push(json!({"open": {"text": hex(sealed.as_bytes()), "password": password}}));
    }
    for ((case, sealed), answers) in cases.iter().zip(&sealed).zip(ansible.jobs(&jobs).chunks(2)) {
        let what = format!("{} bytes, password {:?}, label {:?}", case.plain.len(), case.password, case.label);
        assert_eq!(bytes(&answers[0], "fixed"), sealed.as_bytes(), "{what}");
        assert_eq!(case.opened(&bytes(&answers[0], "random")), case.plain, "{what}");
        assert_eq!(bytes(&answers[1], "plain"), case.plain, "{what}");
    }
}

/// The text with something done to it below the header.
fn damaged(sealed: &str, rng: &mut Rng) -> Vec<u8> {
    let mut text = sealed.as_bytes().to_vec();
    let below = sealed.find('\n').unwrap() + 1;
    let at = rng.usize(below..text.len());
    match rng.u8(..9) {
        0 => text[at] = *rng.choice(b"0123456789abcdefABCDEF").unwrap(),
        1 => text[at] = rng.u8(..),
        2 => text.truncate(at),
        3 => drop(text.remove(at)),
        4 => text.insert(at, *rng.choice(b"\r\n \t\x0b\x0c\x1c;0f\0").unwrap()),
        5 => text[below..].make_ascii_uppercase(),
        6 => text = sealed.replace('\n', rng.choice(["\r\n", "\r", "\n\n", "\n\r", " \n"]).unwrap()).into(),
        7 => text
            .extend_from_slice(rng.choice([&b"\n"[..], b" ", b"00", b"0", b"\r\n\r\n", b"0a", b"\xc3\xa9"]).unwrap()),
        _ => text.swap(at, below),
    }
    text
}

#[test]
fn damaged_texts_are_taken_or_refused_as_ansible_does() {
    let Some(ansible) = Ansible::get() else { return };
    let mut rng = Rng::with_seed(4);
    let (mut texts, mut jobs) = (Vec::new(), Vec::new());
    let length = |number| vec![b'a'; 5 * number];
    let sealed: [String; 8] =
        std::array::from_fn(|number| seal(&length(number), b"pass", &[9; SALT_BYTES], Header::V1_1));
    for number in 0..DAMAGED {
        let text = damaged(&sealed[number % sealed.len()], &mut rng);
        jobs.push(json!({"open": {"text": hex(&text), "password": hex(b"pass")}}));
        texts.push(text);
    }
    let mut taken = 0;
    for (text, answer) in texts.iter().zip(ansible.jobs(&jobs)) {
        let ours = Vault::parse(text).and_then(|vault| vault.open(b"pass")).map(|plain| plain.to_vec());
        let shown = String::from_utf8_lossy(text);
        match ours {
            Ok(plain) => assert_eq!(bytes(&answer, "plain"), plain, "{shown}"),
            Err(error) => assert!(answer["error"].is_string(), "{error}, but Ansible takes it: {shown}"),
        }
        taken += usize::from(answer["plain"].is_string());
    }
    assert!((DAMAGED / 6..DAMAGED * 5 / 6).contains(&taken), "{taken} of {DAMAGED} were taken: that shows little");
}

#[test]
fn the_real_command_reads_what_is_written_and_writes_what_is_read() {
    let Some(ansible) = Ansible::get() else { return };
    let plain = b"users:\r\n  - username: alice\r\n\r\n";
    let password = "correct horse — battery";
    ansible.file("password", format!(" {password}\n"), 0o600);
    let password = password.as_bytes();
    let salt = b"0123456789abcdef0123456789ABCDEF";
    let salted = str::from_utf8(salt).unwrap();
    let file = ansible.file("file", plain, 0o600);
    let read = || fs::read(&file).unwrap();

    ansible.vault(&["encrypt", "--vault-password-file", "password", "file"], Some(salted));
    assert_eq!(read(), seal(plain, password, salt, Header::V1_1).as_bytes());
    ansible.vault(&["decrypt", "--vault-password-file", "password", "file"], None);
    assert_eq!(read(), plain);

    ansible.vault(&["encrypt", "--vault-id", "prod@password", "file"], Some(salted));
    let header = Header::labelled("prod").unwrap();
    assert_eq!(read(), seal(plain, password, salt, header).as_bytes());
    let sealed = seal(b"another: text", password, &[7; SALT_BYTES], header);
    ansible.file("file", sealed.replace('\n', "\r\n"), 0o600);
    ansible.vault(&["decrypt", "--vault-id", "prod@password", "file"], None);
    assert_eq!(read(), b"another: text");

    // A salt of another length than 32, and one that Ansible draws.
    for salt in [Some("short"), None] {
        ansible.file("file", plain, 0o600);
        ansible.vault(&["encrypt", "--vault-password-file", "password", "file"], salt);
        let text = read();
        let vault = Vault::parse(&text).unwrap();
        assert_eq!((vault.version(), vault.label()), (Version::V1_1, None));
        assert_eq!(*vault.open(password).unwrap(), plain);
    }
}

#[test]
fn the_value_of_an_inline_vault_is_opened() {
    let Some(ansible) = Ansible::get() else { return };
    ansible.file("password", "pass", 0o600);
    let args = ["encrypt_string", "--vault-password-file", "password", "--name", "key", "ssh-ed25519 AAAA alice"];
    let yaml = ansible.vault(&args, None);
    let value: serde_yaml::Value = serde_yaml::from_slice(&yaml).unwrap();
    let serde_yaml::Value::Tagged(tagged) = &value["key"] else { panic!("no tag: {value:?}") };
    let vault = Vault::parse(tagged.value.as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(*vault.open(b"pass").unwrap(), b"ssh-ed25519 AAAA alice");
}
