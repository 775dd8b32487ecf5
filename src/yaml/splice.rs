//! The smallest change of a text: bytes taken out and bytes put in at one place.

use std::ops::Range;

/// At byte `at` of the old text, `remove` bytes are taken out and `insert` is put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// Byte offset in the old text.
    pub at: usize,
    /// How many bytes of the old text go.
    pub remove: usize,
    /// What comes in their place.
    pub insert: String,
}

impl Splice {
    /// Nothing goes, `insert` comes in before byte `at`.
    pub(crate) fn insert(at: usize, insert: String) -> Self {
        Self { at, remove: 0, insert }
    }
}

/// The text with all splices applied; splices at one place come in the order given.
///
/// `splices` must be sorted by place and must not overlap; one that does is left out, which the proof then refuses.
#[must_use]
pub fn apply(text: &str, splices: &[Splice]) -> String {
    let added: usize = splices.iter().map(|splice| splice.insert.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut done = 0;
    for splice in splices {
        let Some(kept) = text.get(done..splice.at) else { continue };
        out.push_str(kept);
        out.push_str(&splice.insert);
        done = splice.at + splice.remove;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// A part of a text that is made by splices: bytes of the old text, or what was put in.
enum Piece {
    Kept(Range<usize>),
    New(String),
}

/// What the text after `splices` is made of, in order.
fn pieces(length: usize, splices: &[Splice]) -> Vec<Piece> {
    let mut out = Vec::with_capacity(splices.len() * 2 + 1);
    let mut done = 0;
    for splice in splices {
        out.push(Piece::Kept(done..splice.at));
        out.push(Piece::New(splice.insert.clone()));
        done = splice.at + splice.remove;
    }
    out.push(Piece::Kept(done..length));
    out
}

/// One change out of two in a row: `first` is one of `before`, `second` one of the text after it.
#[must_use]
pub fn compose(before: &str, first: &[Splice], second: &[Splice]) -> Vec<Splice> {
    let mut out = Vec::new();
    let mut second = second.iter().peekable();
    // The place in the text between, and up to where it is removed.
    let (mut at, mut gone) = (0, 0);
    for piece in pieces(before.len(), first) {
        let length = match &piece {
            Piece::Kept(range) => range.len(),
            Piece::New(text) => text.len(),
        };
        let end = at + length;
        let (start, mut from) = (at, at);
        while let Some(splice) = second.next_if(|splice| splice.at < end || (splice.at == end && end == start)) {
            put(&mut out, &piece, from.max(gone) - start..splice.at.max(gone) - start);
            out.push(Piece::New(splice.insert.clone()));
            from = splice.at;
            gone = gone.max(splice.at + splice.remove);
        }
        put(&mut out, &piece, from.max(gone).min(end) - start..length);
        at = end;
    }
    out.extend(second.map(|splice| Piece::New(splice.insert.clone())));
    to_splices(before.len(), out)
}

/// Puts a part of a piece at the end.
fn put(out: &mut Vec<Piece>, piece: &Piece, part: Range<usize>) {
    if part.is_empty() {
        return;
    }
    out.push(match piece {
        Piece::Kept(range) => Piece::Kept(range.start + part.start..range.start + part.end),
        Piece::New(text) => Piece::New(text[part].to_owned()),
    });
}

fn to_splices(length: usize, pieces: Vec<Piece>) -> Vec<Splice> {
    let mut out = Vec::new();
    let (mut done, mut insert) = (0, String::new());
    for piece in pieces.into_iter().chain([Piece::Kept(length..length)]) {
        match piece {
            Piece::New(text) => insert.push_str(&text),
            Piece::Kept(range) => {
                if range.start > done || !insert.is_empty() {
                    out.push(Splice { at: done, remove: range.start - done, insert: std::mem::take(&mut insert) });
                }
                done = range.end;
            }
        }
    }
    out
}

/// Where a byte of the text after `splices` was before them, and whether it was there: what was put in was nowhere, and
/// counts as the place of its splice.
#[must_use]
pub fn origin(splices: &[Splice], at: usize) -> (usize, bool) {
    let (mut old, mut new) = (0, 0);
    for splice in splices {
        let kept = splice.at - old;
        if at < new + kept {
            break;
        }
        new += kept + splice.insert.len();
        if at < new {
            return (splice.at, false);
        }
        old = splice.at + splice.remove;
    }
    (old + (at - new), true)
}

/// Whether `after` is `before` with these splices and nothing else, checked without building it again.
pub(crate) fn only_these(before: &str, after: &str, splices: &[Splice]) -> bool {
    let (mut old, mut new) = (0, 0);
    for splice in splices {
        let (Some(kept), Some(now)) = (before.get(old..splice.at), after.get(new..)) else { return false };
        let Some(rest_of_new) = now.strip_prefix(kept).and_then(|rest| rest.strip_prefix(splice.insert.as_str()))
        else {
            return false;
        };
        old = splice.at + splice.remove;
        new = after.len() - rest_of_new.len();
    }
    before.get(old..).is_some_and(|rest| after.get(new..) == Some(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_outside_the_splices_stays() {
        let splices = [
            Splice::insert(1, "X".into()),
            Splice::insert(1, "Y".into()),
            Splice { at: 2, remove: 1, insert: String::new() },
        ];
        let after = apply("abcd", &splices);
        assert_eq!(after, "aXYbd");
        assert!(only_these("abcd", &after, &splices));
        assert!(!only_these("abcd", "aXYbD", &splices));
        assert!(!only_these("abcd", "aXYbdd", &splices));
        assert!(!only_these("abcd", "aXbd", &splices));
    }

    /// All changes of a short text by up to two splices, and up to two more of what comes out.
    #[test]
    fn two_changes_in_a_row_are_one() {
        let mut rng = 7_u64;
        let mut below = |limit: usize| {
            rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(rng >> 33).unwrap() % limit
        };
        let mut change = |text: &str, mark: char| {
            let (mut out, mut from) = (Vec::new(), 0);
            for _ in 0..below(4) {
                let at = from + below(text.len() + 1 - from);
                let remove = below(text.len() + 1 - at).min(3);
                out.push(Splice { at, remove, insert: mark.to_string().repeat(below(3)) });
                from = at + remove;
            }
            out
        };
        for _ in 0..20_000 {
            let before = "abcdefgh";
            let first = change(before, 'X');
            let between = apply(before, &first);
            let second = change(&between, 'Y');
            let after = apply(&between, &second);
            let both = compose(before, &first, &second);
            assert_eq!(apply(before, &both), after, "{first:?} {second:?} {both:?}");
            assert!(only_these(before, &after, &both));
            for (at, letter) in after.char_indices().filter(|(_, letter)| letter.is_lowercase()) {
                assert_eq!(before[origin(&both, at).0..].chars().next(), Some(letter), "{both:?}");
            }
        }
    }

    #[test]
    fn what_was_put_in_was_at_its_splice() {
        let splices = [Splice::insert(2, "XX".into()), Splice { at: 4, remove: 2, insert: "Y".into() }];
        assert_eq!(apply("abcdefg", &splices), "abXXcdYg");
        let origins: Vec<usize> = (0..=8).map(|at| origin(&splices, at).0).collect();
        assert_eq!(origins, [0, 1, 2, 2, 2, 3, 4, 6, 7]);
        assert_eq!([1, 2, 6, 7].map(|at| origin(&splices, at).1), [true, false, false, true]);
    }
}
