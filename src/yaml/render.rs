//! New content as text: lines for block context, one piece for flow context.

use super::edit::New;
use super::scalar::Quote;
use super::style::Style;

/// What comes into a collection: an item of a list, or entries of a mapping.
pub(crate) enum Rendered<'n> {
    Item(&'n New),
    Entries(&'n [(String, New)]),
}

impl Rendered<'_> {
    /// Whether an empty `[]` or `{}` gives way to lines: for anything that would make a flow line hard to read.
    pub(crate) fn wants_block(&self) -> bool {
        match self {
            Self::Item(New::Map(entries)) => entries.len() > 1,
            Self::Item(_) => false,
            Self::Entries(_) => true,
        }
    }

    /// The collection that this goes into.
    pub(crate) fn collection(&self) -> &'static str {
        match self {
            Self::Item(_) => "list",
            Self::Entries(_) => "mapping",
        }
    }

    /// The text between the brackets of a flow collection.
    pub(crate) fn flow_inner(&self, style: &Style) -> String {
        match self {
            Self::Item(item) => flow(item, style),
            Self::Entries(entries) => flow_entries(entries, style),
        }
    }

    /// The text with the brackets of a flow collection.
    pub(crate) fn flow_whole(&self, style: &Style) -> String {
        match self {
            Self::Item(item) => format!("[{}]", flow(item, style)),
            Self::Entries(entries) => format!("{{{}}}", flow_entries(entries, style)),
        }
    }
}

fn flow_entries(entries: &[(String, New)], style: &Style) -> String {
    let parts: Vec<_> = entries
        .iter()
        .map(|(key, value)| format!("{}{}{}", style.write(key, Quote::Plain), style.colon(), flow(value, style)))
        .collect();
    parts.join(style.comma())
}

/// `new` on one line.
pub(crate) fn flow(new: &New, style: &Style) -> String {
    match new {
        New::Text { value, quote } => style.write(value, *quote),
        New::List { items, .. } => {
            format!("[{}]", items.iter().map(|item| flow(item, style)).collect::<Vec<_>>().join(style.comma()))
        }
        New::Map(entries) => format!("{{{}}}", flow_entries(entries, style)),
    }
}

/// The lines of entries whose keys are at `column`.
pub(crate) fn entry_lines(column: usize, entries: &[(String, New)], style: &Style) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, value) in entries {
        let head = format!("{}{}:", " ".repeat(column), style.write(key, Quote::Plain));
        match value {
            New::List { items, flow: false } => {
                let sequence = style.sequence(key);
                lines.push(head);
                for item in items {
                    lines.extend(item_lines(column + sequence.offset, &sequence.gap, item, style));
                }
            }
            New::Map(entries) => {
                lines.push(head);
                lines.extend(entry_lines(column + style.mapping, entries, style));
            }
            value => lines.push(format!("{head} {}", flow(value, style))),
        }
    }
    lines
}

/// The lines of an item whose dash is at `column`, with `gap` between dash and content.
pub(crate) fn item_lines(column: usize, gap: &str, item: &New, style: &Style) -> Vec<String> {
    let dash = format!("{}-{gap}", " ".repeat(column));
    match item {
        New::Map(entries) => {
            let mut lines = entry_lines(dash.len(), entries, style);
            lines[0].replace_range(..dash.len(), &dash);
            lines
        }
        item => vec![dash + &flow(item, style)],
    }
}
