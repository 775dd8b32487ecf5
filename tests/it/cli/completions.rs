//! Completions, typed in the shells themselves, `<TAB>` and all.
//!
//! The `spin-keys` of these shells prints its arguments, once Enter is pressed: so what was completed is what a shell reads.

use super::vault::encrypted;
use crate::pty::Terminal;
use crate::session::{BINARY, Session, key, needs};
use std::process::Stdio;

/// Three people, of whose keys the comments are `alice@laptop`, one with spaces and quotes, and one that a shell would read.
fn team() -> String {
    let keys = [("alice", "alice@laptop"), ("bob", "bob's work key"), ("carol", "$(touch pwned) `*` \u{e4}")];
    let mut text = "users:\n".to_owned();
    for (name, comment) in keys {
        let words = key(name);
        let material = words.rsplit_once(' ').unwrap().0;
        text += &format!(
            "  - username: {name}\n    groups: ['sudo', 'docker']\n    authorized_keys:\n      - public_key: \"{material} {comment}\"\n"
        );
    }
    text
}

/// What a terminal obeys, in each place of which something is offered.
fn hostile() -> String {
    let key = key("alice");
    let material = key.rsplit_once(' ').unwrap().0;
    format!(
        "users:\n  - username: \"evil\\e]0;x\\a\"\n    groups: [\"ev\\nil\"]\n    authorized_keys:\n      - public_key: \"{material} evil\\e[2J\"\n  \
         - username: \"-rf\"\n    groups: [sudo]\n"
    )
}

fn fingerprint(session: &Session, name: &str) -> String {
    let path = session.write(&format!("home/{name}.pub"), key(name));
    let listed = session.keygen(&["-l", "-f", path.to_str().unwrap()]);
    listed.split(' ').nth(1).unwrap().to_owned()
}

/// A project with a `spin-keys` in PATH that answers a shell, and else prints what it was given.
fn session() -> Session {
    let session = Session::new(team());
    let script = format!(
        "#!/bin/sh\n[ -n \"$COMPLETE\" ] && exec '{}' \"$@\"\n[ \"$1\" = completions ] && exec '{0}' \"$@\"\n\
         printf '%s' '=>'; printf '<%s>' \"$@\"; echo\n",
        *BINARY
    );
    session.executable("bin/spin-keys", script);
    session.write("project/my keys/a b.pub", key("alice"));
    session.write("project/two.yml", team().replace("alice", "zoe"));
    session.write("project/vault.yml", encrypted(team()));
    session.write("project/hostile.yml", hostile());
    session.write("home/.ssh/id_ed25519.pub", key("alice"));
    let path = format!("{}:{}", session.path("bin").display(), std::env::var("PATH").unwrap());
    session.env("PATH", &path).env("LC_ALL", "C.UTF-8")
}

/// What is typed, and the arguments that it comes to; `FP` is the fingerprint of alice's key without its `SHA256:`.
const CASES: [(&str, &str); 30] = [
    ("revo\t", "<revoke>"),
    ("revoke al\t", "<revoke><alice>"),
    ("rotate bo\t", "<rotate><bob>"),
    ("add-user ca\t", "<add-user><carol>"),
    ("list --for al\t", "<list><--for><alice>"),
    ("list --for=al\t", "<list><--for=alice>"),
    ("list --for dep\t", "<list><--for><deploy>"),
    ("revoke SHA256:FP\t", "<revoke><SHA256:FP>"),
    ("rotate bob --old SHA256:FP\t", "<rotate><bob><--old><SHA256:FP>"),
    ("revoke --deploy=SHA256:FP\t", "<revoke><--deploy=SHA256:FP>"),
    ("revoke alice@\t", "<revoke><alice@laptop>"),
    ("revoke bob\\'\t", "<revoke><bob's work key>"),
    ("revoke \"bob'\t", "<revoke><bob's work key>"),
    ("revoke \\$\\(\t", "<revoke><$(touch pwned) `*` \u{e4}>"),
    ("revoke '$(to\t", "<revoke><$(touch pwned) `*` \u{e4}>"),
    ("add-user x --groups su\t", "<add-user><x><--groups><sudo>"),
    ("add-user x --groups sudo,\t", "<add-user><x><--groups><sudo,docker>"),
    ("add-user x --groups=docker,\t", "<add-user><x><--groups=docker,sudo>"),
    ("explain SK50\t6\t", "<explain><SK506>"),
    ("check --ignore SK506,SK41\t8\t", "<check><--ignore><SK506,SK418>"),
    ("check --fail-on w\t", "<check><--fail-on><warning>"),
    ("review --fail-on lost,dep\t", "<review><--fail-on><lost,deploy>"),
    ("check --no-such-\t", "<check><--no-such->"),
    ("add-user x --key my\ta\t", "<add-user><x><--key><my keys/a b.pub>"),
    ("add-user x --key ~/.ss\tid\t", "<add-user><x><--key><HOME/.ssh/id_ed25519.pub>"),
    ("revoke ./tw\t", "<revoke><./two.yml>"),
    ("revoke -f two.yml z\t", "<revoke><-f><two.yml><zoe>"),
    ("revoke --file=two.yml z\t", "<revoke><--file=two.yml><zoe>"),
    // Nobody is asked for the password: Enter would answer.
    ("revoke -f vault.yml al\t", "<revoke><-f><vault.yml><al>"),
    ("revoke -f hostile.yml ev\t", "<revoke><-f><hostile.yml><ev>"),
];

