//! The values that reports are made of.

use super::{snippet, words};
use crate::check::analysis::Analysis;
use crate::check::finding::Finding;
use crate::check::rule::Severity;
use crate::error::Error;
use crate::key::Described;
use crate::review::Review;
use crate::spin::config::principals::Principal;
use crate::yaml::LineIndex;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub struct FileName {
    /// As given on the command line.
    pub shown: PathBuf,
    /// Relative to the root of its repository.
    pub in_repository: String,
    pub is_encrypted: bool,
}

impl FileName {
    /// `file:line` of a byte.
    pub(super) fn place(&self, analysis: &Analysis<'_, '_>, at: usize) -> String {
        format!("{}:{}", self.shown.display(), analysis.line(at))
    }

    /// The same for a table, with the path omitted if it is too long.
    pub(super) fn short_place(&self, analysis: &Analysis<'_, '_>, at: usize) -> String {
        const LONG: usize = 24;
        let is_long = self.shown.as_os_str().len() > LONG;
        let name = self.shown.file_name().map(Path::new).filter(|_| is_long).unwrap_or(&self.shown);
        format!("{}:{}", name.display(), analysis.line(at))
    }
}

pub struct Check {
    pub file: FileName,
    /// Each with its line and a caret below it; empty if there is no line.
    pub findings: Vec<(Finding, String)>,
    /// How many findings are suppressed by a comment in the file.
    pub suppressed: usize,
    /// What `--fix` did.
    pub fix: Option<Fix>,
}

impl Check {
    /// The findings of a text, each with its masked line, and those of the project around the file.
    #[must_use]
    pub fn of(
        file: FileName,
        analysis: &Analysis<'_, '_>,
        masked: Option<&str>,
        of_project: impl Iterator<Item = Finding>,
    ) -> Self {
        let masked = masked.map(LineIndex::of);
        let snippet = |finding: &Finding| {
            if finding.is_secret {
                snippet::hidden(finding.line)
            } else {
                snippet::of(&analysis.lines, masked.as_ref(), finding.line, &finding.span)
            }
        };
        let found = analysis.findings.list.iter().map(|finding| (finding.clone(), snippet(finding)));
        let findings = found.chain(of_project.map(|finding| (finding, String::new()))).collect();
        Self { file, findings, suppressed: analysis.findings.suppressed, fix: None }
    }

    /// The findings that remain because their edits cannot be made.
    #[must_use]
    pub fn unfixed(&self) -> Vec<Error> {
        let message = |finding: &Finding, why: &Error| {
            format!("cannot fix {} on line {}: {}", finding.rule.code, finding.line, why.message)
        };
        let refused = self.fix.iter().flat_map(|fix| &fix.refused);
        refused.map(|(finding, why)| Error { message: message(finding, why), ..why.clone() }).collect()
    }
}

/// What `check --fix` did.
#[derive(Default)]
pub struct Fix {
    /// The findings that were fixed.
    pub fixed: Vec<Finding>,
    /// Findings whose edits cannot be made, with the reason.
    pub refused: Vec<(Finding, Error)>,
    /// The change.
    pub diff: String,
    pub review: Review,
    pub is_written: bool,
}

pub struct Comparison {
    /// The file, relative to the root of its repository.
    pub file: PathBuf,
    /// The two sides in words.
    pub base: String,
    pub head: String,
    /// Whether each side is encrypted.
    pub encrypted: (bool, bool),
    /// The text differs, or the bytes if the text is unknown.
    pub is_changed: bool,
    /// The text is the same, but the bytes differ.
    pub is_reencrypted: bool,
    /// What is wrong with the file as a whole and around it, and was not: its encryption, what git tracks, the deploy pair.
    pub repository: Vec<Finding>,
    /// What the change does, or why that is unknown.
    pub review: Result<Review, String>,
    /// Other information.
    pub notes: Vec<String>,
}

/// Who has access.
pub struct Access<'a, 'd, 't> {
    pub file: FileName,
    pub analysis: &'a Analysis<'d, 't>,
    pub principals: Vec<Principal>,
    /// `--for`
    pub account: Option<&'a str>,
    /// Columns of the terminal, which cuts longer lines; `None` without one, where nothing is cut.
    pub width: Option<usize>,
}

/// A key that is added to a file.
pub struct AddedKey {
    /// `None` while it does not exist yet.
    pub key: Option<Described>,
    /// Where the key comes from, or where it will be created.
    pub source: String,
    pub is_new: bool,
}

impl AddedKey {
    #[must_use]
    pub fn of(key: Option<Described>, source: String, is_new: bool) -> Self {
        Self { key, source, is_new }
    }
}

/// A change of a file, whether it was written or not.
pub struct Change<'a> {
    pub file: FileName,
    pub is_changed: bool,
    pub is_written: bool,
    pub diff: &'a str,
    pub key: AddedKey,
    pub review: &'a Review,
    /// Errors that were in the file before.
    pub warnings: &'a [Finding],
}

impl Change<'_> {
    /// The change as a comparison of the current and the proposed text.
    pub(super) fn proposed(&self) -> Comparison {
        Comparison {
            file: PathBuf::from(&self.file.in_repository),
            base: "now".to_owned(),
            head: "proposed".to_owned(),
            encrypted: (self.file.is_encrypted, self.file.is_encrypted),
            is_changed: self.is_changed,
            is_reencrypted: false,
            repository: Vec::new(),
            review: Ok(self.review.clone()),
            notes: Vec::new(),
        }
    }
}

/// What a command prints on standard output.
pub enum Report<'r> {
    Check(&'r Check),
    Review(&'r Comparison),
    Access(&'r Access<'r, 'r, 'r>),
    Change(&'r Change<'r>),
}

/// The number of findings by severity.
pub struct Counts<'c>(&'c Check);

impl<'c> Counts<'c> {
    #[must_use]
    pub fn of(check: &'c Check) -> Self {
        Self(check)
    }

    #[must_use]
    pub fn of_severity(&self, severity: Severity) -> usize {
        self.0.findings.iter().filter(|(finding, _)| finding.severity == severity).count()
    }

    /// `2 errors, 1 warning`; empty if there are none.
    #[must_use]
    pub fn words(&self) -> String {
        let kinds = [Severity::Error, Severity::Warning, Severity::Note];
        let counts = kinds.into_iter().map(|severity| (self.of_severity(severity), severity.word()));
        let words: Vec<String> =
            counts.filter(|(count, _)| *count > 0).map(|(count, word)| words::plural(count, word)).collect();
        words.join(", ")
    }
}
