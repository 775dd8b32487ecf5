//! What a server has after a run, as `fixtures/access` keeps it, and what `list` says of a file.

use crate::support::session::Session;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Lines of `authorized_keys` by account.
pub type Accounts = BTreeMap<String, Vec<String>>;

/// What the real roles of Spin left (v2.3.4, ansible-core 2.21, a new server): written by a script from each run.
pub struct Measured {
    pub accounts: Accounts,
    pub fails: bool,
    /// Ansible-core 2.18 left other accounts or keys.
    pub differs: bool,
}

impl Measured {
    pub fn of(case: &Path) -> Self {
        let text = fs::read_to_string(case.join("installed")).unwrap();
        let mut measured = Self { accounts: BTreeMap::new(), fails: false, differs: false };
        let mut account = None;
        for line in text.split('\n') {
            match (line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')), &account) {
                (Some(name), _) => {
                    account = Some(name.to_owned());
                    measured.accounts.insert(name.to_owned(), Vec::new());
                }
                (None, None) => {
                    measured.fails |= line.starts_with("# run: fails");
                    let differs = line.starts_with("# 2.18: differs");
                    measured.differs |= differs && !line.ends_with("same accounts and keys");
                }
                (None, Some(_)) if line.is_empty() => {}
                // The module leaves a blank behind a key without a comment.
                (None, Some(name)) => measured.accounts.get_mut(name).unwrap().push(line.trim_end().to_owned()),
            }
        }
        measured
    }
}

/// What `list` says of the session's file.
pub struct Told {
    pub accounts: Accounts,
    /// Accounts of which only Ansible can tell all.
    pub unknown: Vec<String>,
    /// The run ends early.
    pub ends: bool,
}

impl Told {
    pub fn of(session: &Session) -> Self {
        let ran = session.run(&["list", "--format", "json"]).expect(0, &[]);
        let answer: Value = serde_json::from_str(&ran.out).unwrap();
        let json = &answer["files"][0];
        let accounts = json["accounts"].as_array().unwrap().iter();
        let lines = accounts.clone().map(|account| {
            let keys = account["keys"].as_array().unwrap().iter();
            let keys = keys.map(|key| key["authorized_key"].as_str().unwrap().trim_end().to_owned());
            (account["account"].as_str().unwrap().to_owned(), keys.collect())
        });
        let unknown = accounts.clone().filter(|account| !account["unknown"].as_array().unwrap().is_empty());
        let unknown = unknown.map(|account| account["account"].as_str().unwrap().to_owned()).collect();
        Self { accounts: lines.collect(), unknown, ends: !json["failure"].is_null() }
    }
}
