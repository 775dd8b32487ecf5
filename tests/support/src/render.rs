//! The model as text. Comments and blank lines fall where the seed of the layout puts them.

mod flow;

use crate::model::{Case, Docker, Field, KEYS, Key, Keys, Layout, Person, Section, Users};
use fastrand::Rng;

struct Writer<'c> {
    layout: &'c Layout,
    rng: Rng,
    lines: Vec<String>,
}

/// The text of a case.
pub fn render(case: &Case) -> String {
    let layout = &case.layout;
    let mut writer = Writer { layout, rng: Rng::with_seed(layout.seed), lines: Vec::new() };
    if layout.start {
        writer.lines.push("---".to_owned());
    }
    for section in &layout.sections {
        let before = writer.lines.len();
        writer.section(case, *section);
        if writer.lines.len() > before && layout.blank_lines {
            writer.lines.push(String::new());
        }
    }
    // libyaml does not take `...` behind nothing but comments.
    if layout.end && writer.lines.iter().any(|line| !line.is_empty() && !line.starts_with('#')) {
        writer.lines.extend(["...", "# behind the end"].map(str::to_owned));
    }
    let eol = if layout.crlf { "\r\n" } else { "\n" };
    let mut text = writer.lines.join(eol);
    // Text of several lines at the very end needs its line break, or it would be another text.
    let open = layout.sections.iter().rev().find(|section| !is_empty(case, **section));
    let needs_break = matches!(open, Some(Section::Text | Section::KeptText | Section::Vault)) && !layout.end;
    if (layout.final_break || needs_break) && !text.is_empty() && !text.ends_with('\n') {
        text.push_str(eol);
    }
    if layout.bom { format!("\u{feff}{text}") } else { text }
}

fn is_empty(case: &Case, section: Section) -> bool {
    match section {
        Section::Users => matches!(case.users, Users::Missing { example: false }),
        Section::Additional => case.additional.is_empty(),
        Section::Docker => matches!(case.docker, Docker::Missing { example: false }),
        _ => false,
    }
}

fn pad(columns: usize) -> String {
    " ".repeat(columns)
}

