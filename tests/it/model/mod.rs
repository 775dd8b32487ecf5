//! The model of Spin's roles in tests/model reproduces what the real roles did, as measured: fixtures/outcomes.

use std::process::Command;
use support::{project, python};

/// How many layouts and sequences each file holds.
const LAYOUTS: [(&str, u32); 2] = [("layouts.json", 79), ("layouts-2.json", 363)];

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
const RUNNERS: [&str; 1] = ["replay.py"];

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
