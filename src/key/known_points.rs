//! Points of curves that were judged before. To judge one takes longer than all else that is done with a key, and a
//! run meets the same keys in the file before and after, for each account and each door.

use std::cell::RefCell;
use std::collections::HashMap;

/// What a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    Good,
    /// It is not on the curve.
    Invalid,
    /// Anybody can sign for it.
    Weak,
    /// Written in a second way.
    Other,
}

/// A file has no more keys: more than this many are judged anew.
const MOST: usize = 1 << 20;

thread_local! {
    static KNOWN: RefCell<HashMap<Box<[u8]>, Point>> = RefCell::default();
}

/// What the point is, by `judge` if it is not known yet. The length of the bytes decides the curve.
pub(super) fn of(bytes: &[u8], judge: impl FnOnce(&[u8]) -> Point) -> Point {
    if let Some(known) = KNOWN.with_borrow(|known| known.get(bytes).copied()) {
        return known;
    }
    let point = judge(bytes);
    KNOWN.with_borrow_mut(|known| {
        if known.len() < MOST {
            known.insert(bytes.into(), point);
        }
    });
    point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_judged_once() {
        let bytes = *b"a point of this test alone";
        assert_eq!(of(&bytes, |_| Point::Weak), Point::Weak);
        assert_eq!(of(&bytes, |_| panic!("judged twice")), Point::Weak);
        assert_eq!(of(b"another", |_| Point::Good), Point::Good);
    }
}
