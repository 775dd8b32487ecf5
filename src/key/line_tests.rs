//! Every refusal and every acceptance of a whole line.

use proptest::prelude::*;

use super::super::test_keys::*;
use super::*;

const ALL: [&str; 8] = [ED25519, RSA_2048, RSA_3072, P256, P384, P521, SK_ED25519, SK_P256];

fn refused(line: &str) -> KeyError {
    let error = KeyLine::parse(line).expect_err(line);
    assert!(error.hint().is_some(), "no hint for {error:?}");
    let message = error.to_string();
    assert!(!message.ends_with('.') && !message.contains(['\n', '\u{1b}']), "{message}");
    error
}

#[test]
fn every_kind_is_taken_and_comes_out_as_it_went_in() {
    let kinds = ["ed25519", "rsa 2048", "rsa 3072", "ecdsa 256", "ecdsa 384", "ecdsa 521", "ed25519-sk", "ecdsa-sk"];
    for (line, kind) in ALL.into_iter().zip(kinds) {
        let key = KeyLine::parse(line).unwrap();
        assert_eq!(key.to_line(), line);
        assert_eq!(key.kind(), kind);
        assert_eq!(KeyLine::from_blob(key.material()).unwrap().material(), key.material());
    }
}

#[test]
fn fields_are_given_back() {
    let key = KeyLine::parse(&format!("no-pty,from=\"a b\"\t {ED25519} at\u{20}\u{20}home \r\n")).unwrap();
    assert_eq!(key.options(), Some("no-pty,from=\"a b\""));
    assert_eq!(key.comment(), "alice@laptop at  home");
    assert_eq!(key.to_line(), format!("no-pty,from=\"a b\" {ED25519} at  home"));
    assert_eq!(key.fingerprint(), "SHA256:pLsGyADyxYn2B4LZFB/1d8BiLYNqRNGRiCiu163AZUU");
    assert_eq!(key.material().len(), 51);
    let bare = KeyLine::parse(&format!(" ssh-ed25519\t{}\t", base64(ED25519))).unwrap();
    assert_eq!((bare.comment(), bare.options()), ("", None));
    assert_eq!(bare.to_line(), format!("ssh-ed25519 {}", base64(ED25519)));
}

#[test]
fn a_line_end_is_tolerated_once() {
    for end in ["", "\n", "\r\n", "\r"] {
        assert!(KeyLine::parse(&format!("{ED25519}{end}")).is_ok(), "{end:?}");
    }
    assert_eq!(refused(&format!("{ED25519}\n\n")), KeyError::Hidden { code: 10, at: ED25519.len() + 1 });
    assert_eq!(refused(&format!("{ED25519}\r\r")), KeyError::Hidden { code: 13, at: ED25519.len() + 1 });
    assert_eq!(refused(&format!("{ED25519}\n{RSA_3072}")), KeyError::SeveralKeys { count: 2 });
    assert_eq!(refused("# only\n\n# comments"), KeyError::Empty);
    assert_eq!(refused(&format!("# mine\n{ED25519}")), KeyError::Hidden { code: 10, at: 7 });
}

#[test]
fn placeholders_are_refused_by_name() {
    for (key, name) in [
        ("AAAAC3NzaC1lmyfakeublickeyMVIzwQXBzxxD9b8Erd1FKVvu", "myfakepublickey"),
        ("AAAAC3NzaC1anotherfakekeyIMVIzwQXBzxxD9b8Erd1FKVvu", "anotherfakekey"),
        ("AAAAC3NzaC1lZDI1NTE5AAAAIKNJGtd7a4DBHsQi7HGrC5xz0eAEFHZ3Ogh3FEFI2345", "fake@key"),
        ("AAAAC3NzaC1lZDI1NTE5AAAAIFRfXxUZ8q9vHRcQZ6tLb0KwGHu8xjQHfYopZKLmnopQ", "anotherfake@key"),
    ] {
        assert_eq!(refused(&format!("ssh-ed25519 {key} alice")), KeyError::Placeholder { name });
        assert_eq!(refused(&format!("no-pty ssh-ed25519 {key}")), KeyError::Placeholder { name });
        assert_eq!(refused(&format!("{ED25519} {key}")), KeyError::Placeholder { name });
    }
}

