//! Texts that Ansible wrote (ansible-core 2.21.5), and every kind of damage to them. Many more texts, and the real
//! `ansible-vault`, are in `tests/it/vault_interop/`.

use ctr::cipher::{KeyIvInit, StreamCipher};
use hmac::Mac;
use hmac::digest::generic_array::GenericArray;

use super::*;

const PASSWORD: &[u8] = b"correct horse";
const PLAIN: &[u8] = b"users:\n  - username: alice\n";
/// Its salt is 0, 1, .. 31.
const SEALED: &str = "\
$ANSIBLE_VAULT;1.1;AES256
30303031303230333034303530363037303830393061306230633064306530663130313131323133
3134313531363137313831393161316231633164316531660a313166656266353165383131626331
39656233303838626430353434666538613537373939663965366566366134303039366562346637
3162396431643339320a626565303730376161643336633337653630643930333334616163633666
33323232356238366232393165396164326662323238393830306235643037386637
";
/// Empty, with the salt `short`, as the setting `VAULT_ENCRYPT_SALT` makes one.
const LABELLED: &str = "\
$ANSIBLE_VAULT;1.2;AES256;prod
373336383666373237340a6566313039376238393866393265356338646262343664646533313465
64323439656331643664646163343038383037313966363664666532376365633464660a32646566
30336464366365316465623436306663623263653235626162643331
";

fn salt() -> [u8; SALT_BYTES] {
    std::array::from_fn(|index| index as u8)
}

#[track_caller]
fn refused(text: impl AsRef<[u8]>) -> VaultError {
    let error = Vault::parse(text.as_ref()).unwrap_err();
    let (message, hint) = (error.to_string(), error.hint());
    assert!(!message.ends_with('.') && !message.contains('\n') && !hint.is_empty(), "{message}");
    error
}

/// The text with the character at `at` after the first line end replaced.
fn with_char(at: usize, char: &str) -> String {
    let at = SEALED.find('\n').unwrap() + 1 + at;
    format!("{}{char}{}", &SEALED[..at], &SEALED[at + 1..])
}

fn armoured(parts: &[&[u8]]) -> String {
    let inner = parts.iter().map(|part| cipher::hex(part)).collect::<Vec<_>>().join(&b'\n');
    format!("$ANSIBLE_VAULT;1.1;AES256\n{}\n", String::from_utf8(cipher::hex(&inner)).unwrap())
}

#[test]
fn what_ansible_wrote_is_opened_and_written_again() {
    let vault = Vault::parse(SEALED.as_bytes()).unwrap();
    assert_eq!((vault.version(), vault.label()), (Version::V1_1, None));
    assert_eq!(*vault.open(PASSWORD).unwrap(), PLAIN);
    assert_eq!(seal(PLAIN, PASSWORD, &salt(), vault.header()), SEALED);

    let vault = Vault::parse(LABELLED.as_bytes()).unwrap();
    assert_eq!((vault.version(), vault.label()), (Version::V1_2, Some("prod")));
    assert_eq!(*vault.open(PASSWORD).unwrap(), b"");
    let again = seal(b"", PASSWORD, &salt(), vault.header());
    assert!(again.starts_with("$ANSIBLE_VAULT;1.2;AES256;prod\n"), "{again}");
}

#[test]
fn line_ends_and_blanks_that_ansible_takes_are_taken() {
    let header = "$ANSIBLE_VAULT;1.1;AES256";
    for text in [
        SEALED.replace('\n', "\r\n"),
        SEALED.replace('\n', "\r"),
        SEALED.replace('\n', "\n\n"),
        SEALED.replace(header, " $ANSIBLE_VAULT ; 1.1\t; AES256 \t").trim_start().to_owned(),
        SEALED.trim_end().to_owned(),
        format!("{header}\n{}", SEALED[header.len()..].replace('\n', "")),
        format!("{header}\n{}", SEALED[header.len()..].to_uppercase()),
    ] {
        assert_eq!(*Vault::parse(text.as_bytes()).unwrap().open(PASSWORD).unwrap(), PLAIN, "{text}");
    }
}

