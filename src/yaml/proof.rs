//! The proof before each write: what Ansible makes of the text after is what it made of the text before, with the
//! planned edits and nothing else.
//!
//! It shares nothing with the code that cut the splices: it starts from the edits as data, and from the trees on which two
//! readers agree. What it cannot confirm is refused.

use super::document::Document;
use super::edit::{Edit, New, Step};
use super::error::ProofError;
use super::fates::{Remaining, fates};
use super::node::{Data, Kind, Node, NodeId};
use super::splice::{Splice, only_these};
use super::tag::Tag;
use super::third_opinion;

/// Reads `after`, and confirms that it is the text of `before` with `splices` and nothing else, and that read as data
/// exactly `edits` happened.
///
/// # Errors
/// Anything else; nothing may be written then.
pub fn prove<'a>(
    before: &Document<'_>,
    after: &'a str,
    splices: &[Splice],
    edits: &[Edit],
) -> Result<Document<'a>, ProofError> {
    let after = prove_all(before, after, splices)?;
    let proof = Proof { before, after: &after, anchors: (anchors(before), anchors(&after)) };
    let edits: Vec<Remaining<'_>> = edits.iter().map(|edit| (edit.path(), edit)).collect();
    if !proof.roots(&edits) {
        return Err(ProofError("the result reads as something else".to_owned()));
    }
    third_opinion::agrees(before.text, after.text, &edits)?;
    Ok(after)
}

/// Reads the text after several proved changes in a row, of which `splices` is the sum, and confirms that no byte outside
/// them differs.
///
/// # Errors
/// Anything else; nothing may be written then.
pub fn prove_all<'a>(before: &Document<'_>, after: &'a str, splices: &[Splice]) -> Result<Document<'a>, ProofError> {
    if !only_these(before.text, after, splices) {
        return Err(ProofError("bytes outside the change would differ".to_owned()));
    }
    Document::parse_in(after, before.syntax)
        .map_err(|refusal| ProofError(format!("the result is not valid: {}", refusal.message)))
}

/// The nodes with anchors, in order.
fn anchors(document: &Document<'_>) -> Vec<NodeId> {
    document.nodes().enumerate().filter(|(_, node)| node.anchored).map(|(id, _)| id).collect()
}

struct Proof<'p, 'b, 'a> {
    before: &'p Document<'b>,
    after: &'p Document<'a>,
    anchors: (Vec<NodeId>, Vec<NodeId>),
}

/// An element that is to be there.
enum Wanted<'e> {
    /// One that was there, with the edits at and below it, and its key, if that is to be another.
    Old(NodeId, Vec<Remaining<'e>>, Option<&'e str>),
    New(&'e New),
}

