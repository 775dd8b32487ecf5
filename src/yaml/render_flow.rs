//! New content in brackets, written like that of its neighbours: one piece, on several lines where theirs is.
//!
//! `base` is what the line that holds the piece has before it.

use super::brackets::{self, Brackets, Gap};
use super::document::Document;
use super::edit::New;
use super::likes::Likes;
use super::locate::is_on_line;
use super::node::{Kind, NodeId};
use super::style::Style;
use super::text::line_start;
use super::words::{key_text, scalar_text};

/// `new` in flow context.
pub(crate) fn flow(new: &New, likes: &Likes, style: &Style<'_>, base: &str) -> String {
    match new {
        New::Text { value, quote } => scalar_text(value, *quote, likes, style),
        New::List { items, .. } => {
            let items: Vec<&New> = items.iter().collect();
            flow_items(&items, likes, style, base)
        }
        New::Map(entries) => flow_mapping(entries, likes, style, base),
    }
}

/// `new` in flow context behind a key, `before` columns from what opens the line: lines that are below the first element
/// of a neighbour are so of the new one.
pub(crate) fn flow_behind(new: &New, before: usize, likes: &Likes, style: &Style<'_>, base: &str) -> String {
    let text = flow(new, likes, style, base);
    let first = likes.iter().next().filter(|_| matches!(new, New::Map(_)) && text.contains('\n'));
    let Some(theirs) = first.and_then(|like| Brackets::aligned(style.document, like.node)) else { return text };
    let (old, new) = (format!("\n{base}{}", " ".repeat(theirs)), format!("\n{base}{}", " ".repeat(before)));
    text.replace(&old, &new)
}

/// A list in brackets.
pub(crate) fn flow_items(items: &[&New], likes: &Likes, style: &Style<'_>, base: &str) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let brackets = of_list(likes, style, matches!(items[0], New::Map(_)));
    let inner = inner_base(&brackets, base);
    let elements = likes.elements(style.document);
    let texts: Vec<String> = items.iter().map(|item| flow(item, &elements, style, &inner)).collect();
    let comma = comma(&brackets, style, base);
    in_brackets("[", &texts.join(&comma), "]", &brackets, base)
}

/// A mapping in brackets.
pub(crate) fn flow_mapping(entries: &[(String, New)], likes: &Likes, style: &Style<'_>, base: &str) -> String {
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let brackets = of_mapping(likes, style, None);
    let inner = inner_base(&brackets, base);
    let opened = 1 + brackets.open.text(base).len();
    // Where a neighbour is on one line, what it holds is so, too.
    let is_like = likes.mapping(style.document).is_none_or(|like| is_on_line(style.document, like.node));
    let likes = likes.clone().on_line(is_like && brackets.is_on_line());
    let text = entries_text(entries, &likes, style, (&inner, base), Some(opened).filter(|_| !brackets.is_broken()));
    in_brackets("{", &text, "}", &brackets, base)
}

/// Entries as they are between the brackets of a mapping that is there, all but the first behind a comma.
pub(crate) fn flow_entries(entries: &[(String, New)], likes: &Likes, style: &Style<'_>, bases: (&str, &str)) -> String {
    entries_text(entries, likes, style, bases, None)
}

/// `inner` is what the lines between the brackets have before them, `base` what that of the opening one has. `opened`: columns from the bracket to the first entry, where all are on one line.
fn entries_text(
    entries: &[(String, New)],
    likes: &Likes,
    style: &Style<'_>,
    (inner, base): (&str, &str),
    opened: Option<usize>,
) -> String {
    let document = style.document;
    let mut out = String::new();
    let mut before = None;
    for (key, value) in entries {
        let below = likes.for_value(document, key, value);
        let colon = below.iter().find_map(|like| brackets::colon(document, like.key?, like.node)).or_else(|| {
            let like = likes.iter().find(|like| is_flow(style, like.node))?;
            let (key, value) = document.entries(like.node).first()?;
            brackets::colon(document, *key, *value).filter(|colon| colon.trim_end().len() + 1 >= colon.len())
        });
        if !out.is_empty() {
            match opened.and_then(|opened| column_of(key, likes, style)?.checked_sub(opened + out.chars().count() + 1))
            {
                Some(blanks) => out.extend([",", &" ".repeat(blanks.max(1))]),
                None => out.push_str(&comma(&of_mapping(likes, style, Some((before, key))), style, base)),
            }
        }
        before = Some(key.as_str());
        let key = key_text(key, likes, style);
        // Without a blank, only quotes part a key from its value.
        let colon = colon.unwrap_or(style.colon());
        let is_parted = colon.ends_with(' ') || key.ends_with(['"', '\'']);
        out.push_str(&key);
        out.push_str(if is_parted { colon } else { ": " });
        let line = out.rsplit('\n').next().unwrap_or_default();
        let is_first = opened.is_none() && line.len() == out.len();
        let column = if is_first { line.len() } else { line.len().saturating_sub(inner.len()) };
        out.push_str(&flow_behind(value, column, &below, style, inner));
    }
    out
}

