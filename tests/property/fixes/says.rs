//! What findings say that their fixes change, by the rules' texts, from the random file as data and as text.

use super::file::{Entry, File};
use super::server::{Key, Server, TUNNEL, key};
use crate::support::model::KEYS;
use spin_keys::check::finding::Finding;
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub(crate) struct Says {
    pub(crate) opens: BTreeSet<(String, Key)>,
    pub(crate) shuts: BTreeSet<(String, Key)>,
    pub(crate) removes: BTreeSet<(String, String)>,
    pub(crate) groups: BTreeSet<(String, Vec<String>)>,
    pub(crate) renames: bool,
}

/// What an entry opens besides its account.
struct Opens<'b> {
    before: &'b Server,
    /// The deploy account, by its first key.
    deploy: bool,
    tunnel: bool,
}

/// Where a line of the text is.
struct Place<'f> {
    /// None for `docker_user`.
    entry: Option<&'f Entry>,
    is_user: bool,
    /// The key there, and whether it is the first of its list.
    key: Option<(Key, bool)>,
}

/// The name of an account as Ansible makes it.
pub(crate) fn name(entry: &Entry) -> String {
    match entry.name {
        "yes" => "True".to_owned(),
        name => name.trim_matches('"').to_owned(),
    }
}

fn place<'f>(file: &'f File, text: &str, finding: &Finding) -> Place<'f> {
    let lines: Vec<&str> = text.lines().collect();
    let at = finding.line - 1;
    let (mut section, mut number) = ("", None);
    for line in &lines[..=at] {
        if let Some(name) = line.strip_suffix(':').filter(|name| !name.starts_with(' ')) {
            (section, number) = (name, None);
        }
        let opens = if section == "users" && file.by_name {
            line.starts_with("  ") && !line.starts_with("   ")
        } else {
            line.starts_with("  - username:")
        };
        if opens && !line.trim_start().starts_with('#') {
            number = Some(number.map_or(0, |number| number + 1));
        }
    }
    let entries = if section == "users" { &file.users } else { &file.additional };
    let entry = number.filter(|_| section != "docker_user").map(|number| &entries[number]);
    let rest: String = lines[at].chars().skip(finding.column - 1).collect();
    let key = rest.find("ssh-ed25519 ").map(|_| {
        let item = rest.split('"').find(|word| word.contains("ssh-ed25519")).unwrap();
        let item = item.split(" #").next().unwrap().trim_start_matches("public_key: ").trim();
        let before = &lines[at][..lines[at].len() - rest.len()];
        let field = lines[..=at].iter().rposition(|line| line.contains("authorized_")).unwrap();
        let above = lines[field..at].concat() + if field == at { before } else { "" };
        (key(item), !above.contains("ssh-ed25519"))
    });
    Place { entry, is_user: section == "users", key }
}

fn in_sudo(entry: &Entry) -> bool {
    entry.groups.is_some_and(|groups| groups.contains("sudo") && groups != "['sudoers']")
}

impl Says {
    /// What these findings say.
    pub(crate) fn of(file: &File, text: &str, before: &Server, fixed: &[Finding]) -> Self {
        let mut says = Self::default();
        for finding in fixed {
            says.add(file, &place(file, text, finding), before, finding.rule.code);
        }
        says
    }

    fn add(&mut self, file: &File, place: &Place<'_>, before: &Server, code: &str) {
        let deploy = before.deploy.as_str();
        let account = place.entry.map_or_else(|| deploy.to_owned(), name);
        let opens_deploy = place.is_user && place.entry.is_some_and(in_sudo);
        let opens = Opens { before, deploy: opens_deploy, tunnel: opens_deploy && !file.by_name };
        match code {
            "SK205" => self.renames = true,
            "SK210" => drop(self.groups.insert((account, Vec::new()))),
            "SK211" => {
                let words = place.entry.unwrap().groups.unwrap().trim_matches('\'').split(',').map(str::to_owned);
                self.groups.insert((account, words.collect()));
            }
            "SK217" | "SK304" | "SK420" => {
                let (key, is_first) = place.key.clone().unwrap();
                self.item(&account, &opens, &key, is_first);
            }
            "SK218" | "SK303" => {
                let field = if code == "SK218" { "authorized_ssh_keys" } else { "authorized_keys" };
                let docker = file.docker.as_ref().map(|(_, lists)| lists);
                let lists = place.entry.map_or_else(|| docker.unwrap(), |entry| &entry.lists);
                let list = lists.iter().find(|list| list.field == field).unwrap();
                let count = if list.shape == super::file::Shape::Scalar { 1 } else { list.items.len() };
                let items = &list.items[..count];
                let first = items.iter().position(|item| item.state != Some("absent"));
                for (at, item) in items.iter().enumerate() {
                    let key = key(&item.line());
                    let last = items.iter().rev().find(|other| other.key == item.key).unwrap();
                    if item.state != Some("absent") && last.state != Some("absent") {
                        self.item(&account, &opens, &key, first == Some(at));
                    }
                    if opens.tunnel {
                        self.opens.insert((TUNNEL.to_owned(), key.clone()));
                    }
                    if last.state == Some("absent") {
                        self.removes.insert((account.clone(), key.0));
                    }
                }
            }
            "SK502" => {
                assert!(opens.tunnel);
                let lists = place.entry.unwrap().lists.iter();
                for item in lists.flat_map(|list| &list.items) {
                    let key = key(&item.line());
                    let set = if item.state == Some("absent") {
                        // An entry of the deploy account that removes it now does.
                        self.removes.insert((deploy.to_owned(), key.0.clone()));
                        &mut self.shuts
                    } else {
                        &mut self.opens
                    };
                    set.insert((deploy.to_owned(), key));
                }
            }
            "SK301" | "SK419" | "SK507" => {}
            code => panic!("{code} has a fix of which this does not know"),
        }
    }

    fn item(&mut self, account: &str, opens: &Opens<'_>, key: &Key, is_first: bool) {
        // What is taken away elsewhere opens nothing.
        if opens.before.removed.contains(&(account.to_owned(), key.0.clone())) {
            return;
        }
        let doors = [(true, account), (opens.tunnel, TUNNEL), (opens.deploy && is_first, opens.before.deploy.as_str())];
        let doors = doors.into_iter().filter(|(opens, _)| *opens);
        self.opens.extend(doors.map(|(_, door)| (door.to_owned(), key.clone())));
    }
}

/// The keys of a line, by their base64.
pub(crate) fn keys_in(line: &str) -> BTreeSet<usize> {
    (0..KEYS.len()).filter(|key| line.contains(KEYS[*key].split(' ').nth(1).unwrap())).collect()
}
