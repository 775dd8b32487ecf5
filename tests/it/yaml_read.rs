//! `Document::read`: what it finds besides the tree, and what it refuses. (The tree itself: tests/read.)

use spin_keys::yaml::{self, Document};
use std::fmt::Write as _;

#[test]
fn of_several_documents_the_first_is_read() {
    let text = "---\na: &x 1\n---\nb: &x 2\nb: *x\n---\n- c\n";
    let document = Document::read(text).unwrap();
    assert_eq!(document.second_document(), Some(12));
    assert!(document.get(document.root().unwrap(), "a").is_some() && document.duplicates().is_empty());
    assert_eq!(Document::read("a: 1\n").unwrap().second_document(), None);
    assert_eq!(Document::read("a: 1\n...\n").unwrap().second_document(), None);
    assert!(Document::read("a: 1\n---\nb: [\n").is_err());
    assert!(Document::read("").unwrap().root().is_none());
}

#[test]
fn lost_entries_are_named_in_order() {
    let text = "a: 1\nb: {c: 1, \"c\": 2}\n'a': 3\na: 4\nyes: 5\n\"yes\": 6\n";
    let document = Document::read(text).unwrap();
    let places = document.duplicates().iter().map(|lost| {
        let texts = [lost.lost_key, lost.lost_value, lost.kept_value].map(|id| document.scalar(id).unwrap());
        (document.place(lost.lost_key).0, texts, lost.mapping == document.root().unwrap())
    });
    let expected = [(1, ["a", "1", "4"], true), (2, ["c", "1", "2"], false), (3, ["a", "3", "4"], true)];
    assert_eq!(places.collect::<Vec<_>>(), expected);
    let keys = document.entries(document.root().unwrap()).iter().map(|(key, _)| document.scalar(*key).unwrap());
    assert_eq!(keys.collect::<Vec<_>>(), ["a", "b", "yes", "yes"]);
}

#[test]
fn an_alias_is_the_node_of_its_anchor() {
    let document = Document::read("a: &a {x: 1}\nb: &b 2\nc: *a\nd: {<<: *a, y: 3}\n").unwrap();
    let get = |key| document.get(document.root().unwrap(), key).unwrap();
    assert_eq!(get("c"), get("a"));
    assert_eq!(document.entries(get("d")).len(), 2);
    assert!(yaml::splices(&document, &[]).is_err(), "what was resolved cannot be edited");
    assert!(yaml::splices(&Document::read("a: 1\n").unwrap(), &[]).is_ok());
}

#[test]
fn circles_can_be_walked_and_merged_as_far_as_they_go() {
    let document = Document::read("&a [*a, {b: *a}]").unwrap();
    let root = document.root().unwrap();
    assert_eq!(document.items(root)[0], root);
    // A mapping that merges itself merges what it has besides.
    let document = Document::read("&a {x: 1, <<: *a}").unwrap();
    assert_eq!(document.entries(document.root().unwrap()).len(), 1);
    let document = Document::read("a: &a {b: &b {<<: *a}, <<: *b}").unwrap();
    assert_eq!(document.entries(document.root().unwrap()).len(), 1);
}

#[test]
fn merges_of_anything_else_are_refused() {
    for bad in ["a: {<<: 3}", "a: {<<: }", "a: {<<: [{}, 1]}", "a: &a x\nb:\n  <<: *a\n"] {
        let refusal = Document::read(bad).unwrap_err();
        assert!(refusal.message.contains("takes a mapping or a list of mappings"), "{refusal:?}");
    }
    let refusal = Document::read("a: &x 1\nb: &x 2\n").unwrap_err();
    assert!(refusal.message.contains("defined twice") && (refusal.line, refusal.column) == (2, 4), "{refusal:?}");
    assert!(Document::read("a: *x\n").is_err());
}

#[test]
fn merging_ends_however_much_is_asked_for() {
    let mut chain = "a0: &a0 {k: 1}\n".to_owned();
    for index in 1..20_000 {
        writeln!(chain, "a{index}: &a{index} {{<<: *a{}}}", index - 1).unwrap();
    }
    assert!(Document::read(&chain).is_ok());
    // From the top down Python gives up on it.
    let refusal = Document::read(&format!("{}<<: {{<<: *a19999}}\n", chain)).unwrap_err();
    assert!(refusal.message.contains("too far"), "{refusal:?}");
    let keys: Vec<String> = (0..2_000).map(|index| format!("k{index}: 1")).collect();
    let mut wide = format!("a: &a {{{}}}\n", keys.join(", "));
    for index in 0..600 {
        writeln!(wide, "b{index}: {{<<: *a}}").unwrap();
    }
    assert!(Document::read(&wide).unwrap_err().message.contains("stand for more than"));
    let mut hollow = format!("e: &e {{}}\nl: &l [{}]\n", vec!["*e"; 2_000].join(", "));
    for index in 0..600 {
        writeln!(hollow, "b{index}: {{<<: *l}}").unwrap();
    }
    assert!(Document::read(&hollow).is_err());
}

#[test]
fn what_the_two_readers_do_not_read_alike_is_refused() {
    for (text, at) in [
        ("users: [&x: sudo]\n", (1, 13)),
        ("a: {?b: c}\n", (1, 5)),
        ("a: [-]\n", (1, 5)),
        ("a: 1\nb: &an:chor 2\n", (2, 13)),
    ] {
        let refusal = Document::read(text).unwrap_err();
        assert!(refusal.message.contains("two readers of YAML disagree"), "{refusal:?}");
        assert_eq!((refusal.line, refusal.column), at, "{refusal:?}");
    }
    // What both refuse is told in the words of one of them.
    let refusal = Document::read("a: b: c\n").unwrap_err();
    assert!(refusal.message.starts_with("not valid YAML"), "{refusal:?}");
    let refusal = Document::read("é \u{1}: b\n").unwrap_err();
    assert_eq!((refusal.line, refusal.column), (1, 3), "{refusal:?}");
}

#[test]
fn what_libyaml_panics_on_is_read_or_refused() {
    let document = Document::read("a: [!unsafe, b]\nc: '!x, y'\n").unwrap();
    let root = document.root().unwrap();
    assert_eq!(document.items(document.get(root, "a").unwrap()).len(), 2);
    assert_eq!(document.text_at(document.get(root, "c").unwrap()), Some("!x, y"));
    // The place is that of the text, not of what libyaml was given.
    let refusal = Document::read("a: [!!str, b, !!str, c]\nk:\n  -\té: 1\n").unwrap_err();
    assert_eq!((refusal.line, refusal.column), (3, 4), "{refusal:?}");
    // A comment that only one reader takes, in a file that neither reads.
    let refusal = Document::read("a: ># c\n  x\nb: [\n").unwrap_err();
    assert!(refusal.message.starts_with("not valid YAML"), "{refusal:?}");
    for (text, at) in [("a: [!x, b, !y{c, d]\n", 1), ("a: 1\nb: {c: !!str,, d: 2}\n", 2)] {
        let refusal = Document::read(text).unwrap_err();
        assert_eq!(refusal.line, at, "{refusal:?}");
    }
}