#[test]
fn refused_algorithms_are_refused_before_their_data_is_looked_at() {
    assert_eq!(refused(DSA), KeyError::Dsa);
    let name = "ecdsa-sha2-nistp256-cert-v01@openssh.com".to_owned();
    assert_eq!(refused(CERT), KeyError::Certificate { name });
    assert_eq!(refused(RSA_1024), KeyError::RsaTooShort { bits: 1024 });
    let error = refused(&format!("ssh-ed448 {}", base64(ED25519)));
    assert_eq!(error, KeyError::UnknownAlgorithm { name: "ssh-ed448".into() });
    let mismatch = refused(&format!("ssh-rsa {}", base64(ED25519)));
    assert_eq!(mismatch, KeyError::AlgorithmMismatch { word: "ssh-rsa", inner: "ssh-ed25519".into() });
    assert_eq!(refused(base64(ED25519)), KeyError::NoAlgorithm);
    assert_eq!(refused("ssh-ed25519"), KeyError::NoKeyData { algorithm: "ssh-ed25519".into() });
}

#[test]
fn every_cut_of_a_key_is_refused() {
    for line in ALL {
        let whole = line.rsplit_once(' ').unwrap().0;
        for length in line.find(' ').unwrap() + 2..whole.len() {
            let error = refused(&whole[..length]);
            let full = whole.trim_end_matches('=').len() <= length;
            assert!(error == KeyError::Cut || full, "{length} {error:?}");
        }
        assert_eq!(refused(&format!("{whole}=")), KeyError::Cut, "{line}");
        assert_eq!(refused(&whole[..whole.len() - 8]), KeyError::Cut, "{line}");
    }
    assert_eq!(refused(&format!("ssh-ed25519 {}AAAA", base64(ED25519))), KeyError::Trailing { bytes: 3 });
    // The last character carries bits that belong to no byte: sshd's b64_pton refuses them, too.
    let dirty = RSA_2048.replace("1btt ", "1bt= ");
    assert_eq!(refused(&dirty), KeyError::Cut);
}

#[test]
fn what_is_not_base64_is_named_with_its_place() {
    let error = refused("ssh-ed25519 AAAA…BBBB c");
    assert_eq!(error, KeyError::NotBase64 { shown: "…".into(), at: 17, is_unfilled: true });
    let odd = |shown: &str, at| KeyError::NotBase64 { shown: shown.into(), at, is_unfilled: false };
    assert_eq!(refused("no-pty  ssh-rsa  AAAA\\n"), odd("\\\\", 22));
    assert_eq!(refused("ssh-rsa AA=A"), odd("=", 11));
    assert_eq!(refused("ssh-rsa ===="), KeyError::Cut);
}

#[test]
fn a_key_broken_over_lines_is_seen() {
    let (head, tail) = ED25519.split_at(50);
    assert_eq!(refused(&format!("{head}\n{tail}")), KeyError::Wrapped);
    assert_eq!(refused(&format!("{head}\r\n{tail}\r\n")), KeyError::Wrapped);
    assert_eq!(refused(&format!("{head} {tail}")), KeyError::Wrapped);
    assert_eq!(refused(&ED25519.replacen(' ', "\n", 1)), KeyError::Wrapped);
    let rsa = base64(RSA_3072).as_bytes().chunks(64).map(|part| str::from_utf8(part).unwrap());
    let folded: Vec<&str> = rsa.collect();
    assert_eq!(refused(&format!("ssh-rsa {} alice", folded.join(" "))), KeyError::Wrapped);
    assert_eq!(refused(&format!("ssh-rsa {}", folded.join("\n"))), KeyError::Wrapped);
    assert_eq!(refused(&format!("{head} laptop")), KeyError::Cut);
}

#[test]
fn two_keys_on_a_line_are_seen() {
    let bare = ED25519.rsplit_once(' ').unwrap().0;
    for second in [ED25519, RSA_3072, P256, SK_ED25519, SK_P256, DSA, CERT] {
        for between in [" ", ",", "", "x", "é"] {
            assert_eq!(refused(&format!("{ED25519}{between}{second}")), KeyError::GluedKeys, "{between:?}");
        }
        assert_eq!(refused(&format!("{bare}{second}")), KeyError::GluedKeys, "{second}");
        for between in [" laptop ", " ssh-ed25519=", " ,", " \"", " : ", " SSH-ED25519 "] {
            let line = format!("{bare}{between}{}", base64(second));
            assert_eq!(refused(&line), KeyError::GluedKeys, "{between:?}");
        }
    }
    assert!(KeyLine::parse(&format!("{ED25519} my ssh-rsa key")).is_ok());
}

