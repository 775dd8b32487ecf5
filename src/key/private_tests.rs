//! Private key files built byte by byte; the ones that ssh-keygen writes are in `tests/it/key_interop.rs`.

use base64ct::{Base64, Encoding};
use proptest::prelude::*;

use super::super::test_keys::*;
use super::*;

/// The parts of a file, each of which a test may change.
struct File {
    cipher: &'static [u8],
    kdf: &'static [u8],
    kdf_options: Vec<u8>,
    count: u32,
    public: Vec<u8>,
    section: Vec<u8>,
    after: Vec<u8>,
}

impl File {
    fn plain(line: &str, private: &[&[u8]], comment: &[u8]) -> Self {
        let public = Base64::decode_vec(base64(line)).unwrap();
        let section =
            [&[0, 0, 0, 7, 0, 0, 0, 7][..], &public, &private.concat(), &string(comment), &[1, 2, 3]].concat();
        Self { cipher: b"none", kdf: b"none", kdf_options: vec![], count: 1, public, section, after: vec![] }
    }

    fn ed25519(comment: &[u8]) -> Self {
        Self::plain(ED25519, &[&string(&[9; 64])], comment)
    }

    fn encrypted(rounds: u32) -> Self {
        let kdf_options = [string(&[7; 16]), rounds.to_be_bytes().to_vec()].concat();
        Self { cipher: b"aes256-ctr", kdf: b"bcrypt", kdf_options, section: vec![3; 144], ..Self::ed25519(b"") }
    }

    fn text(&self) -> String {
        let body = [
            MAGIC.to_vec(),
            string(self.cipher),
            string(self.kdf),
            string(&self.kdf_options),
            self.count.to_be_bytes().to_vec(),
            string(&self.public),
            string(&self.section),
            self.after.clone(),
        ]
        .concat();
        armoured(&body)
    }

    fn read(&self) -> Result<PrivateInfo, KeyError> {
        public_half(self.text().as_bytes())
    }
}

fn armoured(body: &[u8]) -> String {
    let base64 = Base64::encode_string(body);
    format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{base64}\n-----END OPENSSH PRIVATE KEY-----\n")
}

fn bare(line: &str) -> String {
    line.rsplit_once(' ').unwrap().0.to_owned()
}

#[test]
fn a_file_of_ssh_keygen_is_read_however_it_is_wrapped() {
    let body = ED25519_PRIVATE.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    for width in [1, 64, 70, 76, 1000] {
        for end in ["\n", "\r\n"] {
            let lines: Vec<&str> = body.as_bytes().chunks(width).map(|line| str::from_utf8(line).unwrap()).collect();
            let body = lines.join(end);
            let text =
                format!("-----BEGIN OPENSSH PRIVATE KEY-----{end}{body}{end}-----END OPENSSH PRIVATE KEY-----{end}");
            let info = public_half(text.as_bytes()).unwrap();
            assert_eq!(info.key.to_line(), bare(ED25519));
            assert_eq!((info.encrypted, info.cipher.as_str(), info.rounds), (false, "none", None));
            assert_eq!(info.comment.as_deref(), Some("alice@laptop"));
        }
    }
}

