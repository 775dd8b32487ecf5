//! New content as text in block context: lines, written like those of its neighbours.

use super::apart::above_field;
use super::colon;
use super::edit::New;
use super::indicators::{dash_before, first_dash, gap_after};
use super::likes::{Like, Likes};
use super::node::{Kind, NodeId};
use super::render_flow::{flow, flow_behind, flow_entries, flow_items, flow_mapping};
use super::style::{Sequence, Style};
use super::text::line_start;
use super::words::key_text;
use granit_parser::ScalarStyle;

/// What comes into a collection: items of a list, several only if it is empty, or entries of a mapping.
pub(crate) enum Rendered<'n> {
    Items(&'n [&'n New]),
    Entries(&'n [(String, New)]),
}

impl Rendered<'_> {
    /// Whether an empty `[]` or `{}` gives way to lines: for anything that would make a flow line hard to read.
    pub(crate) fn wants_block(&self) -> bool {
        match self {
            Self::Items(items) => items.iter().any(|item| matches!(item, New::Map(entries) if entries.len() > 1)),
            Self::Entries(_) => true,
        }
    }

    /// The collection that this goes into.
    pub(crate) fn collection(&self) -> &'static str {
        match self {
            Self::Items(_) => "list",
            Self::Entries(_) => "mapping",
        }
    }

    /// The brackets of such a collection.
    pub(crate) fn brackets(&self) -> [&'static str; 2] {
        match self {
            Self::Items(_) => ["[", "]"],
            Self::Entries(_) => ["{", "}"],
        }
    }

    /// The text between the brackets of a flow collection that others of `likes` are like.
    ///
    /// `inner` is what its own line has before it, `base` what that of the opening bracket has.
    pub(crate) fn flow_inner(&self, likes: &Likes, style: &Style<'_>, (inner, base): (&str, &str)) -> String {
        match self {
            Self::Items(items) => {
                let elements = likes.elements(style.document);
                let texts: Vec<String> = items.iter().map(|item| flow(item, &elements, style, inner)).collect();
                texts.join(&format!(",\n{inner}"))
            }
            Self::Entries(entries) => flow_entries(entries, likes, style, (inner, base)),
        }
    }

    /// The text with the brackets.
    pub(crate) fn flow_whole(&self, likes: &Likes, style: &Style<'_>, base: &str) -> String {
        match self {
            Self::Items(items) => flow_items(items, likes, style, base),
            Self::Entries(entries) => flow_mapping(entries, likes, style, base),
        }
    }
}

/// The lines of entries whose keys are at `column`, in a mapping as `likes` are.
pub(crate) fn entry_lines(column: usize, entries: &[(String, New)], likes: &Likes, style: &Style<'_>) -> Vec<String> {
    let document = style.document;
    let mut lines = Vec::new();
    for (at, (key, value)) in entries.iter().enumerate() {
        if at > 0 {
            lines.extend(vec![String::new(); above_field(document, key, likes)]);
        }
        let below = likes.for_value(document, key, value);
        let name = format!("{}{}", " ".repeat(column), key_text(key, likes, style));
        let inline = |value: &New| {
            if let Some(deeper) = below.iter().next().and_then(|like| below_line(style, *like, value)) {
                let indent = " ".repeat(column + deeper);
                let head = format!("{name}{}", colon::above_lines(key, likes, style));
                return format!("{head}\n{indent}{}", flow(value, &below, style, &indent));
            }
            let line = format!("{name}{}", colon::inline(column, &name, key, likes, style));
            let text = flow_behind(value, line.len() - column, &below, style, &" ".repeat(column));
            line + &text
        };
        match value {
            New::List { items, flow: is_flow }
                if !items.is_empty() && !below.list(document).map_or(*is_flow, |like| is_in_flow(style, like)) =>
            {
                let sequence = sequence(&below, (key, column), style);
                lines.push(format!("{name}{}", colon::above_lines(key, likes, style)));
                let elements = below.or_else(|| Likes::lists_elsewhere(document, &items[0])).elements(document);
                for item in items {
                    lines.extend(item_lines(column + sequence.offset, &sequence.gap, item, &elements, style));
                }
            }
            New::Map(entries) => {
                if below.mapping(document).is_some_and(|like| is_in_flow(style, like)) {
                    lines.push(inline(value));
                    continue;
                }
                let offset = below
                    .mapping(document)
                    .and_then(|like| offset(style, like))
                    .unwrap_or_else(|| style.mapping(column));
                let below = below.or_else(|| Likes::elsewhere(document, value));
                lines.push(format!("{name}{}", colon::above_lines(key, likes, style)));
                lines.extend(entry_lines(column + offset, entries, &below, style));
            }
            value => lines.push(inline(value)),
        }
    }
    lines
}

