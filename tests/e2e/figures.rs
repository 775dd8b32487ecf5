//! What was tried, as a table for `docs/RELIABILITY.md`: written where `SPIN_KEYS_FIGURES` names a folder.

use crate::ansible::Ansible;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Scenario, then server; then accounts compared and logins tried, per version of Ansible.
type Rows = BTreeMap<(String, String), Vec<String>>;

static ROWS: Mutex<Rows> = Mutex::new(BTreeMap::new());

/// Notes one scenario on one server, which went well.
pub(crate) fn row(scenario: &str, ansible: &Ansible, server: &str, compared: usize, logins: usize) {
    let Some(folder) = std::env::var_os("SPIN_KEYS_FIGURES").map(PathBuf::from) else { return };
    let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    let cell = format!("{compared} compared, {logins} logins tried");
    rows.entry((scenario.to_owned(), server.to_owned())).or_default().push(format!("{}: {cell}", ansible.version));
    let mut text = "| scenario | server | by ansible-core |\n|---|---|---|\n".to_owned();
    for ((scenario, server), cells) in rows.iter() {
        let mut cells = cells.clone();
        cells.sort();
        text.push_str(&format!("| {scenario} | {server} | {} |\n", cells.join("; ")));
    }
    std::fs::write(folder.join("e2e.md"), text).unwrap();
}
