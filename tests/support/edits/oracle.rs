//! The edits carried out on data one after the other, with nodes that keep their number wherever they go.

use serde_yaml::value::{Tag, TaggedValue};
use serde_yaml::{Mapping, Value};
use spin_keys::yaml::{Edit, New, Step};

struct Node {
    id: usize,
    tag: Option<Tag>,
    what: What,
}

enum What {
    Leaf(Value),
    List(Vec<Node>),
    Map(Vec<(Value, Node)>),
}

/// What the data of `before` is after `edits`.
pub fn expected(before: &str, edits: &[Edit]) -> Value {
    let mut next = 0;
    let mut root = number(serde_yaml::from_str(before).unwrap(), &mut next);
    let ids: Vec<usize> = edits.iter().map(|edit| follow(&root, edit.path()).id).collect();
    for (edit, id) in edits.iter().zip(ids) {
        assert!(change(&mut root, id, edit), "{edit:?}");
    }
    value(root)
}

/// Equal, and the entries of mappings are compared without order.
pub fn same(one: &Value, other: &Value) -> bool {
    one == other
}

fn number(value: Value, next: &mut usize) -> Node {
    if let Value::Tagged(tagged) = value {
        return Node { tag: Some(tagged.tag), ..number(tagged.value, next) };
    }
    let id = *next;
    *next += 1;
    let what = match value {
        Value::Sequence(items) => What::List(items.into_iter().map(|item| number(item, next)).collect()),
        Value::Mapping(entries) => {
            What::Map(entries.into_iter().map(|(key, value)| (key, number(value, next))).collect())
        }
        leaf => What::Leaf(leaf),
    };
    Node { id, tag: None, what }
}

fn value(node: Node) -> Value {
    let value = match node.what {
        What::Leaf(value) => value,
        What::List(items) => Value::Sequence(items.into_iter().map(value).collect()),
        What::Map(entries) => {
            let count = entries.len();
            let mapping: Mapping = entries.into_iter().map(|(key, node)| (key, value(node))).collect();
            assert_eq!(mapping.len(), count);
            Value::Mapping(mapping)
        }
    };
    match node.tag {
        Some(tag) => Value::Tagged(Box::new(TaggedValue { tag, value })),
        None => value,
    }
}

fn follow<'n>(node: &'n Node, path: &[Step]) -> &'n Node {
    let Some((step, rest)) = path.split_first() else { return node };
    let below = match (&node.what, step) {
        (What::List(items), Step::Index(at)) => &items[*at],
        (What::Map(entries), Step::Key(key)) => &entries.iter().find(|(name, _)| name.as_str() == Some(key)).unwrap().1,
        _ => panic!("{step:?}"),
    };
    follow(below, rest)
}

/// Finds the node and changes it, or the collection that holds it.
fn change(node: &mut Node, id: usize, edit: &Edit) -> bool {
    if node.id == id {
        put(&mut node.what, edit);
        return true;
    }
    let at = match &node.what {
        What::Leaf(_) => None,
        What::List(items) => items.iter().position(|item| item.id == id),
        What::Map(entries) => entries.iter().position(|(_, value)| value.id == id),
    };
    match (&mut node.what, at, edit) {
        (What::List(items), Some(at), Edit::Remove { .. }) => {
            items.remove(at);
            true
        }
        (What::Map(entries), Some(at), Edit::Remove { .. }) => {
            entries.remove(at);
            true
        }
        (What::List(items), Some(at), Edit::MoveFirst { .. }) => {
            let item = items.remove(at);
            items.insert(0, item);
            true
        }
        (What::Map(entries), Some(at), Edit::Rename { to, .. }) => {
            entries[at].0 = Value::String(to.clone());
            true
        }
        (What::List(items), _, _) => items.iter_mut().any(|item| change(item, id, edit)),
        (What::Map(entries), _, _) => entries.iter_mut().any(|(_, value)| change(value, id, edit)),
        (What::Leaf(_), _, _) => false,
    }
}

fn put(what: &mut What, edit: &Edit) {
    let is_empty = match what {
        What::Leaf(value) => value.is_null(),
        What::List(items) => items.is_empty(),
        What::Map(entries) => entries.is_empty(),
    };
    let new = |new: &New| number(data(new), &mut usize::MAX.wrapping_sub(1 << 20));
    match edit {
        Edit::Replace { with, .. } => *what = new(with).what,
        Edit::IntoList { item, .. } => {
            let What::Leaf(text) = &*what else { panic!("no text") };
            let first = Node { what: What::Leaf(text.clone()), ..new(item) };
            *what = What::List(vec![first, new(item)]);
        }
        Edit::Set { value, .. } => *what = What::Leaf(Value::String(value.clone())),
        Edit::Append { item, .. } => {
            if is_empty && !matches!(what, What::List(_)) {
                *what = What::List(Vec::new());
            }
            let What::List(items) = what else { panic!("no list") };
            items.push(new(item));
        }
        Edit::Insert { entries: more, .. } => {
            if is_empty && !matches!(what, What::Map(_)) {
                *what = What::Map(Vec::new());
            }
            let What::Map(entries) = what else { panic!("no mapping") };
            entries.extend(more.iter().map(|(key, value)| (Value::String(key.clone()), new(value))));
        }
        _ => panic!("{edit:?}"),
    }
}

fn data(new: &New) -> Value {
    match new {
        New::Text { value, .. } => Value::String(value.clone()),
        New::List { items, .. } => Value::Sequence(items.iter().map(data).collect()),
        New::Map(entries) => {
            Value::Mapping(entries.iter().map(|(key, value)| (Value::String(key.clone()), data(value))).collect())
        }
    }
}
