//! `fixtures/outcomes`: what the real roles of Spin did with layouts, and with files that were provisioned one after the other.

use crate::support::session::fixtures;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A layout, or a file that was provisioned after others.
pub struct Case {
    pub name: String,
    pub text: String,
    /// Files that were provisioned before.
    pub first: Vec<String>,
    /// The key that `spin configure gha` passed with these.
    pub ci: Option<String>,
    pub has_private_groups: bool,
    pub fails: bool,
    /// The names of the keys of each account, in the order of its `authorized_keys`.
    pub keys: BTreeMap<String, Vec<String>>,
    /// The keys that could log in; `None` where that was not tried.
    pub lets_in: Option<BTreeMap<String, BTreeSet<String>>>,
    pub groups: BTreeMap<String, Vec<String>>,
    /// Whether the third door was measured.
    pub says_tunnel: bool,
    /// `None`: the playbook ended.
    pub tunnel: Option<Vec<String>>,
    /// Names and lines of all keys.
    pub names: Vec<(String, String)>,
}

impl Case {
    /// The name of the key in a line.
    pub fn name_of(&self, line: &str) -> String {
        let has = |known: &str| line.contains(known.split(' ').nth(1).unwrap());
        let name = self.names.iter().find(|(_, known)| has(known)).map(|(name, _)| name.clone());
        name.unwrap_or_else(|| line.to_owned())
    }

    /// An account that Spin did not make.
    pub fn is_of_the_system(&self, name: &str) -> bool {
        ["root", "systemd-network", "systemd-timesync"].contains(&name)
    }

    /// For messages.
    pub fn measured(&self) -> String {
        format!(
            "fails {}, keys {:?}, lets in {:?}, groups {:?}, tunnel {:?}",
            self.fails, self.keys, self.lets_in, self.groups, self.tunnel
        )
    }
}

pub fn cases() -> Vec<Case> {
    let mut found = Vec::new();
    for file in ["layouts.json", "layouts-2.json"] {
        let text = fs::read_to_string(fixtures().join("outcomes").join(file)).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let names: Vec<(String, String)> =
            value["pub"].as_object().unwrap().iter().map(|(name, line)| (name.clone(), text_of(line))).collect();
        found.extend(value["cases"].as_object().unwrap().iter().map(|(name, case)| read(file, name, case, &names)));
    }
    found
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text_of).collect()
}

fn read(file: &str, name: &str, case: &Value, names: &[(String, String)]) -> Case {
    let outcome = &case["outcome"]["2.21"];
    let map = |key: &str| -> BTreeMap<String, Vec<String>> {
        let entries = outcome[key].as_object().into_iter().flatten();
        entries.map(|(account, keys)| (account.clone(), texts(keys))).collect()
    };
    // The root of these servers had a key before, and a shell could not print some files.
    let text = text_of(&case["case"]["y"]);
    let is_there = |key: &String| text.contains("old@laptop") || *key != "old";
    let mut keys = map("comments");
    keys.values_mut().for_each(|keys| keys.retain(is_there));
    keys.retain(|account, keys| !account.starts_with('[') && !keys.iter().any(|key| key.starts_with("/bin/sh:")));
    let ci = names.iter().find(|(name, _)| name == "ci").map(|(_, line)| line.clone());
    Case {
        name: name.to_owned(),
        text,
        first: texts(&case["case"]["first"]),
        has_private_groups: case["case"]["ran"] == "none",
        fails: outcome["ansible"] != "ok",
        keys,
        ci: ci.filter(|_| file == "layouts.json"),
        // The logins were tried on port 22.
        lets_in: outcome
            .get("lets_in")
            .filter(|_| !name.starts_with("ssh-port-octal"))
            .map(|_| map("lets_in").into_iter().map(|(account, keys)| (account, keys.into_iter().collect())).collect()),
        groups: map("groups"),
        says_tunnel: file == "layouts-2.json" && !name.contains("runner.py")
            || outcome.get("authorized_keys_secret").is_some(),
        tunnel: outcome.get("authorized_keys_secret").map(texts),
        names: names.to_vec(),
    }
}
