use super::*;

fn lines(text: &str) -> Vec<String> {
    match ansible_writes(text) {
        ModuleResult::Lines(lines) => lines.into_iter().map(|line| line.line.to_string()).collect(),
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
    assert_eq!(ansible_writes("ssh-rsa"), ModuleResult::Refused { line: 1 });
    assert_eq!(ansible_writes("ssh-rsa AAAA a\nAAAA"), ModuleResult::Refused { line: 2 });
    assert_eq!(ansible_writes("ssh-foo AAAA"), ModuleResult::Refused { line: 1 });
    assert_eq!(ansible_writes("ssh-rsa AAAA a\nssh-rsa BBBB \0b"), ModuleResult::Refused { line: 2 });
    assert_eq!(lines("rsa-sha2-512 AAAA a"), ["rsa-sha2-512 AAAA a"]);
    assert_eq!(ansible_writes("https://github.com/alice.keys"), ModuleResult::Url);
    assert_eq!(ansible_writes("file:///root/.ssh/authorized_keys"), ModuleResult::File);
    for upper in ["HTTPS://github.com/alice.keys", "FILE:///root/.ssh/authorized_keys", " file:///x"] {
        assert_eq!(ansible_writes(upper), ModuleResult::Refused { line: 1 });
    }
}
