//! The reader of plain lines against granit-parser: what it reads at all, it reads the same, with the same spans.

use super::*;
use std::path::PathBuf;

/// Whether a text is plain. If so, its nodes are those that granit-parser gives.
fn is_plain_and_the_same(text: &str) -> bool {
    let Some(plain) = plain(text) else { return false };
    let any = build_any(text).unwrap_or_else(|refusal| panic!("only plain: {refusal:?}\n{text}"));
    let tree = |built: &Built<'_>| {
        let ends = (built.root, built.end, built.second, built.aliases.len(), built.tight_comments.len());
        format!("{:?} {ends:?}", built.nodes)
    };
    assert_eq!(tree(&plain), tree(&any), "{text}");
    true
}

#[test]
fn each_form_of_plain_lines_is_read_as_granit_parser_reads_it() {
    for text in [
        "a: b",
        "a: b\n   ",
        "a:\nb: # c\nc: x y  # z\n",
        "---\na: 1\n",
        "# head\n\n---  # x\n- a\n",
        "a:\n  # deep\n\n  - e: 1\n    f: [g, \"h\" , ]\n\n    # sub\n  -\n    i: 'j'\n  - \n  - k\n# out\nl:\n- m\n",
        "a:\n- n:\n  o: []\n\np:\n  q: { }\n  r:\ns: \"t\"\n\n# foot\n",
        "l:\n-\n- b\n",
        "l:\n-   # c\n\n-",
        "l:\n  -   # c\n  -\n  -  \n",
        "l:\n- \n  - 1\nm:\n-\n  a: 1\n",
        "x:\n- a: 1\n- b:\n  - c\n- d: \n",
        "\"a b\": [ ]\n'c': -1\nd:   é \u{1f511} # ü\n",
        "a: b\r\nc:\r\n- d\r\n\r\n# e\r\n",
        "a: https://x.y/z#w\nb: 12:30\nc: x,[y]{z}\n",
    ] {
        assert!(is_plain_and_the_same(text), "not plain: {text}");
    }
}

#[test]
fn what_is_not_plain_is_left_to_granit_parser() {
    for text in [
        "",
        "# only\n",
        "---\n",
        "just text\n",
        "[a]\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !vault b\n",
        "<<: b\n",
        "? a\n",
        "a: |\n  b\n",
        "a: b\n  c\n",
        "- a\n  b\n",
        "a: 'b\n  c'\n",
        "a: [b,\n  c]\n",
        "a: \"b\\n\"\n",
        "a: 'it''s'\n",
        "a: \"b\"#c\n",
        "a: {b: c}\n",
        "a: b: c\n",
        "a:\tb\n",
        "a: b\n...\n",
        "a: b\n---\nc: d\n",
        "%YAML 1.1\n---\na: b\n",
        "a: 1\n- b\n",
        "a:\n    b: 1\n  c: 2\n",
        "a: @b\n",
    ] {
        assert!(plain(text).is_none(), "plain: {text}");
    }
    let long = format!("{}: a\n", "k".repeat(2000));
    let deep: String = (0..100).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(plain(&long).is_none() && plain(&deep).is_none());
}

#[test]
#[allow(clippy::disallowed_methods, reason = "files of the repository")]
fn most_fixtures_are_plain() {
    let (mut plain, mut all) = (0, 0);
    let mut folders = vec![PathBuf::from("fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yml")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                all += 1;
                plain += usize::from(is_plain_and_the_same(crate::yaml::split_bom(&text).1));
            }
        }
    }
    assert!(plain * 3 > all * 2, "{plain} of {all}");
}

/// Pieces of lines, plain and not.
const PIECES: [&str; 46] = [
    "a:",
    "b: c",
    "- ",
    "-",
    "- a",
    "- a: b",
    "- a:",
    "a: b # c",
    "# d",
    "",
    " ",
    "a: 'x y'",
    "- \"z\"",
    "k: [a, 'b']",
    "k: [ a , b, ]  # c",
    "k: {}",
    "k: { }",
    "[]",
    "- []",
    "k: []x",
    "---",
    "--- # a",
    "--- a",
    "...",
    "k: |",
    "k: >-",
    "- - a",
    "k: &a b",
    "k: *a",
    "k: \"x\\n\"",
    "k: x: y",
    "\u{e9}: \u{fc}",
    "k: \u{fc}",
    "k: 'it''s'",
    "k: a#b",
    "k : b",
    "\"k\": b",
    "\"k\":b",
    "k: [",
    "]",
    "k:\tb",
    "k: a\u{85}b",
    "k: \"a\u{2028}b\"",
    "# a\u{2029}b",
    "k: -",
    "k: - a",
];

#[test]
fn generated_lines_are_read_the_same_or_not_at_all() {
    let mut random = fastrand::Rng::with_seed(17);
    let mut plain = 0;
    for _ in 0..200_000 {
        let mut text = String::new();
        for _ in 0..random.usize(1..10) {
            let indent = [0, 0, 0, 2, 2, 2, 4, 4, 1, 3][random.usize(..10)];
            // Of half of the texts only the forms that are likely to fit.
            let few = if random.bool() { PIECES.len() } else { 14 };
            text.push_str(&" ".repeat(indent));
            text.push_str(PIECES[random.usize(..few)]);
            text.push_str(if random.u8(..20) == 0 { "\r\n" } else { "\n" });
        }
        if random.bool() {
            text.pop();
        }
        plain += usize::from(is_plain_and_the_same(&text));
    }
    assert!(plain > 20_000, "only {plain} of the texts are plain");
}
