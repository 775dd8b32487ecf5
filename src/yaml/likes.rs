//! What stands in the place of which something new is one more: its neighbours, after which it is written.
//!
//! They come in the order in which they are asked: those that hold most of what the new one holds first, and among these
//! the nearest one above, then the nearest one below. The first that says something wins; the others are asked for what it
//! does not have.

use super::document::Document;
use super::edit::New;
use super::locate::Found;
use super::node::NodeId;
use super::scalar::Quote;
use granit_parser::ScalarStyle;

/// So many are asked, or the time would grow with the square of the file.
const MOST: usize = 32;

/// A neighbour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Like {
    pub(crate) node: NodeId,
    /// The key of which it is the value.
    pub(crate) key: Option<NodeId>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Likes {
    all: Vec<Like>,
    /// What is new stays on the line of what holds it, if these do not say otherwise.
    pub(crate) on_line: bool,
}

impl Likes {
    fn new(all: Vec<Like>) -> Self {
        Self { all, on_line: false }
    }

    /// The same, for what stays on the line of what holds it.
    #[must_use]
    pub(crate) fn on_line(mut self, on_line: bool) -> Self {
        self.on_line |= on_line;
        self
    }

    /// What is in a list or mapping, the last first.
    pub(crate) fn within(document: &Document<'_>, id: NodeId) -> Self {
        let items = document.items(id).iter().rev().map(|item| Like { node: *item, key: None });
        let values = document.entries(id).iter().rev().map(|(key, value)| Like { node: *value, key: Some(*key) });
        Self::new(items.chain(values).take(MOST).collect())
    }

