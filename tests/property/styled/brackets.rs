//! What is in brackets, on one line or over several.

use super::style::{Form, Style};
use super::writer::Value;

impl Style {
    pub(super) fn flow(&self, value: &Value<'_>) -> String {
        let comma = if self.form == Form::JsonCompact { "," } else { self.comma };
        let colon = match self.form {
            Form::JsonCompact => ":",
            _ if self.is_spaced() => " : ",
            _ => ": ",
        };
        let within = |open: &str, texts: Vec<String>, close: &str, pad: bool| {
            let pad = if pad && self.form != Form::JsonCompact { " " } else { "" };
            format!("{open}{pad}{}{pad}{close}", texts.join(comma))
        };
        match value {
            Value::Text(text, quote) => self.text(text, *quote),
            Value::List(items) => within("[", items.iter().map(|it| self.flow(it)).collect(), "]", self.list_pad),
            Value::Map(entries) => {
                let entry =
                    |(key, value): &(&str, Value<'_>)| format!("{}{colon}{}", self.field(key), self.flow(value));
                within("{", entries.iter().map(entry).collect(), "}", self.mapping_pad)
            }
        }
    }

    pub(super) fn pretty(&self, value: &Value<'_>, base: &str) -> String {
        let inner = format!("{base}{}", self.indent);
        let within = |open: &str, texts: Vec<String>, close: &str, apart: usize| {
            let lines: Vec<String> = texts.into_iter().map(|text| format!("{inner}{text}")).collect();
            format!("{open}\n{}\n{base}{close}", lines.join(&format!(",{}", "\n".repeat(apart + 1))))
        };
        // The people.
        let apart = if base == self.indent { self.apart } else { 0 };
        match value {
            Value::Text(text, quote) => self.text(text, *quote),
            Value::List(items) => within("[", items.iter().map(|it| self.pretty(it, &inner)).collect(), "]", apart),
            Value::Map(entries) => {
                let entry =
                    |(key, value): &(&str, Value<'_>)| format!("{}: {}", self.field(key), self.pretty(value, &inner));
                within("{", entries.iter().map(entry).collect(), "}", 0)
            }
        }
    }
}