impl Writer<'_> {
    fn line(&mut self, column: usize, text: &str) {
        self.lines.push(format!("{}{text}", pad(column)));
    }

    fn chance(&mut self) -> bool {
        self.rng.usize(..8) < self.layout.comments
    }

    /// Perhaps a comment line at this column.
    fn remark(&mut self, column: usize) {
        if self.chance() {
            let text =
                ["# a remark", "# - public_key: \"ssh-ed25519 AAAA old\"", "#", "# key: value"][self.rng.usize(..4)];
            self.line(column, text);
        }
    }

    /// Perhaps a comment behind a line.
    fn tail(&mut self) -> &'static str {
        if self.chance() { ["  # tail", " # ]", "   "][self.rng.usize(..3)] } else { "" }
    }

    fn section(&mut self, case: &Case, section: Section) {
        match section {
            Section::Users => self.users(&case.users),
            Section::Additional if case.additional.is_empty() => {}
            Section::Additional => self.list("additional_users", &case.additional),
            Section::Docker => self.docker(&case.docker),
            Section::Servers => self.raw(&[
                "servers:",
                "  - server_name: one",
                "    address: 10.0.0.1",
                "# between",
                "ssh_port: \"22\"",
            ]),
            Section::Text => self.raw(&["motd: |", "  users:", "    - not one", "  # not a comment"]),
            Section::KeptText => self.raw(&["kept: |+", "  text", "", ""]),
            Section::Vault => self.raw(&["token: !vault |", "  $ANSIBLE_VAULT;1.1;AES256", "  3132"]),
            Section::Anchors => self.raw(&["base: &base", "  a: 1", "derived:", "  <<: *base", "  b: [*base, 2]"]),
            Section::Emoji => self.raw(&["# 👇 ünïcode", "\"name\": 'Zoë 🌎' # ok"]),
        }
    }

    fn raw(&mut self, lines: &[&str]) {
        self.lines.extend(lines.iter().map(|line| (*line).to_owned()));
    }

    fn users(&mut self, users: &Users) {
        match users {
            Users::Missing { example: false } => {}
            Users::Missing { example: true } => {
                self.raw(&["# users:", "#   - username: alice", "#     groups: ['sudo']"])
            }
            Users::Nothing => {
                let tail = self.tail();
                self.line(0, &format!("users:{tail}"));
                self.remark(2);
                self.remark(0);
            }
            Users::Tilde => {
                let tail = self.tail();
                self.line(0, &format!("users: ~{tail}"));
            }
            Users::EmptyList => self.line(0, "users: []"),
            Users::EmptyMapping => self.line(0, "users: {}"),
            Users::List(people) => self.list("users", people),
            Users::ByName(people) => {
                self.line(0, "users:");
                for person in people {
                    let column = self.layout.mapping;
                    self.remark(column);
                    let name = if person.name == "yes" { "\"yes\"" } else { person.name };
                    if person.flow {
                        let text = self.flow_person(person, false);
                        self.line(column, &format!("{name}: {text}"));
                    } else {
                        self.line(column, &format!("{name}:"));
                        self.entries(person, column + self.layout.mapping, false);
                    }
                }
            }
        }
    }

    fn list(&mut self, key: &str, people: &[Person]) {
        let tail = self.tail();
        self.line(0, &format!("{key}:{tail}"));
        for (index, person) in people.iter().enumerate() {
            if index > 0 && self.layout.blank_lines {
                self.lines.push(String::new());
            }
            self.remark(self.layout.offset);
            let dash = format!("{}-{}", pad(self.layout.offset), pad(self.layout.gap));
            if person.flow {
                let text = self.flow_person(person, true);
                let tail = self.tail();
                self.lines.push(format!("{dash}{text}{tail}"));
                continue;
            }
            let first = self.lines.len();
            self.entries(person, dash.len(), true);
            self.lines[first].replace_range(..dash.len(), &dash);
        }
        self.remark(self.layout.offset);
    }

    fn entries(&mut self, person: &Person, column: usize, with_name: bool) {
        if with_name {
            let name = if person.name == "yes" { "'yes'" } else { person.name };
            let tail = self.tail();
            self.line(column, &format!("username: {name}{tail}"));
        }
        if let Some(name) = person.full_name {
            self.line(column, &format!("name: \"{name}\""));
        }
        if let Some(groups) = &person.groups {
            self.line(column, &format!("groups: [{}]", groups.join(", ")));
        }
        if person.shell || !with_name {
            self.line(column, "shell: /bin/sh");
        }
        if person.absent {
            self.line(column, "state: absent");
        }
        for (field, keys) in &person.fields {
            self.remark(column);
            self.keys(*field, keys, column);
        }
    }

    fn keys(&mut self, field: Field, keys: &Keys, column: usize) {
        let name = field.key();
        let tail = self.tail();
        match (keys, self.layout.flow_keys) {
            (Keys::Nothing, _) => self.line(column, &format!("{name}:{tail}")),
            (Keys::Tilde, _) => self.line(column, &format!("{name}: ~{tail}")),
            (Keys::Empty, _) => self.line(column, &format!("{name}: []{tail}")),
            (Keys::Items(items), Some((over_lines, comma))) => {
                let texts: Vec<String> = items.iter().map(|key| self.flow_key(field, key)).collect();
                let comma = if comma { "," } else { "" };
                if !over_lines {
                    return self.line(column, &format!("{name}: [{}{comma}]{tail}", texts.join(", ")));
                }
                self.line(column, &format!("{name}: ["));
                for (index, text) in texts.iter().enumerate() {
                    let comma = if index + 1 < texts.len() { "," } else { comma };
                    let tail = self.tail();
                    self.line(column + 4, &format!("{text}{comma}{tail}"));
                }
                self.line(column + 2, "]");
            }
            (Keys::Items(items), None) => {
                self.line(column, &format!("{name}:{tail}"));
                let dash = column + self.layout.offset;
                for key in items {
                    self.remark(dash);
                    let (text, gap, tail) = (self.quoted(key), pad(self.layout.gap), self.tail());
                    match field {
                        Field::SshKeys => self.line(dash, &format!("-{gap}{text}{tail}")),
                        Field::Keys => self.line(dash, &format!("-{gap}public_key: {text}{tail}")),
                    }
                    if let Some(state) = key.state {
                        self.line(dash + 1 + gap.len(), &format!("state: {state}"));
                    }
                }
                self.remark(dash);
            }
        }
    }

    fn docker(&mut self, docker: &Docker) {
        match docker {
            Docker::Missing { example: false } => {}
            Docker::Missing { example: true } => {
                self.raw(&["## Deploy user", "# docker_user:", "#   username: deploy"])
            }
            Docker::Nothing => self.raw(&["docker_user:"]),
            Docker::Empty => self.raw(&["docker_user: {}"]),
            Docker::Mapping { username, home, keys, flow: true } => {
                let mut parts = Vec::new();
                parts.extend(username.then(|| "username: deploy".to_owned()));
                parts.extend(home.then(|| "home: /opt/deploy".to_owned()));
                parts.extend(
                    keys.as_ref().map(|keys| format!("authorized_ssh_keys: {}", self.flow_keys(Field::SshKeys, keys))),
                );
                self.line(0, &format!("docker_user: {{{}}}", parts.join(", ")));
            }
            Docker::Mapping { username: false, home: false, keys: None, flow: false } => self.raw(&["docker_user:"]),
            Docker::Mapping { username, home, keys, flow: false } => {
                self.line(0, "docker_user:");
                let column = self.layout.mapping;
                if *username {
                    self.line(column, "username: deploy");
                }
                self.remark(column);
                if let Some(keys) = keys {
                    self.keys(Field::SshKeys, keys, column);
                }
                if *home {
                    self.line(column, "home: /opt/deploy");
                }
            }
        }
    }
}

impl Field {
    pub fn key(self) -> &'static str {
        match self {
            Self::Keys => "authorized_keys",
            Self::SshKeys => "authorized_ssh_keys",
        }
    }
}

impl Key {
    pub fn line(&self) -> String {
        format!("{} {}", KEYS[self.key], self.comment).trim_end().to_owned()
    }
}
