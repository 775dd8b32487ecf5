//! `docs/review.md`: its examples are what `review` says, and its workflows are the files beside it.

use super::review::{changed, spin, user};
use super::runner;
use crate::session::{fixtures, key};
use std::fs;

/// The page with its examples made anew.
fn with_examples(page: &str) -> String {
    let session = changed(&spin(""), &spin(&user("bob", "'sudo'", &[&key("bob")])));
    let mut page = page.to_owned();
    for (name, fence) in [
        ("workflow.yml", "```yaml"),
        ("gitlab-ci.yml", "```yaml"),
        ("text", "```text"),
        ("github", "```text"),
        ("json", "```json"),
        ("markdown", "````markdown"),
    ] {
        let run = || session.run(&["review", "--format", name]).expect(0, &[]).out;
        let out = if name.ends_with(".yml") { runner::page(name) } else { run() };
        let open = format!("<!-- {name} -->\n{fence}\n");
        let close = fence.trim_end_matches(char::is_alphabetic);
        let (before, rest) = page.split_once(&open).unwrap();
        let after = rest.split_once(&format!("{close}\n")).map(|(_, after)| after).unwrap();
        page = format!("{before}{open}{out}{close}\n{after}");
    }
    page
}

#[test]
fn the_page_shows_real_runs() {
    let path = fixtures().join("../docs/review.md");
    let page = fs::read_to_string(&path).unwrap();
    if std::env::var_os("SPIN_KEYS_WRITE_REVIEWS").is_some() {
        fs::write(&path, with_examples(&page)).unwrap();
    }
    assert!(with_examples(&page) == fs::read_to_string(&path).unwrap(), "{}", with_examples(&page));
}
