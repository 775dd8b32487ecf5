//! Who gets in by a file, by the simple rule: items in order, and the last word wins; `docker_user`'s list, then item 0 of
//! each sudo user for deploy; every key of a sudo user for the tunnel. Read by serde_yaml, and nothing of the program.

use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The base64 of a key, and its options.
pub(crate) type Key = (String, String);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Server {
    /// The account or `TUNNEL`, and the key.
    pub(crate) open: BTreeSet<(String, Key)>,
    /// What is taken away from servers that have it.
    pub(crate) removed: BTreeSet<(String, String)>,
    pub(crate) groups: BTreeMap<String, Option<Vec<String>>>,
    pub(crate) deploy: String,
    /// Accounts that one entry removes and another makes: the home of the first belongs to nobody then, which is too much for
    /// the simple rule.
    pub(crate) mixed: BTreeSet<String>,
}

pub(crate) const TUNNEL: &str = "(tunnel)";

pub(crate) fn key(line: &str) -> Key {
    let at = line.find("ssh-ed25519 ").unwrap();
    (line[at..].split(' ').nth(1).unwrap().to_owned(), line[..at].trim().to_owned())
}

/// A name as Ansible prints it.
pub(crate) fn printed(value: &Value) -> String {
    match value.as_str() {
        // serde_yaml reads YAML 1.2.
        Some("yes") => "True".to_owned(),
        Some(name) => name.to_owned(),
        None => "True".to_owned(),
    }
}

pub(crate) fn words(groups: &Value) -> Vec<String> {
    groups.as_sequence().into_iter().flatten().map(|group| group.as_str().unwrap().to_owned()).collect()
}

pub(crate) fn in_sudo(entry: &Value) -> bool {
    let groups = &entry["groups"];
    words(groups).iter().any(|word| word == "sudo") || groups.as_str().is_some_and(|text| text.contains("sudo"))
}

/// A quoted `yes` is a text: the text of the file decides.
pub(crate) fn server(text: &str) -> Server {
    let file: Value = serde_yaml::from_str(&text.replace("\"yes\"", "quoted-yes")).unwrap();
    let name = |value: &Value| printed(value).replace("quoted-yes", "yes");
    let mut out = Server::default();
    // With the section, and whether it is in a list, as Spin needs it. Without one no run gets so far.
    let mut entries: Vec<(String, &Value, bool, bool)> = Vec::new();
    for section in ["users", "additional_users"] {
        for entry in file[section].as_sequence().into_iter().flatten() {
            entries.push((name(&entry["username"]), entry, section == "users", true));
        }
        for (key, entry) in file[section].as_mapping().into_iter().flatten() {
            entries.push((name(key), entry, section == "users", false));
        }
    }
    let mut keys: BTreeMap<String, BTreeMap<String, Option<String>>> = BTreeMap::new();
    let mut gone = BTreeSet::new();
    let is_absent = |entry: &Value| entry["state"].as_str() == Some("absent");
    let names = |gone: bool| entries.iter().filter(move |it| is_absent(it.1) == gone).map(|it| it.0.clone());
    let present: BTreeSet<String> = names(false).collect();
    out.mixed = names(true).filter(|name| present.contains(name)).collect();
    for (name, entry, ..) in &entries {
        if is_absent(entry) {
            gone.insert(name.clone());
            out.groups.remove(name);
            continue;
        }
        gone.remove(name);
        let known = out.groups.entry(name.clone()).or_default();
        match &entry["groups"] {
            Value::Null => {}
            groups => *known = Some(words(groups)),
        }
    }
    for (name, entry, ..) in entries.iter().filter(|(name, entry, ..)| entry["state"].is_null() && !gone.contains(name))
    {
        for item in entry["authorized_keys"].as_sequence().into_iter().flatten() {
            let Some(line) = item["public_key"].as_str() else { continue };
            let (material, options) = key(line);
            let word = (item["state"].as_str() != Some("absent")).then_some(options);
            keys.entry(name.clone()).or_default().insert(material, word);
        }
    }
    out.deploy = file["docker_user"].get("username").map_or("deploy".to_owned(), &name);
    // Another home hides the keys that the account had as a user.
    if file["docker_user"].get("home").is_some() {
        out.mixed.insert(out.deploy.clone());
    }
    let deploy = keys.entry(out.deploy.clone()).or_default();
    let listed = &file["docker_user"]["authorized_ssh_keys"];
    let one = listed.as_str().into_iter();
    let lines = one.chain(listed.as_sequence().into_iter().flatten().filter_map(Value::as_str));
    let first = |entry: &Value| entry["authorized_keys"][0]["public_key"].as_str().map(str::to_owned);
    let firsts = entries
        .iter()
        .filter(|(_, entry, is_user, _)| *is_user && in_sudo(entry))
        .filter_map(|(_, entry, ..)| first(entry));
    for line in lines.map(str::to_owned).chain(firsts) {
        let (material, options) = key(&line);
        deploy.insert(material, Some(options));
    }
    for (_, entry, ..) in
        entries.iter().filter(|(_, entry, is_user, is_listed)| *is_user && *is_listed && in_sudo(entry))
    {
        for item in entry["authorized_keys"].as_sequence().into_iter().flatten() {
            out.open.extend(item["public_key"].as_str().map(|line| (TUNNEL.to_owned(), key(line))));
        }
    }
    for (name, of) in keys {
        for (material, word) in of {
            match word {
                Some(options) => drop(out.open.insert((name.clone(), (material, options)))),
                None => drop(out.removed.insert((name.clone(), material))),
            }
        }
    }
    out
}
