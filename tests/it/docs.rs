//! `docs/findings.md` is made from the rules: `SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs` writes it anew.
//! So are the figures of `docs/RELIABILITY.md` from `docs/reliability/`.
//! `docs/dependencies.md` is held against `Cargo.toml` and `Cargo.lock`.

use crate::support::project;
use serde_json::Value;
use spin_keys::check::rule::Rule;
use spin_keys::check::{all, find};
use spin_keys::spin::config::variables::harmless;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

fn page() -> String {
    let mut page = String::from(
        "# Findings of `spin-keys check`\n\n\
         Made from the code by `SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs`. `spin-keys explain CODE` prints the same.\n\n\
         An error is what makes Spin fail, what surely lets nobody in, or a risk that is too large; a warning is a risk or\n\
         something that is silently passed over; a note is worth knowing. Places name the collection `serversideup.spin`\n\
         v2.3.4 where they begin with `roles/`. `check --fix` fixes what has one right answer.\n\n\
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
    let path = project().join("docs/findings.md");
    if std::env::var_os("SPIN_KEYS_WRITE_DOCS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == page(),
        "write it anew: SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs"
    );
}

/// The table between the marks in docs/review.md.
fn harmless_table() -> String {
    let rows = harmless().into_iter().map(|(name, reader)| format!("| `{name}` | {reader} |\n"));
    format!("| variable | read by |\n|---|---|\n{}", rows.collect::<String>())
}

#[test]
fn the_page_of_reviews_names_what_is_held_harmless() {
    let path = project().join("docs/review.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- harmless -->\n").unwrap();
    let (table, after) = rest.split_once("<!-- end -->\n").unwrap();
    if std::env::var_os("SPIN_KEYS_WRITE_DOCS").is_some() {
        let all = [before, "<!-- harmless -->\n", &harmless_table(), "<!-- end -->\n", after].concat();
        fs::write(&path, all).unwrap();
        return;
    }
    assert_eq!(table, harmless_table(), "write it anew: SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs");
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
    let path = project().join("docs/dependencies.md");
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

/// A failure or a row names its rule by code, so that no code may be without words.
#[test]
fn every_code_that_is_named_is_a_rule() {
    let mut named = BTreeSet::new();
    for (file, text) in
        super::layers::sources().iter().filter(|(file, _)| file.starts_with("spin/") || file.starts_with("review/"))
    {
        for (at, _) in text.match_indices("\"SK") {
            let code = text[at + 1..].split('"').next().unwrap();
            if code.len() == 5 && code[2..].bytes().all(|byte| byte.is_ascii_digit()) {
                assert!(find(code).is_some(), "{file}: {code}");
                named.insert(code.to_owned());
            }
        }
    }
    assert!(named.len() > 30, "{named:?}");
}

#[test]
fn the_page_of_security_names_tests_that_are_there() {
    let page = fs::read_to_string(project().join("docs/security.md")).unwrap();
    let named: Vec<&str> = page.split('`').filter(|word| word.starts_with("tests/")).collect();
    for name in &named {
        assert!(project().join(name).exists(), "{name}");
    }
    assert!(named.len() > 20, "{named:?}");
}

/// The proofs, in the order of the page.
const PROOFS: [&str; 14] = [
    "e2e",
    "grants",
    "harmless",
    "histories",
    "reading",
    "read-edits",
    "keys",
    "private-keys",
    "fuzz",
    "mutated",
    "faults",
    "concurrency",
    "hostile",
    "supply",
];

/// What `.ci/reliability` left of a proof.
fn figures_of(name: &str) -> Value {
    let path = project().join(format!("docs/reliability/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("no figures of {name}: run .ci/reliability {name}"));
    serde_json::from_str(&text).unwrap()
}

/// The same for the page.
fn block(figures: &Value) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let seed = figures["seed"].as_u64().map_or_else(String::new, |seed| format!(", with seed {seed}"));
    let [date, commit, machine] = ["date", "commit", "machine"].map(|name| figures[name].as_str().unwrap());
    let mut text = format!("On {date}, at commit `{commit}`{seed}: {machine}.\n\n");
    for (number, row) in figures["table"].as_array().unwrap().iter().enumerate() {
        let cells = row.as_array().unwrap();
        let line =
            cells.iter().map(word).map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") });
        text.push_str(&format!("|{}\n", line.collect::<String>()));
        if number == 0 {
            text.push_str(&format!("|{}\n", "---|".repeat(cells.len())));
        }
    }
    let note = figures["note"].as_str().unwrap();
    if note.is_empty() { text } else { format!("{text}\n{note}\n") }
}

#[test]
fn the_page_of_reliability_has_the_figures_of_each_proof() {
    let path = project().join("docs/RELIABILITY.md");
    let page = fs::read_to_string(&path).unwrap();
    let mut blocks = page.split("<!-- figures: ");
    let (mut made, mut names) = (blocks.next().unwrap().to_owned(), Vec::new());
    for rest in blocks {
        let (name, rest) = rest.split_once(" -->\n").unwrap();
        let (_, rest) = rest.split_once("<!-- end -->").unwrap();
        made.push_str(&format!("<!-- figures: {name} -->\n\n{}\n<!-- end -->{rest}", block(&figures_of(name))));
        names.push(name);
    }
    if std::env::var_os("SPIN_KEYS_WRITE_DOCS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap();
    assert!(page == made, "make it anew: SPIN_KEYS_WRITE_DOCS=1 cargo test --test it docs");
    assert_eq!(names, PROOFS);
}

#[test]
fn each_proof_has_counted_and_found_no_difference() {
    for name in PROOFS {
        let figures = figures_of(name);
        let counts = figures["counts"].as_object().unwrap();
        assert!(counts.values().any(|count| count.as_u64().unwrap() > 0), "{name}: {counts:?}");
        assert_eq!(figures["differences"], Value::Array(Vec::new()), "{name}");
        assert!(figures["commit"].as_str().unwrap().len() >= 7, "{name}");
    }
}