/// Seen with OpenSSH 9.2.
#[test]
fn layouts_that_openssh_does_not_load_are_named() {
    let file = ED25519_PRIVATE;
    let indent = |by: &str| file.lines().map(|line| format!("{by}{line}\n")).collect::<String>();
    for (text, what) in [
        (format!("\u{feff}{file}"), "a byte order mark is before it"),
        (format!("\n{file}"), "a blank line is before it"),
        (format!("\r\n\r\n{}", indent("  ")), "a blank line is before it"),
        (indent("  "), "it is indented"),
        (indent("\t"), "it is indented"),
        (file.replace('\n', " "), "its line breaks are missing"),
        (file.replace('\n', "\\n"), "its line breaks are missing"),
        (file.replace("-----\n", "----- \n"), "its BEGIN or END mark is not alone on a line"),
        (file.replace("\n-----END", "-----END"), "its BEGIN or END mark is not alone on a line"),
        (format!("\"{file}\""), "something else is before it"),
    ] {
        let error = public_half(text.as_bytes()).unwrap_err();
        assert_eq!(error, KeyError::PrivateLayout { kind: PrivateKind::OpenSsh, what }, "{text}");
        assert!(error.hint().unwrap().contains("mv PATH.new PATH"), "{error}");
    }
    for text in
        [format!("# mine\n{file}"), file.replace("-----BEGIN", "----BEGIN"), file.replace("-----END", "----END")]
    {
        assert!(matches!(public_half(text.as_bytes()), Err(KeyError::PrivateDamaged { .. })), "{text}");
    }
    let body = |by: &str| file.replace('\n', &format!("\n{by}")).replace(&format!("{by}-----END"), "-----END");
    for text in [file.trim_end().to_owned(), body("  "), body("\x0b"), format!("{file}\nother\n")] {
        assert!(public_half(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn the_header_of_an_encrypted_file_is_read() {
    let info = File::encrypted(4_000_000_000).read().unwrap();
    assert_eq!(info.key.to_line(), bare(ED25519));
    assert_eq!((info.encrypted, info.rounds, info.comment), (true, Some(4_000_000_000), None));
    assert_eq!(info.cipher, "aes256-ctr");
    let tagged = File { cipher: b"aes256-gcm@openssh.com", after: vec![1; 16], ..File::encrypted(24) };
    assert!(tagged.read().is_ok());
}

#[test]
fn comments_are_found_behind_every_algorithm() {
    let sk: &[&[u8]] = &[&[1], &string(b"handle"), &string(b"")];
    for (line, private) in [(P256, &[&string(&[5; 32])[..]][..]), (SK_ED25519, sk), (SK_P256, sk)] {
        let info = File::plain(line, private, b"the comment").read().unwrap();
        assert_eq!(info.comment.as_deref(), Some("the comment"));
        assert_eq!(info.key.to_line(), bare(line));
    }
    let mut rsa = File::plain(RSA_3072, &[], b"");
    let (exponent, modulus) = (string(&[1, 0, 1]), &rsa.public[18..]);
    let four = string(b"secret").repeat(4);
    rsa.section = [&[0; 8][..], &string(b"ssh-rsa"), modulus, &exponent, &four, &string(b"mine")].concat();
    assert_eq!(rsa.read().unwrap().comment.as_deref(), Some("mine"));
}

#[test]
fn a_comment_that_no_line_takes_is_left_out() {
    for comment in [&b"{{ x }}"[..], b"a\nb", b"\xff"] {
        assert_eq!(File::ed25519(comment).read().unwrap().comment, None);
    }
    assert_eq!(File::ed25519(b"").read().unwrap().comment.as_deref(), Some(""));
}

#[test]
fn damage_is_named() {
    let what = |file: File| match file.read() {
        Err(KeyError::PrivateDamaged { what }) => what,
        other => panic!("{other:?}"),
    };
    let good = || File::ed25519(b"c");
    assert_eq!(what(File { cipher: b"a b", ..good() }), "the name of its cipher is not a name");
    assert_eq!(what(File { cipher: b"aes256-ctr", ..good() }), "its cipher and its key derivation do not go together");
    assert_eq!(what(File { kdf: b"scrypt", ..good() }), "its key derivation is neither none nor bcrypt");
    assert_eq!(what(File { kdf: b"bcrypt", ..good() }), "its KDF options are not whole");
    assert_eq!(what(File { kdf_options: vec![1], ..good() }), "its KDF options are too long");
    assert_eq!(what(File { after: vec![1], ..good() }), "its length is not the one its parts add up to");
    let edit = |at: usize| {
        let mut file = good();
        file.section[at] ^= 1;
        what(file)
    };
    assert_eq!(edit(0), "its check numbers differ");
    assert_eq!(edit(8 + 30), "its private half is of another key, or cut off");
    assert_eq!(edit(good().section.len() - 1), "its padding is not in order");
    let cut = |length: usize| what(File { section: good().section[..length].to_vec(), ..good() });
    assert_eq!(cut(4), "its check numbers differ");
    assert_eq!(cut(80), "its private half is of another key, or cut off");
    assert_eq!(cut(128), "it ends before its comment");
    for text in [armoured(b"openssh-key-v1\0\0\0"), armoured(b"")] {
        assert!(matches!(public_half(text.as_bytes()), Err(KeyError::PrivateDamaged { .. })));
    }
}

#[test]
fn several_keys_and_refused_keys_are_refused() {
    assert_eq!(File { count: 2, ..File::ed25519(b"") }.read(), Err(KeyError::SeveralPrivateKeys { count: 2 }));
    assert_eq!(File { count: 0, ..File::ed25519(b"") }.read(), Err(KeyError::SeveralPrivateKeys { count: 0 }));
    assert!(public_half(ED25519_PRIVATE.repeat(2).as_bytes()).is_ok(), "OpenSSH loads the first");
    assert_eq!(File::plain(DSA, &[], b"").read(), Err(KeyError::Dsa));
    assert_eq!(File::plain(RSA_1024, &[], b"").read(), Err(KeyError::RsaTooShort { bits: 1024 }));
}

#[test]
fn other_formats_are_named_with_the_command_that_helps() {
    let cases = [
        ("-----BEGIN PRIVATE KEY-----", PrivateKind::Pkcs8, "ssh-keygen -y -f PATH > PATH.pub"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----", PrivateKind::EncryptedPkcs8, "ssh-keygen -y -f PATH > PATH.pub"),
        ("-----BEGIN RSA PRIVATE KEY-----", PrivateKind::Pkcs1, "ssh-keygen -y -f PATH > PATH.pub"),
        ("-----BEGIN EC PRIVATE KEY-----", PrivateKind::Sec1, "ssh-keygen -y -f PATH > PATH.pub"),
        ("-----BEGIN DSA PRIVATE KEY-----", PrivateKind::Dsa, "ssh-keygen -t ed25519"),
        ("-----BEGIN ODD PRIVATE KEY-----", PrivateKind::Other, "ssh-keygen -y -f PATH > PATH.pub"),
        ("PuTTY-User-Key-File-3: x", PrivateKind::Putty, "puttygen PATH -O public-openssh -o PATH.pub"),
    ];
    for (text, kind, command) in cases {
        let text = format!("{text}\nMAA=\n{}\n", text.replace("BEGIN", "END"));
        let error = public_half(text.as_bytes()).unwrap_err();
        assert_eq!(error, KeyError::PrivateFormat { kind });
        assert!(error.to_string().contains(kind.name()) && error.hint().unwrap().contains(command), "{error}");
    }
    assert_eq!(public_half(b" \n"), Err(KeyError::Empty));
    assert_eq!(public_half(b"hello"), Err(KeyError::NoAlgorithm));
}

proptest! {
    #[test]
    fn mutated_files_never_panic_and_never_leak(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        packed in any::<bool>(),
    ) {
        let plain = File::ed25519(b"comment");
        let mut bytes = if packed { ED25519_PRIVATE.to_owned().into_bytes() } else { plain.section.clone() };
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 4));
        let text = if packed { bytes } else { File { section: bytes, ..plain }.text().into_bytes() };
        let lossy = String::from_utf8_lossy(&text);
        let errors = [
            public_half(&text).map(drop),
            super::super::read_source(&text).map(drop),
            super::super::read_public_only(&text).map(drop),
            KeyLine::parse(&lossy).map(drop),
        ];
        for error in errors.into_iter().filter_map(Result::err) {
            let shown = format!("{error} {error:?} {:?}", error.hint());
            let body = ED25519_PRIVATE.lines().filter(|line| !line.starts_with('-')).collect::<String>();
            let leak = body.as_bytes().windows(8).find(|part| shown.contains(str::from_utf8(part).unwrap()));
            prop_assert_eq!(leak, None, "{}", shown);
        }
    }
}
