//! What a key file may hold, and what it may not.

use super::super::test_keys::*;
use super::*;

fn public(text: &str) -> Vec<(usize, String)> {
    let keys = read_public_only(text.as_bytes()).unwrap();
    assert_eq!(read_source(text.as_bytes()), Ok(Source::Public(keys.clone())));
    keys.into_iter().map(|candidate| (candidate.line, candidate.key.to_line())).collect()
}

fn refused(bytes: &[u8]) -> KeyError {
    let error = read_source(bytes).unwrap_err();
    assert!(error.hint().is_some(), "{error:?}");
    error
}

#[test]
fn public_keys_come_with_their_lines() {
    assert_eq!(public(&format!("{ED25519}\n")), [(1, ED25519.to_owned())]);
    assert_eq!(public(&format!("\r\n# mine\r\n{ED25519}\r\n")), [(3, ED25519.to_owned())]);
    let both = [(1, ED25519.to_owned()), (3, RSA_3072.to_owned())];
    assert_eq!(public(&format!("{ED25519}\n\n{RSA_3072}")), both);
}

#[test]
fn a_private_key_gives_its_public_half_and_is_loud_in_a_pub() {
    let Ok(Source::Private(info)) = read_source(ED25519_PRIVATE.as_bytes()) else { panic!() };
    assert_eq!(info.key.with_comment(&info.comment.unwrap()).unwrap().to_line(), ED25519);
    let error = read_public_only(ED25519_PRIVATE.as_bytes()).unwrap_err();
    assert_eq!(error, KeyError::PrivateInPublic);
    assert!(error.to_string().contains("PRIVATE") && error.hint().unwrap().contains("new key pair"));
    let mixed = format!("{ED25519}\n-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n");
    assert_eq!(read_public_only(mixed.as_bytes()), Err(KeyError::PrivateInPublic));
    assert_eq!(refused(mixed.as_bytes()), KeyError::PrivateFormat { kind: super::super::PrivateKind::Pkcs1 });
}

#[test]
fn a_bad_line_of_several_is_named() {
    let at = |line: usize, error: KeyError| KeyError::AtLine { line, error: Box::new(error) };
    let text = format!("{ED25519}\n# c\n{DSA}\n");
    let error = refused(text.as_bytes());
    assert_eq!(error, at(3, KeyError::Dsa));
    assert_eq!(error.to_string(), "line 3: this is a DSA key, which OpenSSH no longer accepts");
    assert_eq!(refused(DSA.as_bytes()), KeyError::Dsa);
    let (head, tail) = ED25519.split_at(50);
    assert_eq!(refused(format!("{RSA_3072}\n{head}\n{tail}").as_bytes()), at(2, KeyError::Wrapped));
    assert_eq!(refused(format!("{head}\n{RSA_3072}").as_bytes()), at(1, KeyError::Cut));
}

#[test]
fn what_is_no_text_of_keys_is_named() {
    assert_eq!(refused(b""), KeyError::Empty);
    assert_eq!(refused(b" \n# comment\n"), KeyError::Empty);
    assert_eq!(refused(b"\xff\xfes\0s\0h\0"), KeyError::Utf16);
    assert_eq!(refused(b"ssh-ed25519\0"), KeyError::Binary);
    assert_eq!(refused(b"ssh-ed25519 AAAA Zo\xeb"), KeyError::NotUtf8 { at: 20 });
    assert_eq!(refused(b"<html>"), KeyError::Html);
    assert_eq!(refused(b"https://github.com/a.keys\n"), KeyError::Url);
    assert_eq!(refused(b"---- BEGIN SSH2 PUBLIC KEY ----\n"), KeyError::Rfc4716);
    assert_eq!(refused(b"-----BEGIN CERTIFICATE-----\n"), KeyError::PemOther { label: "CERTIFICATE".into() });
    assert_eq!(refused(b"\xef\xbb\xbfssh-rsa AAAA"), KeyError::Cut);
    assert_eq!(refused(b"\xef\xbb\xbf\xef\xbb\xbfssh-rsa AAAA"), KeyError::Hidden { code: 0xfeff, at: 1 });
    assert_eq!(refused(b"Not Found"), KeyError::NoAlgorithm);
}

#[test]
fn the_byte_order_mark_of_an_editor_is_passed_over() {
    let text = format!("\u{feff}{ED25519}\r\n");
    assert_eq!(public(&text), [(1, ED25519.to_owned())]);
    assert_eq!(read_public_only(text.as_bytes()).unwrap()[0].key.to_line(), ED25519);
}

#[test]
fn keys_are_read_without_their_comments() {
    let bare = ED25519.rsplit_once(' ').unwrap().0;
    let read = |text: &[u8]| read_without_comments(text).map(|keys| keys[0].key.to_line());
    for comment in [&b"J\xfcrgen@b\xfcro"[..], b"{{ x }}", b"a\tb", "\u{200b}".as_bytes(), b"", b"fine"] {
        assert_eq!(read(&[bare.as_bytes(), b" ", comment, b"\r\n"].concat()), Ok(bare.to_owned()), "{comment:?}");
    }
    let with = |options: &[u8]| read(&[options, b" ", bare.as_bytes(), b" \xfc"].concat());
    assert_eq!(with(b"from=\"10.0.0.1\""), Ok(format!("from=\"10.0.0.1\" {bare}")));
    assert_eq!(with(b"command=\"\xfc\""), Err(KeyError::NotUtf8 { at: 10 }));
    assert_eq!(with(b"command=\"{{ x }}\""), Err(KeyError::Jinja { marker: "{{" }));
    assert_eq!(read(format!("{ED25519}{RSA_3072}").as_bytes()), Err(KeyError::GluedKeys));
    assert_eq!(read(format!("{ED25519}\0").as_bytes()), Err(KeyError::Binary));
    assert_eq!(read(ED25519_PRIVATE.as_bytes()), Err(KeyError::PrivateKeyText));
    assert_eq!(read(b"# \xfc\n"), Err(KeyError::Empty));
}