/// Types each case, and holds what the program gets against what is expected.
fn typed(session: &Session, shell: &str, terminal: &mut Terminal, cases: &[(&str, &str)]) {
    let whole = fingerprint(session, "alice");
    let begun = &whole[..12];
    let home = session.path("home").display().to_string();
    for (line, expected) in cases {
        let line = line.replace("SHA256:FP", begun);
        let expected = expected.replace("SHA256:FP", &whole).replace("HOME", &home);
        terminal.type_in(&format!("spin-keys {line}\r")).wait_for("=>").wait_for("\r\n");
        let shown = terminal.screen();
        let got = shown.trim_end().rsplit("=>").next().unwrap();
        assert_eq!(got, expected, "{shell}: {line:?}:\n{shown}");
    }
    assert!(!session.exists("project/pwned"), "{shell}");
}

#[test]
fn bash_completes_what_is_typed() {
    if !needs("bash") {
        return;
    }
    let session = session();
    let mut terminal = session.program_on_terminal("bash", &["--norc", "--noprofile", "-i"], "");
    terminal.type_in("source <(spin-keys completions bash); echo rea''dy\r").wait_for("ready\r\n");
    typed(&session, "bash", &mut terminal, &CASES);
    // What the shell itself has to read, it completes.
    let own = [
        ("add-user x --key $HOME/.ss\tid\t", "<add-user><x><--key><HOME/.ssh/id_ed25519.pub>"),
        // A list of what fits, at the second one.
        ("explain SK50\t\t6", "<explain><SK506>"),
    ];
    typed(&session, "bash", &mut terminal, &own);
    terminal.type_in("exit\r");
    terminal.end();
}

#[test]
fn zsh_completes_what_is_typed() {
    if !needs("zsh") {
        return;
    }
    let session = session();
    let run = session.tool("spin-keys").args(["completions", "zsh"]).output().unwrap();
    session.write("home/functions/_spin-keys", run.stdout);
    session.write("home/.zshrc", "fpath=(~/functions $fpath)\nautoload -U compinit\ncompinit -u -D\necho rea''dy\n");
    let mut terminal = session.program_on_terminal("zsh", &["-i"], "");
    terminal.wait_for("ready\r\n");
    typed(&session, "zsh", &mut terminal, &CASES);
    terminal.type_in("exit\r");
    terminal.end();
}

#[test]
fn fish_completes_what_is_typed() {
    if !needs("fish") {
        return;
    }
    let session = session();
    let run = session.tool("spin-keys").args(["completions", "fish"]).output().unwrap();
    session.write("home/.config/fish/completions/spin-keys.fish", run.stdout);
    session.write("home/.config/fish/config.fish", "set fish_greeting\necho rea''dy\n");
    // Without this folder fish first reads all manual pages of the machine, beside what is typed.
    session.write("home/.local/share/fish/generated_completions/none.fish", "");
    let mut terminal = session.program_on_terminal("fish", &["-i"], "");
    terminal.wait_for("ready\r\n");
    typed(&session, "fish", &mut terminal, &CASES);
    terminal.type_in("exit\r");
    terminal.end();
}

