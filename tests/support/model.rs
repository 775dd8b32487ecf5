//! What a generated file says, and how it is written.

use fastrand::Rng;

/// Public keys that are used: material only, without comment.
pub const KEYS: [&str; 5] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMSHQvP9m0VNkry1gN9NhT31BvXWRsIr3eqtzIm+5GWL",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA9q+jbzFToknGE8vAubG67p396g2lyuxTXQEEUyvqkZ",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6lWbCk5oaNA/bnquKJx/K4y+pjHlsGdzncbAez5idd",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIECvN43evPVuYyqMCIfgFUaFDe4duFv+CEMrYY9OY2ri",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWw0lIDYBSZLzYkzEaicqyvI9e3c232ixpGEFzCOt0x",
];

pub const NAMES: [&str; 5] = ["alice", "bob", "carol", "dmitri", "yes"];

#[derive(Debug, Clone)]
pub struct Key {
    pub key: usize,
    pub comment: &'static str,
    /// Only items of `authorized_keys` have one.
    pub state: Option<&'static str>,
}

/// The value of a key list.
#[derive(Debug, Clone)]
pub enum Keys {
    Nothing,
    Tilde,
    Empty,
    /// `[` and `]` on two lines.
    EmptyLines,
    /// A text and no list, in `authorized_ssh_keys`.
    One(Key),
    Items(Vec<Key>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Keys,
    SshKeys,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub name: &'static str,
    pub full_name: Option<&'static str>,
    pub groups: Option<Vec<&'static str>>,
    pub fields: Vec<(Field, Keys)>,
    pub absent: bool,
    /// `{username: ...}` on one line.
    pub flow: bool,
    /// Something else is said of them.
    pub shell: bool,
}

#[derive(Debug, Clone)]
pub enum Users {
    /// No such key; with the commented example of Spin's file or without.
    Missing {
        example: bool,
    },
    Nothing,
    Tilde,
    EmptyList,
    EmptyMapping,
    List(Vec<Person>),
    ByName(Vec<Person>),
}

#[derive(Debug, Clone)]
pub enum Docker {
    Missing { example: bool },
    Nothing,
    Empty,
    Mapping { username: bool, home: bool, keys: Option<Keys>, flow: bool },
}

#[derive(Debug, Clone)]
pub enum Request {
    User { name: &'static str, line: String, key: usize },
    Deploy { line: String, key: usize },
}

/// How the file is written.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Columns from a key to its list.
    pub offset: usize,
    pub gap: usize,
    /// Columns from a key to its mapping.
    pub mapping: usize,
    pub quote: char,
    pub crlf: bool,
    pub bom: bool,
    pub start: bool,
    pub end: bool,
    pub final_break: bool,
    /// Key lists as `[a, b]`: on one line, over lines, with a trailing comma.
    pub flow_keys: Option<(bool, bool)>,
    /// In how many of 8 places a comment stands.
    pub comments: usize,
    /// In how many of 8 places an anchor that nothing refers to.
    pub anchors: usize,
    pub blank_lines: bool,
    /// Sections around, and their order.
    pub sections: Vec<Section>,
    /// Where comments fall.
    pub seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Users,
    Additional,
    Docker,
    Servers,
    Text,
    KeptText,
    /// `|-` at the end of a file needs no line break.
    StrippedText,
    /// `? key` without `:`.
    Question,
    Vault,
    Anchors,
    Emoji,
}

#[derive(Debug, Clone)]
pub struct Case {
    pub users: Users,
    pub additional: Vec<Person>,
    pub docker: Docker,
    pub layout: Layout,
    pub request: Request,
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

impl Case {
    pub fn generate(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let rng = &mut rng;
        let mut names = NAMES.to_vec();
        rng.shuffle(&mut names);
        let count = rng.usize(1..=3);
        let people: Vec<Person> = names.drain(..count).map(|name| person(rng, name)).collect();
        let users = match rng.usize(..12) {
            0 => Users::Missing { example: rng.bool() },
            1 => Users::Nothing,
            2 => Users::Tilde,
            3 => Users::EmptyList,
            4 => Users::EmptyMapping,
            5 | 6 => Users::ByName(people),
            _ => Users::List(people),
        };
        let additional = if rng.usize(..4) == 0 { vec![person(rng, names[0])] } else { Vec::new() };
        let docker = match rng.usize(..8) {
            0 | 1 => Docker::Missing { example: rng.bool() },
            2 => Docker::Nothing,
            3 => Docker::Empty,
            _ => Docker::Mapping {
                username: rng.usize(..4) > 0,
                home: rng.bool(),
                keys: (rng.usize(..4) > 0).then(|| keys(rng, Field::SshKeys)),
                flow: rng.usize(..4) == 0,
            },
        };
        let key = rng.usize(..KEYS.len());
        let comment = pick(rng, &["me@laptop", "", "a b c", "it's \"me\"", "# no comment", "x: y"]);
        let line = format!("{} {comment}", KEYS[key]).trim_end().to_owned();
        let request = if rng.usize(..3) == 0 {
            Request::Deploy { line, key }
        } else {
            Request::User { name: pick(rng, &NAMES), line, key }
        };
        Self { users, additional, docker, layout: layout(rng), request }
    }
}

fn person(rng: &mut Rng, name: &'static str) -> Person {
    let fields = match rng.usize(..8) {
        0 => vec![],
        1 => vec![(Field::SshKeys, keys(rng, Field::SshKeys))],
        2 => vec![(Field::SshKeys, keys(rng, Field::SshKeys)), (Field::Keys, keys(rng, Field::Keys))],
        _ => vec![(Field::Keys, keys(rng, Field::Keys))],
    };
    Person {
        name,
        full_name: pick(rng, &[None, None, Some("A: B"), Some("Ünï 🤖")]),
        groups: match rng.usize(..3) {
            0 => None,
            1 => Some(vec![]),
            _ => Some(vec!["sudo", "www-data"]),
        },
        fields,
        absent: rng.usize(..30) == 0,
        flow: rng.usize(..6) == 0,
        shell: rng.bool(),
    }
}

fn keys(rng: &mut Rng, field: Field) -> Keys {
    match rng.usize(..12) {
        0 => Keys::Nothing,
        1 => Keys::Tilde,
        2 => Keys::Empty,
        3 => Keys::EmptyLines,
        4 if field == Field::SshKeys => {
            let comment = pick(rng, &["", "work", "it's", "say \"hi\""]);
            Keys::One(Key { key: rng.usize(..KEYS.len()), comment, state: None })
        }
        _ => {
            let mut order: Vec<usize> = (0..KEYS.len()).collect();
            rng.shuffle(&mut order);
            let count = rng.usize(1..=3);
            let key = |key| Key {
                key,
                comment: pick(rng, &["", "work", "it's", "say \"hi\"", "a # b", "k: v"]),
                state: if field == Field::Keys {
                    pick(rng, &[None, None, None, Some("present"), Some("absent")])
                } else {
                    None
                },
            };
            Keys::Items(order.into_iter().take(count).map(key).collect())
        }
    }
}

fn layout(rng: &mut Rng) -> Layout {
    let mut sections = vec![Section::Users, Section::Additional, Section::Docker];
    for section in [
        Section::Servers,
        Section::Text,
        Section::KeptText,
        Section::StrippedText,
        Section::Question,
        Section::Vault,
        Section::Anchors,
        Section::Emoji,
    ] {
        if rng.bool() {
            sections.push(section);
        }
    }
    rng.shuffle(&mut sections);
    Layout {
        offset: pick(rng, &[2, 2, 2, 0, 1, 4]),
        gap: pick(rng, &[1, 1, 1, 3]),
        mapping: pick(rng, &[2, 2, 4]),
        quote: pick(rng, &['"', '"', '\'']),
        crlf: rng.usize(..4) == 0,
        bom: rng.usize(..10) == 0,
        start: rng.bool(),
        end: rng.usize(..10) == 0,
        final_break: rng.usize(..4) > 0,
        flow_keys: (rng.usize(..5) == 0).then(|| (rng.bool(), rng.bool())),
        comments: pick(rng, &[0, 0, 2, 5]),
        anchors: pick(rng, &[0, 0, 2, 5]),
        blank_lines: rng.bool(),
        sections,
        seed: rng.u64(..),
    }
}
