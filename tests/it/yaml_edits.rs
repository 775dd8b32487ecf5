//! The edits that rename, replace, remove and move first: what becomes of each shape, byte for byte, and what is
//! refused. (Random combinations of them: tests/edits.)

use spin_keys::yaml::{self, Along, Document, Edit, New, Path, Quote, Refusal, Step};

/// `a.0.b` as a path.
fn path(text: &str) -> Path {
    let step = |word: &str| word.parse().map_or_else(|_| Step::Key(word.to_owned()), Step::Index);
    text.split('.').filter(|word| !word.is_empty()).map(step).collect()
}

fn remove(at: &str) -> Edit {
    Edit::Remove { path: path(at), comments: Along::Nothing }
}

fn first(at: &str) -> Edit {
    Edit::MoveFirst { path: path(at), comments: Along::Nothing }
}

fn rename(at: &str, to: &str) -> Edit {
    Edit::Rename { path: path(at), to: to.to_owned() }
}

fn replace(at: &str, with: New) -> Edit {
    Edit::Replace { path: path(at), with }
}

fn text(value: &str) -> New {
    New::Text { value: value.to_owned(), quote: Quote::Double }
}

fn key(value: &str) -> New {
    New::Map(vec![("public_key".to_owned(), text(value))])
}

fn list(items: &[&str]) -> New {
    let item = |value: &&str| New::Text { value: (*value).to_owned(), quote: Quote::Single };
    New::List { items: items.iter().map(item).collect(), flow: true }
}

fn edited(before: &str, edits: &[Edit]) -> Result<String, Refusal> {
    let document = Document::parse(before).unwrap();
    let splices = yaml::splices(&document, edits)?;
    let after = yaml::apply(before, &splices);
    if let Err(error) = yaml::prove(&document, &after, &splices, edits) {
        panic!("{error}: {before:?} => {after:?}");
    }
    Ok(after)
}

#[track_caller]
fn becomes(before: &str, edits: &[Edit], after: &str) {
    assert_eq!(edited(before, edits).unwrap(), after);
}

#[track_caller]
fn refused(before: &str, edits: &[Edit], place: (usize, usize), part: &str) {
    let refusal = edited(before, edits).unwrap_err();
    assert!(refusal.message.contains(part), "{refusal:?}");
    assert_eq!((refusal.line, refusal.column), place, "{refusal:?}");
    assert!(!refusal.hint.is_empty());
}

#[test]
fn a_key_is_renamed_in_its_quotes() {
    becomes("a:\n  b: 1 # c\n", &[rename("a.b", "new")], "a:\n  new: 1 # c\n");
    becomes("'a': 1\n\"b\": 2\n", &[rename("a", "x"), rename("b", "y")], "'x': 1\n\"y\": 2\n");
    becomes("a: 1\n", &[rename("a", "yes")], "\"yes\": 1\n");
    becomes("u: {keys: [a], b: }\n", &[rename("u.keys", "k")], "u: {k: [a], b: }\n");
    becomes("a: 1\nb: 2\n", &[rename("a", "b"), rename("b", "a")], "b: 1\na: 2\n");
    becomes("a: 1\nb: 2\n", &[rename("a", "b"), remove("b")], "b: 1\n");
    refused("a: 1\nb: 2\n", &[rename("a", "b")], (2, 1), "duplicate");
    refused("&x a: 1\n", &[rename("a", "b")], (1, 4), "anchor");
    becomes("? a\n: &x 1\n", &[rename("a", "b")], "? b\n: &x 1\n");
    refused("? a\n: &x 1\nc: *x\n", &[rename("a", "b")], (2, 6), "anchor");
    refused("x: &x {c: 1}\ny:\n  <<: *x\n  a: 1\n", &[rename("y.a", "b")], (3, 3), "elsewhere");
}

