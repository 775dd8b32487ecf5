//! Strings in the quotes of their neighbours.

use super::document::Document;
use super::edit::Step;
use super::likes::Likes;
use super::node::NodeId;
use super::scalar::{Quote, is_safe_plain, write};
use super::style::Style;

/// So many of the last nodes of a section are asked for its words.
const ASKED: usize = 512;

/// A value, in the quotes of the first of `likes` that does not need its own; else in `quote`, or, where that is none, in
/// those that all words around it have, if it is one.
pub(crate) fn scalar_text(value: &str, quote: Quote, likes: &Likes, style: &Style<'_>) -> String {
    let is_word = !value.contains(' ');
    let is_plain = |id: &NodeId| Quote::of(style.document.node(*id).kind.style()) == Some(Quote::Plain);
    let is_asked = |id: &NodeId| is_word || !style.keeps_quotes || !is_plain(id);
    let nodes: Vec<NodeId> = likes.iter().map(|like| like.node).filter(is_asked).collect();
    let usual = style.of_words.filter(|_| quote == Quote::Plain && is_word).unwrap_or(quote);
    write_like(value, usual, &nodes, style)
}

/// The quotes of the words behind keys in the top-level entry into which a path leads, where none is without that could be.
pub(crate) fn quotes_around(document: &Document<'_>, path: &[Step]) -> Option<Quote> {
    let Step::Key(name) = path.first()? else { return None };
    let entries = document.entries(document.root()?);
    let at = entries.iter().position(|(key, _)| document.scalar(*key) == Some(name))?;
    // Nodes are numbered as they are in the text.
    let end = entries.get(at + 1).map_or_else(|| document.nodes().count(), |(key, _)| *key);
    let asked = (entries[at].1..end).rev().take(ASKED);
    let values = asked.flat_map(|id| document.entries(id).iter().map(|(_, value)| *value));
    let is_word = |id: &NodeId| document.text_at(*id).is_some_and(|text| !text.contains(' ') && is_safe_plain(text));
    let mut quotes = values.filter(is_word).filter_map(|id| Quote::of(document.node(id).kind.style()));
    let first = quotes.next().filter(|quote| *quote != Quote::Plain)?;
    quotes.all(|quote| quote != Quote::Plain).then_some(first)
}

/// A key, in the quotes of the same one or else the last one of the mappings that `likes` are.
pub(crate) fn key_text(key: &str, likes: &Likes, style: &Style<'_>) -> String {
    let document = style.document;
    let same = likes.below(document, key);
    let others = likes.iter().flat_map(|like| document.entries(like.node).iter().rev().take(8).map(|(key, _)| *key));
    let nodes: Vec<NodeId> = same.iter().filter_map(|like| like.key).chain(others).collect();
    let usual = style.of_keys.filter(|_| nodes.is_empty()).unwrap_or(Quote::Plain);
    write_like(key, usual, &nodes, style)
}

fn write_like(value: &str, default: Quote, nodes: &[NodeId], style: &Style<'_>) -> String {
    let quotes = |id: &NodeId| match (style.document.node(*id), style.document.text_at(*id)) {
        (node, Some(text)) if node.start < node.end => {
            let quote = Quote::of(node.kind.style())?;
            Some((quote, quote != Quote::Plain && !is_safe_plain(text)))
        }
        _ => None,
    };
    let found: Vec<(Quote, bool)> = nodes.iter().filter_map(quotes).collect();
    let free = found.iter().find(|(_, is_needed)| !is_needed).map(|(quote, _)| *quote);
    // What cannot be without quotes is in those of others that have some.
    let quoted = found.iter().map(|(quote, _)| *quote).find(|quote| *quote != Quote::Plain);
    let quote = match free {
        Some(Quote::Plain) if !is_safe_plain(value) => quoted.unwrap_or(default),
        Some(quote) => quote,
        None if default == Quote::Plain && is_safe_plain(value) => default,
        None => quoted.unwrap_or(default),
    };
    write(value, style.quote(quote))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Document;

    /// `value` as one more item of a list.
    fn written(list: &str, value: &str, default: Quote) -> String {
        let text = format!("l: {list}\nm: [\"a\"]\n");
        let document = Document::parse(&text).unwrap();
        let list = document.get(document.root().unwrap(), "l").unwrap();
        scalar_text(value, default, &Likes::within(&document, list), &Style::learn(&document))
    }

    #[test]
    fn the_last_that_is_free_to_choose_decides() {
        assert_eq!(written("['a', \"b\"]", "x", Quote::Single), "\"x\"");
        assert_eq!(written("[\"b\", 'a', '1', \"a: b\"]", "x", Quote::Plain), "'x'");
        assert_eq!(written("['a', b]", "x", Quote::Double), "x");
        assert_eq!(written("['1']", "x", Quote::Plain), "x");
        assert_eq!(written("['1']", "x", Quote::Double), "'x'");
        assert_eq!(written("[b, '1']", "yes", Quote::Double), "'yes'");
        assert_eq!(written("[b]", "yes", Quote::Plain), "\"yes\"");
        assert_eq!(written("[[a], ~]", "x", Quote::Single), "'x'");
    }
}
