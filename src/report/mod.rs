//! Turns values into the output of the commands: one file per format, one file of words. Commands do not choose among
//! formats.
//!
//! Pure: values in, text out. Text from a file or a key is escaped as the format requires.

pub mod authorized_keys;
mod check_text;
mod cut;
pub mod diff;
mod doors;
pub mod explain;
pub mod format;
mod github;
pub mod json;
pub mod left;
mod markdown;
pub mod page;
mod room;
pub mod rotation;
pub mod snippet;
mod table;
mod text;
mod values;
pub mod words;
mod words_unknown;

use crate::check::finding::Finding;
use crate::review::Review;
use crate::review::row::Row;
pub use format::Format;
use page::Page;
pub use values::{Access, AddedKey, Change, Check, Comparison, Counts, FileName, Fix, Report, Revoked};

/// A report in a format; empty if the format has no output for it.
#[must_use]
pub fn render(report: &Report<'_>, format: Format) -> Page {
    match (report, format) {
        (Report::Check(check), Format::Text) => check_text::page(check),
        (Report::Check(check), Format::Json) => Page::plain(json::check(check)),
        (Report::Check(check), Format::Github) => Page::annotations(github::check(check)),
        (Report::Review(comparison), Format::Text) => text::comparison(comparison),
        (Report::Review(comparison), Format::Json) => Page::plain(json::comparison(comparison)),
        (Report::Review(comparison), Format::Github) => Page::annotations(github::comparison(comparison)),
        (Report::Review(comparison), Format::Markdown) => Page::plain(markdown::comment(comparison)),
        (Report::Access(access), Format::Text) => table::page(access),
        (Report::Access(access), Format::Json) => Page::plain(json::access(access)),
        (Report::Access(access), Format::AuthorizedKeys) => Page::plain(authorized_keys::lines(access)),
        (Report::Change(change), Format::Text) => diff::page(change.diff),
        (Report::Change(change), Format::Markdown) => Page::plain(markdown::comment(&change.proposed())),
        (Report::Change(change), Format::Json) => Page::plain(json::change(change)),
        (Report::Revoked(revoked), Format::Text) => diff::page(revoked.diff),
        (Report::Revoked(revoked), Format::Markdown) => Page::plain(markdown::checklist(revoked)),
        (Report::Revoked(revoked), Format::Json) => Page::plain(json::revoked(revoked)),
        (Report::Rotation(found), Format::Text) => rotation::page(found),
        (Report::Rotation(found), Format::Json) => Page::plain(json::rotation(found)),
        // `format` offers these to none of the commands that make the report.
        (Report::Check(_), Format::Markdown | Format::AuthorizedKeys)
        | (Report::Review(_), Format::AuthorizedKeys)
        | (Report::Access(_), Format::Github | Format::Markdown)
        | (Report::Change(_) | Report::Revoked(_), Format::Github | Format::AuthorizedKeys)
        | (Report::Rotation(_), Format::Github | Format::Markdown | Format::AuthorizedKeys) => Page::default(),
    }
}

/// The counts of `check`, and what to do next.
#[must_use]
pub fn check_summary(check: &Check) -> Page {
    check_text::summary(check)
}

/// What a change does to access, as `review --format text` prints it below its title.
#[must_use]
pub fn consequences(review: &Review, is_changed: bool) -> Page {
    text::review(review, is_changed)
}

/// A row in words.
#[must_use]
pub fn sentence(row: &Row, failure: Option<&Finding>) -> String {
    text::sentence(row, failure)
}