#[test]
fn a_string_item_becomes_a_mapping() {
    let edit = [replace("k.0", key("ssh A"))];
    becomes("k:\n  - \"ssh A\" # c\n", &edit, "k:\n  - public_key: \"ssh A\" # c\n");
    becomes("k:\r\n-   ssh A", &edit, "k:\r\n-   public_key: \"ssh A\"");
    becomes("k:\n  - ssh\n    A # c\n  - b\n", &edit, "k:\n  - public_key: \"ssh A\" # c\n  - b\n");
    becomes("k:\n  - |\n    ssh A\n\n  - b\n", &edit, "k:\n  - public_key: \"ssh A\"\n\n  - b\n");
    becomes("k:\n  - >-\n    ssh\n    A", &edit, "k:\n  - public_key: >-\n      ssh\n      A");
    becomes("k: ['ssh A', b]\n", &edit, "k: [{public_key: \"ssh A\"}, b]\n");
    becomes("k:\n  -\n    ssh A\n", &edit, "k:\n  -\n    public_key: \"ssh A\"\n");
    becomes("k:\n  -  # c\n", &edit, "k:\n  - public_key: \"ssh A\"  # c\n");
    refused("k:\n  - | # c\n    ssh A\n", &edit, (2, 7), "comment");
    refused("k:\n  - !x ssh A\n", &edit, (2, 8), "tag");
    becomes("k:\n  - &x ssh A#\n", &[replace("k.0", key("ssh A#"))], "k:\n  - &x {public_key: \"ssh A#\"}\n");
    refused("k:\n  - &x ssh A\nl: *x\n", &edit, (2, 8), "anchor");
    refused("x: &x a\nk:\n  - *x\n", &edit, (3, 5), "alias");
}

#[test]
fn a_mapping_item_becomes_a_string() {
    let edit = [replace("k.0", text("ssh A"))];
    becomes("k:\n  - public_key: \"ssh A\" # c\n", &edit, "k:\n  - \"ssh A\" # c\n");
    becomes("k:\n  - {public_key: ssh A}\n", &edit, "k:\n  - \"ssh A\"\n");
    becomes("k:\n  - ssh A a: b # c\n  - x\n", &edit, "k:\n  - \"ssh A\" # c\n  - x\n");
    becomes("k:\n  - ssh A a: # c", &edit, "k:\n  - \"ssh A\" # c");
    becomes("k:\n  - public_key: |\n      ssh A\n  - x\n", &edit, "k:\n  - \"ssh A\"\n  - x\n");
    refused("k:\n  - public_key: a # c\n    state: b\n", &edit, (2, 19), "comment");
    refused("k:\n  - a: &x b\n", &edit, (2, 11), "anchor");
    refused("k:\n  public_key: a\n", &[replace("k", text("a"))], (2, 3), "below its key");
}

#[test]
fn a_value_is_replaced_on_its_line() {
    let groups = [replace("groups", list(&["sudo"]))];
    becomes("groups: sudo # c\n", &groups, "groups: ['sudo'] # c\n");
    becomes("groups:\nb: 1\n", &groups, "groups: ['sudo']\nb: 1\n");
    becomes("groups: # c", &groups, "groups: ['sudo'] # c");
    becomes("groups: ~\n", &[replace("groups", list(&[]))], "groups: []\n");
    becomes("u: {groups: , b: 1}\n", &[replace("u.groups", list(&[]))], "u: {groups: [], b: 1}\n");
    becomes("- username: yes # c\n", &[replace("0.username", text("yes"))], "- username: \"yes\" # c\n");
    becomes("a: &x 1\n", &[replace("a", text("b"))], "a: &x \"b\"\n");
    becomes("a: 'b'#c\n", &[replace("a", New::Text { value: "d".into(), quote: Quote::Plain })], "a: 'd'#c\n");
    becomes("a: [b]#c\n", &[replace("a", New::Text { value: "d".into(), quote: Quote::Plain })], "a: d #c\n");
    becomes("groups: 'b'#c\n", &groups, "groups: ['sudo']#c\n");
    refused("a: &x\n", &[replace("a", text("b"))], (1, 6), "anchor");
    refused("a: &x [1]\n", &[replace("a", text("b"))], (1, 7), "anchor");
    refused("a: &x 1\nb: *x\n", &[replace("a", text("b"))], (1, 7), "anchor");
}