/// What a shell asks, without one.
fn asked(session: &Session, shell: &str, words: &[&str]) -> String {
    let mut command = session.command(&[&["--"], words].concat());
    let ran = crate::session::Ran::of(command.env("COMPLETE", shell).output().unwrap());
    let ran = ran.expect(0, &[]);
    assert_eq!(ran.err, "", "{shell} {words:?}");
    ran.out
}

#[test]
fn nothing_that_steers_a_terminal_is_offered() {
    let session = Session::new(hostile());
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        for words in [&["spin-keys", "revoke", ""][..], &["spin-keys", "add-user", "x", "--groups", ""]] {
            let words = if shell == "bash" {
                vec![words.join(" "), String::new()]
            } else {
                words.iter().map(|word| (*word).to_owned()).collect()
            };
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let offered = asked(&session, shell, &words);
            // Descriptions have them escaped.
            let values: Vec<&str> = offered.lines().filter_map(|line| line.split(['\t', ':']).next()).collect();
            assert!(!values.iter().any(|value| value.contains("ev") || value.contains("-rf")), "{shell}: {offered:?}");
            assert!(!offered.contains(|c: char| c.is_control() && !"\n\t".contains(c)), "{shell}: {offered:?}");
        }
    }
}

#[test]
fn a_file_that_says_nothing_offers_nothing() {
    for text in [
        encrypted(team()).into_bytes(),
        b"users: [".to_vec(),
        vec![0xff; 100],
        team().repeat(1 + (1 << 20) / team().len()).into_bytes(),
    ] {
        let session = Session::new(text);
        assert_eq!(asked(&session, "zsh", &["spin-keys", "revoke", "a"]), "");
    }
    let session = Session::empty();
    assert_eq!(asked(&session, "zsh", &["spin-keys", "revoke", "a"]), "");
    rustix::fs::mkfifoat(rustix::fs::CWD, session.path("project/.spin.yml"), rustix::fs::Mode::RWXU).unwrap();
    assert_eq!(asked(&session, "zsh", &["spin-keys", "revoke", "a"]), "");
}

/// Whatever comes as a question: an answer, or none, but no error.
#[test]
fn odd_questions_are_no_errors() {
    let session = Session::new(team());
    for shell in ["bash", "zsh", "fish", "elvish", "powershell", "/bin/zsh"] {
        for words in [
            &[][..],
            &[""],
            &["spin-keys"],
            &["spin-keys", "--", "--", "-"],
            &["a", "b", "c", "d"],
            &["'", "\\"],
            &["spin-keys revoke '", "x"],
        ] {
            asked(&session, shell, words);
        }
    }
    // The variable of another program, or a run of this one.
    for (value, args) in
        [("1", &["explain", "SK506"][..]), ("", &["explain", "SK506"]), ("bash", &["explain", "SK506"])]
    {
        let mut command = session.command(args);
        let ran = crate::session::Ran::of(command.env("COMPLETE", value).output().unwrap());
        assert!(ran.expect(0, &[]).out.contains("SK506"), "{value}");
    }
}

#[test]
fn each_shell_reads_its_script() {
    let session = Session::new("");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = session.run(&["completions", shell]).expect(0, &[]).out;
        assert!(script.contains("COMPLETE") && script.contains("spin-keys"), "{shell}");
        let same = crate::session::Ran::of(session.command(&[]).env("COMPLETE", shell).output().unwrap());
        assert_eq!(same.expect(0, &[]).out, script);
        let check = match shell {
            "bash" | "zsh" => "-n",
            "fish" => "--no-execute",
            _ => continue,
        };
        let path = session.write("script", &script);
        match session.tool(shell).arg(check).arg(path).stderr(Stdio::piped()).output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
            Err(_) => crate::session::skipped(&format!("there is no {shell} to read its completions")),
        }
    }
}
