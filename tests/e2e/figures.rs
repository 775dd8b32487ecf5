//! What was tried, for `docs/reliability/e2e.json`.

use crate::ansible::Ansible;
use crate::support::figures::Figures;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Scenario, then server; then accounts compared and logins tried, per version of Ansible.
type Rows = BTreeMap<(String, String), Vec<(String, usize, usize)>>;

static ROWS: Mutex<Rows> = Mutex::new(BTreeMap::new());

/// Notes one scenario on one server, which went well.
pub(crate) fn row(scenario: &str, ansible: &Ansible, server: &str, compared: usize, logins: usize) {
    let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    let cells = rows.entry((scenario.to_owned(), server.to_owned())).or_default();
    cells.push((ansible.version.clone(), compared, logins));
    cells.sort();
    let mut figures = Figures::new(&["scenario", "server", "by ansible-core"]);
    for ((scenario, server), cells) in rows.iter() {
        let told = cells.iter().map(|(version, compared, logins)| {
            figures.count("compared", *compared as u64);
            figures.count("logins tried", *logins as u64);
            format!("{version}: {compared} compared, {logins} logins tried")
        });
        let told = told.collect::<Vec<_>>().join("; ");
        figures.count("scenarios", 1);
        figures.row([json!(scenario), json!(server), json!(told)]);
    }
    figures.write("e2e");
}
