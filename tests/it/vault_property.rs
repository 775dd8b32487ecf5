//! Properties of vaults: opening undoes sealing, and no text makes anything panic.

use proptest::prelude::*;
use spin_keys::vault::{Header, SALT_BYTES, Vault, VaultError, detect, seal};

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..=most)
}

fn label() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[!-:<-~]([ -:<-~]{0,20}[!-:<-~])?")
}

/// A change of a text: at this part of its length, take so many bytes away and put these in.
fn change() -> impl Strategy<Value = (f64, usize, Vec<u8>)> {
    let char = prop_oneof![prop::sample::select(b"0123456789abcdefA;.$ \t\r\n".to_vec()), any::<u8>()];
    (0.0..1.0, 0_usize..100, prop::collection::vec(char, 0..4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn opening_undoes_sealing(
        plain in bytes(600),
        password in bytes(100),
        other in bytes(100),
        salt in any::<[u8; SALT_BYTES]>(),
        label in label(),
    ) {
        let header = label.as_deref().map_or(Header::V1_1, |label| Header::labelled(label).expect("a label"));
        let sealed = seal(&plain, &password, &salt, header);
        prop_assert!(sealed.ends_with('\n') && !sealed.ends_with("\n\n"));
        prop_assert!(sealed.lines().skip(1).all(|line| (1..=80).contains(&line.len())));
        let vault = Vault::parse(sealed.as_bytes()).expect("what seal writes is read");
        prop_assert_eq!(vault.header(), header);
        prop_assert_eq!(&*vault.open(&password).expect("it fits"), &plain);
        // An HMAC does not see zeros behind a short key (RFC 2104).
        let bare = |key: &[u8]| key.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        if other[..bare(&other)] != password[..bare(&password)] {
            prop_assert_eq!(vault.open(&other).expect_err("another password"), VaultError::DoesNotFit);
        }
    }

    #[test]
    fn no_damage_gives_another_plain_text_or_a_panic(
        plain in bytes(100),
        salt in any::<[u8; SALT_BYTES]>(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let mut text = seal(&plain, b"pass", &salt, Header::V1_1).into_bytes();
        for (part, away, put) in changes {
            let at = (part * text.len() as f64) as usize;
            let away = if away < 50 { away % 3 } else { away };
            text.splice(at..(at + away).min(text.len()), put);
        }
        match Vault::parse(&text).and_then(|vault| vault.open(b"pass")) {
            Ok(opened) => prop_assert_eq!(&*opened, &plain),
            Err(error) => {
                let lines = text.iter().filter(|&&byte| byte == b'\n' || byte == b'\r').count() + 1;
                prop_assert!(!error.to_string().contains('\n'));
                prop_assert!(error.place().is_none_or(|(line, column)| (1..=lines).contains(&line) && column >= 1));
            }
        }
    }

    #[test]
    fn any_bytes_are_judged(start in prop::sample::select(vec!["", "$ANSIBLE_VAULT", "$ANSIBLE_VAULT;1.1;AES256\n",
        "$ANSIBLE_VAULT;1.2;AES256;", "\u{feff}$ANSIBLE_VAULT", "\r\n$ANSIBLE_VAULT", "$\0A\0N"]), rest in bytes(200)) {
        let text = [start.as_bytes(), &rest].concat();
        let parsed = Vault::parse(&text);
        match detect(&text) {
            Ok(encrypted) => prop_assert_eq!(encrypted, parsed != Err(VaultError::NotEncrypted)),
            Err(error) => prop_assert_eq!(Err(error), parsed),
        }
    }
}
