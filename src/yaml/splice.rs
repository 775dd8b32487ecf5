//! The smallest change of a text: bytes taken out and bytes put in at one place.

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
}
