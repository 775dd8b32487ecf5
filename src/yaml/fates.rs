//! Edits, sorted by the element of a collection that they are about.

use super::edit::{Edit, Step};
use std::collections::{HashMap, HashSet};

/// An edit and what is left of its path below the value at hand.
pub(crate) type Remaining<'e> = (&'e [Step], &'e Edit);

/// What becomes of the elements of a collection.
pub(crate) struct Fates<'e> {
    /// For each element the edits at and below it.
    pub(crate) inner: Vec<Vec<Remaining<'e>>>,
    pub(crate) removed: HashSet<usize>,
    pub(crate) renamed: HashMap<usize, &'e str>,
    /// The one that comes first.
    pub(crate) first: Option<usize>,
}

/// Sorts edits by the element that they are about; `place` finds it. `None` where an element is not there, or meets two
/// fates.
pub(crate) fn fates<'e>(
    count: usize,
    edits: &[Remaining<'e>],
    place: impl Fn(&Step) -> Option<usize>,
) -> Option<Fates<'e>> {
    let mut fates =
        Fates { inner: vec![Vec::new(); count], removed: HashSet::new(), renamed: HashMap::new(), first: None };
    for (path, edit) in edits {
        let (step, rest) = path.split_first()?;
        let at = place(step).filter(|at| *at < count)?;
        let is_new = match edit {
            Edit::Remove { .. } if rest.is_empty() => fates.removed.insert(at),
            Edit::Rename { to, .. } if rest.is_empty() => fates.renamed.insert(at, to).is_none(),
            Edit::MoveFirst { .. } if rest.is_empty() => fates.first.replace(at).is_none(),
            _ => {
                fates.inner[at].push((rest, edit));
                true
            }
        };
        if !is_new {
            return None;
        }
    }
    let touched =
        |at: &usize| !fates.inner[*at].is_empty() || fates.renamed.contains_key(at) || fates.first == Some(*at);
    (!fates.removed.iter().any(touched)).then_some(fates)
}
