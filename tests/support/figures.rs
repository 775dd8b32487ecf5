//! What a long run counted, for `docs/reliability/NAME.json`: written where `SPIN_KEYS_FIGURES` names a folder.
//! `.ci/reliability` adds seed, commit and date.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The figures of one proof.
#[derive(Debug, Default)]
pub struct Figures {
    /// How many of each kind.
    pub counts: BTreeMap<String, u64>,
    /// What is not as it should be, in words: none, or the proof has failed.
    pub differences: Vec<String>,
    /// The table of the page, its head first.
    pub table: Vec<Vec<Value>>,
    /// A sentence below the table.
    pub note: String,
}

impl Figures {
    /// With the head of the table.
    pub fn new(head: &[&str]) -> Self {
        Self { table: vec![head.iter().map(|cell| json!(cell)).collect()], ..Self::default() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = Value>) {
        self.table.push(cells.into_iter().collect());
    }

    pub fn count(&mut self, what: &str, more: u64) {
        *self.counts.entry(what.to_owned()).or_default() += more;
    }

    /// Writes them, or does nothing where nobody asks.
    pub fn write(&self, name: &str) {
        let Some(folder) = std::env::var_os("SPIN_KEYS_FIGURES").map(PathBuf::from) else { return };
        let Self { counts, differences, table, note } = self;
        let json = json!({ "counts": counts, "differences": differences, "table": table, "note": note });
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), format!("{json:#}\n")).unwrap();
    }
}