#[test]
fn a_text_becomes_the_first_item_of_a_list() {
    let edit = [Edit::IntoList { path: path("d.k"), item: text("b") }];
    becomes("d:\n  k: a  # c\n", &edit, "d:\n  k:\n    - a  # c\n    - \"b\"\n");
    becomes("d:\n  k:   'a'#c", &edit, "d:\n  k:\n    - 'a'#c\n    - \"b\"");
    becomes(
        "- x\n-   y\n".replace("- x\n-   y", "l:\n-   y\nd:\n  k: a").as_str(),
        &edit,
        "l:\n-   y\nd:\n  k:\n  -   a\n  -   \"b\"\n",
    );
    becomes("d:\n  k: |+\n    a\n\n  x: 1\n", &edit, "d:\n  k:\n  - |+\n    a\n\n  - \"b\"\n  x: 1\n");
    becomes("d:\r\n  k: >2-\r\n       a", &edit, "d:\r\n  k:\r\n  - >2-\r\n       a\r\n  - \"b\"");
    becomes("d:\n  k: &x |-\n      a\n", &edit, "d:\n  k:\n    - &x |-\n      a\n    - \"b\"\n");
    becomes("d: {k: a, x: 1}\n", &edit, "d: {k: [a, \"b\"], x: 1}\n");
    becomes("{\"d\":{\"k\":\"a\"}}", &edit, "{\"d\":{\"k\":[\"a\",\"b\"]}}");
    refused("d:\n  k: |\n    a", &edit, (3, 6), "block of text");
    refused("d:\n  k: |+\n    a\n  ", &edit, (3, 6), "block of text");
    refused("d:\n  ? k\n  : a\n", &edit, (2, 5), "`?`");
    refused("d:\n  k: !x a\n", &edit, (2, 9), "tag");
    refused("d:\n  k: &x a\nb: *x\n", &edit, (2, 9), "anchor");
    refused("d:\n  k: [a]\n", &edit, (2, 6), "cannot become");
    refused("d:\n  k:\n", &edit, (2, 4), "cannot become");
}

#[test]
fn anchors_without_aliases_stay_with_what_they_are_on() {
    let append = |at: &str| [Edit::Append { path: path(at), item: text("b") }];
    becomes("k: &x\n", &append("k"), "k: &x\n  - \"b\"\n");
    becomes("k: &x ~ # c\n", &append("k"), "k: &x # c\n  - \"b\"\n");
    becomes("d: {k: &x , l: 1}\n", &append("d.k"), "d: {k: &x [\"b\"] , l: 1}\n");
    becomes("d: {k: &x, l: 1}\n", &append("d.k"), "d: {k: &x [\"b\"], l: 1}\n");
    becomes("k: &x # c\n  - a\n", &[remove("k.0")], "k: &x [] # c\n");
    becomes("k: !!seq &x\n- a\n", &[remove("k.0")], "k: !!seq &x []\n");
    becomes("k: !!seq []\n", &append("k"), "k: !!seq [\"b\"]\n");
    refused("k: !!map {}\n", &append("k"), (1, 10), "tag");
    refused("k: &x\nl: *x\n", &append("k"), (1, 6), "anchor");
    let prove = |after: &str| {
        let splices = [yaml::Splice { at: 0, remove: 6, insert: after.to_owned() }];
        yaml::prove(&Document::parse("k: &x\n").unwrap(), after, &splices, &append("k")).is_ok()
    };
    assert!(prove("k: &y [b]\n") && !prove("k: [b]\n") && !prove("k: &x !!seq [b]\n") && !prove("k: [&x b]\n"));
}

#[test]
fn an_item_goes_with_its_lines() {
    let list = "k: # c\n  # above\n  - a\n  - b: 1\n    c: 2\n\n  # below\n  - d";
    becomes(list, &[remove("k.1")], "k: # c\n  # above\n  - a\n\n  # below\n  - d");
    let list = "k: # c\n  # above\n\n  - a\n  - b: 1\n    c: 2\n\n  # below\n\n  - d";
    becomes(list, &[remove("k.0")], "k: # c\n  # above\n\n  - b: 1\n    c: 2\n\n  # below\n\n  - d");
    becomes(list, &[remove("k.2")], "k: # c\n  # above\n\n  - a\n  - b: 1\n    c: 2\n\n  # below\n");
    becomes(list, &[remove("k.0"), remove("k.1"), remove("k.2")], "k: [] # c\n  # above\n\n\n  # below\n");
    becomes("k:\r\n- a\r\n- b\r\n", &[remove("k.1")], "k:\r\n- a\r\n");
    becomes("- - a\n  - b\n- c\n", &[remove("0.0")], "- - b\n- c\n");
    becomes("- - a\n- c\n", &[remove("0.0")], "- []\n- c\n");
    becomes("- a: 1\n  b: 2\n", &[remove("0.a")], "- b: 2\n");
    becomes("- a: 1\n  b: 2\n", &[remove("0.a"), remove("0.b")], "- {}\n");
    becomes("a: 1\nb:\n- x\nc: 3", &[remove("b"), remove("c")], "a: 1");
    becomes("k:\n  - |+\n    a\n\n  - b\n", &[remove("k.0")], "k:\n  - b\n");
    let changed = [remove("k.0"), replace("k.1", key("x")), rename("k", "new")];
    becomes("k:\n  - a\n  - b # c\n", &changed, "new:\n  - public_key: \"x\" # c\n");
}

