//! Files to start from: those under `fixtures/`, and one for each corner of YAML.

use crate::support::project;
use std::path::Path;
use std::sync::OnceLock;

/// The small files under `fixtures/` that are YAML by name, in order.
pub(super) fn fixtures() -> &'static [String] {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut found = Vec::new();
        collect(&project().join("fixtures"), &mut found);
        found.sort();
        assert!(found.len() > 300, "{} files", found.len());
        found
    })
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "yml" || end == "yaml")
            && let Ok(text) = std::fs::read_to_string(&path)
            && text.len() < 4_000
            && !text.starts_with(['\u{feff}', '$'])
            && !text.replace("\r\n", "").contains(['\r', '\u{85}', '\u{2028}', '\u{2029}'])
        {
            found.push(text);
        }
    }
}

/// The corners that YAML's own test cases look into, in other words.
pub(super) const BASES: [&str; 77] = [
    "a: &x !unsafe {<<: *x , <<: {b: 1}}\nd: {<<: *x }\n",
    "a: &x !unsafe {<<: {k: {<<: *x }}}\n",
    "a: &x !unsafe {<<: [*x , {b: 1}], c: 2}\nd: {<<: [*x ]}\n",
    "a: !!set {b: , !unsafe b: }\nc: !!set {!unsafe d: , d: }\n",
    "a: !!int '\u{661}'\nb: !!float '\u{661}'\nc: !!int '\u{660}12'\n",
    "a: b\n",
    "- a\n- b\n-\n- - c\n  - d\n",
    "key:\n- one\n- two\nnext: 3\n",
    "key:\n    - one\n    -   two: 3\n        four: 5\n",
    "? long key\n: value\n? other\n",
    "? |\n  block\n  key\n: - one\n  - two\n",
    "a: |\n  x\n   y\n\n  z\nb: 1\n",
    "a: >\n  folded\n  text\n\n  new\n   more\n  end\n",
    "a: |+\n  keep\n\nb: |-\n  strip\n\nc: >+\n  k\n\n",
    "a: |2\n   lead\n  x\nb: >1-\n  y\n",
    "a: |\n  no end",
    "a: >-\n  no end\n  either",
    "a: |+\n  kept\n\n\n",
    "a: 'it''s'\nb: \"q\\\"\\t\\x41\\u00e9\\U0001F600\\\n  on\"\n",
    "a: 'one\n  two\n\n  three'\nb: \"one\n  two\n\n  three\"\n",
    "a: plain\n  over\n\n  lines\nb: c\n",
    "{a: b, c: {d: e}, f: [g, h]}\n",
    "[a, [b, c], {d: e}, f: g]\n",
    "{\n  a: b,\n  c: [\n    d,\n    e,\n  ],\n}\n",
    "[a, b, ]\n",
    "{a, b: , c}\n",
    "{? a : b, ? c, d: e}\n",
    "{\"a\":b, 'c':d, \"e\": f}\n",
    "[? a : b, c: d]\n",
    "a: &x 1\nb: *x\nc: [*x , *x]\n",
    "&k a: b\nc: *k\n*k : d\n",
    "a: &x\n  b: c\nd: *x\ne: {<<: *x, f: g}\n",
    "&all\nself: *all\n",
    "&l [*l, a]\n",
    "a: &n\nb: *n\n",
    "a: !!str 12\nb: !!int \"3\"\nc: !!float 4\nd: !!bool \"yes\"\ne: !!null x\n",
    "a: !!set {x, y}\nb: !!omap [x: 1, y: 2]\nc: !!pairs [x: 1, x: 2]\n",
    "a: !!binary aGVsbG8=\nb: !!binary |\n  aGVs\n  bG8=\n",
    "!!map {a: !!seq [b, c]}\n",
    "--- !!set\n? a\n? b\n",
    "a: ! b\nc: ! 12\nd: ! \"12\"\ne: ! [f]\n",
    "a: !unsafe \"{{ x }}\"\nb: !unsafe [1, {c: d}]\n",
    "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\n",
    "%YAML 1.1\n---\na: b\n",
    "%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n",
    "%TAG ! tag:example.org,2000:\n---\na: !x b\n",
    "---\na: b\n...\n",
    "--- a\n",
    "--- |\n  text\n",
    "---\n---\n",
    "a: b\n---\nc: d\n",
    "# only a comment\n",
    "",
    "\n\n",
    "a: # comment\n  b # more\n# end\n",
    "# one\na: b # two\n  # three\nc: d\n",
    "a: \"x\"#tight\nb: [c]#tight\nd: [e,#tight\n  f]\n",
    "a:\n  # comment\n  - b\n  # comment\n  - c\n",
    "a: b:c\nd: e#f\ng: -h\ni: ?j\n",
    "a: http://x/y#z\nb: c::d\n",
    "a b: c d\n'e f': g\n",
    "a:   b   \nc:\td\n",
    "- a: b\n  c: d\n-   e: f\n    g: h\n- - i\n  -\n    - j\n",
    "a:\n  - b:\n    - c\n  - d:\n      - e\n",
    "-\n  a: b\n-\n  - c\n",
    "a: {b: 1, c: [2, {d: 3}]}\ne:\n  f: [g,\n    h]\n",
    "a: ''\nb: \"\"\nc:\nd: ~\n",
    "a: {<<: {b: 1}, b: 2}\nc: {<<: [{d: 1}, {d: 2, e: 3}]}\n",
    "a: {<<: {b: 1}, <<: {b: 2, c: 3}}\n",
    "a: &m {<<: *m, b: 1}\n",
    "a: {=: 1}\nb: !!str {=: c}\nd: !!int {=: 5, e: f}\n",
    "a: =\n",
    "? [a, b]\n: c\n",
    "? {a: b}\n: c\n",
    "yes: 1\ntrue: 2\n1: 3\n\"yes\": 4\n",
    "a: 1\r\nb:\r\n  - c\r\nd: |\r\n  e\r\n",
    "é: ü\nemoji: 😀\nbom: \"\u{feff}x\"\n",
];