/// The lines of an item whose dash is at `column`, with `gap` between dash and content.
pub(crate) fn item_lines(column: usize, gap: &str, item: &New, likes: &Likes, style: &Style<'_>) -> Vec<String> {
    let dash = format!("{}-{gap}", " ".repeat(column));
    let like = like_of(item, likes, style);
    match item {
        New::Map(entries) if !entries.is_empty() && !like.is_some_and(|like| is_in_flow(style, like)) => {
            if let Some(deeper) = like.and_then(|like| below_dash(style, like)) {
                let mut lines = vec![dash.trim_end().to_owned()];
                lines.extend(entry_lines(column + deeper, entries, likes, style));
                return lines;
            }
            let mut lines = entry_lines(dash.len(), entries, likes, style);
            lines[0].replace_range(..dash.len(), &dash);
            lines
        }
        item => vec![dash + &flow(item, likes, style, &" ".repeat(column))],
    }
}

/// The neighbour that says most of how an item that is a mapping is written.
fn like_of(item: &New, likes: &Likes, style: &Style<'_>) -> Option<Like> {
    let document = style.document;
    match item {
        // Braces around several fields say less of one alone than any other neighbour.
        New::Map(entries) if entries.len() == 1 => {
            let says_more = |like: &Like| {
                let count = document.entries(like.node).len();
                count == 1 || (count > 1 && !is_in_flow(style, *like))
            };
            likes.iter().copied().find(says_more).or_else(|| likes.mapping(document))
        }
        _ => likes.mapping(document),
    }
}

/// Whether the neighbours of an item that is a mapping are in braces.
pub(crate) fn is_item_in_flow(item: &New, likes: &Likes, style: &Style<'_>) -> bool {
    like_of(item, likes, style).is_some_and(|like| is_in_flow(style, like))
}

fn is_in_flow(style: &Style<'_>, like: Like) -> bool {
    matches!(style.document.node(like.node).kind, Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. })
}

/// How a list below `key` is indented: as the first of its neighbours, else as such lists are in this file.
fn sequence(likes: &Likes, (key, column): (&str, usize), style: &Style<'_>) -> Sequence {
    let document = style.document;
    let of = |like: Like| {
        let key = like.key.filter(|_| !is_in_flow(style, like))?;
        let dash = first_dash(document, key)?;
        let offset = document.column(dash).ok()?.checked_sub(document.column(document.node(key).start).ok()?)?;
        Some(Sequence { offset, gap: gap_after(document.text, dash) })
    };
    likes.list(document).and_then(of).unwrap_or_else(|| style.sequence(key, column))
}

/// Columns from the key of a block mapping to the keys in it.
fn offset(style: &Style<'_>, like: Like) -> Option<usize> {
    let document = style.document;
    let column = |id: NodeId| document.column(document.node(id).start).ok();
    column(like.node)?.checked_sub(column(like.key?)?).filter(|offset| *offset > 0)
}

/// Columns from a key to its value, where that is in brackets or quotes on the line below, as Prettier has what is long,
/// and `value` is of its kind.
fn below_line(style: &Style<'_>, like: Like, value: &New) -> Option<usize> {
    let document = style.document;
    let is_alike = match (&document.node(like.node).kind, value) {
        (Kind::Sequence { flow: true, .. }, New::List { items, .. }) => !items.is_empty(),
        (Kind::Mapping { flow: true, .. }, New::Map(_)) => true,
        (Kind::Scalar { style: ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, .. }, New::Text { .. }) => true,
        _ => false,
    };
    let start = document.node(like.node).start;
    let is_alone = document.text[line_start(document.text, start)..start].trim().is_empty();
    offset(style, like).filter(|_| is_alike && is_alone)
}

/// Columns from a dash that is alone on its line to the keys of its item.
fn below_dash(style: &Style<'_>, like: Like) -> Option<usize> {
    let document = style.document;
    let start = document.node(like.node).start;
    let dash = dash_before(document.text, start)?;
    let is_below = line_start(document.text, start) > dash;
    let deeper = document.column(start).ok()?.checked_sub(document.column(dash).ok()?)?;
    (is_below && deeper > 0).then_some(deeper)
}