#[test]
fn a_removal_that_would_take_more_along_is_refused() {
    refused("k:\n  - a # c\n  - b\n", &[remove("k.0")], (2, 7), "comment");
    refused("k:\n  - a: 1\n    # c\n    b: 2\n", &[remove("k.0")], (3, 5), "comment");
    refused("k: [a, # c\n  b]\n", &[remove("k.0")], (1, 8), "comment");
    refused("k:\n  - a: &x 1\nb: *x\n", &[remove("k.0")], (2, 11), "anchor");
    refused("k:\n  - |\n    a\n  - b", &[remove("k.1")], (3, 6), "block of text");
    refused("k:\n  - |+\n    a\n  - b\n\nx: 1\n", &[remove("k.1")], (5, 1), "block of text");
    refused("t: |\n  a\n\nk:\n  a: 1\n\n  # c\n", &[remove("k")], (6, 1), "block of text");
    refused("k:\n  - a\n", &[remove("k.0"), replace("k.0", text("b"))], (2, 5), "two changes");
    refused("k:\n  - a: 1\n", &[remove("k.0"), rename("k.0.a", "b")], (2, 5), "two changes");
    refused("k: &x\n  - a\nb: *x\n", &[remove("k.0")], (2, 3), "anchor");
    refused("x: &x {c: 1}\ny:\n  <<: *x\n  c: 1\n", &[remove("y.c")], (3, 3), "elsewhere");
}

#[test]
fn an_element_goes_with_one_comma() {
    becomes("k: [a, b , c]\n", &[remove("k.0")], "k: [b , c]\n");
    becomes("k: [a, b , c]\n", &[remove("k.1")], "k: [a, c]\n");
    becomes("k: [a, b , c]\n", &[remove("k.2")], "k: [a, b]\n");
    becomes("k: [a, b,]\n", &[remove("k.1")], "k: [a,]\n");
    becomes("k: [ a ]\n", &[remove("k.0")], "k: []\n");
    becomes("k: {a: 1, b: }\n", &[remove("k.a")], "k: {b: }\n");
    becomes("k: [\n  a, # a\n  b\n]\n", &[remove("k.1")], "k: [\n  a # a\n]\n");
    becomes("k: [\n  # c\n\n  a,\n  b, # b\n]\n", &[remove("k.0")], "k: [\n  # c\n\n  b, # b\n]\n");
    becomes("k: [a, b, c]\n", &[remove("k.0"), replace("k.1", text("x"))], "k: [x, c]\n");
}

#[test]
fn an_item_comes_first() {
    becomes(
        "k:\n  - a # a\n  - b: 1 # b\n    c: 2\n  - d\n",
        &[first("k.1")],
        "k:\n  - b: 1 # b\n    c: 2\n  - a # a\n  - d\n",
    );
    becomes("k:\r\n- a\r\n- b", &[first("k.1")], "k:\r\n- b\r\n- a");
    becomes("- - a\n  - b: 1\n    c: 2\n", &[first("0.1")], "- - b: 1\n    c: 2\n  - a\n");
    becomes("k:\n  - a\n  - |+\n    b\n\nx: 1\n", &[first("k.1")], "k:\n  - |+\n    b\n\n  - a\nx: 1\n");
    becomes("k: [a, 'b' ,  {c: d}]\n", &[first("k.2")], "k: [{c: d}, a ,  'b']\n");
    becomes("k: [ # 0\n  a,\n  b\n]\n", &[first("k.1")], "k: [ # 0\n  b,\n  a\n]\n");
    let changed = [first("k.2"), remove("k.0"), replace("k.1", text("x"))];
    becomes("k:\n  - a\n  - b\n  - c\n", &changed, "k:\n  - c\n  - x\n");
    refused("k:\n  - a\n  # c\n  - b\n", &[first("k.1")], (3, 3), "comment");
    becomes("k:\n  - a\n  - |-\n    b", &[first("k.1")], "k:\n  - |-\n    b\n  - a");
    becomes("k:\n  - >-\n    a\n  - b", &[remove("k.1")], "k:\n  - >-\n    a");
    refused("k:\n  - a\n  - |\n    b", &[first("k.1")], (4, 6), "block of text");
    refused("k:\n  - |\n    a\n  - b", &[first("k.1")], (3, 6), "block of text");
    refused("k:\n  - a\n  - &x b\n", &[first("k.1")], (3, 8), "anchor");
    refused("k:\n- a\n\n- |+\n  b\n", &[first("k.1"), remove("k.0")], (4, 1), "two changes");
    refused("k:\n  - a\n", &[first("k.0")], (2, 5), "two changes");
}

