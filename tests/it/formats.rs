//! Every format of `check`, `list` and `review` on every fixture: each says the same exit code, is what its name says, and
//! brings nothing onto a terminal or into a log that is not its own.

use crate::session::{BINARY, Ran, Session, fixtures};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What GitHub cuts a comment at.
const LONGEST_COMMENT: usize = 65_536;

/// All files of the fixtures that are a `.spin.yml`, in order.
pub(crate) fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for kind in ["edit", "check", "access", "reject", "cases"] {
        let cases = fs::read_dir(fixtures().join(kind)).unwrap().map(|entry| entry.unwrap().path());
        let inside = cases.filter(|case| case.is_dir()).flat_map(|case| fs::read_dir(case).unwrap());
        files.extend(inside.map(|entry| entry.unwrap().path()).filter(|path| path.extension() == Some("yml".as_ref())));
    }
    files.sort();
    assert!(files.len() > 450, "{} files", files.len());
    files
}

/// What one run leaves, without a terminal.
pub(crate) fn ran(session: &Session, args: &[&str]) -> Ran {
    Ran::of(session.tool(&*BINARY).args(args).output().unwrap())
}

/// What is wrong with the same question asked in these formats.
fn wrong(runs: &[(&str, Ran)]) -> Option<String> {
    let code = runs[0].1.code;
    runs.iter().find_map(|(format, ran)| {
        let own = |c: char| c == '\n' || c == '\t';
        let raw = ran.out.chars().chain(ran.err.chars()).find(|c| c.is_control() && !own(*c));
        let what = match *format {
            _ if ran.code != code || code.is_none_or(|code| code > 2) => {
                format!("exit code {:?} where {} has {code:?}", ran.code, runs[0].0)
            }
            // What JSON may hold as it is, a program reads and no terminal.
            _ if raw.is_some() && *format != "json" => format!("{raw:?} is printed as it is"),
            _ if code == Some(2) && !ran.err.contains("error: ") && !ran.out.contains("\"error\"") => {
                "an error without a word".to_owned()
            }
            "json" if code == Some(2) && ran.out.is_empty() => return None,
            "json" => match serde_json::from_str::<Value>(&ran.out) {
                Ok(Value::Object(_)) => return None,
                _ => "no object of JSON".to_owned(),
            },
            "github" => {
                let is_command = |line: &str| {
                    ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start))
                        && line[2..].contains("::")
                };
                match ran.out.lines().find(|line| !line.is_empty() && !is_command(line)) {
                    Some(line) => format!("no command of a workflow: {line}"),
                    None => return None,
                }
            }
            "markdown" if ran.out.len() > LONGEST_COMMENT => format!("{} bytes", ran.out.len()),
            "markdown" if code == Some(0) && !ran.out.starts_with('#') => "no heading".to_owned(),
            "text" if code == Some(0) && ran.out.is_empty() && ran.err.is_empty() => "not a word".to_owned(),
            _ => return None,
        };
        Some(format!("{format}: {what}"))
    })
}

fn asked(session: &Session, args: &[&str], formats: &[&'static str]) -> Option<String> {
    let ran = |format: &&'static str| (*format, ran(session, &[args, &["--format", format]].concat()));
    let runs: Vec<_> = formats.iter().map(ran).collect();
    wrong(&runs).map(|what| format!("{args:?}: {what}\n{runs:#?}"))
}

/// Each file, and with it the files beside it, in the order of their names.
fn pairs(files: &[PathBuf]) -> impl Iterator<Item = (&Path, &Path)> {
    let pairs = files.windows(2).filter(|pair| pair[0].parent() == pair[1].parent());
    pairs.map(|pair| (pair[0].as_path(), pair[1].as_path()))
}

#[test]
fn a_file_in_every_format() {
    let session = Session::empty();
    let wrong = files().into_iter().filter_map(|file| {
        let file = file.to_str().unwrap().to_owned();
        let check = asked(&session, &["check", "-f", &file], &["text", "json", "github"]);
        check.or_else(|| asked(&session, &["list", "-f", &file], &["text", "json"]))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_change_in_every_format() {
    let session = Session::empty();
    let files = files();
    let mut compared = 0;
    for (before, after) in pairs(&files) {
        let args = ["review", before.to_str().unwrap(), after.to_str().unwrap()];
        let wrong = asked(&session, &args, &["text", "markdown", "json", "github"]);
        assert_eq!(wrong, None);
        compared += 1;
    }
    assert!(compared > 200, "{compared} pairs");
}

#[test]
fn the_judge_sees_each_fault() {
    let ran = |code, out: &str, err: &str| Ran { code: Some(code), out: out.to_owned(), err: err.to_owned() };
    let good = || ran(1, "a.yml:1:1: error[SK101]: x\n", "");
    let found: [(&str, Ran, &str); 9] = [
        ("text", ran(3, "x", ""), "exit code"),
        ("text", ran(0, "", ""), "not a word"),
        ("text", ran(0, "a \u{1b}[31m", ""), "printed as it is"),
        ("text", ran(0, "a", "b\r"), "printed as it is"),
        ("text", ran(2, "", "it is bad\n"), "an error without a word"),
        ("json", ran(0, "{", ""), "no object of JSON"),
        ("json", ran(0, "[]", ""), "no object of JSON"),
        ("github", ran(0, "::error file=a::x\nforged\n", ""), "no command of a workflow: forged"),
        ("markdown", ran(0, "x", ""), "no heading"),
    ];
    for (format, ran, what) in found {
        let said = wrong(&[(format, ran)]).unwrap();
        assert!(said.contains(what), "{said}");
    }
    let long = format!("# x\n{}", "x".repeat(LONGEST_COMMENT));
    assert!(wrong(&[("markdown", ran(0, &long, ""))]).is_some());
    assert!(wrong(&[("text", good()), ("json", ran(0, "{}", ""))]).unwrap().contains("json: exit code"));
    assert_eq!(
        wrong(&[("text", good()), ("json", ran(1, "{}", "")), ("github", ran(1, "::error file=a::x\n", ""))]),
        None
    );
    assert_eq!(wrong(&[("text", ran(2, "", "error: x\n")), ("json", ran(2, "", "error: x\n"))]), None);
}
