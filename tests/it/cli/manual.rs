//! `man`: the pages of the manual, read by the programs that set them.

use crate::session::{Session, skipped};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn there_is_a_page_for_each_command() {
    let session = Session::empty();
    let ran = session.run(&["man", "a/man1"]).expect(0, &["wrote 14 manual pages to a/man1"]);
    let root = session.path("project/a").canonicalize().unwrap().display().to_string();
    assert!(ran.err.contains(&format!("export MANPATH={root}:\n")), "{}", ran.err);
    let said = |session: &Session, folder: &str| session.run(&["man", folder]).expect(0, &[]).err;
    assert!(said(&session, "b").contains("in folders named man1 alone; to read one of these: man /"));
    let session = session.env("MANPATH", &format!("{root}:"));
    assert_eq!(said(&session, "a/man1"), "wrote 14 manual pages to a/man1\n");
    let pages = pages(&session.path("project/a/man1"));
    let names: Vec<&str> = pages.keys().map(String::as_str).collect();
    let expected = [
        "spin-keys-add-deploy.1",
        "spin-keys-add-user.1",
        "spin-keys-check.1",
        "spin-keys-completions.1",
        "spin-keys-explain.1",
        "spin-keys-git-install.1",
        "spin-keys-git.1",
        "spin-keys-list.1",
        "spin-keys-man.1",
        "spin-keys-review.1",
        "spin-keys-revoke.1",
        "spin-keys-rotate.1",
        "spin-keys-show.1",
        "spin-keys.1",
    ];
    assert_eq!(names, expected);
    for (name, page) in &pages {
        assert_eq!(session.mode(&format!("project/a/man1/{name}")), 0o644);
        let mut sections = vec!["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "SEE ALSO"];
        if name == "spin-keys.1" {
            sections.extend(["COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES"]);
        }
        for section in sections {
            let head = |line: &str| line.strip_prefix(".SH ").is_some_and(|head| head.trim_matches('"') == section);
            assert_eq!(page.lines().filter(|line| head(line)).count(), 1, "{section} in {name}:\n{page}");
        }
        // An option or a section that says nothing, and pages that there are not.
        let lines: Vec<&str> = page.lines().collect();
        let says = |three: &[&str]| three[0] != ".TP" || !(three[2].is_empty() || three[2].starts_with('.'));
        assert!(lines.windows(3).all(says), "{name}:\n{page}");
        assert!(lines.windows(2).all(|two| !(two[0].starts_with(".SH") && two[1].starts_with(".S"))), "{page}");
        let plain = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fP", "");
        for word in plain.split(|c: char| c.is_whitespace() || c == ',').filter(|word| word.starts_with("spin-keys")) {
            if let Some(named) = word.strip_suffix("(1)") {
                assert!(pages.contains_key(&format!("{named}.1")), "{named} in {name}");
            }
        }
    }
    assert_eq!(session.run(&["man"]).expect(0, &[]).out, pages["spin-keys.1"]);
}

#[test]
fn the_pages_are_set_without_a_warning() {
    let session = Session::empty();
    session.run(&["man", "man1"]).expect(0, &[]);
    for (program, args) in [
        ("groff", &["-man", "-ww", "-Tascii", "-P-cbou"][..]),
        ("groff", &["-man", "-ww", "-Tutf8", "-P-cbou"]),
        ("man", &["--warnings=w", "-l"]),
    ] {
        for name in pages(&session.path("project/man1")).keys() {
            let mut command = session.tool(program);
            command
                .args(args)
                .arg(session.path("project/man1").join(name))
                .env("MANWIDTH", "80")
                .env("MANROFFOPT", "-ww");
            let Ok(output) = command.stderr(Stdio::piped()).output() else {
                skipped(&format!("there is no {program} to set the manual"));
                break;
            };
            let (text, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success() && said.is_empty(), "{program} {name}: {said}");
            assert!(text.contains("SEE ALSO") && text.contains("spin-keys"), "{program} {name}:\n{text}");
            // Examples are lines of their own.
            if name == "spin-keys-add-user.1" {
                assert!(text.lines().any(|line| line.trim() == "spin-keys add-user alice"), "{text}");
                assert!(text.contains("--passphrase-file"), "{text}");
            }
        }
    }
}

#[test]
fn pages_of_an_earlier_version_are_replaced_and_nothing_else_is() {
    let session = Session::empty();
    session.run(&["man", "man1"]).expect(0, &[]);
    let new = session.state();
    session.run(&["man", "man1"]).expect(0, &[]);
    assert_eq!(session.state(), new);
    let page = String::from_utf8(session.read("project/man1/spin-keys.1")).unwrap();
    session.write("project/man1/spin-keys.1", page.replace("Manage", "Mange"));
    session.run(&["man", "man1"]).expect(0, &[]);
    assert_eq!(session.state(), new);

    session.write("project/man1/spin-keys-check.1", "notes\n");
    session.run(&["man", "man1"]).expect(2, &["man1/spin-keys-check.1 is not a manual page of spin-keys", "help: "]);
    assert_eq!(session.read("project/man1/spin-keys-check.1"), b"notes\n");
    session.run(&["man", "man1/spin-keys.1"]).expect(2, &["is not a folder"]);
}