    /// One alone.
    pub(crate) fn of(id: NodeId) -> Self {
        Self::new(vec![Like { node: id, key: None }])
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether the first has at least half of the keys of `new`.
    pub(crate) fn are_like(&self, document: &Document<'_>, new: &New) -> bool {
        let (Some(like), New::Map(entries)) = (self.all.first(), new) else { return false };
        shared(document, like.node, entries) * 2 >= entries.len()
    }

    /// What other elements of the same list or mapping have in the place of `found`; its own neighbours, where it is an
    /// element.
    pub(crate) fn beside(document: &Document<'_>, found: &Found) -> Self {
        match (found.target.key.and_then(|key| document.scalar(key)), found.nodes.as_slice()) {
            (None, [.., holder, node]) => Self::around(document, *holder, *node),
            (Some(name), [.., outer, holder, node]) => {
                let under_that_key = Self::around(document, *outer, *holder).below(document, name);
                // A user in a mapping by name.
                under_that_key.or_else(|| Self::around(document, *holder, *node))
            }
            _ => Self::default(),
        }
    }

    /// Around something that is replaced by `new`: what is in its place elsewhere; for an item, or a list of such items, also
    /// what others have in lists of them.
    pub(crate) fn in_place(document: &Document<'_>, found: &Found, new: &New) -> Self {
        let of_others = |outer: NodeId, holder: NodeId, item: &New| {
            let mut lists = Self::around(document, outer, holder).elements(document);
            lists.all.retain(|like| Self::within(document, like.node).are_like(document, item));
            lists
        };
        match (found.target.key.and_then(|key| document.scalar(key)), new, found.nodes.as_slice()) {
            (Some(name), New::List { items, .. }, [.., outer, holder, _]) if !items.is_empty() => {
                let under_that_key = Self::around(document, *outer, *holder).below(document, name);
                under_that_key.and(of_others(*outer, *holder, &items[0]))
            }
            (Some(name), _, [.., outer, holder, _]) => Self::around(document, *outer, *holder).below(document, name),
            (None, _, [.., outer, holder, list, item]) => {
                let beside = Self::around(document, *list, *item);
                beside.and(of_others(*outer, *holder, new).elements(document))
            }
            _ => Self::default(),
        }
    }

    /// Those that are in quotes.
    #[must_use]
    pub(crate) fn in_quotes(mut self, document: &Document<'_>) -> Self {
        self.all.retain(|like| document.node(like.node).kind.style() != Some(ScalarStyle::Plain));
        self
    }

    /// The other elements of a list or mapping: those above `id`, the nearest first, then those below.
    pub(crate) fn around(document: &Document<'_>, outer: NodeId, id: NodeId) -> Self {
        // Nodes are numbered as they are in the text.
        let (items, entries) = (document.items(outer), document.entries(outer));
        let at = items.partition_point(|item| *item < id) + entries.partition_point(|(_, value)| *value < id);
        let element = |at: usize| {
            let item = items.get(at).map(|item| Like { node: *item, key: None });
            item.or_else(|| entries.get(at).map(|(key, value)| Like { node: *value, key: Some(*key) }))
        };
        let (above, below) = ((0..at).rev().take(MOST), (at + 1..).take(MOST));
        Self::new(above.filter_map(element).chain(below.map_while(element)).collect())
    }

    /// Mappings anywhere below the top of the file that have at least half of these keys.
    pub(crate) fn elsewhere(document: &Document<'_>, new: &New) -> Self {
        let New::Map(entries) = new else { return Self::default() };
        let tops = document.root().map(|root| document.entries(root)).unwrap_or_default();
        let found = tops.iter().rev().flat_map(|(key, value)| {
            std::iter::once(Like { node: *value, key: Some(*key) }).chain(Self::within(document, *value).all)
        });
        Self::new(found.filter(|like| shared(document, like.node, entries) * 2 >= entries.len()).collect())
            .ranked(document, new)
    }

    /// Lists below the top of the file that hold mappings like `item`.
    pub(crate) fn lists_elsewhere(document: &Document<'_>, item: &New) -> Self {
        let Some(root) = document.root() else { return Self::default() };
        let mut lists = Self::within(document, root);
        lists.all.retain(|like| {
            !document.items(like.node).is_empty() && Self::within(document, like.node).are_like(document, item)
        });
        lists
    }

    /// Those that have most of the keys of `new` first.
    #[must_use]
    pub(crate) fn ranked(mut self, document: &Document<'_>, new: &New) -> Self {
        if let New::Map(entries) = new {
            self.all.sort_by_key(|like| std::cmp::Reverse(shared(document, like.node, entries)));
        }
        self
    }

    /// Asks `others` after these.
    #[must_use]
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.all.extend(others.all);
        self
    }

    /// Asks `others` only if there are none.
    #[must_use]
    pub(crate) fn or_else(self, others: impl FnOnce() -> Self) -> Self {
        if self.all.is_empty() { others() } else { self }
    }

    /// What they have under `key`.
    pub(crate) fn below(&self, document: &Document<'_>, key: &str) -> Self {
        let entries = self.all.iter().filter_map(|like| document.entry(like.node, key));
        Self::new(entries.map(|(key, node)| Like { node, key: Some(key) }).collect()).on_line(self.on_line)
    }

    /// After what a new value under `key` is written: what they have there; else what the first has under its other keys: for
    /// a mapping what is of its kind, for a text all words, if they are in quotes.
    pub(crate) fn for_value(&self, document: &Document<'_>, key: &str, value: &New) -> Self {
        let found = self.below(document, key).or_else(|| match (value, self.mapping(document)) {
            (New::Map(entries), Some(like)) => {
                let mut others = Self::within(document, like.node);
                others.all.retain(|like| shared(document, like.node, entries) > 0);
                others.ranked(document, value)
            }
            (New::Text { quote: Quote::Plain, .. }, Some(like)) => {
                let mut others = Self::within(document, like.node);
                // A key is in quotes for itself.
                let is_word = |text: &&str| !text.contains(' ');
                let style = |like: &Like| {
                    document.text_at(like.node).filter(is_word).and_then(|_| document.node(like.node).kind.style())
                };
                others.all.retain(|like| style(like).is_some());
                let is_quoted = !others.all.iter().any(|like| style(like) == Some(ScalarStyle::Plain));
                if is_quoted { others } else { Self::default() }
            }
            _ => Self::default(),
        });
        found.on_line(self.on_line)
    }