/// sshd takes these lines: they are the same key as the one that ssh-keygen writes.
#[test]
fn other_spellings_of_a_key_come_out_as_ssh_keygen_writes_it() {
    let key = KeyLine::parse(RSA_3072).unwrap();
    let blob = key.material();
    let (name, numbers) = blob.split_at(11);
    let (exponent, modulus) = numbers.split_at(7);
    let zeros = [name, &string(b"\0\0\x01\0\x01"), &string(&[&[0; 9], &modulus[4..]].concat())].concat();
    let inside = [&string(b"Rsa"), exponent, modulus].concat();
    for (word, blob) in [("rsa-sha2-256", blob), ("rsa-sha2-512", &inside), ("ssh-rsa", &zeros), ("ssh-rsa", &inside)] {
        let line = format!("{word} {} r3", Base64::encode_string(blob));
        assert_eq!(KeyLine::parse(&line).unwrap().to_line(), RSA_3072, "{line}");
        assert_eq!(materials(&line), [key.material()], "{line}");
        assert!(is_in_use(&line, key.material()), "{line}");
    }
    let point = &KeyLine::parse(ED25519).unwrap().material()[15..].to_vec();
    for name in ["ED25519", "ed25519"] {
        let line = format!(
            "ssh-ed25519 {} alice@laptop",
            Base64::encode_string(&[&string(name.as_bytes()), &point[..]].concat())
        );
        assert_eq!(KeyLine::parse(&line).unwrap().to_line(), ED25519);
    }
    let word = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
    assert_eq!(KeyLine::parse(&format!("{word} {} key", base64(SK_P256))).unwrap().to_line(), SK_P256);
    assert_eq!(
        refused(&format!("rsa-sha2-512 {}", base64(ED25519))).to_string(),
        "the line says ssh-rsa, but its key data is of ssh-ed25519"
    );
}

#[test]
fn hidden_characters_and_templates_are_refused_anywhere() {
    for (line, code, at) in [
        (format!("\u{feff}{ED25519}"), 0xfeff, 1),
        (format!("{ED25519} a\u{200b}"), 0x200b, ED25519.len() + 3),
        (ED25519.replacen(' ', "\u{a0}", 1), 0xa0, 12),
        (format!("{ED25519} a\tb"), 9, ED25519.len() + 3),
        (format!("command=\"é\tb\" {ED25519}"), 9, 11),
        (format!("{ED25519} \u{1b}[2J"), 0x1b, ED25519.len() + 2),
    ] {
        assert_eq!(refused(&line), KeyError::Hidden { code, at }, "{line:?}");
    }
    assert_eq!(
        refused("ssh-rsa AAAA x\u{ad}y").to_string(),
        "the line holds an invisible or control character, U+00AD, as character 15"
    );
    for (marker, text) in [("{{", "{{ 7*7 }}"), ("{%", "{% x"), ("{#", "a{#")] {
        assert_eq!(refused(&format!("{ED25519} {text}")), KeyError::Jinja { marker });
        assert_eq!(refused(&format!("command=\"{text}\" {ED25519}")), KeyError::Jinja { marker });
    }
    assert!(KeyLine::parse(&format!("{ED25519} {{ 1 }} }}}}}} 日本")).is_ok());
}

#[test]
fn text_that_is_something_else_is_refused() {
    assert_eq!(refused(""), KeyError::Empty);
    assert_eq!(refused(ED25519_PRIVATE), KeyError::PrivateKeyText);
    assert_eq!(refused(&ED25519_PRIVATE.replace('\n', " ")), KeyError::PrivateKeyText);
    assert_eq!(refused(ED25519_PRIVATE.lines().nth(1).unwrap()), KeyError::PrivateKeyText);
    assert_eq!(refused("https://github.com/alice.keys"), KeyError::Url);
    assert_eq!(refused("<html>"), KeyError::Html);
    assert_eq!(refused("---- BEGIN SSH2 PUBLIC KEY ----\nAAAA"), KeyError::Rfc4716);
    assert_eq!(refused("-----BEGIN PUBLIC KEY-----"), KeyError::PemPublicKey);
    assert_eq!(refused("-----BEGIN CERTIFICATE-----"), KeyError::PemOther { label: "CERTIFICATE".into() });
    let long = format!("{ED25519} {}", "x".repeat(MAX_LINE_BYTES));
    assert_eq!(refused(&long), KeyError::TooLong { bytes: long.len() });
}

#[test]
fn options_are_refused_where_sshd_would_skip_the_line() {
    assert_eq!(refused(&format!("command=\"x {ED25519}")), KeyError::UnterminatedQuote);
    assert!(KeyLine::parse(&format!("pty,,restrict {ED25519}")).is_ok(), "sshd takes empty options");
    assert_eq!(refused(&format!("principals=\"a\" {ED25519}")), KeyError::LonePrincipals { number: 1 });
    assert_eq!(refused(&format!("no-x {ED25519}")), KeyError::UnknownOption { number: 1 });
    assert_eq!(refused(&format!("from=x {ED25519}")), KeyError::OptionValue { number: 1 });
}

