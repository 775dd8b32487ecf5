//! A document without some items of its lists.

use super::document::Document;
use super::node::{Kind, Node, NodeId};
use std::collections::{HashMap, HashSet};

impl<'t> Document<'t> {
    /// The same document without these items of lists. What is left keeps its bytes, and items their numbers
    /// ([`numbered`](Self::numbered)). `None` for a document that is not read as it is written.
    pub(crate) fn without(&self, left_out: &HashSet<NodeId>) -> Option<Self> {
        if !self.is_read_as_written() {
            return None;
        }
        let mut copier = Copier { from: self, left_out, nodes: Vec::new(), numbers: HashMap::new() };
        let root = self.root().map(|root| copier.node(root));
        let (nodes, numbers) = (copier.nodes, copier.numbers);
        Some(self.of_nodes(nodes, root, numbers))
    }
}

struct Copier<'c, 't> {
    from: &'c Document<'t>,
    left_out: &'c HashSet<NodeId>,
    nodes: Vec<Node<'t>>,
    numbers: HashMap<NodeId, usize>,
}

impl Copier<'_, '_> {
    /// Copies a node with what is below it: as deep as a document can be.
    fn node(&mut self, id: NodeId) -> NodeId {
        let (from, copy) = (self.from.node(id), self.nodes.len());
        let kind = match &from.kind {
            Kind::Sequence { flow, .. } => Kind::Sequence { flow: *flow, items: Vec::new() },
            Kind::Mapping { flow, .. } => Kind::Mapping { flow: *flow, entries: Vec::new() },
            kind => kind.clone(),
        };
        self.nodes.push(Node { kind, ..*from });
        match &from.kind {
            Kind::Sequence { flow, items } => {
                let items = items.iter().enumerate().filter(|(_, item)| !self.left_out.contains(item));
                let kept: Vec<(usize, NodeId)> = items.map(|(number, item)| (number, *item)).collect();
                let items = kept.into_iter().map(|(number, item)| self.item(number, item)).collect();
                self.nodes[copy].kind = Kind::Sequence { flow: *flow, items };
            }
            Kind::Mapping { flow, entries } => {
                let entries = entries.iter().map(|(key, value)| (self.node(*key), self.node(*value))).collect();
                self.nodes[copy].kind = Kind::Mapping { flow: *flow, entries };
            }
            _ => {}
        }
        copy
    }

    fn item(&mut self, number: usize, item: NodeId) -> NodeId {
        let copy = self.node(item);
        self.numbers.insert(copy, number);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_keeps_its_bytes_and_numbers() {
        let text = "a: [x, y, z]\nb:\n- k: v\n- w\n";
        let document = Document::parse(text).unwrap();
        let list = document.get(document.root().unwrap(), "a").unwrap();
        let left_out = document.items(list)[..2].iter().copied().collect();
        let less = document.without(&left_out).unwrap();
        let list = less.get(less.root().unwrap(), "a").unwrap();
        let left: Vec<_> = less.numbered(list).map(|(number, item)| (number, less.scalar(item).unwrap())).collect();
        assert_eq!(left, [(2, "z")]);
        assert_eq!(less.node(less.items(list)[0]).start, text.find('z').unwrap());
        assert!(less.nodes().map(|node| node.start).is_sorted());
        let other = Document::parse("a: &x [b]\nc: *x\n").unwrap();
        assert!(other.without(&HashSet::new()).is_none());
    }
}
