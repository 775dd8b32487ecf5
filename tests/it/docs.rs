//! `docs/findings.md` is made from the rules: `SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs` writes it anew.
//! `docs/dependencies.md` is held against `Cargo.toml` and `Cargo.lock`.

use serde_json::Value;
use spin_keys::check::{Rule, all, find};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

fn page() -> String {
    let mut page = String::from(
        "# Findings of `spin-keys check`\n\n\
         Made from the code by `SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs`. `spin-keys explain CODE` prints the same.\n\n\
         An error is what makes Spin fail, what surely lets nobody in, or a risk that is too large; a warning is a risk or\n\
         something that is silently passed over; a note is worth knowing. Places name the collection `serversideup.spin`\n\
         v2.3.4 where they begin with `roles/`. `check --fix` mends what has one right answer.\n\n\
         | code | name | severity | what | `--fix` |\n|---|---|---|---|---|\n",
    );
    for rule in all() {
        let fix = if rule.fixable { "yes" } else { "" };
        let severity = rule.severity.word();
        let link = format!("[{}](#{})", rule.code, anchor(rule));
        page.push_str(&format!("| {link} | {} | {severity} | {} | {fix} |\n", rule.name, rule.title));
    }
    for rule in all() {
        page.push_str(&format!(
            "\n## {} {}\n\n{}: {}.\n\n- **Effect:** {}.\n- **Help:** {}.\n- **Why:** {}\n- **Decided in:** {}\n",
            rule.code,
            rule.name,
            rule.severity.word(),
            rule.title,
            rule.effect,
            rule.help,
            rule.why,
            rule.source
        ));
    }
    page
}

/// As GitHub makes it from a heading.
fn anchor(rule: &Rule) -> String {
    format!("{}-{}", rule.code.to_lowercase(), rule.name)
}

#[test]
fn the_page_of_findings_is_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    if std::env::var_os("SPIN_KEYS_WRITE_DOCS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == page(),
        "write it anew: SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs"
    );
}

#[test]
fn rules_are_told_apart_and_say_all_there_is_to_say() {
    let codes: Vec<&str> = all().map(|rule| rule.code).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(codes, sorted, "in the order of their codes");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    assert_eq!(all().map(|rule| rule.name).collect::<BTreeSet<_>>().len(), codes.len());
    for rule in all() {
        let code = rule.code.strip_prefix("SK").unwrap();
        assert!(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()), "{}", rule.code);
        assert!(rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        for text in [rule.title, rule.effect, rule.help] {
            assert!(!text.is_empty() && !text.ends_with('.') && !text.contains('\n'), "{}: {text}", rule.code);
        }
        assert!(rule.why.len() > 60 && rule.why.ends_with('.') && !rule.source.is_empty(), "{}", rule.code);
        assert_eq!(find(&rule.code.to_lowercase()), Some(rule));
    }
    assert_eq!(find("SK000"), None);
}

/// The dependencies that `Cargo.toml` names, with the version in `Cargo.lock`.
fn dependencies() -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO")).args(["metadata", "--format-version", "1", "--locked"]).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let own = packages.iter().find(|package| package["name"] == "spin-keys").unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let node = nodes.iter().find(|node| node["id"] == own["id"]).unwrap();
    let version = |dependency: &Value| {
        let package = packages.iter().find(|package| package["id"] == dependency["pkg"]).unwrap();
        // What comes from no registry is the project's own.
        if package["source"].is_null() {
            return None;
        }
        let named = own["dependencies"].as_array().unwrap().iter().find(|it| it["name"] == package["name"]).unwrap();
        let name = named["rename"].as_str().unwrap_or(package["name"].as_str().unwrap());
        Some((name.to_owned(), package["version"].as_str().unwrap().to_owned()))
    };
    node["deps"].as_array().unwrap().iter().filter_map(version).collect()
}

#[test]
fn the_page_of_dependencies_names_all_of_them_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dependencies.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| crate"));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let told: BTreeMap<String, String> = cells
        .map(|cells| {
            assert!(cells.len() == 8 && cells.iter().skip(1).take(6).all(|cell| !cell.is_empty()), "{cells:?}");
            (cells[1].to_owned(), cells[3].to_owned())
        })
        .collect();
    assert_eq!(told, dependencies());
}

/// `.ci/reliability` writes the figures between the markers.
#[test]
fn the_page_of_reliability_has_figures_of_every_proof() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/RELIABILITY.md")).unwrap();
    let blocks = text.split("<!-- figures: ").skip(1).map(|rest| rest.split_once(" -->").unwrap());
    let names: Vec<&str> = blocks
        .map(|(name, rest)| {
            let figures = rest.split_once("<!-- end -->").unwrap().0.trim();
            assert!(figures.bytes().any(|byte| byte.is_ascii_digit()), "no figures of {name}: run .ci/reliability");
            name
        })
        .collect();
    assert_eq!(names, ["run", "e2e", "fuzz", "differential", "faults", "concurrency", "hostile", "supply"]);
}