#[test]
fn a_text_is_encrypted_if_its_first_bytes_say_so() {
    assert!(is_encrypted(b"$ANSIBLE_VAULT;9"));
    for plain in ["", "users:\n", "# $ANSIBLE_VAULT\n", "\n\nusers: # $ANSIBLE_VAULT", "$ANSIBLE_VAUL"] {
        assert!(!is_encrypted(plain.as_bytes()));
        assert_eq!(detect(plain.as_bytes()), Ok(false));
        assert_eq!(refused(plain), VaultError::NotEncrypted);
    }
    assert_eq!(detect(SEALED.as_bytes()), Ok(true));
}

#[test]
fn what_stands_before_the_header_is_named() {
    for (before, what) in [
        ("\u{feff}", "a byte order mark"),
        ("\u{feff}\n", "a byte order mark"),
        ("\n", "a blank line"),
        ("\r\n", "a blank line"),
        (" \t\n ", "a blank line"),
        ("  ", "white space"),
        ("\t", "white space"),
        ("---\n", "---"),
        ("\n---\r\n\n", "---"),
        ("--- ", "---"),
    ] {
        let text = format!("{before}{SEALED}");
        assert!(!is_encrypted(text.as_bytes()));
        assert_eq!(detect(text.as_bytes()), Err(VaultError::BeforeHeader { what }));
        assert_eq!(refused(&text).place(), Some((1, 1)));
    }
    let marked = format!("\u{feff}{SEALED}");
    for text in [SEALED, &marked] {
        assert_eq!(refused(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()), VaultError::Utf16);
        assert_eq!(refused(text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()), VaultError::Utf16);
    }
}

#[test]
fn headers_that_are_not_taken_are_told_apart() {
    let header = |line: &str| refused(SEALED.replace("$ANSIBLE_VAULT;1.1;AES256", line));
    for version in ["1.0", "1.3", "2", "", "1.1 x"] {
        let found = version.to_owned();
        assert_eq!(header(&format!("$ANSIBLE_VAULT;{version};AES256")), VaultError::UnknownVersion { found });
    }
    for cipher in ["AES", "aes256", "AES256x", ""] {
        let found = cipher.to_owned();
        assert_eq!(header(&format!("$ANSIBLE_VAULT;1.1;{cipher}")), VaultError::UnknownCipher { found });
    }
    assert!(matches!(header("$ANSIBLE_VAULTS;1.1;AES256"), VaultError::UnknownVersion { .. }));
    for (line, count) in [
        ("$ANSIBLE_VAULT", 1),
        ("$ANSIBLE_VAULT;1.1", 2),
        ("$ANSIBLE_VAULT;1.1;AES256;label", 4),
        ("$ANSIBLE_VAULT;1.2;AES256;a;b", 5),
    ] {
        assert!(matches!(header(line), VaultError::HeaderFields { count: c, .. } if c == count), "{line}");
    }
    assert_eq!(header("$ANSIBLE_VAULT;1.2;AES256;pröd"), VaultError::HeaderCharacters);
    assert_eq!(header("$ANSIBLE_VAULT;1.2;AES256;\x1b[31mred"), VaultError::HeaderCharacters);
    assert_eq!(refused(b"$ANSIBLE_VAULT;1.1;AES256\xff\n00"), VaultError::HeaderCharacters);
}

#[test]
fn a_header_without_a_label_in_format_1_2_is_kept() {
    for line in ["$ANSIBLE_VAULT;1.2;AES256", "$ANSIBLE_VAULT;1.2;AES256; "] {
        let text = SEALED.replace("$ANSIBLE_VAULT;1.1;AES256", line);
        let header = Vault::parse(text.as_bytes()).unwrap().header();
        assert_eq!((header.version(), header.label()), (Version::V1_2, None));
        assert!(seal(PLAIN, PASSWORD, &salt(), header).starts_with("$ANSIBLE_VAULT;1.2;AES256\n"));
    }
    assert_eq!(Header::labelled("my label").unwrap().label(), Some("my label"));
    for label in ["", " a", "a ", "a;b", "a\nb", "ä", "\x7f"] {
        assert_eq!(Header::labelled(label), Err(VaultError::Label));
    }
}

