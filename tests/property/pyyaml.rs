//! `PyYAML`, which is what Ansible reads with, as a second oracle: `pyyaml_oracle.py` computes by itself what must come
//! out of the data it loads.

use crate::edit::{Outcome, edit, is_settled};
use crate::model::{Case, Request};
use crate::support::python;
use crate::{number, render};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Lets Python judge the cases; gives how many it confirmed.
fn judge(cases: &[Value]) -> Option<usize> {
    let python = python()?;
    Some(ask(&python, "pyyaml_oracle.py", cases).trim().parse().unwrap())
}

/// Gives the cases to a script, a line each; what it says.
pub(crate) fn ask(python: &Path, script: &str, cases: &[Value]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/property").join(script);
    let mut command = Command::new(python);
    command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn generated_files_read_in_pyyaml_as_before_and_the_key() {
    let first = number("SPIN_KEYS_SEED", 1_000_000);
    let mut cases = Vec::new();
    let mut seed = first;
    while cases.len() < 2_000 {
        let case = Case::generate(seed);
        let before = render::render(&case);
        if let Outcome::Changed { after, .. } = edit(&before, &case.request)
            && !is_settled(&before, &after)
        {
            let request = match &case.request {
                Request::User { name, line, .. } => json!({"user": name, "line": line}),
                Request::Deploy { line, .. } => json!({"line": line}),
            };
            cases.push(json!({"name": format!("seed {seed}"), "before": before, "after": after, "request": request}));
        }
        seed += 1;
    }
    if let Some(confirmed) = judge(&cases) {
        assert_eq!(confirmed, cases.len());
    }
}

#[test]
fn golden_cases_read_in_pyyaml_as_before_and_the_key() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let read = |path: PathBuf| std::fs::read_to_string(&path).unwrap();
    let (mut cases, mut others) = (Vec::new(), 0);
    for entry in std::fs::read_dir(fixtures.join("edit")).unwrap() {
        let folder = entry.unwrap().path();
        let args: Vec<String> = read(folder.join("args")).lines().map(str::to_owned).collect();
        let option = |name: &str| args.iter().position(|arg| arg == name).map(|at| args[at + 1].clone());
        let key = read(fixtures.join(option("--key").unwrap().replacen("KEYS", "keys", 1)));
        let words: Vec<&str> = key.trim().splitn(3, "ssh-ed25519 ").collect();
        let line = match (option("--comment"), &words[..]) {
            (Some(comment), ["", rest]) => format!("ssh-ed25519 {} {comment}", rest.split(' ').next().unwrap()),
            _ => key.trim().to_owned(),
        };
        let before = read(folder.join("in.yml"));
        let data = line.split(' ').find(|word| word.starts_with("AAAA")).unwrap();
        // The oracle adds keys: one that changes its place or its options has cases of its own (tests/it/cli).
        let is_other = args[0] == "rotate" || (option("--expires").is_some() && before.contains(data));
        if is_other {
            others += 1;
            continue;
        }
        let line = match option("--expires") {
            Some(day) => {
                let time = format!("expiry-time=\"{}235959\"", day.replace('-', ""));
                match line.split_once(" ssh-ed25519 ") {
                    Some((options, rest)) => format!("{options},{time} ssh-ed25519 {rest}"),
                    None => format!("{time} {line}"),
                }
            }
            None => line,
        };
        let user = (args[0] == "add-user").then(|| args[1].clone());
        let request = json!({
            "user": user, "line": line, "field": option("--field"), "name": option("--full-name"),
            "groups": option("--groups").map(|groups| groups.split(',').filter(|group| !group.is_empty()).map(str::to_owned).collect::<Vec<_>>()),
        });
        let after = read(folder.join("out.yml"));
        cases.push(json!({"name": folder.display().to_string(), "before": before, "after": after, "request": request}));
    }
    assert!(cases.len() >= 180 && others <= 40, "{} cases, {others} others", cases.len());
    if let Some(confirmed) = judge(&cases) {
        assert_eq!(confirmed, cases.len());
    }
}
