//! What is between a new key and its value, as its neighbours have it.

use super::brackets;
use super::indicators::blanks_before_colon;
use super::likes::Likes;
use super::node::{Kind, NodeId};
use super::style::Style;

/// After a key with its value on the lines below: a colon, after blanks where that key of the neighbours has them, or all
/// their keys alike.
pub(crate) fn above_lines(key: &str, likes: &Likes, style: &Style<'_>) -> String {
    let document = style.document;
    let below = likes.below(document, key);
    let is_block = |id: NodeId| {
        matches!(document.node(id).kind, Kind::Sequence { flow: false, .. } | Kind::Mapping { flow: false, .. })
    };
    let found =
        below.iter().filter(|like| is_block(like.node)).find_map(|like| blanks_before_colon(document, like.key?));
    let blanks = found.or_else(|| {
        let entries = document.entries(likes.mapping(document)?.node);
        let mut all = entries.iter().filter_map(|(key, _)| blanks_before_colon(document, *key));
        let first = all.next()?;
        all.all(|blanks| blanks == first).then_some(first)
    });
    format!("{}:", blanks.unwrap_or(style.before_colon()))
}

/// Before a value on the line of its key: as at that key of the neighbours; else so that the value stands below the
/// others, where these stand below each other; else as everywhere in the file.
pub(crate) fn inline(column: usize, name: &str, key: &str, likes: &Likes, style: &Style<'_>) -> String {
    let document = style.document;
    let between = |key: NodeId, value: NodeId| brackets::colon(document, key, value);
    if let Some(text) = likes.below(document, key).iter().find_map(|like| between(like.key?, like.node)) {
        return text.to_owned();
    }
    let entries = likes.mapping(document).map(|like| document.entries(like.node)).unwrap_or_default();
    let width = |key: NodeId| document.node(key).end - document.node(key).start;
    let inline: Vec<(usize, &str)> =
        entries.iter().filter_map(|(key, value)| Some((width(*key), between(*key, *value)?))).collect();
    let all = |same: &dyn Fn(&(usize, &str)) -> usize| {
        let first = inline.first().map(same)?;
        inline.iter().all(|entry| same(entry) == first).then_some(first)
    };
    let own = name.len() - column;
    // Of one alone, blanks behind the colon say that it is below others somewhere.
    let is_padded = inline.iter().any(|(_, text)| !matches!(*text, ": " | " : "))
        && (inline.len() > 1 || inline.iter().all(|(_, text)| text.starts_with(':')));
    let is_padded = is_padded && !inline.iter().any(|(_, text)| text.contains('\t'));
    let is_even = inline.len() > 1 && inline.iter().all(|(_, text)| *text == inline[0].1);
    let blanks = |to: usize, from: usize| " ".repeat(to.saturating_sub(from));
    match (all(&|(width, text)| width + text.len()), all(&|(width, text)| width + text.find(':').unwrap_or(0))) {
        // `name      : value`
        (Some(value), Some(at)) if is_padded && inline.len() > 1 && at >= own => {
            format!("{}:{}", blanks(at, own), blanks(value, at + 1))
        }
        (Some(value), _) if is_padded && value > own + 1 => format!(":{}", blanks(value, own + 1)),
        // The same everywhere, whatever the width of the keys.
        _ if is_even => inline[0].1.to_owned(),
        _ => format!("{} ", above_lines(key, likes, style)),
    }
}
