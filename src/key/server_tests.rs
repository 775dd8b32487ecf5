use super::super::test_keys::*;
use super::*;

fn lines(text: &str) -> Vec<String> {
    match given(text) {
        Given::Lines(lines) => lines.into_iter().map(|line| line.line).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_are_written_as_the_module_writes_them() {
    assert_eq!(lines("ssh-rsa  AAAA \t a  b "), ["ssh-rsa AAAA a b"]);
    assert_eq!(lines("ssh-rsa AAAA"), ["ssh-rsa AAAA"]);
    assert_eq!(lines("# c\n\nssh-rsa AAAA a\nssh-rsa BBBB b\n"), ["ssh-rsa AAAA a", "ssh-rsa BBBB b"]);
    // Seen with the real module.
    for (given, written) in [
        (r#"restrict,from="a,b" "#, r#"restrict,from="a,b" "#),
        (r#"command="x ssh-rsa y" "#, r#"command=,",x ssh-rsa y" "#),
        (r#"no-pty,command="x,restrict "#, r#"no-pty,command=,",x,restrict "#),
        (r#"command="echo it's",no-pty "#, r#"command="echo it's",no-pty "#),
        (",pty ", "pty "),
    ] {
        let tail = "ssh-ed25519 AAAA bob";
        assert_eq!(lines(&format!("{given}{tail}")), [format!("{written}{tail}")]);
    }
    assert_eq!(lines("foo bar ssh-rsa AAAA a"), ["foo bar ssh-rsa AAAA a"]);
    assert_eq!(lines(""), [""; 0]);
    assert_eq!(given("ssh-rsa"), Given::Refused { line: 1 });
    assert_eq!(given("ssh-rsa AAAA a\nAAAA"), Given::Refused { line: 2 });
    assert_eq!(given("ssh-foo AAAA"), Given::Refused { line: 1 });
    assert_eq!(given("https://github.com/alice.keys"), Given::Url);
}

#[test]
fn sshd_takes_what_is_weak_and_passes_over_what_is_broken() {
    for line in [ED25519, RSA_2048, RSA_1024, P256, P384, P521, SK_ED25519, SK_P256] {
        assert_eq!(login(line, 0), Login::Yes, "{line}");
    }
    let with = |options: &str| login(&format!("{options} {ED25519}"), 86_400);
    assert_eq!(with("restrict,pty"), Login::Yes);
    assert_eq!(with("expiry-time=\"19700102\""), Login::Yes);
    assert_eq!(with("expiry-time=\"19700101235959Z\""), Login::Expired);
    assert_eq!(with("pty,expiry-time=\"soon\""), Login::Ignored(KeyError::OptionValue { number: 2 }));
    assert_eq!(with("foo"), Login::Ignored(KeyError::UnknownOption { number: 1 }));
    assert_eq!(login(DSA, 0), Login::Ignored(KeyError::Dsa));
    assert!(matches!(login(CERT, 0), Login::Ignored(KeyError::Certificate { .. })));
    assert_eq!(login(&ED25519.replace("jZT", "j"), 0), Login::Ignored(KeyError::Cut));
    let other = ED25519.replace("ssh-ed25519 ", "ssh-rsa ");
    assert!(matches!(login(&other, 0), Login::Ignored(KeyError::AlgorithmMismatch { .. })));
    assert!(matches!(login("# ssh-rsa AAAA", 0), Login::Ignored(_)));
}
