//! `check --fix`: the edits of all findings with only one right fix.

use super::admit::{Admitted, admit};
use super::patch::Steps;
use super::run::{Change, Done};
use crate::check::Context;
use crate::check::finding::Finding;
use crate::error::Error;
use crate::ui::Ui;
use crate::yaml::Document;
use std::path::Path;

pub struct FixFindings<'a> {
    context: &'a Context<'a>,
    is_preview: bool,
    /// The findings that the change fixes.
    pub fixed: Vec<Finding>,
    /// Findings whose edits cannot be made, with the reason.
    pub refused: Vec<(Finding, Error)>,
}

impl<'a> FixFindings<'a> {
    #[must_use]
    pub fn new(context: &'a Context<'a>, is_preview: bool) -> Self {
        Self { context, is_preview, fixed: Vec::new(), refused: Vec::new() }
    }
}

impl FixFindings<'_> {
    pub fn conclude(&self, done: &Done, path: &Path, ui: &Ui) {
        match done {
            Done::Nothing(_) => ui.note("nothing to fix"),
            Done::Shown(_) => {}
            Done::Written(_) => ui.note(&format!("wrote {}", path.display())),
            Done::ByOthers(_) => ui.note("another process has fixed the file in the meantime"),
        }
    }
}

impl Change for FixFindings<'_> {
    fn plan(&mut self, document: &Document<'_>) -> Result<Steps, Error> {
        let Admitted { rounds, fixed, refused } = admit(document, self.context);
        let reason = |refusal: crate::yaml::Refusal| {
            let place = match refusal.line {
                0 => String::new(),
                line => format!(" ({line}:{})", refusal.column),
            };
            Error::new(refusal.message + &place).hint(refusal.hint)
        };
        self.refused = refused.into_iter().map(|(finding, refusal)| (finding, reason(refusal))).collect();
        self.fixed = fixed;
        Ok(Steps { rounds, notes: Vec::new() })
    }

    fn introduce(&self, ui: &Ui) {
        let doing = if self.is_preview { "would fix" } else { "fixes" };
        for finding in &self.fixed {
            ui.summary(&format!("{doing} {} on line {}: {}", finding.rule.code, finding.line, finding.message));
        }
    }
}
