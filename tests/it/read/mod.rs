//! `Document::read` against Ansible's own loader: what it makes of generated documents, types and all, or that it refuses
//! them.
//!
//! `SPIN_KEYS_SEED` and `SPIN_KEYS_CASES` repeat or extend a run; `SPIN_KEYS_PYTHON` names a Python with Ansible.

mod bases;
mod edited;
mod spellings;
mod texts;

use crate::support::figures::Figures;
use crate::support::{cases, number, project, python_with_ansible};
use serde_json::{Value, json};
use spin_keys::yaml::{Data, Document, Kind, NodeId};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What Ansible makes of each text.
fn ansible(texts: &[String]) -> Option<Vec<Value>> {
    let script = project().join("tests/it/read/oracle.py");
    let mut command = Command::new(python_with_ansible()?);
    let mut child = command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = texts.iter().map(|text| format!("{}\n", json!(text))).collect();
    let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), texts.len());
    Some(answers)
}

/// Aliases can multiply what is below them without end. As in oracle.py.
const DEEPEST: usize = 6;

fn tree(document: &Document<'_>, id: NodeId, way: &mut Vec<NodeId>) -> Value {
    let node = document.node(id);
    let printed = || document.printed(id).map_or("?".to_owned(), |text| text.into_owned());
    match node.data {
        Data::Null => return Value::Null,
        Data::Bool(value) => return json!(["bool", value]),
        Data::Int => return json!(["int", printed()]),
        Data::Float => return json!(["float", printed()]),
        Data::Time => return json!(["time", printed()]),
        Data::Bytes => return json!(["bytes"]),
        Data::Text => return json!(["text", document.text_at(id), !node.is_unsafe]),
        Data::Vault => return json!(["vault", document.scalar(id)]),
        Data::List | Data::Map | Data::Set => {}
        Data::Merge | Data::Unknown => panic!("nothing is made of {node:?}"),
    }
    if way.contains(&id) {
        return json!(["circle"]);
    }
    if way.len() == DEEPEST {
        return json!(["deep"]);
    }
    way.push(id);
    let mut out = Vec::new();
    match &node.kind {
        Kind::Sequence { items, .. } => out.extend(items.iter().map(|item| tree(document, *item, way))),
        Kind::Mapping { entries, .. } => {
            out.extend(
                entries.iter().map(|(key, value)| json!([name(document, *key, way), tree(document, *value, way)])),
            );
        }
        _ => panic!("an alias is left"),
    }
    let word = match node.data {
        Data::List => "list",
        Data::Map => "map",
        _ => {
            out.sort_by_key(ToString::to_string);
            "set"
        }
    };
    out.insert(0, json!(word));
    way.pop();
    Value::Array(out)
}

/// A key, which is no template.
fn name(document: &Document<'_>, id: NodeId, way: &mut Vec<NodeId>) -> Value {
    document.text_at(id).map_or_else(|| tree(document, id, way), |text| json!(["text", text]))
}

/// What `Document::read` makes of a text, or why it refuses it.
fn read(text: &str) -> Result<(Value, usize), String> {
    let document = Document::read(text).map_err(|refusal| refusal.message)?;
    if document.second_document().is_some() || !document.unknown_tags().is_empty() {
        return Err("several documents, or an unknown tag, of which `check` tells".to_owned());
    }
    let made = document.root().map_or(Value::Null, |root| tree(&document, root, &mut Vec::new()));
    Ok((made, document.duplicates().len()))
}

/// Why nothing is said of a file that Ansible loads: DESIGN.md's limits.
const UNSAID: [&str; 3] =
    ["two readers of YAML disagree", "nests deeper than 255 levels", "of this file stand for more than"];

#[derive(Debug, Default)]
struct Count {
    cases: u64,
    loaded: u64,
    /// Of which nothing is said.
    unsaid: u64,
}

#[test]
fn documents_are_what_ansible_makes_of_them() {
    let first = number("SPIN_KEYS_SEED", 1);
    let count = cases(5_000);
    let made: Vec<(&str, String)> = (first..first + count).map(texts::text).collect();
    let texts: Vec<String> = made.iter().map(|(_, text)| text.clone()).collect();
    let Some(answers) = ansible(&texts) else { return };
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (seed, ((kind, text), answer)) in (first..).zip(made.iter().zip(&answers)) {
        let count = counts.entry(kind).or_default();
        count.cases += 1;
        count.loaded += u64::from(answer["error"].is_null());
        let is_right = match (read(text), answer.get("tree")) {
            (Ok((own, lost)), Some(expected)) => {
                own == *expected
                    && (text.trim_start().starts_with('{')
                        || text.contains("<<")
                        || text.contains("merge")
                        || json!(lost) == answer["lost"])
            }
            (Err(refusal), Some(_)) if UNSAID.iter().any(|why| refusal.contains(why)) => {
                count.unsaid += 1;
                true
            }
            (own, expected) => own.is_err() && expected.is_none(),
        };
        if !is_right {
            wrong.push(format!("seed {seed}, {kind}\n{text}\nown: {:?}\nAnsible: {answer}\n", read(text)));
        }
    }
    let mut figures = Figures::new(&["kind", "files", "Ansible loads", "nothing is said of", "differ"]);
    let differ = |kind: &str| wrong.iter().filter(|wrong| wrong.contains(&format!(", {kind}\n"))).count();
    for (kind, Count { cases, loaded, unsaid }) in &counts {
        figures.row([json!(kind), json!(cases), json!(loaded), json!(unsaid), json!(differ(kind))]);
        figures.count("files", *cases);
        figures.count("files that Ansible loads", *loaded);
        figures.count("files of which nothing is said", *unsaid);
    }
    figures.differences = wrong.clone();
    figures.note = "By ansible-core's own loader (`from_yaml`) on PyYAML with libyaml.".to_owned();
    figures.write("reading");
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong[..wrong.len().min(8)].join("\n"));
    for (kind, Count { cases, loaded, unsaid }) in counts {
        assert!(loaded * 2 >= cases, "{kind}: Ansible loads {loaded} of {cases}");
        assert!(unsaid * 50 <= cases, "{kind}: of {unsaid} of {cases} nothing is said");
    }
}
