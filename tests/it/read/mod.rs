//! `Document::read` against `PyYAML`, which it is to resolve like: generated documents with anchors, aliases, merge keys
//! and duplicate keys.
//!
//! `SPIN_KEYS_SEED` and `SPIN_KEYS_CASES` repeat or extend a run; `SPIN_KEYS_PYTHON` names the Python.

use fastrand::Rng;
use serde_json::{Value, json};
use spin_keys::yaml::{Document, Kind, NodeId};
use std::io::Write as _;
use std::process::{Command, Stdio};
use support::{cases, number, project, python};

/// What `PyYAML` makes of each text.
fn pyyaml(texts: &[String]) -> Option<Vec<Value>> {
    let script = project().join("tests/it/read/oracle.py");
    let mut command = Command::new(python()?);
    let mut child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = texts.iter().map(|text| format!("{}\n", json!(text))).collect();
    let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn tree(document: &Document<'_>, id: NodeId, way: &mut Vec<NodeId>) -> Value {
    if let Some(text) = document.scalar(id) {
        return json!(text);
    }
    if way.contains(&id) {
        return json!(["circle"]);
    }
    way.push(id);
    let mut out = Vec::new();
    match document.node(id).kind {
        Kind::Sequence { .. } => {
            out.push(json!("list"));
            out.extend(document.items(id).iter().map(|item| tree(document, *item, way)));
        }
        Kind::Mapping { .. } => {
            out.push(json!("map"));
            let entries = document.entries(id).iter();
            out.extend(
                entries.map(|(key, value)| json!([document.scalar(*key).unwrap(), tree(document, *value, way)])),
            );
        }
        _ => panic!("an alias is left"),
    }
    way.pop();
    Value::Array(out)
}

struct Writer {
    rng: Rng,
    anchors: usize,
}

impl Writer {
    fn chance(&mut self, of: usize) -> bool {
        self.rng.usize(..of) == 0
    }

    fn text(&mut self) -> String {
        let mut out = String::new();
        for index in 0..self.rng.usize(2..=5) {
            let value = self.node(3);
            if self.chance(3) && value.starts_with('{') {
                out.push_str(&format!("top{index}:\n  x: {value}\n  <<: {}\n", self.merged(1)));
            } else {
                out.push_str(&format!("top{index}: {value}\n"));
            }
        }
        out
    }

    fn anchor(&mut self) -> String {
        if self.rng.bool() {
            return String::new();
        }
        let name = if self.chance(60) { self.rng.usize(..=self.anchors) } else { self.anchors };
        self.anchors = self.anchors.max(name + 1);
        format!("&a{name} ")
    }

    fn alias(&mut self) -> String {
        format!("*a{}", self.rng.usize(..self.anchors.max(1)))
    }

    fn node(&mut self, depth: usize) -> String {
        match self.rng.usize(..8) {
            0 if self.anchors > 0 => self.alias(),
            1 if depth > 0 => {
                let anchor = self.anchor();
                let items: Vec<String> = (0..self.rng.usize(..4)).map(|_| self.node(depth - 1)).collect();
                format!("{anchor}[{}]", items.join(", "))
            }
            2..=5 if depth > 0 => self.mapping(depth),
            _ => {
                let anchor = self.anchor();
                format!("{anchor}{}", ["one", "'two'", "\"three\"", "4", "yes"][self.rng.usize(..5)])
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> String {
        let anchor = self.anchor();
        let mut parts = Vec::new();
        for _ in 0..self.rng.usize(..5) {
            if self.chance(4) {
                parts.push(format!("<<: {}", self.merged(depth - 1)));
                continue;
            }
            let key = ["a", "\"a\"", "b", "'b'", "c", "d", "'<<'", "e"][self.rng.usize(..8)];
            let anchor = if self.chance(20) { self.anchor() } else { String::new() };
            parts.push(format!("{anchor}{key} : {}", self.node(depth - 1)));
        }
        format!("{anchor}{{{}}}", parts.join(", "))
    }

    /// What a merge key takes; now and then what it does not.
    fn merged(&mut self, depth: usize) -> String {
        match self.rng.usize(..6) {
            0 => self.mapping(depth.max(1)),
            1 | 2 => {
                let parts: Vec<String> = (0..self.rng.usize(..4))
                    .map(|_| if self.anchors == 0 || self.chance(3) { self.mapping(1) } else { self.alias() })
                    .collect();
                format!("[{}]", parts.join(", "))
            }
            _ if self.anchors > 0 => self.alias(),
            _ => "{m: merged}".to_owned(),
        }
    }
}

#[test]
fn documents_are_resolved_as_pyyaml_does() {
    let first = number("SPIN_KEYS_SEED", 1);
    let cases = cases(1_500);
    let text = |seed| Writer { rng: Rng::with_seed(seed), anchors: 0 }.text();
    let texts: Vec<String> = (first..first + cases).map(text).collect();
    let Some(answers) = pyyaml(&texts) else { return };
    assert_eq!(answers.len(), texts.len());
    let (mut equal, mut circles) = (0, 0);
    for (seed, (text, answer)) in (first..).zip(texts.iter().zip(&answers)) {
        match (Document::read(text), answer.get("tree")) {
            (Ok(document), Some(expected)) => {
                let read = tree(&document, document.root().unwrap(), &mut Vec::new());
                assert_eq!(&read, expected, "seed {seed}\n{text}");
                assert_eq!(json!(document.duplicates().len()), answer["lost"], "seed {seed}\n{text}");
                equal += 1;
            }
            (Err(_), None) => {}
            // What PyYAML makes of it depends on what it meets first.
            (Err(refusal), Some(_)) if refusal.message.contains("circle") => circles += 1,
            (Err(refusal), Some(_)) => panic!("seed {seed}: {refusal}\n{text}"),
            (Ok(_), None) => panic!("seed {seed}: PyYAML says {}\n{text}", answer["error"]),
        }
    }
    eprintln!("{equal} of {cases} equal, {circles} circles refused");
    assert!(equal * 4 > cases && circles * 5 < cases, "the generator does not do its work");
}
