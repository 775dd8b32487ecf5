//! The model as text. Comments and blank lines fall where the seed of the layout puts them.

mod flow;
mod keys;

use crate::support::model::{Case, Docker, Field, KEYS, Key, Layout, Person, Section, Users};
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

    /// Perhaps a comment behind a quote or a bracket.
    fn tight_tail(&mut self) -> &'static str {
        if self.chance() { ["#tight", "  # tail", "#"][self.rng.usize(..3)] } else { "" }
    }

    /// Perhaps an anchor that nothing refers to, with a blank before it.
    fn mark(&mut self) -> String {
        let is_marked = self.rng.usize(..8) < self.layout.anchors;
        if is_marked { format!(" &m{}", self.rng.u32(..)) } else { String::new() }
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
            Section::StrippedText => self.raw(&["note: |-", "  text", "  # not a comment"]),
            Section::Question => {
                let tail = self.tail();
                self.line(0, &format!("? lone{tail}"));
            }
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
                let (mark, tail) = (self.mark(), self.tail());
                self.line(0, &format!("users:{mark}{tail}"));
                self.remark(2);
                self.remark(0);
            }
            Users::Tilde => {
                let (mark, tail) = (self.mark(), self.tail());
                self.line(0, &format!("users:{mark} ~{tail}"));
            }
            Users::EmptyList => {
                let (mark, tail) = (self.mark(), self.tight_tail());
                self.line(0, &format!("users:{mark} []{tail}"));
            }
            Users::EmptyMapping => self.line(0, "users: {}"),
            Users::List(people) => self.list("users", people),
            Users::ByName(people) => {
                let mark = self.mark();
                self.line(0, &format!("users:{mark}"));
                for person in people {
                    let column = self.layout.mapping;
                    self.remark(column);
                    let name = if person.name == "yes" { "\"yes\"" } else { person.name };
                    if person.flow {
                        let text = self.flow_person(person, false);
                        self.line(column, &format!("{name}: {text}"));
                    } else {
                        let mark = self.mark();
                        self.line(column, &format!("{name}:{mark}"));
                        self.entries(person, column + self.layout.mapping, false);
                    }
                }
            }
        }
    }

    fn list(&mut self, key: &str, people: &[Person]) {
        let (mark, tail) = (self.mark(), self.tail());
        self.line(0, &format!("{key}:{mark}{tail}"));
        for (index, person) in people.iter().enumerate() {
            if index > 0 && self.layout.blank_lines {
                self.lines.push(String::new());
            }
            self.remark(self.layout.offset);
            let dash = format!("{}-{}", pad(self.layout.offset), pad(self.layout.gap));
            if person.flow {
                let text = self.flow_person(person, true);
                let (mark, tail) = (self.mark(), self.tight_tail());
                let mark = if mark.is_empty() { mark } else { format!("{} ", mark.trim()) };
                self.lines.push(format!("{dash}{mark}{text}{tail}"));
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
                let mark = self.mark();
                self.line(0, &format!("docker_user:{mark}"));
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
