use super::super::test_keys::*;
use super::*;

#[test]
fn sshd_takes_what_is_weak_and_ignores_what_is_broken() {
    for line in [ED25519, RSA_2048, RSA_1024, P256, P384, P521, SK_ED25519, SK_P256] {
        assert_eq!(login(line, 0), Login::Yes, "{line}");
    }
    let with = |options: &str| login(&format!("{options} {ED25519}"), 86_400);
    assert_eq!(with("restrict,pty"), Login::Yes);
    assert_eq!(with("expiry-time=\"19700102\""), Login::Yes);
    assert_eq!(with("expiry-time=\"19700101235959Z\""), Login::Expired);
    assert_eq!(with("pty,expiry-time=\"soon\""), Login::Ignored(KeyError::OptionValue { number: 2 }));
    assert_eq!(with(",restrict,,pty,"), Login::Yes);
    assert_eq!(with("principals=\"bob\""), Login::Ignored(KeyError::LonePrincipals { number: 1 }));
    assert_eq!(with("cert-authority,principals=\"bob\""), Login::Signs);
    assert_eq!(with("from=\"10.0.0.1/8\""), Login::Ignored(KeyError::FromNothing { number: 1 }));
    assert_eq!(with("no-foo"), Login::Ignored(KeyError::UnknownOption { number: 1 }));
    assert_eq!(login(DSA, 0), Login::Ignored(KeyError::Dsa));
    assert!(matches!(login(CERT, 0), Login::Ignored(KeyError::Certificate { .. })));
    assert_eq!(login(&ED25519.replace("jZT", "j"), 0), Login::Ignored(KeyError::Cut));
    let other = ED25519.replace("ssh-ed25519 ", "ssh-rsa ");
    assert!(matches!(login(&other, 0), Login::Ignored(KeyError::AlgorithmMismatch { .. })));
    assert!(matches!(login("# ssh-rsa AAAA", 0), Login::Ignored(_)));
    for word in ["rsa-sha2-256", "rsa-sha2-512"] {
        assert_eq!(login(&RSA_2048.replace("ssh-rsa", word), 0), Login::Yes, "{word}");
    }
    assert_eq!(login(&format!("{ED25519}\0 what follows a NUL is not read"), 0), Login::Yes);
    assert_eq!(login(&format!("\0{ED25519}"), 0), Login::Ignored(KeyError::NoAlgorithm));
    let (before, after) = RSA_2048.split_at(60);
    for line in [format!("{before}\r{after}"), RSA_2048.replace(" r2", "\r"), RSA_2048.replace(" r2", "\x0b\x0c r2")] {
        assert_eq!(login(&line, 0), Login::Yes, "{line:?}");
    }
    assert_eq!(login(&format!("{ED25519}{RSA_2048}"), 0), Login::Yes, "the second key is a comment");
}