#[test]
fn a_comment_stays_with_what_it_is_about() {
    let list = "k:\n  # a\n  - a\n  # b\n  - b\n  - c\n  # of c\n\nx: 1\n";
    refused(list, &[remove("k.0")], (2, 3), "end up above something else");
    refused(list, &[remove("k.1")], (4, 3), "end up above something else");
    refused(list, &[remove("k.2")], (7, 3), "end up below something else");
    refused(list, &[remove("k.0"), remove("k.1"), remove("k.2")], (2, 3), "above");
    refused("k:\n  # a\n  - a\n  - b\n", &[first("k.1")], (2, 3), "above");
    refused("k:\n  - a\n  - b\n  # of b\n\nx: 1\n", &[first("k.1")], (4, 3), "below");
    becomes("k:\n  - a\n  - b\n  # c\n  - c\n", &[first("k.1")], "k:\n  - b\n  - a\n  # c\n  - c\n");
    becomes("k:\n  - a\n  - |\n    # text\n  - c\n", &[remove("k.2")], "k:\n  - a\n  - |\n    # text\n");
    refused("k: [\n  # a\n  a,\n  b\n]\n", &[remove("k.0")], (2, 3), "above");
    refused("k: [\n  a,\n  b\n  # of b\n]\n", &[remove("k.1")], (4, 3), "below");
    refused("k: [\n  a, # 1\n  b # 2\n]\n", &[first("k.1")], (2, 6), "comment");
    refused("k: [\n  # a\n  a,\n  b\n]\n", &[first("k.1")], (2, 3), "above");
}

#[test]
fn a_comment_goes_with_what_it_is_about() {
    let remove = |at: &str| Edit::Remove { path: path(at), comments: Along::All };
    let first = |at: &str| Edit::MoveFirst { path: path(at), comments: Along::All };
    let list = "k:\n  # a\n  - a # 1\n  # - z\n  # b\n  - b\n  - c\n  # of c\n\nx: 1\n";
    becomes(list, &[remove("k.0")], "k:\n  # - z\n  # b\n  - b\n  - c\n  # of c\n\nx: 1\n");
    becomes(list, &[remove("k.1")], "k:\n  # a\n  - a # 1\n  # - z\n  - c\n  # of c\n\nx: 1\n");
    becomes(list, &[remove("k.2")], "k:\n  # a\n  - a # 1\n  # - z\n  # b\n  - b\n  # of c\n\nx: 1\n");
    becomes(list, &[first("k.1")], "k:\n  # b\n  - b\n  # a\n  - a # 1\n  # - z\n  - c\n  # of c\n\nx: 1\n");
    becomes("k:\n  # a\n  - a # 1\n# end\n", &[remove("k.0")], "k: []\n# end\n");
    // Blank lines between go with it, those after the list stay.
    let apart = "k:\n- a\n\n# b\n- b\n\n- c\n\nx: 1\n";
    becomes(apart, &[remove("k.0")], "k:\n# b\n- b\n\n- c\n\nx: 1\n");
    becomes(apart, &[remove("k.1")], "k:\n- a\n\n- c\n\nx: 1\n");
    becomes(apart, &[remove("k.2")], "k:\n- a\n\n# b\n- b\n\nx: 1\n");
    becomes("k:\n- |\n  # text\n- b\n", &[remove("k.1")], "k:\n- |\n  # text\n");
}

#[test]
fn the_proof_takes_nothing_but_the_plan() {
    let before = "k:\n  - a\n  - b\n";
    let prove = |after: &str, edits: &[Edit]| {
        let splices = [yaml::Splice { at: 0, remove: before.len(), insert: after.to_owned() }];
        yaml::prove(&Document::parse(before).unwrap(), after, &splices, edits).map(|_| ())
    };
    assert!(prove("k:\n  - b\n  - a\n", &[first("k.1")]).is_ok());
    assert!(prove("k:\n  - a\n  - b\n", &[first("k.1")]).is_err());
    assert!(prove("k:\n  - a\n", &[remove("k.0")]).is_err());
    assert!(prove("k:\n", &[remove("k.0"), remove("k.1")]).is_err(), "null is no empty list");
    assert!(prove("k: []\n", &[remove("k.0"), remove("k.1")]).is_ok());
    assert!(prove("x:\n  - a\n  - b\n", &[rename("k", "n")]).is_err());
    assert!(prove("k:\n  - b\n", &[remove("k.0"), remove("k.0")]).is_err(), "one item goes once");
    assert!(prove("k:\n  - b\n", &[remove("k.0"), replace("k.0", text("a"))]).is_err());
}