#[test]
fn damage_that_shows_without_a_password_has_its_place() {
    let not_hex = |shown: &str, line, column| VaultError::NotHex { shown: shown.to_owned(), line, column };
    assert_eq!(refused(with_char(0, "g")), not_hex("g", 2, 1));
    assert_eq!(refused(with_char(81 + 5, " ")), not_hex(" ", 3, 6));
    assert_eq!(refused(with_char(79, "é")), not_hex("\\u{e9}", 2, 80));
    assert_eq!(refused(with_char(1, "g").replace('\n', "\r\n")), not_hex("g", 2, 2));
    assert_eq!(refused(with_char(81, "g").replace('\n', "\r")), not_hex("g", 3, 1));
    assert_eq!(refused(SEALED.replace('\n', " \n").replacen(" \n", "\n", 1)), not_hex(" ", 2, 81));
    assert_eq!(refused(with_char(0, "\x1b")), not_hex("\\u{1b}", 2, 1));
    assert_eq!(refused(format!("{SEALED}<<<<<<< HEAD\n")), not_hex("<", 7, 1));

    // `3` of `30` becomes `4`, and the inner `0` with it `@`.
    assert_eq!(refused(with_char(2, "4")), VaultError::PartNotHex { part: Part::Salt, line: 2, column: 3 });
    let digit = 2 * (2 * SALT_BYTES + 1) + 2;
    let (line, column) = (2 + digit / 80, digit % 80 + 1);
    let damaged = with_char(digit + digit / 80, "7");
    assert_eq!(refused(damaged), VaultError::PartNotHex { part: Part::Hmac, line, column });
    let last = SEALED.lines().last().unwrap().len();
    let damaged = format!("{}77\n", &SEALED[..SEALED.len() - 3]);
    let place = VaultError::PartNotHex { part: Part::Ciphertext, line: 6, column: last - 1 };
    assert_eq!(refused(damaged), place);
}

#[test]
fn texts_that_are_cut_off_are_refused_wherever_the_cut_is() {
    let header = SEALED.find('\n').unwrap();
    for end in 0..SEALED.trim_end().len() {
        match Vault::parse(&SEALED.as_bytes()[..end]) {
            // Right after a block of the ciphertext, only the HMAC tells.
            Ok(vault) => {
                assert_eq!((end, vault.open(PASSWORD).unwrap_err()), (SEALED.len() - 65, VaultError::DoesNotFit))
            }
            Err(error) => assert_ne!(error, VaultError::DoesNotFit),
        }
    }
    assert_eq!(refused("$ANSIBLE_VAULT;1.1;AES256"), VaultError::NoBody);
    assert_eq!(refused("$ANSIBLE_VAULT;1.1;AES256\n\n"), VaultError::NoBody);
    assert_eq!(refused(&SEALED[..SEALED.len() - 2]), VaultError::OddDigits { digits: 387 });
    assert_eq!(refused(&SEALED[..SEALED.len() - 3]), VaultError::PartOdd { part: Part::Ciphertext });
    assert_eq!(refused(&SEALED[..header + 81]), VaultError::MissingParts { count: 1 });
    assert_eq!(refused(&SEALED[..header + 3 * 81]), VaultError::MissingParts { count: 2 });
    let short = VaultError::PartLength { part: Part::Ciphertext, bytes: 31, expected: "16 or a multiple of it" };
    assert_eq!(refused(&SEALED[..SEALED.len() - 5]), short);
}

#[test]
fn parts_of_a_wrong_length_are_refused() {
    let wrong = |parts: &[&[u8]]| match refused(armoured(parts)) {
        VaultError::PartLength { part, bytes, .. } => (part, bytes),
        other => panic!("{other}"),
    };
    assert_eq!(wrong(&[b"", &[1; 32], &[2; 16]]), (Part::Salt, 0));
    assert_eq!(wrong(&[b"salt", &[1; 31], &[2; 16]]), (Part::Hmac, 31));
    assert_eq!(wrong(&[b"salt", &[1; 33], &[2; 16]]), (Part::Hmac, 33));
    assert_eq!(wrong(&[b"salt", &[1; 32], b""]), (Part::Ciphertext, 0));
    assert_eq!(wrong(&[b"salt", &[1; 32], &[2; 17]]), (Part::Ciphertext, 17));
    assert!(Vault::parse(armoured(&[b"s", &[1; 32], &[2; 16]]).as_bytes()).is_ok());
}