impl Proof<'_, '_, '_> {
    fn roots(&self, edits: &[Remaining<'_>]) -> bool {
        match (self.before.root(), self.after.root()) {
            (Some(before), Some(after)) => self.is_done(before, edits, after),
            (None, Some(after)) => self.is_grown(None, edits, after),
            (None, None) => edits.is_empty(),
            (Some(_), None) => false,
        }
    }

    /// Whether `new` is `old` after all edits at and below it.
    fn is_done(&self, old: NodeId, edits: &[Remaining<'_>], new: NodeId) -> bool {
        if edits.is_empty() {
            return self.is_same(old, new);
        }
        let (here, below): (Vec<Remaining<'_>>, Vec<Remaining<'_>>) =
            edits.iter().partition(|(path, _)| path.is_empty());
        let node = self.before.node(old);
        if node.anchored && self.before.is_referred_to(old) {
            return false;
        }
        if let [(_, edit @ (Edit::Replace { .. } | Edit::Set { .. }))] = here[..] {
            return below.is_empty() && self.is_replaced(node, edit, new);
        }
        if let [(_, Edit::IntoList { item, .. })] = here[..] {
            return below.is_empty() && self.is_listed(old, item, new);
        }
        if node.is_empty() && below.is_empty() {
            return self.is_grown(Some(node), &here, new);
        }
        if !node.is_alike(self.after.node(new)) {
            return false;
        }
        match node.data {
            Data::List => self.is_list(old, &below, &here, new),
            Data::Map => self.is_mapping(old, &below, &here, new),
            _ => false,
        }
    }

    /// Whether something else came in the place of `old`, behind the anchor that it had.
    fn is_replaced(&self, old: &Node<'_>, edit: &Edit, new: NodeId) -> bool {
        match edit {
            _ if !old.tag.is_none() || old.anchored != self.after.node(new).anchored => false,
            Edit::Set { .. } if matches!(old.data, Data::List | Data::Map | Data::Unknown) => false,
            Edit::Set { value, .. } => self.says(value, new),
            Edit::Replace { with, .. } => self.holds(with, new),
            _ => false,
        }
    }

    /// Whether a text became the first item of a list, and `item` the second.
    fn is_listed(&self, old: NodeId, item: &New, new: NodeId) -> bool {
        let (text, list) = (self.before.node(old), self.after.node(new));
        let is_plain = text.tag.is_none() && list.tag.is_none() && !list.anchored;
        match self.after.items(new) {
            [first, second] if is_plain && text.data == Data::Text && list.data == Data::List => {
                self.is_same(old, *first) && self.is_made(item, *second)
            }
            _ => false,
        }
    }

    fn is_list(&self, old: NodeId, below: &[Remaining<'_>], here: &[Remaining<'_>], new: NodeId) -> bool {
        let items = self.before.items(old);
        let place = |step: &Step| match step {
            Step::Index(index) => Some(*index),
            Step::Key(_) => None,
        };
        let Some(fates) = fates(items.len(), below, place).filter(|fates| fates.renamed.is_empty()) else {
            return false;
        };
        let mut wanted = Vec::with_capacity(items.len());
        for (at, (item, edits)) in items.iter().zip(fates.inner).enumerate() {
            let item = Wanted::Old(*item, edits, None);
            match fates.first {
                Some(0) => return false,
                _ if fates.removed.contains(&at) => {}
                Some(first) if first == at => wanted.insert(0, item),
                _ => wanted.push(item),
            }
        }
        for (_, edit) in here {
            let Edit::Append { item, .. } = edit else { return false };
            wanted.push(Wanted::New(item));
        }
        let found = self.after.items(new);
        found.len() == wanted.len() && wanted.iter().zip(found).all(|(wanted, found)| self.is_wanted(wanted, *found))
    }

    fn is_mapping(&self, old: NodeId, below: &[Remaining<'_>], here: &[Remaining<'_>], new: NodeId) -> bool {
        let entries = self.before.entries(old);
        let place = |step: &Step| match step {
            Step::Key(name) => entries.iter().rposition(|(key, _)| self.before.name(*key) == Some(name)),
            Step::Index(_) => None,
        };
        let Some(fates) = fates(entries.len(), below, place).filter(|fates| fates.first.is_none()) else {
            return false;
        };
        let mut wanted = Vec::with_capacity(entries.len());
        for (at, ((key, value), edits)) in entries.iter().zip(fates.inner).enumerate() {
            if !fates.removed.contains(&at) {
                wanted.push((*key, Wanted::Old(*value, edits, fates.renamed.get(&at).copied())));
            }
        }
        let is_added = !here.is_empty() || !fates.renamed.is_empty();
        let merges = || entries.iter().any(|(key, _)| self.before.node(*key).data == Data::Merge);
        let Some(found) = self.without_added(here, new).filter(|_| !(is_added && merges())) else { return false };
        found.len() == wanted.len()
            && wanted.iter().zip(found).all(|((old_key, wanted), (key, value))| {
                let is_key = match wanted {
                    Wanted::Old(_, _, Some(name)) => self.is_text(name, key) && self.is_only(name, new),
                    _ => self.is_same(*old_key, key),
                };
                is_key && self.is_wanted(wanted, value)
            })
    }

    /// The entries of a mapping without those that were to be added; none where one of these is not there, is not alone
    /// with its key, or has another value.
    fn without_added(&self, edits: &[Remaining<'_>], mapping: NodeId) -> Option<Vec<(NodeId, NodeId)>> {
        let mut found = self.after.entries(mapping).to_vec();
        for (_, edit) in edits {
            let Edit::Insert { entries, .. } = edit else { return None };
            for (name, value) in entries {
                let at = found.iter().position(|(key, _)| self.is_text(name, *key))?;
                let (_, made) = found.remove(at);
                if !self.is_only(name, mapping) || !self.is_made(value, made) {
                    return None;
                }
            }
        }
        Some(found)
    }

    /// Whether one key alone has this name.
    fn is_only(&self, name: &str, mapping: NodeId) -> bool {
        self.after.entries(mapping).iter().filter(|(key, _)| self.after.name(*key) == Some(name)).count() == 1
    }

    fn is_wanted(&self, wanted: &Wanted<'_>, new: NodeId) -> bool {
        match wanted {
            Wanted::Old(old, edits, _) => self.is_done(*old, edits, new),
            Wanted::New(made) => self.is_made(made, new),
        }
    }

    /// Whether nothing became the collection that the edits make, with the tag and the anchor that it had.
    fn is_grown(&self, old: Option<&Node<'_>>, edits: &[Remaining<'_>], new: NodeId) -> bool {
        let node = self.after.node(new);
        let had = old.map_or((Tag::None, false), |old| (old.tag, old.anchored));
        if (node.tag, node.anchored) != had {
            return false;
        }
        match node.data {
            Data::List => self.items_are(edits, new),
            Data::Map => self.without_added(edits, new).is_some_and(|rest| rest.is_empty()),
            _ => false,
        }
    }

    fn items_are(&self, edits: &[Remaining<'_>], list: NodeId) -> bool {
        let items = self.after.items(list);
        let is_item = |((_, edit), item): (&Remaining<'_>, &NodeId)| match edit {
            Edit::Append { item: made, .. } => self.is_made(made, *item),
            _ => false,
        };
        items.len() == edits.len() && edits.iter().zip(items).all(is_item)
    }

    fn is_text(&self, value: &str, id: NodeId) -> bool {
        self.says(value, id) && !self.after.node(id).anchored
    }

    fn says(&self, value: &str, id: NodeId) -> bool {
        let node = self.after.node(id);
        self.after.text_at(id) == Some(value) && node.tag.is_none() && !node.is_unsafe
    }

    /// Whether a node is what was to be made.
    fn is_made(&self, made: &New, id: NodeId) -> bool {
        self.holds(made, id) && !self.after.node(id).anchored
    }

    /// The same, whatever its own anchor.
    fn holds(&self, made: &New, id: NodeId) -> bool {
        let node = self.after.node(id);
        match made {
            New::Text { value, .. } => self.says(value, id),
            New::List { items, .. } => {
                let found = self.after.items(id);
                let is_list = node.tag.is_none() && node.data == Data::List && found.len() == items.len();
                is_list && items.iter().zip(found).all(|(made, found)| self.is_made(made, *found))
            }
            New::Map(entries) => {
                let found = self.after.entries(id);
                let is_map = node.tag.is_none() && node.data == Data::Map && found.len() == entries.len();
                let is_entry = |((name, made), (key, value)): (&(String, New), &(NodeId, NodeId))| {
                    self.is_text(name, *key) && self.is_made(made, *value)
                };
                is_map && entries.iter().zip(found).all(is_entry)
            }
        }
    }

    /// Whether both are the same, whatever their layout.
    fn is_same(&self, old: NodeId, new: NodeId) -> bool {
        let (before, after) = (self.before.node(old), self.after.node(new));
        if !before.is_alike(after) {
            return false;
        }
        match (&before.kind, &after.kind) {
            (Kind::Scalar { value, .. }, Kind::Scalar { value: other, .. }) => value == other,
            (Kind::Sequence { items, .. }, Kind::Sequence { items: others, .. }) => {
                items.len() == others.len() && items.iter().zip(others).all(|(one, other)| self.is_same(*one, *other))
            }
            (Kind::Mapping { entries, .. }, Kind::Mapping { entries: others, .. }) => {
                let is_entry = |(one, other): (&(NodeId, NodeId), &(NodeId, NodeId))| {
                    self.is_same(one.0, other.0) && self.is_same(one.1, other.1)
                };
                entries.len() == others.len() && entries.iter().zip(others).all(is_entry)
            }
            (Kind::Alias, Kind::Alias) => {
                let (old, new) = (self.before.follow_alias(old), self.after.follow_alias(new));
                let anchor = self.anchors.0.binary_search(&old);
                anchor.is_ok() && anchor == self.anchors.1.binary_search(&new)
            }
            _ => false,
        }
    }
}
