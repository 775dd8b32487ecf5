//! `docs/findings.md` is made from the rules: `SPIN_KEYS_WRITE_DOCS=1 cargo test --test docs` writes it anew.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes the docs")]
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

use spin_keys::spin::check::{Rule, all, find};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn page() -> String {
    let mut page = String::from(
        "# Findings of `spin-keys check`\n\n\
         Made from the code by `SPIN_KEYS_WRITE_DOCS=1 cargo test --test docs`. `spin-keys explain CODE` prints the same.\n\n\
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
        "write it anew: SPIN_KEYS_WRITE_DOCS=1 cargo test --test docs"
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