#[test]
fn a_wrong_password_and_a_flipped_digit_are_one_message() {
    let vault = Vault::parse(SEALED.as_bytes()).unwrap();
    for password in [&b""[..], b"correct horsf", b"correct horse ", b"\xff"] {
        assert_eq!(vault.open(password).unwrap_err(), VaultError::DoesNotFit);
    }
    // The low half of an inner digit: `0` becomes `1`, and the reverse, so that the hex stays hex.
    for inner in [0, 63, 65, 65 + 63, 130, 130 + 63] {
        let at = 2 * inner + 1;
        let at = at + at / 80;
        let old = SEALED.as_bytes()[SEALED.find('\n').unwrap() + 1 + at];
        let damaged = with_char(at, if old == b'1' { "2" } else { "1" });
        let vault = Vault::parse(damaged.as_bytes()).unwrap();
        let error = vault.open(PASSWORD).unwrap_err();
        assert_eq!(error, VaultError::DoesNotFit, "inner digit {inner}");
        assert!(error.to_string().contains("password does not fit, or the file is damaged"));
    }
}

#[test]
fn wrong_padding_below_a_right_hmac_is_told_apart() {
    let mut keys = [0; 80];
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(PASSWORD, &salt(), 10_000, &mut keys);
    let end = |plain: &[u8]| {
        let mut text = plain.to_vec();
        let (key, start) = (GenericArray::from_slice(&keys[..32]), GenericArray::from_slice(&keys[64..]));
        ctr::Ctr128BE::<aes::Aes256>::new(key, start).apply_keystream(&mut text);
        let hmac = cipher::hmac(&keys[32..64]).chain_update(&text).finalize().into_bytes();
        let armoured = armoured(&[&salt(), &hmac, &text]);
        Vault::parse(armoured.as_bytes()).unwrap().open(PASSWORD).map(|plain| plain.len())
    };
    let ends: [(&[u8], _); 6] = [
        (b"fifteen letters\x01", Ok(15)),
        (&[16; 16], Ok(0)),
        (b"fifteen letters\x00", Err(VaultError::Padding)),
        (b"fifteen letters\x11", Err(VaultError::Padding)),
        (b"fourteen bytes\x01\x02", Err(VaultError::Padding)),
        (b"fifteen letters\xff", Err(VaultError::Padding)),
    ];
    ends.iter().for_each(|(plain, length)| assert_eq!(end(plain), *length, "{plain:?}"));
}

#[test]
fn a_marker_does_not_show_its_key() {
    assert_eq!(format!("{:?}", Marker::new(PASSWORD, b"")), "Marker { .. }");
}

/// The marks were computed with Python's hashlib and hmac.
#[test]
fn a_mark_tells_values_and_passwords_apart() {
    let marker = Marker::new(PASSWORD, b"salt");
    assert_eq!(marker.mark("hunter2"), "33923b");
    assert_eq!(marker.mark("hunter2"), Marker::new(PASSWORD, b"salt").mark("hunter2"));
    assert_ne!(marker.mark("hunter2"), Marker::new(PASSWORD, b"tlas").mark("hunter2"));
    assert_ne!(marker.mark("hunter2"), marker.mark("hunter3"));
    assert_ne!(marker.mark("hunter2"), Marker::new(b"another", b"salt").mark("hunter2"));
    assert!(marker.mark("").bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()));
    // RFC 2104: a key over 64 bytes is hashed, one of 64 is not.
    let marks: Vec<String> =
        [64, 65, 512].iter().map(|&length| Marker::new(&vec![b'x'; length], b"").mark("a")).collect();
    assert_eq!(marks, ["addf2c", "93eb3a", "868a14"]);
}
