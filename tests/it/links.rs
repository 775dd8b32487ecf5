//! Pages name what there is: links lead somewhere, the architecture has every room, the README stays short.

use crate::support::project;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// All pages, by their path in the project.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for folder in ["", "docs/"] {
        for entry in fs::read_dir(project().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                let path = format!("{folder}{name}");
                pages.insert(path.clone(), fs::read_to_string(project().join(&path)).unwrap());
            }
        }
    }
    pages
}

/// As GitHub makes them from the headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings =
        page.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    let is_kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
    headings
        .map(|heading| heading.to_lowercase().chars().filter(is_kept).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn links_between_pages_lead_somewhere() {
    let pages = pages();
    let mut links = 0;
    for (path, page) in &pages {
        let folder = project().join(path).parent().unwrap().to_owned();
        for link in page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.contains("://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { project().join(path) } else { folder.join(file) };
            assert!(target.exists(), "{path}: {link}");
            if !anchor.is_empty() && target.extension().is_some_and(|end| end == "md") {
                assert!(anchors(&fs::read_to_string(&target).unwrap()).contains(anchor), "{path}: {link}");
            }
            links += 1;
        }
    }
    assert!(links > 80, "{links}");
}

#[test]
fn the_readme_is_short() {
    let words = pages()["README.md"].split_whitespace().count();
    assert!(words <= 900, "{words} words");
}

#[test]
fn the_architecture_names_every_room() {
    let rooms = fs::read_to_string(project().join("src/lib.rs")).unwrap();
    let rooms =
        rooms.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    let table = pages().remove("ARCHITECTURE.md").unwrap();
    let rows: String =
        table.lines().filter(|line| line.starts_with("| `")).map(|line| line.split('|').nth(1).unwrap()).collect();
    let missing: Vec<&str> = rooms.filter(|room| !rows.contains(&format!("`{room}`"))).collect();
    assert!(rows.len() > 100 && missing.is_empty(), "{missing:?}");
}