/// Columns from the bracket to `key` in the nearest neighbours, where it stands below itself, as in a table.
fn column_of(key: &str, likes: &Likes, style: &Style<'_>) -> Option<usize> {
    let document = style.document;
    let place = |id| {
        let at = document.node(document.entry(id, key)?.0).start;
        let before = document.text.get(document.node(id).start..at).filter(|text| !text.contains('\n'))?;
        let blanks = before.len() - before.trim_end_matches(' ').len();
        Some((before.chars().count(), blanks))
    };
    let flows = likes.iter().map(|like| like.node).filter(|id| is_flow(style, *id));
    let places: Vec<(usize, usize)> = flows.filter_map(place).take(4).collect();
    let (first, _) = *places.first()?;
    let is_table = places.iter().all(|(at, _)| *at == first) && places.iter().any(|(_, blanks)| *blanks > 1);
    is_table.then_some(first)
}

fn is_flow(style: &Style<'_>, id: NodeId) -> bool {
    matches!(style.document.node(id).kind, Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. })
}

fn of_list(likes: &Likes, style: &Style<'_>, of_mappings: bool) -> Brackets {
    let document = style.document;
    let is_alike = |id: NodeId| {
        let first = document.items(id).first();
        first.is_some_and(|first| matches!(document.node(*first).kind, Kind::Mapping { .. }) == of_mappings)
    };
    let lists = || likes.iter().map(|like| like.node).filter(|id| !document.items(*id).is_empty());
    let brackets = |id| Brackets::of(document, id, 1).filter(|found| is_usable(document, id, found, likes));
    // A list of words says less of how one of mappings is written than another such list does.
    with_comma(lists().filter(|id| is_alike(*id)).filter_map(brackets))
        .or_else(|| style.list_brackets(of_mappings, likes.on_line))
        .or_else(|| with_comma(lists().filter_map(brackets)))
        .unwrap_or_else(|| style.brackets(false, likes.on_line))
}

/// The brackets of the first mapping, with the comma that is before a key in it, or after the key before.
fn of_mapping(likes: &Likes, style: &Style<'_>, keys: Option<(Option<&str>, &str)>) -> Brackets {
    let document = style.document;
    let at = |id| {
        let (before, key) = keys?;
        let place = |key: &str| document.entries(id).iter().position(|(other, _)| document.scalar(*other) == Some(key));
        place(key).or_else(|| Some(place(before?)? + 1))
    };
    let mappings = likes.iter().filter(|like| !document.entries(like.node).is_empty());
    let brackets = |id| Brackets::of(document, id, at(id).unwrap_or(usize::MAX));
    let usable = |id| brackets(id).filter(|found| is_usable(document, id, found, likes));
    with_comma(mappings.filter_map(|like| usable(like.node))).unwrap_or_else(|| style.brackets(true, likes.on_line))
}

/// Whether new brackets can be like these: what stays on a line is on several only as what opens behind others on theirs.
fn is_usable(document: &Document<'_>, id: NodeId, found: &Brackets, likes: &Likes) -> bool {
    let start = document.node(id).start;
    !likes.on_line || found.is_on_line() || document.text[line_start(document.text, start)..start].contains(['[', '{'])
}

/// The first, with the comma of the first that has one.
fn with_comma(mut found: impl Iterator<Item = Brackets>) -> Option<Brackets> {
    let first = found.next()?;
    let comma = first.comma.clone().or_else(|| found.find_map(|brackets| brackets.comma));
    Some(Brackets { comma, ..first })
}

/// What the lines between these brackets have before them.
fn inner_base(brackets: &Brackets, base: &str) -> String {
    match (&brackets.open, &brackets.comma) {
        (Gap::Break(deeper), _) | (_, Some(Gap::Break(deeper))) => format!("{base}{deeper}"),
        _ => base.to_owned(),
    }
}

fn comma(brackets: &Brackets, style: &Style<'_>, base: &str) -> String {
    match (&brackets.comma, &brackets.open) {
        (Some(gap), _) | (None, gap @ Gap::Break(_)) => format!(",{}", gap.text(base)),
        _ => style.comma(),
    }
}

fn in_brackets(open: &str, inner: &str, close: &str, brackets: &Brackets, base: &str) -> String {
    let trailing = if brackets.trailing { "," } else { "" };
    format!("{open}{}{inner}{trailing}{}{close}", brackets.open.text(base), brackets.close.text(base))
}
