//! The analysis of one text: its tree, what a run does with it, and its findings. It is computed once for each side.

use super::{Context, Findings, findings};
use crate::spin::config::Config;
use crate::spin::provision::outcome::Outcome;
use crate::spin::provision::{First, predict_accounts, predict_first};
use crate::yaml::{Document, LineIndex};

/// What a file says, what a run does with it, and what is wrong with it.
pub struct Analysis<'d, 't> {
    pub document: &'d Document<'t>,
    pub lines: LineIndex<'t>,
    pub config: Config<'d>,
    pub outcome: Outcome,
    /// What a second run starts from.
    pub(crate) first: First<'d>,
    pub findings: Findings,
    /// The time at which sshd checks keys, in seconds since 1970.
    pub now: u64,
}

impl<'d, 't> Analysis<'d, 't> {
    /// Analyzes a document in the mode for reading ([`Document::read`]).
    #[must_use]
    pub fn of(document: &'d Document<'t>, context: &Context<'_>) -> Self {
        let lines = LineIndex::of(document.text);
        let config = Config::of(document);
        let predicted = predict_first(document, &config);
        Self::with(document, lines, config, predicted, context)
    }

    /// The same for the base of a comparison, which does not need the list of keys that are not installed.
    #[must_use]
    pub fn of_base(document: &'d Document<'t>, context: &Context<'_>) -> Self {
        let lines = LineIndex::of(document.text);
        let config = Config::of(document);
        let predicted = predict_accounts(document, &config);
        Self::with(document, lines, config, predicted, context)
    }

    fn with(
        document: &'d Document<'t>,
        lines: LineIndex<'t>,
        config: Config<'d>,
        (outcome, first): (Outcome, First<'d>),
        context: &Context<'_>,
    ) -> Self {
        let findings = findings(document, &lines, &config, &outcome, context);
        Self { document, lines, config, outcome, first, findings, now: context.now }
    }

    /// Judges the file again, in another context.
    pub(crate) fn judge(&mut self, context: &Context<'_>) {
        self.findings = findings(self.document, &self.lines, &self.config, &self.outcome, context);
    }

    /// The line of a byte, from 1.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        self.lines.place(at).0
    }
}
