//! The model of Spin's roles in tests/model reproduces what the real roles did, as measured: fixtures/outcomes.

use crate::support::{project, python};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// How many layouts and sequences each file holds.
const LAYOUTS: [(&str, u32); 2] = [("layouts.json", 79), ("layouts-2.json", 363)];

/// What one of the runners prints.
fn run(python: &Path, runner: &str, args: &[&str]) -> String {
    let output = Command::new(python).arg(project().join("tests/model").join(runner)).args(args).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    told
}

#[test]
fn the_model_reproduces_every_measured_layout() {
    let Some(python) = python() else { return };
    for (name, count) in LAYOUTS {
        let layouts = project().join("fixtures/outcomes").join(name);
        let output = Command::new(&python).arg(project().join("tests/model/replay.py")).arg(layouts).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(told, format!("{count} of {count}\n"));
    }
}

/// What runs the model and may use Python's own library.
const RUNNERS: [&str; 5] = ["replay.py", "generate.py", "harmless.py", "hunt.py", "histories.py"];

#[test]
fn the_model_stands_alone() {
    let folder = project().join("tests/model");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut imports = 0;
    for path in files.iter().filter(|path| path.extension().is_some_and(|end| end == "py")) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.lines().count() <= 300, "{} has more than 300 lines", path.display());
        if RUNNERS.iter().any(|runner| path.ends_with(runner)) {
            continue;
        }
        for line in text.lines().map(str::trim) {
            let (Some(name), None) = (line.strip_prefix("import ").or(line.strip_prefix("from ")), line.find('"'))
            else {
                continue;
            };
            let name = name.split(' ').next().unwrap();
            imports += 1;
            assert!(name == "yaml" || folder.join(format!("{name}.py")).exists(), "{}: {line}", path.display());
        }
    }
    assert!(imports > 30, "{imports} imports");
}

/// Whether nothing is said in an answer.
fn is_unknown(answer: &Value) -> bool {
    answer["unknown"] == serde_json::json!(["*"])
}

#[test]
fn random_files_are_the_same_for_the_same_seed_and_say_much() {
    let Some(python) = python() else { return };
    let args = ["--seed", "7", "--count", "200"];
    let told = run(&python, "generate.py", &args);
    assert_eq!(told, run(&python, "generate.py", &args));
    let cases: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 200);
    let known: Vec<&Value> = cases.iter().filter(|case| !is_unknown(&case["new"])).collect();
    assert!(known.len() >= 190, "nothing is said of {}", 200 - known.len());
    let count = |is: &dyn Fn(&Value) -> bool| known.iter().filter(|case| is(case)).count();
    assert!(count(&|case| case["new"]["failed"].is_null()) >= 100);
    assert!(count(&|case| case["new"]["failed"].is_string()) >= 20);
    assert!(count(&|case| case["then"].is_object()) >= 40);
    assert!(count(&|case| case["again"] != case["new"]) >= 2);
    assert!(count(&|case| case["tunnel"].as_array().is_some_and(|lines| !lines.is_empty())) >= 150);
}