#[test]
fn comments_are_judged_as_in_a_line() {
    let key = KeyLine::parse(ED25519).unwrap();
    let with = |comment: &str| key.clone().with_comment(comment);
    assert_eq!(with(" bob@work\t").unwrap().to_line(), format!("ssh-ed25519 {} bob@work", base64(ED25519)));
    assert_eq!(with("").unwrap().to_line(), format!("ssh-ed25519 {}", base64(ED25519)));
    assert_eq!(with("a\nb"), Err(KeyError::Hidden { code: 10, at: 2 }));
    assert_eq!(with("a\tb"), Err(KeyError::Hidden { code: 9, at: 2 }));
    assert_eq!(with("{{ x }}"), Err(KeyError::Jinja { marker: "{{" }));
    assert_eq!(with(RSA_3072), Err(KeyError::GluedKeys));
    assert_eq!(with(&"x".repeat(MAX_LINE_BYTES)), Err(KeyError::TooLong { bytes: MAX_LINE_BYTES + 81 }));
    assert_eq!(with("-----BEGIN PRIVATE KEY-----"), Err(KeyError::PrivateKeyText));
}

#[test]
fn key_lines_are_the_ones_sshd_looks_at() {
    let text = "# a\r\n\r\n  # b\r\n one\r\n\t\ntwo";
    assert_eq!(key_lines(text).collect::<Vec<_>>(), [(4, " one"), (6, "two")]);
}

#[test]
fn materials_are_lenient() {
    let unknown = format!("ssh-new {}", base64ct::Base64::encode_string(&string(b"ssh-new")));
    let text = format!(
        "# {ED25519}\n{ED25519} other comment\r\nfrom=\"a b\",odd {RSA_1024}\n\n{DSA}\n{CERT}\n{unknown}\n\
         ssh-rsa {} mismatch\nnonsense\nssh-rsa AAA\nfoo AAAA\ncommand=\"x {P256}\n  ssh-ed25519\t{}\r",
        base64(P256),
        base64(ED25519)
    );
    let expected =
        [ED25519, RSA_1024, DSA, CERT, &unknown, P256, ED25519].map(|l| Base64::decode_vec(base64(l)).unwrap());
    assert_eq!(materials(&text), expected);
    assert!(materials("").is_empty());
}

proptest! {
    #[test]
    fn mutated_lines_never_panic_and_stay_canonical(
        which in 0..ALL.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0..3), 1..6),
    ) {
        let mut line: Vec<char> = ALL[which].chars().collect();
        for (at, c, edit) in edits {
            let at = at.index(line.len());
            match edit {
                0 => line[at] = c,
                1 => line.insert(at, char::from(u8::try_from(u32::from(c) % 128).unwrap())),
                _ => { line.remove(at); }
            }
        }
        let line: String = line.into_iter().collect();
        let _ = materials(&line);
        if let Ok(key) = KeyLine::parse(&line) {
            prop_assert_eq!(KeyLine::parse(&key.to_line()).unwrap(), key.clone());
            // The strict reading and the lenient one, and another decoder, agree on what the key is.
            prop_assert_eq!(materials(&key.to_line()), [key.material().to_vec()]);
            match ssh_key::PublicKey::from_bytes(key.material()) {
                Ok(other) => prop_assert_eq!(other.to_bytes().unwrap(), key.material()),
                // sshd takes any bytes as the application of a security key, the other decoder only UTF-8.
                Err(error) => prop_assert!(key.kind().ends_with("-sk"), "{}: {}", error, line),
            }
        }
    }

    #[test]
    fn any_text_is_judged_without_panic(text in any::<String>()) {
        let _ = (KeyLine::parse(&text), materials(&text));
        let _ = KeyLine::parse(&format!("{text} {ED25519}"));
        let _ = KeyLine::parse(&format!("ssh-ed25519 {text}"));
    }
}

#[test]
fn a_key_is_in_use_under_its_own_word_only() {
    let material = KeyLine::parse(ED25519).unwrap().material().to_vec();
    let with_options = format!("# old\nrestrict {ED25519}");
    let other_word = ED25519.replacen("ssh-ed25519", "ssh-rsa", 1);
    let found = |text: &str| (is_in_use(text, &material), materials(text).contains(&material));
    assert_eq!([found(ED25519), found(&with_options), found(&other_word)], [(true, true), (true, true), (false, true)]);
    assert_eq!(found(&format!("# {ED25519}")), (false, false));
}
