//! Leaves most people of a large file out of a comparison: those who are the same on both sides, whom nothing else in the
//! file concerns, and who are like others that stay.
//!
//! Of each shape ([`Like`]) the first and the last whose keys can log in stay, as witnesses: Spin does the same with all in
//! between, and what depends on where an entry is happens to one of the two if it happens to any. The user ids of those in
//! between stay taken (`Server::create_left_out`). Where anything is said of a witness, the result is not to be used.
//!
//! It says what the whole comparison says, but where a rule has so many findings that not all are kept: then it says more.

use super::Review;
use super::alike::{DATA, DATA_LENGTH, Like, Shapes};
use super::row::{Row, RowKind};
use crate::check::SUPPRESSION;
use crate::check::finding::Finding;
use crate::spin::config::layout::{DEFAULT_ACCOUNT, Section};
use crate::spin::config::template::{evaluated, may_evaluate};
use crate::spin::config::variables::ACCESS;
use crate::spin::provision::outcome::Via;
use crate::spin::provision::system;
use crate::yaml::{Data, Document, NodeId};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// With fewer people all are compared.
pub(super) const FEWEST: usize = 200;

/// Both sides of a change without those who are left out.
pub(super) struct Thinned<'b, 'a> {
    pub(super) before: Document<'b>,
    pub(super) after: Document<'a>,
    /// The names of those who stand for them.
    witnesses: HashSet<String>,
}

/// The entry of somebody on both sides.
type Pair<'l, 'd> = (&'l Like<'d>, &'l Like<'d>);

/// Both sides without people who need not be compared; `None` if that would be fewer than `fewest`.
pub(super) fn thinned<'b, 'a>(before: &Document<'b>, after: &Document<'a>, fewest: usize) -> Option<Thinned<'b, 'a>> {
    // A finding of an entry may be suppressed.
    if [before.text, after.text].iter().any(|text| text.contains(SUPPRESSION)) {
        return None;
    }
    let mut shapes = Shapes::of(may_evaluate(before) || may_evaluate(after));
    let (had, has) = (likes(before, &mut shapes, fewest)?, likes(after, &mut shapes, fewest)?);
    let known: HashMap<&str, &Like<'_>> = had.iter().map(|like| (like.name, like)).collect();
    let pairs = has.iter().filter_map(|is| Some((*known.get(is.name)?, is)));
    let mut same: Vec<Pair<'_, '_>> = pairs.filter(|(was, is)| was.is_same(is)).collect();
    let mut own = HashSet::with_capacity(2 * same.len());
    same.retain(|(_, is)| own.insert(is.name) && is.keys().all(|key| own.insert(key)));
    let was_elsewhere = Elsewhere::of(before, same.iter().map(|(was, _)| *was));
    let is_elsewhere = Elsewhere::of(after, same.iter().map(|(_, is)| *is));
    same.retain(|(was, is)| !was_elsewhere.has(was) && !is_elsewhere.has(is));
    let (left_out, witnesses) = between(&same);
    let are_odd = [&was_elsewhere, &is_elsewhere].iter().any(|it| it.has_comment_line || it.is_evaluated);
    if left_out.len() < fewest || are_odd || !same.iter().is_sorted_by_key(|(was, _)| was.item) {
        return None;
    }
    let before = before.without(&left_out.iter().map(|(was, _)| was.item).collect())?;
    let after = after.without(&left_out.iter().map(|(_, is)| is.item).collect())?;
    Some(Thinned { before, after, witnesses })
}

/// So many from each end of a shape are asked whether they can be witnesses.
const ASKED: usize = 16;

/// Those between the first and the last of each shape whose keys can log in, and the names of these two.
fn between<'l, 'd>(same: &[Pair<'l, 'd>]) -> (Vec<Pair<'l, 'd>>, HashSet<String>) {
    let mut shapes: HashMap<usize, Vec<Pair<'l, 'd>>> = HashMap::new();
    for pair in same {
        shapes.entry(pair.1.shape).or_default().push(*pair);
    }
    let (mut left_out, mut witnesses) = (Vec::new(), HashSet::new());
    for members in shapes.into_values() {
        let is_sound = |(_, is): &Pair<'_, '_>| is.is_sound();
        let first = members.iter().take(ASKED).position(is_sound);
        let last = members.iter().rev().take(ASKED).position(is_sound).map(|back| members.len() - 1 - back);
        if let (Some(first), Some(last)) = (first, last)
            && let Some(inner) = members.get(first + 1..last)
        {
            left_out.extend_from_slice(inner);
            witnesses.extend([first, last].map(|at| members[at].1.name.to_owned()));
        }
    }
    (left_out, witnesses)
}

impl Thinned<'_, '_> {
    /// Whether anything is said of a witness: then it may be true of those who are left out.
    pub(super) fn is_about_witness(&self, review: &Review) -> bool {
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

/// What is named in a file outside of some entries.
struct Elsewhere<'d> {
    /// All words that can be names.
    words: HashSet<&'d str>,
    /// The data of ed25519 keys.
    keys: HashSet<&'d str>,
    /// A line of a text is a comment: among keys it becomes one line with the next.
    has_comment_line: bool,
    /// A value that says who gets in is known only to Ansible: it may matter in which order people are.
    is_evaluated: bool,
}

impl<'d> Elsewhere<'d> {
    fn of<'l>(document: &'d Document<'_>, entries: impl Iterator<Item = &'l Like<'l>>) -> Self {
        let mut entries: Vec<(NodeId, NodeId)> = entries.map(|like| (like.item, like.last)).collect();
        entries.sort_unstable();
        // What every server has.
        let words = system::names().chain([DEFAULT_ACCOUNT]).collect();
        let mut found = Self { words, keys: HashSet::new(), has_comment_line: false, is_evaluated: false };
        let access = if may_evaluate(document) { access(document) } else { Vec::new() };
        let mut next = 0;
        for (item, last) in entries.into_iter().chain([(document.nodes().len(), 0)]) {
            for (id, text) in (next..item).filter_map(|id| Some((id, document.scalar(id)?))) {
                found.add(text);
                found.is_evaluated |=
                    access.iter().any(|nodes| nodes.contains(&id)) && evaluated(document, id).is_some();
            }
            next = last + 1;
        }
        found
    }

    fn add(&mut self, text: &'d str) {
        self.words.extend(words(text));
        self.has_comment_line |= text.contains('#') && text.lines().any(|line| line.trim_start().starts_with('#'));
        let starts = text.match_indices(DATA).map(|(at, _)| at);
        self.keys.extend(starts.filter_map(|at| text.get(at..at + DATA_LENGTH)));
    }

    fn has(&self, like: &Like<'_>) -> bool {
        self.words.contains(like.name) || like.keys().any(|key| self.keys.contains(key))
    }
}

/// The nodes of the values that say who gets in. Nodes are numbered as they are in the text.
fn access(document: &Document<'_>) -> Vec<Range<NodeId>> {
    let entries = document.root().map_or(&[][..], |root| document.entries(root));
    let ends = entries.iter().skip(1).map(|(key, _)| *key).chain([document.nodes().len()]);
    let named =
        entries.iter().zip(ends).filter(|((key, _), _)| document.scalar(*key).is_some_and(|key| ACCESS.contains(&key)));
    named.map(|((_, value), end)| *value..end).collect()
}

/// The words of a text that can be names of accounts, parts of paths included.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))).filter(|word| !word.is_empty())
}
