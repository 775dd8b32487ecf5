//! Leaves most people of a large file out of a comparison: those who are the same on both sides, whom nothing else in the
//! file concerns, and who are like others that stay.
//!
//! Of each shape ([`Like`]) the first and the last stay, as witnesses: Spin does the same with all in between, and what
//! depends on where an entry is happens to one of the two if it happens to any. Their user ids stay taken
//! (`Server::create_left_out`). Where anything is said of a witness, the result is not to be used.

use super::Review;
use super::alike::{DATA, DATA_LENGTH, Like, Shapes};
use super::row::{Row, RowKind};
use crate::check::SUPPRESSION;
use crate::check::finding::Finding;
use crate::spin::config::layout::{DEFAULT_ACCOUNT, Section};
use crate::spin::config::template::may_evaluate;
use crate::spin::provision::outcome::Via;
use crate::spin::provision::system;
use crate::yaml::{Data, Document, NodeId};
use std::collections::{HashMap, HashSet};

/// With fewer people all are compared.
pub const FEWEST: usize = 200;

/// Both sides of a change without those who are left out.
pub struct Thinned<'b, 'a> {
    pub before: Document<'b>,
    pub after: Document<'a>,
    /// The names of those who stand for them.
    witnesses: HashSet<String>,
}

/// Both sides without people who need not be compared; `None` if that would be fewer than `fewest`.
#[must_use]
pub fn thinned<'b, 'a>(before: &Document<'b>, after: &Document<'a>, fewest: usize) -> Option<Thinned<'b, 'a>> {
    // A finding of an entry may be suppressed.
    let is_odd = |document: &Document<'_>| may_evaluate(document) || document.text.contains(SUPPRESSION);
    if is_odd(before) || is_odd(after) {
        return None;
    }
    let mut shapes = Shapes::default();
    let (had, has) = (likes(before, &mut shapes, fewest)?, likes(after, &mut shapes, fewest)?);
    let (was_alone, is_alone) = (alone(before, &had), alone(after, &has));
    let known: HashMap<&str, &Like<'_>> = had.iter().map(|like| (like.name, like)).collect();
    let is_kept = |(was, is): &(&Like<'_>, &Like<'_>)| {
        was.is_same(is) && was_alone.contains(was.name) && is_alone.contains(is.name)
    };
    let same: Vec<(&Like<'_>, &Like<'_>)> =
        has.iter().filter_map(|is| Some((*known.get(is.name)?, is))).filter(is_kept).collect();
    let mut ends: HashMap<usize, [&str; 2]> = HashMap::new();
    for (_, is) in &same {
        ends.entry(is.shape).or_insert([is.name; 2])[1] = is.name;
    }
    let witnesses: HashSet<String> = ends.into_values().flatten().map(str::to_owned).collect();
    let left_out = || same.iter().filter(|(_, is)| !witnesses.contains(is.name));
    if left_out().count() < fewest || !same.iter().is_sorted_by_key(|(was, _)| was.item) {
        return None;
    }
    let before = before.without(&left_out().map(|(was, _)| was.item).collect())?;
    let after = after.without(&left_out().map(|(_, is)| is.item).collect())?;
    Some(Thinned { before, after, witnesses })
}

impl Thinned<'_, '_> {
    /// Whether anything is said of a witness: then it may be true of those who are left out.
    #[must_use]
    pub fn is_about_witness(&self, review: &Review) -> bool {
        let is_one = |name: &str| self.witnesses.contains(name);
        let is_named = |text: &str| words(text).any(is_one);
        let of_row = |row: &Row| {
            let from = matches!(&row.kind, RowKind::AccountRenamed { from } if is_one(from));
            let via = row.key.as_ref().map(|key| &key.via);
            from || is_one(&row.account) || matches!(via, Some(Via::FirstKey { of }) if is_one(of))
        };
        let of_finding = |finding: &Finding| finding.account.as_deref().is_some_and(is_one);
        let provisioned = review.provisioned.iter().flatten();
        let mut findings =
            review.findings.iter().chain(&review.failure).chain(&review.failure_before).chain(provisioned);
        review.rows.iter().any(of_row)
            || findings.any(of_finding)
            || review.unknown.iter().filter_map(|unknown| unknown.path.as_deref()).any(is_named)
            || review.others.iter().any(|other| is_named(&other.path))
    }
}

/// Everybody who is like others, but for the last of each list: they stay, so that it ends where it ends.
fn likes<'d>(document: &'d Document<'_>, shapes: &mut Shapes<'d>, fewest: usize) -> Option<Vec<Like<'d>>> {
    let root = document.root()?;
    let lists = Section::ALL.map(|section| {
        let list = document.get(root, section.key()).filter(|list| document.node(*list).data == Data::List);
        (section.key(), list.map_or(&[][..], |list| document.items(list)))
    });
    if lists.iter().map(|(_, items)| items.len()).sum::<usize>() < fewest {
        return None;
    }
    let mut found = Vec::new();
    for (section, items) in lists {
        let but_last = &items[..items.len().saturating_sub(1)];
        found.extend(but_last.iter().filter_map(|item| shapes.read(document, section, *item)));
    }
    Some(found)
}

/// The names of those whose name and keys are nowhere else in the file.
fn alone<'l>(document: &Document<'_>, likes: &[Like<'l>]) -> HashSet<&'l str> {
    let mut names: HashMap<&str, usize> = HashMap::with_capacity(likes.len());
    for like in likes {
        *names.entry(like.name).or_default() += 1;
    }
    for name in system::names().chain([DEFAULT_ACCOUNT]) {
        names.entry(name).and_modify(|count| *count += 1);
    }
    let mut entries: Vec<(NodeId, NodeId)> = likes.iter().map(|like| (like.item, like.last)).collect();
    entries.sort_unstable();
    let mut entries = entries.into_iter().peekable();
    let mut id = 0;
    while id < document.nodes().len() {
        if let Some((_, last)) = entries.next_if(|(item, _)| *item == id) {
            id = last + 1;
            continue;
        }
        for word in words(document.scalar(id).unwrap_or_default()) {
            names.entry(word).and_modify(|count| *count += 1);
        }
        id += 1;
    }
    let keys = keys(document.text, likes.len());
    let is_alone = |like: &&Like<'_>| names[like.name] == 1 && like.keys.iter().all(|key| keys.get(key) == Some(&1));
    likes.iter().filter(is_alone).map(|like| like.name).collect()
}

/// How often the data of each ed25519 key are in a text, comments included.
fn keys(text: &str, about: usize) -> HashMap<&str, usize> {
    let mut found = HashMap::with_capacity(about);
    for (at, _) in text.match_indices(DATA) {
        if let Some(data) = text.get(at..at + DATA_LENGTH) {
            *found.entry(data).or_default() += 1;
        }
    }
    found
}

/// The words of a text that can be names of accounts, parts of paths included.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).filter(|word| !word.is_empty())
}
