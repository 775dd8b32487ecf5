//! Random files with lists of keys, as data and as text: states, fields, layouts, copies, comments.

use crate::support::model::KEYS;
use fastrand::Rng;

#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) key: usize,
    pub(crate) options: &'static str,
    pub(crate) comment: &'static str,
    pub(crate) state: Option<&'static str>,
    pub(crate) is_mapping: bool,
    /// A field that nobody reads, with a text that is nowhere else.
    pub(crate) note: Option<String>,
    pub(crate) above: Option<String>,
    pub(crate) behind: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Block,
    /// `[a, b]` on one line.
    Flow,
    /// `[`, an item a line, `]`.
    FlowLines,
    /// The first item alone, without a list.
    Scalar,
}

#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) field: &'static str,
    pub(crate) shape: Shape,
    pub(crate) items: Vec<Item>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// As it is written; none where there are none.
    pub(crate) groups: Option<&'static str>,
    pub(crate) absent: bool,
    pub(crate) shell: bool,
    pub(crate) lists: Vec<List>,
}

#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) by_name: bool,
    pub(crate) users: Vec<Entry>,
    pub(crate) additional: Vec<Entry>,
    /// With `username` or without.
    pub(crate) docker: Option<(Option<&'static str>, Vec<List>)>,
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

impl File {
    pub(crate) fn generate(rng: &mut Rng) -> Self {
        let mut count = 0;
        let by_name = rng.usize(..12) == 0;
        // Few names and keys, so that they meet.
        let mut users: Vec<Entry> = (0..rng.usize(1..4)).map(|_| entry(rng, &mut count)).collect();
        if by_name {
            let mut seen = Vec::new();
            let is_odd = |entry: &&mut Entry| ["yes", "\"yes\"", "\"True\""].contains(&entry.name);
            users.iter_mut().filter(is_odd).for_each(|entry| entry.name = "dora");
            users.retain(|entry| {
                !seen.contains(&entry.name) && {
                    seen.push(entry.name);
                    true
                }
            });
        }
        let additional = (0..rng.usize(..3)).map(|_| entry(rng, &mut count)).collect();
        let docker = (rng.usize(..3) > 0).then(|| {
            let name = pick(rng, &[Some("deploy"), Some("deploy"), Some("deploy"), None, Some("yes")]);
            (name, lists(rng, &["authorized_ssh_keys", "authorized_ssh_keys", "authorized_keys"], &mut count))
        });
        Self { by_name, users, additional, docker }
    }

    pub(crate) fn text(&self) -> String {
        let mut out = String::from("users:\n");
        for entry in &self.users {
            entry.write(&mut out, self.by_name);
        }
        if !self.additional.is_empty() {
            out.push_str("additional_users:\n");
            self.additional.iter().for_each(|entry| entry.write(&mut out, false));
        }
        if let Some((name, lists)) = &self.docker {
            out.push_str("docker_user:\n  home: /opt/deploy\n");
            out.extend(name.map(|name| format!("  username: {name}\n")));
            lists.iter().for_each(|list| list.write(&mut out, 2));
        }
        out + "use_passwordless_sudo: true\n"
    }
}

fn entry(rng: &mut Rng, count: &mut usize) -> Entry {
    let groups =
        pick(rng, &["['sudo']", "['sudo']", "['sudo']", "[]", "['adm']", "sudo", "'adm,sudo'", "sudoers", "~"]);
    Entry {
        name: pick(rng, &["alice", "alice", "bob", "carol", "deploy", "yes", "yes", "\"True\"", "\"yes\""]),
        groups: (rng.usize(..12) > 0).then_some(groups),
        absent: rng.usize(..16) == 0,
        shell: rng.usize(..4) == 0,
        lists: lists(rng, &["authorized_keys", "authorized_keys", "authorized_ssh_keys"], count),
    }
}

fn lists(rng: &mut Rng, fields: &[&'static str], count: &mut usize) -> Vec<List> {
    let mut out: Vec<List> = Vec::new();
    for _ in 0..pick(rng, &[1, 1, 1, 1, 1, 2, 0]) {
        let field = pick(rng, fields);
        if out.iter().any(|list| list.field == field) {
            continue;
        }
        let shape =
            pick(rng, &[Shape::Block, Shape::Block, Shape::Block, Shape::Flow, Shape::FlowLines, Shape::Scalar]);
        // Mostly as the field is meant to be, or as the other one is.
        let likely = pick(rng, &[field == "authorized_keys", field == "authorized_keys", field != "authorized_keys"]);
        let items = (0..rng.usize(1..6)).map(|_| item(rng, shape, likely, count)).collect();
        out.push(List { field, shape, items });
    }
    out
}

fn item(rng: &mut Rng, shape: Shape, likely: bool, count: &mut usize) -> Item {
    let mut unique = |what: &str, of: usize, rng: &mut Rng| {
        (rng.usize(..of) == 0).then(|| {
            *count += 1;
            format!("{what}-{count}-")
        })
    };
    let is_mapping = (if rng.usize(..8) == 0 { !likely } else { likely }) && shape != Shape::Scalar;
    let has_lines = matches!(shape, Shape::Block | Shape::FlowLines);
    Item {
        key: rng.usize(..KEYS.len()),
        options: pick(rng, &["", "", "", "", "restrict ", "no-pty "]),
        comment: pick(rng, &["a@b", "", "laptop", "x y", "c: d"]),
        state: is_mapping
            .then(|| pick(rng, &[None, None, None, Some("absent"), Some("absent"), Some("present")]))
            .flatten(),
        is_mapping,
        note: unique("note", 9, rng).filter(|_| is_mapping),
        above: unique("above", 8, rng).filter(|_| has_lines),
        behind: unique("behind", 10, rng).filter(|_| has_lines),
    }
}

impl Item {
    pub(crate) fn line(&self) -> String {
        format!("{}{} {}", self.options, KEYS[self.key], self.comment).trim_end().to_owned()
    }

    /// In a block, over several lines; each but the first is indented by this.
    fn block(&self, indent: usize) -> String {
        // Without quotes where it is easy to see: what is behind it then cuts it (SK419).
        // With a colon it is read as a mapping (SK420).
        let is_plain = self.comment == "laptop" || (self.comment == "c: d" && !self.is_mapping);
        let quote = if is_plain { "" } else { "\"" };
        let behind = self.behind.as_ref().map_or(String::new(), |text| format!(" # {text}"));
        if !self.is_mapping {
            return format!("{quote}{}{quote}{behind}\n", self.line());
        }
        let mut out = format!("public_key: {quote}{}{quote}{behind}\n", self.line());
        let pad = " ".repeat(indent);
        out.extend(self.state.map(|state| format!("{pad}state: {state}\n")));
        out.extend(self.note.as_ref().map(|note| format!("{pad}note: {note}\n")));
        out
    }

    fn flow(&self) -> String {
        let line = self.line();
        if !self.is_mapping {
            return format!("\"{line}\"");
        }
        let state = self.state.map_or(String::new(), |state| format!(", state: {state}"));
        let note = self.note.as_ref().map_or(String::new(), |note| format!(", note: {note}"));
        format!("{{public_key: \"{line}\"{state}{note}}}")
    }
}

impl List {
    fn write(&self, out: &mut String, indent: usize) {
        let pad = " ".repeat(indent);
        let flows = || self.items.iter().map(Item::flow).collect::<Vec<_>>().join(", ");
        match self.shape {
            Shape::Scalar => out.push_str(&format!("{pad}{}: \"{}\"\n", self.field, self.items[0].line())),
            Shape::Flow => out.push_str(&format!("{pad}{}: [{}]\n", self.field, flows())),
            Shape::Block => {
                out.push_str(&format!("{pad}{}:\n", self.field));
                for item in &self.items {
                    out.extend(item.above.as_ref().map(|text| format!("{pad}  # {text}\n")));
                    out.push_str(&format!("{pad}  - {}", item.block(indent + 4)));
                }
            }
            Shape::FlowLines => {
                out.push_str(&format!("{pad}{}: [\n", self.field));
                for (at, item) in self.items.iter().enumerate() {
                    out.extend(item.above.as_ref().map(|text| format!("{pad}  # {text}\n")));
                    let comma = if at + 1 < self.items.len() { "," } else { "" };
                    let behind = item.behind.as_ref().map_or(String::new(), |text| format!(" # {text}"));
                    out.push_str(&format!("{pad}  {}{comma}{behind}\n", item.flow()));
                }
                out.push_str(&format!("{pad}]\n"));
            }
        }
    }
}

impl Entry {
    fn write(&self, out: &mut String, by_name: bool) {
        if by_name {
            out.push_str(&format!("  {}:\n    name: Somebody\n", self.name));
        } else {
            out.push_str(&format!("  - username: {}\n", self.name));
        }
        out.extend(self.groups.map(|groups| format!("    groups: {groups}\n")));
        out.push_str(if self.shell { "    shell: /bin/sh\n" } else { "" });
        out.push_str(if self.absent { "    state: absent\n" } else { "" });
        self.lists.iter().for_each(|list| list.write(out, 4));
    }
}
