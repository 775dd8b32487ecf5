//! A review as it is printed: its verdict is of the whole, and what has no room is counted.

use super::room::{self, ROOM, and_more, fitting, only};
use super::words::{self, Sign};
use crate::review::Review;
use crate::review::row::Row;

/// What is about as long as a row without the words of the file, in bytes.
const ROW: usize = 250;

/// How many values of one kind are named.
const MOST_VALUES: usize = 500;

/// The numbers of what is not printed.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    pub(super) rows: usize,
    pub(super) unknown: usize,
    pub(super) findings: usize,
    pub(super) others: usize,
}

impl LeftOut {
    pub(super) fn count(&self) -> usize {
        self.rows + self.unknown + self.findings + self.others
    }

    /// A line for each kind: `and 4,312 more changes of access`.
    pub(super) fn words(&self) -> Vec<String> {
        let kinds = [
            (self.rows, "change of access", "changes of access"),
            (self.unknown, "change that is not known", "changes that are not known"),
            (self.findings, "finding", "findings"),
            (self.others, "other value", "other values"),
        ];
        let kinds = kinds.into_iter().filter(|(count, ..)| *count > 0);
        kinds.map(|(count, one, many)| format!("{} {}", and_more(count), if count == 1 { one } else { many })).collect()
    }
}

/// What matters most comes first where not all has room.
pub(super) fn rank(row: &Row) -> u8 {
    match words::sign(row) {
        _ if row.gains_root() => 0,
        _ if row.gains() => 1,
        Sign::Gain | Sign::Risk => 2,
        Sign::Loss | Sign::Other => 3,
    }
}

fn length(row: &Row) -> usize {
    let key = row.key.as_ref().map(|key| &key.key);
    let of_key = key.map_or(0, |key| key.comment.len() + key.options.as_ref().map_or(0, String::len));
    ROW + row.account.len() + of_key + words::name(row).map_or(0, str::len)
}

/// What has room of a review, and what is left out.
pub(super) fn cut(review: &Review) -> (Review, LeftOut) {
    let rows = fitting(&review.rows, rank, length, ROOM);
    let findings = room::shown(review.findings.iter());
    let missing = |fits: &[bool]| fits.iter().filter(|fits| !**fits).count();
    let left_out = LeftOut {
        rows: missing(&rows),
        unknown: review.unknown.len().saturating_sub(MOST_VALUES),
        findings: missing(&findings) + review.findings_beyond,
        others: review.others.len().saturating_sub(MOST_VALUES),
    };
    let cut = Review {
        rows: only(&review.rows, &rows).cloned().collect(),
        failure_before: review.failure_before.clone(),
        failure: review.failure.clone(),
        provisioned: review.provisioned.clone(),
        findings: only(&review.findings, &findings).cloned().collect(),
        unknown: review.unknown.iter().take(MOST_VALUES).cloned().collect(),
        others: review.others.iter().take(MOST_VALUES).cloned().collect(),
        ..Review::default()
    };
    let (findings_beyond, findings_gone, unknown_gone) =
        (review.findings_beyond, review.findings_gone, review.unknown_gone);
    (Review { findings_beyond, findings_gone, unknown_gone, is_layout_only: review.is_layout_only, ..cut }, left_out)
}
