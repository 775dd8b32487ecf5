//! Random edits of a document.

use fastrand::Rng;
use spin_keys::yaml::{Along, Document, Edit, Kind, New, NodeId, Path, Quote, Step};

/// A place: the way to it and its node.
struct Place {
    path: Path,
    node: NodeId,
}

fn places(document: &Document<'_>, node: NodeId, path: &Path, out: &mut Vec<Place>) {
    out.push(Place { path: path.clone(), node });
    let mut go = |step: Step, below: NodeId| {
        let mut path = path.clone();
        path.push(step);
        places(document, below, &path, out);
    };
    for (index, item) in document.items(node).iter().enumerate() {
        go(Step::Index(index), *item);
    }
    for (key, value) in document.entries(node) {
        if let Some(key) = document.scalar(*key) {
            go(Step::Key(key.to_owned()), *value);
        }
    }
}

/// One to four edits.
pub fn edits(rng: &mut Rng, document: &Document<'_>) -> Vec<Edit> {
    let mut all = Vec::new();
    if let Some(root) = document.root() {
        places(document, root, &Vec::new(), &mut all);
    }
    let count = [1, 1, 2, 2, 3, 4][rng.usize(..6)];
    let mut out: Vec<Edit> = Vec::new();
    let mut near: Option<Path> = None;
    for _ in 0..20 {
        if out.len() == count || all.len() < 2 {
            break;
        }
        let place = &all[rng.usize(1..all.len())];
        // Often several in one collection.
        let is_near = near.as_ref().is_none_or(|path| place.path.starts_with(path));
        if !is_near && rng.usize(..4) > 0 {
            continue;
        }
        if let Some(edit) = edit(rng, document, place) {
            let holder = place.path[..place.path.len() - 1].to_vec();
            near.get_or_insert(holder);
            out.push(edit);
        }
    }
    out
}

fn along(rng: &mut Rng) -> Along {
    [Along::Nothing, Along::Inside, Along::All][rng.usize(..3)]
}

fn edit(rng: &mut Rng, document: &Document<'_>, place: &Place) -> Option<Edit> {
    let path = place.path.clone();
    let is_list = matches!(document.node(place.node).kind, Kind::Sequence { .. });
    match (rng.usize(..8), path.last()?) {
        (0..=1, _) => Some(Edit::Remove { path, comments: along(rng) }),
        (2..=3, Step::Index(index)) if *index > 0 => Some(Edit::MoveFirst { path, comments: along(rng) }),
        (2..=3, Step::Key(_)) => {
            let to = ["renamed", "with blank", "yes", "authorized_keys", "x: y"][rng.usize(..5)].to_owned();
            Some(Edit::Rename { path, to })
        }
        (4, _) if is_list => Some(Edit::Append { path, item: new(rng) }),
        (5, _) if matches!(document.node(place.node).kind, Kind::Mapping { .. }) => {
            Some(Edit::Insert { path, entries: vec![("inserted".to_owned(), new(rng))], above: None })
        }
        (6, Step::Key(_)) if document.text_at(place.node).is_some() && !is_unwritten(document, place.node) => {
            Some(Edit::IntoList { path, item: new(rng) })
        }
        (4..=7, last) => {
            let is_block = !is_flow(document, place.node);
            let in_list = matches!(last, Step::Index(_));
            let is_collection = document.scalar(place.node).is_none();
            (in_list || !is_collection || !is_block).then(|| Edit::Replace { path, with: new(rng) })
        }
        _ => None,
    }
}

fn is_unwritten(document: &Document<'_>, node: NodeId) -> bool {
    document.node(node).start == document.node(node).end
}

fn is_flow(document: &Document<'_>, node: NodeId) -> bool {
    matches!(document.node(node).kind, Kind::Sequence { flow: true, .. } | Kind::Mapping { flow: true, .. })
}

fn new(rng: &mut Rng) -> New {
    let key = "ssh-ed25519 AAAA it's: # \"me\"".to_owned();
    let text = |value: &str, quote| New::Text { value: value.to_owned(), quote };
    match rng.usize(..7) {
        0 => New::Map(vec![("public_key".to_owned(), text(&key, Quote::Double))]),
        1 => text(&key, Quote::Double),
        2 => New::List { items: vec![text("sudo", Quote::Single)], flow: true },
        3 => New::List { items: vec![], flow: true },
        4 => text("yes", Quote::Plain),
        5 => text("word", Quote::Plain),
        _ => New::Map(vec![
            ("public_key".to_owned(), text(&key, Quote::Single)),
            ("state".to_owned(), text("present", Quote::Plain)),
        ]),
    }
}

/// Whether an edit touches what another one takes hold of: then both must be refused.
pub fn one_within_the_other(edits: &[Edit]) -> bool {
    edits.iter().enumerate().any(|(at, one)| {
        let owns = !matches!(one, Edit::Append { .. } | Edit::Insert { .. } | Edit::Rename { .. });
        let meets = |(number, other): (usize, &Edit)| {
            number != at && (owns && other.path().starts_with(one.path()) || other.path() == one.path())
        };
        edits.iter().enumerate().any(meets)
    })
}
