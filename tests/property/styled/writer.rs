//! Whole files in a style.

use super::style::{Align, Field, Form, Quote, Style};

/// A person, and what is written around them that `add-user` never writes.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) username: &'static str,
    pub(super) name: &'static str,
    pub(super) groups: Vec<&'static str>,
    pub(super) keys: Vec<String>,
    pub(super) shell: bool,
    /// A last field in a block of text.
    pub(super) note: bool,
    pub(super) comment_above: bool,
    /// The column of the `#` of a field that is commented out at the end, and whether it is there in place of a blank.
    pub(super) commented_out: Option<(usize, bool)>,
}

/// What else is in the file.
#[derive(Debug, Clone)]
pub(super) struct Around {
    pub(super) contents: bool,
    pub(super) start: bool,
    pub(super) before: bool,
    pub(super) after: bool,
    /// Blank lines between the blocks.
    pub(super) blank: usize,
    pub(super) docker: Option<Vec<String>>,
    /// Comments that end the file.
    pub(super) footer: &'static [&'static str],
}

pub(super) enum Value<'p> {
    Text(&'p str, Quote),
    List(Vec<Value<'p>>),
    Map(Vec<(&'static str, Value<'p>)>),
}

pub(super) fn file(style: &Style, around: &Around, people: &[Person]) -> String {
    let lines = match style.form {
        Form::JsonPretty | Form::JsonCompact => json(style, around, people),
        _ => yaml(style, around, people),
    };
    let eol = if style.crlf { "\r\n" } else { "\n" };
    // The end of a block of text is part of it.
    let has_text = matches!(style.form, Form::List | Form::ByName) && people.iter().any(|person| person.note);
    lines.join("\n").replace('\n', eol) + if style.final_break || has_text { eol } else { "" }
}

fn yaml(style: &Style, around: &Around, people: &[Person]) -> Vec<String> {
    let mut sections: Vec<Vec<String>> = Vec::new();
    let mut head = Vec::new();
    if around.start {
        head.push("---".to_owned());
    }
    if around.contents {
        head.extend(["# In this file:", "# users:", "# servers:", "# docker_user:", "# ----"].map(str::to_owned));
    }
    if around.before {
        head.push(format!("{}{} \"22\"", style.field("ssh_port"), style.colon()));
    }
    sections.push(head);
    sections.push(style.users(people));
    if around.after {
        let dash = format!("{}-{}", " ".repeat(style.offset), " ".repeat(style.gap));
        let colon = style.colon();
        sections.push(vec![
            format!("{}{colon}", style.field("servers")),
            format!("{dash}{}{colon} one", style.field("server_name")),
        ]);
    }
    if let Some(keys) = &around.docker {
        let mut lines = vec![format!("{}{}", style.field("docker_user"), style.colon())];
        lines.extend(style.block(&style.deploy(keys), style.mapping));
        sections.push(lines);
    }
    sections.retain(|lines| !lines.is_empty());
    let mut lines = sections.join(&vec![String::new(); around.blank][..]);
    lines.extend(around.footer.iter().map(|line| (*line).to_owned()));
    lines
}

fn json(style: &Style, around: &Around, people: &[Person]) -> Vec<String> {
    let mut all = vec![("users", Value::List(people.iter().map(|person| style.person(person)).collect()))];
    if let Some(keys) = &around.docker {
        all.push(("docker_user", style.deploy(keys)));
    }
    let text = match style.form {
        Form::JsonPretty => style.pretty(&Value::Map(all), ""),
        _ => style.flow(&Value::Map(all)),
    };
    vec![text]
}

fn quoted(text: &str, quote: Quote) -> String {
    match quote {
        Quote::None => text.to_owned(),
        Quote::Single => format!("'{text}'"),
        Quote::Double => format!("\"{text}\""),
    }
}

impl Style {
    pub(super) fn is_json(&self) -> bool {
        matches!(self.form, Form::JsonPretty | Form::JsonCompact)
    }

    pub(super) fn text(&self, text: &str, quote: Quote) -> String {
        quoted(text, if self.is_json() { Quote::Double } else { quote })
    }

    fn key_field(&self) -> &'static str {
        if self.form == Form::ByName { "authorized_ssh_keys" } else { "authorized_keys" }
    }

    fn person<'p>(&self, person: &'p Person) -> Value<'p> {
        let mut entries: Vec<(&'static str, Value<'p>)> = Vec::new();
        for field in &self.order {
            entries.push(match field {
                Field::Username => ("username", Value::Text(person.username, self.of_words)),
                Field::Name => ("name", Value::Text(person.name, self.of_names)),
                Field::Groups => {
                    ("groups", Value::List(person.groups.iter().map(|it| Value::Text(it, self.of_groups)).collect()))
                }
                Field::Keys if person.keys.is_empty() => continue,
                Field::Keys => {
                    let keys = self.keys(&person.keys, self.key_field() == "authorized_ssh_keys");
                    (self.key_field(), Value::List(keys))
                }
            });
        }
        if person.shell {
            entries.insert(entries.len() / 2, ("shell", Value::Text("/bin/zsh", Quote::Double)));
        }
        Value::Map(entries)
    }

    fn keys<'p>(&self, keys: &'p [String], bare: bool) -> Vec<Value<'p>> {
        let text = |key: &'p String| Value::Text(key, self.of_keys);
        keys.iter().map(|key| if bare { text(key) } else { Value::Map(vec![("public_key", text(key))]) }).collect()
    }

    fn deploy<'p>(&self, keys: &'p [String]) -> Value<'p> {
        let list = Value::List(self.keys(keys, true));
        Value::Map(vec![("username", Value::Text("deploy", self.of_words)), ("authorized_ssh_keys", list)])
    }

    fn users(&self, people: &[Person]) -> Vec<String> {
        let values: Vec<Value<'_>> = people.iter().map(|person| self.person(person)).collect();
        let trailing = if self.trailing_comma { "," } else { "" };
        match self.form {
            Form::FlowList => {
                let text = self.flow(&Value::List(values));
                return vec![format!("{}{} {text}", self.field("users"), self.colon())];
            }
            Form::FlowListOverLines => {
                let texts: Vec<String> = values.iter().map(|value| format!("  {}", self.flow(value))).collect();
                let comma = format!(",{}", "\n".repeat(self.apart + 1));
                return vec![format!("{}{} [\n{}{trailing}\n]", self.field("users"), self.colon(), texts.join(&comma))];
            }
            _ => {}
        }
        let mut lines = vec![format!("{}{}", self.field("users"), self.colon())];
        for (index, (person, value)) in people.iter().zip(&values).enumerate() {
            if index > 0 {
                lines.extend(vec![String::new(); self.apart]);
            }
            lines.extend(self.user(person, value));
        }
        lines
    }

    fn user(&self, person: &Person, value: &Value<'_>) -> Vec<String> {
        let (outer, column) = match self.form {
            Form::ByName => (self.mapping, self.mapping * 2),
            _ if self.alone => (self.offset, self.offset + 2),
            _ => (self.offset, self.offset + 1 + self.gap),
        };
        let pad = " ".repeat(outer);
        let mut lines = Vec::new();
        if person.comment_above {
            lines.push(format!("{pad}# {}, since 2024", person.name));
        }
        let first = lines.len();
        let dash = format!("{pad}-{}", " ".repeat(self.gap));
        match self.form {
            Form::FlowUsers => lines.push(format!("{dash}{}", self.flow(value))),
            Form::FlowUsersOverTwoLines => {
                let text = self.flow(value);
                let at = self.last_field(&text);
                lines.push(format!("{dash}{},", text[..at].trim_end().trim_end_matches(',')));
                lines.push(format!("{pad}    {}", &text[at..]));
            }
            Form::ByName => {
                lines.push(format!("{pad}{}{}", self.field(person.username), self.colon()));
                lines.extend(self.block(value, column));
            }
            _ if self.alone => {
                lines.push(format!("{pad}-"));
                lines.extend(self.block(value, column));
            }
            _ => {
                lines.extend(self.block(value, column));
                lines[first].replace_range(..dash.len(), &dash);
            }
        }
        if matches!(self.form, Form::List | Form::ByName) {
            if person.note {
                let (key, inner) = (self.field("comment"), " ".repeat(column + 2));
                let colon = self.colon();
                lines.push(format!("{}{key}{colon} |\n{inner}first line\n{inner}second line", " ".repeat(column)));
            }
            if let Some((_, true)) = person.commented_out {
                lines.push(format!("#{}shell: /bin/fish", " ".repeat(column - 1)));
            } else if let Some((at, false)) = person.commented_out {
                let at = at.min(column);
                lines.push(format!("{}# {}shell: /bin/fish", " ".repeat(at), " ".repeat(column - at)));
            }
        }
        lines
    }

    /// Where the last field of a mapping in brackets begins.
    fn last_field(&self, text: &str) -> usize {
        let name = match self.order.last() {
            Some(Field::Username) => "username",
            Some(Field::Name) => "name",
            Some(Field::Groups) => "groups",
            _ => self.key_field(),
        };
        let written = format!("{}{}", self.field(name), self.colon());
        let is_start = |at: &usize| !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric());
        text.rmatch_indices(&written).map(|(at, _)| at).find(is_start).unwrap()
    }

    pub(super) fn field(&self, name: &str) -> String {
        self.text(name, self.of_fields)
    }

    /// A colon behind a key.
    fn colon(&self) -> &'static str {
        if self.is_spaced() { " :" } else { ":" }
    }

    pub(super) fn is_spaced(&self) -> bool {
        self.spaced_colons && self.align == Align::No && !self.is_json()
    }

    /// `key: value`, the value below those of the other keys or not.
    fn entry(&self, key: &str, value: &str) -> String {
        let key = self.field(key);
        let width = self.field("username").len() + 1;
        match self.align {
            Align::No => format!("{key}{} {value}", self.colon()),
            Align::Values => format!("{:<width$}  {value}", format!("{key}:")),
            Align::Colons => format!("{key:<width$}: {value}"),
        }
    }

    fn block(&self, value: &Value<'_>, column: usize) -> Vec<String> {
        let Value::Map(entries) = value else { return vec![self.flow(value)] };
        let pad = " ".repeat(column);
        let mut lines = Vec::new();
        for (key, value) in entries {
            let in_flow = if *key == "groups" { self.groups_in_flow } else { self.keys_in_flow };
            match value {
                Value::List(items) if !in_flow => {
                    lines.push(format!("{pad}{}{}", self.field(key), self.colon()));
                    let dash = format!("{pad}{}-{}", " ".repeat(self.offset), " ".repeat(self.gap));
                    for item in items {
                        let text = match item {
                            Value::Map(entries) => self.lone(entries),
                            item => self.flow(item),
                        };
                        lines.push(format!("{dash}{text}"));
                    }
                }
                value => lines.push(format!("{pad}{}", self.entry(key, &self.flow(value)))),
            }
        }
        lines
    }

    /// The one entry of the mapping that a key is.
    fn lone(&self, entries: &[(&'static str, Value<'_>)]) -> String {
        let texts =
            entries.iter().map(|(key, value)| format!("{}{} {}", self.field(key), self.colon(), self.flow(value)));
        texts.collect()
    }
}