    /// What they hold, for a new element of one more of them.
    pub(crate) fn elements(&self, document: &Document<'_>) -> Self {
        let all = self.all.iter().flat_map(|like| Self::within(document, like.node).all).take(MOST);
        Self::new(all.collect()).on_line(self.on_line)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Like> {
        self.all.iter()
    }

    /// The first mapping that has entries.
    pub(crate) fn mapping(&self, document: &Document<'_>) -> Option<Like> {
        self.all.iter().copied().find(|like| !document.entries(like.node).is_empty())
    }

    /// The first list that has items.
    pub(crate) fn list(&self, document: &Document<'_>) -> Option<Like> {
        self.all.iter().copied().find(|like| !document.items(like.node).is_empty())
    }
}

/// How many of the keys of `entries` a mapping has.
fn shared(document: &Document<'_>, id: NodeId, entries: &[(String, New)]) -> usize {
    if document.entries(id).is_empty() {
        return 0;
    }
    entries.iter().filter(|(key, _)| document.entry(id, key).is_some()).count()
}

/// The entries of a new mapping in `collection`, in the order that its neighbours have. One that they do not have stays
/// behind the one it was behind.
pub(crate) fn in_order(document: &Document<'_>, collection: Option<NodeId>, new: New) -> New {
    let within = collection.map(|id| Likes::within(document, id)).unwrap_or_default();
    let likes = within.ranked(document, &new).or_else(|| Likes::elsewhere(document, &new));
    let (Some(like), New::Map(entries)) = (likes.mapping(document), &new) else { return new };
    let place =
        |key: &str| document.entries(like.node).iter().position(|(other, _)| document.scalar(*other) == Some(key));
    let mut order: Vec<usize> = (0..entries.len()).filter(|at| place(&entries[*at].0).is_some()).collect();
    order.sort_by_key(|at| place(&entries[*at].0));
    for at in (0..entries.len()).filter(|at| place(&entries[*at].0).is_none()) {
        let behind = at.checked_sub(1).and_then(|before| order.iter().position(|other| *other == before));
        order.insert(behind.map_or(0, |behind| behind + 1), at);
    }
    New::Map(order.into_iter().map(|at| entries[at].clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(text: &str, keys: &[&str]) -> Vec<String> {
        let document = Document::parse(text).unwrap();
        let list = document.get(document.root().unwrap(), "l");
        let value = || New::Text { value: "x".to_owned(), quote: Quote::Plain };
        let new = New::Map(keys.iter().map(|key| ((*key).to_owned(), value())).collect());
        let New::Map(entries) = in_order(&document, list, new) else { unreachable!() };
        entries.into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_order_is_that_of_the_nearest_neighbour_with_most_of_the_keys() {
        assert_eq!(ordered("l:\n- {b: 1, a: 1}\n- {a: 1, b: 1}\n", &["b", "a"]), ["a", "b"]);
        assert_eq!(ordered("l:\n- {b: 1, a: 1}\n- {a: 1}\n", &["a", "b"]), ["b", "a"]);
        assert_eq!(ordered("l:\n- {c: 1, x: 1, a: 1}\n", &["a", "b", "c"]), ["c", "a", "b"]);
        assert_eq!(ordered("l:\n- {b: 1}\n", &["a", "b"]), ["a", "b"]);
        assert_eq!(ordered("l: []\nm:\n- {b: 1, a: 1}\n", &["a", "b", "c"]), ["b", "c", "a"]);
        assert_eq!(ordered("l: []\nm:\n- {c: 1}\n", &["a", "b", "c"]), ["a", "b", "c"]);
        assert_eq!(ordered("m: 1\n", &["b", "a"]), ["b", "a"]);
    }
}
