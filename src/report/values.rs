//! The values that reports are made of.

use super::left::Left;
use super::rotation::Rotation;
use super::{room, snippet, words};
use crate::check::analysis::Analysis;
use crate::check::beyond::Beyond;
use crate::check::fail_on::FailOn;
use crate::check::finding::Finding;
use crate::check::rule::Severity;
use crate::error::Error;
use crate::key::Described;
use crate::review::Review;
use crate::spin::config::principals::Principal;
use crate::spin::plan::revoke::Kept;
use crate::yaml::LineIndex;
use std::collections::BTreeMap;
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
    /// Those that are printed, each with its line and a caret below it; empty if there is no line.
    pub findings: Vec<(Finding, String)>,
    /// Of all.
    pub counts: Counts,
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
        let (list, of_project) = (&analysis.findings.list, of_project.collect::<Vec<_>>());
        let shown = room::shown(of_project.iter().chain(list));
        let (shown_of_project, shown_of_file) = shown.split_at(of_project.len());
        let mut counts = Counts::default();
        list.iter().zip(shown_of_file).chain(of_project.iter().zip(shown_of_project)).for_each(|it| counts.add(it));
        counts.add_beyond(&analysis.findings.beyond);
        let of_file = room::only(list, shown_of_file).map(|finding| (finding.clone(), snippet(finding)));
        let of_project = room::only(&of_project, shown_of_project).map(|finding| (finding.clone(), String::new()));
        let findings = of_file.chain(of_project).collect();
        Self { file, findings, counts, suppressed: analysis.findings.suppressed, fix: None }
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
        Comparison::of_change(&self.file, self.review, self.is_changed, ["now", "proposed"])
    }
}

/// What `revoke` does, whether it was written or not.
pub struct Revoked<'a> {
    pub file: FileName,
    pub is_changed: bool,
    pub is_written: bool,
    pub diff: &'a str,
    /// Those who go.
    pub people: Vec<String>,
    /// The keys that go, each in words.
    pub keys: Vec<Described>,
    pub review: &'a Review,
    /// Errors that were in the file before.
    pub warnings: &'a [Finding],
    pub left: &'a [Left],
    /// The absent items that `--finish` leaves.
    pub kept: &'a [Kept],
}

impl Revoked<'_> {
    /// The change as a comparison.
    pub(super) fn compared(&self) -> Comparison {
        let sides = if self.is_written { ["before", "now"] } else { ["now", "proposed"] };
        Comparison::of_change(&self.file, self.review, self.is_changed, sides)
    }
}

impl Comparison {
    fn of_change(file: &FileName, review: &Review, is_changed: bool, [base, head]: [&str; 2]) -> Self {
        Self {
            file: PathBuf::from(&file.in_repository),
            base: base.to_owned(),
            head: head.to_owned(),
            encrypted: (file.is_encrypted, file.is_encrypted),
            is_changed,
            is_reencrypted: false,
            repository: Vec::new(),
            review: Ok(review.clone()),
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
    Revoked(&'r Revoked<'r>),
    Rotation(&'r Rotation),
}

/// The number of findings by severity, whether they are printed or not.
#[derive(Debug, Default)]
pub struct Counts {
    of: [usize; 3],
    /// Those that `--fix` can fix.
    pub fixable: usize,
    /// Some are at a line of the file.
    pub has_lines: bool,
    /// Those that are not printed, by the code of their rule.
    left_out: BTreeMap<&'static str, usize>,
    /// Some were not looked at.
    has_unseen: bool,
}

impl Counts {
    fn add(&mut self, (finding, is_shown): (&Finding, &bool)) {
        self.of[finding.severity as usize] += 1;
        self.fixable += usize::from(finding.is_fixable());
        self.has_lines |= finding.line > 0;
        if !is_shown {
            *self.left_out.entry(finding.rule.code).or_default() += 1;
        }
    }

    fn add_beyond(&mut self, beyond: &Beyond) {
        self.has_unseen = !beyond.is_empty();
        for (code, count) in beyond.by_rule() {
            *self.left_out.entry(code).or_default() += count;
        }
    }

    #[must_use]
    pub fn of_severity(&self, severity: Severity) -> usize {
        self.of[severity as usize]
    }

    /// Whether `check` exits with 1. What was not looked at may be an error.
    #[must_use]
    pub fn fail(&self, on: FailOn) -> bool {
        let severities = [Severity::Note, Severity::Warning, Severity::Error].into_iter();
        let found = severities.filter(|severity| self.of_severity(*severity) > 0);
        found.chain(self.has_unseen.then_some(Severity::Error)).any(|severity| on.fails(severity))
    }

    /// The number of findings that are not printed.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out.values().sum()
    }

    /// `and 4,312 more (SK208 4,000, SK402 312)`; empty if all are printed.
    #[must_use]
    pub fn more(&self) -> String {
        let rules: Vec<String> =
            self.left_out.iter().map(|(code, count)| format!("{code} {}", room::grouped(*count))).collect();
        match self.left_out() {
            0 => String::new(),
            count => format!("{} ({})", room::and_more(count), rules.join(", ")),
        }
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
